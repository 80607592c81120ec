//! `bpmn:definitions`: what stands at the top of a file.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Context, Findings, collaboration, dialects,
    events::is_definition,
    file::{File, is_callable},
    global_tasks::is_global_task,
    process::read_process,
    vocabulary,
};
use crate::{
    Environment, ProcessGraph, Reading,
    catalogue::{elements as rules, xml as xml_rules},
    checks,
    xml::{Element, Namespace},
};

/// Elements at the top of a file that change nothing unless something refers to them.
const PASSIVE: &[&str] = &[
    "category",
    "correlationProperty",
    "dataStore",
    "documentation",
    "endPoint",
    "error",
    "escalation",
    "extensionElements",
    "import",
    "interface",
    "itemDefinition",
    "message",
    "partnerEntity",
    "partnerRole",
    "relationship",
    "resource",
    "signal",
];

/// Diagrams of another kind: who tells whom what, with nothing in it for an engine to do.
const OTHER_DIAGRAMS: &[&str] = &["choreography", "globalChoreographyTask", "globalConversation"];

/// Reads everything in a file.
pub(crate) fn read_definitions(root: &Element, environment: &dyn Environment) -> Reading {
    if !root.is_bpmn("definitions") {
        let name = match &root.namespace {
            Namespace::Other(namespace) => format!("{{{namespace}}}{}", root.name),
            _ => root.name.clone(),
        };
        let found = xml_rules::NOT_BPMN.at(root.line, &[&name]);
        return Reading {
            processes: Vec::new(),
            diagnostics: vec![found],
        };
    }
    let file = File::of(root);
    let mut context = Context {
        environment,
        findings: Findings::default(),
        file: &file,
        expression_language: root.attribute("expressionLanguage"),
    };
    check_ids(root, &mut context.findings);
    vocabulary::check(root, &mut context.findings);
    dialects::check(root, &mut context);
    check_top_level(root, &mut context);
    // Of drawings beside what runs, nothing is demanded.
    let some_runs = file.roots("process").any(|process| file.is_executable(process));
    let runs = |element: &Element| element.name != "process" || !some_runs || file.is_executable(element);
    checks::standard::check(root, &runs, &mut context.findings);
    let processes = read_processes(root, &mut context);
    let processes = if context.findings.has_error() {
        Vec::new()
    } else {
        processes
    };
    Reading {
        processes,
        diagnostics: context.findings.into_list(),
    }
}

/// A process that is not executable is a drawing. Beside one that is, it is kept and not held to what can be run; alone,
/// it is what its author wants to run, so everything that stands in the way is said.
fn read_processes<'a>(root: &'a Element, context: &mut Context<'a>) -> Vec<Arc<ProcessGraph>> {
    let processes: Vec<&Element> = root.bpmn_children().filter(|child| child.name == "process").collect();
    if processes.is_empty() {
        context.findings.report(&rules::PROCESS_NONE, root, &[]);
    }
    let some_executable = processes.iter().any(|process| context.file.is_executable(process));
    if !processes.is_empty() && !some_executable {
        context
            .findings
            .report(&rules::PROCESS_NONE_EXECUTABLE, processes[0], &[]);
    }
    let mut read = Vec::new();
    for process in root.bpmn_children().filter(|child| is_callable(child)) {
        if is_global_task(&process.name) {
            read.extend(read_process(process, true, context));
        } else if some_executable && !context.file.is_executable(process) {
            context
                .findings
                .report(&rules::PROCESS_NOT_EXECUTABLE, process, &[&process.label()]);
            let findings = std::mem::take(&mut context.findings);
            let graph = read_process(process, false, context);
            let drawing = std::mem::replace(&mut context.findings, findings);
            read.extend(graph.filter(|_| !drawing.has_error()));
        } else {
            read.extend(read_process(process, some_executable, context));
        }
    }
    read.into_iter().map(Arc::new).collect()
}

fn check_top_level(root: &Element, context: &mut Context<'_>) {
    let some_executable = context
        .file
        .roots("process")
        .any(|process| context.file.is_executable(process));
    for child in root.bpmn_children() {
        match child.name.as_str() {
            "process" => {}
            "collaboration" => collaboration::check(child, context),
            "extension" if child.attribute("mustUnderstand") != Some("true") => {}
            name if PASSIVE.contains(&name) || is_definition(child) || is_global_task(name) => {}
            // Beside a process that runs they explain it; alone they are what somebody wants to run.
            name if OTHER_DIAGRAMS.contains(&name) && some_executable => {
                context.not_carried_out(child, child.line, name);
            }
            name => context.findings.refuse_element(child, child.line, name),
        }
    }
}

/// Ids are unique in the whole file (they are of type `xsd:ID`); those of diagrams are left alone.
fn check_ids(root: &Element, findings: &mut Findings) {
    let mut first_lines: BTreeMap<&str, u32> = BTreeMap::new();
    let mut waiting = vec![root];
    while let Some(element) = waiting.pop() {
        if element.namespace == Namespace::Bpmn
            && let Some(id) = element.id()
        {
            match first_lines.get(id) {
                Some(line) => findings.report(&rules::ID_DUPLICATE, element, &[&id, &line.to_string()]),
                None => {
                    first_lines.insert(id, element.line);
                }
            }
        }
        if !element.is_bpmn("extensionElements") {
            waiting.extend(element.children.iter().rev());
        }
    }
}
