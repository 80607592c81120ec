use kapok::{ConnectionView, MatchedBy, SourceView, SyncCounts, SyncItem, SyncReport};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PersonRef, Text};

/// Another system.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignInSource {
    /// Such as `wecom.wecom`.
    id: String,
    label: Text,
}

impl From<SourceView> for SignInSource {
    fn from(source: SourceView) -> Self {
        Self {
            id: source.id,
            label: source.label.into(),
        }
    }
}

/// Where the browser goes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SentElsewhere {
    pub(crate) address: String,
}

/// Another system in which a person can sign in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Connection {
    source: SignInSource,
    /// Who the person is there; absent when they are not connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    external: Option<String>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
}

impl From<ConnectionView> for Connection {
    fn from(view: ConnectionView) -> Self {
        let (external, since) = view.connected.unzip();
        Self {
            source: view.source.into(),
            external,
            since: since.map(|since| since.to_string()),
        }
    }
}

/// What was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookedAt {
    pub(crate) plan: String,
}

/// What taking the organisation over would do, or has done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SyncView {
    /// Stands for what was looked at.
    plan: String,
    departments: SyncNumbers,
    people: SyncNumbers,
    /// Those of whom there is something to say, what cannot be taken first; 1,000 at most.
    items: Vec<SyncEntry>,
    /// Whether there are more.
    more: bool,
    /// Those who are connected and not there any more.
    gone: Vec<PersonRef>,
}

/// How many.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SyncNumbers {
    created: usize,
    changed: usize,
    connected: usize,
    unchanged: usize,
    failed: usize,
}

/// One department or person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SyncEntry {
    /// `person` or `department`.
    kind: &'static str,
    /// The id there.
    external: String,
    /// The name there.
    name: String,
    /// The name here.
    #[serde(skip_serializing_if = "Option::is_none")]
    here: Option<String>,
    /// By what they were found: `link`, `login`, `phone`, `email` or `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
    /// Whether it is new.
    created: bool,
    /// What changes.
    changed: Vec<Text>,
    /// Why it cannot be taken.
    problems: Vec<Text>,
}

impl From<SyncCounts> for SyncNumbers {
    fn from(counts: SyncCounts) -> Self {
        Self {
            created: counts.created,
            changed: counts.changed,
            connected: counts.connected,
            unchanged: counts.unchanged,
            failed: counts.failed,
        }
    }
}

impl From<SyncItem> for SyncEntry {
    fn from(item: SyncItem) -> Self {
        Self {
            kind: if item.is_person { "person" } else { "department" },
            external: item.external,
            name: item.name,
            here: item.here,
            by: item.by.map(|by| match by {
                MatchedBy::Link => "link",
                MatchedBy::Login => "login",
                MatchedBy::Phone => "phone",
                MatchedBy::Email => "email",
                MatchedBy::Name => "name",
            }),
            created: item.is_new,
            changed: item.changed.into_iter().map(Text::from).collect(),
            problems: item.problems.into_iter().map(Text::from).collect(),
        }
    }
}

impl From<SyncReport> for SyncView {
    fn from(report: SyncReport) -> Self {
        Self {
            plan: report.plan,
            departments: report.departments.into(),
            people: report.people.into(),
            items: report.items.into_iter().map(SyncEntry::from).collect(),
            more: report.more,
            gone: report.gone.into_iter().map(PersonRef::from).collect(),
        }
    }
}
