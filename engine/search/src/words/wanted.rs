//! What a search asks for.

use std::sync::OnceLock;

use jieba_rs::Jieba;

use super::{
    fold::{Kind, runs},
    kind,
    pinyin::cuts,
};

/// A search: every word must be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted(pub(crate) Vec<Word>);

/// One word of a search: one of the ways to find it is enough.
pub(crate) type Word = Vec<Way>;

/// All of these tokens.
pub(crate) type Way = Vec<Part>;

/// A token of the index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// This one.
    Token(String),
    /// One that begins so.
    Beginning(String),
}

/// A search has no more words; what is behind them is left out.
const WORDS: usize = 16;
/// Up to so many characters are looked for as they stand, without cutting them into words.
const UNCUT: usize = 3;
/// Words of one character that say nothing beside others.
const EMPTY: &str = "的了和与及在是";

/// What a text asks for; none when there is nothing in it to look for.
pub(crate) fn wanted(text: &str) -> Option<Wanted> {
    let words: Vec<Word> = runs(text)
        .into_iter()
        .flat_map(|(run, characters)| match run {
            Kind::Han => han(&characters),
            Kind::Word => vec![word(&characters)],
        })
        .take(WORDS)
        .collect();
    (!words.is_empty()).then_some(Wanted(words))
}

fn jieba() -> &'static Jieba {
    static JIEBA: OnceLock<Jieba> = OnceLock::new();
    JIEBA.get_or_init(Jieba::new)
}

fn han(run: &str) -> Vec<Word> {
    if run.chars().nth(UNCUT).is_none() {
        return vec![vec![pairs(run)]];
    }
    let cut = jieba().cut(run, true);
    let words: Vec<&str> = cut.iter().map(|token| token.word).collect();
    let says_nothing = |word: &str| word.chars().nth(1).is_none() && EMPTY.contains(word);
    let mut telling: Vec<&str> = words.iter().copied().filter(|word| !says_nothing(word)).collect();
    if telling.is_empty() {
        telling = words;
    }
    let words = telling.into_iter().flat_map(parts);
    words.map(|word| vec![pairs(word)]).collect()
}

/// A long word as the shorter ones that it consists of (`上海银行` as `上海` and `银行`), if it consists of some.
fn parts(word: &str) -> Vec<&str> {
    let length = word.chars().count();
    if length <= UNCUT {
        return vec![word];
    }
    let shorter = jieba().cut_for_search(word, true).into_iter().map(|token| token.word);
    let shorter: Vec<&str> = shorter.filter(|part| *part != word && part.chars().nth(1).is_some()).collect();
    let whole: String = shorter.concat();
    if whole == word { shorter } else { vec![word] }
}

/// The pairs of characters of a word, or the one character.
fn pairs(word: &str) -> Way {
    let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let length = (starts.len() - 1).min(2);
    starts
        .windows(length + 1)
        .map(|pair| Part::Token(format!("{}{}", kind::HAN, &word[pair[0]..pair[length]])))
        .collect()
}

fn word(run: &str) -> Word {
    let token = |kind: char, text: &str| Part::Token(format!("{kind}{text}"));
    let characters = run.chars().count();
    let mut ways = Vec::new();
    if characters <= 3 {
        ways.push(vec![token(kind::WORD, run)]);
        ways.push(vec![token(kind::START, run)]);
    } else {
        ways.push(vec![Part::Beginning(format!("{}{run}", kind::WORD))]);
    }
    if characters == 4 && run.bytes().all(|digit| digit.is_ascii_digit()) {
        ways.push(vec![token(kind::END, run)]);
    }
    if run.bytes().all(|letter| letter.is_ascii_lowercase()) {
        let length = run.len().min(3);
        let groups = (0..=run.len() - length).map(|at| token(kind::INITIALS, &run[at..at + length]));
        ways.push(groups.collect());
        ways.extend(cuts(run).iter().map(|cut| syllables(cut)));
    }
    ways
}

fn syllables(cut: &[&str]) -> Way {
    match cut {
        [one] => vec![Part::Beginning(format!("{}{one}", kind::SYLLABLE))],
        many => {
            let pair = |pair: &[&str]| format!("{}{}", kind::SYLLABLE, pair.join(" "));
            let last = many.len() - 2;
            many.windows(2)
                .enumerate()
                .map(|(number, two)| match number == last {
                    true => Part::Beginning(pair(two)),
                    false => Part::Token(pair(two)),
                })
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Vec<String>> {
        let Some(Wanted(words)) = wanted(text) else { return Vec::new() };
        let part = |part: &Part| match part {
            Part::Token(token) => token.clone(),
            Part::Beginning(token) => format!("{token}*"),
        };
        let way = |way: &Way| way.iter().map(part).collect::<Vec<_>>().join(" ");
        words.iter().map(|word| word.iter().map(way).collect()).collect()
    }

    #[test]
    fn a_search_is_taken_apart() {
        assert_eq!(of("中国"), [["h中国"]]);
        assert_eq!(of("中"), [["h中"]]);
        assert_eq!(of("中国人"), [["h中国 h国人"]]);
        assert_eq!(of("上海的银行"), [["h上海"], ["h银行"]]);
        assert_eq!(of("上海银行贷款"), [["h上海"], ["h银行"], ["h贷款"]]);
        assert_eq!(of("zg"), [["wzg", "pzg", "azg"]]);
assert_eq!(of("zhongguo")[0][0], "wzhongguo*");
        assert!(of("zhongguo")[0].contains(&"yzhong guo*".to_owned()));
        assert_eq!(of("5678"), [["w5678*", "s5678"]]);
        assert_eq!(of("——"), Vec::<Vec<String>>::new());
    }
}
