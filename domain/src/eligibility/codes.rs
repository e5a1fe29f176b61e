//! Code lists of answers on eligibility.

use crate::code_list;

/// Whether an organisation may obtain a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum EligibilityAnswer {
    No,
    Unclear,
    Yes,
}
code_list!(EligibilityAnswer, "eligibility-answer", "Antwort auf die Frage nach dem Bezug", "Whether a body may obtain a component";
    No = "no", "Nein", "No";
    Unclear = "unclear", "Unklar: es fehlen Angaben", "Unclear: facts are missing";
    Yes = "yes", "Ja", "Yes";
);

/// The rule that an answer on eligibility comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum EligibilityRule {
    ComponentNotPublic,
    ComponentEnded,
    ComponentIdea,
    ExistingContract,
    OwnProvider,
    OpenLicence,
    EfaContract,
    InHouse,
    JointInHouse,
    ReverseInHouse,
    SisterInHouse,
    Membership,
    Statute,
    AdministrativeAgreement,
    Cooperation,
    FrameworkContract,
    Dvc,
    Purchase,
    OfferLimits,
    NoGround,
}
code_list!(EligibilityRule, "eligibility-rule", "Regel zum Bezug", "Rule of eligibility";
    ComponentNotPublic = "component_not_public", "Eintrag nicht veröffentlicht", "Entry not public";
    ComponentEnded = "component_ended", "Komponente eingestellt", "Component ended";
    ComponentIdea = "component_idea", "Komponente erst eine Idee", "Component no more than an idea";
    ExistingContract = "existing_contract", "Bestehender Vertrag", "Existing contract";
    OwnProvider = "own_provider", "Eigene Leistung", "Own provision";
    OpenLicence = "open_licence", "Offene Lizenz", "Open licence";
    EfaContract = "efa_contract", "EfA-Nachnutzungsvertrag", "EfA reuse contract";
    InHouse = "in_house", "Inhouse-Vergabe bei alleiniger Kontrolle (§ 108 Abs. 1 und 2 GWB)", "In-house award under sole control (§ 108 (1) and (2) GWB)";
    JointInHouse = "joint_in_house", "Inhouse-Vergabe bei gemeinsamer Kontrolle (§ 108 Abs. 4 und 5 GWB)", "In-house award under joint control (§ 108 (4) and (5) GWB)";
    ReverseInHouse = "reverse_in_house", "Vergabe an den eigenen Träger (§ 108 Abs. 3 GWB)", "Award to one's own carrier (§ 108 (3) GWB)";
    SisterInHouse = "sister_in_house", "Vergabe an eine Schwester desselben Trägers (§ 108 Abs. 3 GWB)", "Award to a sister under the same carrier (§ 108 (3) GWB)";
    Membership = "membership", "Mitgliedschaft nach den Angaben des Angebots", "Membership as the offer names it";
    Statute = "statute", "Gesetz oder Verordnung", "Statute or ordinance";
    AdministrativeAgreement = "administrative_agreement", "Verwaltungsvereinbarung oder Staatsvertrag", "Administrative agreement or state treaty";
    Cooperation = "cooperation", "Öffentlich-öffentliche Zusammenarbeit (§ 108 Abs. 6 GWB)", "Public-public cooperation (§ 108 (6) GWB)";
    FrameworkContract = "framework_contract", "Abruf aus einem Rahmenvertrag", "Call-off from a framework contract";
    Dvc = "dvc", "Teilnahme an der Deutschen Verwaltungscloud (CSP-AGB 1.2)", "Admission to Deutsche Verwaltungscloud (CSP-AGB 1.2)";
    Purchase = "purchase", "Kauf oder Miete nach einem Vergabeverfahren", "Purchase or rent after a procurement procedure";
    OfferLimits = "offer_limits", "Grenzen des Angebots", "Limits of the offer";
    NoGround = "no_ground", "Kein Grund erkennbar", "No ground to be seen";
);
