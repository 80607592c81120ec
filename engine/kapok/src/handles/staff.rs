//! What every active person may do.

use std::collections::BTreeSet;

use kapok_process::{Directory, state::TaskState};
use kapok_protocol::{Page, PageId, PersonId, Principal, RecordRef, Refusal, RefusalKind};
use kapok_records::Viewer;
use kapok_store::View;
use kapok_tables::{Preference, Queries, Slice, TaskList};
use tokio::sync::broadcast;

use crate::{
    Error, Hint, Kapok,
    hints::{Audience, HintKind},
    organisation::PersonEntry,
    shared::Shared,
    views::Viewing,
};

use super::{Administrator, once::RequestKey};

/// A person who is signed in, or a program in that person's name.
#[derive(Clone)]
pub struct Staff {
    pub(super) kapok: Kapok,
    pub(super) person: PersonId,
    pub(super) request: Option<RequestKey>,
}

/// What a person is told about themselves.
#[derive(Debug, Clone)]
pub struct Me {
    /// Who.
    pub id: PersonId,
    /// The name they sign in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// The interface's language, `zh-CN` or `en`.
    pub language: String,
    /// The codes of their roles.
    pub roles: Vec<String>,
    /// Whether they may use [`Administrator`].
    pub administrator: bool,
    /// Open tasks, those they could claim included; counted to 1,000.
    pub open_tasks: usize,
    /// Pages not opened yet; counted to 1,000.
    pub unread_pages: usize,
}

/// Counts go no further.
pub(super) const COUNTED: usize = 1_000;
/// Open tasks whose records a person can see because of them.
const SHARES: usize = 10_000;

impl Staff {
    pub(crate) fn new(kapok: Kapok, person: PersonId) -> Result<Self, Error> {
        if !kapok.shared.organisation().exists(person) {
            return Err(Error::forbidden(
                "该账号已停用。请联系管理员。",
                "This account is not active. Ask the administrator.",
            ));
        }
        Ok(Self {
            kapok,
            person,
            request: None,
        })
    }

    /// The person.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// The rights of an administrator, for one who has that role.
    pub fn administrator(&self) -> Result<Administrator, Error> {
        if self.is_administrator() {
            Ok(Administrator::new(self.clone()))
        } else {
            Err(Error::forbidden(
                "只有管理员可以这样做。",
                "Only administrators may do this.",
            ))
        }
    }

    pub(super) fn is_administrator(&self) -> bool {
        self.kapok.shared.organisation().is_administrator(self.person)
    }

    pub(super) fn principal(&self) -> Principal {
        Principal::Person(self.person)
    }

    /// What the person is told about themselves.
    pub fn me(&self) -> Result<Me, Error> {
        let view = self.kapok.shared.store.view();
        let queries = Queries(&view);
        let organisation = self.kapok.shared.organisation();
        let member = organisation.member(self.person).cloned().unwrap_or_default();
        let language = queries
            .preference(self.person)?
            .map_or_else(|| "zh-CN".to_owned(), |chosen| chosen.language);
        Ok(Me {
            id: self.person,
            login: member.login,
            name: organisation.name_of(self.person),
            language,
            roles: member.roles.into_iter().collect(),
            administrator: self.is_administrator(),
            open_tasks: self.count_inbox(&queries)?,
            unread_pages: queries.count_unread(self.person, COUNTED)?,
        })
    }

    /// The interface's language, `zh-CN` or `en`.
    pub fn language(&self) -> Result<String, Error> {
        let chosen = Queries(&self.view()).preference(self.person)?;
        Ok(chosen.map_or_else(|| "zh-CN".to_owned(), |chosen| chosen.language))
    }

    /// Chooses the interface's language.
    pub fn choose_language(&self, language: &str) -> Result<(), Error> {
        if !["zh-CN", "en"].contains(&language) {
            let refusal = Refusal::new(
                RefusalKind::Invalid,
                "language.unknown",
                "界面语言只能是 zh-CN 或 en。",
                "The language is zh-CN or en.",
            );
            return Err(refusal.at("language").into());
        }
        let preference = Preference {
            person: self.person,
            language: language.to_owned(),
        };
        self.submit(move |step| Ok(step.tx.put_preference(&preference)?))
    }

    /// People whose name or login contains a text, for choosers.
    pub fn people(&self, text: &str, limit: usize) -> Vec<PersonEntry> {
        self.kapok.shared.organisation().search(text, limit)
    }

    /// The person's pages, newest first.
    pub fn pages(&self, after: Option<&[u8]>, limit: usize) -> Result<Slice<Page>, Error> {
        Ok(Queries(&self.kapok.shared.store.view()).pages(self.person, after, limit)?)
    }

    /// The pages the person has not opened, newest first.
    pub fn unread_pages(&self, limit: usize) -> Result<Vec<Page>, Error> {
        Ok(Queries(&self.kapok.shared.store.view()).unread_pages(self.person, limit)?)
    }

    /// Marks a page as opened.
    pub fn read_page(&self, id: PageId) -> Result<(), Error> {
        let person = self.person;
        self.submit(move |step| {
            let page = step.queries().page(person, id)?;
            let mut page = page.ok_or_else(|| Error::not_found("消息", "message"))?;
            page.read_at.get_or_insert(step.now);
            step.tx.put_page(&page)?;
            step.hint(HintKind::Page, id.get(), Audience::Person(person));
            Ok(())
        })
    }

    /// Marks every page as opened.
    pub fn read_all_pages(&self) -> Result<(), Error> {
        let person = self.person;
        self.submit(move |step| {
            for mut page in step.queries().unread_pages(person, COUNTED)? {
                page.read_at = Some(step.now);
                step.tx.put_page(&page)?;
                step.hint(HintKind::Page, page.id.get(), Audience::Person(person));
            }
            Ok(())
        })
    }

    /// Hints as they come; [`Staff::may_hear`] says which are for this person.
    pub fn hints(&self) -> broadcast::Receiver<Hint> {
        self.kapok.shared.hints.subscribe()
    }

    /// Whether a hint is for this person.
    pub fn may_hear(&self, hint: &Hint) -> bool {
        match &hint.audience {
            Audience::Person(person) => *person == self.person,
            Audience::Group(group) => self.kapok.shared.organisation().is_member(self.person, group),
            Audience::Administrators => self.is_administrator(),
            Audience::Readers(entity, owner) => {
                let catalogue = self.kapok.shared.catalogue();
                let Some(definition) = catalogue.entity(entity.as_str()) else {
                    return false;
                };
                // Shares do not matter here: a task's hint tells its handler.
                let viewer = self.kapok.shared.organisation().viewer(self.person, BTreeSet::new());
                viewer.is_some_and(|viewer| {
                    match kapok_records::reach(&viewer, kapok_records::Action::Read, definition).owners {
                        kapok_records::Owners::All => true,
                        kapok_records::Owners::These(people) => owner.is_some_and(|owner| people.contains(&owner)),
                        kapok_records::Owners::None => false,
                    }
                })
            }
        }
    }

    /// The person as one who asks for records.
    pub(super) fn viewer(&self, queries: &Queries<'_>) -> Result<Viewer, Error> {
        viewer_of(&self.kapok.shared, queries, self.person)
    }

    pub(super) fn view(&self) -> View {
        self.kapok.shared.store.view()
    }

    pub(super) fn viewing<'a>(&'a self, view: &'a View) -> Viewing<'a> {
        self.kapok.viewing(view)
    }
}

/// A person as one who asks for records: open tasks share theirs (P2, R28).
pub(crate) fn viewer_of(shared: &Shared, queries: &Queries<'_>, person: PersonId) -> Result<Viewer, Error> {
    let mut shares: BTreeSet<RecordRef> = BTreeSet::new();
    let mut lists = vec![TaskList::Assigned(person)];
    let organisation = shared.organisation();
    lists.extend(organisation.groups_of(person).into_iter().map(TaskList::Candidates));
    for list in lists {
        for task in queries.tasks(&list, None, SHARES)?.items {
            debug_assert_eq!(task.state, TaskState::Open);
            if let Some(record) = queries.instance(task.instance)?.and_then(|instance| instance.record) {
                shares.insert(record);
            }
        }
    }
    let viewer = organisation.viewer(person, shares);
    viewer.ok_or_else(|| Error::forbidden("该账号已停用。", "This account is not active."))
}
