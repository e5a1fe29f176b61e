//! Licences.

use crate::fault::Invalid;

/// A licence as SPDX expression (SPDX specification, annex D), e.g. `EUPL-1.2 OR AGPL-3.0-or-later`.
/// `LicenseRef-…` names a licence outside the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Licence(Box<str>);

impl Licence {
    /// Longest expression, in characters.
    pub const MAX: usize = 300;

    /// The expression.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.len() > Self::MAX {
            return Err(Invalid::new(
                "too_long",
                format!("Is longer than {} characters.", Self::MAX),
            ));
        }
        match spdx::Expression::parse(text) {
            Ok(_) => Ok(Self(text.into())),
            Err(error) => {
                let hint = match spdx::Expression::canonicalize(text) {
                    Ok(Some(better)) if better != text && spdx::Expression::parse(&better).is_ok() => {
                        format!(" Did you mean `{better}`?")
                    }
                    _ => " Use identifiers of the SPDX licence list, such as `EUPL-1.2`.".to_owned(),
                };
                Err(Invalid::new(
                    "invalid_licence",
                    format!("Is no SPDX expression: {}.{hint}", error.reason),
                ))
            }
        }
    }

    /// The licences that the expression names, each once, without exceptions and operators.
    pub fn identifiers(&self) -> Vec<String> {
        let Ok(expression) = spdx::Expression::parse(&self.0) else {
            return Vec::new();
        };
        let mut names: Vec<String> = Vec::new();
        for node in expression.requirements() {
            let name = node.req.license.to_string();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Whether every way through the expression is approved by the OSI or free by the FSF.
    pub fn is_open(&self) -> bool {
        spdx::Expression::parse(&self.0).is_ok_and(|e| {
            e.evaluate(|r| {
                r.license
                    .id()
                    .is_some_and(|id| id.is_osi_approved() || id.is_fsf_free_libre())
            })
        })
    }
}

crate::text_value!(Licence, Licence::parse, |o| o
    .min_length(Some(1))
    .max_length(Some(Licence::MAX))
    .description(Some("SPDX licence expression."))
    .examples(["EUPL-1.2"]));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_names_its_licences() {
        let licence: Licence = "EUPL-1.2 OR (AGPL-3.0-or-later AND MIT)".parse().unwrap();
        assert_eq!(licence.identifiers(), ["EUPL-1.2", "AGPL-3.0-or-later", "MIT"]);
        assert!(licence.is_open());
    }

    #[test]
    fn a_wrong_expression_is_refused_with_a_hint() {
        assert!("Apache 2.0".parse::<Licence>().is_err());
        assert!("proprietary".parse::<Licence>().is_err());
        assert!("LicenseRef-EVB-IT".parse::<Licence>().is_ok());
    }
}
