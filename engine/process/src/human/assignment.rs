//! Who: assignee rules to persons and groups.

use std::collections::BTreeSet;

use kapok_model::AssigneeRule;
use kapok_protocol::{Expression, PersonId, Text, Value};

use crate::{Context, Directory, Scope, state::Candidate};

/// Most members of a group that are told at once about one to-do.
pub(crate) const MEMBERS_TOLD: usize = 50;

/// The group that gets what nobody else can.
pub(crate) fn administrators() -> Candidate {
    Candidate::Role("administrator".to_owned())
}

/// Whom rules name: each person and each group once, in the order of the rules.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Assignment {
    pub(crate) persons: Vec<PersonId>,
    pub(crate) groups: Vec<Candidate>,
}

impl Assignment {
    /// The persons and the members of the groups, each once.
    pub(crate) fn everybody(self, directory: &dyn Directory) -> Vec<PersonId> {
        let members = self.groups.iter().flat_map(|group| directory.members(group));
        let mut seen = BTreeSet::new();
        self.persons
            .into_iter()
            .chain(members)
            .filter(|person| seen.insert(*person))
            .collect()
    }

    /// The persons, and those groups that have a member.
    pub(crate) fn with_members_only(mut self, directory: &dyn Directory) -> (Vec<PersonId>, Vec<Candidate>) {
        self.groups.retain(|group| !directory.members(group).is_empty());
        (self.persons, self.groups)
    }

    /// Whether the person is meant.
    pub(crate) fn contains(&self, person: PersonId, directory: &dyn Directory) -> bool {
        self.persons.contains(&person) || self.groups.iter().any(|group| directory.is_member(person, group))
    }

    /// Adds persons; somebody who has left is nobody.
    pub(crate) fn add_active(&mut self, persons: &[PersonId], directory: &dyn Directory) {
        for person in persons.iter().filter(|person| directory.exists(**person)) {
            self.add_person(Some(*person));
        }
    }

    fn add_person(&mut self, person: Option<PersonId>) {
        if let Some(person) = person.filter(|person| !self.persons.contains(person)) {
            self.persons.push(person);
        }
    }

    fn add_group(&mut self, group: Candidate) {
        if !self.groups.contains(&group) {
            self.groups.push(group);
        }
    }
}

/// Finds out whom rules name. Somebody who has left is nobody; an expression that says nothing useful is an error.
pub(crate) fn resolve(
    rules: &[AssigneeRule],
    initiator: Option<PersonId>,
    context: &Context<'_>,
    scope: &dyn Scope,
) -> Result<Assignment, Text> {
    let directory = context.directory;
    let mut found = Assignment::default();
    for rule in rules {
        match rule {
            AssigneeRule::Person(login) => found.add_person(directory.person(login)),
            AssigneeRule::Role(code) => found.add_group(Candidate::Role(code.clone())),
            AssigneeRule::Department(code) => found.add_group(Candidate::Department(code.clone())),
            AssigneeRule::Group(name) => {
                found.add_group(directory.group(name).unwrap_or_else(|| Candidate::Role(name.clone())));
            }
            AssigneeRule::Groups(expression) => {
                let value = context.evaluator.value(expression, scope)?;
                for name in group_names(&value).ok_or_else(|| no_groups(&expression.text, &value))? {
                    found.add_group(directory.group(&name).unwrap_or(Candidate::Role(name)));
                }
            }
            AssigneeRule::DepartmentHead => {
                found.add_person(initiator.and_then(|person| directory.department_head(person)));
            }
            AssigneeRule::Superior(level) => {
                let climb = |person: Option<PersonId>, _| person.and_then(|person| directory.superior(person));
                found.add_person((0..(*level).min(MOST_LEVELS)).fold(initiator, climb));
            }
            AssigneeRule::Initiator => found.add_person(initiator.filter(|person| directory.exists(*person))),
            AssigneeRule::Field(field) => {
                let value = field_value(field, context, scope)?;
                if !value.is_empty() {
                    add_value(&mut found, &value, field, directory)?;
                }
            }
            // Whom a plugin named is known when its job is done, and added then.
            AssigneeRule::Plugin(_) => {}
            AssigneeRule::Expression(expression) => {
                let value = context.evaluator.value(expression, scope)?;
                add_value(&mut found, &value, &expression.text, directory)?;
            }
        }
    }
    Ok(found)
}

/// No organisation is deeper; a level beyond it is nobody, not a long walk in a circle.
const MOST_LEVELS: u32 = 32;

/// The value of a field of the form, or of the record the case is about.
fn field_value(field: &str, context: &Context<'_>, scope: &dyn Scope) -> Result<Value, Text> {
    let (name, rest) = field
        .split_once('.')
        .map_or((field, None), |(name, rest)| (name, Some(rest)));
    if name == "record" {
        return context.evaluator.value(&Expression::rhai(field), scope);
    }
    let value = scope
        .get(name)
        .map_err(|error| Text::same(error.to_string()))?
        .unwrap_or_default();
    Ok(rest
        .map_or(Some(&value), |rest| value.at(rest))
        .cloned()
        .unwrap_or_default())
}

/// The names that a value lists: a list of texts, or one text with commas between them.
fn group_names(value: &Value) -> Option<Vec<String>> {
    let names = |text: &str| {
        let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    match value {
        Value::Text(text) => Some(names(text)),
        Value::List(items) => {
            let texts: Option<Vec<_>> = items.iter().map(|item| item.as_text().map(str::to_owned)).collect();
            texts
        }
        _ => None,
    }
}

fn no_groups(source: &str, value: &Value) -> Text {
    Text::new(
        format!("“{source}”应得出角色或部门（名称、编号或其列表），实际得到 {value}。请修改数据后重试。"),
        format!("`{source}` should name roles or departments and gave {value}. Mend the data and retry."),
    )
}

fn add_value(found: &mut Assignment, value: &Value, source: &str, directory: &dyn Directory) -> Result<(), Text> {
    match value {
        Value::List(items) => items
            .iter()
            .try_for_each(|item| add_one(found, item, source, directory)),
        single => add_one(found, single, source, directory),
    }
}

fn add_one(found: &mut Assignment, value: &Value, source: &str, directory: &dyn Directory) -> Result<(), Text> {
    match person(value, directory) {
        Named::Person(person) => found.add_person(Some(person)),
        Named::Nobody => {}
        Named::NotAPerson => {
            return Err(Text::new(
                format!("“{source}”应得出人员（登录名、人员编号或其列表），实际得到 {value}。请修改数据后重试。"),
                format!(
                    "`{source}` should name persons by sign-in name, id, or a list of them, and gave {value}. Mend the \
                     data and retry."
                ),
            ));
        }
    }
    Ok(())
}

enum Named {
    Person(PersonId),
    Nobody,
    NotAPerson,
}

fn person(value: &Value, directory: &dyn Directory) -> Named {
    let text = match value {
        Value::Text(text) if !text.is_empty() => text.clone(),
        Value::Number(number) => number.normalize().to_string(),
        _ => return Named::NotAPerson,
    };
    let by_id = || text.parse().ok().filter(|person| directory.exists(*person));
    directory
        .person(&text)
        .or_else(by_id)
        .map_or(Named::Nobody, Named::Person)
}

/// Whether a value names an active person.
pub(crate) fn names_person(value: &Value, directory: &dyn Directory) -> bool {
    matches!(person(value, directory), Named::Person(_))
}
