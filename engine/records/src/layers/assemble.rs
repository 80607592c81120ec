use kapok_protocol::Text;

use super::{
    Definitions, Layer,
    merge::{By, merge},
    permissions::{narrower, unite},
    retire::check_retired,
};
use crate::document::{Content, DOCUMENT, ENTITY, Node, Part, Place, Problems, Shape, check, key_path};

/// All layers as one document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Documents {
    /// Without what administrators made of it.
    pub(crate) shipped: Node,
    /// What holds.
    pub(crate) whole: Node,
}

/// Puts layers together. With problems the result is only good for finding more of them.
pub(crate) fn assemble(layers: &[Definitions], problems: &mut Problems) -> Documents {
    let mut shipped = empty();
    let (plugins, administrators): (Vec<_>, Vec<_>) =
        layers.iter().partition(|layer| layer.layer < Layer::Administrator);
    for layer in &plugins {
        declare(&mut shipped, layer, problems);
    }
    for layer in &plugins {
        extend(&mut shipped, &layer.document, By::Plugin, problems);
    }
    let mut whole = shipped.clone();
    for layer in administrators {
        change(&mut whole, &shipped, layer, problems);
    }
    check_retired(&whole, &shipped, problems);
    check(&whole, &DOCUMENT, "", true, problems);
    Documents { shipped, whole }
}

fn empty() -> Node {
    let place = Place {
        file: "".into(),
        line: 0,
    };
    let mut root = Node::table(place.clone());
    if let Some(tables) = root.entries_mut() {
        for kind in Definitions::KINDS.into_iter().filter(|kind| *kind != "extend") {
            tables.insert(kind.to_owned(), Node::table(place.clone()));
        }
    }
    root
}

/// What plugins declare stands beside each other.
fn declare(root: &mut Node, layer: &Definitions, problems: &mut Problems) {
    for (kind, table) in layer.document.entries() {
        let Some(known) = root.entries_mut().and_then(|tables| tables.get_mut(kind)) else {
            continue;
        };
        if kind == "permissions" || kind == "field_rules" {
            if layer.layer == Layer::Plugin {
                refuse_system_rights(table, kind, problems);
            }
            unite(known, table);
            continue;
        }
        let Some(known) = known.entries_mut() else { continue };
        for (id, node) in table.entries() {
            match known.get(id) {
                None => {
                    known.insert(id.clone(), node.clone());
                }
                // Plugins may name the same role, as long as they mean the same by it.
                Some(same) if kind == "roles" && same == node => {}
                Some(_) => problems.add(
                    &node.place,
                    &key_path(kind, id),
                    Text::new(format!("“{id}”已经定义过了。"), format!("“{id}” is declared already.")),
                ),
            }
        }
    }
}

/// Rights over people, departments and roles are the system's and the administrators' to give.
fn refuse_system_rights(table: &Node, kind: &str, problems: &mut Problems) {
    for (entity, node) in table.entries().iter().filter(|(id, _)| is_of_system(id)) {
        problems.add(
            &node.place,
            &key_path(kind, entity),
            Text::new(
                format!("插件不能授予“{entity}”的权限。"),
                format!("a plugin cannot give permissions for “{entity}”."),
            ),
        );
    }
}

fn is_of_system(entity: &str) -> bool {
    entity.starts_with("system.")
}

fn extend(root: &mut Node, document: &Node, by: By, problems: &mut Problems) {
    let Some(extensions) = document.get("extend") else {
        return;
    };
    let entities = root.entries_mut().and_then(|tables| tables.get_mut("entities"));
    let Some(entities) = entities.and_then(Node::entries_mut) else {
        return;
    };
    for (id, node) in extensions.entries() {
        let path = key_path("extend", id);
        match entities.get_mut(id) {
            Some(entity) => merge(entity, node.clone(), &ENTITY, by, &path, problems),
            None => problems.add(
                &node.place,
                &path,
                Text::new(
                    format!("实体“{id}”没有定义，不能扩展。"),
                    format!("the entity “{id}” is not declared, so nothing can be added to it."),
                ),
            ),
        }
    }
}

/// What administrators make of what is shipped, and what they add.
fn change(root: &mut Node, shipped: &Node, layer: &Definitions, problems: &mut Problems) {
    let document = &layer.document;
    if let Some(table) = document.get("permissions") {
        for (entity, roles) in Part::new(table, "permissions").entries() {
            let known = shipped.get("permissions").and_then(|table| table.get(entity));
            for (role, grants) in roles.entries().filter(|_| is_of_system(entity)) {
                let Some(known) = known.and_then(|known| known.get(role)) else {
                    continue;
                };
                for level in narrower(&grants, known) {
                    level.problem(
                        problems,
                        "系统自身需要这项权限，不能收窄。",
                        "the system itself needs this right; it cannot be narrowed.",
                    );
                }
            }
        }
    }
    let Shape::Table(keys) = &DOCUMENT else { return };
    for (kind, table) in document.entries().iter().filter(|(kind, _)| *kind != "extend") {
        let shape = keys.iter().find(|key| key.name == kind).map(|key| key.shape);
        let known = root.entries_mut().and_then(|tables| tables.get_mut(kind));
        if let (Some(shape), Some(known), Content::Table(_)) = (shape, known, &table.content) {
            merge(known, table.clone(), shape, By::Administrator, kind, problems);
        }
    }
    extend(root, document, By::Administrator, problems);
}
