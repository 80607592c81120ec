//! Jobs, decisions, scripts and called processes.

use std::collections::BTreeSet;

use crate::{
    CallActivity, CalledVersion, Data, DecisionTask, NodeKind,
    read::{
        Context,
        expressions::expression_of,
        tasks::{check_decision, new_external},
        values::{is_computed, read_name, variable},
    },
    xml::Element,
};

/// A job that somebody fetches, or a decision that is asked.
pub(in crate::read::dialects) fn read_work<'a>(
    task: &'a Element,
    holder: &'a Element,
    context: &mut Context<'a>,
) -> Option<NodeKind> {
    if let Some(setting) = holder.zeebe_setting("calledDecision")
        && let Some(decision) = setting.stated("decisionId")
    {
        let decision = read_name(task, setting.line, decision, context);
        check_decision(task, setting.line, &decision, context);
        return Some(NodeKind::DecisionTask(DecisionTask {
            decision,
            result_variable: setting.stated("resultVariable").map(str::to_owned),
        }));
    }
    let setting = holder.zeebe_setting("taskDefinition")?;
    let name = setting.stated("type")?;
    if is_computed(name) {
        // Who is to do it must be known before it runs.
        context.foreign_value(task, setting.line, "zeebe:taskDefinition type", name);
    }
    let mut service = new_external(name);
    if let Some(retries) = setting.stated("retries") {
        match retries.parse() {
            Ok(retries) => service.retries = retries,
            Err(_) => context.foreign_value(task, setting.line, "zeebe:taskDefinition retries", retries),
        }
    }
    // What the mappings make is what the job is about.
    let mappings = task.zeebe_settings("ioMapping").flat_map(|io| &io.children);
    let mut seen = BTreeSet::new();
    for input in mappings.filter(|mapping| mapping.is_zeebe() && mapping.name == "input") {
        let path = input.stated("target").unwrap_or_default();
        let name = path.split('.').next().unwrap_or_default();
        if !name.is_empty() && seen.insert(name) {
            service.inputs.push((name.to_owned(), variable(name)));
        }
    }
    Some(NodeKind::ServiceTask(service))
}

pub(in crate::read::dialects) fn read_script<'a>(task: &'a Element, context: &mut Context<'a>) -> Option<NodeKind> {
    let setting = task.zeebe_setting("script")?;
    let text = setting.stated("expression")?;
    // Here it is FEEL with or without the sign.
    let expression = expression_of(task, setting.line, text, Some("feel"), context);
    Some(NodeKind::ExpressionTask {
        expression,
        result_variable: setting.stated("resultVariable").map(str::to_owned),
    })
}

/// Reads which process is called, and what is carried.
pub(in crate::read) fn read_call<'a>(
    call: &'a Element,
    data: &mut Data,
    context: &mut Context<'a>,
) -> Option<CallActivity> {
    let setting = call.zeebe_setting("calledElement")?;
    let called = read_name(call, setting.line, setting.stated("processId")?, context);
    let version = match (setting.stated("bindingType"), setting.stated("versionTag")) {
        (None | Some("latest"), _) => CalledVersion::Latest,
        (Some("deployment"), _) => CalledVersion::Deployment,
        (Some("versionTag"), Some(tag)) => CalledVersion::Tag(tag.to_owned()),
        (Some(other), _) => {
            context.foreign_value(call, setting.line, "zeebe:calledElement bindingType", other);
            CalledVersion::Latest
        }
    };
    // With everything carried, mappings only make variables of the step's own, which are carried too.
    let mut inputs = None;
    let mut outputs = None;
    if !flag(call, setting, "propagateAllParentVariables", context) {
        inputs = Some(std::mem::take(&mut data.inputs));
    }
    if !flag(call, setting, "propagateAllChildVariables", context) {
        outputs = Some(std::mem::take(&mut data.outputs));
        data.keeps_results = false;
    }
    Some(CallActivity {
        called,
        version,
        inputs,
        outputs,
        business_key: setting
            .stated("businessId")
            .map(|key| expression_of(call, setting.line, key, None, context)),
    })
}

fn flag(call: &Element, setting: &Element, name: &str, context: &mut Context<'_>) -> bool {
    match setting.stated(name) {
        None | Some("true") => true,
        Some("false") => false,
        Some(other) => {
            context.foreign_value(call, setting.line, name, other);
            true
        }
    }
}
