//! What people and models write to be computed: rhai expressions and scripts, JUEL and FEEL expressions, condition
//! rows, decision files, and texts with placeholders.
//!
//! Everything here is pure and bounded. A script cannot reach a file, the network, the clock or other scripts; it has
//! a fixed number of operations and a fixed amount of data, and going over either is an [`EvaluationError`], never a
//! hang or a crash. The reason is the history of such engines elsewhere: the expression language is where outsiders
//! get in, so the sandbox holds only what was put into it on purpose.
//!
//! The road is always the same. Text is compiled once, by [`Sandbox::compile`], [`Sandbox::compile_script`],
//! [`Condition::new`], [`Decisions::parse`] or [`Template::parse`], and the holder keeps the result (it is cheap to clone and can be shared
//! between threads). It is then evaluated against a [`Scope`], the port through which it asks for values by name; only
//! the names it mentions are asked for.
//!
//! Null and unknown names follow one rule, because a condition that is silently false is how an approval gets skipped:
//! a name nobody knows, and a condition whose value is null, are errors that name the expression. Inside of FEEL, and so
//! of decision tables, an unknown name is null, as its standard says; a null condition is an error there too.

mod bounded;
mod budget;
mod columns;
mod compare;
mod compiled;
mod condition;
mod convert;
mod dmn;
mod error;
mod feel;
mod juel;
mod meter;
mod names;
mod nulls;
mod numbers;
mod plain;
mod sandbox;
mod scope;
mod script;
mod syntax;
mod template;
mod words;

pub use compare::{equal, order};
pub use compiled::{Compiled, Outcome};
pub use condition::Condition;
pub use dmn::Decisions;
pub use error::{Cause, EvaluationError, Position};
pub use sandbox::{Limits, Sandbox};
pub use scope::{Context, Scope, Values};
pub use template::Template;
pub use words::resolve;
