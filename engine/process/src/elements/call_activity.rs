//! Call activities (BPMN 2.0.2, 10.3.6, 13.3.4): another process as a step. It is a case of its own, which knows who called
//! it; values go in when it begins and come back when it is over.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{CallActivity, Mapping, NodeKind};
use kapok_protocol::{DefinitionId, ElementInstanceId, InstanceId, Text, Value};

use crate::{
    Context, Stop,
    agenda::Agenda,
    case::Case,
    commands::start::{Beginning, Entry, begin as begin_case},
    events, flow,
    halt::Halt,
    scope,
    state::{InstanceState, Work},
};

pub(super) fn enter(case: &mut Case, id: ElementInstanceId, call: &CallActivity) -> Result<(), Halt> {
    let key = events::name(case, Some(id), &call.called)?;
    let own = case.definition()?;
    let Some(definition) = case.context.definitions.called(&key, &call.version, own) else {
        return Err(Halt::Stuck(Text::new(
            format!("没有已发布的流程“{key}”可以调用。请先发布它，再重试。"),
            format!("There is no published process `{key}` to call. Publish it, then retry."),
        )));
    };
    let called = case.context.definitions.graph(definition);
    if called.is_some_and(|called| called.entries(None).is_empty()) {
        return Err(Halt::Stuck(Text::new(
            format!("流程“{key}”只能由消息等事件发起，无法调用。请为它画一个无触发器的开始事件并重新发布，再重试。"),
            format!(
                "The process `{key}` begins only with an event such as a message, so it cannot be called. Draw a plain \
                 start event in it and publish again, then retry."
            ),
        )));
    }
    let most = case.context.limits.trigger_depth;
    if case.instance()?.depth >= most {
        return Err(Halt::Stuck(Text::new(
            format!("流程一层层互相调用超过 {most} 层，已暂停，可能在循环调用。请检查流程图。"),
            format!(
                "Processes call each other more than {most} levels deep, so this was paused; they may call in a circle. Check the drawings."
            ),
        )));
    }
    let variables = match &call.inputs {
        None => scope::all(case, Some(id))?,
        Some(mappings) => computed(case, Some(id), mappings)?,
    };
    let business_key = match &call.business_key {
        Some(expression) => match scope::value(case, Some(id), expression)? {
            Value::Text(key) => Some(key),
            Value::Null => None,
            other => Some(other.to_string()),
        },
        None => None,
    };
    case.work.agenda.push_back(Agenda::Call {
        caller: case.id,
        element: id,
        definition,
        variables,
        business_key,
    });
    Ok(())
}

/// The values of mappings by their targets.
fn computed(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    mappings: &[Mapping],
) -> Result<BTreeMap<String, Value>, Halt> {
    let mut values = BTreeMap::new();
    for Mapping { source, target } in mappings {
        values.insert(target.clone(), scope::value(case, scope, source)?);
    }
    Ok(values)
}

/// The called case begins.
pub(crate) fn begin(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    caller: InstanceId,
    element: ElementInstanceId,
    definition: DefinitionId,
    variables: BTreeMap<String, Value>,
    business_key: Option<String>,
) -> Result<(), Stop> {
    let mut case = Case::open(work, context, caller)?;
    if !flow::is_live(&mut case, Some(element))? {
        return Ok(());
    }
    let (depth, initiator) = (case.instance()?.depth, case.initiator()?);
    let record = case.instance()?.record.clone();
    let Some(graph) = case.context.definitions.graph(definition) else {
        return Ok(());
    };
    let beginning = Beginning {
        business_key,
        record,
        initiator,
        depth: depth.saturating_add(1),
        caller: Some((caller, element)),
        ..Beginning::new(definition, graph, Entry::Plain(None), variables)
    };
    let called = begin_case(work, context, beginning)?;
    let mut case = Case::open(work, context, caller)?;
    if flow::is_live(&mut case, Some(element))? {
        case.element_mut(element)?.called = Some(called);
    }
    Ok(())
}

/// The called case is over.
pub(crate) fn returned(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    caller: InstanceId,
    element: ElementInstanceId,
    called: InstanceId,
    state: InstanceState,
) -> Result<(), Stop> {
    let mut case = Case::open(work, context, caller)?;
    if !flow::is_live(&mut case, Some(element))? || case.element(element)?.called != Some(called) {
        return Ok(());
    }
    case.element_mut(element)?.called = None;
    let graph = Arc::clone(&case.graph);
    let node = case.element(element)?.node;
    let Some(NodeKind::CallActivity(call)) = graph.node(node).map(|node| &node.kind) else {
        return Ok(());
    };
    let label = case.label(node);
    let outcome = match state {
        InstanceState::Completed => {
            let mut inner = Case::open(work, context, called)?;
            let values = match &call.outputs {
                None => scope::all(&mut inner, None).map_err(Halt::from),
                Some(mappings) => computed(&mut inner, None, mappings),
            };
            case = Case::open(work, context, caller)?;
            values.and_then(|values| take_back(&mut case, element, values))
        }
        InstanceState::Rejected => {
            flow::end_case(&mut case, InstanceState::Rejected)?;
            return Ok(());
        }
        InstanceState::Cancelled | InstanceState::Active => Err(Halt::Stuck(Text::new(
            format!("“{label}”调用的流程被取消了。点“重试”会重新调用，也可以取消这个事项。"),
            format!("The process that \"{label}\" called was cancelled. Retry calls it again; or cancel this case."),
        ))),
    };
    flow::settle(&mut case, element, outcome)?;
    flow::run(&mut case)
}

fn take_back(case: &mut Case, element: ElementInstanceId, values: BTreeMap<String, Value>) -> Result<(), Halt> {
    let keeps = {
        let node = case.element(element)?.node;
        case.graph.node(node).is_some_and(|node| node.data.keeps_results)
    };
    for (target, value) in values {
        if keeps {
            scope::put_path(case, element, &target, value)?;
        } else {
            scope::set_path(case, Some(element), &target, value)?;
        }
    }
    flow::complete(case, element)
}
