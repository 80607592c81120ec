//! Dictionaries, roles, permissions, field rules and totals.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::Entity;

use super::{Reader, kind::function};
use crate::{
    definition::{Choice, Dictionary, FieldAccess, FieldRule, Grants, Level, NamedTotal, Role, TotalPeriod},
    document::Part,
};

/// A dictionary, with the entries of a tree in an order in which each comes after its parent.
pub(crate) fn dictionary(reader: &mut Reader<'_>, id: &str, part: &Part<'_>) -> Dictionary {
    let tree = part.flag("tree");
    let entries = reader.choices(part, "entries");
    let known: BTreeMap<&str, Option<&str>> = entries
        .iter()
        .map(|entry| (entry.id.as_str(), entry.parent.as_deref()))
        .collect();
    for entry in entries.iter().filter(|entry| entry.parent.is_some()) {
        let parent = entry.parent.as_deref().unwrap_or_default();
        let Some(at) = part
            .get("entries")
            .and_then(|entries| entries.get(&entry.id)?.get("parent"))
        else {
            continue;
        };
        if !tree {
            at.problem(
                reader.problems,
                "字典不是树形，选项不能有上级；树形字典写 tree = true。",
                "the dictionary is no tree, so its entries have no parent; a tree says tree = true.",
            );
        } else if !known.contains_key(parent) {
            at.problem(
                reader.problems,
                format!("上级“{parent}”不在字典里。"),
                format!("the parent “{parent}” is not in the dictionary."),
            );
        } else if is_circular(&known, &entry.id) {
            at.problem(
                reader.problems,
                format!("“{}”成了自己的上级。", entry.id),
                format!("“{}” is its own parent, through others or not.", entry.id),
            );
        }
    }
    let entries = if tree { in_tree_order(&entries) } else { entries };
    Dictionary {
        id: id.to_owned(),
        label: part.label(),
        tree,
        entries: entries.into(),
    }
}

fn is_circular(parents: &BTreeMap<&str, Option<&str>>, start: &str) -> bool {
    let mut seen = BTreeSet::from([start]);
    let mut next = parents.get(start).copied().flatten();
    while let Some(parent) = next {
        if parent == start {
            return true;
        }
        if !seen.insert(parent) {
            return false;
        }
        next = parents.get(parent).copied().flatten();
    }
    false
}

/// The entries as they are read from top to bottom: each followed by those below it.
fn in_tree_order(entries: &[Choice]) -> Vec<Choice> {
    let mut below: BTreeMap<Option<&str>, Vec<&Choice>> = BTreeMap::new();
    for entry in entries {
        below.entry(entry.parent.as_deref()).or_default().push(entry);
    }
    let mut ordered = Vec::with_capacity(entries.len());
    let mut waiting: Vec<&Choice> = below.remove(&None).unwrap_or_default();
    waiting.reverse();
    while let Some(entry) = waiting.pop() {
        let children = below.remove(&Some(entry.id.as_str())).unwrap_or_default();
        waiting.extend(children.into_iter().rev());
        ordered.push(entry.clone());
    }
    ordered
}

pub(crate) fn role(code: &str, part: &Part<'_>) -> Role {
    Role {
        code: code.to_owned(),
        label: part.label(),
    }
}

pub(crate) fn grants(part: &Part<'_>) -> Grants {
    let level = |key: &str| match part.text(key) {
        Some("own") => Level::Own,
        Some("shared") => Level::Shared,
        Some("subordinates") => Level::Subordinates,
        Some("department") => Level::Department,
        Some("department-tree") => Level::DepartmentTree,
        Some("all") => Level::All,
        _ => Level::None,
    };
    let unless_off = |key: &str| part.get(key).is_none_or(|flag| flag.node.as_bool().unwrap_or(true));
    Grants {
        read: level("read"),
        create: level("create"),
        update: level("update"),
        delete: level("delete"),
        share: level("share"),
        transfer: level("transfer"),
        import: level("import"),
        export: level("export"),
        inherit: unless_off("inherit"),
        hand_down: unless_off("hand_down"),
        unowned: part
            .get("unowned")
            .is_some_and(|flag| flag.node.as_bool().unwrap_or(false)),
    }
}

pub(crate) fn field_rules(part: &Part<'_>) -> FieldRule {
    part.entries()
        .map(|(field, access)| {
            let access = match access.node.as_text() {
                Some("hidden") => FieldAccess::Hidden,
                Some("masked") => FieldAccess::Masked,
                Some("read") => FieldAccess::Read,
                _ => FieldAccess::Edit,
            };
            (field.to_owned(), access)
        })
        .collect()
}

pub(crate) fn total(id: &str, part: &Part<'_>) -> NamedTotal {
    NamedTotal {
        id: id.to_owned(),
        label: part.label(),
        entity: Entity::new(part.text("entity").unwrap_or_default()),
        function: function(part.text("function").unwrap_or_default()),
        value: part.string("value"),
        filter: part.filter("filter"),
        role: part.string("role").unwrap_or_default(),
        date: part.string("date"),
        finest: match part.text("finest") {
            Some("month") => TotalPeriod::Month,
            Some("quarter") => TotalPeriod::Quarter,
            _ => TotalPeriod::Year,
        },
    }
}
