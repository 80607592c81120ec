//! Items and results of multi-instance activities: rows of their own, so that the activity itself stays small.

use kapok_model::Node;
use kapok_protocol::{ElementInstanceId, Expression, Text, Value};
use rust_decimal::prelude::ToPrimitive;

use super::{MOST, counts};
use crate::{
    case::Case,
    halt::Halt,
    scope,
    state::{Part, StateError},
};

/// Takes away what a body that ends before its time has not used up: items of repetitions that will not begin, results
/// that nobody will collect.
pub(crate) fn forget_items(case: &mut Case, body: ElementInstanceId) -> Result<(), StateError> {
    if !matches!(case.element(body)?.part, Part::Body(_)) {
        return Ok(());
    }
    forget_waiting_items(case, body)?;
    let started = counts(case, body)?.started;
    collect(case, body, started).map(drop)
}

pub(super) fn forget_waiting_items(case: &mut Case, body: ElementInstanceId) -> Result<(), StateError> {
    let counts = counts(case, body)?;
    for number in counts.started.saturating_add(1)..=counts.total.unwrap_or(0) {
        case.work.items.delete((case.id, body, false, number));
    }
    Ok(())
}

/// The results in the order of the items; an instance that gave none is left out.
pub(super) fn collect(case: &mut Case, body: ElementInstanceId, started: u32) -> Result<Vec<Value>, StateError> {
    let mut results = Vec::new();
    for number in 1..=started {
        let key = (case.id, body, true, number);
        let state = case.work.state;
        if let Some(result) = case.work.items.get(&key, || state.item(&key))? {
            results.push(result.clone());
            case.work.items.delete(key);
        }
    }
    Ok(results)
}

pub(super) fn list(
    case: &mut Case,
    around: Option<ElementInstanceId>,
    node: &Node,
    collection: &Expression,
) -> Result<Vec<Value>, Halt> {
    match scope::value(case, around, collection)? {
        Value::List(items) => Ok(items),
        other => Err(Halt::Stuck(Text::new(
            format!(
                "“{}”要对列表中的每一项各做一次，但“{}”得到 {other}，不是列表。请修改数据后重试。",
                node.label(),
                collection.text
            ),
            format!(
                "\"{}\" is done for each item of a list, but `{}` gave {other}, which is no list. Mend the data and retry.",
                node.label(),
                collection.text
            ),
        ))),
    }
}

pub(super) fn number(
    case: &mut Case,
    around: Option<ElementInstanceId>,
    node: &Node,
    cardinality: &Expression,
) -> Result<usize, Halt> {
    let given = scope::value(case, around, cardinality)?;
    let number = match &given {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    let number = number
        .filter(|number| number.is_integer())
        .and_then(|number| number.to_usize());
    number.ok_or_else(|| {
        Halt::Stuck(Text::new(
            format!(
                "“{}”的次数“{}”得到 {given}，不是零或正整数。请修改数据后重试。",
                node.label(),
                cardinality.text
            ),
            format!(
                "How often \"{}\" is done, `{}`, gave {given}, which is no whole number from 0. Mend the data and retry.",
                node.label(),
                cardinality.text
            ),
        ))
    })
}

pub(super) fn too_many(label: &str, total: usize) -> Halt {
    Halt::Stuck(Text::new(
        format!("“{label}”要做 {total} 次，超过了上限 {MOST} 次。请检查数据后重试。"),
        format!("\"{label}\" is to be done {total} times, more than the limit of {MOST}. Check the data and retry."),
    ))
}
