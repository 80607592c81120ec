//! A company of six: the boss, a head below, Ann and Bob below the head, an administrator, and the office.

use kapok_process::{Directory, state::Candidate};
use kapok_protocol::PersonId;

/// Sign-in name, superior, roles.
const STAFF: [(&str, Option<&str>, &[&str]); 6] = [
    ("boss", None, &[]),
    ("head", Some("boss"), &["lead"]),
    ("ann", Some("head"), &["finance"]),
    ("bob", Some("head"), &["finance", "sales"]),
    ("admin", None, &["administrator"]),
    ("office", Some("boss"), &[]),
];

pub struct Company;

/// The person with this sign-in name.
pub fn person(login: &str) -> PersonId {
    let position = STAFF
        .iter()
        .position(|(name, ..)| *name == login)
        .expect("somebody of the company");
    PersonId::new(position as u64 + 1).expect("ids are from 1")
}

/// The sign-in name of a person.
pub fn login(person: PersonId) -> &'static str {
    STAFF[person.get() as usize - 1].0
}

impl Directory for Company {
    fn person(&self, login: &str) -> Option<PersonId> {
        STAFF.iter().any(|(name, ..)| *name == login).then(|| person(login))
    }

    fn exists(&self, person: PersonId) -> bool {
        person.get() as usize <= STAFF.len()
    }

    fn name(&self, person: PersonId) -> Option<String> {
        self.exists(person).then(|| login(person).to_owned())
    }

    fn superior(&self, below: PersonId) -> Option<PersonId> {
        STAFF[below.get() as usize - 1].1.map(person)
    }

    fn department_head(&self, person: PersonId) -> Option<PersonId> {
        self.superior(person)
    }

    fn members(&self, group: &Candidate) -> Vec<PersonId> {
        let Candidate::Role(role) = group else {
            return Vec::new();
        };
        STAFF
            .iter()
            .filter(|(.., roles)| roles.contains(&role.as_str()))
            .map(|(name, ..)| person(name))
            .collect()
    }

    fn group(&self, name: &str) -> Option<Candidate> {
        let known = STAFF.iter().any(|(.., roles)| roles.contains(&name));
        known.then(|| Candidate::Role(name.to_owned()))
    }

    fn is_member(&self, person: PersonId, group: &Candidate) -> bool {
        self.members(group).contains(&person)
    }

    fn is_administrator(&self, who: PersonId) -> bool {
        login(who) == "admin"
    }
}
