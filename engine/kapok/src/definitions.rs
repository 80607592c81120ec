//! Deployed processes: kept as the XML that was deployed, parsed when first needed, and watched for what starts them.
//!
//! Present versions are parsed when the engine opens, since any of them may be started by a name, a time or a record. Former
//! ones are read when one of their cases goes on, so that years of versions do not make opening slow.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, OnceLock, RwLock},
};

use kapok_model::{CalledVersion, Diagnostic, EventDefinition, NodeIndex, NodeKind, ProcessGraph, RecordTrigger};
use kapok_process::state::TimerKind;
use kapok_protocol::{DefinitionId, Entity, Principal, RecordEvent, Refusal, RefusalKind};
use kapok_records::ProcessGrants;
use kapok_store::Store;
use kapok_tables::{ConfirmedGrants, Definition, Queries};

use crate::{
    Error,
    environment::Installed,
    grants::{self, Confirm},
    hints::{Audience, HintKind},
    plugins::Plugins,
    shared::Shared,
    writer::Step,
};

/// The definitions, and which version of each process is the present one.
pub(crate) struct DefinitionCache {
    store: Store,
    cached: RwLock<Cached>,
}

#[derive(Default)]
struct Cached {
    known: HashMap<DefinitionId, Arc<Known>>,
    /// The versions of a process, oldest first.
    versions: HashMap<String, Vec<DefinitionId>>,
    messages: Starts,
    signals: Starts,
}

/// A version.
struct Known {
    definition: Definition,
    graph: OnceLock<Arc<ProcessGraph>>,
    /// What it may do with records.
    grants: Arc<ProcessGrants>,
}

impl Known {
    fn new(definition: Definition, graph: OnceLock<Arc<ProcessGraph>>) -> Self {
        let grants = definition.grants.as_ref().map(|confirmed| confirmed.grants.clone());
        Self {
            definition,
            graph,
            grants: Arc::new(grants.unwrap_or_default()),
        }
    }
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
    /// Knows nothing until [`Self::load`].
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            cached: RwLock::default(),
        }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Cached> {
        self.cached.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn add(&self, definition: Definition, graph: Arc<ProcessGraph>) {
        let mut cached = self.cached.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        cached.add(definition, graph);
    }

    /// What a version may do with records.
    pub(crate) fn grants(&self, definition: DefinitionId) -> Arc<ProcessGrants> {
        self.known(definition)
            .map(|known| known.grants.clone())
            .unwrap_or_default()
    }

    /// Replaces what a version may do with records, after the commit that changed it.
    pub(crate) fn replace_grants(&self, definition: &Definition) {
        let mut cached = self.cached.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(known) = cached.known.get_mut(&definition.id) {
            *known = Arc::new(Known::new(definition.clone(), known.graph.clone()));
        }
    }

    /// The present version of a process.
    pub(crate) fn latest(&self, key: &str) -> Option<DefinitionId> {
        self.read().latest(key)
    }

    /// The present versions, by process key.
    pub(crate) fn all_latest(&self) -> Vec<(DefinitionId, Arc<ProcessGraph>)> {
        let cached = self.read();
        let latest = cached.versions.values().filter_map(|versions| versions.last());
        let mut latest: Vec<_> = latest
            .filter_map(|id| Some((*id, cached.known.get(id)?.graph.get()?.clone())))
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
    pub(crate) fn load(&self, plugins: &Plugins) -> Result<(), Error> {
        let view = self.store.view();
        let queries = Queries(&view);
        let mut latest: HashMap<String, Definition> = HashMap::new();
        let mut cached = Cached::default();
        for mut definition in queries.definitions()? {
            // One of a time when nothing was asked keeps what its model asks for.
            if definition.grants.is_none() {
                let xml = queries.definition_xml(definition.id)?.unwrap_or_default();
                let graphs = graphs_of(&xml);
                let graph = graphs.iter().find(|graph| graph.key == definition.key);
                definition.grants = Some(ConfirmedGrants {
                    grants: graph.map(|graph| grants::proposed(graph, plugins)).unwrap_or_default(),
                    by: None,
                    at: definition.deployed_at,
                });
            }
            let before = latest.insert(definition.key.clone(), definition);
            before.into_iter().for_each(|former| cached.add_former(former));
        }
        let mut parsed: HashMap<String, Vec<Arc<ProcessGraph>>> = HashMap::new();
        for definition in latest.into_values() {
            let xml = queries.definition_xml(definition.id)?.unwrap_or_default();
            // One file may hold several processes; it is read once.
            let graphs = parsed.entry(xml).or_insert_with_key(|xml| graphs_of(xml));
            let Some(graph) = graphs.iter().find(|graph| graph.key == definition.key) else {
                return Err(Error::Data(format!(
                    "version {} of the process {} can no longer be read; run `kapok verify`",
                    definition.version, definition.key
                )));
            };
            let graph = graph.clone();
            cached.add(definition, graph);
        }
        *self.cached.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = cached;
        Ok(())
    }

    fn known(&self, id: DefinitionId) -> Option<Arc<Known>> {
        self.read().known.get(&id).cloned()
    }

    fn xml(&self, id: DefinitionId) -> Option<String> {
        let view = self.store.view();
        match Queries(&view).definition_xml(id) {
            Ok(xml) => xml,
            Err(error) => {
                tracing::error!(definition = id.get(), %error, "the drawing of a version cannot be read; run `kapok verify`");
                None
            }
        }
    }

    fn graph_of(&self, known: &Known) -> Option<Arc<ProcessGraph>> {
        if let Some(graph) = known.graph.get() {
            return Some(graph.clone());
        }
        let Definition { id, key, version, .. } = &known.definition;
        let graphs = graphs_of(&self.xml(*id)?);
        let Some(graph) = graphs.into_iter().find(|graph| graph.key == *key) else {
            tracing::error!(
                process = key,
                version,
                "this version can no longer be read; run `kapok verify`"
            );
            return None;
        };
        Some(known.graph.get_or_init(|| graph).clone())
    }

    /// Whether two versions came from one file at one time.
    fn deployed_together(&self, one: &Definition, other: &Definition) -> bool {
        one.deployed_at == other.deployed_at && (one.id == other.id || self.xml(one.id) == self.xml(other.id))
    }
}

fn graphs_of(xml: &str) -> Vec<Arc<ProcessGraph>> {
    kapok_model::read(xml, &kapok_model::Unchecked).processes
}

impl Cached {
    fn latest(&self, key: &str) -> Option<DefinitionId> {
        self.versions.get(key)?.last().copied()
    }

    /// Adds a version that another has followed.
    fn add_former(&mut self, definition: Definition) {
        self.insert(definition, OnceLock::new());
    }

    /// Adds the present version of a process.
    fn add(&mut self, definition: Definition, graph: Arc<ProcessGraph>) {
        let id = definition.id;
        let former = self.latest(&graph.key).and_then(|former| self.known.get(&former));
        if let Some(former) = former.cloned()
            && let Some(old) = former.graph.get()
        {
            for (name, node, is_message) in starts(old) {
                if let Some(all) = self.starts(is_message).get_mut(&name) {
                    all.remove(&(former.definition.id, node));
                }
            }
        }
        for (name, node, is_message) in starts(&graph) {
            self.starts(is_message).entry(name).or_default().insert((id, node));
        }
        self.insert(definition, OnceLock::from(graph));
    }

    fn insert(&mut self, definition: Definition, graph: OnceLock<Arc<ProcessGraph>>) {
        let (id, key) = (definition.id, definition.key.clone());
        self.versions.entry(key).or_default().push(id);
        self.known.insert(id, Arc::new(Known::new(definition, graph)));
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
        let known = {
            let cached = self.read();
            let known = cached.known.get(&definition)?;
            if let Some(graph) = known.graph.get() {
                return Some(graph.clone());
            }
            known.clone()
        };
        self.graph_of(&known)
    }

    fn called(&self, key: &str, version: &CalledVersion, caller: DefinitionId) -> Option<DefinitionId> {
        let newest_first = {
            let cached = self.read();
            if let CalledVersion::Latest = version {
                return cached.latest(key);
            }
            let ids = cached.versions.get(key)?.iter().rev();
            ids.filter_map(|id| cached.known.get(id).cloned()).collect::<Vec<_>>()
        };
        let mut newest_first = newest_first.into_iter();
        let found = match version {
            CalledVersion::Latest => newest_first.next(),
            CalledVersion::Deployment => {
                let caller = self.known(caller)?;
                newest_first.find(|known| self.deployed_together(&known.definition, &caller.definition))
            }
            CalledVersion::Number(version) => newest_first.find(|known| known.definition.version == *version),
            CalledVersion::Tag(tag) => newest_first.find(|known| {
                self.graph_of(known)
                    .is_some_and(|graph| graph.version_tag.as_ref() == Some(tag))
            }),
        };
        found.map(|known| known.definition.id)
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
                grants: granted,
                by: actor.person(),
                at: step.now,
            }),
        };
        step.tx.put_definition(&definition)?;
        step.tx.put_definition_xml(definition.id, xml);
        rearm(step, newest.as_ref(), &definition, graph)?;
        step.hint(HintKind::Definition, definition.id.get(), Audience::Administrators);
        let (added, graph) = (definition.clone(), graph.clone());
        step.after_commit(move |shared| shared.definitions.add(added, graph));
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
