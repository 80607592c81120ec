//! Cuts what stands in `${…}` into words.

use rust_decimal::Decimal;

use crate::syntax::{Fault, number, number_length};

/// A word.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(Decimal),
    Text(String),
    /// A name, or one of EL's words such as `eq`; the parser knows which.
    Name(String),
    Symbol(&'static str),
    /// The closing brace.
    End,
}

impl Token {
    /// As it is written, for messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => format!("'{}'", text.chars().take(40).collect::<String>()),
            Self::Name(name) => format!("“{}”", name.chars().take(40).collect::<String>()),
            Self::Symbol(symbol) => format!("“{symbol}”"),
            Self::End => "“}”".to_owned(),
        }
    }
}

/// The longer ones first.
const SYMBOLS: [&str; 26] = [
    "&&", "||", "==", "!=", "<=", ">=", "->", "+", "-", "*", "/", "%", "<", ">", "!", "?", ":", "(", ")", "[", "]",
    ".", ",", "=", "{", ";",
];

/// The words from `start` up to the closing brace, each with its place, and the place after the brace.
pub(super) fn lex(source: &str, start: usize) -> Result<(Vec<(Token, usize)>, usize), Fault> {
    let mut tokens = Vec::new();
    let mut at = start;
    loop {
        let rest = &source[at..];
        let Some(first) = rest.chars().next() else {
            return Err(Fault::new(
                start.saturating_sub(2),
                "“${” 没有对应的 “}”。",
                "“${” has no closing “}”.",
            ));
        };
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        if first == '}' {
            tokens.push((Token::End, at));
            return Ok((tokens, at + 1));
        }
        let (token, length) =
            if first.is_ascii_digit() || (first == '.' && number_length(rest).is_some() && !after_value(&tokens)) {
                let length = number_length(rest).unwrap_or(1);
                let value = number(&rest[..length]).ok_or_else(|| Fault::unexpected(at, &rest[..length.min(64)]))?;
                (Token::Number(value), length)
            } else if is_name_start(first) {
                let length = rest.find(|c| !is_name_part(c)).unwrap_or(rest.len());
                (Token::Name(rest[..length].to_owned()), length)
            } else if matches!(first, '\'' | '"') {
                text(rest, first, at)?
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
}

/// Whether the last word ends a value, so that a point after it is a step and not the start of a number.
fn after_value(tokens: &[(Token, usize)]) -> bool {
    match tokens.last() {
        Some((Token::Symbol(symbol), _)) => matches!(*symbol, ")" | "]"),
        Some(_) => true,
        None => false,
    }
}

fn is_name_start(character: char) -> bool {
    character.is_alphabetic() || matches!(character, '_' | '$')
}

fn is_name_part(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

/// A text in quotes, and how many bytes it takes with them.
fn text(rest: &str, quote: char, at: usize) -> Result<(Token, usize), Fault> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((index, character)) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some((_, escaped @ ('\\' | '\'' | '"'))) => text.push(escaped),
                _ => {
                    return Err(Fault::new(
                        at + index,
                        r#"“\” 后面只能是 “\”、“'” 或 “"”。"#,
                        r#"after “\” there may be only “\”, “'” or “"”."#,
                    ));
                }
            },
            _ if character == quote => return Ok((Token::Text(text), index + 1)),
            _ => text.push(character),
        }
    }
    Err(Fault::open_text(at))
}
