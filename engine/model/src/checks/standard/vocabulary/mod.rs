//! BPMN 2.0.2 as a table: which elements there are, what may stand in them, and what their attributes say.
//!
//! It follows the XML schemas of the standard (`Semantic.xsd`) for everything that can stand in a model that runs, with
//! three liberties. Any element may have a `name`. What the schemas require but nobody needs to run a model, such as
//! `targetNamespace` or the sets of an `ioSpecification`, is not required. And references that the reader of a process
//! resolves itself whatever they lead to (the ends of flows, `default`, `attachedToRef`, `flowNodeRef` …) are plain text
//! here, so that a fault in them is said once.

mod activities;
mod collaboration;
mod data;
mod events;
mod foundation;

use std::collections::BTreeMap;

/// A kind of element, by its name in the XML, or what several kinds have in common.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// What it is a special case of; empty for the first of all.
    base: &'static str,
    /// Whether no element has this name: it only says what others share.
    is_abstract: bool,
    attributes: &'static [Attribute],
    children: &'static [Child],
}

/// An attribute in no namespace.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) value: Value,
    pub(crate) required: bool,
}

/// What an attribute can say.
#[derive(Debug)]
pub(crate) enum Value {
    /// Anything.
    Text,
    /// `true` or `false`.
    Boolean,
    /// A whole number, and the least it can be.
    AtLeast(u32),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One of these words, and nothing is different when it runs.
    Idle(&'static [&'static str]),
    /// The id of another element.
    Reference(Target),
}

/// What a reference can lead to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    pub(crate) kinds: &'static [&'static str],
    /// Whether a model can run without knowing what is meant.
    pub(crate) loose: bool,
}

/// Elements that may stand in another.
#[derive(Debug)]
pub(crate) struct Child {
    /// Their name, or that of what they have in common.
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) many: bool,
    /// For a child whose text is a reference: what it can lead to.
    pub(crate) target: Option<Target>,
}

const fn kind(
    name: &'static str,
    base: &'static str,
    attributes: &'static [Attribute],
    children: &'static [Child],
) -> Kind {
    Kind {
        name,
        base,
        is_abstract: false,
        attributes,
        children,
    }
}

const fn common(
    name: &'static str,
    base: &'static str,
    attributes: &'static [Attribute],
    children: &'static [Child],
) -> Kind {
    Kind {
        name,
        base,
        is_abstract: true,
        attributes,
        children,
    }
}

const fn attribute(name: &'static str, value: Value) -> Attribute {
    Attribute {
        name,
        value,
        required: false,
    }
}

const fn text(name: &'static str) -> Attribute {
    attribute(name, Value::Text)
}

const fn boolean(name: &'static str) -> Attribute {
    attribute(name, Value::Boolean)
}

const fn refers(name: &'static str, kinds: &'static [&'static str]) -> Attribute {
    attribute(name, Value::Reference(Target { kinds, loose: false }))
}

const fn refers_loosely(name: &'static str, kinds: &'static [&'static str]) -> Attribute {
    attribute(name, Value::Reference(Target { kinds, loose: true }))
}

const fn required(attribute: Attribute) -> Attribute {
    Attribute {
        required: true,
        ..attribute
    }
}

/// At most one.
const fn one(name: &'static str) -> Child {
    Child {
        name,
        required: false,
        many: false,
        target: None,
    }
}

/// Exactly one.
const fn just_one(name: &'static str) -> Child {
    Child {
        required: true,
        ..one(name)
    }
}

/// Any number.
const fn many(name: &'static str) -> Child {
    Child {
        many: true,
        ..one(name)
    }
}

const fn leads_to(child: Child, kinds: &'static [&'static str]) -> Child {
    Child {
        target: Some(Target { kinds, loose: false }),
        ..child
    }
}

const fn leads_loosely_to(child: Child, kinds: &'static [&'static str]) -> Child {
    Child {
        target: Some(Target { kinds, loose: true }),
        ..child
    }
}

const TABLES: &[&[Kind]] = &[
    foundation::KINDS,
    activities::KINDS,
    events::KINDS,
    data::KINDS,
    collaboration::KINDS,
];

/// The table, with a way to look things up.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    /// Each kind, followed by what it is a special case of, and so on.
    kinds: BTreeMap<&'static str, Vec<&'static Kind>>,
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        let all: BTreeMap<&str, &'static Kind> = TABLES
            .iter()
            .flat_map(|table| table.iter())
            .map(|kind| (kind.name, kind))
            .collect();
        let and_bases = |kind| std::iter::successors(Some(kind), |kind: &&Kind| all.get(kind.base).copied()).collect();
        Self {
            kinds: all.iter().map(|(name, kind)| (*name, and_bases(*kind))).collect(),
        }
    }

    /// The kind of the elements of this name.
    pub(crate) fn kind(&self, name: &str) -> Option<&'static Kind> {
        let kind = self.kinds.get(name)?.first().copied();
        kind.filter(|kind| !kind.is_abstract)
    }

    /// A kind, what it is a special case of, and so on.
    pub(crate) fn and_bases(&self, kind: &'static Kind) -> impl Iterator<Item = &'static Kind> {
        self.kinds.get(kind.name).into_iter().flatten().copied()
    }

    /// Whether a kind is this one or a special case of it.
    pub(crate) fn is_a(&self, kind: &'static Kind, name: &str) -> bool {
        self.and_bases(kind).any(|kind| kind.name == name)
    }

    /// Every attribute such an element may have.
    pub(crate) fn attributes(&self, kind: &'static Kind) -> impl Iterator<Item = &'static Attribute> {
        self.and_bases(kind).flat_map(|kind| kind.attributes)
    }

    /// All that may stand in such an element.
    pub(crate) fn children(&self, kind: &'static Kind) -> impl Iterator<Item = &'static Child> {
        self.and_bases(kind).flat_map(|kind| kind.children)
    }

    /// Whether an element of this name is what a child may be.
    pub(crate) fn is_child(&self, child: &Child, name: &str) -> bool {
        child.name == name || self.kind(name).is_some_and(|kind| self.is_a(kind, child.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_only_what_it_has_and_each_thing_once() {
        let vocabulary = Vocabulary::new();
        assert_eq!(
            vocabulary.kinds.len(),
            TABLES.iter().map(|table| table.len()).sum::<usize>()
        );
        for kind in vocabulary.kinds.values().map(|kinds| kinds[0]) {
            assert!(
                kind.base.is_empty() || vocabulary.kinds.contains_key(kind.base),
                "{}",
                kind.base
            );
            let names: Vec<&str> = vocabulary.attributes(kind).map(|attribute| attribute.name).collect();
            for (position, name) in names.iter().enumerate() {
                assert!(!names[position + 1..].contains(name), "{} has {name} twice", kind.name);
            }
            for child in vocabulary.children(kind) {
                let known = child.target.is_some() || vocabulary.kinds.contains_key(child.name);
                assert!(known, "{} in {} is no kind", child.name, kind.name);
            }
            let in_attributes = vocabulary
                .attributes(kind)
                .filter_map(|attribute| match attribute.value {
                    Value::Reference(target) => Some(target),
                    _ => None,
                });
            let in_children = vocabulary.children(kind).filter_map(|child| child.target);
            for target in in_attributes.chain(in_children).flat_map(|target| target.kinds) {
                assert!(
                    vocabulary.kinds.contains_key(target),
                    "{target} in {} is no kind",
                    kind.name
                );
            }
        }
    }
}
