//! Reading definition files.

use std::fmt;

use kapok_protocol::{Entity, Text};
use serde::Serialize;

use crate::{
    definition::{EntityDefinition, Grants, Role},
    document::Document,
    reader::Reader,
};

/// What one file declares. The sections a plugin's manifest has besides are left to the plugin host.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Definitions {
    /// The file's name, for messages.
    pub file: String,
    /// Its entities, without grants; those are in `permissions`.
    pub entities: Vec<EntityDefinition>,
    /// Its roles.
    pub roles: Vec<Role>,
    /// What roles may do with the entities of this and other files: entity, role, line in the file, grants.
    pub permissions: Vec<(Entity, String, usize, Grants)>,
}

/// Something wrong in a definition file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefinitionError {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 when it is about the file as a whole.
    pub line: usize,
    /// What is wrong and what to do.
    pub text: Text,
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.text)
    }
}

impl std::error::Error for DefinitionError {}

impl Definitions {
    /// Reads a definition file.
    ///
    /// # Errors
    ///
    /// All that is wrong with what was declared; a file that is not TOML, or has a key nobody knows, is one error.
    pub fn parse(file: &str, source: &str) -> Result<Self, Vec<DefinitionError>> {
        let mut reader = Reader {
            file,
            source,
            errors: Vec::new(),
        };
        let document: Document = match toml::from_str(source) {
            Ok(document) => document,
            Err(error) => {
                let at = error.span().unwrap_or(0..0);
                // The whole line, because the message may name only a value, and the key stands before it.
                let line = source.lines().nth(reader.line(&at) - 1).unwrap_or_default().trim();
                let line: String = line.chars().take(120).collect();
                let message = error.message();
                reader.error(
                    at,
                    Text::new(
                        format!("“{line}”写得不对：{message}"),
                        format!("“{line}” is not right: {message}"),
                    ),
                );
                return Err(reader.errors);
            }
        };
        let definitions = Self {
            file: file.to_owned(),
            entities: document
                .entities
                .into_iter()
                .map(|(id, section)| reader.entity(id, section))
                .collect(),
            roles: document
                .roles
                .into_iter()
                .map(|(code, section)| Role {
                    code: code.into_inner(),
                    label: section.label,
                })
                .collect(),
            permissions: document
                .permissions
                .into_iter()
                .flat_map(|(entity, roles)| {
                    let entity = Entity::new(entity.into_inner());
                    roles
                        .into_iter()
                        .map(move |(role, grants)| (entity.clone(), role, grants))
                })
                .map(|(entity, role, grants)| {
                    let line = reader.line(&role.span());
                    (entity, role.into_inner(), line, grants)
                })
                .collect(),
        };
        if reader.errors.is_empty() {
            Ok(definitions)
        } else {
            Err(reader.errors)
        }
    }
}
