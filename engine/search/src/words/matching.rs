use super::{stored::tokens, wanted, wanted::Part};
use crate::schema::END_OF_TOKEN;

/// Names that are looked through as the index is, made ready once: taking a name apart is what costs.
#[derive(Debug, Default)]
pub struct Names(Vec<String>);

impl Names {
    /// These names.
    pub fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let stored = texts.into_iter().map(|text| {
            let mut stored = String::new();
            tokens(text, &mut stored);
            stored
        });
        Self(stored.collect())
    }

    /// The places of those that would be found by what somebody typed, were they in the index: by their characters, their
    /// words, their pinyin.
    pub fn found(&self, searched: &str) -> Vec<usize> {
        let Some(wanted) = wanted(searched) else {
            return Vec::new();
        };
        let is_found = |stored: &str| {
            let tokens = || stored.split_terminator(END_OF_TOKEN);
            let has = |part: &Part| match part {
                Part::Token(token) => tokens().any(|known| known == token),
                Part::Beginning(beginning) => tokens().any(|known| known.starts_with(beginning.as_str())),
            };
            wanted.0.iter().all(|word| word.iter().any(|way| way.iter().all(has)))
        };
        let places = self.0.iter().enumerate();
        places
            .filter(|(_, stored)| is_found(stored))
            .map(|(place, _)| place)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_name_is_found_as_the_index_finds_it() {
        for (text, searched, expected) in [
            ("意向客户", "意向", true),
            ("意向客户", "yixiang", true),
            ("意向客户", "yxkh", true),
            ("意向客户", "成交", false),
            ("Key account", "key", true),
            ("Key account", "account key", true),
            ("Key account", "keys", false),
            ("A", "", false),
            ("", "A", false),
        ] {
            let names = Names::new(["某某", text]);
            assert_eq!(names.found(searched).contains(&1), expected, "{text} by {searched}");
        }
        assert_eq!(Names::new(["杭州", "上海", "杭州湾"]).found("hz"), [0, 2]);
    }
}
