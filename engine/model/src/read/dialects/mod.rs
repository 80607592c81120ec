//! Settings of other engines, so that their models run as they are.
//!
//! `camunda` holds what Camunda 7, Flowable and Activiti share: three namespaces with mostly the same names, of which one
//! grew out of the other. `zeebe` is Camunda 8. `fates` says of each setting whether it is carried out, changes nothing,
//! or is refused. Settings of our own go first: a step that has both is done as ours say.

mod camunda;
mod fates;
mod zeebe;

pub(super) use fates::check;

use kapok_protocol::Expression;

use super::{
    Context,
    drawing::Drawing,
    process::ReadSettings,
    timers::moment,
    values::{is_computed, read_value, text_literal},
};
use crate::{AssigneeRule, Data, HumanTask, Listener, MultiInstance, NodeKind, xml::Element};

/// What a task or event is bound to by a setting of another engine.
pub(super) fn read_work<'a>(task: &'a Element, holder: &'a Element, context: &mut Context<'a>) -> Option<NodeKind> {
    camunda::read_work(task, holder, context).or_else(|| zeebe::read_work(task, holder, context))
}

/// What a script task computes, where that is no script.
pub(super) fn read_script<'a>(task: &'a Element, context: &mut Context<'a>) -> Option<NodeKind> {
    zeebe::read_script(task, context)
}

/// The variable that receives what a task computes.
pub(super) fn result_variable(task: &Element) -> Option<&str> {
    task.dialect_attribute("resultVariable")
        .or_else(|| task.dialect_attribute("resultVariableName"))
}

/// Who does a task.
pub(super) fn read_people<'a>(
    task: &'a Element,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Vec<AssigneeRule> {
    let mut people = camunda::read_people(task, drawing, context);
    people.extend(zeebe::read_people(task, context));
    people
}

/// By when a task is to be done.
pub(super) fn read_due<'a>(task: &'a Element, human: &mut HumanTask, context: &mut Context<'a>) {
    let due = task.dialect_attribute("dueDate").map(|due| (task.line, due));
    let zeebe = task
        .zeebe_setting("taskSchedule")
        .and_then(|setting| Some((setting.line, setting.stated("dueDate")?)));
    if let Some((line, text)) = due.or(zeebe) {
        match text.parse() {
            Ok(due) => human.due = Some(due),
            Err(_) => human.due_expression = Some(read_moment(task, line, text, context)),
        }
    }
}

fn read_moment(task: &Element, line: u32, text: &str, context: &mut Context<'_>) -> Expression {
    if is_computed(text) {
        return read_value(task, line, text, context);
    }
    let moment = moment(text).unwrap_or_else(|| {
        context.foreign_value(task, line, "dueDate", text);
        String::new()
    });
    text_literal(&moment)
}

/// What goes in and out of a step besides what the standard says.
pub(super) fn read_data<'a>(element: &'a Element, data: &mut Data, context: &mut Context<'a>) {
    camunda::read_data(element, data, context);
    zeebe::read_data(element, data, context);
}

/// What is computed when a step begins and when it ends.
pub(super) fn read_listeners<'a>(element: &'a Element, context: &mut Context<'a>) -> Vec<Listener> {
    camunda::read_listeners(element, context)
}

/// For which items a multi-instance activity is done.
pub(super) fn read_each<'a>(
    activity: &'a Element,
    characteristics: &'a Element,
    each: &mut MultiInstance,
    context: &mut Context<'a>,
) {
    camunda::read_each(activity, characteristics, each, context);
    zeebe::read_each(activity, characteristics, each, context);
}

/// What is said of the whole process.
pub(super) fn read_process<'a>(process: &'a Element, read: &mut ReadSettings, context: &mut Context<'a>) {
    camunda::read_process(process, read, context);
    zeebe::read_process(process, read);
}

pub(super) use camunda::read_call as read_camunda_call;
pub(super) use camunda::{initiator, read_forms};
pub(super) use zeebe::read_call as read_zeebe_call;
