//! What people see of tasks and cases: rows with the names that people know them by.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{FieldAccess, FormField, HumanTask, NodeKind, ProcessGraph};
use kapok_process::Directory;
use kapok_process::state::{Awaited, ElementInstance, Event, Incident, Instance, Task, TaskState};
use kapok_protocol::{DefinitionId, InstanceId, PersonId, Record, RecordRef, Timestamp, Value};
use kapok_records::{Catalogue, EntityDefinition, Fields, RollUpState, upcast, values_of};
use kapok_store::View;
use kapok_tables::{Definition, Queries};

use crate::{Error, organisation::Organisation, shared::Shared};

/// A person and their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
}

/// A task as a list shows it.
#[derive(Debug, Clone)]
pub struct TaskView {
    /// The row.
    pub task: Task,
    /// What the case is called.
    pub title: String,
    /// The step's name.
    pub name: String,
    /// The step's BPMN id.
    pub element: String,
    /// The process's key.
    pub process: String,
    /// The process's name.
    pub process_name: String,
    /// Whether it is an approval.
    pub approval: bool,
    /// Who has it.
    pub assignee: Option<Who>,
    /// The names of the groups that could take it.
    pub candidates: Vec<String>,
    /// Whether the asking person may take it.
    pub claimable: bool,
    /// For whom the case was started.
    pub initiator: Option<Who>,
    /// Who had it before it was escalated.
    pub escalated_from: Option<Who>,
    /// Who finished it.
    pub completed_by: Option<Who>,
    /// Whether it is open and late.
    pub overdue: bool,
}

/// A task with its form.
#[derive(Debug, Clone)]
pub struct TaskDetail {
    /// The task.
    pub view: TaskView,
    /// Whether a rejection must say why.
    pub reason_required: bool,
    /// The form.
    pub form: TaskForm,
    /// What happened in the case so far.
    pub history: Vec<HistoryView>,
}

/// The form of a task. Fields that are not in `access` can be read.
#[derive(Debug, Clone)]
pub struct TaskForm {
    /// The record the case is about, and its definition.
    pub record: Option<(RecordView, EntityDefinition)>,
    /// The process's own fields, when it is about no record.
    pub fields: Vec<FormField>,
    /// The values of those fields.
    pub values: BTreeMap<String, Value>,
    /// What the persons among those values are called.
    pub display: BTreeMap<String, String>,
    /// What the step may do with fields.
    pub access: BTreeMap<String, FieldAccess>,
}

/// A record as a person may see it.
#[derive(Debug, Clone)]
pub struct RecordView {
    /// Its entity and id.
    pub reference: RecordRef,
    /// Its version.
    pub version: u64,
    /// Who is responsible for it.
    pub owner: Option<Who>,
    /// When it was created.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Option<Who>,
    /// When it was last saved.
    pub updated_at: Timestamp,
    /// The fields the person may see.
    pub fields: Fields,
    /// Those of them that are shown in part.
    pub masked: Vec<String>,
    /// What persons, departments and records that fields point at are called.
    pub display: BTreeMap<String, String>,
    /// What the record is called.
    pub title: String,
    /// The record above it.
    pub parent: Option<RecordRef>,
    /// What the person may do with it.
    pub may: RecordMay,
}

/// What a person may do with a record besides seeing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordMay {
    /// Change it.
    pub update: bool,
    /// Remove it.
    pub delete: bool,
    /// Share it with others.
    pub share: bool,
    /// Make somebody else responsible for it.
    pub transfer: bool,
}

/// A case as a list shows it.
#[derive(Debug, Clone)]
pub struct InstanceView {
    /// The row.
    pub instance: Instance,
    /// The version of the process it runs.
    pub definition: Definition,
    /// For whom it was started.
    pub initiator: Option<Who>,
    /// What it waits for: element id, name, and the names of those it waits for.
    pub waiting: Vec<(String, String, Vec<String>)>,
}

/// What a case waits for besides people and time.
#[derive(Debug, Clone)]
pub struct AwaitedView {
    /// The BPMN id of the event, or of the call activity.
    pub element: String,
    /// What people call it.
    pub name: String,
    /// For what.
    pub what: What,
}

/// What is waited for.
#[derive(Debug, Clone)]
pub enum What {
    /// A message, a signal or a condition.
    Event(Awaited),
    /// The end of a case that was called.
    Called(InstanceId),
}

/// A case with all that happened in it.
#[derive(Debug, Clone)]
pub struct InstanceDetail {
    /// The case.
    pub view: InstanceView,
    /// The record it is about, when the person may see it, and its title.
    pub record: Option<(RecordRef, String)>,
    /// The activations.
    pub elements: Vec<ElementView>,
    /// The sequence flows that were taken, by BPMN id.
    pub flows: Vec<String>,
    /// Its tasks.
    pub tasks: Vec<TaskView>,
    /// Where it is stuck.
    pub incidents: Vec<IncidentView>,
    /// What happened, oldest first.
    pub history: Vec<HistoryView>,
}

/// An activation.
#[derive(Debug, Clone)]
pub struct ElementView {
    /// The row.
    pub row: ElementInstance,
    /// The element's BPMN id.
    pub element: String,
    /// What people call it.
    pub name: String,
    /// Its BPMN kind, such as `userTask`.
    pub kind: &'static str,
}

/// An incident.
#[derive(Debug, Clone)]
pub struct IncidentView {
    /// The row.
    pub row: Incident,
    /// What the case is called.
    pub title: String,
    /// The element's BPMN id.
    pub element: String,
    /// What people call it.
    pub name: String,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct HistoryView {
    /// The row.
    pub event: Event,
    /// The element's BPMN id, when it happened to one.
    pub element: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// Who did it, when a person did.
    pub actor: Option<Who>,
    /// The names of the persons the event names.
    pub names: BTreeMap<PersonId, String>,
}

/// Makes views of rows.
pub(crate) struct Viewing<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) organisation: Arc<Organisation>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) queries: Queries<'a>,
    pub(crate) now: Timestamp,
}

/// So many rows of one case are shown.
const SHOWN: usize = 10_000;

impl<'a> Viewing<'a> {
    /// The rows of a view, with everything they are read by as it is now.
    pub(crate) fn of(shared: &'a Shared, view: &'a View) -> Self {
        Self {
            shared,
            organisation: shared.organisation(),
            catalogue: shared.catalogue(),
            queries: Queries(view),
            now: shared.clock.now(),
        }
    }
}

impl Viewing<'_> {
    pub(crate) fn who(&self, person: PersonId) -> Who {
        Who {
            id: person,
            name: self.organisation.name_of(person),
        }
    }

    pub(crate) fn graph(&self, definition: DefinitionId) -> Result<Arc<ProcessGraph>, Error> {
        kapok_process::Definitions::graph(&self.shared.definitions, definition)
            .ok_or_else(|| Error::not_found("流程", "process"))
    }

    pub(crate) fn task(&self, task: Task, viewer: Option<PersonId>) -> Result<TaskView, Error> {
        let graph = self.graph(task.definition)?;
        let node = graph.node(task.node);
        let instance = self.queries.instance(task.instance)?;
        let open = task.state == TaskState::Open;
        let claimable = open && viewer.is_some_and(|viewer| self.may_take(&task, &graph.key, viewer));
        Ok(TaskView {
            title: instance
                .as_ref()
                .map(|instance| instance.title.clone())
                .unwrap_or_default(),
            name: node.map(|node| node.label().to_owned()).unwrap_or_default(),
            element: node.map(|node| node.id.clone()).unwrap_or_default(),
            process: graph.key.clone(),
            process_name: graph.name.clone().unwrap_or_else(|| graph.key.clone()),
            approval: human(&graph, &task).is_some_and(|human| human.approval.is_some()),
            assignee: task.assignee.map(|person| self.who(person)),
            candidates: task
                .candidates
                .iter()
                .map(|group| self.organisation.group_name(group))
                .collect(),
            claimable,
            initiator: instance
                .and_then(|instance| instance.initiator)
                .map(|person| self.who(person)),
            escalated_from: task.escalated_from.map(|person| self.who(person)),
            completed_by: task.completed_by.map(|person| self.who(person)),
            overdue: open && task.due_at.is_some_and(|due| due < self.now),
            task,
        })
    }

    /// Whether a person may take an open task: one of their groups could, or they stand in for whoever has it.
    pub(crate) fn may_take(&self, task: &Task, process: &str, person: PersonId) -> bool {
        match task.assignee {
            Some(assignee) => self
                .organisation
                .stand_ins(assignee, process, self.now)
                .contains(&person),
            None => {
                let groups = self.organisation.groups_of(person);
                task.candidates.iter().any(|group| groups.contains(group))
            }
        }
    }

    pub(crate) fn instance(&self, instance: Instance) -> Result<InstanceView, Error> {
        let definition = self.queries.definition(instance.definition)?;
        let definition = definition.ok_or_else(|| Error::not_found("流程", "process"))?;
        let mut waiting: Vec<(String, String, Vec<String>)> = Vec::new();
        if instance.state == kapok_process::state::InstanceState::Active {
            let tasks = self
                .queries
                .tasks(&kapok_tables::TaskList::Of(instance.id), None, SHOWN)?;
            for task in tasks.items.into_iter().filter(|task| task.state == TaskState::Open) {
                let view = self.task(task, None)?;
                let whom = view.assignee.map_or(view.candidates, |who| vec![who.name]);
                match waiting.iter_mut().find(|(element, ..)| *element == view.element) {
                    Some((_, _, names)) => names.extend(whom),
                    None => waiting.push((view.element, view.name, whom)),
                }
            }
        }
        let initiator = instance.initiator.map(|person| self.who(person));
        Ok(InstanceView {
            instance,
            definition,
            initiator,
            waiting,
        })
    }

    pub(crate) fn detail(&self, instance: Instance) -> Result<InstanceDetail, Error> {
        let graph = self.graph(instance.definition)?;
        let id = instance.id;
        let rows = self.queries.elements(id, SHOWN)?;
        let flows = taken(&graph, &rows);
        let elements = rows.into_iter().map(|row| element(&graph, row)).collect();
        let tasks = self.queries.tasks(&kapok_tables::TaskList::Of(id), None, SHOWN)?.items;
        let incidents = self.queries.incidents_of(id, SHOWN)?;
        Ok(InstanceDetail {
            record: None,
            elements,
            flows,
            tasks: tasks
                .into_iter()
                .map(|task| self.task(task, None))
                .collect::<Result<_, _>>()?,
            incidents: incidents
                .into_iter()
                .map(|row| self.incident(row))
                .collect::<Result<_, _>>()?,
            history: self.history(&graph, id)?,
            view: self.instance(instance)?,
        })
    }

    pub(crate) fn history(
        &self,
        graph: &ProcessGraph,
        instance: kapok_protocol::InstanceId,
    ) -> Result<Vec<HistoryView>, Error> {
        let events = self.queries.events(instance, SHOWN)?;
        Ok(events.into_iter().map(|event| self.event(graph, event)).collect())
    }

    fn event(&self, graph: &ProcessGraph, event: Event) -> HistoryView {
        use kapok_process::state::EventKind::*;
        let node = event.node.and_then(|node| graph.node(node));
        let persons = match &event.kind {
            TaskCreated { assignee, .. } => assignee.iter().copied().collect(),
            Reminded { person, .. } | Urged { person, .. } | Told { person, .. } => vec![*person],
            Escalated { from, to, .. } => from.iter().copied().chain([*to]).collect(),
            _ => Vec::new(),
        };
        HistoryView {
            element: node.map(|node| node.id.clone()),
            name: node.map(|node| node.label().to_owned()),
            actor: event.actor.person().map(|person| self.who(person)),
            names: persons
                .into_iter()
                .map(|person| (person, self.organisation.name_of(person)))
                .collect(),
            event,
        }
    }

    pub(crate) fn incident(&self, row: Incident) -> Result<IncidentView, Error> {
        let instance = self.queries.instance(row.instance)?;
        let graph = match &instance {
            Some(instance) => Some(self.graph(instance.definition)?),
            None => None,
        };
        let node = graph.as_ref().and_then(|graph| graph.node(row.node));
        Ok(IncidentView {
            title: instance.map(|instance| instance.title).unwrap_or_default(),
            element: node.map(|node| node.id.clone()).unwrap_or_default(),
            name: node.map(|node| node.label().to_owned()).unwrap_or_default(),
            row,
        })
    }

    /// A record with all that belongs to it: its fields as the present definition has them, what is computed from the records
    /// that name it, and the formulas that depend on that.
    pub(crate) fn whole(&self, entity: &EntityDefinition, mut record: Record) -> Result<Record, Error> {
        upcast(entity, &mut record.fields);
        let mut roll_ups = self.catalogue.roll_ups_of(&entity.id).peekable();
        if roll_ups.peek().is_some() {
            let row = self.queries.roll_ups(&entity.id, record.id)?;
            let nothing = RollUpState::default();
            for roll_up in roll_ups {
                let state = row.as_ref().and_then(|row| row.state(roll_up.name()));
                let value = roll_up.value(state.unwrap_or(&nothing));
                if !value.is_empty() {
                    record.fields.insert(roll_up.name().to_owned(), value);
                }
            }
        }
        let formulas = self.catalogue.formulas();
        if formulas.has_live(&entity.id) {
            let offset = self.shared.settings.utc_offset_minutes;
            let context = self.organisation.context(None, self.now, offset);
            let live = formulas.live(entity, &values_of(entity, &record), &context);
            record.fields.extend(live);
        }
        Ok(record)
    }

    /// What the persons in a process's own form are called.
    pub(crate) fn people_in(&self, form: &[FormField], values: &BTreeMap<String, Value>) -> BTreeMap<String, String> {
        let people = form.iter().filter(|field| field.kind == kapok_model::FieldKind::Person);
        let named = people.filter_map(|field| {
            let person: PersonId = values.get(&field.id)?.as_text()?.parse().ok()?;
            Some((field.id.clone(), self.organisation.name_of(person)))
        });
        named.collect()
    }
}

/// What a record is called: the value of its title field.
pub(crate) fn title_of(entity: &EntityDefinition, fields: &Fields) -> String {
    match fields.get(&entity.title) {
        Some(Value::Text(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    }
}

/// The settings of a task's step.
pub(crate) fn human<'a>(graph: &'a ProcessGraph, task: &Task) -> Option<&'a HumanTask> {
    match &graph.node(task.node)?.kind {
        NodeKind::UserTask(human) => Some(human),
        _ => None,
    }
}

fn element(graph: &ProcessGraph, row: ElementInstance) -> ElementView {
    let node = graph.node(row.node);
    ElementView {
        element: node.map(|node| node.id.clone()).unwrap_or_default(),
        name: node.map(|node| node.label().to_owned()).unwrap_or_default(),
        kind: node.map_or("", |node| node.bpmn_name),
        row,
    }
}

/// The flows between activations and those that caused them.
fn taken(graph: &ProcessGraph, rows: &[ElementInstance]) -> Vec<String> {
    let nodes: BTreeMap<_, _> = rows.iter().map(|row| (row.id, row.node)).collect();
    let mut pairs: Vec<_> = rows
        .iter()
        .flat_map(|row| {
            row.causes
                .iter()
                .filter_map(|cause| Some((*nodes.get(cause)?, row.node)))
        })
        .collect();
    pairs.extend(rows.iter().flat_map(|row| {
        row.arrivals
            .iter()
            .filter_map(|arrival| Some((*nodes.get(&arrival.cause)?, row.node)))
    }));
    pairs.sort_unstable();
    pairs.dedup();
    let mut flows = Vec::new();
    for (from, to) in pairs {
        let between = graph.outgoing(from).into_iter().filter(|(_, flow)| flow.target == to);
        flows.extend(between.map(|(_, flow)| flow.id.clone()));
    }
    flows
}
