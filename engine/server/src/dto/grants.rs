use kapok::{
    GrantView, GrantsView,
    protocol::Entity,
    records::{Action, FieldSet, ProcessGrant, ProcessGrants},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{NamedView, PersonRef, Text};

/// What a process does with records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum GrantAction {
    Read,
    Create,
    Update,
    Delete,
}

impl GrantAction {
    fn of(action: Action) -> Option<Self> {
        match action {
            Action::Read => Some(Self::Read),
            Action::Create => Some(Self::Create),
            Action::Update => Some(Self::Update),
            Action::Delete => Some(Self::Delete),
            Action::Share | Action::Transfer | Action::Import | Action::Export => None,
        }
    }
}

/// One grant of a process.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Grant {
    entity: String,
    action: GrantAction,
    /// For `read` and `update`: the fields; `*` stands for all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<String>,
    /// The same in plain words.
    text: Text,
    /// The steps that need it; none when the process as a whole does.
    because: Vec<NamedView>,
    /// Whether the version before it did not have it.
    new: bool,
    /// Whether it is confirmed.
    confirmed: bool,
}

/// What a process asks for, and what was confirmed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Grants {
    /// The key of the process.
    process: String,
    /// What its model asks for.
    needed: Vec<Grant>,
    /// What was confirmed besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<Grant>,
    /// Who confirmed it last; nobody when it was the system.
    confirmed_by: Option<PersonRef>,
    confirmed_at: Option<String>,
}

impl From<GrantsView> for Grants {
    fn from(grants: GrantsView) -> Self {
        let all = |grants: Vec<GrantView>| grants.into_iter().filter_map(grant).collect();
        let (by, at) = grants.confirmed.unzip();
        Self {
            process: grants.process,
            needed: all(grants.needed),
            others: all(grants.others),
            confirmed_by: by.flatten().map(PersonRef::from),
            confirmed_at: at.map(|at| at.to_string()),
        }
    }
}

fn grant(grant: GrantView) -> Option<Grant> {
    let action = GrantAction::of(grant.action)?;
    let fields = match grant.fields {
        _ if matches!(action, GrantAction::Create | GrantAction::Delete) => Vec::new(),
        FieldSet::Nothing => Vec::new(),
        FieldSet::These(fields) => fields.into_iter().collect(),
        FieldSet::All => vec!["*".to_owned()],
    };
    Some(Grant {
        entity: grant.entity.to_string(),
        action,
        fields,
        text: grant.text.into(),
        because: grant.because.into_iter().map(NamedView::from).collect(),
        new: grant.is_new,
        confirmed: grant.is_confirmed,
    })
}

/// A grant that is confirmed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmedGrant {
    entity: String,
    action: GrantAction,
    /// For `read` and `update`: the fields; all when absent or `*`.
    fields: Option<Vec<String>>,
}

/// What a version of a process may do from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmRequest {
    pub(crate) grants: Vec<ConfirmedGrant>,
}

/// All of them together.
pub(crate) fn confirmed(grants: Vec<ConfirmedGrant>) -> ProcessGrants {
    let mut all = ProcessGrants::default();
    for ConfirmedGrant { entity, action, fields } in grants {
        let fields = match fields {
            Some(fields) if !fields.iter().any(|field| field == "*") => FieldSet::these(fields),
            _ => FieldSet::All,
        };
        let mut grant = ProcessGrant::default();
        match action {
            GrantAction::Read => grant.read = fields,
            GrantAction::Update => grant.update = fields,
            GrantAction::Create => grant.create = true,
            GrantAction::Delete => grant.delete = true,
        }
        all.add(Entity::new(entity), grant);
    }
    all
}
