use std::sync::Arc;

use kapok_protocol::Text;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Content, Node, Place, Problems};

/// The tree of a TOML file.
pub(crate) fn from_toml(file: &str, source: &str, problems: &mut Problems) -> Option<Node> {
    let lines = Lines::of(file, source);
    match DeTable::parse(source) {
        Ok(table) => {
            let content = lines.table(table.into_inner(), problems);
            Some(Node {
                place: lines.place(0),
                content,
            })
        }
        Err(error) => {
            let place = lines.place(error.span().map_or(0, |span| span.start));
            // The whole line, because the message may name only a value, and the key stands before it.
            let line = source
                .lines()
                .nth(place.line.saturating_sub(1))
                .unwrap_or_default()
                .trim();
            let line: String = line.chars().take(120).collect();
            let message = error.message();
            problems.add(
                &place,
                "",
                Text::new(
                    format!("“{line}”不是正确的 TOML：{message}"),
                    format!("“{line}” is not well-formed TOML: {message}"),
                ),
            );
            None
        }
    }
}

struct Lines {
    file: Arc<str>,
    /// Where each line begins.
    starts: Vec<usize>,
}

impl Lines {
    fn of(file: &str, source: &str) -> Self {
        let ends = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self {
            file: file.into(),
            starts: std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect(),
        }
    }

    fn place(&self, at: usize) -> Place {
        Place {
            file: self.file.clone(),
            line: self.starts.partition_point(|start| *start <= at).max(1),
        }
    }

    fn table(&self, table: DeTable<'_>, problems: &mut Problems) -> Content {
        let entries = table.into_iter().map(|(key, value)| {
            let place = self.place(key.span().start);
            let content = self.content(value, &place, problems);
            (key.into_inner().into_owned(), Node { place, content })
        });
        Content::Table(entries.collect())
    }

    fn content(&self, value: Spanned<DeValue<'_>>, place: &Place, problems: &mut Problems) -> Content {
        let mut unreadable = |zh: &str, en: &str| {
            problems.add(place, "", Text::new(zh, en));
            Content::Bool(false)
        };
        match value.into_inner() {
            DeValue::Boolean(value) => Content::Bool(value),
            DeValue::String(text) => Content::Text(text.into_owned()),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Content::Number(number.into()),
                Err(_) => unreadable("数字过大。", "the number is too large."),
            },
            // The digits as they are written: a float would lose some.
            DeValue::Float(number) => match number.as_str().parse() {
                Ok(number) => Content::Number(number),
                Err(_) => unreadable(
                    "这样的数字不能用，请写成十进制小数。",
                    "write the number as a plain decimal.",
                ),
            },
            DeValue::Datetime(moment) => Content::Text(moment.to_string()),
            DeValue::Array(items) => Content::List(
                items
                    .into_iter()
                    .map(|item| {
                        let place = self.place(item.span().start);
                        let content = self.content(item, &place, problems);
                        Node { place, content }
                    })
                    .collect(),
            ),
            DeValue::Table(table) => self.table(table, problems),
        }
    }
}
