//! What is stored of a text.

use super::{
    fold::{Kind, runs},
    kind,
    pinyin::{choices, readings},
};
use crate::schema::END_OF_TOKEN;

/// Longer words are cut.
const LONGEST: usize = 64;
/// Of a text, so many characters are searched.
const SEARCHED: usize = 20_000;
/// How many characters long a text may be for its pinyin to be stored: as long as a name.
const NAME: usize = 64;

/// Appends the tokens of a text, each with its end.
pub(crate) fn tokens(text: &str, out: &mut String) {
    let with_pinyin = text.chars().nth(NAME).is_none();
    let end = text.char_indices().nth(SEARCHED).map_or(text.len(), |(end, _)| end);
    for (run, characters) in runs(&text[..end]) {
        match run {
            Kind::Han => han(&characters, with_pinyin, out),
            Kind::Word => word(&characters, out),
        }
    }
}

fn push(out: &mut String, kind: char, token: &str) {
    out.push(kind);
    out.push_str(token);
    out.push(END_OF_TOKEN);
}

fn han(run: &str, with_pinyin: bool, out: &mut String) {
    let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
    for length in 1..=2 {
        for pair in starts.windows(length + 1) {
            push(out, kind::HAN, &run[pair[0]..pair[length]]);
        }
    }
    if !with_pinyin {
        return;
    }
    let spoken: Vec<Vec<String>> = run.chars().map(readings).collect();
    let initials: Vec<Vec<String>> = spoken
        .iter()
        .map(|readings| {
            let mut initials: Vec<String> = readings.iter().filter_map(|reading| Some(reading.get(..1)?.to_owned())).collect();
            initials.sort_unstable();
            initials.dedup();
            initials
        })
        .collect();
    for (count, kind, parts, between) in [
        (1, kind::SYLLABLE, &spoken, ""),
        (2, kind::SYLLABLE, &spoken, " "),
        (2, kind::INITIALS, &initials, ""),
        (3, kind::INITIALS, &initials, ""),
    ] {
        for group in parts.windows(count) {
            for way in choices(group, between) {
                push(out, kind, &way);
            }
        }
    }
    // One letter finds what begins with it.
    for initial in initials.first().into_iter().flatten() {
        push(out, kind::INITIALS, initial);
    }
}

fn word(run: &str, out: &mut String) {
    let end = |characters: usize| run.char_indices().nth(characters).map(|(end, _)| end);
    push(out, kind::WORD, &run[..end(LONGEST).unwrap_or(run.len())]);
    for characters in 1..=3 {
        match end(characters) {
            Some(end) => push(out, kind::START, &run[..end]),
            None => break,
        }
    }
    if run.len() >= 8 && run.bytes().all(|digit| digit.is_ascii_digit()) {
        push(out, kind::END, &run[run.len() - 4..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let mut out = String::new();
        tokens(text, &mut out);
        out.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_name_is_stored_as_it_is_written_and_read() {
        assert_eq!(
            of("中国"),
            ["h中", "h国", "h中国", "yzhong", "yguo", "yzhong guo", "azg", "az"]
        );
        let long = of(&"中国".repeat(40));
        assert!(long.contains(&"h国中".to_owned()) && !long.contains(&"azg".to_owned()), "a long text is no name");
        assert_eq!(of("Siemens"), ["wsiemens", "ps", "psi", "psie"]);
        assert_eq!(of("A4"), ["wa4", "pa"]);
        assert!(of("13812345678").contains(&"s5678".to_owned()));
        assert!(of("重庆").contains(&"acq".to_owned()));
        assert!(of("重庆").contains(&"yzhong qing".to_owned()), "both readings");
    }
}
