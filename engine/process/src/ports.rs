//! What a decision may ask of the world, all of it pure: the shell supplies these from the same moment as the rows.

use std::{collections::BTreeMap, num::NonZeroU64, sync::Arc};

use kapok_model::{CalledVersion, NodeIndex, ProcessGraph};
use kapok_protocol::{DefinitionId, Expression, PersonId, Principal, RecordRef, Text, Timestamp, Value};

use crate::state::{Candidate, StateError};

/// Where names in an expression come from: the nearest scope outwards, and the record the case is about.
pub trait Scope {
    /// The value of a variable; `None` when no scope has it.
    fn get(&self, name: &str) -> Result<Option<Value>, StateError>;
    /// The record the case is about.
    fn record(&self) -> Option<&RecordRef>;
    /// The version of the process in whose name it is asked; `None` where there is no record either.
    fn definition(&self) -> Option<DefinitionId> {
        None
    }
    /// What other engines call `execution`: the case and the element that asks, by their getters' names.
    fn execution(&self) -> Value {
        Value::Null
    }
}

/// What running a script gave.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScriptResult {
    /// The script's value.
    pub value: Value,
    /// Variables that it assigned, and those it created through `vars.x = …`.
    pub writes: BTreeMap<String, Value>,
}

/// Why an expression or script gave nothing: it becomes the text of an incident.
pub type EvaluationError = Text;

/// Evaluates expressions. Compiled forms are cached behind it.
pub trait Evaluator {
    /// The value of an expression; null is a value.
    fn value(&self, expression: &Expression, scope: &dyn Scope) -> Result<Value, EvaluationError>;
    /// The truth of a condition; null is an error that names the expression.
    fn condition(&self, expression: &Expression, scope: &dyn Scope) -> Result<bool, EvaluationError>;
    /// Whether a condition holds by now: what is not known yet, or null, does not hold yet.
    fn becomes(&self, expression: &Expression, scope: &dyn Scope) -> Result<bool, EvaluationError>;
    /// Whether this is a decision that can be asked here.
    fn knows_decision(&self, decision: &str) -> bool;
    /// The answer of a decision.
    fn decision(&self, decision: &str, scope: &dyn Scope) -> Result<Value, EvaluationError>;
    /// Runs a script.
    fn script(&self, script: &str, scope: &dyn Scope) -> Result<ScriptResult, EvaluationError>;
    /// A text for people with its `{placeholders}` filled in.
    fn text(&self, template: &str, scope: &dyn Scope) -> Result<String, EvaluationError>;
    /// A URL with its `{placeholders}` filled in, encoded so that they stay parts of what they stand in.
    fn url(&self, template: &str, scope: &dyn Scope) -> Result<String, EvaluationError> {
        self.text(template, scope)
    }
}

/// Knows the organisation. Only active persons are ever answered.
pub trait Directory {
    /// The person with this sign-in name.
    fn person(&self, login: &str) -> Option<PersonId>;
    /// Whether there is an active person with this id.
    fn exists(&self, person: PersonId) -> bool;
    /// What people call the person.
    fn name(&self, person: PersonId) -> Option<String>;
    /// The direct superior.
    fn superior(&self, person: PersonId) -> Option<PersonId>;
    /// The head of the person's department.
    fn department_head(&self, person: PersonId) -> Option<PersonId>;
    /// The members of a group, by id.
    fn members(&self, group: &Candidate) -> Vec<PersonId>;
    /// The role or department of this code or name.
    fn group(&self, name: &str) -> Option<Candidate>;
    /// Whether the person is in the group.
    fn is_member(&self, person: PersonId, group: &Candidate) -> bool;
    /// Whether the person may repair, cancel and reassign cases.
    fn is_administrator(&self, person: PersonId) -> bool;
    /// Who acts for a person in cases of a process at a moment, because the person is away or has left.
    fn stand_ins(&self, person: PersonId, process: &str, now: Timestamp) -> Vec<PersonId> {
        let _ = (person, process, now);
        Vec::new()
    }
}

/// Knows the deployed definitions.
pub trait Definitions {
    /// A version of a process.
    fn graph(&self, definition: DefinitionId) -> Option<Arc<ProcessGraph>>;
    /// The version of a process that a call means, made by a case of the version `caller`.
    fn called(&self, key: &str, version: &CalledVersion, caller: DefinitionId) -> Option<DefinitionId>;
    /// Where the newest version of any process is started by a message of this name, in the order of deployment.
    fn message_starts(&self, name: &str) -> Vec<(DefinitionId, NodeIndex)>;
    /// Where the newest version of any process is started by a signal of this name, in the order of deployment.
    fn signal_starts(&self, name: &str) -> Vec<(DefinitionId, NodeIndex)>;
}

/// Bounds that keep a process from taking the engine with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Elements activated by one command.
    pub steps_per_command: u32,
    /// Elements activated in the life of one case.
    pub activations_per_instance: u64,
    /// How many cases may start each other in a row, by triggers, messages or calls.
    pub trigger_depth: u32,
    /// The least time between two urgings of one task, in milliseconds.
    pub urge_interval_millis: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps_per_command: 10_000,
            activations_per_instance: 1_000_000,
            trigger_depth: 16,
            urge_interval_millis: 60_000,
        }
    }
}

/// Everything a decision is given besides the command and the rows.
pub struct Context<'a> {
    /// The moment.
    pub now: Timestamp,
    /// Who acts.
    pub actor: Principal,
    /// New ids.
    pub ids: &'a mut dyn FnMut() -> NonZeroU64,
    /// The definitions.
    pub definitions: &'a dyn Definitions,
    /// The expressions.
    pub evaluator: &'a dyn Evaluator,
    /// The organisation.
    pub directory: &'a dyn Directory,
    /// The bounds.
    pub limits: Limits,
    /// Durations of drawn processes are divided by this; 1 in real life, more in demonstrations, where an hour may pass
    /// in a second.
    pub shorten: u32,
    /// How far company time is ahead of UTC, in minutes; times without an offset are meant in it.
    pub utc_offset_minutes: i32,
}
