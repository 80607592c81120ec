//! The people of a benchmark.

use kapok::{Kapok, Staff, protocol::PersonId, records::ROLE};

use super::Failure;

/// Adds so many people, without roles.
pub(super) fn hire(kapok: &Kapok, count: usize) -> Result<Vec<PersonId>, Failure> {
    let numbers = 0..count;
    numbers
        .map(|number| {
            let login = format!("clerk-{number:02}");
            Ok(kapok.add_person(&login, &login, &[])?)
        })
        .collect()
}

/// Adds somebody who has new roles of these codes.
pub(super) fn hire_for(kapok: &Kapok, login: &str, roles: &[String]) -> Result<PersonId, Failure> {
    for code in roles {
        let fields = [
            ("code".to_owned(), code.as_str().into()),
            ("name".to_owned(), code.as_str().into()),
        ];
        kapok.save(ROLE, None, fields.into())?;
    }
    Ok(kapok.add_person(login, login, roles)?)
}

/// The rights of these people.
pub(super) fn staff(kapok: &Kapok, people: &[PersonId]) -> Result<Vec<Staff>, Failure> {
    people.iter().map(|person| Ok(kapok.staff(*person)?)).collect()
}
