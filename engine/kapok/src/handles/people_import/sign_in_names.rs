//! Names of people: put together from their parts, and made into names to sign in with.

use kapok_search::spelled;

/// Family names of two characters that are met with.
const LONG_FAMILY_NAMES: [&str; 18] = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯", "宇文", "长孙",
    "端木", "南宫", "西门", "独孤",
];

/// A name from its parts: 张伟, Nancy Davolio.
pub(super) fn joined(first: &str, last: &str) -> String {
    match (first.is_empty(), last.is_empty()) {
        (true, _) => last.to_owned(),
        (_, true) => first.to_owned(),
        _ if is_chinese(first) || is_chinese(last) => format!("{last}{first}"),
        _ => format!("{first} {last}"),
    }
}

/// A name to sign in with: `zhang.wei`, `nancy.davolio`.
pub(super) fn sign_in_name(name: &str) -> String {
    let name = name.trim();
    let words: Vec<String> = if is_chinese(name) {
        let long = LONG_FAMILY_NAMES.iter().find(|family| name.starts_with(**family));
        let family = long.map_or_else(|| name.chars().next().map_or(0, char::len_utf8), |family| family.len());
        let (family, given) = name.split_at(family);
        vec![spelled(family), spelled(given)]
    } else {
        name.split_whitespace().map(str::to_lowercase).collect()
    };
    let plain = words
        .iter()
        .map(|word| word.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>());
    plain.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(".")
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|sign| ('\u{4e00}'..='\u{9fff}').contains(&sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_people_write_them() {
        for (first, last, name, sign_in) in [
            ("Nancy", "Davolio", "Nancy Davolio", "nancy.davolio"),
            ("Mary Jane", "O'Neil", "Mary Jane O'Neil", "mary.jane.oneil"),
            ("伟", "张", "张伟", "zhang.wei"),
            ("小红", "欧阳", "欧阳小红", "ouyang.xiaohong"),
            ("", "Madonna", "Madonna", "madonna"),
            ("", "", "", ""),
        ] {
            assert_eq!(joined(first, last), name);
            assert_eq!(sign_in_name(name), sign_in);
        }
    }
}
