//! The rules: one table. A new rule is one entry here and one line in the code list.

use super::verdict::Verdict;
use super::{Case, EligibilityRule, Look, about_component, contracts, in_house};
use crate::statement::Citation;

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Judge {
    /// The component: its "no" ends the matter.
    Barrier(fn(&Case<'_>) -> Option<Verdict>),
    /// The component and the asking body's own use.
    Component(fn(&Case<'_>) -> Verdict),
    /// Each provider, with each of its offers.
    Provider(fn(&Look<'_, '_>) -> Verdict),
    /// The same, where the rule has something to say of them.
    SomeProvider(fn(&Look<'_, '_>) -> Option<Verdict>),
}

/// One rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) code: EligibilityRule,
    pub(super) source: Citation,
    pub(super) judge: Judge,
}

const fn rule(code: EligibilityRule, source: Citation, judge: Judge) -> Rule {
    Rule { code, source, judge }
}

const GWB_108: &str = "https://www.gesetze-im-internet.de/gwb/__108.html";
const MARKETPLACE: &str = "https://it-planungsrat.de/beschluss/beschluss-2024-13";

/// What an offer's own limits rest on.
pub(super) const OFFER: Citation =
    Citation::untraced("Angaben des Angebots im Katalog (openTo, validFrom, validUntil)");

/// All rules. Of equal answers the first one here decides.
pub(super) static RULES: [Rule; 18] = {
    use EligibilityRule as R;
    use Judge::{Barrier, Component, Provider, SomeProvider};
    [
        rule(
            R::ComponentNotPublic,
            Citation::untraced("Stand der Veröffentlichung im Katalog"),
            Barrier(about_component::not_public),
        ),
        rule(
            R::ComponentEnded,
            Citation::untraced("Angaben des Eintrags im Katalog (lifecycle, endsOn)"),
            Barrier(about_component::ended),
        ),
        rule(
            R::ComponentIdea,
            Citation::untraced("Angaben des Eintrags im Katalog (lifecycle)"),
            Barrier(about_component::idea),
        ),
        rule(
            R::ExistingContract,
            Citation::untraced("Angaben zur eigenen Nutzung im Katalog (adoption)"),
            Component(about_component::existing_contract),
        ),
        rule(
            R::OwnProvider,
            Citation::at(
                "§ 103 Abs. 1 GWB: ein öffentlicher Auftrag setzt einen Vertrag mit einem anderen voraus",
                "https://www.gesetze-im-internet.de/gwb/__103.html",
            ),
            Provider(in_house::own),
        ),
        rule(
            R::OpenLicence,
            Citation::at(
                "Lizenz der Komponente; offen ist, was OSI oder FSF anerkennt (SPDX-Lizenzliste)",
                "https://spdx.org/licenses/",
            ),
            Component(about_component::open_licence),
        ),
        rule(
            R::EfaContract,
            Citation::at(
                "IT-Planungsrat, Beschluss 2024/13 (Marktplatz); Hilfe des EfA-Marktplatzes: Länder, Kommunen und öffentliche IT-Dienstleister mit Inhouse-Verhältnis zu FITKO oder govdigital",
                MARKETPLACE,
            ),
            Provider(contracts::efa),
        ),
        rule(
            R::InHouse,
            Citation::at("§ 108 Abs. 1 und 2 GWB", GWB_108),
            Provider(in_house::sole),
        ),
        rule(
            R::JointInHouse,
            Citation::at("§ 108 Abs. 4 und 5 GWB", GWB_108),
            Provider(in_house::joint),
        ),
        rule(
            R::ReverseInHouse,
            Citation::at("§ 108 Abs. 3 in Verbindung mit Abs. 1 und 4 GWB", GWB_108),
            Provider(in_house::reverse),
        ),
        rule(
            R::SisterInHouse,
            Citation::at("§ 108 Abs. 3 in Verbindung mit Abs. 1 GWB", GWB_108),
            Provider(in_house::sister),
        ),
        rule(
            R::Membership,
            Citation::at(
                "§ 108 Abs. 4 und 5 GWB mit den Angaben des Angebots (openTo.membersOf)",
                GWB_108,
            ),
            SomeProvider(contracts::membership),
        ),
        rule(
            R::Statute,
            Citation::untraced("Gesetz oder Verordnung, die Angebot oder Eintrag als Grundlage nennen"),
            Provider(contracts::statute),
        ),
        rule(
            R::AdministrativeAgreement,
            Citation::untraced(
                "Verwaltungsvereinbarung oder Staatsvertrag, die Angebot oder Eintrag als Grundlage nennen",
            ),
            Provider(contracts::agreement),
        ),
        rule(
            R::Cooperation,
            Citation::at("§ 108 Abs. 6 GWB", GWB_108),
            Provider(contracts::cooperation),
        ),
        rule(
            R::FrameworkContract,
            Citation::at(
                "§ 103 Abs. 5 GWB und § 21 Abs. 2 VgV",
                "https://www.gesetze-im-internet.de/vgv_2016/__21.html",
            ),
            Provider(contracts::framework),
        ),
        rule(
            R::Dvc,
            Citation::at(
                "Deutsche Verwaltungscloud, CSP-AGB 1.2 (§§ 99, 108 GWB)",
                "https://deutsche-verwaltungscloud.de/AGB",
            ),
            SomeProvider(contracts::dvc),
        ),
        rule(
            R::Purchase,
            Citation::at("§§ 97, 119 GWB", "https://www.gesetze-im-internet.de/gwb/__119.html"),
            Provider(contracts::purchase),
        ),
    ]
};
