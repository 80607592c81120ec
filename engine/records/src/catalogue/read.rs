use std::{collections::BTreeMap, sync::Arc};

use kapok_protocol::Entity;

use super::{Catalogue, computed};
use crate::{
    ADMINISTRATOR,
    definition::{EntityDefinition, Field, FieldRule, Grants, REST},
    document::{Node, Part, Problems},
    formula::Formulas,
    layers::Documents,
    reading::{self, Reader},
};

impl Catalogue {
    /// Reads a document whose shape was checked, and checks what it says.
    pub(super) fn read(documents: Documents, problems: &mut Problems) -> Self {
        let root = Part::new(&documents.whole, "");
        let table = |kind: &str| root.get(kind).unwrap_or_else(|| root.clone());
        let mut reader = Reader {
            dictionaries: None,
            problems,
        };
        let dictionaries: BTreeMap<_, _> = table("dictionaries")
            .entries()
            .map(|(id, part)| (id.to_owned(), reading::dictionary(&mut reader, id, &part)))
            .collect();
        let mut reader = Reader {
            dictionaries: Some(&dictionaries),
            problems,
        };
        let entities: BTreeMap<_, _> = table("entities")
            .entries()
            .map(|(id, part)| (Entity::new(id), reader.entity(id, &part)))
            .collect();
        let roles = table("roles").entries();
        let roles = roles.map(|(code, part)| (code.to_owned(), reading::role(code, &part)));
        let totals = table("totals").entries();
        let totals = totals.map(|(id, part)| (id.to_owned(), reading::total(id, &part)));
        let mut catalogue = Self {
            entities,
            roles: roles.collect(),
            totals: totals.collect(),
            dictionaries,
            pages: Vec::new(),
            formulas: Formulas::default(),
            roll_ups: Vec::new(),
            documents: Arc::new(documents),
        };
        catalogue.give_rights(problems);
        catalogue.mark_shipped_views();
        catalogue.check(problems);
        computed::resolve(&mut catalogue, problems);
        catalogue.pages = catalogue.read_pages(problems);
        catalogue
    }

    fn give_rights(&mut self, problems: &mut Problems) {
        let documents = self.documents.clone();
        for (entity, role, part) in rights(&documents.whole, "permissions") {
            let grants = reading::grants(&part);
            if let Some((definition, role)) = self.for_role(entity, role, &part, grants != Grants::default(), problems)
            {
                definition.grants.insert(role.clone(), grants);
                if let Some(filter) = part.filter("create_when") {
                    definition.create_when.insert(role, filter);
                }
            }
        }
        for (entity, role, part) in rights(&documents.whole, "field_rules") {
            let rules = reading::field_rules(&part);
            let Some((definition, role)) = self.for_role(entity, role, &part, false, problems) else {
                continue;
            };
            let known = |name: &str| {
                let fields = definition.fields.iter().chain(&definition.disabled);
                name == REST || fields.map(|field: &Field| field.id.as_str()).any(|field| field == name)
            };
            for (name, part) in part.entries().filter(|(name, _)| !known(name)) {
                part.problem(
                    problems,
                    format!("实体“{entity}”没有字段“{name}”。"),
                    format!("the entity “{entity}” has no field “{name}”."),
                );
            }
            let rules: FieldRule = rules.into_iter().filter(|(name, _)| known(name)).collect();
            definition.field_rules.insert(role, rules);
        }
    }

    /// The entity that a role is given something in.
    fn for_role(
        &mut self,
        entity: &str,
        role: &str,
        part: &Part<'_>,
        grants: bool,
        problems: &mut Problems,
    ) -> Option<(&mut EntityDefinition, String)> {
        if !self.roles.contains_key(role) {
            part.problem(
                problems,
                format!("角色“{role}”没有定义。"),
                format!("the role “{role}” is not declared."),
            );
            return None;
        }
        if grants && role == ADMINISTRATOR && !entity.starts_with("system.") {
            part.problem(
                problems,
                format!("管理员角色不能获得业务数据“{entity}”的权限；请另建业务角色。"),
                format!(
                    "the administrator's role gets no rights over business data such as “{entity}”; use another role."
                ),
            );
            return None;
        }
        let definition = self.entities.get_mut(&Entity::new(entity));
        if definition.is_none() {
            part.problem(
                problems,
                format!("实体“{entity}”没有定义。"),
                format!("the entity “{entity}” is not declared."),
            );
        }
        definition.map(|definition| (definition, role.to_owned()))
    }

    fn mark_shipped_views(&mut self) {
        let entities = self.documents.shipped.get("entities");
        for definition in self.entities.values_mut() {
            let views = entities
                .and_then(|entities| entities.get(definition.id.as_str()))
                .and_then(|entity| entity.get("views"));
            for view in &mut definition.views {
                view.shipped = views.is_some_and(|views| views.get(&view.id).is_some());
            }
        }
    }
}

/// What stands in a table of tables by entity and role.
fn rights<'d>(root: &'d Node, kind: &str) -> Vec<(&'d str, &'d str, Part<'d>)> {
    let root = Part::new(root, "");
    let Some(table) = root.get(kind) else {
        return Vec::new();
    };
    table
        .entries()
        .flat_map(|(entity, roles)| {
            let roles: Vec<_> = roles.entries().collect();
            roles.into_iter().map(move |(role, part)| (entity, role, part))
        })
        .collect()
}
