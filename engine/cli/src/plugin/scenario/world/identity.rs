//! Steps about identity sources: where somebody signs in, who came back, who works there.

use std::collections::BTreeMap;

use kapok::{
    Error, SignInFailure, TechnicalFailure,
    protocol::{RecordRef, Text},
};
use serde::Deserialize;

use super::World;
use crate::plugin::scenario::{Failed, Step};

/// Somebody wants to sign in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct SignIn {
    source: String,
    #[serde(default)]
    return_to: String,
    #[serde(default)]
    state: String,
}

/// A browser came back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct CameBack {
    source: String,
    #[serde(default)]
    return_to: String,
    #[serde(default)]
    query: BTreeMap<String, String>,
}

/// The organisation is read, all parts of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Organisation {
    source: String,
}

/// A department as it is expected.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Department {
    id: String,
    parent: Option<String>,
    name: String,
    head: Option<String>,
}

/// A person as they are expected.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Person {
    id: String,
    login: Option<String>,
    name: String,
    phone: Option<String>,
    email: Option<String>,
    department: Option<String>,
    superior: Option<String>,
    active: bool,
}

/// What goes wrong in the scenario, and what the engine refuses.
type Acted = Result<Result<Option<RecordRef>, Error>, String>;

impl World {
    pub(super) fn sign_in(&self, step: &Step, asked: &SignIn) -> Acted {
        let address = match self
            .kapok
            .ask_sign_in_address(&asked.source, &asked.return_to, &asked.state)
        {
            Ok(address) => address,
            Err(error) => return Ok(Err(error)),
        };
        match address {
            Ok(address) => as_expected("address", step, &address, step.address.as_ref()),
            Err(failure) => failed_as(step, &failure),
        }
    }

    pub(super) fn came_back(&self, step: &Step, back: &CameBack) -> Acted {
        let query = back.query.clone().into_iter().collect();
        let who = match self.kapok.ask_who_signed_in(&back.source, &back.return_to, query) {
            Ok(who) => who,
            Err(error) => return Ok(Err(error)),
        };
        match who {
            Ok(id) => as_expected("identity", step, &id, step.identity.as_ref()),
            Err(SignInFailure::Failed(failure)) => failed_as(step, &failure),
            Err(SignInFailure::Refused(text)) => failed(step, Failed::Refused, &text),
        }
    }

    pub(super) fn organisation(&self, step: &Step, asked: &Organisation) -> Acted {
        let read = match self.kapok.ask_organisation(&asked.source) {
            Ok(Ok(read)) => read,
            Ok(Err(failure)) => return failed_as(step, &failure),
            Err(error) => return Ok(Err(error)),
        };
        let departments: Vec<Department> = read
            .departments
            .into_iter()
            .map(|department| Department {
                id: department.id,
                parent: department.parent,
                name: department.name,
                head: department.head,
            })
            .collect();
        let people: Vec<Person> = read
            .people
            .into_iter()
            .map(|person| Person {
                id: person.id,
                login: person.login,
                name: person.name,
                phone: person.phone,
                email: person.email,
                department: person.department,
                superior: person.superior,
                active: person.is_active,
            })
            .collect();
        as_expected("departments", step, &departments, step.departments.as_ref())?
            .map_err(|error| error.to_string())?;
        as_expected("persons", step, &people, step.persons.as_ref())
    }
}

fn as_expected<T: PartialEq + std::fmt::Debug>(what: &str, step: &Step, found: &T, expected: Option<&T>) -> Acted {
    if step.failed.is_some() {
        return Err(format!("it did not fail: {found:?}"));
    }
    match expected {
        Some(expected) if expected != found => Err(format!("{what}: {found:?} instead of {expected:?}")),
        _ => Ok(Ok(None)),
    }
}

fn failed_as(step: &Step, failure: &TechnicalFailure) -> Acted {
    let how = match failure.retry {
        true => Failed::Retry,
        false => Failed::Permanent,
    };
    failed(step, how, &Text::new(&failure.message, &failure.message))
}

fn failed(step: &Step, how: Failed, text: &Text) -> Acted {
    let says = |words: &String| text.zh.contains(words) || text.en.contains(words);
    match step.failed == Some(how) && step.says.as_ref().is_none_or(says) {
        true => Ok(Ok(None)),
        false => Err(format!("it failed ({how:?}): {}", text.en)),
    }
}
