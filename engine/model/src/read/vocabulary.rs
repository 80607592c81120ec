//! Which elements and attributes of Kapok's namespace there are, and where they may stand (`EXTENSIONS.md`).
//!
//! One table and one walk over the whole file, so that no reader has to look for misspelt names.

use std::collections::BTreeSet;

use super::Findings;
use crate::{
    catalogue::{Words, elements as rules},
    xml::{Element, Namespace},
};

/// An element of Kapok's namespace.
struct Entry {
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    /// Children that stand at most once.
    single: &'static [&'static str],
    /// Children that may be repeated.
    many: &'static [&'static str],
}

const ASSIGNEE_RULES: &[&str] = &[
    "person",
    "role",
    "department",
    "departmentHead",
    "superior",
    "initiator",
    "fieldPerson",
    "expression",
];

/// Those of tasks: a plugin may be asked as well.
const TASK_RULES: &[&str] = &[
    "person",
    "role",
    "department",
    "departmentHead",
    "superior",
    "initiator",
    "fieldPerson",
    "expression",
    "plugin",
];

const VOCABULARY: &[Entry] = &[
    entry(
        "subject",
        &["entity"],
        &["statusField", "running", "rejected", "cancelled"],
        &[],
        &[],
    ),
    entry("title", &[], &[], &[], &[]),
    entry("starters", &[], &[], &[], ASSIGNEE_RULES),
    entry("form", &[], &[], &[], &["formField"]),
    entry(
        "formField",
        &["id", "type"],
        &["label", "required"],
        &[],
        &["choice", "formField"],
    ),
    entry("choice", &[], &[], &[], &[]),
    entry("recordTrigger", &["entity", "on"], &[], &["when"], &[]),
    entry("when", &[], &[], &[], &[]),
    entry(
        "approval",
        &[],
        &["mode", "onRejection", "flow", "reasonRequired"],
        &[],
        &[],
    ),
    entry("assignees", &[], &[], &[], TASK_RULES),
    entry("fields", &[], &[], &[], &["field"]),
    entry("field", &["id", "access"], &[], &[], &[]),
    entry("reminders", &[], &["due"], &[], &["remind", "escalate", "decide"]),
    entry("remind", &["after", "channels"], &["repeat"], &[], &[]),
    entry("escalate", &["after", "to"], &[], &[], &[]),
    entry("decide", &["after", "decision"], &[], &[], &[]),
    entry("person", &["login"], &[], &[], &[]),
    entry("role", &["code"], &[], &[], &[]),
    entry("department", &["code"], &[], &[], &[]),
    entry("departmentHead", &[], &[], &[], &[]),
    entry("superior", &[], &["level"], &[], &[]),
    entry("initiator", &[], &[], &[], &[]),
    entry("fieldPerson", &["field"], &[], &[], &[]),
    entry("expression", &[], &["language"], &[], &[]),
    entry("plugin", &["rule"], &[], &[], &["input"]),
    entry(
        "handler",
        &["name"],
        &["result", "retries", "external"],
        &[],
        &["input"],
    ),
    entry("input", &["name"], &["language"], &[], &[]),
    entry(
        "request",
        &["method", "url"],
        &["timeout", "retries", "result", "success", "unknown"],
        &["body"],
        &["query", "header", "output", "error"],
    ),
    entry("query", &["name"], &["language"], &[], &[]),
    entry("header", &["name"], &["language", "secret", "prefix"], &[], &[]),
    entry("body", &[], &["type", "language"], &[], &[]),
    entry("output", &["variable"], &["language"], &[], &[]),
    entry("error", &["status", "code"], &[], &[], &[]),
    entry("message", &["channel"], &["title", "template"], &["to", "text"], &[]),
    entry("to", &[], &[], &[], ASSIGNEE_RULES),
    entry("text", &[], &[], &[], &[]),
    entry("result", &["variable"], &[], &[], &[]),
    entry("correlation", &["key"], &["language"], &[], &[]),
];

const fn entry(
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    single: &'static [&'static str],
    many: &'static [&'static str],
) -> Entry {
    Entry {
        name,
        required,
        optional,
        single,
        many,
    }
}

/// The settings that a BPMN element can have.
fn settings_of(bpmn_name: &str) -> &'static [&'static str] {
    match bpmn_name {
        "process" => &["subject", "title", "starters", "form"],
        "startEvent" => &["recordTrigger"],
        "message" => &["correlation"],
        "userTask" | "globalUserTask" => &["approval", "assignees", "fields", "reminders"],
        "serviceTask" | "sendTask" => &["handler", "message", "request"],
        "businessRuleTask" | "globalBusinessRuleTask" => &["handler"],
        "scriptTask" | "globalScriptTask" => &["result"],
        _ => &[],
    }
}

/// Checks every use of Kapok's namespace in a file.
pub(super) fn check(root: &Element, findings: &mut Findings) {
    let mut walk = Walk { findings };
    walk.bpmn(root, root);
}

struct Walk<'f> {
    findings: &'f mut Findings,
}

impl Walk<'_> {
    /// An element outside Kapok's namespace; `owner` is the nearest BPMN element with an id.
    fn bpmn(&mut self, element: &Element, owner: &Element) {
        let is_bpmn = element.namespace == Namespace::Bpmn;
        let owner = if is_bpmn && element.id().is_some() {
            element
        } else {
            owner
        };
        for attribute in &element.attributes {
            if attribute.namespace == Namespace::Kapok {
                self.report(
                    &rules::FOREIGN_ATTRIBUTE,
                    owner,
                    element.line,
                    &[&owner.label(), &attribute.name],
                );
            }
        }
        for child in &element.children {
            if child.namespace == Namespace::Kapok {
                self.misplaced(child, owner);
            } else if is_bpmn && child.is_bpmn("extensionElements") {
                self.settings(child, element, owner);
            } else {
                self.bpmn(child, owner);
            }
        }
    }

    fn settings(&mut self, container: &Element, parent: &Element, owner: &Element) {
        self.kapok_children(container, owner, settings_of(&parent.name), &[]);
        for child in container
            .children
            .iter()
            .filter(|child| child.namespace != Namespace::Kapok)
        {
            self.bpmn(child, owner);
        }
    }

    fn kapok_children(&mut self, parent: &Element, owner: &Element, single: &[&str], many: &[&str]) {
        let mut seen = BTreeSet::new();
        for child in parent.kapok_children() {
            let name = child.name.as_str();
            if single.contains(&name) && !seen.insert(name) {
                self.report(&rules::REPEATED_EXTENSION, owner, child.line, &[&owner.label(), &name]);
            }
            match VOCABULARY.iter().find(|entry| entry.name == name) {
                Some(entry) if single.contains(&name) || many.contains(&name) => self.kapok(child, owner, entry),
                _ => self.misplaced(child, owner),
            }
        }
    }

    fn kapok(&mut self, element: &Element, owner: &Element, entry: &Entry) {
        for attribute in &element.attributes {
            let name = attribute.name.as_str();
            let known = match attribute.namespace {
                Namespace::None => entry.required.contains(&name) || entry.optional.contains(&name),
                Namespace::Kapok => false,
                _ => true,
            };
            if !known {
                let words: &[&dyn Words] = &[&owner.label(), &entry.name, &name];
                self.report(&rules::UNKNOWN_EXTENSION_ATTRIBUTE, owner, element.line, words);
            }
        }
        for name in entry.required {
            if element.attribute(name).is_none_or(|value| value.trim().is_empty()) {
                let words: &[&dyn Words] = &[&owner.label(), &entry.name, name];
                self.report(&rules::EXTENSION_ATTRIBUTE_MISSING, owner, element.line, words);
            }
        }
        self.kapok_children(element, owner, entry.single, entry.many);
    }

    fn misplaced(&mut self, element: &Element, owner: &Element) {
        self.report(
            &rules::UNKNOWN_EXTENSION,
            owner,
            element.line,
            &[&owner.label(), &element.name],
        );
    }

    fn report(&mut self, rule: &crate::catalogue::Rule, owner: &Element, line: u32, words: &[&dyn Words]) {
        self.findings.report_inside(rule, owner, line, words);
    }
}
