use kapok::{Definition, Deployed, GrantsView, Named, Startable, model, records::EntityDefinition};
use serde::Serialize;
use utoipa::ToSchema;

use super::{CatalogueField, Field, Grants, Offer, PersonRef, Text};

/// A version of a process.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DefinitionView {
    id: String,
    key: String,
    name: String,
    version: u32,
    deployed_at: String,
    deployed_by: Option<PersonRef>,
    /// Counted to 1,000.
    active_instances: usize,
}

impl DefinitionView {
    pub(crate) fn new(definition: Definition, active: usize, publisher: Option<PersonRef>) -> Self {
        Self {
            id: definition.id.to_string(),
            key: definition.key,
            name: definition.name,
            version: definition.version,
            deployed_at: definition.deployed_at.to_string(),
            deployed_by: publisher,
            active_instances: active,
        }
    }
}

/// A finding about a model.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Diagnostic {
    rule: &'static str,
    /// `error` or `warning`.
    severity: &'static str,
    /// The BPMN id of the element at fault.
    element: Option<String>,
    line: u32,
    message: Text,
}

impl From<model::Diagnostic> for Diagnostic {
    fn from(found: model::Diagnostic) -> Self {
        let severity = match found.severity {
            model::Severity::Error => "error",
            model::Severity::Warning => "warning",
        };
        Self {
            rule: found.rule,
            severity,
            element: found.element,
            line: found.line,
            message: found.message.into(),
        }
    }
}

/// What a check found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Checked {
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What each process of the file would ask for, and what of it is confirmed already.
    pub(crate) grants: Vec<Grants>,
}

/// What was deployed: the first executable process of the file, and the others.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeployedView {
    #[serde(flatten)]
    first: Version,
    diagnostics: Vec<Diagnostic>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<Version>,
}

/// A new version of a process.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Version {
    id: String,
    key: String,
    version: u32,
    /// What it asks for, and what was confirmed: what is not becomes an incident where it is needed.
    grants: Grants,
}

impl DeployedView {
    /// `None` when nothing was deployed, which a deployment does not do.
    pub(crate) fn new(deployed: Deployed, grants: Vec<GrantsView>) -> Option<Self> {
        let versions = deployed.definitions.into_iter().zip(grants);
        let mut versions = versions.map(|(definition, grants)| Version {
            id: definition.id.to_string(),
            key: definition.key,
            version: definition.version,
            grants: grants.into(),
        });
        let first = versions.next()?;
        let diagnostics = deployed.diagnostics.into_iter().map(Diagnostic::from).collect();
        Some(Self {
            first,
            diagnostics,
            others: versions.collect(),
        })
    }
}

/// A process that one may start by hand.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StartableView {
    key: String,
    name: String,
    definition: String,
    form: Vec<Field>,
    subject: Option<String>,
}

impl From<Startable> for StartableView {
    fn from(startable: Startable) -> Self {
        Self {
            key: startable.key,
            name: startable.name,
            definition: startable.definition.to_string(),
            form: startable.form.iter().map(Field::from).collect(),
            subject: startable.subject,
        }
    }
}

/// What a process can be drawn with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Catalogue {
    /// The service tasks that plugins carry out.
    pub(crate) handlers: Vec<Offer>,
    /// The rules by which plugins say who gets a task.
    pub(crate) assignee_rules: Vec<Offer>,
    pub(crate) roles: Vec<NamedView>,
    pub(crate) departments: Vec<NamedView>,
    pub(crate) entities: Vec<CatalogueEntity>,
}

/// A code and what people call it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NamedView {
    code: String,
    name: String,
}

impl From<Named> for NamedView {
    fn from(named: Named) -> Self {
        Self {
            code: named.code,
            name: named.name,
        }
    }
}

/// An entity that processes can be about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CatalogueEntity {
    id: String,
    label: Text,
    fields: Vec<CatalogueField>,
}

impl From<EntityDefinition> for CatalogueEntity {
    fn from(entity: EntityDefinition) -> Self {
        Self {
            id: entity.id.to_string(),
            fields: entity
                .fields
                .iter()
                .flat_map(|field| Field::from(field).paths())
                .collect(),
            label: entity.label.into(),
        }
    }
}
