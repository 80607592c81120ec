//! What a change of the definitions does, to be shown before it is done.

mod choices;
mod entity;
mod field;

use kapok_protocol::{Entity, Text};
use serde::Serialize;

use super::Catalogue;
use crate::definition::{Dictionary, NamedTotal, Page, Role};

/// One thing that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// In which entity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<Entity>,
    /// What changes, and what that means.
    pub text: Text,
    /// Whether data is lost or taken from sight by it.
    pub destructive: bool,
    /// Whether the records of the entity, or the rows kept beside them, have to be made anew.
    pub back_fill: bool,
}

/// What lies between two catalogues, in the order of their entities. The entities that need a back-fill are those of
/// the changes that say so.
pub fn plan(old: &Catalogue, new: &Catalogue) -> Vec<Change> {
    let mut changes = Changes::default();
    for before in old.entities().filter(|before| new.entity(before.id.as_str()).is_none()) {
        changes.about(&before.id);
        let Text { zh, en } = &before.label;
        changes.destroy(
            format!("移除实体“{zh}”，其中的记录不再可见。"),
            format!("The entity “{en}” is removed; its records are no longer seen."),
        );
    }
    for after in new.entities() {
        changes.about(&after.id);
        match old.entity(after.id.as_str()) {
            Some(before) => entity::compare(before, after, &mut changes),
            None => {
                let Text { zh, en } = &after.label;
                changes.note(format!("新增实体“{zh}”。"), format!("The entity “{en}” is new."));
            }
        }
    }
    changes.entity = None;
    dictionaries(old, new, &mut changes);
    roles(old, new, &mut changes);
    totals(old, new, &mut changes);
    pages(old, new, &mut changes);
    changes.found
}

/// The changes found so far.
#[derive(Default)]
struct Changes {
    entity: Option<Entity>,
    found: Vec<Change>,
}

impl Changes {
    fn about(&mut self, entity: &Entity) {
        self.entity = Some(entity.clone());
    }

    fn add(&mut self, zh: String, en: String, destructive: bool, back_fill: bool) {
        self.found.push(Change {
            entity: self.entity.clone(),
            text: Text::new(zh, en),
            destructive,
            back_fill,
        });
    }

    fn note(&mut self, zh: String, en: String) {
        self.add(zh, en, false, false);
    }

    /// Data is lost or taken from sight.
    fn destroy(&mut self, zh: String, en: String) {
        self.add(zh, en, true, false);
    }

    /// Records are made anew.
    fn rewrite(&mut self, zh: String, en: String) {
        self.add(zh, en, false, true);
    }

    /// Both.
    fn rewrite_losing(&mut self, zh: String, en: String) {
        self.add(zh, en, true, true);
    }
}

fn dictionaries(old: &Catalogue, new: &Catalogue, changes: &mut Changes) {
    let removed = old.dictionaries().filter(|before| new.dictionary(&before.id).is_none());
    for Dictionary { label, .. } in removed {
        changes.destroy(
            format!("移除字典“{}”。", label.zh),
            format!("The dictionary “{}” is removed.", label.en),
        );
    }
    for after in new.dictionaries() {
        let Text { zh, en } = &after.label;
        match old.dictionary(&after.id) {
            Some(before) => {
                if before.label != after.label {
                    changes.note(
                        format!("字典“{}”改名为“{zh}”。", before.label.zh),
                        format!("The dictionary “{}” is now called “{en}”.", before.label.en),
                    );
                }
                choices::compare(
                    &format!("字典“{zh}”"),
                    &format!("The dictionary “{en}”"),
                    &before.entries,
                    &after.entries,
                    changes,
                );
            }
            None => changes.note(format!("新增字典“{zh}”。"), format!("The dictionary “{en}” is new.")),
        }
    }
}

fn roles(old: &Catalogue, new: &Catalogue, changes: &mut Changes) {
    for Role { label, .. } in old.roles().filter(|before| new.role(&before.code).is_none()) {
        changes.destroy(
            format!("移除角色“{}”，有此角色的人失去它的权限。", label.zh),
            format!("The role “{}” is removed; who has it loses its rights.", label.en),
        );
    }
    for after in new.roles() {
        let Text { zh, en } = &after.label;
        match old.role(&after.code) {
            Some(before) if before.label != after.label => changes.note(
                format!("角色“{}”改名为“{zh}”。", before.label.zh),
                format!("The role “{}” is now called “{en}”.", before.label.en),
            ),
            Some(_) => {}
            None => changes.note(format!("新增角色“{zh}”。"), format!("The role “{en}” is new.")),
        }
    }
}

fn totals(old: &Catalogue, new: &Catalogue, changes: &mut Changes) {
    for NamedTotal { label, .. } in old.totals().filter(|before| new.total(&before.id).is_none()) {
        changes.note(
            format!("移除合计“{}”。", label.zh),
            format!("The total “{}” is removed.", label.en),
        );
    }
    for after in new.totals() {
        let Text { zh, en } = &after.label;
        match old.total(&after.id) {
            Some(before) if before != after => {
                changes.note(format!("修改合计“{zh}”。"), format!("The total “{en}” changes."))
            }
            Some(_) => {}
            None => changes.note(format!("新增合计“{zh}”。"), format!("The total “{en}” is new.")),
        }
    }
}

fn pages(old: &Catalogue, new: &Catalogue, changes: &mut Changes) {
    for Page { label, .. } in old.pages().filter(|before| new.page(&before.id).is_none()) {
        changes.note(
            format!("移除页面“{}”。", label.zh),
            format!("The page “{}” is removed.", label.en),
        );
    }
    for after in new.pages() {
        let Text { zh, en } = &after.label;
        match old.page(&after.id) {
            Some(before) if before != after => {
                changes.note(format!("修改页面“{zh}”。"), format!("The page “{en}” changes."))
            }
            Some(_) => {}
            None => changes.note(format!("新增页面“{zh}”。"), format!("The page “{en}” is new.")),
        }
    }
}
