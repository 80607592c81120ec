use super::{stored::tokens, wanted, wanted::Part};
use crate::schema::END_OF_TOKEN;

/// Whether a text would be found by what somebody typed, were it in the index: by its characters, its words, its pinyin.
pub fn is_found(text: &str, searched: &str) -> bool {
    let Some(wanted) = wanted(searched) else {
        return false;
    };
    let mut stored = String::new();
    tokens(text, &mut stored);
    let stored: Vec<&str> = stored.split(END_OF_TOKEN).filter(|token| !token.is_empty()).collect();
    let has = |part: &Part| match part {
        Part::Token(token) => stored.contains(&token.as_str()),
        Part::Beginning(beginning) => stored.iter().any(|token| token.starts_with(beginning.as_str())),
    };
    wanted.0.iter().all(|word| word.iter().any(|way| way.iter().all(has)))
}

#[cfg(test)]
mod tests {
    use super::is_found;

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
        ] {
            assert_eq!(is_found(text, searched), expected, "{text} by {searched}");
        }
    }
}
