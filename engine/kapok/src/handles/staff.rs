//! What every active person may do.

use std::collections::BTreeMap;

use kapok_process::Directory;
use kapok_protocol::{Entity, Page, PageId, PersonId, Principal, RecordId, Refusal, RefusalKind};
use kapok_records::{Action, Owners, Rights};
use kapok_store::View;
use kapok_tables::{Preference, Queries, Slice};
use tokio::sync::broadcast;

use crate::{
    Error, Hint, Kapok,
    hints::{Audience, HintKind},
    organisation::{PersonEntry, today},
    rights::{self, Viewpoint},
    seeing::Seeing,
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
        let language = language.to_owned();
        self.prefer(move |preference| preference.language = language)
    }

    /// Changes what the person chose for themselves.
    pub(super) fn prefer(&self, change: impl FnOnce(&mut Preference) + Send + 'static) -> Result<(), Error> {
        let person = self.person;
        self.submit(move |step| {
            let known = step.queries().preference(person)?;
            let mut preference = known.unwrap_or_else(|| Preference {
                person,
                language: "zh-CN".to_owned(),
                favourites: BTreeMap::new(),
            });
            change(&mut preference);
            Ok(step.tx.put_preference(&preference)?)
        })
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
            Audience::Readers(entity, owner) => self.may_hear_of(entity, hint.id, *owner).unwrap_or_else(|error| {
                tracing::error!(%error, "whether a person may hear of a record is unknown");
                false
            }),
        }
    }

    /// Whether something about a record is for this person. Tasks do not matter here: a task's own hint tells its handler.
    fn may_hear_of(&self, entity: &Entity, id: u64, owner: Option<PersonId>) -> Result<bool, Error> {
        let shared = &self.kapok.shared;
        let (catalogue, organisation) = (shared.catalogue(), shared.organisation());
        let (Some(definition), Some(id)) = (catalogue.entity(entity.as_str()), RecordId::new(id)) else {
            return Ok(false);
        };
        let Some(viewer) = organisation.viewer(self.person) else {
            return Ok(false);
        };
        // Who reads it through its owner is told without looking at anything, also when it is gone.
        match Rights::new(&viewer, &catalogue, &())
            .reach(Action::Read, definition)
            .owners
        {
            Owners::All => return Ok(true),
            Owners::These(people) if owner.is_some_and(|owner| people.contains(&owner)) => return Ok(true),
            _ => {}
        }
        let view = self.view();
        let today = today(shared.clock.now(), shared.settings.utc_offset_minutes).to_string();
        let queries = Queries(&view);
        let Some(row) = queries.record(entity, id)? else {
            return Ok(false);
        };
        let viewer = rights::viewer_by_shares(&organisation, &catalogue, &queries, self.person, &today)?;
        let Some(viewer) = viewer else { return Ok(false) };
        let point = Viewpoint::new(viewer, &catalogue, queries);
        let access = point.rights().decide(Action::Read, definition, Some(&row.record));
        Ok(access.is_granted())
    }

    /// The rows as the person sees them.
    pub(crate) fn seeing<'v>(&self, viewing: &'v Viewing<'v>) -> Result<Seeing<'v>, Error> {
        Seeing::by_person(viewing, self.person)
    }

    /// What every part of the engine shares.
    pub(crate) fn shared(&self) -> &Shared {
        &self.kapok.shared
    }

    /// The rows as they are now.
    pub(crate) fn snapshot(&self) -> View {
        self.view()
    }

    pub(super) fn view(&self) -> View {
        self.kapok.shared.store.view()
    }

    pub(super) fn viewing<'a>(&'a self, view: &'a View) -> Viewing<'a> {
        self.kapok.viewing(view)
    }
}
