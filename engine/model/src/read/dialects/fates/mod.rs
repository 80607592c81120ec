//! What becomes of each setting of another engine. Nothing is left out in silence that would change how a model runs.

mod camunda;
mod zeebe;

use std::collections::BTreeSet;

pub(super) use camunda::{is_listener, listener_moment};

use kapok_protocol::Text;

use crate::{
    catalogue::{Words, elements as rules},
    read::Context,
    xml::{Dialect, Element, Namespace},
};

/// What becomes of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is read, or it changes nothing that happens here.
    Fine,
    /// It has no effect; the author is told, once for each setting of a file.
    Kept,
    /// The model would run differently without it: what to do, in Chinese and English.
    Refused(&'static str, &'static str),
}

/// Looks at every setting of another engine in a file.
pub(in crate::read) fn check<'a>(root: &'a Element, context: &mut Context<'a>) {
    Walk {
        context,
        told: BTreeSet::new(),
    }
    .bpmn(root, root);
}

struct Walk<'c, 'a> {
    context: &'c mut Context<'a>,
    /// The settings without effect that were told about.
    told: BTreeSet<(Dialect, &'a str)>,
}

impl<'a> Walk<'_, 'a> {
    /// A BPMN element; `owner` is the nearest one with an id.
    fn bpmn(&mut self, element: &'a Element, owner: &'a Element) {
        let owner = if element.id().is_some() { element } else { owner };
        for attribute in &element.attributes {
            let Namespace::Dialect(dialect) = attribute.namespace else {
                continue;
            };
            let (name, value) = (attribute.name.as_str(), attribute.value.trim());
            let fate = match dialect {
                Dialect::Zeebe => zeebe::attribute(name),
                _ => camunda::attribute(element, name, value),
            };
            self.apply(fate, dialect, name, owner, element.line);
        }
        for setting in element.extensions() {
            let Namespace::Dialect(dialect) = setting.namespace else {
                continue;
            };
            let fate = match dialect {
                Dialect::Zeebe => zeebe::setting(element, setting),
                _ => camunda::setting(element, setting),
            };
            self.apply(fate, dialect, &setting.name, owner, setting.line);
            let parts = match dialect {
                Dialect::Zeebe => zeebe::parts(setting),
                _ => camunda::parts(setting),
            };
            for (name, line, fate) in parts {
                self.apply(fate, dialect, name, owner, line);
            }
        }
        for child in element
            .bpmn_children()
            .filter(|child| child.name != "extensionElements")
        {
            self.bpmn(child, owner);
        }
    }

    fn apply(&mut self, fate: Fate, dialect: Dialect, name: &'a str, owner: &'a Element, line: u32) {
        match fate {
            Fate::Fine => {}
            Fate::Kept => {
                if self.told.insert((dialect, name)) {
                    let words: &[&dyn Words] = &[&owner.label(), &dialect.label(), &name];
                    self.context
                        .findings
                        .report_inside(&rules::FOREIGN_SETTINGS, owner, line, words);
                }
            }
            Fate::Refused(zh, en) => {
                let words: &[&dyn Words] = &[&owner.label(), &dialect.label(), &name, &Text::new(zh, en)];
                self.context
                    .findings
                    .report_inside(&rules::FOREIGN_REFUSED, owner, line, words);
            }
        }
    }
}
