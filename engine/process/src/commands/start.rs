//! A case begins: by hand, by a saved record, or by a timer.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{NodeIndex, NodeKind, ProcessGraph, StartTrigger};
use kapok_protocol::{DefinitionId, InstanceId, PersonId, Principal, RecordRef, Refusal, StartRequest, Value};

use super::is_operator;
use crate::{
    Context, Scope, Stop,
    case::Case,
    flow::{self, Step, Token},
    form,
    human::assignment,
    refusals, scope,
    state::{EventKind, Instance, InstanceState, StateError, Work},
};

/// What a case begins with, once it is clear that it may.
pub(super) struct Beginning {
    pub(super) definition: DefinitionId,
    pub(super) graph: Arc<ProcessGraph>,
    pub(super) event: NodeIndex,
    pub(super) variables: BTreeMap<String, Value>,
    pub(super) business_key: Option<String>,
    pub(super) record: Option<RecordRef>,
    pub(super) initiator: Option<PersonId>,
    pub(super) depth: u32,
}

pub(crate) fn start(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    request: &StartRequest,
) -> Result<InstanceId, Stop> {
    let graph = context
        .definitions
        .graph(request.definition)
        .ok_or_else(refusals::process_not_found)?;
    let (event, by_hand) = start_event(&graph, request.start_event.as_deref())?;
    let mut variables = request.variables.clone();
    let mut initiator = request.initiator;
    if by_hand {
        initiator = starter(context, &graph, request)?;
        let strict = context.actor != Principal::System && !graph.settings.form.is_empty();
        variables = form::check_start(&graph.settings.form, &variables, strict, context.directory)?;
    }
    let beginning = Beginning {
        definition: request.definition,
        graph,
        event,
        variables,
        business_key: request.business_key.clone(),
        record: request.record.clone(),
        initiator,
        depth: depth(work, context)?,
    };
    begin(work, context, beginning)
}

/// The start event that is meant, and whether it is one that people trigger by hand.
fn start_event(graph: &ProcessGraph, id: Option<&str>) -> Result<(NodeIndex, bool), Refusal> {
    let triggers = graph.children(None).filter_map(|(index, node)| match &node.kind {
        NodeKind::StartEvent(trigger) => Some((index, node, trigger)),
        _ => None,
    });
    for (index, node, trigger) in triggers {
        match (trigger, id) {
            (StartTrigger::None, None) => return Ok((index, true)),
            (StartTrigger::None, Some(id)) if node.id == id => return Ok((index, true)),
            (StartTrigger::Record(_), Some(id)) if node.id == id => return Ok((index, false)),
            _ => {}
        }
    }
    Err(match id {
        Some(id) => refusals::process_start_event_unknown(id),
        None => refusals::process_no_start(name(graph)),
    })
}

/// For whom a case is started by hand. Persons start for themselves, where the process lets them.
fn starter(context: &Context<'_>, graph: &ProcessGraph, request: &StartRequest) -> Result<Option<PersonId>, Stop> {
    let Some(person) = context.actor.person() else {
        return Ok(request.initiator);
    };
    let initiator = request.initiator.unwrap_or(person);
    if initiator != person && !is_operator(context) {
        return Err(refusals::process_not_for_others().into());
    }
    let rules = &graph.settings.starters;
    let given = Given {
        variables: &request.variables,
        record: request.record.as_ref(),
    };
    let may = rules.is_empty()
        || assignment::resolve(rules, Some(person), context, &given)
            .is_ok_and(|starters| starters.contains(person, context.directory));
    if may {
        Ok(Some(initiator))
    } else {
        Err(refusals::process_not_a_starter(name(graph)).into())
    }
}

/// How deep in a chain of triggers the new case stands.
fn depth(work: &mut Work<'_>, context: &Context<'_>) -> Result<u32, Stop> {
    let Principal::Process(cause) = context.actor else {
        return Ok(0);
    };
    let state = work.state;
    let depth = work
        .instances
        .get(&cause, || state.instance(cause))?
        .map_or(0, |cause| cause.depth)
        + 1;
    let most = context.limits.trigger_depth;
    if depth > most {
        Err(refusals::process_too_deep(most).into())
    } else {
        Ok(depth)
    }
}

/// Makes the case and takes its first steps.
pub(super) fn begin(work: &mut Work<'_>, context: &mut Context<'_>, beginning: Beginning) -> Result<InstanceId, Stop> {
    let id: InstanceId = (context.ids)().into();
    let row = Instance {
        id,
        definition: beginning.definition,
        state: InstanceState::Active,
        title: name(&beginning.graph).to_owned(),
        started_at: context.now,
        ended_at: None,
        initiator: beginning.initiator,
        business_key: beginning.business_key,
        record: beginning.record,
        depth: beginning.depth,
        activations: 0,
        live_children: 0,
        joins: Vec::new(),
    };
    work.instances.put(id, row);
    for (name, value) in beginning.variables {
        work.variables.put((id, None, name), value);
    }
    let mut case = Case::with(work, context, id, beginning.graph);
    case.log_for_case(EventKind::Started);
    set_title(&mut case)?;
    flow::add_token(&mut case, None)?;
    let token = Token {
        node: beginning.event,
        scope: None,
        flow: None,
        cause: None,
    };
    case.queue.push_back(Step::Enter(token));
    flow::run(&mut case)?;
    Ok(id)
}

/// A title that cannot be filled in is no reason not to start: the process's name is good enough.
fn set_title(case: &mut Case) -> Result<(), Stop> {
    let graph = Arc::clone(&case.graph);
    let Some(template) = &graph.settings.title else {
        return Ok(());
    };
    let title = scope::ask(case, None, |context, view| {
        Ok(context.evaluator.text(template, view).ok())
    });
    match title {
        Ok(Some(title)) if !title.trim().is_empty() => case.instance_mut()?.title = title,
        Err(crate::halt::Halt::Stop(stop)) => return Err(stop),
        _ => {}
    }
    Ok(())
}

fn name(graph: &ProcessGraph) -> &str {
    graph
        .name
        .as_deref()
        .filter(|name| !name.is_empty())
        .unwrap_or(&graph.key)
}

/// What rules see before the case exists: the variables it would start with.
struct Given<'a> {
    variables: &'a BTreeMap<String, Value>,
    record: Option<&'a RecordRef>,
}

impl Scope for Given<'_> {
    fn get(&self, name: &str) -> Result<Option<Value>, StateError> {
        Ok(self.variables.get(name).cloned())
    }

    fn record(&self) -> Option<&RecordRef> {
        self.record
    }
}
