use kapok::{
    AccessReason, Explanation, NewShare, Receiver, ShareLevel, ShareView,
    protocol::{PersonId, RecordId},
    records::Action,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ParentName, PersonRef, Text};

/// A share as it is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShareRequest {
    to: ReceiverChoice,
    level: ShareLevelName,
    /// The last day on which it holds, `YYYY-MM-DD`.
    until: Option<String>,
    /// Why.
    #[serde(default)]
    reason: String,
}

/// With whom: exactly one of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum ReceiverChoice {
    #[schema(value_type = String)]
    Person(PersonId),
    /// Everybody in a department and those below it.
    #[schema(value_type = String)]
    Department(RecordId),
    /// Everybody with a role, by its code.
    Role(String),
}

/// What a share allows.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum ShareLevelName {
    Read,
    Update,
}

impl From<ShareRequest> for NewShare {
    fn from(request: ShareRequest) -> Self {
        Self {
            to: match request.to {
                ReceiverChoice::Person(person) => Receiver::Person(person),
                ReceiverChoice::Department(department) => Receiver::Department(department),
                ReceiverChoice::Role(code) => Receiver::Role(code),
            },
            level: match request.level {
                ShareLevelName::Read => ShareLevel::Read,
                ShareLevelName::Update => ShareLevel::Update,
            },
            until: request.until,
            reason: request.reason,
        }
    }
}

/// A share of a record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Share {
    id: String,
    to: ReceiverName,
    level: ShareLevelName,
    until: Option<String>,
    /// Whether it holds no longer.
    ended: bool,
    by: Option<PersonRef>,
    at: String,
    reason: String,
}

/// With whom a record is shared.
#[derive(Debug, Serialize, ToSchema)]
struct ReceiverName {
    /// `person`, `department` or `role`.
    kind: &'static str,
    /// The id; of a role its code.
    id: String,
    name: String,
}

impl From<ShareView> for Share {
    fn from(view: ShareView) -> Self {
        let (kind, id) = match view.to {
            Receiver::Person(person) => ("person", person.to_string()),
            Receiver::Department(department) => ("department", department.to_string()),
            Receiver::Role(code) => ("role", code),
        };
        Self {
            id: view.id.to_string(),
            to: ReceiverName {
                kind,
                id,
                name: view.name,
            },
            level: match view.level {
                ShareLevel::Read => ShareLevelName::Read,
                ShareLevel::Update => ShareLevelName::Update,
            },
            until: view.until,
            ended: view.ended,
            by: view.by.map(PersonRef::from),
            at: view.at.to_string(),
            reason: view.reason,
        }
    }
}

/// The id of a new share.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShareCreated {
    pub(crate) id: String,
}

/// What somebody may do with a record, and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessExplanation {
    person: PersonRef,
    /// What they may do; what is not here they may not do.
    may: Vec<ExplainedAction>,
}

/// Something that may be done, with the reasons.
#[derive(Debug, Serialize, ToSchema)]
struct ExplainedAction {
    /// `read`, `update`, `delete`, `share`, `transfer` or `export`.
    #[schema(value_type = String)]
    action: Action,
    reasons: Vec<Reason>,
}

/// One reason.
#[derive(Debug, Serialize, ToSchema)]
#[schema(no_recursion)]
struct Reason {
    /// `role`, `share`, `task`, `parent` or `grant`.
    kind: &'static str,
    text: Text,
    /// For `parent`: that record.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ParentName>,
    /// For `parent`: why that record may be seen.
    reasons: Vec<Reason>,
}

impl From<Explanation> for AccessExplanation {
    fn from(explanation: Explanation) -> Self {
        let may = explanation.may.into_iter().map(|(action, reasons)| ExplainedAction {
            action,
            reasons: reasons.into_iter().map(Reason::from).collect(),
        });
        Self {
            person: explanation.person.into(),
            may: may.collect(),
        }
    }
}

impl From<AccessReason> for Reason {
    fn from(reason: AccessReason) -> Self {
        let (parent, reasons) = match reason.parent {
            Some((parent, _, reasons)) => (Some(parent.into()), reasons),
            None => (None, Vec::new()),
        };
        Self {
            kind: reason.kind,
            text: reason.text.into(),
            parent,
            reasons: reasons.into_iter().map(Self::from).collect(),
        }
    }
}
