//! All definitions together.

mod check;
mod circles;
mod computed;
mod pages;
mod plan;
mod read;
mod roll_ups;

use std::{collections::BTreeMap, sync::Arc};

use kapok_protocol::Entity;
use serde_json::{Value as Json, json};

pub use plan::{Change, plan};
pub use roll_ups::DEEPEST;

use crate::{
    DefinitionError, Definitions,
    definition::{Dictionary, EntityDefinition, NamedTotal, Page, Role},
    document::{Node, Part, Problems, to_json},
    formula::Formulas,
    layers::{Documents, assemble},
    roll_up::RollUp,
};

/// Every entity, dictionary, role, total and page there is: the system's own, those of all plugins and those that
/// administrators made, checked against each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    entities: BTreeMap<Entity, EntityDefinition>,
    roles: BTreeMap<String, Role>,
    dictionaries: BTreeMap<String, Dictionary>,
    totals: BTreeMap<String, NamedTotal>,
    pages: Vec<Page>,
    formulas: Formulas,
    roll_ups: Vec<RollUp>,
    documents: Arc<Documents>,
}

impl Catalogue {
    /// The system's own definitions with those of the plugins and of the administrators, in this order.
    ///
    /// # Errors
    ///
    /// All that does not fit together: something declared twice, a name that nobody declares, a circle, a change that
    /// administrators cannot make, or a permission that nobody may give (see below).
    ///
    /// Rights over people, departments and roles are the system's and the administrators' to give, so a plugin cannot
    /// widen them. And the administrator's role gets none over business data: who sets the system up does not thereby
    /// read what is in it.
    pub fn new(layers: impl IntoIterator<Item = Definitions>) -> Result<Self, Vec<DefinitionError>> {
        let mut problems = Problems::default();
        let layers: Vec<Definitions> = std::iter::once(Definitions::system()?).chain(layers).collect();
        let documents = assemble(&layers, &mut problems);
        // What has the wrong shape cannot be read, and would be said twice.
        if !problems.0.is_empty() {
            return Err(problems.0);
        }
        let catalogue = Self::read(documents, &mut problems);
        problems.into_result(catalogue)
    }

    /// The definition of an entity.
    pub fn entity(&self, id: &str) -> Option<&EntityDefinition> {
        self.entities.get(&Entity::new(id))
    }

    /// All entities, by id.
    pub fn entities(&self) -> impl Iterator<Item = &EntityDefinition> {
        self.entities.values()
    }

    /// All roles, by code.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        self.roles.values()
    }

    /// The role of this code.
    pub fn role(&self, code: &str) -> Option<&Role> {
        self.roles.get(code)
    }

    /// The dictionary of this id.
    pub fn dictionary(&self, id: &str) -> Option<&Dictionary> {
        self.dictionaries.get(id)
    }

    /// All dictionaries, by id.
    pub fn dictionaries(&self) -> impl Iterator<Item = &Dictionary> {
        self.dictionaries.values()
    }

    /// The named total of this id.
    pub fn total(&self, id: &str) -> Option<&NamedTotal> {
        self.totals.get(id)
    }

    /// All named totals, by id.
    pub fn totals(&self) -> impl Iterator<Item = &NamedTotal> {
        self.totals.values()
    }

    /// The page of this id.
    pub fn page(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id == id)
    }

    /// All pages, in their order.
    pub fn pages(&self) -> impl Iterator<Item = &Page> {
        self.pages.iter()
    }

    /// The formulas of all entities.
    pub fn formulas(&self) -> &Formulas {
        &self.formulas
    }

    /// The roll-ups that records of an entity carry.
    pub fn roll_ups_of<'c>(&'c self, entity: &'c Entity) -> impl Iterator<Item = &'c RollUp> {
        self.roll_ups.iter().filter(move |roll_up| roll_up.target() == entity)
    }

    /// The roll-ups that records of an entity count in: those to look at when one of them changes.
    pub fn roll_ups_over<'c>(&'c self, entity: &'c Entity) -> impl Iterator<Item = &'c RollUp> {
        self.roll_ups.iter().filter(move |roll_up| roll_up.source() == entity)
    }

    /// The entities whose records inherit reading from records of this one.
    pub fn children<'c>(&'c self, entity: &'c Entity) -> impl Iterator<Item = &'c EntityDefinition> {
        self.entities
            .values()
            .filter(move |child| child.parent_of().is_some_and(|(_, parent)| parent == entity))
    }

    /// The documents about an entity, as an administrator's editor shows them: `effective` is what holds, `shipped` what
    /// it was before administrators changed it (null when it is theirs). Each has the entity itself as `entity`, and its
    /// `permissions` and `field_rules`.
    pub fn document_of(&self, entity: &str) -> Option<Json> {
        let of = |root: &Node| {
            let at = |kind: &str| root.get(kind)?.get(entity);
            at("entities").map(|node| {
                json!({
                    "entity": to_json(node),
                    "permissions": at("permissions").map_or_else(|| json!({}), to_json),
                    "field_rules": at("field_rules").map_or_else(|| json!({}), to_json),
                })
            })
        };
        let effective = of(&self.documents.whole)?;
        Some(json!({ "effective": effective, "shipped": of(&self.documents.shipped) }))
    }

    /// The whole document that holds, or the one that is shipped: all tables by kind and id.
    pub fn document(&self, shipped: bool) -> Json {
        to_json(if shipped {
            &self.documents.shipped
        } else {
            &self.documents.whole
        })
    }

    /// Whether something is shipped with the system or a plugin, so that it can be changed but not removed: the table,
    /// and the id within it.
    pub fn is_shipped(&self, kind: &str, id: &str) -> bool {
        let table = self
            .documents
            .shipped
            .get(if kind == "extend" { "entities" } else { kind });
        table.is_some_and(|table| table.get(id).is_some())
    }

    /// The part of the document at these keys, or the nearest that is there.
    fn part<'c>(&'c self, keys: &[&str]) -> Part<'c> {
        let mut part = Part::new(&self.documents.whole, "");
        for key in keys {
            match part.get(key) {
                Some(next) => part = next,
                None => break,
            }
        }
        part
    }
}
