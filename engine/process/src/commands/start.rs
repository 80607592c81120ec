//! A case begins: by hand, by a saved record, a message, a signal or a timer, or as a step of another case.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{EventDefinition, NodeIndex, NodeKind, ProcessGraph};
use kapok_protocol::{
    DefinitionId, ElementInstanceId, InstanceId, PersonId, Principal, RecordRef, StartRequest, Value,
};

use super::is_operator;
use crate::{
    Context, Scope, Stop,
    case::Case,
    data,
    elements::event_sub_process,
    flow, form,
    halt::Halt,
    human::assignment,
    refusals, scope,
    state::{EventKind, Instance, InstanceState, KeptMessage, StateError, Work},
};

/// What a case begins with, once it is clear that it may.
pub(crate) struct Beginning {
    pub(crate) definition: DefinitionId,
    pub(crate) graph: Arc<ProcessGraph>,
    pub(crate) entry: Entry,
    pub(crate) variables: BTreeMap<String, Value>,
    pub(crate) business_key: Option<String>,
    pub(crate) record: Option<RecordRef>,
    pub(crate) initiator: Option<PersonId>,
    pub(crate) depth: u32,
    /// The case and the call activity that call it.
    pub(crate) caller: Option<(InstanceId, ElementInstanceId)>,
    /// The case whose message or signal starts it.
    pub(crate) correspondent: Option<InstanceId>,
    /// Whether somebody asks for it, who can be told that it cannot begin.
    pub(crate) asked_for: bool,
}

impl Beginning {
    /// A case that nobody in particular starts.
    pub(crate) fn new(
        definition: DefinitionId,
        graph: Arc<ProcessGraph>,
        entry: Entry,
        variables: BTreeMap<String, Value>,
    ) -> Self {
        Self {
            definition,
            graph,
            entry,
            variables,
            business_key: None,
            record: None,
            initiator: None,
            depth: 0,
            caller: None,
            correspondent: None,
            asked_for: false,
        }
    }
}

/// Where a case begins.
pub(crate) enum Entry {
    /// At this start event, or wherever a process begins that is simply started.
    Plain(Option<NodeIndex>),
    /// At this event, which has happened and brought this.
    Event(NodeIndex, BTreeMap<String, Value>),
}

/// Something that happened outside of any case and starts one.
pub(crate) struct Trigger {
    definition: DefinitionId,
    node: NodeIndex,
    /// Which of the event's triggers happened, when it has several.
    is: Box<dyn Fn(&EventDefinition) -> bool>,
    content: BTreeMap<String, Value>,
    key: Option<String>,
    sender: Option<InstanceId>,
}

impl Trigger {
    /// A message.
    pub(crate) fn message(definition: DefinitionId, node: NodeIndex, message: &KeptMessage) -> Self {
        let name = message.name.clone();
        Self {
            definition,
            node,
            is: Box::new(
                move |trigger| matches!(trigger, EventDefinition::Message(message) if message.name.literal() == Some(&name)),
            ),
            content: message.variables.clone(),
            key: message.key.clone(),
            sender: message.sender,
        }
    }

    /// A signal.
    pub(crate) fn signal(
        definition: DefinitionId,
        node: NodeIndex,
        signal: &str,
        content: BTreeMap<String, Value>,
        sender: Option<InstanceId>,
    ) -> Self {
        let name = signal.to_owned();
        Self {
            definition,
            node,
            is: Box::new(
                move |trigger| matches!(trigger, EventDefinition::Signal(signal) if signal.literal() == Some(&name)),
            ),
            content,
            key: None,
            sender,
        }
    }

    /// A moment.
    pub(crate) fn timer(definition: DefinitionId, node: NodeIndex) -> Self {
        Self {
            definition,
            node,
            is: Box::new(|trigger| matches!(trigger, EventDefinition::Timer(_))),
            content: BTreeMap::new(),
            key: None,
            sender: None,
        }
    }
}

/// Starts a case because of something that happened, when that is all it needs.
pub(crate) fn by_event(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    trigger: Trigger,
) -> Result<Option<InstanceId>, Stop> {
    let Some(graph) = context.definitions.graph(trigger.definition) else {
        return Ok(None);
    };
    let content = match graph.node(trigger.node).map(|node| &node.kind) {
        Some(NodeKind::StartEvent(start)) if start.parallel => match gather(work, &trigger, &start.triggers)? {
            Some(content) => content,
            None => return Ok(None),
        },
        _ => trigger.content,
    };
    let depth = match trigger.sender {
        Some(sender) => depth_of(work, sender)?.saturating_add(1),
        None => depth(work, context)?,
    };
    let beginning = Beginning {
        business_key: trigger.key,
        depth,
        correspondent: trigger.sender,
        ..Beginning::new(
            trigger.definition,
            graph,
            Entry::Event(trigger.node, content),
            BTreeMap::new(),
        )
    };
    begin(work, context, beginning).map(Some)
}

/// Adds a trigger to what a parallel multiple start event has gathered; answers with all of it when that is enough.
fn gather(
    work: &mut Work<'_>,
    trigger: &Trigger,
    triggers: &[EventDefinition],
) -> Result<Option<BTreeMap<String, Value>>, StateError> {
    let key = (trigger.definition, trigger.node, trigger.key.clone());
    let state = work.state;
    let mut gathered = work
        .gatherings
        .get(&key, || state.gathering(&key))?
        .cloned()
        .unwrap_or_default();
    let fresh = (0..)
        .zip(triggers)
        .find(|(position, drawn)| (trigger.is)(drawn) && !gathered.triggers.contains(position));
    if let Some((position, _)) = fresh {
        gathered.triggers.push(position);
    }
    gathered.variables.extend(trigger.content.clone());
    if gathered.triggers.len() < triggers.len() {
        work.gatherings.put(key, gathered);
        return Ok(None);
    }
    work.gatherings.delete(key);
    Ok(Some(gathered.variables))
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
    let (event, by_hand) = start_event(context, &graph, request)?;
    let mut variables = request.variables.clone();
    let mut initiator = request.initiator;
    if by_hand {
        initiator = starter(context, &graph, request)?;
        let strict = context.actor != Principal::System && !graph.settings.form.is_empty();
        variables = form::check_start(&graph.settings.form, &variables, strict, context.directory)?;
    }
    let beginning = Beginning {
        business_key: request.business_key.clone(),
        record: request.record.clone(),
        initiator,
        depth: depth(work, context)?,
        asked_for: true,
        ..Beginning::new(request.definition, graph, Entry::Plain(event), variables)
    };
    begin(work, context, beginning)
}

/// The start event that is meant, and whether it is one that people trigger by hand. A process without one begins
/// wherever nothing leads to.
fn start_event(
    context: &Context<'_>,
    graph: &ProcessGraph,
    request: &StartRequest,
) -> Result<(Option<NodeIndex>, bool), Stop> {
    let id = request.start_event.as_deref();
    let events = graph.children(None).filter_map(|(index, node)| match &node.kind {
        NodeKind::StartEvent(start) => Some((index, node, start)),
        _ => None,
    });
    let mut has_start = false;
    for (index, node, start) in events {
        has_start = true;
        match (start.triggers.as_slice(), id) {
            ([], None) => return Ok((Some(index), true)),
            ([], Some(id)) if node.id == id => return Ok((Some(index), true)),
            ([EventDefinition::Record(_)], Some(id)) if node.id == id => return Ok((Some(index), false)),
            ([EventDefinition::Condition(condition)], id) if id.is_none_or(|id| node.id == id) => {
                let given = Given { request };
                if context.evaluator.becomes(condition, &given).unwrap_or(false) {
                    return Ok((Some(index), true));
                }
            }
            _ => {}
        }
    }
    match id {
        Some(id) => Err(refusals::process_start_event_unknown(id).into()),
        None if !has_start && !graph.entries(None).is_empty() => Ok((None, true)),
        None => Err(refusals::process_no_start(name(graph)).into()),
    }
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
    let given = Given { request };
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
    let depth = depth_of(work, cause)?.saturating_add(1);
    let most = context.limits.trigger_depth;
    if depth > most {
        Err(refusals::process_too_deep(most).into())
    } else {
        Ok(depth)
    }
}

/// How deep a case stands.
pub(crate) fn depth_of(work: &mut Work<'_>, case: InstanceId) -> Result<u32, StateError> {
    let state = work.state;
    Ok(work
        .instances
        .get(&case, || state.instance(case))?
        .map_or(0, |case| case.depth))
}

/// Makes the case and takes its first steps.
pub(crate) fn begin(work: &mut Work<'_>, context: &mut Context<'_>, beginning: Beginning) -> Result<InstanceId, Stop> {
    let id: InstanceId = (context.ids)().into();
    let row = Instance {
        title: name(&beginning.graph).to_owned(),
        initiator: beginning.initiator,
        business_key: beginning.business_key,
        record: beginning.record,
        depth: beginning.depth,
        caller: beginning.caller,
        correspondent: beginning.correspondent,
        ..Instance::new(id, beginning.definition, context.now)
    };
    work.instances.put(id, row);
    for name in &beginning.graph.locals {
        work.variables.put((id, None, name.clone()), Value::Null);
    }
    if let (Some(name), Some(person)) = (&beginning.graph.settings.initiator_variable, beginning.initiator) {
        work.variables.put((id, None, name.clone()), person.to_string().into());
    }
    for (name, value) in beginning.variables {
        work.variables.put((id, None, name), value);
    }
    let mut case = Case::with(work, context, id, beginning.graph);
    case.variables_changed = true;
    case.log_for_case(EventKind::Started);
    set_title(&mut case)?;
    // Without its event sub-processes the case would not be what is drawn.
    let why = match event_sub_process::arm_all(&mut case, None, None) {
        Ok(()) => None,
        Err(Halt::Stop(stop)) => return Err(stop),
        Err(Halt::Stuck(text)) => Some(text),
        Err(Halt::Error { message, .. }) => Some(kapok_protocol::Text::same(message)),
    };
    if let Some(why) = why {
        if beginning.asked_for {
            return Err(refusals::process_cannot_begin(&why).into());
        }
        // What starts it has happened, and others may be concerned too: only this case ends, and its history says why.
        case.log_for_case(EventKind::CancelRequested(why.zh));
        flow::end_case(&mut case, InstanceState::Cancelled)?;
        return Ok(id);
    }
    match beginning.entry {
        Entry::Plain(event) => {
            let graph = Arc::clone(&case.graph);
            let entries = event.map_or_else(|| graph.entries(None), |event| vec![event]);
            for entry in entries {
                flow::send(&mut case, entry, None, None, None)?;
            }
        }
        Entry::Event(node, content) => happened(&mut case, node, content)?,
    }
    flow::run(&mut case)?;
    Ok(id)
}

/// The case begins at an event that has happened. Behind an instantiating event-based gateway, the gateway has decided;
/// a parallel one waits for its other events.
fn happened(case: &mut Case, node: NodeIndex, content: BTreeMap<String, Value>) -> Result<(), Stop> {
    let graph = Arc::clone(&case.graph);
    let mut causes = Vec::new();
    let gateway = graph.incoming(node).first().map(|(_, flow)| flow.source);
    let gateway = gateway.filter(|gateway| graph.instantiates(*gateway));
    flow::add_token(case, None)?;
    if let Some(gateway) = gateway {
        let id = flow::activate(case, gateway, None, Vec::new())?;
        causes.push(id);
        let parallel = matches!(
            graph.node(gateway).map(|node| &node.kind),
            Some(NodeKind::EventBasedGateway { parallel: true, .. })
        );
        let others: Vec<_> = graph
            .outgoing(gateway)
            .into_iter()
            .filter(|(_, flow)| flow.target != node)
            .collect();
        for (index, _) in others.into_iter().filter(|_| parallel) {
            flow::emit(case, id, &[index])?;
        }
        flow::add_token(case, None)?;
        flow::end_and_leave(case, id, &[])?;
    }
    let id = flow::activate(case, node, None, causes)?;
    let outcome = data::receive_event(case, id, content).and_then(|()| flow::complete(case, id));
    flow::settle(case, id, outcome)
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
        Err(Halt::Stop(stop)) => return Err(stop),
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
    request: &'a StartRequest,
}

impl Scope for Given<'_> {
    fn get(&self, name: &str) -> Result<Option<Value>, StateError> {
        Ok(self.request.variables.get(name).cloned())
    }

    fn record(&self) -> Option<&RecordRef> {
        self.request.record.as_ref()
    }

    fn definition(&self) -> Option<DefinitionId> {
        Some(self.request.definition)
    }
}
