//! JUEL, the expression language of Camunda 7, Flowable and Activiti: what their models really use of it.
//!
//! `${…}` and `#{…}` mean the same. A text that is one pair of braces has the value inside; text around them, or
//! several, make a text; a text without braces is itself. There are names, `a.b`, `a['b']`, `a[0]`, literals, the
//! operators of EL 2.2 (arithmetic, comparison, logic, `empty`, `c ? a : b`), the methods of texts, numbers, lists and
//! maps that are in `methods`, `currentUser()`, and what `members` knows of `execution`, `task` and `variables`. Java
//! beans do not exist here; a call of one is refused when the expression is compiled.
//!
//! Values are coerced as EL does it: a text that is a number is one when it meets a number or stands in arithmetic,
//! and a text equals a truth value by its word. Where EL would go on with a guess, this does not, because a condition
//! that is silently false is how an approval gets skipped:
//!
//! - an unknown name is an error; only `empty x` may ask for one, and is true then, and `execution.getVariable('x')`,
//!   which is null;
//! - null has no order, no sum and no truth value (EL takes it for 0 and for false), but `x == null` may be asked, and
//!   what is inside of null is null;
//! - the empty text is not 0, and a text that is neither `true` nor `false` has no truth value;
//! - `+` with a text that is not a number puts texts together, which EL refuses and people write all the same.
//!
//! `loopCounter` counts from 0 in these products and from 1 in the standard, which is what scopes hold: JUEL, and only
//! JUEL, reads it less one.
//!
//! Positions in texts count characters, not the halves of characters that Java counts.

mod coerce;
mod evaluate;
mod lexer;
mod members;
mod methods;
mod parser;
mod tree;

use std::collections::BTreeSet;

use kapok_protocol::{Text, Value};

use crate::{Cause, Scope, meter::Meter, syntax};
use evaluate::Evaluation;
use tree::Part;

/// A text in JUEL, ready to be evaluated.
#[derive(Debug)]
pub(crate) struct Program {
    parts: Vec<Part>,
    /// The names it mentions.
    names: BTreeSet<String>,
}

impl Program {
    /// Reads a text.
    pub(crate) fn parse(source: &str) -> Result<Self, Text> {
        syntax::check_size(source)?;
        let (parts, names) = parser::parse(source).map_err(|fault| fault.text(source))?;
        Ok(Self { parts, names })
    }

    /// Its value.
    pub(crate) fn evaluate(&self, scope: &dyn Scope, operations: u64) -> Result<Value, Cause> {
        let evaluation = Evaluation::new(scope, &self.names, Meter::new(operations));
        match self.parts.as_slice() {
            [Part::Value(expr)] => evaluation.value(expr).map(std::borrow::Cow::into_owned),
            parts => evaluation.text(parts).map(Value::Text),
        }
    }
}
