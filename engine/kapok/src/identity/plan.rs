//! What a synchronisation of the organisation would do, from what the other side says and what is here: no rows are read
//! and nothing is asked.
//!
//! Somebody is who they are linked with; otherwise whoever has the same sign-in name, else the same phone number, else the same
//! e-mail address, and only when there is exactly one on both sides. An administrator looks at every such match before it
//! becomes a link.

use std::collections::{BTreeMap, BTreeSet};

use kapok_plugin_host::{OutsideDepartment, OutsidePerson};
use kapok_protocol::{Record, RecordId, Text, Value};
use kapok_records::Fields;
use kapok_tables::{IdentityLink, LinkedKind};

/// What the other side says.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// Its departments.
    pub departments: Vec<OutsideDepartment>,
    /// Its people.
    pub people: Vec<OutsidePerson>,
}

/// What is here.
#[derive(Debug, Default)]
pub(crate) struct Here {
    pub(crate) departments: BTreeMap<RecordId, Record>,
    pub(crate) people: BTreeMap<RecordId, Record>,
    /// Those of the source.
    pub(crate) links: Vec<IdentityLink>,
}

/// By what somebody on the other side was found here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchedBy {
    /// They are linked already.
    Link,
    /// The sign-in name.
    Login,
    /// The phone number.
    Phone,
    /// The e-mail address.
    Email,
    /// The name of the department.
    Name,
}

/// What would be done.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Departments, those above before those below, then people.
    pub(crate) items: Vec<Planned>,
    /// Linked people who work here but not there any more.
    pub(crate) gone: Vec<Gone>,
}

/// One department or person.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Planned {
    pub(crate) kind: LinkedKind,
    /// The other side's id.
    pub(crate) external: String,
    pub(crate) name: String,
    /// Who it is here; `None` when it is new.
    pub(crate) record: Option<RecordId>,
    pub(crate) by: Option<MatchedBy>,
    /// What the other side says, without what names others.
    pub(crate) fields: Fields,
    /// What names others, by field.
    pub(crate) names: BTreeMap<&'static str, (LinkedKind, String)>,
    /// Why it cannot be taken.
    pub(crate) problem: Option<Text>,
}

/// Somebody who is not there any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gone {
    pub(crate) external: String,
    pub(crate) record: RecordId,
}

impl Plan {
    /// Plans. `prefix` begins the codes of new departments.
    pub(crate) fn new(prefix: &str, outside: &Outside, here: &Here) -> Self {
        let mut items = departments(prefix, &outside.departments, here);
        items.extend(People::new(outside, here).plan());
        Self {
            items,
            gone: gone(&outside.people, here),
        }
    }
}

fn linked(here: &Here, kind: LinkedKind) -> BTreeMap<&str, RecordId> {
    let of_kind = here.links.iter().filter(|link| link.kind == kind);
    of_kind.map(|link| (link.external.as_str(), link.record)).collect()
}

fn departments(prefix: &str, outside: &[OutsideDepartment], here: &Here) -> Vec<Planned> {
    let links = linked(here, LinkedKind::Department);
    let taken: BTreeSet<RecordId> = links.values().copied().collect();
    let mut by_name: BTreeMap<String, Vec<RecordId>> = BTreeMap::new();
    for (id, record) in here.departments.iter().filter(|(id, _)| !taken.contains(id)) {
        by_name.entry(text(record, "name")).or_default().push(*id);
    }
    let codes: BTreeSet<String> = here
        .departments
        .values()
        .map(|record| text(record, "code").to_lowercase())
        .collect();
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    for department in outside.iter().filter(|one| !links.contains_key(one.id.as_str())) {
        *named.entry(department.name.as_str()).or_default() += 1;
    }
    let (ordered, circle) = parents_first(outside);
    let planned = ordered.into_iter().map(|department| {
        let mut fields = Fields::from([("name".to_owned(), department.name.as_str().into())]);
        let link = links.get(department.id.as_str()).copied();
        let same = by_name.get(&department.name).map(Vec::as_slice);
        let (record, by) = match (link, same) {
            (Some(record), _) if here.departments.contains_key(&record) => (Some(record), Some(MatchedBy::Link)),
            (_, Some([record])) if named.get(department.name.as_str()) == Some(&1) => {
                (Some(*record), Some(MatchedBy::Name))
            }
            _ => (None, None),
        };
        let code = format!("{prefix}-{}", department.id);
        let mut problem = circle.contains(department.id.as_str()).then(|| {
            Text::new(
                "它在外部系统里成了自己的上级。请先在那里改正。",
                "On the other side it stands above itself. Correct it there first.",
            )
        });
        if record.is_none() {
            if codes.contains(&code.to_lowercase()) {
                problem.get_or_insert_with(|| {
                    Text::new(
                        format!("编码“{code}”已被另一个部门使用。"),
                        format!("The code “{code}” belongs to another department."),
                    )
                });
            }
            fields.insert("code".to_owned(), code.into());
        }
        let mut names = BTreeMap::new();
        if let Some(parent) = &department.parent {
            names.insert("parent", (LinkedKind::Department, parent.clone()));
        }
        if let Some(head) = &department.head {
            names.insert("head", (LinkedKind::Person, head.clone()));
        }
        Planned {
            kind: LinkedKind::Department,
            external: department.id.clone(),
            name: department.name.clone(),
            record,
            by,
            fields,
            names,
            problem,
        }
    });
    planned.collect()
}

/// Those above before those below; and the ids of those that stand above themselves, which come last.
fn parents_first(outside: &[OutsideDepartment]) -> (Vec<&OutsideDepartment>, BTreeSet<&str>) {
    let mut by_id: BTreeMap<&str, &OutsideDepartment> = BTreeMap::new();
    for department in outside {
        by_id.entry(&department.id).or_insert(department);
    }
    let mut below: BTreeMap<&str, Vec<&OutsideDepartment>> = BTreeMap::new();
    let mut ordered = Vec::with_capacity(by_id.len());
    for department in by_id.values() {
        match department.parent.as_deref().filter(|parent| by_id.contains_key(parent)) {
            Some(parent) => below.entry(parent).or_default().push(department),
            None => ordered.push(*department),
        }
    }
    let mut next = 0;
    while let Some(department) = ordered.get(next) {
        ordered.extend(below.remove(department.id.as_str()).unwrap_or_default());
        next += 1;
    }
    let circle: Vec<&OutsideDepartment> = below.into_values().flatten().collect();
    let ids = circle.iter().map(|department| department.id.as_str()).collect();
    ordered.extend(circle);
    (ordered, ids)
}

/// Finds out who is who.
struct People<'a> {
    here: &'a Here,
    /// Those who work there, each once.
    there: Vec<&'a OutsidePerson>,
    found: BTreeMap<&'a str, (RecordId, MatchedBy)>,
    /// Whom somebody there is already.
    taken: BTreeSet<RecordId>,
    unclear: BTreeMap<&'a str, Text>,
}

impl<'a> People<'a> {
    fn new(outside: &'a Outside, here: &'a Here) -> Self {
        let mut seen = BTreeSet::new();
        let active = outside.people.iter().filter(|person| person.is_active);
        Self {
            here,
            there: active.filter(|person| seen.insert(person.id.as_str())).collect(),
            found: BTreeMap::new(),
            taken: linked(here, LinkedKind::Person).into_values().collect(),
            unclear: BTreeMap::new(),
        }
    }

    fn plan(mut self) -> Vec<Planned> {
        let links = linked(self.here, LinkedKind::Person);
        for person in &self.there {
            let record = links.get(person.id.as_str());
            if let Some(record) = record.filter(|record| self.here.people.contains_key(record)) {
                self.found.insert(&person.id, (*record, MatchedBy::Link));
            }
        }
        self.compare(MatchedBy::Login, "login", |person| Some(login(person).to_lowercase()));
        self.compare(MatchedBy::Phone, "phone", |person| {
            person.phone.as_deref().and_then(digits)
        });
        self.compare(MatchedBy::Email, "email", |person| {
            person.email.as_ref().map(|email| email.to_lowercase())
        });
        let mut logins: BTreeMap<String, usize> = BTreeMap::new();
        for person in self
            .there
            .iter()
            .filter(|person| !self.found.contains_key(person.id.as_str()))
        {
            *logins.entry(login(person).to_lowercase()).or_default() += 1;
        }
        for record in self.here.people.values() {
            *logins.entry(text(record, "login").to_lowercase()).or_default() += 1;
        }
        self.there.iter().map(|person| self.planned(person, &logins)).collect()
    }

    /// Looks for those who are not found yet by something that people have here and there.
    fn compare(&mut self, by: MatchedBy, field: &str, key: impl Fn(&OutsidePerson) -> Option<String>) {
        let mut here: BTreeMap<String, Vec<RecordId>> = BTreeMap::new();
        for (id, record) in &self.here.people {
            let text = text(record, field);
            let known = match by {
                MatchedBy::Phone => digits(&text),
                _ => Some(text.to_lowercase()).filter(|text| !text.is_empty()),
            };
            if let Some(known) = known {
                here.entry(known).or_default().push(*id);
            }
        }
        let missing: Vec<(&'a OutsidePerson, String)> = self
            .there
            .iter()
            .filter(|person| !self.found.contains_key(person.id.as_str()))
            .filter_map(|person| Some((*person, key(person)?)))
            .collect();
        let mut there: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, key) in &missing {
            *there.entry(key).or_default() += 1;
        }
        for (person, key) in &missing {
            match here.get(key).map(Vec::as_slice) {
                None => {}
                Some([record]) if there.get(key.as_str()) == Some(&1) && !self.taken.contains(record) => {
                    self.found.insert(&person.id, (*record, by));
                    self.taken.insert(*record);
                }
                Some(_) => {
                    self.unclear.entry(&person.id).or_insert_with(|| unclear(by, key));
                }
            }
        }
    }

    fn planned(&self, person: &OutsidePerson, logins: &BTreeMap<String, usize>) -> Planned {
        let mut fields = Fields::from([("name".to_owned(), person.name.as_str().into())]);
        for (field, value) in [("phone", &person.phone), ("email", &person.email)] {
            if let Some(value) = value {
                fields.insert(field.to_owned(), value.as_str().into());
            }
        }
        let mut names = BTreeMap::new();
        if let Some(department) = &person.department {
            names.insert("department", (LinkedKind::Department, department.clone()));
        }
        if let Some(superior) = &person.superior {
            names.insert("superior", (LinkedKind::Person, superior.clone()));
        }
        let found = self.found.get(person.id.as_str()).copied();
        let problem = match found {
            Some((record, _)) => self.here.people.get(&record).and_then(|record| {
                let is_active = record.fields.get("active").and_then(Value::as_bool).unwrap_or(true);
                (!is_active).then(|| {
                    Text::new(
                        "此人在这里已离职。要恢复，请先在人员里改为在职。",
                        "This person has left here. To take them back, make them active first.",
                    )
                })
            }),
            None => {
                let login = login(person);
                fields.insert("login".to_owned(), login.into());
                let is_taken = logins.get(&login.to_lowercase()).is_some_and(|count| *count > 1);
                let unclear = self.unclear.get(person.id.as_str()).cloned();
                unclear.or_else(|| {
                    is_taken.then(|| {
                        Text::new(
                            format!("登录名“{login}”已被另一个人使用。"),
                            format!("The sign-in name “{login}” belongs to somebody else."),
                        )
                    })
                })
            }
        };
        Planned {
            kind: LinkedKind::Person,
            external: person.id.clone(),
            name: person.name.clone(),
            record: found.map(|(record, _)| record),
            by: found.map(|(_, by)| by),
            fields,
            names,
            problem,
        }
    }
}

fn gone(outside: &[OutsidePerson], here: &Here) -> Vec<Gone> {
    let there: BTreeSet<&str> = outside
        .iter()
        .filter(|person| person.is_active)
        .map(|person| person.id.as_str())
        .collect();
    let missing = linked(here, LinkedKind::Person)
        .into_iter()
        .filter(|(external, _)| !there.contains(external));
    let works_here = |record: &RecordId| {
        let record = here.people.get(record);
        record.is_some_and(|record| record.fields.get("active").and_then(Value::as_bool).unwrap_or(true))
    };
    let gone = missing.filter(|(_, record)| works_here(record));
    gone.map(|(external, record)| Gone {
        external: external.to_owned(),
        record,
    })
    .collect()
}

fn unclear(by: MatchedBy, key: &str) -> Text {
    let (zh, en) = match by {
        MatchedBy::Phone => ("手机号", "phone number"),
        MatchedBy::Email => ("邮箱", "e-mail address"),
        _ => ("登录名", "sign-in name"),
    };
    Text::new(
        format!("{zh}“{key}”对应的人不止一个，或已连接别人，无法确定是谁。请改正，或让本人登录后自己连接。"),
        format!(
            "The {en} “{key}” stands for more than one person, or for one who is connected already. Correct it, or let them connect \
             themselves once they are signed in."
        ),
    )
}

/// The sign-in name of somebody new.
fn login(person: &OutsidePerson) -> &str {
    person.login.as_deref().unwrap_or(&person.id)
}

/// A phone number as it is compared: digits, without the country code of the mainland.
fn digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let short = digits.strip_prefix("86").filter(|rest| rest.len() == 11);
    let digits = short.unwrap_or(&digits);
    (digits.len() >= 7).then(|| digits.to_owned())
}

fn text(record: &Record, field: &str) -> String {
    let value = record.fields.get(field).and_then(Value::as_text);
    value.unwrap_or_default().to_owned()
}
