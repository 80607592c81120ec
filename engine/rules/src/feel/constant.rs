//! Expressions that come to the same value whenever they are evaluated.

use super::{evaluate::Evaluation, globals::Globals, tree::Expr, value::Feel};
use crate::{Context, meter::Meter};

/// What finding out the value of a constant may cost; what costs more is evaluated each time.
const OPERATIONS: u64 = 1_000;

/// The value of a constant, and what an evaluation of it costs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Constant {
    pub(crate) value: Feel,
    pub(crate) operations: u64,
}

impl Expr {
    /// Its value when that is always the same; `None` also where this cannot be seen, or where it ends in an error.
    pub(crate) fn constant(&self) -> Option<Constant> {
        if !self.is_constant() {
            return None;
        }
        let meter = Meter::new(OPERATIONS);
        let context = Context::default();
        let value = Evaluation::new(Globals::NONE, &context, &meter).value(self).ok()?;
        Some(Constant {
            value,
            operations: meter.used(),
        })
    }

    fn is_constant(&self) -> bool {
        match self {
            Self::Literal(_) => true,
            Self::List(items) => items.iter().all(Self::is_constant),
            Self::Context(entries) => entries.iter().all(|(_, entry)| entry.is_constant()),
            Self::Range(interval) => interval.start.is_constant() && interval.end.is_constant(),
            Self::Chain(first, rest) => first.is_constant() && rest.iter().all(|(_, operand)| operand.is_constant()),
            Self::Negate(inner) => inner.is_constant(),
            Self::Call(builtin, arguments) => {
                !builtin.asks_the_time() && arguments.iter().flatten().all(Self::is_constant)
            }
            _ => false,
        }
    }
}
