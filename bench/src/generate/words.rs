//! The words that generated entries are written with.

use std::ops::Deref;
use std::sync::LazyLock;

/// Words, the frequent ones first.
pub(super) struct Words(LazyLock<Vec<&'static str>>);

impl Deref for Words {
    type Target = [&'static str];
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident = $text:literal) => {
        $(#[$doc])*
        pub(super) static $name: Words = Words(LazyLock::new(|| $text.split(", ").collect()));
    };
}

words! {
    /// First parts of compounds, with their linking letters; the frequent ones first.
    FIRST = "Verwaltungs, Daten, Bürger, Melde, Antrags, Landes, Bau, Personal, Haushalts, Fach, Gewerbe, Sozial, Schul, \
    Kommunal, Dokumenten, Register, Identitäts, Zahlungs, Formular, Termin, Akten, Gesundheits, Umwelt, Verkehrs, \
    Wohngeld, Eltern, Familien, Ausländer, Führerschein, Kita, Bildungs, Energie, Abfall, Wasser, Forst, Jagd, \
    Grundstücks, Geo, Statistik, Wahl, Rats, Sitzungs, Vergabe, Beschaffungs, Rechnungs, Steuer, Zoll, Justiz, \
    Polizei, Feuerwehr, Katastrophenschutz, Archiv, Bibliotheks, Museums, Sport, Kultur, Tourismus, Förder, \
    Zuwendungs, Unternehmens, Handwerks, Lebensmittel, Tierschutz, Veterinär, Einwohner, Personenstands, Pass, \
    Ausweis, Sicherheits, Netz, Server, Speicher, Rechenzentrums, Container, Entwicklungs, Test, Schnittstellen, \
    Nachrichten, Postfach, Signatur, Verschlüsselungs, Übersetzungs, Sprach, Text, Bild, Video, Wissens, Such, \
    Analyse, Berichts, Kosten, Vertrags, Projekt, Prozess, Aufgaben, Zusammenarbeits, Arbeitszeit, Reisekosten, \
    Beihilfe, Bezüge, Fuhrpark, Liegenschafts, Gebäude, Straßen, Brücken, Lärmschutz, Klimaschutz, Hochwasser, \
    Breitband, Mobilitäts, Parkraum"
}

words! {
    /// Last parts of compounds.
    LAST = "cloud, portal, dienst, verfahren, plattform, verwaltung, register, assistent, akte, schnittstelle, antrag, \
    anwendung, verzeichnis, management, genehmigung, auskunft, anmeldung, austausch, speicher, bescheid, prüfung, \
    erfassung, planung, buchung, vermittlung, erkennung, auswertung, übersicht, katalog, archiv, infrastruktur, \
    server, baukasten, modul, konto, postfach, nachweis, kasse, formular, kalender, karte, modell, zentrale, \
    steuerung, überwachung, sicherung, abrechnung, bearbeitung, beteiligung, zustellung, signatur, suche, statistik, \
    bericht, beratung, förderung, vergabe, ordnung, vereinbarung, komponente, umgebung, werkzeug, bibliothek, \
    zugang, netz"
}

words! {
    /// Verbs, adjectives and nouns of running text.
    PLAIN = "unterstützt, ermöglicht, bietet, verarbeitet, stellt bereit, verbindet, prüft, zeigt, erfasst, übermittelt, \
    digitale, elektronische, medienbruchfreie, sichere, barrierefreie, gemeinsame, zentrale, mandantenfähige, \
    offene, kommunale, Behörde, Kommune, Land, Bund, Sachbearbeitung, Antrag, Anträge, Nutzerkonto, Unterlagen, \
    Bescheide, Fristen, Zuständigkeit, Nachnutzung, Betrieb, Rechenzentrum, Datenschutz, Barrierefreiheit, Standard, \
    Leistung, Leistungen, Fachverfahren, Prozess, Rückmeldung, Antragstellende, Unternehmen, Personen, \
    Mitarbeitende, Ämter, Landkreise, Städte, automatisch, schrittweise, rechtssicher, vollständig, unmittelbar, \
    nachvollziehbar, Künstliche, Intelligenz, Sprachmodell, Cloud, Verwaltung, Schulung, Einführung, Umstellung, \
    Gesetz, Verordnung"
}

words! {
    /// Words that say little.
    FILLERS = "der, die, und, das, für, mit, von, den, in, zu, im, ist, auf, eine, dem, des, bei, werden, sowie, über, nach, \
    durch, auch, an, aus, oder, zur, zum, wird, sich"
}

words! {
    /// Places.
    PLACES = "Hamburg, Berlin, Nürnberg, Altenholz, Bremen, München, Schwerin, Hannover, Dresden, Magdeburg, Erfurt, Mainz, \
    Wiesbaden, Düsseldorf, Köln, Stuttgart, Potsdam, Kiel, Saarbrücken, Bonn, Frankfurt am Main, Leipzig, Rostock, \
    Kassel, Freiburg, Münster, Lemgo, Siegburg, Halle (Saale)"
}

words! {
    /// Tags: the frequent ones first.
    TAGS = "open-source, fachverfahren, schnittstelle, formulare, cloud, kommunal, nutzerkonto, register, datenaustausch, \
    barrierefrei, künstliche-intelligenz, mobil, geodaten, zahlung, termine, e-akte, identität, chatbot, statistik, \
    sprachmodell, monitoring, container, archivierung, signatur, postfach, workflow, vergabe, e-rechnung, \
    offene-daten, karten, beteiligung, umfragen, video, wissensmanagement, übersetzung, texterkennung, suche, \
    verzeichnisdienst, backup, netzwerk, smart-city, bauen, wohnen, familie, gesundheit, umwelt, verkehr, bildung, \
    soziales, justiz, sicherheit, finanzen, personal, haushalt, wahlen, ratsarbeit, tourismus, kultur, sport, \
    energie"
}

words! {
    /// Licences: the frequent ones first.
    LICENCES = "EUPL-1.2, MIT, Apache-2.0, AGPL-3.0-only, GPL-3.0-or-later, EUPL-1.2 OR AGPL-3.0-or-later, LicenseRef-EVB-IT, \
    BSD-3-Clause, MPL-2.0, MIT OR Apache-2.0, LGPL-3.0-only, LicenseRef-proprietary"
}

words! {
    /// Standards of interfaces.
    STANDARDS = "REST, XÖV, FIT-Connect, OIDC, XBau, SAML 2.0, OSCI, XMeld, WFS, XTA 2, S3, SCIM, GraphQL, AS4, XRechnung, \
    CalDAV, OParl, WMS, SMTP, LDAP, XFall, DCAT-AP.de"
}
