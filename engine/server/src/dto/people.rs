use kapok::{DemoPerson, Me, PersonEntry};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    pub(crate) user: String,
    pub(crate) password: String,
}

/// What people choose for themselves.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionPatch {
    /// `zh-CN` or `en`.
    pub(crate) language: String,
}

/// The person who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeView {
    id: String,
    login: String,
    name: String,
    language: String,
    roles: Vec<String>,
    administrator: bool,
    unread: Unread,
    demo: bool,
}

/// What waits for a person, each counted to 1,000.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Unread {
    tasks: usize,
    pages: usize,
}

impl MeView {
    pub(crate) fn new(me: Me, demo: bool) -> Self {
        Self {
            id: me.id.to_string(),
            login: me.login,
            name: me.name,
            language: me.language,
            roles: me.roles,
            administrator: me.administrator,
            unread: Unread {
                tasks: me.open_tasks,
                pages: me.unread_pages,
            },
            demo,
        }
    }
}

/// A person one may sign in as in a demonstration.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DemoPersonView {
    login: String,
    name: String,
    role_label: String,
    password: &'static str,
}

impl From<DemoPerson> for DemoPersonView {
    fn from(person: DemoPerson) -> Self {
        let DemoPerson { login, name, role } = person;
        Self {
            login,
            name,
            role_label: role,
            password: kapok::DEMO_PASSWORD,
        }
    }
}

/// A person in a chooser.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Person {
    id: String,
    login: String,
    name: String,
    department: Option<String>,
}

impl From<PersonEntry> for Person {
    fn from(entry: PersonEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            login: entry.login,
            name: entry.name,
            department: entry.department,
        }
    }
}
