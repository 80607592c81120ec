//! A small XML tree, read safely.
//!
//! Models come from people and from other tools, so nothing in them is trusted: there is no DTD, hence no entity of its
//! own, and every dimension is bounded before memory is spent on it. Names are resolved to their namespace here; the
//! rest of the crate never sees a prefix.

mod parse;

use std::sync::Arc;

pub(crate) use parse::parse;

/// The namespace of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// In no namespace, as nearly all attributes.
    None,
    /// BPMN 2.0's semantic model.
    Bpmn,
    /// Kapok's own vocabulary, see `EXTENSIONS.md`.
    Kapok,
    /// What another engine adds to BPMN.
    Dialect(Dialect),
    /// Any other: diagrams and other people's extensions, kept and left alone.
    Other(Arc<str>),
}

/// An engine whose settings are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dialect {
    /// Camunda 7.
    Camunda,
    /// Flowable.
    Flowable,
    /// Activiti.
    Activiti,
    /// Camunda 8.
    Zeebe,
}

impl Dialect {
    /// The dialect that a namespace belongs to. Each version of each product has a URI of its own.
    pub(crate) fn of(uri: &str) -> Option<Self> {
        // What the drawing program remembers of itself says nothing about the process.
        if [
            "camunda.org/schema/modeler",
            "flowable.org/design",
            "flowable.org/modeler",
        ]
        .iter()
        .any(|program| uri.contains(program))
        {
            return None;
        }
        [
            ("camunda.org/schema/zeebe", Self::Zeebe),
            ("camunda.org", Self::Camunda),
            ("flowable.org", Self::Flowable),
            ("activiti.org", Self::Activiti),
        ]
        .into_iter()
        .find_map(|(part, dialect)| uri.contains(part).then_some(dialect))
    }

    /// What people call the engine.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Camunda => "Camunda",
            Self::Flowable => "Flowable",
            Self::Activiti => "Activiti",
            Self::Zeebe => "Camunda 8 (Zeebe)",
        }
    }
}

/// An attribute.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) namespace: Namespace,
    pub(crate) name: String,
    pub(crate) value: String,
}

/// An element with all that is in it.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub(crate) namespace: Namespace,
    /// The local name.
    pub(crate) name: String,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) children: Vec<Element>,
    /// Which of the children are `extensionElements`; asked often, also of elements with very many children.
    pub(crate) extension_elements: Vec<usize>,
    /// The character data directly inside, one piece after the other.
    pub(crate) text: String,
    /// The line of its start tag, from 1.
    pub(crate) line: u32,
}

impl Element {
    /// The value of an attribute that is in no namespace.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.namespace == Namespace::None && attribute.name == name)
            .map(|attribute| attribute.value.as_str())
    }

    /// The BPMN id, if there is one.
    pub(crate) fn id(&self) -> Option<&str> {
        self.attribute("id").map(str::trim).filter(|id| !id.is_empty())
    }

    /// What people call it: its name, its id, or the name of the element.
    pub(crate) fn label(&self) -> &str {
        self.drawn_name().or(self.id()).unwrap_or(&self.name)
    }

    /// The name as drawn, unless it is blank.
    pub(crate) fn drawn_name(&self) -> Option<&str> {
        self.attribute("name").map(str::trim).filter(|name| !name.is_empty())
    }

    /// Whether it is this BPMN element.
    pub(crate) fn is_bpmn(&self, name: &str) -> bool {
        self.namespace == Namespace::Bpmn && self.name == name
    }

    /// The children in BPMN's namespace.
    pub(crate) fn bpmn_children(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter(|child| child.namespace == Namespace::Bpmn)
    }

    /// The first BPMN child of this name.
    pub(crate) fn bpmn_child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.is_bpmn(name))
    }

    /// The children in Kapok's namespace.
    pub(crate) fn kapok_children(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter(|child| child.namespace == Namespace::Kapok)
    }

    /// The setting of this name among the element's `extensionElements`.
    pub(crate) fn setting(&self, name: &str) -> Option<&Element> {
        self.extensions()
            .find(|setting| setting.namespace == Namespace::Kapok && setting.name == name)
    }

    /// The value of an attribute of Camunda 7, Flowable or Activiti, which share most of their names.
    pub(crate) fn dialect_attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| is_seven(&attribute.namespace) && attribute.name == name)
            .map(|attribute| attribute.value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The children in the namespace of Camunda 7, Flowable or Activiti.
    pub(crate) fn dialect_children(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter(|child| child.is_of_dialect())
    }

    /// The settings of Camunda 7, Flowable or Activiti of this name.
    pub(crate) fn dialect_settings<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.extensions()
            .filter(move |setting| setting.is_of_dialect() && setting.name == name)
    }

    /// The settings of Zeebe of this name.
    pub(crate) fn zeebe_settings<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.extensions()
            .filter(move |setting| setting.is_zeebe() && setting.name == name)
    }

    /// The first setting of Zeebe of this name.
    pub(crate) fn zeebe_setting(&self, name: &str) -> Option<&Element> {
        self.extensions()
            .find(|setting| setting.is_zeebe() && setting.name == name)
    }

    /// Whether it is in the namespace of Camunda 7, Flowable or Activiti.
    pub(crate) fn is_of_dialect(&self) -> bool {
        is_seven(&self.namespace)
    }

    /// Whether it is in Zeebe's namespace.
    pub(crate) fn is_zeebe(&self) -> bool {
        self.namespace == Namespace::Dialect(Dialect::Zeebe)
    }

    /// All that stands in its `extensionElements`.
    pub(crate) fn extensions(&self) -> impl Iterator<Item = &Element> {
        let containers = self.extension_elements.iter();
        containers
            .filter_map(|at| self.children.get(*at))
            .flat_map(|container| &container.children)
    }

    /// The text of an attribute without the blanks around it, unless that is nothing.
    pub(crate) fn stated(&self, name: &str) -> Option<&str> {
        self.attribute(name).map(str::trim).filter(|value| !value.is_empty())
    }
}

fn is_seven(namespace: &Namespace) -> bool {
    matches!(namespace, Namespace::Dialect(dialect) if *dialect != Dialect::Zeebe)
}
