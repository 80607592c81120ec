//! Cuts FEEL into words. Names with spaces are words only when they are known: those of functions, and those that the
//! caller gives; any name may stand in backquotes.

use rust_decimal::Decimal;

use super::builtins;
use crate::syntax::{Fault, number, number_length};

/// A word.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(Decimal),
    Text(String),
    /// `@"…"`
    At(String),
    /// A name, or one of FEEL's words such as `if`; the parser knows which.
    Name(String),
    /// A name that cannot be one of FEEL's words: in backquotes, or with spaces.
    Quoted(String),
    Symbol(&'static str),
    End,
}

impl Token {
    /// As it is written, for messages.
    pub(super) fn shown(&self) -> String {
        let short = |text: &str| text.chars().take(40).collect::<String>();
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => format!("\"{}\"", short(text)),
            Self::At(text) => format!("@\"{}\"", short(text)),
            Self::Name(name) | Self::Quoted(name) => format!("“{}”", short(name)),
            Self::Symbol(symbol) => format!("“{symbol}”"),
            Self::End => "结尾 / the end".to_owned(),
        }
    }
}

/// The longer ones first.
const SYMBOLS: [&str; 24] = [
    "**", "!=", "<=", ">=", "..", "->", "=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", "{", "}", ",", ":", ".",
    "?", ";",
];

/// The words of a text, each with its place.
pub(super) fn lex(source: &str, known: &[String]) -> Result<Vec<(Token, usize)>, Fault> {
    let mut spaced: Vec<&str> = known
        .iter()
        .map(String::as_str)
        .filter(|name| !is_plain(name))
        .collect();
    spaced.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let mut tokens: Vec<(Token, usize)> = Vec::new();
    let mut at = 0;
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        if first.is_whitespace() || first == '\u{feff}' {
            at += first.len_utf8();
            continue;
        }
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        if let Some(comment) = rest.strip_prefix("/*") {
            let end = comment
                .find("*/")
                .ok_or_else(|| Fault::new(at, "注释没有结束。", "a comment has no end."))?;
            at += end + 4;
            continue;
        }
        let (token, length) = if first.is_ascii_digit() || (first == '.' && number_length(rest).is_some()) {
            let length = number_length(rest).unwrap_or(1);
            let value = number(&rest[..length]).ok_or_else(|| Fault::unexpected(at, &rest[..length.min(64)]))?;
            (Token::Number(value), length)
        } else if first == '"' {
            let (text, length) = text(rest, at)?;
            (Token::Text(text), length)
        } else if let Some(literal) = rest.strip_prefix('@').filter(|literal| literal.starts_with('"')) {
            let (text, length) = text(literal, at)?;
            (Token::At(text), length + 1)
        } else if let Some(name) = rest.strip_prefix('`') {
            let end = name.find('`').ok_or_else(|| Fault::open_text(at))?;
            (Token::Quoted(name[..end].to_owned()), end + 2)
        } else if is_name_start(first) {
            name(rest, &spaced)
        } else {
            let symbol = SYMBOLS
                .into_iter()
                .find(|symbol| rest.starts_with(symbol))
                .ok_or_else(|| Fault::unexpected(at, &format!("“{first}”")))?;
            (Token::Symbol(symbol), symbol.len())
        };
        tokens.push((token, at));
        at += length;
    }
    tokens.push((Token::End, source.len()));
    Ok(tokens)
}

fn name(rest: &str, spaced: &[&str]) -> (Token, usize) {
    if let Some((known, length)) = spaced.iter().find_map(|known| Some((known, same_words(rest, known)?))) {
        return (Token::Quoted((*known).to_owned()), length);
    }
    let length = rest.find(|character| !is_name_part(character)).unwrap_or(rest.len());
    let word = &rest[..length];
    let function = builtins::spaced_names()
        .filter(|known| known.starts_with(word))
        .find_map(|known| {
            let length = same_words(rest, known)?;
            rest[length..].trim_start().starts_with('(').then_some((known, length))
        });
    match function {
        Some((known, length)) => (Token::Name(known.to_owned()), length),
        None => (Token::Name(word.to_owned()), length),
    }
}

/// How many bytes at the beginning of a text are this name, whatever space stands between its words.
fn same_words(text: &str, name: &str) -> Option<usize> {
    let mut at = 0;
    for (index, word) in name.split(' ').enumerate() {
        let rest = &text[at..];
        let begin = rest.trim_start();
        if index > 0 && begin.len() == rest.len() {
            return None;
        }
        begin.strip_prefix(word)?;
        at += rest.len() - begin.len() + word.len();
    }
    let ends = text[at..].chars().next().is_none_or(|next| !is_name_part(next));
    ends.then_some(at)
}

fn is_plain(name: &str) -> bool {
    name.chars().next().is_none_or(is_name_start) && name.chars().all(is_name_part)
}

fn is_name_start(character: char) -> bool {
    character.is_alphabetic() || matches!(character, '_' | '$')
}

fn is_name_part(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

/// A text in quotes, and how many bytes it takes with them.
fn text(rest: &str, at: usize) -> Result<(String, usize), Fault> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Ok((text, index + 1)),
            '\\' => match characters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, 't')) => text.push('\t'),
                Some((_, escaped @ ('"' | '\'' | '\\'))) => text.push(escaped),
                Some((from, kind @ ('u' | 'U'))) => {
                    let digits = if kind == 'u' { 4 } else { 6 };
                    let code = rest
                        .get(from + 1..from + 1 + digits)
                        .and_then(|code| u32::from_str_radix(code, 16).ok())
                        .and_then(char::from_u32)
                        .ok_or_else(|| Fault::unexpected(at + index, &format!("“\\{kind}”")))?;
                    text.push(code);
                    characters.nth(digits - 1);
                }
                // Such as `\d` in a pattern.
                Some((_, other)) => text.extend(['\\', other]),
                None => break,
            },
            other => text.push(other),
        }
    }
    Err(Fault::open_text(at))
}
