//! What reading JUEL and FEEL has in common: where a fault is, and what a number looks like.

use std::str::FromStr;

use kapok_protocol::Text;
use rust_decimal::Decimal;

use crate::{Cause, EvaluationError, Position, meter::DEPTH};

/// The most bytes of source text.
pub(crate) const SOURCE: usize = 64 * 1024;

/// Why a text is not an expression, and at which byte.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) sentence: Text,
}

impl Fault {
    pub(crate) fn new(at: usize, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            at,
            sentence: Text::new(zh, en),
        }
    }

    pub(crate) fn unexpected(at: usize, found: &str) -> Self {
        Self::new(
            at,
            format!("这里不能是 {found}，请检查写法。"),
            format!("{found} cannot stand here; check the spelling."),
        )
    }

    pub(crate) fn open_text(at: usize) -> Self {
        Self::new(at, "文字缺少结束的引号。", "a text has no closing quote.")
    }

    pub(crate) fn too_deep(at: usize) -> Self {
        Self::new(
            at,
            format!("嵌套超过 {DEPTH} 层，请拆成几个表达式。"),
            format!("nested more than {DEPTH} levels deep; split it into several expressions."),
        )
    }

    /// The whole sentence for whoever wrote the expression.
    pub(crate) fn text(self, source: &str) -> Text {
        let before = source.get(..self.at).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let position = Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        };
        EvaluationError::new(source, Cause::Refused(self.sentence))
            .at(Some(position))
            .text()
    }
}

/// Refuses what is empty or too long to be looked at.
pub(crate) fn check_size(source: &str) -> Result<(), Text> {
    if source.trim().is_empty() {
        return Err(Text::new("表达式是空的。", "the expression is empty."));
    }
    if source.len() > SOURCE {
        return Err(Text::new(
            format!("表达式超过 {SOURCE} 字节。"),
            format!("the expression is longer than {SOURCE} bytes."),
        ));
    }
    Ok(())
}

/// The number a text is, written as JSON and Java write one: `-12`, `1.50`, `1e3`.
pub(crate) fn number(text: &str) -> Option<Decimal> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let length = number_length(unsigned)?;
    if length != unsigned.len() || length > 64 {
        return None;
    }
    let number = if unsigned.contains(['e', 'E']) {
        Decimal::from_scientific(unsigned)
    } else if unsigned.starts_with('.') {
        Decimal::from_str(&format!("0{unsigned}"))
    } else {
        Decimal::from_str(unsigned)
    };
    let number = number.ok()?;
    Some(if text.starts_with('-') { -number } else { number })
}

/// How many bytes at the beginning of a text are a number without a sign.
pub(crate) fn number_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    let mut end = whole;
    if bytes.get(end) == Some(&b'.') {
        match digits(end + 1) {
            0 => {}
            fraction => end += 1 + fraction,
        }
    }
    if end == 0 {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let from = (end + 1 + sign).min(bytes.len());
        match digits(from) {
            0 => {}
            exponent => end = from + exponent,
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_whole_or_not_at_all() {
        for (text, expected) in [
            ("0", Some("0")),
            ("-12", Some("-12")),
            ("+1.50", Some("1.5")),
            (".5", Some("0.5")),
            ("1e3", Some("1000")),
            ("25E-1", Some("2.5")),
            ("1e400", None),
            ("1_000", None),
            ("1.", None),
            ("1.2.3", None),
            ("--1", None),
            ("", None),
            ("-", None),
            ("1e", None),
            (" 1", None),
        ] {
            assert_eq!(
                number(text).map(|number| number.normalize().to_string()).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
