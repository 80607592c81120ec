//! All definitions together.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, Text};

use crate::{
    ADMINISTRATOR, DefinitionError, Definitions,
    definition::{EntityDefinition, Field, FieldKind, Role},
};

/// Every entity and role there is: the system's own and those of all plugins, checked against each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    entities: BTreeMap<Entity, EntityDefinition>,
    roles: BTreeMap<String, Role>,
}

impl Catalogue {
    /// The system's own definitions with those of the plugins.
    ///
    /// # Errors
    ///
    /// All that does not fit together: something declared twice, a reference or permission for something nobody
    /// declares, or a permission that nobody may give (see below).
    ///
    /// Rights over people, departments and roles are the system's to give, so a plugin cannot widen them. And the
    /// administrator's role gets none over business data: who sets the system up does not thereby read what is in it.
    pub fn new(plugins: impl IntoIterator<Item = Definitions>) -> Result<Self, Vec<DefinitionError>> {
        let system = Definitions::parse("system.toml", include_str!("system.toml"))?;
        let mut catalogue = Self {
            entities: BTreeMap::new(),
            roles: BTreeMap::new(),
        };
        let mut errors = Vec::new();
        let files: Vec<Definitions> = std::iter::once(system).chain(plugins).collect();
        for definitions in &files {
            catalogue.declare(definitions, &mut errors);
        }
        for (index, definitions) in files.iter().enumerate() {
            catalogue.permit(definitions, index == 0, &mut errors);
            catalogue.check_references(definitions, &mut errors);
        }
        if errors.is_empty() { Ok(catalogue) } else { Err(errors) }
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

    fn declare(&mut self, definitions: &Definitions, errors: &mut Vec<DefinitionError>) {
        let mut twice = |what: &str| {
            errors.push(error(
                definitions,
                0,
                Text::new(
                    format!("“{what}”已经定义过了。"),
                    format!("“{what}” is declared already."),
                ),
            ));
        };
        for entity in &definitions.entities {
            if self.entities.insert(entity.id.clone(), entity.clone()).is_some() {
                twice(entity.id.as_str());
            }
        }
        for role in &definitions.roles {
            // Plugins may name the same role, as long as they mean the same by it.
            if self
                .roles
                .insert(role.code.clone(), role.clone())
                .is_some_and(|known| known != *role)
            {
                twice(&role.code);
            }
        }
    }

    fn permit(&mut self, definitions: &Definitions, by_system: bool, errors: &mut Vec<DefinitionError>) {
        for (entity, role, line, grants) in &definitions.permissions {
            let of_system = entity.as_str().starts_with("system.");
            let text = if !self.roles.contains_key(role) {
                Text::new(
                    format!("角色“{role}”没有定义。"),
                    format!("the role “{role}” is not declared."),
                )
            } else if of_system && !by_system {
                Text::new(
                    format!("插件不能授予“{entity}”的权限。"),
                    format!("a plugin cannot give permissions for “{entity}”."),
                )
            } else if role == ADMINISTRATOR && !of_system {
                Text::new(
                    format!("管理员角色不能获得业务数据“{entity}”的权限；请另建业务角色。"),
                    format!(
                        "the administrator's role gets no rights over business data such as “{entity}”; use another role."
                    ),
                )
            } else if let Some(definition) = self.entities.get_mut(entity) {
                let known = definition.grants.entry(role.clone()).or_default();
                *known = known.united_with(*grants);
                continue;
            } else {
                unknown(entity)
            };
            errors.push(error(definitions, *line, text));
        }
    }

    fn check_references(&self, definitions: &Definitions, errors: &mut Vec<DefinitionError>) {
        for field in definitions.entities.iter().flat_map(|entity| &entity.fields) {
            self.check_field(definitions, field, errors);
        }
    }

    fn check_field(&self, definitions: &Definitions, field: &Field, errors: &mut Vec<DefinitionError>) {
        match &field.kind {
            FieldKind::Lines { columns } => {
                columns
                    .iter()
                    .for_each(|column| self.check_field(definitions, column, errors));
            }
            kind => {
                if let Some(entity) = kind.target()
                    && !self.entities.contains_key(&entity)
                {
                    errors.push(error(definitions, 0, unknown(&entity)));
                }
            }
        }
    }
}

fn error(definitions: &Definitions, line: usize, text: Text) -> DefinitionError {
    DefinitionError {
        file: definitions.file.clone(),
        line,
        text,
    }
}

fn unknown(entity: &Entity) -> Text {
    Text::new(
        format!("实体“{entity}”没有定义。"),
        format!("the entity “{entity}” is not declared."),
    )
}
