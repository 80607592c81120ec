//! How Chinese is read.

use std::{collections::BTreeSet, sync::OnceLock};

use pinyin::{ToPinyin, ToPinyinMulti};

/// So many readings of one character count.
const READINGS: usize = 4;
/// So many ways to read several characters, or to cut letters into syllables, count.
const WAYS: usize = 16;
/// No syllable is longer.
const LONGEST: usize = 6;

/// The readings of a character, without tones.
pub(super) fn readings(character: char) -> Vec<String> {
    let Some(multi) = character.to_pinyin_multi() else {
        return character
            .to_pinyin()
            .map(|reading| plain(reading.plain()))
            .into_iter()
            .collect();
    };
    let mut readings = Vec::new();
    for number in 0..multi.count() {
        let Some(reading) = multi.get_opt(number) else { break };
        let reading = plain(reading.plain());
        if !readings.contains(&reading) && readings.len() < READINGS {
            readings.push(reading);
        }
    }
    readings
}

/// A text as one writes it without Chinese: each character by its usual reading, small letters, no tones.
pub fn spelled(text: &str) -> String {
    let spell = |sign: char| match sign.to_pinyin() {
        Some(reading) => plain(reading.plain()),
        None => sign.to_lowercase().collect(),
    };
    text.chars().map(spell).collect()
}

fn plain(reading: &str) -> String {
    reading.replace('ü', "v")
}

/// Every choice of one from each, joined; no more than some.
pub(super) fn choices(of: &[Vec<String>], between: &str) -> Vec<String> {
    let mut ways = vec![String::new()];
    for (number, readings) in of.iter().enumerate() {
        let between = if number == 0 { "" } else { between };
        ways = ways
            .iter()
            .flat_map(|way| readings.iter().map(move |reading| format!("{way}{between}{reading}")))
            .take(WAYS)
            .collect();
    }
    ways
}

/// The ways to cut letters into syllables, of which the last may be one that is not finished.
pub(super) fn cuts(letters: &str) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    cut(letters, &mut Vec::new(), &mut found);
    found
}

fn cut<'t>(rest: &'t str, before: &mut Vec<&'t str>, found: &mut Vec<Vec<&'t str>>) {
    if found.len() == WAYS {
        return;
    }
    if is_beginning(rest) {
        found.push(before.iter().copied().chain([rest]).collect());
    }
    // The longest first, which is mostly meant.
    for end in (1..=LONGEST.min(rest.len().saturating_sub(1))).rev() {
        let (syllable, rest) = rest.split_at(end);
        if syllables().contains(syllable) {
            before.push(syllable);
            cut(rest, before, found);
            before.pop();
        }
    }
}

fn is_beginning(letters: &str) -> bool {
    let next = syllables().range(letters.to_owned()..).next();
    !letters.is_empty() && next.is_some_and(|next| next.starts_with(letters))
}

/// All syllables there are.
fn syllables() -> &'static BTreeSet<String> {
    static SYLLABLES: OnceLock<BTreeSet<String>> = OnceLock::new();
    SYLLABLES.get_or_init(|| {
        let common = ('\u{4e00}'..='\u{9fa5}').filter_map(|character| character.to_pinyin());
        common
            .map(|reading| plain(reading.plain()))
            .filter(|reading| reading.is_ascii())
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_cut_into_syllables() {
        let cases: [(&str, &[&str]); 5] = [
            ("zhongguo", &["zhong guo"]),
            ("zhongg", &["zhong g"]),
            ("xian", &["xian", "xi an"]),
            ("lvse", &["lv se"]),
            ("vvv", &[]),
        ];
        for (letters, expected) in cases {
            let found: Vec<String> = cuts(letters).iter().map(|cut| cut.join(" ")).collect();
            for cut in expected {
                assert!(found.iter().any(|found| found == cut), "{letters}: {found:?}");
            }
            assert!(!expected.is_empty() || found.is_empty(), "{letters}: {found:?}");
        }
    }

    #[test]
    fn a_character_has_all_its_readings() {
        let of = |character| readings(character);
        assert_eq!(of('中'), ["zhong"]);
        assert!(of('重').contains(&"chong".to_owned()) && of('重').contains(&"zhong".to_owned()));
        assert!(of('行').contains(&"hang".to_owned()) && of('行').contains(&"xing".to_owned()));
        assert_eq!(of('x'), Vec::<String>::new());
    }
}
