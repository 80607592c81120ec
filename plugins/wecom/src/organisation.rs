//! Departments and people, as WeCom has them.

use std::collections::BTreeMap;

use kapok_plugin_sdk::{Department, Failure, Person, Value};

use crate::answer::not_understood;

/// So many departments are asked for their people in one part: a call may send a hundred requests.
const DEPARTMENTS: usize = 50;

/// The departments that the app may see, by their numbers.
pub struct Departments(BTreeMap<i64, Listed>);

struct Listed {
    name: String,
    parent: i64,
    head: Option<String>,
}

/// The number of the last department whose people were read.
pub fn position(from: Option<String>) -> Result<Option<i64>, Failure> {
    let number = |from: String| from.parse().map_err(|_| Failure::permanent("this is no position"));
    from.map(number).transpose()
}

/// Reads the departments.
pub fn departments(answer: &Value) -> Result<Departments, Failure> {
    let wrong = || not_understood("department/list");
    let listed = answer.get("department").and_then(Value::as_array).ok_or_else(wrong)?;
    let mut departments = BTreeMap::new();
    for department in listed {
        let id = department.get("id").and_then(Value::as_i64).ok_or_else(wrong)?;
        let name = text(department, "name").unwrap_or_else(|| id.to_string());
        let parent = department.get("parentid").and_then(Value::as_i64).unwrap_or_default();
        let head = first(department, "department_leader");
        departments.insert(id, Listed { name, parent, head });
    }
    Ok(Departments(departments))
}

impl Departments {
    /// In the words of the contract.
    pub fn outside(&self) -> Vec<Department> {
        let outside = self.0.iter().map(|(id, listed)| Department {
            id: id.to_string(),
            // The app may not see what is above.
            parent: self.0.contains_key(&listed.parent).then(|| listed.parent.to_string()),
            name: listed.name.clone(),
            head: listed.head.clone(),
        });
        outside.collect()
    }
}

/// The departments to ask next, and the last of them when there are more.
pub fn portion(departments: &Departments, behind: Option<i64>) -> (Vec<&i64>, Option<i64>) {
    let mut left = departments
        .0
        .keys()
        .filter(|id| behind.is_none_or(|behind| **id > behind));
    let now: Vec<&i64> = left.by_ref().take(DEPARTMENTS).collect();
    let next = match left.next() {
        Some(_) => now.last().map(|id| **id),
        None => None,
    };
    (now, next)
}

/// The people of a department. Whoever is in several counts in one of them: the main one, or the first that can be seen.
pub fn people(answer: &Value, department: i64, departments: &Departments) -> Result<Vec<Person>, Failure> {
    let wrong = || not_understood("user/list");
    let listed = answer.get("userlist").and_then(Value::as_array).ok_or_else(wrong)?;
    let mut people = Vec::new();
    for person in listed {
        if home(person, departments).is_some_and(|home| home != department) {
            continue;
        }
        let id = text(person, "userid").ok_or_else(wrong)?;
        let status = person.get("status").and_then(Value::as_i64);
        people.push(Person {
            login: None,
            name: text(person, "name").unwrap_or_else(|| id.clone()),
            phone: text(person, "mobile"),
            email: text(person, "biz_mail").or_else(|| text(person, "email")),
            department: Some(department.to_string()),
            superior: first(person, "direct_leader"),
            // 2: switched off; 5: has left. 4, has never opened WeCom, works here all the same.
            active: !matches!(status, Some(2 | 5)),
            id,
        });
    }
    Ok(people)
}

fn home(person: &Value, departments: &Departments) -> Option<i64> {
    let is_seen = |id: &i64| departments.0.contains_key(id);
    let main = person.get("main_department").and_then(Value::as_i64).filter(is_seen);
    let all = person.get("department").and_then(Value::as_array);
    main.or_else(|| all?.iter().filter_map(Value::as_i64).filter(is_seen).min())
}

fn text(value: &Value, name: &str) -> Option<String> {
    let text = value.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn first(value: &Value, name: &str) -> Option<String> {
    let first = value.get(name)?.as_array()?.first()?.as_str()?;
    (!first.is_empty()).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(numbers: impl IntoIterator<Item = i64>) -> Departments {
        let listed = numbers.into_iter().map(|id| {
            let name = format!("d{id}");
            (
                id,
                Listed {
                    name,
                    parent: 1,
                    head: None,
                },
            )
        });
        Departments(listed.collect())
    }

    #[test]
    fn parts_follow_one_another_to_the_end() {
        let departments = some(1..=120);
        let (first, next) = portion(&departments, None);
        assert_eq!((first.len(), next), (50, Some(50)));
        let (last, next) = portion(&departments, Some(100));
        assert_eq!((last.len(), next), (20, None));
        let (exact, next) = portion(&departments, Some(70));
        assert_eq!((exact.len(), next), (50, None));
    }

    #[test]
    fn somebody_in_several_departments_counts_once() {
        let departments = some([2, 3]);
        let answer: Value = r#"{"userlist":[
            {"userid":"a","name":"甲","department":[2,3],"main_department":3,"status":1},
            {"userid":"b","name":"乙","department":[9,2,3],"main_department":9,"status":2,"direct_leader":["a"]}]}"#
            .parse()
            .unwrap();
        let of = |department| {
            let people = people(&answer, department, &departments).unwrap();
            people
                .into_iter()
                .map(|person| (person.id, person.active))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(2), [("b".to_owned(), false)]);
        assert_eq!(of(3), [("a".to_owned(), true)]);
    }

    #[test]
    fn a_department_below_one_that_is_not_seen_stands_at_the_top() {
        let answer: Value = r#"{"department":[{"id":2,"name":"销售部","parentid":1},{"id":5,"name":"华东","parentid":2,
            "department_leader":["a"]}]}"#
            .parse()
            .unwrap();
        let outside = departments(&answer).unwrap().outside();
        assert_eq!(
            (outside[0].parent.as_deref(), outside[1].parent.as_deref()),
            (None, Some("2"))
        );
        assert_eq!(outside[1].head.as_deref(), Some("a"));
    }
}
