//! Everything that can be wrong with a model: the stable id of each rule, how bad it is, and the sentence for people.
//!
//! The sentences are read by somebody who draws processes and is no programmer. Each says what is wrong, at which
//! drawn name, and what to do. `{0}`, `{1}` … stand for the words of the case.

pub(crate) mod elements;
pub(crate) mod flow;
pub(crate) mod names;
pub(crate) mod settings;
pub(crate) mod standard;
pub(crate) mod xml;

use kapok_protocol::Text;

use crate::{Diagnostic, Severity};

/// One rule. Its id is part of the interface: it never changes and is never used for something else.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) severity: Severity,
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
}

impl Rule {
    /// The finding on a line, at no element.
    pub(crate) fn at(&self, line: u32, words: &[&dyn Words]) -> Diagnostic {
        self.of(None, line, words)
    }

    /// The finding on a line, at an element.
    pub(crate) fn of(&self, element: Option<&str>, line: u32, words: &[&dyn Words]) -> Diagnostic {
        let zh: Vec<&str> = words.iter().map(|words| words.zh()).collect();
        let en: Vec<&str> = words.iter().map(|words| words.en()).collect();
        Diagnostic {
            rule: self.id,
            severity: self.severity,
            element: element.map(str::to_owned),
            line,
            message: Text::new(fill(self.zh, &zh), fill(self.en, &en)),
        }
    }
}

const TABLES: &[&[Rule]] = &[xml::ALL, elements::ALL, flow::ALL, settings::ALL, standard::ALL];

/// Every rule that a model can break: its id and how bad breaking it is.
pub fn catalogue() -> impl Iterator<Item = (&'static str, Severity)> {
    let rules = TABLES.iter().flat_map(|table| table.iter());
    rules.map(|rule| (rule.id, rule.severity))
}

/// Words put into a sentence.
pub(crate) trait Words {
    /// The words in the Chinese sentence.
    fn zh(&self) -> &str;
    /// The words in the English sentence.
    fn en(&self) -> &str;
}

impl Words for &str {
    fn zh(&self) -> &str {
        self
    }
    fn en(&self) -> &str {
        self
    }
}

impl Words for String {
    fn zh(&self) -> &str {
        self
    }
    fn en(&self) -> &str {
        self
    }
}

impl Words for Text {
    fn zh(&self) -> &str {
        &self.zh
    }
    fn en(&self) -> &str {
        &self.en
    }
}

/// The longest piece of a model that a sentence quotes, in characters.
const LONGEST_QUOTE: usize = 200;

/// Puts the words in the places of `{0}`, `{1}` …, in one pass, so that braces in the words mean nothing.
fn fill(sentence: &str, words: &[&str]) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let place = after
            .split_once('}')
            .and_then(|(n, tail)| Some((*words.get(n.parse::<usize>().ok()?)?, tail)));
        match place {
            Some((word, tail)) => {
                // Names are often drawn on several lines; a finding is one.
                filled.extend(
                    word.chars()
                        .take(LONGEST_QUOTE)
                        .map(|c| if c.is_control() { ' ' } else { c }),
                );
                if word.chars().nth(LONGEST_QUOTE).is_some() {
                    filled.push('…');
                }
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// Declares rules as constants: `NAME = error "area.problem" { zh: "…", en: "…" }`.
macro_rules! rules {
    ($($name:ident = $severity:ident $id:literal { zh: $zh:literal, en: $en:literal })*) => {
        $(pub(crate) const $name: crate::catalogue::Rule = crate::catalogue::Rule {
            id: $id,
            severity: crate::catalogue::rules!(@$severity),
            zh: $zh,
            en: $en,
        };)*

        /// All of them.
        pub(crate) const ALL: &[crate::catalogue::Rule] = &[$($name),*];
    };
    (@error) => { crate::Severity::Error };
    (@warning) => { crate::Severity::Warning };
}
pub(crate) use rules;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_has_its_own_id_and_the_same_places_in_both_languages() {
        let mut ids = BTreeSet::new();
        for rule in TABLES.iter().flat_map(|table| table.iter()) {
            assert!(ids.insert(rule.id), "{} is declared twice", rule.id);
            assert!(rule.id.split('.').count() == 2, "{} is not area.problem", rule.id);
            for place in ["{0}", "{1}", "{2}", "{3}", "{4}"] {
                assert_eq!(rule.zh.contains(place), rule.en.contains(place), "{} {place}", rule.id);
            }
        }
    }

    #[test]
    fn words_are_put_in_once_and_long_ones_are_cut() {
        assert_eq!(fill("「{0}」 {1} {x}", &["{1}\n", "b"]), "「{1} 」 b {x}");
        assert_eq!(
            fill("{0}", &["长".repeat(500).as_str()]).chars().count(),
            LONGEST_QUOTE + 1
        );
    }
}
