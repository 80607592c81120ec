//! Cases, as every active person may see and change them.

use std::collections::BTreeMap;

use kapok_model::{FormField, NodeKind};
use kapok_process::{
    Answer, Directory,
    state::{Candidate, Instance, Task, TaskState},
};
use kapok_protocol::{Command, DefinitionId, InstanceId, RecordRef, StartRequest, Value};
use kapok_tables::{InstanceList, Queries, Slice, TaskList};

use super::Staff;
use crate::{
    Error,
    views::{AwaitedView, InstanceDetail, InstanceView, RecordView, Viewing, What},
};

/// Which cases to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseFilter {
    /// Those started by (or for) the person.
    Mine,
    /// Those in which the person finished a task.
    Done,
    /// All; for administrators.
    All,
    /// Those of a version of a process, active or ended; for administrators.
    Of(DefinitionId, bool),
}

/// A process that a person may start by hand.
#[derive(Debug, Clone)]
pub struct Startable {
    /// The present version.
    pub definition: DefinitionId,
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its form.
    pub form: Vec<FormField>,
    /// The entity of the record it is about.
    pub subject: Option<String>,
}

impl Staff {
    /// Carries out a process command; answers the case it started, if it started one.
    pub(super) fn command(&self, command: Command) -> Result<Option<InstanceId>, Error> {
        let actor = self.principal();
        self.submit(move |step| match step.process(actor, &command)? {
            Answer::Started(instance) => Ok(Some(instance)),
            Answer::Done => Ok(None),
        })
    }

    /// Processes the person may start by hand.
    pub fn startable(&self) -> Vec<Startable> {
        let latest = self.kapok.shared.definitions.all_latest().into_iter();
        let startable = latest.filter(|(_, graph)| {
            let by_hand = graph
                .children(None)
                .any(|(_, node)| matches!(&node.kind, NodeKind::StartEvent(start) if start.is_none()));
            by_hand && graph.settings.subject.is_none() && self.is_starter(&graph.settings.starters)
        });
        startable
            .map(|(definition, graph)| Startable {
                definition,
                key: graph.key.clone(),
                name: graph.name.clone().unwrap_or_else(|| graph.key.clone()),
                form: graph.settings.form.clone(),
                subject: graph.settings.subject.as_ref().map(|subject| subject.entity.clone()),
            })
            .collect()
    }

    /// What the process engine will decide again when it is asked; here it keeps the catalogue short.
    fn is_starter(&self, rules: &[kapok_model::AssigneeRule]) -> bool {
        use kapok_model::AssigneeRule::*;
        let organisation = self.kapok.shared.organisation();
        rules.is_empty()
            || rules.iter().any(|rule| match rule {
                Person(login) => organisation.person(login) == Some(self.person),
                Role(code) => organisation.is_member(self.person, &Candidate::Role(code.clone())),
                Department(code) => organisation.is_member(self.person, &Candidate::Department(code.clone())),
                _ => true,
            })
    }

    /// Starts a case by hand.
    pub fn start(
        &self,
        process: &str,
        variables: BTreeMap<String, Value>,
        business_key: Option<String>,
        record: Option<RecordRef>,
    ) -> Result<InstanceId, Error> {
        if let Some(reference) = &record {
            let view = self.view();
            if self.record_view(&self.viewing(&view), reference)?.is_none() {
                return Err(Error::not_found("记录", "record"));
            }
        }
        let definition = self.kapok.latest(process)?;
        let request = StartRequest {
            definition,
            start_event: None,
            variables,
            business_key,
            record,
            initiator: Some(self.person),
        };
        self.command(Command::Start(request))?.ok_or(Error::Unknown)
    }

    /// A page of cases, newest first.
    pub fn instances(
        &self,
        filter: &CaseFilter,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Slice<InstanceView>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let list = match filter {
            CaseFilter::Mine => InstanceList::StartedBy(self.person),
            CaseFilter::Done => return self.instances_done(&viewing, after, limit),
            CaseFilter::All | CaseFilter::Of(..) if !self.is_administrator() => {
                return Err(Error::forbidden(
                    "只有管理员可以查看所有流程。",
                    "Only administrators may list all cases.",
                ));
            }
            CaseFilter::All => InstanceList::All,
            CaseFilter::Of(definition, active) => InstanceList::Of(*definition, *active),
        };
        let page = viewing.queries.instances(&list, after, limit)?;
        let items = page.items.into_iter().map(|instance| viewing.instance(instance));
        Ok(Slice {
            items: items.collect::<Result<_, _>>()?,
            next: page.next,
        })
    }

    fn instances_done(
        &self,
        viewing: &Viewing<'_>,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Slice<InstanceView>, Error> {
        let page = viewing
            .queries
            .tasks(&TaskList::FinishedBy(self.person), after, limit)?;
        let mut items: Vec<InstanceView> = Vec::new();
        for task in page.items {
            if items.iter().any(|seen| seen.instance.id == task.instance) {
                continue;
            }
            if let Some(instance) = viewing.queries.instance(task.instance)? {
                items.push(viewing.instance(instance)?);
            }
        }
        Ok(Slice { items, next: page.next })
    }

    /// A case with all that happened in it: for its initiator, whoever had a task in it, readers of its record, and
    /// administrators.
    pub fn instance(&self, id: InstanceId) -> Result<InstanceDetail, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let instance = self.visible_instance(&viewing, id)?;
        let record = match &instance.record {
            Some(reference) => self.record_view(&viewing, reference)?,
            None => None,
        };
        let mut detail = viewing.detail(instance)?;
        detail.record = record.map(|(record, _)| (record.reference, record.title));
        Ok(detail)
    }

    /// When the timers of a case fire: the element's BPMN id and the moment.
    pub fn timers_of(&self, detail: &InstanceDetail) -> Result<Vec<(String, kapok_protocol::Timestamp)>, Error> {
        let view = self.view();
        let queries = Queries(&view);
        let mut timers = Vec::new();
        for element in &detail.elements {
            for timer in &element.row.timers {
                timers.extend(queries.timer(*timer)?.map(|timer| (element.element.clone(), timer.due)));
            }
        }
        Ok(timers)
    }

    /// What a case waits for besides people and time: messages, signals, conditions, cases that it called.
    pub fn awaited_of(&self, detail: &InstanceDetail) -> Result<Vec<AwaitedView>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let graph = viewing.graph(detail.view.instance.definition)?;
        let named = |node| graph.node(node).map(|node| (node.id.clone(), node.label().to_owned()));
        let mut awaited = Vec::new();
        let of_elements = detail.elements.iter().flat_map(|element| &element.row.subscriptions);
        for id in of_elements.chain(&detail.view.instance.subscriptions) {
            let Some(row) = viewing.queries.subscription(*id)? else {
                continue;
            };
            if let Some((element, name)) = named(row.waiting.node) {
                let what = What::Event(row.awaited);
                awaited.push(AwaitedView { element, name, what });
            }
        }
        for element in &detail.elements {
            if let Some(called) = element.row.called {
                let (element, name) = (element.element.clone(), element.name.clone());
                let what = What::Called(called);
                awaited.push(AwaitedView { element, name, what });
            }
        }
        Ok(awaited)
    }

    /// The XML of the process a case runs.
    pub fn instance_xml(&self, id: InstanceId) -> Result<String, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let instance = self.visible_instance(&viewing, id)?;
        let xml = viewing.queries.definition_xml(instance.definition)?;
        xml.ok_or_else(|| Error::not_found("流程", "process"))
    }

    /// The XML of a version of a process: for administrators, and for people of a case that runs it.
    pub fn definition_xml(&self, id: DefinitionId) -> Result<String, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let nothing = || Error::not_found("流程", "process");
        let allowed = self.is_administrator() || {
            let mine = viewing
                .queries
                .instances(&InstanceList::StartedBy(self.person), None, 1_000)?;
            let had = viewing.queries.tasks(&TaskList::FinishedBy(self.person), None, 1_000)?;
            let (open, _) = self.inbox(None, 1_000)?;
            mine.items.iter().any(|instance| instance.definition == id)
                || had.items.iter().any(|task| task.definition == id)
                || open.iter().any(|view| view.task.definition == id)
        };
        if !allowed {
            return Err(nothing());
        }
        viewing.queries.definition_xml(id)?.ok_or_else(nothing)
    }

    /// Ends a case that the person started.
    pub fn cancel(&self, id: InstanceId, reason: String) -> Result<(), Error> {
        self.visible_instance(&self.viewing(&self.view()), id)?;
        self.command(Command::Cancel { instance: id, reason }).map(drop)
    }

    fn visible_instance(&self, viewing: &Viewing<'_>, id: InstanceId) -> Result<Instance, Error> {
        let nothing = || Error::not_found("流程", "case");
        let instance = viewing.queries.instance(id)?.ok_or_else(nothing)?;
        if self.may_see(viewing, &instance)? {
            Ok(instance)
        } else {
            Err(nothing())
        }
    }

    pub(super) fn may_see(&self, viewing: &Viewing<'_>, instance: &Instance) -> Result<bool, Error> {
        if instance.initiator == Some(self.person) || self.is_administrator() {
            return Ok(true);
        }
        let tasks = viewing.queries.tasks(&TaskList::Of(instance.id), None, 10_000)?;
        if tasks.items.iter().any(|task| self.takes_part_as(viewing, task)) {
            return Ok(true);
        }
        match &instance.record {
            Some(reference) => Ok(self.record_view(viewing, reference)?.is_some()),
            None => Ok(false),
        }
    }

    /// Whether the person has, had, or could take a task.
    pub(super) fn takes_part_as(&self, viewing: &Viewing<'_>, task: &Task) -> bool {
        let groups = self.kapok.shared.organisation().groups_of(self.person);
        [task.assignee, task.completed_by, task.escalated_from].contains(&Some(self.person))
            || (task.state == TaskState::Open
                && (task.candidates.iter().any(|group| groups.contains(group)) || self.may_take(viewing, task)))
    }

    /// A record as the person may see it, with its definition.
    pub(super) fn record_view(
        &self,
        viewing: &Viewing<'_>,
        reference: &RecordRef,
    ) -> Result<Option<(RecordView, kapok_records::EntityDefinition)>, Error> {
        self.seeing(viewing)?.record(reference)
    }
}
