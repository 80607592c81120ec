//! The company's people as the engine needs them: who is where, and how to reach them. Read from records as a whole and
//! replaced as a whole, whenever a person, a department or a role is saved.
//!
//! That costs one row read for each person, department, role, post and stand-in, once for a commit however many of them it
//! changes, and a handful of rows written. Whose records are within somebody's reach is found out when that person next asks
//! (the `circles` below), so a change holds in everybody's next read, with a thousand people as with ten.

mod finding;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{OnceLock, RwLock},
};

use chrono::{Duration, FixedOffset, NaiveDate};
use kapok_process::{Directory, state::Candidate};
use kapok_protocol::{Entity, PersonId, Record, RecordId, Timestamp, Value};
use kapok_records::{
    ADMINISTRATOR, Circles, DEPARTMENT, Department, EVERYONE, Member, PERSON, POST, ROLE, STAND_IN, Structure, Viewer,
};
use kapok_rules::Context;
use kapok_store::Seq;
use kapok_tables::{Queries, Read, RecordList};

use crate::Error;

/// The people of a company, as of one commit.
#[derive(Debug, Default)]
pub(crate) struct Organisation {
    /// The commit it was read after.
    pub(crate) as_of: Option<Seq>,
    places: kapok_records::Organisation,
    structure: Structure,
    /// Of those who have asked for something since the organisation changed. It is replaced as a whole, so nothing here is
    /// ever out of date.
    circles: RwLock<BTreeMap<PersonId, Circles>>,
    contacts: BTreeMap<PersonId, Contact>,
    departments: BTreeMap<RecordId, Named>,
    roles: BTreeMap<String, String>,
    role_ids: BTreeMap<RecordId, String>,
    by_login: BTreeMap<String, PersonId>,
    /// The roles of each post.
    posts: BTreeMap<RecordId, Vec<RecordId>>,
    stand_ins: Vec<StandIn>,
    /// To whom those who left handed their work over.
    successors: BTreeMap<PersonId, PersonId>,
    active: OnceLock<finding::Active>,
}

/// Somebody acts for somebody else for some time.
#[derive(Debug, Clone, PartialEq, Eq)]
struct StandIn {
    person: PersonId,
    stand_in: PersonId,
    from: Timestamp,
    /// No longer at this moment.
    until: Timestamp,
    /// In cases of this process only.
    process: Option<String>,
}

impl StandIn {
    fn read(record: &Record, utc_offset_minutes: i32) -> Option<Self> {
        let day = |field: &str| text(record, field)?.parse::<NaiveDate>().ok();
        let begin = |day: NaiveDate| {
            let moment = day.and_hms_opt(0, 0, 0)? - Duration::minutes(utc_offset_minutes.into());
            Some(Timestamp::from_millis(moment.and_utc().timestamp_millis()))
        };
        Some(Self {
            person: id(record, "person")?.into(),
            stand_in: id(record, "stand_in")?.into(),
            from: begin(day("from")?)?,
            until: begin(day("until")?.succ_opt()?)?,
            process: text(record, "process").filter(|process| !process.is_empty()),
        })
    }

    fn holds(&self, process: &str, now: Timestamp) -> bool {
        self.from <= now && now < self.until && self.process.as_deref().is_none_or(|only| only == process)
    }
}

/// How to reach a person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contact {
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
}

/// A code and a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The stable code.
    pub code: String,
    /// What people call it.
    pub name: String,
}

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonEntry {
    /// Who.
    pub id: PersonId,
    /// The name they sign in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// Their department's name.
    pub department: Option<String>,
}

impl Organisation {
    /// Reads it. Days are those of company time, so many minutes ahead of UTC.
    pub(crate) fn read(read: &dyn Read, utc_offset_minutes: i32) -> Result<Self, Error> {
        let queries = Queries(read);
        let all = |entity: &str| -> Result<Vec<Record>, Error> {
            let rows = queries.records(&RecordList::All(Entity::new(entity)), None, usize::MAX)?;
            Ok(rows.items.into_iter().map(|row| row.record).collect())
        };
        let mut organisation = Self::default();
        for record in all(ROLE)? {
            if let Some(code) = text(&record, "code") {
                organisation.role_ids.insert(record.id, code.clone());
                organisation
                    .roles
                    .insert(code, text(&record, "name").unwrap_or_default());
            }
        }
        for record in all(DEPARTMENT)? {
            let code = text(&record, "code").unwrap_or_default();
            let name = text(&record, "name").unwrap_or_default();
            let department = Department {
                code: code.clone(),
                parent: id(&record, "parent"),
                head: id(&record, "head").map(Into::into),
            };
            organisation.places.departments.insert(record.id, department);
            organisation.departments.insert(record.id, Named { code, name });
        }
        for record in all(POST)? {
            let roles = record.fields.get("roles").map(ids).unwrap_or_default();
            organisation.posts.insert(record.id, roles);
        }
        for record in all(STAND_IN)? {
            organisation
                .stand_ins
                .extend(StandIn::read(&record, utc_offset_minutes));
        }
        for record in all(PERSON)? {
            organisation.add_person(&record);
        }
        organisation.structure = Structure::new(&organisation.places);
        Ok(organisation)
    }

    fn add_person(&mut self, record: &Record) {
        let person = PersonId::from(record.id);
        let login = text(record, "login").unwrap_or_default();
        let name = text(record, "name").unwrap_or_else(|| login.clone());
        let posts = record.fields.get("posts").map(ids).unwrap_or_default();
        let by_post = posts.iter().filter_map(|post| self.posts.get(post)).flatten();
        let roles = record.fields.get("roles").map(ids).unwrap_or_default();
        let roles = roles
            .iter()
            .chain(by_post)
            .filter_map(|role| self.role_ids.get(role))
            .cloned()
            .collect();
        let member = Member {
            login: login.clone(),
            superior: id(record, "superior").map(Into::into),
            department: id(record, "department"),
            roles,
            active: record.fields.get("active").and_then(Value::as_bool).unwrap_or(true),
        };
        if let Some(successor) = id(record, "successor").filter(|_| !member.active) {
            self.successors.insert(person, successor.into());
        }
        self.by_login.insert(login, person);
        self.places.people.insert(person, member);
        let contact = Contact {
            name,
            email: text(record, "email"),
            phone: text(record, "phone"),
        };
        self.contacts.insert(person, contact);
    }

    /// Those whose tasks a person may take at a moment because they are away or have left; in which processes is asked
    /// of [`Directory::stand_ins`].
    pub(crate) fn stands_in_for(&self, person: PersonId, now: Timestamp) -> BTreeSet<PersonId> {
        let away = self.stand_ins.iter();
        let away = away.filter(|row| row.stand_in == person && row.from <= now && now < row.until);
        let left = self
            .successors
            .keys()
            .filter(|left| self.successor(**left) == Some(person));
        let all = away.map(|row| row.person).chain(left.copied());
        all.filter(|other| *other != person).collect()
    }

    /// Whether there is or was such a person.
    pub(crate) fn is_known(&self, person: PersonId) -> bool {
        self.places.people.contains_key(&person)
    }

    /// Those who left, with whoever has their work now.
    pub(crate) fn departures(&self) -> Vec<(PersonId, PersonId)> {
        let left = self.successors.keys();
        left.filter_map(|left| Some((*left, self.successor(*left)?))).collect()
    }

    /// Who took over from somebody who left, and from them if they left too.
    fn successor(&self, person: PersonId) -> Option<PersonId> {
        let mut seen = BTreeSet::from([person]);
        let mut next = self.successors.get(&person).copied();
        while let Some(successor) = next.filter(|successor| seen.insert(*successor)) {
            if self.member(successor).is_some() {
                return Some(successor);
            }
            next = self.successors.get(&successor).copied();
        }
        None
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.people.is_empty()
    }

    pub(crate) fn contact(&self, person: PersonId) -> Option<Contact> {
        self.contacts.get(&person).cloned()
    }

    pub(crate) fn name_of(&self, person: PersonId) -> String {
        self.contacts
            .get(&person)
            .map_or_else(|| person.to_string(), |contact| contact.name.clone())
    }

    pub(crate) fn member(&self, person: PersonId) -> Option<&Member> {
        self.places.people.get(&person).filter(|member| member.active)
    }

    pub(crate) fn has_login(&self, login: &str) -> bool {
        self.by_login.contains_key(login)
    }

    pub(crate) fn has_role(&self, code: &str) -> bool {
        self.roles.contains_key(code)
    }

    pub(crate) fn has_department(&self, code: &str) -> bool {
        self.places.by_code(code).is_some()
    }

    pub(crate) fn role_name(&self, code: &str) -> String {
        self.roles.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    pub(crate) fn roles(&self) -> Vec<Named> {
        self.roles
            .iter()
            .map(|(code, name)| Named {
                code: code.clone(),
                name: name.clone(),
            })
            .collect()
    }

    pub(crate) fn departments(&self) -> Vec<Named> {
        self.departments.values().cloned().collect()
    }

    pub(crate) fn department_code(&self, id: RecordId) -> Option<String> {
        self.departments.get(&id).map(|department| department.code.clone())
    }

    /// The name a person signs in with, or did.
    pub(crate) fn login_of(&self, person: PersonId) -> Option<String> {
        self.places.people.get(&person).map(|member| member.login.clone())
    }

    /// The active people whose superior a person is.
    pub(crate) fn directly_below(&self, person: PersonId) -> Vec<PersonId> {
        let active = self.places.people.iter().filter(|(_, member)| member.active);
        let below = active.filter(|(_, member)| member.superior == Some(person));
        below.map(|(id, _)| *id).collect()
    }

    /// The departments that a person heads.
    pub(crate) fn headed_by(&self, person: PersonId) -> Vec<String> {
        let headed = self.places.departments.iter();
        let headed = headed.filter(|(_, department)| department.head == Some(person));
        headed.filter_map(|(id, _)| self.department_name(*id)).collect()
    }

    pub(crate) fn superiors(&self, person: PersonId) -> Vec<PersonId> {
        self.places.superiors(person)
    }

    pub(crate) fn department_name(&self, id: RecordId) -> Option<String> {
        self.departments.get(&id).map(|department| department.name.clone())
    }

    pub(crate) fn group_name(&self, group: &Candidate) -> String {
        match group {
            Candidate::Role(code) => self.role_name(code),
            Candidate::Department(code) => {
                let named = self.departments.values().find(|department| department.code == *code);
                named.map_or_else(|| code.clone(), |department| department.name.clone())
            }
        }
    }

    /// The groups a person belongs to: those whose unclaimed tasks they may take.
    pub(crate) fn groups_of(&self, person: PersonId) -> Vec<Candidate> {
        let Some(member) = self.member(person) else {
            return Vec::new();
        };
        let department = member.department.and_then(|id| self.places.departments.get(&id));
        let department = department.map(|department| Candidate::Department(department.code.clone()));
        member
            .roles
            .iter()
            .cloned()
            .map(Candidate::Role)
            .chain(department)
            .collect()
    }

    /// A person as one who asks for records, by what the organisation says alone. Nobody who left the company sees anything.
    pub(crate) fn viewer(&self, person: PersonId) -> Option<Viewer> {
        let department = self.member(person)?.department;
        self.places.viewer(person, self.circles_of(person, department))
    }

    fn circles_of(&self, person: PersonId, department: Option<RecordId>) -> Circles {
        let known = self.circles.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(circles) = known.get(&person) {
            return circles.clone();
        }
        drop(known);
        let circles = self.structure.circles(person, department);
        let mut known = self.circles.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        known.insert(person, circles.clone());
        circles
    }

    /// The department of a person and those above it, the nearest first.
    pub(crate) fn departments_above(&self, person: PersonId) -> Vec<RecordId> {
        let mut above: Vec<RecordId> = Vec::new();
        let mut next = self.member(person).and_then(|member| member.department);
        while let Some(department) = next.filter(|department| !above.contains(department)) {
            above.push(department);
            next = self
                .places
                .departments
                .get(&department)
                .and_then(|department| department.parent);
        }
        above
    }

    /// The codes of a person's roles, the one that everybody has included.
    pub(crate) fn roles_of(&self, person: PersonId) -> BTreeSet<String> {
        let member = self.member(person);
        let roles = member.into_iter().flat_map(|member| member.roles.iter().cloned());
        let everyone = member.map(|_| EVERYONE.to_owned());
        roles.chain(everyone).collect()
    }

    pub(crate) fn subordinates(&self, person: PersonId) -> BTreeSet<PersonId> {
        self.structure.subordinates(person)
    }

    /// Who asks and when, for words such as `$me` and `$today`.
    pub(crate) fn context(&self, person: Option<PersonId>, now: Timestamp, utc_offset_minutes: i32) -> Context {
        Context {
            me: person,
            department: person
                .and_then(|person| self.member(person))
                .and_then(|member| member.department),
            subordinates: person
                .map(|person| self.subordinates(person).into_iter().collect())
                .unwrap_or_default(),
            today: today(now, utc_offset_minutes),
            now: FixedOffset::east_opt(utc_offset_minutes.saturating_mul(60))
                .map(|zone| now.to_utc().with_timezone(&zone)),
        }
    }
}

/// The calendar day in the company's time zone.
pub(crate) fn today(now: Timestamp, utc_offset_minutes: i32) -> NaiveDate {
    (now.to_utc() + Duration::minutes(utc_offset_minutes.into())).date_naive()
}

impl Directory for Organisation {
    fn person(&self, login: &str) -> Option<PersonId> {
        self.by_login
            .get(login)
            .copied()
            .filter(|person| self.member(*person).is_some())
    }

    fn exists(&self, person: PersonId) -> bool {
        self.member(person).is_some()
    }

    fn name(&self, person: PersonId) -> Option<String> {
        self.contacts.get(&person).map(|contact| contact.name.clone())
    }

    fn superior(&self, person: PersonId) -> Option<PersonId> {
        self.places.superior(person, 1)
    }

    fn department_head(&self, person: PersonId) -> Option<PersonId> {
        self.places.department_head(person)
    }

    fn members(&self, group: &Candidate) -> Vec<PersonId> {
        let members = match group {
            Candidate::Role(code) => self.places.members_of_role(code),
            Candidate::Department(code) => self
                .places
                .by_code(code)
                .map(|id| self.places.members_of_department(id))
                .unwrap_or_default(),
        };
        members.into_iter().collect()
    }

    fn group(&self, name: &str) -> Option<Candidate> {
        let role = |(code, named): &(&String, &String)| *code == name || *named == name;
        if let Some((code, _)) = self.roles.iter().find(role) {
            return Some(Candidate::Role(code.clone()));
        }
        let department = |department: &&Named| department.code == name || department.name == name;
        let found = self.departments.values().find(department)?;
        Some(Candidate::Department(found.code.clone()))
    }

    fn is_member(&self, person: PersonId, group: &Candidate) -> bool {
        self.groups_of(person).contains(group)
    }

    fn is_administrator(&self, person: PersonId) -> bool {
        self.member(person)
            .is_some_and(|member| member.roles.contains(ADMINISTRATOR))
    }

    fn stand_ins(&self, person: PersonId, process: &str, now: Timestamp) -> Vec<PersonId> {
        let rows = self.stand_ins.iter();
        let holding = rows.filter(|row| row.person == person && row.holds(process, now));
        let mut found: Vec<PersonId> = holding.map(|row| row.stand_in).chain(self.successor(person)).collect();
        found.retain(|stand_in| *stand_in != person && self.member(*stand_in).is_some());
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn text(record: &Record, field: &str) -> Option<String> {
    record.fields.get(field).and_then(Value::as_text).map(str::to_owned)
}

fn id(record: &Record, field: &str) -> Option<RecordId> {
    text(record, field)?.parse().ok()
}

fn ids(value: &Value) -> Vec<RecordId> {
    let items = value.as_list().unwrap_or_default().iter();
    items
        .filter_map(Value::as_text)
        .filter_map(|id| id.parse().ok())
        .collect()
}
