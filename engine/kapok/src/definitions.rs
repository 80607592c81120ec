//! Deployed processes: kept as the XML that was deployed, parsed once, and watched for what starts them.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, RwLock},
};

use kapok_model::{CalledVersion, Diagnostic, EventDefinition, NodeIndex, NodeKind, ProcessGraph, RecordTrigger};
use kapok_process::state::TimerKind;
use kapok_protocol::{DefinitionId, Entity, Principal, RecordEvent, Refusal, RefusalKind, Timestamp};
use kapok_records::ProcessGrants;
use kapok_tables::{ConfirmedGrants, Definition, Queries};

use crate::{
    Error,
    environment::Installed,
    grants::{self, Confirm},
    hints::{Audience, HintKind},
    shared::Shared,
    writer::Step,
};

/// The parsed definitions, and which version of each process is the present one.
#[derive(Default)]
pub(crate) struct DefinitionCache(RwLock<Cached>);

#[derive(Default)]
struct Cached {
    known: HashMap<DefinitionId, Known>,
    latest: HashMap<String, DefinitionId>,
    messages: Starts,
    signals: Starts,
}

/// A parsed version.
struct Known {
    graph: Arc<ProcessGraph>,
    version: u32,
    /// The first of the versions that came from one file at one time.
    deployment: DefinitionId,
    /// What it may do with records.
    grants: Arc<ProcessGrants>,
}

/// Where names start the present version of a process.
type Starts = HashMap<String, BTreeSet<(DefinitionId, NodeIndex)>>;

/// A record trigger of the present version of a process.
pub(crate) struct Trigger {
    pub(crate) definition: DefinitionId,
    pub(crate) start_event: String,
    pub(crate) process: String,
    pub(crate) trigger: RecordTrigger,
}

impl DefinitionCache {
    fn read(&self) -> std::sync::RwLockReadGuard<'_, Cached> {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn add(&self, definition: &Definition, deployment: DefinitionId, graph: Arc<ProcessGraph>, grants: ProcessGrants) {
        let mut cached = self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        cached.add(definition, deployment, graph, grants);
    }

    /// What a version may do with records.
    pub(crate) fn grants(&self, definition: DefinitionId) -> Arc<ProcessGrants> {
        let known = self.read().known.get(&definition).map(|known| known.grants.clone());
        known.unwrap_or_default()
    }

    /// Replaces what a version may do with records, after the commit that changed it.
    pub(crate) fn replace_grants(&self, definition: DefinitionId, grants: ProcessGrants) {
        let mut cached = self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(known) = cached.known.get_mut(&definition) {
            known.grants = Arc::new(grants);
        }
    }

    /// The present version of a process.
    pub(crate) fn latest(&self, key: &str) -> Option<DefinitionId> {
        self.read().latest.get(key).copied()
    }

    /// The present versions, by process key.
    pub(crate) fn all_latest(&self) -> Vec<(DefinitionId, Arc<ProcessGraph>)> {
        let cached = self.read();
        let mut latest: Vec<_> = cached
            .latest
            .values()
            .filter_map(|id| Some((*id, cached.known.get(id)?.graph.clone())))
            .collect();
        latest.sort_by_key(|(id, _)| *id);
        latest
    }

    /// The triggers that a saved record of this entity may fire, in the order of deployment.
    pub(crate) fn triggers(&self, entity: &Entity, event: RecordEvent) -> Vec<Trigger> {
        let mut found = Vec::new();
        for (definition, graph) in self.all_latest() {
            for (_, node) in graph.nodes() {
                let NodeKind::StartEvent(start) = &node.kind else {
                    continue;
                };
                if let [EventDefinition::Record(trigger)] = start.triggers.as_slice()
                    && trigger.entity == entity.as_str()
                    && trigger.on.contains(&event)
                {
                    found.push(Trigger {
                        definition,
                        start_event: node.id.clone(),
                        process: graph.name.clone().unwrap_or_else(|| graph.key.clone()),
                        trigger: trigger.clone(),
                    });
                }
            }
        }
        found
    }

    /// Reads what is deployed.
    pub(crate) fn load(&self, shared: &Shared) -> Result<(), Error> {
        let view = shared.store.view();
        let queries = Queries(&view);
        let mut parsed: HashMap<String, Vec<Arc<ProcessGraph>>> = HashMap::new();
        let mut deployments: HashMap<(String, Timestamp), DefinitionId> = HashMap::new();
        for definition in queries.definitions()? {
            let xml = queries.definition_xml(definition.id)?.unwrap_or_default();
            let deployment = deployments
                .entry((xml.clone(), definition.deployed_at))
                .or_insert(definition.id);
            // One file may hold several processes; it is read once.
            let graphs = parsed
                .entry(xml)
                .or_insert_with_key(|xml| kapok_model::read(xml, &kapok_model::Unchecked).processes);
            let Some(graph) = graphs.iter().find(|graph| graph.key == definition.key) else {
                return Err(Error::Data(format!(
                    "version {} of the process {} can no longer be read; run `kapok verify`",
                    definition.version, definition.key
                )));
            };
            // One of a time when nothing was asked keeps what its model asks for.
            let grants = match &definition.grants {
                Some(confirmed) => confirmed.grants.clone(),
                None => grants::proposed(graph, &shared.plugins),
            };
            self.add(&definition, *deployment, graph.clone(), grants);
        }
        Ok(())
    }
}

impl Cached {
    fn add(
        &mut self,
        definition: &Definition,
        deployment: DefinitionId,
        graph: Arc<ProcessGraph>,
        grants: ProcessGrants,
    ) {
        let id = definition.id;
        let before = self.latest.get(&graph.key).copied();
        if before.is_none_or(|before| before < id) {
            if let Some(old) = before
                .and_then(|before| self.known.get(&before))
                .map(|old| old.graph.clone())
            {
                for (name, node, is_message) in starts(&old) {
                    if let (Some(before), Some(all)) = (before, self.starts(is_message).get_mut(&name)) {
                        all.remove(&(before, node));
                    }
                }
            }
            for (name, node, is_message) in starts(&graph) {
                self.starts(is_message).entry(name).or_default().insert((id, node));
            }
            self.latest.insert(graph.key.clone(), id);
        }
        let known = Known {
            graph,
            version: definition.version,
            deployment,
            grants: Arc::new(grants),
        };
        self.known.insert(id, known);
    }

    fn starts(&mut self, messages: bool) -> &mut Starts {
        if messages {
            &mut self.messages
        } else {
            &mut self.signals
        }
    }
}

/// The names that start a process from outside, where, and whether each is a message's.
fn starts(graph: &ProcessGraph) -> Vec<(String, NodeIndex, bool)> {
    let mut found = Vec::new();
    let mut add = |node: NodeIndex, trigger: &EventDefinition| match trigger {
        EventDefinition::Message(message) => {
            found.extend(message.name.literal().map(|name| (name.to_owned(), node, true)));
        }
        EventDefinition::Signal(signal) => {
            found.extend(signal.literal().map(|name| (name.to_owned(), node, false)));
        }
        _ => {}
    };
    for (index, node) in graph.children(None) {
        match &node.kind {
            NodeKind::StartEvent(start) => start.triggers.iter().for_each(|trigger| add(index, trigger)),
            NodeKind::ReceiveTask {
                message,
                instantiate: true,
            } => add(index, &EventDefinition::Message(message.clone())),
            NodeKind::EventBasedGateway { instantiate: true, .. } => {
                for (_, flow) in graph.outgoing(index) {
                    match graph.node(flow.target).map(|node| &node.kind) {
                        Some(NodeKind::IntermediateCatch(catch)) => {
                            catch.triggers.iter().for_each(|trigger| add(flow.target, trigger));
                        }
                        Some(NodeKind::ReceiveTask { message, .. }) => {
                            add(flow.target, &EventDefinition::Message(message.clone()));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    found
}

impl kapok_process::Definitions for DefinitionCache {
    fn graph(&self, definition: DefinitionId) -> Option<Arc<ProcessGraph>> {
        self.read().known.get(&definition).map(|known| known.graph.clone())
    }

    fn called(&self, key: &str, version: &CalledVersion, caller: DefinitionId) -> Option<DefinitionId> {
        let cached = self.read();
        let versions = || cached.known.iter().filter(|(_, known)| known.graph.key == key);
        match version {
            CalledVersion::Latest => cached.latest.get(key).copied(),
            CalledVersion::Deployment => {
                let deployment = cached.known.get(&caller)?.deployment;
                let found = versions().find(|(_, known)| known.deployment == deployment);
                found.map(|(id, _)| *id)
            }
            CalledVersion::Number(version) => {
                let found = versions().find(|(_, known)| known.version == *version);
                found.map(|(id, _)| *id)
            }
            CalledVersion::Tag(tag) => {
                let tagged = versions().filter(|(_, known)| known.graph.version_tag.as_ref() == Some(tag));
                tagged.map(|(id, _)| *id).max()
            }
        }
    }

    fn message_starts(&self, name: &str) -> Vec<(DefinitionId, NodeIndex)> {
        let cached = self.read();
        cached.messages.get(name).into_iter().flatten().copied().collect()
    }

    fn signal_starts(&self, name: &str) -> Vec<(DefinitionId, NodeIndex)> {
        let cached = self.read();
        cached.signals.get(name).into_iter().flatten().copied().collect()
    }
}

/// What a deployment gave.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// The new versions, one for each executable process of the file, in its order.
    pub definitions: Vec<Definition>,
    /// What the administrator should know; no errors.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a model as deployment would.
pub(crate) fn check(shared: &Shared, xml: &str) -> kapok_model::Reading {
    kapok_model::read(xml, &Installed::new(shared, &shared.organisation()))
}

/// Deploys a model: a new version of each of its executable processes. `base` is the version its author started from.
pub(crate) fn deploy(
    step: &mut Step<'_>,
    actor: Principal,
    xml: &str,
    reading: &kapok_model::Reading,
    base: Option<u32>,
    confirm: &Confirm,
) -> Result<Vec<Definition>, Error> {
    let mut definitions: Vec<Definition> = Vec::new();
    for graph in reading.processes.iter().filter(|graph| graph.executable) {
        let newest = step.queries().versions(&graph.key, 1)?.into_iter().next();
        let present = newest.as_ref().map_or(0, |definition| definition.version);
        if definitions.is_empty()
            && let Some(base) = base
            && base != present
        {
            return Err(conflict(present, base).into());
        }
        let granted = grants::at_publishing(step.shared, graph, newest.as_ref().map(|before| before.id), confirm);
        let definition = Definition {
            id: DefinitionId::from(step.next_id()),
            key: graph.key.clone(),
            version: present + 1,
            name: graph.name.clone().unwrap_or_else(|| graph.key.clone()),
            deployed_at: step.now,
            deployed_by: actor.person(),
            grants: Some(ConfirmedGrants {
                grants: granted.clone(),
                by: actor.person(),
                at: step.now,
            }),
        };
        step.tx.put_definition(&definition)?;
        step.tx.put_definition_xml(definition.id, xml);
        rearm(step, newest.as_ref(), &definition, graph)?;
        step.hint(HintKind::Definition, definition.id.get(), Audience::Administrators);
        let deployment = definitions.first().map_or(definition.id, |first| first.id);
        let (added, graph) = (definition.clone(), graph.clone());
        step.after_commit(move |shared| shared.definitions.add(&added, deployment, graph, granted));
        definitions.push(definition);
    }
    Ok(definitions)
}

/// Stops the timers that start the old version, and sets those of the new one.
fn rearm(step: &mut Step<'_>, old: Option<&Definition>, new: &Definition, graph: &ProcessGraph) -> Result<(), Error> {
    if let Some(old) = old {
        for timer in step.queries().start_timers(old.id)? {
            step.tx.delete_timer(timer)?;
        }
    }
    let (timers, _) = step.decision(Principal::System, |_, context| {
        kapok_process::arm_start_timers(new.id, graph, context).map_err(|text| {
            kapok_process::Stop::Refused(Refusal {
                kind: RefusalKind::Invalid,
                code: "definition.start-timer".into(),
                text,
                field: None,
            })
        })
    })?;
    for timer in timers {
        debug_assert!(matches!(timer.kind, TimerKind::Start { .. }));
        step.tx.put_timer(&timer)?;
    }
    Ok(())
}

fn conflict(present: u32, base: u32) -> Refusal {
    Refusal::new(
        RefusalKind::Conflict,
        "definition.conflict",
        format!("您从第 {base} 版开始修改，但现在已有第 {present} 版。请先查看新版本，再决定如何合并。"),
        format!(
            "You started from version {base}, but there is a version {present} now. Look at it before you publish."
        ),
    )
}
