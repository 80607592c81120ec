use kapok_protocol::Text;
use kapok_rules::Condition;

use super::{Content, Node, Problems, key_path, part::as_filter};

/// What may stand in a place of a document.
#[derive(Debug)]
pub(crate) enum Shape {
    Bool,
    /// A whole number.
    Whole,
    Number,
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A single value of any kind, or a list of them.
    Value,
    /// A list of names.
    Names,
    /// A place in an order, or `false` to be left out of it.
    Pos,
    /// A condition.
    Filter,
    /// A table with these keys.
    Table(&'static [Key]),
    /// A table whose keys are names of a kind, with values all alike.
    Map(Name, &'static Shape),
    /// What others read.
    Any,
}

/// One key of a table.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) shape: &'static Shape,
    /// Whether it must be there once all layers are put together.
    pub(crate) required: bool,
    pub(crate) over: Over,
    /// The types of fields that have it; empty for all.
    pub(crate) types: &'static [&'static str],
    /// What it is for, in the editor of who writes it.
    pub(crate) about: &'static str,
}

/// What an administrator may make of something a plugin declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    /// Anything.
    Free,
    /// Switch it on, never off.
    On,
    /// Nothing.
    Never,
}

/// A kind of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    /// `plugin.name`.
    Qualified,
    /// A field: lower-case letters, digits and underscores.
    Field,
    /// A field, or `*` for all that are not named.
    FieldOrRest,
    /// A choice, a role, a view: lower-case letters, digits, hyphens and underscores.
    Word,
    /// The key of an entry of a dictionary, which may come from elsewhere: any short text.
    Entry,
}

impl Name {
    pub(crate) fn admits(self, name: &str) -> bool {
        match self {
            Self::Qualified => name
                .split_once('.')
                .is_some_and(|(plugin, name)| [plugin, name].into_iter().all(|part| begins(part, b"-"))),
            Self::Field => begins(name, b"_"),
            Self::FieldOrRest => name == "*" || begins(name, b"_"),
            Self::Word => begins(name, b"-_"),
            Self::Entry => {
                !name.is_empty()
                    && name.chars().count() <= 64
                    && name.trim() == name
                    && !name.starts_with('$')
                    && !name.contains(char::is_control)
            }
        }
    }

    pub(crate) fn pattern(self) -> &'static str {
        match self {
            Self::Qualified => "^[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*$",
            Self::Field => "^[a-z][a-z0-9_]*$",
            Self::FieldOrRest => "^([a-z][a-z0-9_]*|\\*)$",
            Self::Word => "^[a-z][a-z0-9_-]*$",
            Self::Entry => "^[^$\\s](.{0,62}\\S)?$",
        }
    }

    fn problem(self, name: &str) -> Text {
        match self {
            Self::Qualified => Text::new(
                format!("名称“{name}”应为“插件.名称”，只用小写字母、数字和连字符。"),
                format!("“{name}” should be named plugin.name, in lower-case letters, digits and hyphens."),
            ),
            Self::Field | Self::FieldOrRest => Text::new(
                format!("字段名“{name}”不能用：请用小写字母开头，只含小写字母、数字和下划线。"),
                format!(
                    "a field cannot be named “{name}”: begin with a lower-case letter and use only such letters, digits and underscores."
                ),
            ),
            Self::Word => Text::new(
                format!("名称“{name}”不能用：请用小写字母开头，只含小写字母、数字、连字符和下划线。"),
                format!(
                    "“{name}” cannot be a name: begin with a lower-case letter and use only such letters, digits, hyphens and underscores."
                ),
            ),
            Self::Entry => Text::new(
                format!("“{name}”不能作为选项的键：请用 1 到 64 个字，不以 $ 开头，两端没有空格。"),
                format!(
                    "“{name}” cannot be the key of an entry: use 1 to 64 characters, no $ at the beginning and no spaces around."
                ),
            ),
        }
    }
}

fn begins(name: &str, others: &[u8]) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || others.contains(&byte))
}

/// Checks that every key is known and every value of its kind. With `whole`, also that nothing required is missing;
/// an administrator's changes of something shipped are not whole.
pub(crate) fn check(node: &Node, shape: &Shape, path: &str, whole: bool, problems: &mut Problems) {
    match shape {
        Shape::Table(keys) => table(node, keys, path, whole, problems),
        Shape::Map(kind, inner) => {
            let Content::Table(entries) = &node.content else {
                return wrong(node, path, "是一个表", "must be a table", problems);
            };
            for (name, entry) in entries {
                let path = key_path(path, name);
                if !kind.admits(name) {
                    problems.add(&entry.place, &path, kind.problem(name));
                }
                check(entry, inner, &path, whole, problems);
            }
        }
        Shape::Filter => {
            let condition = as_filter(node).and_then(|filter| Condition::new(&filter).map_err(|text| text.to_string()));
            if let Err(reason) = condition {
                problems.add(
                    &node.place,
                    path,
                    Text::new(
                        format!("条件不正确：{reason}"),
                        format!("this is not a condition: {reason}"),
                    ),
                );
            }
        }
        Shape::Word(words) => {
            if !node.as_text().is_some_and(|text| words.contains(&text)) {
                let given = node.as_text().unwrap_or_default();
                let words = words.join("、");
                problems.add(
                    &node.place,
                    path,
                    Text::new(
                        format!("“{given}”不能用在这里，可用：{words}。"),
                        format!(
                            "“{given}” does not exist or cannot stand here; there are: {}.",
                            words.replace('、', ", ")
                        ),
                    ),
                );
            }
        }
        Shape::Bool if node.as_bool().is_none() => {
            wrong(node, path, "是 true 或 false", "must be true or false", problems)
        }
        Shape::Whole if !node.as_number().is_some_and(|number| number.is_integer()) => {
            wrong(node, path, "是整数", "must be a whole number", problems);
        }
        Shape::Number => number(node, path, problems),
        Shape::Text if node.as_text().is_none() => wrong(node, path, "是文字", "must be text", problems),
        Shape::Value if matches!(node.content, Content::Table(_)) => {
            wrong(node, path, "是一个值", "must be a single value", problems);
        }
        Shape::Names => {
            let names = matches!(&node.content, Content::List(items) if !items.is_empty() && items.iter().all(|item| item.as_text().is_some()));
            if !names {
                wrong(node, path, "是一组名称", "must be a list of names", problems);
            }
        }
        Shape::Pos => {
            let left_out = node.as_bool() == Some(false);
            if !left_out && !node.as_number().is_some_and(|number| number.is_integer()) {
                wrong(
                    node,
                    path,
                    "是整数，或用 false 去掉",
                    "must be a whole number, or false to leave it out",
                    problems,
                );
            }
        }
        Shape::Bool | Shape::Whole | Shape::Text | Shape::Value | Shape::Any => {}
    }
}

fn table(node: &Node, keys: &[Key], path: &str, whole: bool, problems: &mut Problems) {
    let Content::Table(entries) = &node.content else {
        return wrong(node, path, "是一个表", "must be a table", problems);
    };
    for (name, entry) in entries {
        let path = key_path(path, name);
        match keys.iter().find(|key| key.name == name) {
            Some(key) => check(entry, key.shape, &path, whole, problems),
            None => {
                let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
                problems.add(
                    &entry.place,
                    &path,
                    Text::new(
                        format!("这里没有“{name}”，可用：{}。", known.join("、")),
                        format!("there is no “{name}” here; there are: {}.", known.join(", ")),
                    ),
                );
            }
        }
    }
    if whole {
        for key in keys
            .iter()
            .filter(|key| key.required && !entries.contains_key(key.name))
        {
            let name = key.name;
            problems.add(
                &node.place,
                path,
                Text::new(format!("缺少“{name}”。"), format!("“{name}” is missing here.")),
            );
        }
    }
}

/// A number, which may be written as a text.
fn number(node: &Node, path: &str, problems: &mut Problems) {
    let as_text = || {
        node.as_text()
            .is_some_and(|text| text.parse::<rust_decimal::Decimal>().is_ok())
    };
    if node.as_number().is_none() && !as_text() {
        wrong(node, path, "是数字", "must be one of the numbers", problems);
    }
}

fn wrong(node: &Node, path: &str, zh: &str, en: &str, problems: &mut Problems) {
    let name = path.rsplit('.').next().unwrap_or_default();
    problems.add(
        &node.place,
        path,
        Text::new(format!("“{name}”应当{zh}。"), format!("“{name}” {en}.")),
    );
}
