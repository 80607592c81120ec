//! What identity sources are asked and what they answer: who somebody is, and who works there.

use kapok_protocol::Text;

use crate::{
    TechnicalFailure,
    answer::BadAnswer,
    bindings::kapok::plugin::types::{self as wire},
};

/// The longest address that a browser is sent to, in bytes.
const ADDRESS: usize = 4_096;
/// The longest id, sign-in name, name, number or e-mail address, in bytes.
const WORD: usize = 512;
/// So many departments and people are in one part.
const PART: usize = 10_000;
/// The longest position from which a source goes on, in bytes.
const POSITION: usize = 4_096;

/// Somebody wants to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInCall {
    /// The source's name in the manifest.
    pub source: String,
    /// Where the other side sends the browser back to.
    pub return_to: String,
    /// What it hands back with it.
    pub state: String,
}

/// A browser came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameBack {
    /// The source's name in the manifest.
    pub source: String,
    /// Where it was sent to.
    pub return_to: String,
    /// The parameters it came with.
    pub query: Vec<(String, String)>,
    /// Never used for another call.
    pub key: String,
}

/// Why it is not known who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInFailure {
    /// The other side does not let this person in.
    Refused(Text),
    /// The other side could not be asked.
    Failed(TechnicalFailure),
}

/// A department as the other side knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideDepartment {
    /// The other side's id.
    pub id: String,
    /// The id of the department above.
    pub parent: Option<String>,
    /// Its name.
    pub name: String,
    /// The id of the person who heads it.
    pub head: Option<String>,
}

/// A person as the other side knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsidePerson {
    /// The other side's id.
    pub id: String,
    /// The sign-in name.
    pub login: Option<String>,
    /// The name.
    pub name: String,
    /// The phone number.
    pub phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The id of the department.
    pub department: Option<String>,
    /// The id of the superior.
    pub superior: Option<String>,
    /// Whether they work there now.
    pub is_active: bool,
}

/// Some of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrganisationPart {
    /// Departments.
    pub departments: Vec<OutsideDepartment>,
    /// People.
    pub people: Vec<OutsidePerson>,
    /// Where the next part begins; `None` when this is the last one.
    pub next: Option<String>,
}

/// An address that a browser may be sent to.
pub(crate) fn address(address: String) -> Result<String, BadAnswer> {
    let is_absolute = address.starts_with("https://") || address.starts_with("http://");
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic());
    match is_absolute && is_plain && address.len() <= ADDRESS {
        true => Ok(address),
        false => Err(BadAnswer(
            "the address to sign in at must begin with https:// or http://, be escaped, and have at most 4,096 bytes"
                .to_owned(),
        )),
    }
}

/// Who signed in.
pub(crate) fn who(identity: wire::Identity) -> Result<String, BadAnswer> {
    given("the id of whoever signed in", identity.id)
}

/// Some of an organisation.
pub(crate) fn part(part: wire::OrganisationPart) -> Result<OrganisationPart, BadAnswer> {
    let wire::OrganisationPart {
        departments,
        people,
        next,
    } = part;
    if departments.len() + people.len() > PART {
        return Err(BadAnswer(format!(
            "more than {PART} departments and people in one part"
        )));
    }
    if next.as_ref().is_some_and(|next| next.len() > POSITION) {
        return Err(BadAnswer(format!("next has more than {POSITION} bytes")));
    }
    Ok(OrganisationPart {
        departments: departments.into_iter().map(department).collect::<Result<_, _>>()?,
        people: people.into_iter().map(person).collect::<Result<_, _>>()?,
        next,
    })
}

fn department(department: wire::Department) -> Result<OutsideDepartment, BadAnswer> {
    let wire::Department { id, parent, name, head } = department;
    Ok(OutsideDepartment {
        id: given("the id of a department", id)?,
        parent: maybe("the parent of a department", parent)?,
        name: given("the name of a department", name)?,
        head: maybe("the head of a department", head)?,
    })
}

fn person(person: wire::Person) -> Result<OutsidePerson, BadAnswer> {
    let wire::Person {
        id,
        login,
        name,
        phone,
        email,
        department,
        superior,
        active,
    } = person;
    Ok(OutsidePerson {
        id: given("the id of a person", id)?,
        login: maybe("the sign-in name of a person", login)?,
        name: given("the name of a person", name)?,
        phone: maybe("the phone of a person", phone)?,
        email: maybe("the e-mail address of a person", email)?,
        department: maybe("the department of a person", department)?,
        superior: maybe("the superior of a person", superior)?,
        is_active: active,
    })
}

/// A text that must be there.
fn given(what: &str, text: String) -> Result<String, BadAnswer> {
    let text = text.trim().to_owned();
    match text.is_empty() || text.len() > WORD || text.chars().any(char::is_control) {
        true => Err(BadAnswer(format!(
            "{what} must be there, with at most {WORD} bytes and on one line"
        ))),
        false => Ok(text),
    }
}

/// One that need not be; an empty one is none.
fn maybe(what: &str, text: Option<String>) -> Result<Option<String>, BadAnswer> {
    text.filter(|text| !text.trim().is_empty())
        .map(|text| given(what, text))
        .transpose()
}

impl From<wire::SignInFailure> for SignInFailure {
    fn from(failure: wire::SignInFailure) -> Self {
        match failure {
            wire::SignInFailure::Refused(text) => Self::Refused(text.into()),
            wire::SignInFailure::Failed(failure) => Self::Failed(failure.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_sent_to_whole_addresses_only() {
        for good in ["https://login.example.com/a?b=c&d=%20", "http://127.0.0.1:9/x"] {
            assert!(address(good.to_owned()).is_ok(), "{good}");
        }
        let long = format!("https://a/{}", "x".repeat(ADDRESS));
        for wrong in [
            "",
            "javascript:alert(1)",
            "//a/b",
            "https://a/b c",
            "https://a/\r\nX: y",
            "https://甲/",
            &long,
        ] {
            assert!(address(wrong.to_owned()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_stands_for_somebody_is_one_short_line() {
        let id = |id: &str| who(wire::Identity { id: id.to_owned() });
        assert_eq!(id(" zhang ").ok().as_deref(), Some("zhang"));
        for wrong in ["", " ", "a\nb", &"x".repeat(WORD + 1)] {
            assert!(id(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn an_empty_text_is_none_and_a_part_is_bounded() {
        let person = || wire::Person {
            id: "1".to_owned(),
            login: Some(String::new()),
            name: "张".to_owned(),
            phone: None,
            email: None,
            department: None,
            superior: None,
            active: true,
        };
        let of = |count: usize| wire::OrganisationPart {
            departments: Vec::new(),
            people: (0..count).map(|_| person()).collect(),
            next: None,
        };
        let read = part(of(1)).ok().unwrap();
        assert_eq!((read.people[0].login.as_ref(), read.people[0].is_active), (None, true));
        assert!(part(of(PART + 1)).is_err());
    }
}
