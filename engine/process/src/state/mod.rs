//! The state of processes as rows.
//!
//! A case is not a blob: every live element, variable, task and timer is a row of its own, so a step reads and writes
//! the rows it touches and nothing else. [`State`] is the port through which committed rows are read, [`Work`] the set
//! of rows one command has read and changed; the shell turns a `Work` into a batch.

mod rows;
mod waiting;
mod work;

pub use kapok_model::{FlowIndex, MessageChannel, NodeIndex};
pub use rows::{
    Arrival, Candidate, ElementInstance, ElementState, Event, EventKind, Incident, Instance, InstanceState, Job,
    JobLock, Part, Repetition, Task, TaskState,
};
pub use waiting::{
    Awaited, Compensation, CompensationKey, Gathering, GatheringKey, ItemKey, KeptMessage, Subscription, Timer,
    TimerKind, TokenKey, Undoing, Waiting,
};
pub use work::{Changes, State, StateError, Table, VariableKey, Work};
