//! Decisions (DMN): kept as the XML that was deployed, parsed once, asked by id or by name. The newest that has a name
//! answers to it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::RwLock,
};

use kapok_protocol::{DefinitionId, Principal, Refusal, RefusalKind, Text, Timestamp, Value};
use kapok_rules::{Context, Decisions, Values};
use kapok_tables::{DecisionFile, Queries};

use crate::{
    Error,
    hints::{Audience, HintKind},
    organisation::today,
    shared::Shared,
    writer::Step,
};

/// The parsed decisions by what they answer to.
#[derive(Default)]
pub(crate) struct DecisionCache(RwLock<HashMap<String, Decisions>>);

impl DecisionCache {
    /// The newest decision with this id or name, among the others of its file.
    pub(crate) fn get(&self, decision: &str) -> Option<Decisions> {
        let cached = self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        cached.get(decision).cloned()
    }

    fn add(&self, decisions: &Decisions) {
        let mut cached = self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        for (id, name) in decisions.names() {
            cached.insert(name.to_owned(), decisions.clone());
            cached.insert(id.to_owned(), decisions.clone());
        }
    }

    /// Reads what is deployed.
    pub(crate) fn load(&self, shared: &Shared) -> Result<(), Error> {
        let view = shared.store.view();
        let queries = Queries(&view);
        for file in queries.decision_files()? {
            let xml = queries.definition_xml(file.id)?.unwrap_or_default();
            let decisions = Decisions::parse(&xml).map_err(|reason| {
                let id = file.id;
                Error::Data(format!(
                    "the decisions {id} can no longer be read: {reason}; run `kapok verify`"
                ))
            })?;
            self.add(&decisions);
        }
        Ok(())
    }
}

/// Reads a file of decisions, or says what is wrong with it.
pub(crate) fn parse(xml: &str) -> Result<Decisions, Error> {
    Decisions::parse(xml).map_err(|reason| refused("decision.invalid", reason))
}

/// Deploys a file of decisions.
pub(crate) fn deploy(
    step: &mut Step<'_>,
    actor: Principal,
    xml: &str,
    decisions: Decisions,
) -> Result<DefinitionId, Error> {
    let id = DefinitionId::from(step.next_id());
    let names = decisions.names().map(|(id, name)| (id.to_owned(), name.to_owned()));
    let file = DecisionFile {
        id,
        decisions: names.collect(),
        deployed_at: step.now,
        deployed_by: actor.person(),
    };
    step.tx.put_decision_file(&file)?;
    step.tx.put_definition_xml(id, xml);
    step.hint(HintKind::Definition, id.get(), Audience::Administrators);
    step.after_commit(move |shared| shared.decisions.add(&decisions));
    Ok(id)
}

/// Asks a decision of a file, with nothing else around: for trying one.
///
/// # Errors
///
/// What is wrong with the file, or why the decision gives no answer.
pub fn decide(xml: &str, decision: &str, input: &BTreeMap<String, Value>, now: Timestamp) -> Result<Value, Error> {
    DecisionModel::parse(xml)?.decide(decision, input, now)
}

/// A file of decisions that is read once and asked often, with no engine around it.
#[derive(Debug, Clone)]
pub struct DecisionModel(Decisions);

impl DecisionModel {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(xml: &str) -> Result<Self, Error> {
        parse(xml).map(Self)
    }

    /// Asks a decision, by its id or name. Dates are those of the company's time zone.
    ///
    /// # Errors
    ///
    /// Why it gives no answer.
    pub fn decide(&self, decision: &str, input: &BTreeMap<String, Value>, now: Timestamp) -> Result<Value, Error> {
        let context = Context {
            today: today(now, 8 * 60),
            ..Context::default()
        };
        self.0
            .evaluate(decision, &Values::new(input, &context))
            .map_err(|error| refused("decision.failed", error.text()))
    }
}

fn refused(code: &'static str, text: Text) -> Error {
    Refusal::new(RefusalKind::Invalid, code, text.zh, text.en).into()
}
