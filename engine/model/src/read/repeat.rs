//! Activities that are done again and again (BPMN 2.0.2, 10.3.7).

use kapok_protocol::Expression;

use super::{
    Context, Reported, dialects,
    drawing::Drawing,
    events::{self, Position},
    expressions::read_expression,
    values::{is_computed, read_value, variable, variable_at, variable_of},
};
use crate::{
    Behavior, Data, EventDefinition, MultiInstance, Repeat,
    catalogue::{Words, elements as element_rules, flow as rules},
    xml::Element,
};

/// Reads how an activity is repeated; what belongs to the whole and not to each time leaves its data.
pub(super) fn read_repeat<'a>(
    activity: &'a Element,
    data: &mut Data,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Result<Option<Repeat>, Reported> {
    if let Some(characteristics) = activity.bpmn_child("standardLoopCharacteristics") {
        return Ok(Some(read_loop(activity, characteristics, context)));
    }
    match activity.bpmn_child("multiInstanceLoopCharacteristics") {
        Some(characteristics) => {
            let each = read_each(activity, characteristics, data, drawing, context)?;
            Ok(Some(Repeat::Each(each)))
        }
        None => Ok(None),
    }
}

fn child_expression<'a>(
    activity: &'a Element,
    characteristics: &'a Element,
    name: &str,
    context: &mut Context<'a>,
) -> Option<Expression> {
    characteristics
        .bpmn_child(name)
        .filter(|expression| !expression.text.trim().is_empty())
        .map(|expression| read_expression(activity, expression, context))
}

fn read_loop<'a>(activity: &'a Element, characteristics: &'a Element, context: &mut Context<'a>) -> Repeat {
    let maximum = characteristics.stated("loopMaximum").and_then(|text| {
        let maximum = text.parse().ok().filter(|maximum| *maximum > 0);
        if maximum.is_none() {
            context.faulty_attribute(activity, characteristics.line, "loopMaximum", text);
        }
        maximum
    });
    let condition = child_expression(activity, characteristics, "loopCondition", context);
    if condition.is_none() && characteristics.stated("loopMaximum").is_none() {
        context.findings.report_inside(
            &rules::LOOP_ENDLESS,
            activity,
            characteristics.line,
            &[&activity.label()],
        );
    }
    Repeat::Loop {
        test_before: context.flag(activity, characteristics, "testBefore", false),
        maximum,
        condition,
    }
}

fn read_each<'a>(
    activity: &'a Element,
    characteristics: &'a Element,
    data: &mut Data,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Result<MultiInstance, Reported> {
    let reference = |name: &str| {
        characteristics
            .bpmn_child(name)
            .map(|reference| reference.text.trim())
            .filter(|reference| !reference.is_empty())
    };
    let mut each = MultiInstance {
        sequential: context.flag(activity, characteristics, "isSequential", false),
        cardinality: child_expression(activity, characteristics, "loopCardinality", context),
        collection: reference("loopDataInputRef").map(|reference| collection(activity, reference, data, context)),
        item: characteristics
            .bpmn_child("inputDataItem")
            .map(|item| variable_of(item, context.file)),
        output: None,
        completion: child_expression(activity, characteristics, "completionCondition", context),
        behavior: read_behavior(activity, characteristics, drawing, context)?,
    };
    if let Some(reference) = reference("loopDataOutputRef") {
        let target = collected_into(reference, data, context);
        match characteristics.bpmn_child("outputDataItem") {
            Some(item) => each.output = Some((target, variable(&variable_of(item, context.file)))),
            None => {
                let words: &[&dyn Words] = &[&activity.label(), &"outputDataItem"];
                context.findings.report_inside(
                    &element_rules::REFERENCE_MISSING,
                    activity,
                    characteristics.line,
                    words,
                );
            }
        }
    }
    dialects::read_each(activity, characteristics, &mut each, context);
    if each.cardinality.is_none() && each.collection.is_none() {
        context
            .findings
            .report_inside(&rules::LOOP_COUNT, activity, characteristics.line, &[&activity.label()]);
    }
    Ok(each)
}

/// The list that a reference means. The input of an activity is filled for each time anew, so for the whole the list
/// is what the input is filled with.
fn collection<'a>(activity: &'a Element, reference: &str, data: &mut Data, context: &mut Context<'a>) -> Expression {
    if is_computed(reference) {
        return read_value(activity, activity.line, reference, context);
    }
    let name = variable_at(reference, context);
    match data.inputs.iter().position(|input| input.target == name) {
        Some(at) => {
            data.locals.retain(|local| *local != name);
            data.inputs.remove(at).source
        }
        None => variable(&name),
    }
}

/// The variable that receives the list of results: what the output is carried into, for an output of the activity.
fn collected_into(reference: &str, data: &mut Data, context: &Context<'_>) -> String {
    let name = variable_at(reference, context);
    let reads = variable(&name);
    match data.outputs.iter().position(|output| output.source == reads) {
        Some(at) => {
            data.locals.retain(|local| *local != name);
            data.outputs.remove(at).target
        }
        None => name,
    }
}

fn read_behavior<'a>(
    activity: &'a Element,
    characteristics: &'a Element,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Result<Behavior, Reported> {
    let referred = |reference: &'static str, context: &mut Context<'a>| {
        let Some(id) = characteristics.stated(reference) else {
            let words: &[&dyn Words] = &[&activity.label(), &reference];
            context
                .findings
                .report_inside(&element_rules::REFERENCE_MISSING, activity, characteristics.line, words);
            return Err(Reported);
        };
        let line = characteristics.line;
        let definition = events::resolve(activity, line, reference, id, context)?;
        events::read_one(activity, definition, line, Position::Behavior, drawing, context)
    };
    match characteristics.stated("behavior") {
        None | Some("All") => Ok(Behavior::All),
        Some("One") => Ok(Behavior::One(referred("oneBehaviorEventRef", context)?)),
        Some("None") => Ok(Behavior::None(referred("noneBehaviorEventRef", context)?)),
        Some("Complex") => read_complex(activity, characteristics, drawing, context).map(Behavior::Complex),
        Some(other) => {
            context.faulty_attribute(activity, characteristics.line, "behavior", other);
            Err(Reported)
        }
    }
}

fn read_complex<'a>(
    activity: &'a Element,
    characteristics: &'a Element,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Result<Vec<(Expression, EventDefinition)>, Reported> {
    let mut thrown = Vec::new();
    for definition in characteristics
        .bpmn_children()
        .filter(|child| child.name == "complexBehaviorDefinition")
    {
        let condition = child_expression(activity, definition, "condition", context);
        // The standard allows none; then nothing is thrown, and the condition means nothing.
        let Some(event) = definition.bpmn_child("event") else {
            continue;
        };
        let Some(condition) = condition else {
            let words: &[&dyn Words] = &[&activity.label(), &"condition"];
            context
                .findings
                .report_inside(&element_rules::REFERENCE_MISSING, activity, definition.line, words);
            return Err(Reported);
        };
        let results = events::read_all(activity, event, Position::Behavior, drawing, context)?;
        thrown.extend(results.into_iter().map(|result| (condition.clone(), result)));
    }
    Ok(thrown)
}
