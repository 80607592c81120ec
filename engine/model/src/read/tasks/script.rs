//! Script tasks.

use kapok_protocol::Language;

use crate::{
    NodeKind, ScriptTask,
    catalogue::settings as rules,
    read::{Context, dialects, expressions::expression_of},
    xml::Element,
};

pub(in crate::read) fn read_script_task<'a>(task: &'a Element, context: &mut Context<'a>) -> NodeKind {
    if let Some(work) = dialects::read_script(task, context).or_else(|| dialects::read_work(task, task, context)) {
        return work;
    }
    let script = task.bpmn_child("script");
    let text = script.map(|script| script.text.trim()).unwrap_or_default().to_owned();
    let line = script.map_or(task.line, |script| script.line);
    let result_variable = result_variable(task);
    if text.is_empty() {
        context.findings.report(&rules::SCRIPT_MISSING, task, &[&task.label()]);
    }
    // Without scriptFormat it is the product's own language, as for expressions.
    let format = task
        .stated("scriptFormat")
        .or(task.stated("scriptLanguage"))
        .unwrap_or("rhai");
    let language = match format {
        "rhai" => Some(Language::Rhai),
        // Nobody writes rows as a script.
        format => Language::from_uri(format).filter(|language| *language != Language::Filter),
    };
    match language {
        Some(Language::Rhai) => {
            if !text.is_empty()
                && let Err(reason) = context.environment.check_script(&text)
            {
                context
                    .findings
                    .report_inside(&rules::SCRIPT_INVALID, task, line, &[&task.label(), &reason]);
            }
        }
        // One expression each, in languages that have no statements.
        Some(language) if !text.is_empty() => {
            return NodeKind::ExpressionTask {
                expression: expression_of(task, line, &text, Some(language.uri()), context),
                result_variable,
            };
        }
        Some(_) => {}
        None => context
            .findings
            .report(&rules::SCRIPT_LANGUAGE, task, &[&task.label(), &format]),
    }
    NodeKind::ScriptTask(ScriptTask {
        script: text,
        result_variable,
    })
}

fn result_variable(task: &Element) -> Option<String> {
    let own = task.setting("result").and_then(|result| result.stated("variable"));
    own.or_else(|| dialects::result_variable(task)).map(str::to_owned)
}
