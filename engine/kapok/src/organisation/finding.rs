//! Finding people by what somebody types: characters of the name, its pinyin or initials, or part of the sign-in name.

use std::collections::BTreeSet;

use kapok_protocol::PersonId;
use kapok_search::Names;

use super::{Organisation, PersonEntry};

/// The names of those who work here, taken apart when they are first looked through.
#[derive(Debug)]
pub(super) struct Active {
    people: Vec<PersonId>,
    names: Names,
}

impl Organisation {
    /// The active people who are found by a text; all when it is empty.
    pub(crate) fn search(&self, text: &str, limit: usize) -> Vec<PersonEntry> {
        let text = text.trim().to_lowercase();
        let active = self.active.get_or_init(|| self.active());
        let by_name: BTreeSet<usize> = active.names.found(&text).into_iter().collect();
        let contains = |words: &str| words.to_lowercase().contains(&text);
        let is_found = |place: usize, person: PersonId| {
            by_name.contains(&place)
                || contains(&self.name_of(person))
                || self.member(person).is_some_and(|member| contains(&member.login))
        };
        let found = active
            .people
            .iter()
            .enumerate()
            .filter(|(place, person)| is_found(*place, **person));
        found.take(limit).map(|(_, person)| self.entry(*person)).collect()
    }

    fn active(&self) -> Active {
        let active = self.places.people.iter().filter(|(_, member)| member.active);
        let people: Vec<PersonId> = active.map(|(id, _)| *id).collect();
        let names: Vec<String> = people.iter().map(|id| self.name_of(*id)).collect();
        Active {
            names: Names::new(names.iter().map(String::as_str)),
            people,
        }
    }

    fn entry(&self, id: PersonId) -> PersonEntry {
        let member = self.member(id);
        let department = member.and_then(|member| member.department);
        PersonEntry {
            id,
            login: member.map(|member| member.login.clone()).unwrap_or_default(),
            name: self.name_of(id),
            department: department.and_then(|id| self.department_name(id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use kapok_protocol::{Record, RecordId, Timestamp};

    use super::Organisation;

    fn company() -> Organisation {
        let mut company = Organisation::default();
        let people = [
            ("li.na", "李娜", true),
            ("wz", "王芳", true),
            ("sales7", "Nancy Li", true),
            ("li.lei", "李雷", false),
        ];
        for (id, (login, name, active)) in (1_u64..).zip(people) {
            company.add_person(&Record {
                id: RecordId::new(id).expect("not zero"),
                version: 1,
                owner: None,
                created_at: Timestamp::from_millis(0),
                created_by: None,
                updated_at: Timestamp::from_millis(0),
                fields: [
                    ("login", login.into()),
                    ("name", name.into()),
                    ("active", active.into()),
                ]
                .map(|(field, value)| (field.to_owned(), value))
                .into(),
            });
        }
        company
    }

    #[test]
    fn people_are_found_as_names_are_typed() {
        let company = company();
        for (typed, expected) in [
            ("", vec!["李娜", "王芳", "Nancy Li"]),
            ("李", vec!["李娜"]),
            ("ln", vec!["李娜"]),
            ("lina", vec!["李娜"]),
            ("sales7", vec!["Nancy Li"]),
            ("wangf", vec!["王芳"]),
            ("WZ", vec!["王芳"]),
            ("nancy", vec!["Nancy Li"]),
            ("ncy", vec!["Nancy Li"]),
            ("zz", vec![]),
        ] {
            let found: Vec<_> = company.search(typed, 10).into_iter().map(|entry| entry.name).collect();
            assert_eq!(found, expected, "{typed}");
        }
        assert_eq!(company.search("", 2).len(), 2);
    }
}
