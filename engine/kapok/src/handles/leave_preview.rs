//! What a person leaves behind, before they leave: so that nothing is found out afterwards. It names kinds and counts, and
//! no record: configuring the system gives no right to read what is in it.

use kapok_model::{AssigneeRule, NodeKind, ProcessGraph};
use kapok_protocol::{Entity, Filter, PersonId, Text, Value};
use kapok_records::{Catalogue, EntityDefinition, Field, FieldKind, PERSON, STAND_IN};
use kapok_tables::{Queries, Receiver, RecordList, TaskList};

use super::Administrator;
use crate::{Error, views::Who};

/// Counts go no further.
const COUNTED: usize = 10_000;

/// What a person leaves behind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeavePreview {
    /// Open to-dos that are handed over, counted to 10,000.
    pub tasks: usize,
    /// Records that are handed over, by entity, each counted to 10,000.
    pub records: Vec<(Entity, Text, usize)>,
    /// Records that are shared with the person and no longer will be.
    pub shares: usize,
    /// Those whose superior the person is.
    pub subordinates: Vec<Who>,
    /// The departments the person heads.
    pub departments: Vec<String>,
    /// What names the person, and has to be changed by hand.
    pub definitions: Vec<NamedIn>,
}

/// A definition that names a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedIn {
    /// What it is: `process`, `entity` or `total`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub label: Text,
}

impl Administrator {
    /// What a person would leave behind.
    pub fn leave_preview(&self, person: PersonId) -> Result<LeavePreview, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let organisation = &viewing.organisation;
        if !organisation.is_known(person) {
            return Err(Error::not_found("人员", "person"));
        }
        let queries = &viewing.queries;
        let shares = queries.shares_with(&Receiver::Person(person), COUNTED)?;
        let today = self.today();
        Ok(LeavePreview {
            tasks: queries.task_ids(&TaskList::Assigned(person), COUNTED)?.len(),
            records: records_of(&viewing.catalogue, queries, person)?,
            shares: shares.iter().filter(|share| share.holds_on(&today)).count(),
            subordinates: organisation
                .directly_below(person)
                .into_iter()
                .map(|person| viewing.who(person))
                .collect(),
            departments: organisation.headed_by(person),
            definitions: self.naming(&viewing.catalogue, person),
        })
    }

    /// The processes in force, entities and totals that name a person.
    fn naming(&self, catalogue: &Catalogue, person: PersonId) -> Vec<NamedIn> {
        let shared = &self.kapok.shared;
        let id = person.to_string();
        let login = shared.organisation().login_of(person).unwrap_or_default();
        let processes = shared.definitions.all_latest().into_iter();
        let processes = processes.filter(|(_, graph)| is_in_process(graph, &login));
        let processes = processes.map(|(_, graph)| {
            let name = graph.name.clone().unwrap_or_else(|| graph.key.clone());
            NamedIn {
                kind: "process",
                id: graph.key.clone(),
                label: Text::new(name.clone(), name),
            }
        });
        let entities = catalogue.entities().filter(|entity| is_in_entity(entity, &id));
        let entities = entities.map(|entity| NamedIn {
            kind: "entity",
            id: entity.id.to_string(),
            label: entity.label.clone(),
        });
        let totals = catalogue.totals().filter(|total| {
            let of = catalogue.entity(total.entity.as_str());
            of.zip(total.filter.as_ref())
                .is_some_and(|(of, filter)| is_in_filter(of, filter, &id))
        });
        let totals = totals.map(|total| NamedIn {
            kind: "total",
            id: total.id.clone(),
            label: total.label.clone(),
        });
        processes.chain(entities).chain(totals).collect()
    }
}

fn records_of(
    catalogue: &Catalogue,
    queries: &Queries<'_>,
    person: PersonId,
) -> Result<Vec<(Entity, Text, usize)>, Error> {
    let mut found = Vec::new();
    // Who was away and who stood in is nobody else's.
    for entity in catalogue.entities().filter(|entity| entity.id.as_str() != STAND_IN) {
        let list = RecordList::OwnedBy(entity.id.clone(), Some(person));
        let count = queries.record_ids(&list, None, COUNTED)?.len();
        if count > 0 {
            found.push((entity.id.clone(), entity.label.clone(), count));
        }
    }
    Ok(found)
}

fn is_in_process(graph: &ProcessGraph, login: &str) -> bool {
    let names = |rules: &[AssigneeRule]| {
        rules
            .iter()
            .any(|rule| matches!(rule, AssigneeRule::Person(named) if named == login))
    };
    names(&graph.settings.starters)
        || graph.nodes().any(|(_, node)| match &node.kind {
            NodeKind::UserTask(task) => names(&task.assignees),
            NodeKind::MessageTask(task) => names(&task.to),
            _ => false,
        })
}

fn is_in_entity(entity: &EntityDefinition, id: &str) -> bool {
    let mut filters = entity.views.iter().filter_map(|view| view.filter.as_ref());
    filters.any(|filter| is_in_filter(entity, filter, id)) || is_in_fields(&entity.fields, id)
}

/// Whether a new record begins with the person in one of its fields.
fn is_in_fields(fields: &[Field], id: &str) -> bool {
    fields.iter().any(|field| match &field.kind {
        FieldKind::Lines { columns } => is_in_fields(columns, id),
        kind => names_people(kind) && field.default.as_ref().is_some_and(|value| is_named(value, id)),
    })
}

fn is_in_filter(entity: &EntityDefinition, filter: &Filter, id: &str) -> bool {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().any(|part| is_in_filter(entity, part, id)),
        Filter::Not(part) => is_in_filter(entity, part, id),
        Filter::Test(test) => {
            let field = entity.field(&test.field);
            let is_about_people = ["owner", "created_by"].contains(&test.field.as_str())
                || field.is_some_and(|field| names_people(&field.kind));
            is_about_people && is_named(&test.value, id)
        }
    }
}

fn names_people(kind: &FieldKind) -> bool {
    kind.target().is_some_and(|target| target.as_str() == PERSON)
}

fn is_named(value: &Value, id: &str) -> bool {
    match value {
        Value::List(items) => items.iter().any(|item| is_named(item, id)),
        value => value.as_text() == Some(id),
    }
}
