//! What a process asks to be allowed, as its drawing shows.

use std::collections::BTreeMap;

use kapok_model::{AssigneeRule, EventDefinition, FieldAccess, NodeKind, PluginRule, ProcessGraph};
use kapok_plugin_host::{Input, InputType};
use kapok_protocol::Entity;
use kapok_records::{Action, FieldSet, ProcessGrant, ProcessGrants};

use crate::{organisation::Named, plugins::Plugins};

/// One thing that a process asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) entity: Entity,
    pub(crate) action: Action,
    /// For reading and changing.
    pub(crate) fields: FieldSet,
    /// The steps that need it; the process itself when there is none.
    pub(crate) because: Vec<Named>,
}

/// What a process asks for, in the order in which it is told.
pub(crate) fn needs_of(graph: &ProcessGraph, plugins: &Plugins) -> Vec<Need> {
    let mut found = Needs(Vec::new());
    if let Some(subject) = &graph.settings.subject {
        let entity = Entity::new(&subject.entity);
        found.add(&entity, Action::Read, FieldSet::All, None);
        if let Some(field) = subject.status_field.as_ref().filter(|_| subject.says_a_status()) {
            found.add(&entity, Action::Update, FieldSet::these([field]), None);
        }
    }
    for (_, node) in graph.nodes() {
        let because = || {
            Some(Named {
                code: node.id.clone(),
                name: node.label().to_owned(),
            })
        };
        match &node.kind {
            NodeKind::UserTask(task) => {
                found.ask_rules(&task.assignees, plugins, because);
                let Some(subject) = &graph.settings.subject else {
                    continue;
                };
                let edited = task
                    .fields
                    .iter()
                    .filter(|field| matches!(field.access, FieldAccess::Edit | FieldAccess::Required));
                // A column of detail lines is part of its field.
                let edited = edited.map(|field| field.field.split('.').next().unwrap_or_default());
                let edited = FieldSet::these(edited);
                found.add(&Entity::new(&subject.entity), Action::Update, edited, because());
            }
            NodeKind::ServiceTask(task) => {
                let Some(plugin) = plugins.handler(&task.handler) else {
                    continue;
                };
                let Some(handler) = plugin.manifest().handlers.get(&task.handler) else {
                    continue;
                };
                found.read_inputs(&handler.inputs, because);
                for (entity, records) in &handler.records {
                    found.add(entity, Action::Read, fields(&records.read), because());
                    found.add(entity, Action::Update, fields(&records.update), because());
                    for (action, is_needed) in [(Action::Create, records.create), (Action::Delete, records.delete)] {
                        if is_needed {
                            found.add(entity, action, FieldSet::All, because());
                        }
                    }
                }
            }
            NodeKind::StartEvent(start) => {
                for trigger in &start.triggers {
                    if let EventDefinition::Record(trigger) = trigger {
                        found.add(&Entity::new(&trigger.entity), Action::Read, FieldSet::All, because());
                    }
                }
            }
            _ => {}
        }
    }
    found.0.sort_by(|a, b| a.entity.cmp(&b.entity));
    found.0
}

fn fields(names: &[String]) -> FieldSet {
    match names.iter().any(|name| name == "*") {
        true => FieldSet::All,
        false => FieldSet::these(names.iter().cloned()),
    }
}

struct Needs(Vec<Need>);

impl Needs {
    /// What the rules of plugins read to say who.
    fn ask_rules(&mut self, rules: &[AssigneeRule], plugins: &Plugins, because: impl Fn() -> Option<Named>) {
        for rule in rules {
            let AssigneeRule::Plugin(PluginRule { rule, .. }) = rule else {
                continue;
            };
            let plugin = plugins.assignee_rule(rule);
            let Some(declared) = plugin.and_then(|plugin| plugin.manifest().assignee_rules.get(rule).cloned()) else {
                continue;
            };
            self.read_inputs(&declared.inputs, &because);
            for (entity, needs) in &declared.records {
                self.add(entity, Action::Read, fields(&needs.read), because());
            }
        }
    }

    /// The records that are handed over are read.
    fn read_inputs(&mut self, inputs: &BTreeMap<String, Input>, because: impl Fn() -> Option<Named>) {
        for input in inputs.values().filter(|input| input.kind == InputType::Record) {
            if let Some(entity) = &input.entity {
                self.add(entity, Action::Read, FieldSet::All, because());
            }
        }
    }

    fn add(&mut self, entity: &Entity, action: Action, fields: FieldSet, because: Option<Named>) {
        if fields.is_nothing() || entity.as_str().is_empty() {
            return;
        }
        let known = self
            .0
            .iter_mut()
            .find(|need| need.entity == *entity && need.action == action);
        match known {
            Some(need) => {
                need.fields = std::mem::take(&mut need.fields).united_with(fields);
                need.because.extend(because);
            }
            None => self.0.push(Need {
                entity: entity.clone(),
                action,
                fields,
                because: because.into_iter().collect(),
            }),
        }
    }
}

/// One action with some fields, as a grant.
pub(crate) fn grant(action: Action, fields: FieldSet) -> ProcessGrant {
    let mut grant = ProcessGrant::default();
    match action {
        Action::Read => grant.read = fields,
        Action::Update => grant.update = fields,
        Action::Create => grant.create = true,
        Action::Delete => grant.delete = true,
        Action::Share | Action::Transfer | Action::Import | Action::Export => {}
    }
    grant
}

/// What a process asks for, as grants.
pub(crate) fn proposed(graph: &ProcessGraph, plugins: &Plugins) -> ProcessGrants {
    let mut grants = ProcessGrants::default();
    for need in needs_of(graph, plugins) {
        grants.add(need.entity, grant(need.action, need.fields));
    }
    grants
}
