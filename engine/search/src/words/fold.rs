//! Making texts alike that people take for the same: case, width, accents.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What a run of characters consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Chinese characters.
    Han,
    /// Letters and digits.
    Word,
}

/// The folded runs of a text; what stands between them is left out.
pub(crate) fn runs(text: &str) -> Vec<(Kind, String)> {
    let mut runs: Vec<(Kind, String)> = Vec::new();
    let mut open = false;
    for character in text.nfkd().filter(|character| !is_combining_mark(*character)) {
        let kind = match character {
            _ if is_han(character) => Kind::Han,
            _ if character.is_alphanumeric() => Kind::Word,
            _ => {
                open = false;
                continue;
            }
        };
        match runs.last_mut() {
            Some((last, run)) if open && *last == kind => run.extend(character.to_lowercase()),
            _ => runs.push((kind, character.to_lowercase().collect())),
        }
        open = true;
    }
    runs
}

fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '々' | '〇')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fall_into_folded_runs() {
        let cases: [(&str, &[(Kind, &str)]); 5] = [
            (
                "中国ＡＢＣ公司",
                &[(Kind::Han, "中国"), (Kind::Word, "abc"), (Kind::Han, "公司")],
            ),
            ("Café Müller", &[(Kind::Word, "cafe"), (Kind::Word, "muller")]),
            (
                "KP-2026/11",
                &[(Kind::Word, "kp"), (Kind::Word, "2026"), (Kind::Word, "11")],
            ),
            (
                "张 三，李四",
                &[(Kind::Han, "张"), (Kind::Han, "三"), (Kind::Han, "李四")],
            ),
            (" …", &[]),
        ];
        for (text, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(kind, run)| (*kind, (*run).to_owned())).collect();
            assert_eq!(runs(text), expected, "{text}");
        }
    }
}
