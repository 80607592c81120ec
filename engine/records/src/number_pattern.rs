//! Numbers of documents, such as `BJ20261123-0007`.

use std::fmt;

use chrono::NaiveDate;
use kapok_protocol::Text;
use serde::{Serialize, Serializer};

/// How a document number is made: literal text, parts of the date and a counter, as in `BJ{yyyyMMdd}-{0000}`.
///
/// The counter itself belongs to the writer. It begins again at 1 whenever [`NumberPattern::series`] changes, so a
/// pattern with a day in it counts by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberPattern {
    source: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    /// A format of chrono.
    Date(&'static str),
    Counter {
        digits: usize,
    },
}

impl NumberPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// A placeholder that is neither a date nor zeros, braces that do not match, or not exactly one counter.
    pub fn parse(source: &str) -> Result<Self, Text> {
        let mut parts = Vec::new();
        let mut rest = source;
        while let Some((literal, after)) = rest.split_once('{') {
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            let (name, after) = after.split_once('}').ok_or_else(|| wrong(source))?;
            parts.push(match name {
                "yyyy" => Part::Date("%Y"),
                "yyyyMM" => Part::Date("%Y%m"),
                "yyyyMMdd" => Part::Date("%Y%m%d"),
                zeros if !zeros.is_empty() && zeros.len() <= 12 && zeros.bytes().all(|byte| byte == b'0') => {
                    Part::Counter { digits: zeros.len() }
                }
                _ => return Err(wrong(source)),
            });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        let counters = parts.iter().filter(|part| matches!(part, Part::Counter { .. })).count();
        if counters != 1 || source.contains("}}") {
            return Err(wrong(source));
        }
        Ok(Self {
            source: source.to_owned(),
            parts,
        })
    }

    /// The number of the record that is the `counter`-th (from 1) of its series.
    pub fn format(&self, date: NaiveDate, counter: u64) -> String {
        self.fill(date, |digits| format!("{counter:0digits$}"))
    }

    /// Which counter counts on this date: what all its numbers have in common.
    pub fn series(&self, date: NaiveDate) -> String {
        self.fill(date, |_| "#".to_owned())
    }

    fn fill(&self, date: NaiveDate, counter: impl Fn(usize) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Literal(text) => text.clone(),
            Part::Date(format) => date.format(format).to_string(),
            Part::Counter { digits } => counter(*digits),
        };
        self.parts.iter().map(part).collect()
    }
}

impl fmt::Display for NumberPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl Serialize for NumberPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
    }
}

fn wrong(source: &str) -> Text {
    Text::new(
        format!("编号格式“{source}”不正确，应类似 BJ{{yyyyMMdd}}-{{0000}}，其中 {{0000}} 必须且只能出现一次。"),
        format!("the number pattern “{source}” should look like BJ{{yyyyMMdd}}-{{0000}}, with exactly one {{0000}}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_make_numbers() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 3).unwrap();
        let cases = [
            ("BJ{yyyyMMdd}-{0000}", Some("BJ20261103-0007")),
            ("{yyyy}/{00}", Some("2026/07")),
            ("HT{yyyyMM}{0}号", Some("HT2026117号")),
            ("BJ", None),
            ("{0}{0}", None),
            ("{0", None),
            ("{}", None),
            ("{yy}{0}", None),
            ("{{0}}", None),
        ];
        for (source, expected) in cases {
            let number = NumberPattern::parse(source).ok().map(|pattern| pattern.format(day, 7));
            assert_eq!(number.as_deref(), expected, "{source}");
        }
        let pattern = NumberPattern::parse("BJ{yyyyMMdd}-{0000}").unwrap();
        assert_eq!(pattern.format(day, 12345), "BJ20261103-12345");
        assert_eq!(pattern.series(day), "BJ20261103-#");
    }
}
