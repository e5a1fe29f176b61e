//! Code lists of components.

use crate::code_list;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum Kind {
    CloudService,
    AiTool,
    Platform,
    OnlineService,
    Infrastructure,
    BuildingBlock,
}
code_list!(Kind, "kind", "Art der Komponente", "Kind of component";
    CloudService = "cloud_service", "Cloud-Dienst", "Cloud service";
    AiTool = "ai_tool", "KI-Anwendung", "AI tool";
    Platform = "platform", "Plattform", "Platform";
    OnlineService = "online_service", "Online-Dienst", "Online service";
    Infrastructure = "infrastructure", "Infrastruktur", "Infrastructure";
    BuildingBlock = "building_block", "Baustein", "Building block";
);

/// Where a component stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum Lifecycle {
    Idea,
    Development,
    Pilot,
    Productive,
    Deprecated,
    Retired,
}
code_list!(Lifecycle, "lifecycle", "Lebensphase", "Stage in the life of a component";
    Idea = "idea", "Idee", "Idea";
    Development = "development", "In Entwicklung", "In development";
    Pilot = "pilot", "Pilotbetrieb", "Pilot";
    Productive = "productive", "Produktiv", "Productive";
    Deprecated = "deprecated", "Auslaufend", "Deprecated";
    Retired = "retired", "Eingestellt", "Retired";
);

/// A level of government that a component is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum Level {
    Federal,
    State,
    Municipal,
}
code_list!(Level, "level", "Verwaltungsebene", "Level of government";
    Federal = "federal", "Bund", "Federal";
    State = "state", "Land", "State";
    Municipal = "municipal", "Kommune", "Municipal";
);

/// How far a component is offered in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum StateStage {
    Planned,
    Pilot,
    Available,
}
code_list!(StateStage, "state-stage", "Stand des Angebots in einem Land", "How far it is offered in a state";
    Planned = "planned", "Geplant", "Planned";
    Pilot = "pilot", "Pilot", "Pilot";
    Available = "available", "Verfügbar", "Available";
);

/// Field of government work (EU data themes of DCAT-AP, MDR authority table `data-theme`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum Theme {
    Agriculture,
    Economy,
    Education,
    Energy,
    Environment,
    Government,
    Health,
    International,
    Justice,
    Regions,
    Society,
    Science,
    Transport,
}
code_list!(Theme, "theme", "Themenfeld", "Theme";
    Agriculture = "agri", "Landwirtschaft, Fischerei, Forstwirtschaft und Nahrungsmittel", "Agriculture, fisheries, forestry and food";
    Economy = "econ", "Wirtschaft und Finanzen", "Economy and finance";
    Education = "educ", "Bildung, Kultur und Sport", "Education, culture and sport";
    Energy = "ener", "Energie", "Energy";
    Environment = "envi", "Umwelt", "Environment";
    Government = "gove", "Regierung und öffentlicher Sektor", "Government and public sector";
    Health = "heal", "Gesundheit", "Health";
    International = "intr", "Internationale Themen", "International issues";
    Justice = "just", "Justiz, Rechtssystem und öffentliche Sicherheit", "Justice, legal system and public safety";
    Regions = "regi", "Regionen und Städte", "Regions and cities";
    Society = "soci", "Bevölkerung und Gesellschaft", "Population and society";
    Science = "tech", "Wissenschaft und Technologie", "Science and technology";
    Transport = "tran", "Verkehr", "Transport";
);

/// On what legal ground a component may be reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum LegalBasisType {
    OpenLicence,
    EfaContract,
    InHouse,
    Cooperation,
    FrameworkContract,
    Statute,
    AdministrativeAgreement,
    Purchase,
}
code_list!(LegalBasisType, "legal-basis", "Rechtsgrundlage der Nachnutzung", "Legal ground of reuse";
    OpenLicence = "open_licence", "Offene Lizenz", "Open licence";
    EfaContract = "efa_contract", "EfA-Nachnutzungsvertrag", "EfA reuse contract";
    InHouse = "in_house", "Inhouse-Vergabe (§ 108 Abs. 1 bis 5 GWB)", "In-house award (§ 108 (1) to (5) GWB)";
    Cooperation = "cooperation", "Öffentlich-öffentliche Zusammenarbeit (§ 108 Abs. 6 GWB)", "Public-public cooperation (§ 108 (6) GWB)";
    FrameworkContract = "framework_contract", "Rahmenvertrag", "Framework contract";
    Statute = "statute", "Gesetz oder Verordnung", "Statute or ordinance";
    AdministrativeAgreement = "administrative_agreement", "Verwaltungsvereinbarung oder Staatsvertrag", "Administrative agreement or state treaty";
    Purchase = "purchase", "Kauf oder Miete am Markt", "Purchase or rent on the market";
);

/// A form in which a component can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum Deployment {
    Saas,
    SharedInstance,
    SelfHosted,
    CodeOnly,
}
code_list!(Deployment, "deployment", "Bereitstellungsform", "Form of deployment";
    Saas = "saas", "Als Dienst (SaaS)", "As a service (SaaS)";
    SharedInstance = "shared_instance", "Gemeinsame Instanz", "Shared instance";
    SelfHosted = "self_hosted", "Eigener Betrieb", "Self-hosted";
    CodeOnly = "code_only", "Nur Quelltext, kein Betreiber", "Code only, nobody operates it";
);

/// What a contact is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum ContactRole {
    General,
    Reuse,
    Ordering,
    Support,
    Technical,
    DataProtection,
    Security,
}
code_list!(ContactRole, "contact-role", "Zweck des Kontakts", "Purpose of a contact";
    General = "general", "Allgemein", "General";
    Reuse = "reuse", "Nachnutzung", "Reuse";
    Ordering = "ordering", "Bestellung", "Ordering";
    Support = "support", "Betreuung", "Support";
    Technical = "technical", "Technik", "Technical";
    DataProtection = "data_protection", "Datenschutz", "Data protection";
    Security = "security", "Informationssicherheit", "Information security";
);

/// How binding a requirement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum RequirementLevel {
    Must,
    Should,
    May,
}
code_list!(RequirementLevel, "requirement-level", "Verbindlichkeit", "How binding a requirement is";
    Must = "must", "Muss", "Must";
    Should = "should", "Soll", "Should";
    May = "may", "Kann", "May";
);

/// The eight groups of the minimum requirements of "Einer für Alle" (EfA-Mindestanforderungen).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum RequirementGroup {
    InterfaceDesign,
    DomainLogic,
    UserAccount,
    Payment,
    DataExchange,
    Routing,
    LegalReuse,
    Organisation,
}
code_list!(RequirementGroup, "requirement-group", "Gruppe der Anschlussbedingung (EfA)", "Group of a connection condition (EfA)";
    InterfaceDesign = "interface_design", "Oberflächengestaltung", "Interface design";
    DomainLogic = "domain_logic", "Fachlichkeit", "Domain logic";
    UserAccount = "user_account", "Nutzerkonto", "User account";
    Payment = "payment", "Bezahlung", "Payment";
    DataExchange = "data_exchange", "Datenaustauschstandard", "Data exchange standard";
    Routing = "routing", "Routing und Transport", "Routing and transport";
    LegalReuse = "legal_reuse", "Rechtliche Nachnutzung", "Legal reuse";
    Organisation = "organisation", "Organisation", "Organisation";
);

/// Protection need (Schutzbedarf) after BSI-Standard 200-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum ProtectionNeed {
    Normal,
    High,
    VeryHigh,
}
code_list!(ProtectionNeed, "protection-need", "Schutzbedarf (BSI-Standard 200-2)", "Protection need (BSI standard 200-2)";
    Normal = "normal", "Normal", "Normal";
    High = "high", "Hoch", "High";
    VeryHigh = "very_high", "Sehr hoch", "Very high";
);

/// In which role a provider processes personal data (GDPR, Art. 4 and 26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum DataProtectionRole {
    Controller,
    Processor,
    JointController,
}
code_list!(DataProtectionRole, "data-protection-role", "Rolle nach DSGVO", "Role under the GDPR";
    Controller = "controller", "Verantwortlicher", "Controller";
    Processor = "processor", "Auftragsverarbeiter", "Processor";
    JointController = "joint_controller", "Gemeinsam Verantwortlicher", "Joint controller";
);

/// Service model of a cloud service (ISO/IEC 22123-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum ServiceModel {
    Iaas,
    Paas,
    Saas,
}
code_list!(ServiceModel, "service-model", "Servicemodell", "Service model";
    Iaas = "iaas", "Infrastruktur als Dienst (IaaS)", "Infrastructure as a service (IaaS)";
    Paas = "paas", "Plattform als Dienst (PaaS)", "Platform as a service (PaaS)";
    Saas = "saas", "Software als Dienst (SaaS)", "Software as a service (SaaS)";
);

/// How customers of a service are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum Tenancy {
    Dedicated,
    MultiTenant,
    Community,
}
code_list!(Tenancy, "tenancy", "Mandantenmodell", "Tenancy";
    Dedicated = "dedicated", "Eigene Instanz je Kunde", "One instance per customer";
    MultiTenant = "multi_tenant", "Mandantenfähig", "Multi-tenant";
    Community = "community", "Gemeinsam genutzt", "Shared by a community";
);

/// Role under the AI Act (Regulation (EU) 2024/1689, Art. 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum AiRole {
    Provider,
    Deployer,
}
code_list!(AiRole, "ai-role", "Rolle nach KI-Verordnung", "Role under the AI Act";
    Provider = "provider", "Anbieter", "Provider";
    Deployer = "deployer", "Betreiber", "Deployer";
);

/// Risk class under the AI Act (Regulation (EU) 2024/1689).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum AiActClass {
    Prohibited,
    HighRisk,
    Transparency,
    Minimal,
}
code_list!(AiActClass, "ai-act-class", "Risikoklasse nach KI-Verordnung", "Risk class under the AI Act";
    Prohibited = "prohibited", "Verboten (Art. 5)", "Prohibited (Art. 5)";
    HighRisk = "high_risk", "Hochrisiko (Art. 6, Anhang III)", "High risk (Art. 6, Annex III)";
    Transparency = "transparency", "Transparenzpflichten (Art. 50)", "Transparency duties (Art. 50)";
    Minimal = "minimal", "Geringes oder kein Risiko", "Minimal or no risk";
);

/// Maturity of an online service (OZG-Reifegradmodell).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum OzgMaturity {
    Offline,
    Information,
    Form,
    Online,
    OnceOnly,
}
code_list!(OzgMaturity, "ozg-maturity", "OZG-Reifegrad", "OZG maturity level";
    Offline = "0", "0: keine Information im Netz", "0: no information online";
    Information = "1", "1: Information", "1: information";
    Form = "2", "2: Formular-Assistent", "2: form assistant";
    Online = "3", "3: Online-Leistung", "3: online service";
    OnceOnly = "4", "4: Online-Leistung mit Once-Only", "4: online service with once-only";
);
