//! Who catches an error or an escalation: the nearest one outwards, through the cases that called this one.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{EventDefinition, NodeIndex, NodeKind};
use kapok_protocol::{ElementInstanceId, InstanceId, Value};

use crate::{
    Stop,
    case::Case,
    elements::{boundary_event, event_sub_process},
    state::{InstanceState, Part, StateError},
};

/// An event that catches.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Catcher {
    /// A boundary event of an activity.
    Boundary {
        /// The activity.
        activity: ElementInstanceId,
        /// The event.
        event: NodeIndex,
    },
    /// An event sub-process of a scope.
    EventSubProcess {
        /// The scope.
        scope: Option<ElementInstanceId>,
        /// Its start event.
        start: NodeIndex,
    },
}

/// How well a trigger fits: by the very code, before by every code.
pub(crate) type Fit<'f> = &'f dyn Fn(&EventDefinition) -> Option<u8>;

/// The fit of a code with the code a trigger names.
pub(crate) fn code_fits(named: Option<&str>, code: &str) -> Option<u8> {
    match named {
        Some(named) if named == code => Some(2),
        None => Some(1),
        Some(_) => None,
    }
}

/// Who catches.
pub(crate) struct Found {
    /// The case it is in, when that is another one.
    pub(crate) instance: Option<InstanceId>,
    /// The event.
    pub(crate) catcher: Catcher,
    /// Whether the event ends what it watches.
    pub(crate) interrupts: bool,
}

/// The nearest catcher outwards from an activation.
pub(crate) fn find(case: &mut Case, from: ElementInstanceId, fit: Fit<'_>) -> Result<Option<Found>, Stop> {
    if let Some(catcher) = find_here(case, from, fit)? {
        return Ok(Some(Found {
            instance: None,
            interrupts: interrupts(case, catcher),
            catcher,
        }));
    }
    let mut caller = case.instance()?.caller;
    while let Some((instance, element)) = caller {
        let mut outer = Case::open(case.work, case.context, instance)?;
        if outer.instance()?.state != InstanceState::Active {
            return Ok(None);
        }
        if let Some(catcher) = find_here(&mut outer, element, fit)? {
            return Ok(Some(Found {
                instance: Some(instance),
                interrupts: interrupts(&outer, catcher),
                catcher,
            }));
        }
        caller = outer.instance()?.caller;
    }
    Ok(None)
}

/// Whether an event ends what it watches.
fn interrupts(case: &Case, catcher: Catcher) -> bool {
    match catcher {
        Catcher::Boundary { event, .. } => matches!(
            case.graph.node(event).map(|node| &node.kind),
            Some(NodeKind::BoundaryEvent { interrupting: true, .. })
        ),
        Catcher::EventSubProcess { start, .. } => matches!(
            case.graph.node(start).map(|node| &node.kind),
            Some(NodeKind::StartEvent(start)) if start.interrupting
        ),
    }
}

fn find_here(case: &mut Case, from: ElementInstanceId, fit: Fit<'_>) -> Result<Option<Catcher>, StateError> {
    let graph = Arc::clone(&case.graph);
    let mut next = Some(from);
    while let Some(id) = next {
        let row = case.element(id)?;
        let (node, scope, part) = (row.node, row.scope, row.part);
        // Boundary events watch the activity as a whole, not each repetition.
        if !matches!(part, Part::Instance(_)) {
            let events = graph.boundary_events(node).iter().copied();
            let events = events.filter_map(|event| match graph.node(event).map(|node| &node.kind) {
                Some(NodeKind::BoundaryEvent { catch, .. }) => Some((event, catch.triggers.as_slice())),
                _ => None,
            });
            if let Some(event) = best(events, fit) {
                return Ok(Some(Catcher::Boundary { activity: id, event }));
            }
        }
        if let Some(start) = event_in(case, scope, node, fit)? {
            return Ok(Some(Catcher::EventSubProcess { scope, start }));
        }
        next = scope;
    }
    Ok(None)
}

/// The event sub-process of a scope that catches; `inside`, which throws, does not catch itself.
fn event_in(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    inside: NodeIndex,
    fit: Fit<'_>,
) -> Result<Option<NodeIndex>, StateError> {
    let drawn = match scope {
        None => None,
        Some(scope) => {
            let row = case.element(scope)?;
            let (node, is_body) = (row.node, matches!(row.part, Part::Body(_)));
            let is_scope = matches!(
                case.graph.node(node).map(|node| &node.kind),
                Some(NodeKind::SubProcess(_))
            );
            if !is_scope || is_body {
                return Ok(None);
            }
            Some(node)
        }
    };
    if event_sub_process::is_interrupted(case, scope)? {
        return Ok(None);
    }
    let graph = Arc::clone(&case.graph);
    let events = graph
        .event_sub_processes(drawn)
        .filter(|(sub_process, ..)| *sub_process != inside)
        .map(|(_, start, event)| (start, event.triggers.as_slice()));
    Ok(best(events, fit))
}

fn best<'g>(events: impl Iterator<Item = (NodeIndex, &'g [EventDefinition])>, fit: Fit<'_>) -> Option<NodeIndex> {
    let mut found: Option<(u8, NodeIndex)> = None;
    for (event, triggers) in events {
        if let Some(fits) = triggers.iter().filter_map(fit).max()
            && found.is_none_or(|(best, _)| fits > best)
        {
            found = Some((fits, event));
        }
    }
    found.map(|(_, event)| event)
}

/// The catcher takes over.
pub(crate) fn catch(
    case: &mut Case,
    catcher: Catcher,
    always_interrupts: bool,
    content: BTreeMap<String, Value>,
) -> Result<(), Stop> {
    let event = match catcher {
        Catcher::Boundary { event, .. } => event,
        Catcher::EventSubProcess { start, .. } => start,
    };
    // What was thrown is told to an event that maps it into variables; nobody else's variables are touched.
    let maps = case
        .graph
        .node(event)
        .is_some_and(|event| !event.data.outputs.is_empty());
    let content = if maps { content } else { BTreeMap::new() };
    match catcher {
        Catcher::Boundary { activity, event } => {
            let interrupting = always_interrupts || interrupts(case, catcher);
            boundary_event::trigger(case, activity, event, interrupting, content)
        }
        Catcher::EventSubProcess { scope, start } => event_sub_process::begin(case, scope, start, content),
    }
}
