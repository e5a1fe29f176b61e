//! German states, and the keys of regions, districts and municipalities.

use crate::fault::Invalid;

/// One of the 16 German states (ISO 3166-2:DE).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum State {
    BadenWuerttemberg,
    Bavaria,
    Berlin,
    Brandenburg,
    Bremen,
    Hamburg,
    Hesse,
    MecklenburgWesternPomerania,
    LowerSaxony,
    NorthRhineWestphalia,
    RhinelandPalatinate,
    SchleswigHolstein,
    Saarland,
    Saxony,
    SaxonyAnhalt,
    Thuringia,
}

impl State {
    /// The first two digits of AGS and ARS (Statistisches Bundesamt).
    pub fn key_digits(self) -> &'static str {
        match self {
            Self::SchleswigHolstein => "01",
            Self::Hamburg => "02",
            Self::LowerSaxony => "03",
            Self::Bremen => "04",
            Self::NorthRhineWestphalia => "05",
            Self::Hesse => "06",
            Self::RhinelandPalatinate => "07",
            Self::BadenWuerttemberg => "08",
            Self::Bavaria => "09",
            Self::Saarland => "10",
            Self::Berlin => "11",
            Self::Brandenburg => "12",
            Self::MecklenburgWesternPomerania => "13",
            Self::Saxony => "14",
            Self::SaxonyAnhalt => "15",
            Self::Thuringia => "16",
        }
    }

    /// A state from what clients write: `DE-MV`, or the digits `13` that AGS and ARS begin with.
    ///
    /// # Errors
    /// If it names no German state.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        use crate::code_list::CodeList;
        Self::from_code(text)
            .or_else(|| Self::ALL.iter().copied().find(|s| s.key_digits() == text))
            .ok_or_else(|| {
                Invalid::new(
                    "unknown_state",
                    format!(
                        "{} The first two digits of AGS and ARS (01 to 16) are accepted, too.",
                        crate::fault::unknown("state", text, &Self::codes())
                    ),
                )
            })
    }
}

crate::code_list!(State via State::parse, "state", "Land", "German state";
    BadenWuerttemberg = "DE-BW", "Baden-Württemberg", "Baden-Württemberg";
    Bavaria = "DE-BY", "Bayern", "Bavaria";
    Berlin = "DE-BE", "Berlin", "Berlin";
    Brandenburg = "DE-BB", "Brandenburg", "Brandenburg";
    Bremen = "DE-HB", "Bremen", "Bremen";
    Hamburg = "DE-HH", "Hamburg", "Hamburg";
    Hesse = "DE-HE", "Hessen", "Hesse";
    MecklenburgWesternPomerania = "DE-MV", "Mecklenburg-Vorpommern", "Mecklenburg-Western Pomerania";
    LowerSaxony = "DE-NI", "Niedersachsen", "Lower Saxony";
    NorthRhineWestphalia = "DE-NW", "Nordrhein-Westfalen", "North Rhine-Westphalia";
    RhinelandPalatinate = "DE-RP", "Rheinland-Pfalz", "Rhineland-Palatinate";
    SchleswigHolstein = "DE-SH", "Schleswig-Holstein", "Schleswig-Holstein";
    Saarland = "DE-SL", "Saarland", "Saarland";
    Saxony = "DE-SN", "Sachsen", "Saxony";
    SaxonyAnhalt = "DE-ST", "Sachsen-Anhalt", "Saxony-Anhalt";
    Thuringia = "DE-TH", "Thüringen", "Thuringia";
);

/// Regional key of an authority: AGS (8 digits), ARS (12 digits), or a prefix of the ARS of 2 (state), 3 (government
/// region), 5 (district) or 9 (municipal association, "Amt") digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionKey(Box<str>);

impl RegionKey {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The state that the key lies in.
    pub fn state(&self) -> Option<State> {
        State::parse(self.0.get(..2)?).ok()
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        let fine = matches!(text.len(), 2 | 3 | 5 | 8 | 9 | 12) && text.bytes().all(|b| b.is_ascii_digit());
        let key = Self(text.into());
        if fine && key.state().is_some() {
            return Ok(key);
        }
        Err(Invalid::new(
            "invalid_region_key",
            "Is no regional key; give the AGS (8 digits), the ARS (12), or the ARS of a state (2), government region (3), \
             district (5) or municipal association (9), with its leading zero.",
        ))
    }
}

crate::text_value!(RegionKey, RegionKey::parse, |o| o
    .min_length(Some(2))
    .max_length(Some(12))
    .pattern(Some("^(0[1-9]|1[0-6])([0-9]{0,1}|[0-9]{3}|[0-9]{6,7}|[0-9]{10})$"))
    .description(Some(
        "AGS (8 digits), ARS (12 digits), or an ARS prefix of 2, 3, 5 or 9 digits."
    ))
    .examples(["13073"]));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_state() {
        assert_eq!(
            "130735253".parse::<RegionKey>().unwrap().state(),
            Some(State::MecklenburgWesternPomerania)
        );
        assert_eq!("02000000".parse::<RegionKey>().unwrap().state(), Some(State::Hamburg));
        for bad in ["", "2000000", "17000000", "0200000", "020000000000x"] {
            assert!(bad.parse::<RegionKey>().is_err(), "{bad}");
        }
    }
}
