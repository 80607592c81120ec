//! Adding people from outside: the first administrator, before anybody can sign in.

use kapok_protocol::{Entity, PersonId, Refusal, RefusalKind, Value};
use kapok_records::{Fields, PERSON, ROLE};
use kapok_tables::Queries;

use crate::{Error, Kapok};

impl Kapok {
    /// Adds a person with these roles, by their codes. They can sign in once [`Kapok::set_password`] has been called.
    pub fn add_person(&self, login: &str, name: &str, roles: &[String]) -> Result<PersonId, Error> {
        let mut ids = Vec::new();
        for code in roles {
            let found = Queries(&self.shared.store.view()).record_with(&Entity::new(ROLE), "code", code)?;
            let id = found.ok_or_else(|| unknown_role(code))?;
            ids.push(Value::from(id.to_string()));
        }
        let fields: Fields = [
            ("login".to_owned(), login.into()),
            ("name".to_owned(), name.into()),
            ("roles".to_owned(), ids.into()),
            ("active".to_owned(), true.into()),
        ]
        .into();
        Ok(self.save(PERSON, None, fields)?.id.into())
    }
}

fn unknown_role(code: &str) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "role.unknown",
        format!("没有编码为“{code}”的角色。"),
        format!("There is no role “{code}”."),
    )
    .at("roles")
}
