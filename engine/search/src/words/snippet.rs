//! Showing where in a text something was found.

/// Characters shown in front of what was found, and behind its beginning.
const BEFORE: usize = 16;
const BEHIND: usize = 48;

/// The part of a text around the first place where what was searched for, or one of its words, is written. `None` when it
/// is not written there, as when it was found by how it is read.
pub fn snippet(text: &str, searched: &str) -> Option<String> {
    let characters: Vec<char> = text.chars().collect();
    let folded: Vec<char> = characters.iter().map(|character| fold(*character)).collect();
    let whole = searched.trim();
    let at = std::iter::once(whole)
        .chain(whole.split_whitespace())
        .filter(|word| !word.is_empty())
        .find_map(|word| {
            let word: Vec<char> = word.chars().map(fold).collect();
            folded.windows(word.len()).position(|here| here == word)
        })?;
    let (begin, end) = (at.saturating_sub(BEFORE), (at + BEHIND).min(characters.len()));
    let shown: String = characters[begin..end].iter().collect();
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let more = |is: bool| if is { "…" } else { "" };
    Some(format!("{}{shown}{}", more(begin > 0), more(end < characters.len())))
}

/// One character for one, so that places stay what they are.
fn fold(character: char) -> char {
    let narrow = match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        other => other,
    };
    let mut lower = narrow.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => narrow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_shown_with_what_is_around_it() {
        let cases = [
            ("向上海的银行申请了贷款", "银行", Some("向上海的银行申请了贷款")),
            ("Siemens AG", "SIEM", Some("Siemens AG")),
            ("ＡＢＣ公司", "abc", Some("ＡＢＣ公司")),
            ("第一行\n第二行", "第二", Some("第一行 第二行")),
            ("甲 乙", "丙 乙", Some("甲 乙")),
            ("中国", "zg", None),
            ("中国", " ", None),
        ];
        for (text, searched, expected) in cases {
            assert_eq!(snippet(text, searched).as_deref(), expected, "{text} {searched}");
        }
        let long = format!("{}中国{}", "前".repeat(30), "后".repeat(60));
        let shown = snippet(&long, "中国").expect("found");
        assert!(shown.starts_with("…前") && shown.ends_with("后…") && shown.contains("中国"), "{shown}");
    }
}
