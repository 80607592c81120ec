//! What is empty is neither less nor greater than anything, so asking is a mistake, and no silent `false`: an approval
//! could be skipped by it. rhai itself would answer `false` for any two values of different kinds.

use rhai::{Engine, EvalAltResult, INT, ImmutableString, Position, Variant};
use rust_decimal::Decimal;

/// Refuses to order null and a number, a text or another null.
pub(crate) fn register(engine: &mut Engine) {
    for operator in ["<", "<=", ">", ">="] {
        refuse::<(), ()>(engine, operator, "empty, empty");
        refuse::<(), INT>(engine, operator, "empty, number");
        refuse::<INT, ()>(engine, operator, "number, empty");
        refuse::<(), Decimal>(engine, operator, "empty, number");
        refuse::<Decimal, ()>(engine, operator, "number, empty");
        refuse::<(), ImmutableString>(engine, operator, "empty, text");
        refuse::<ImmutableString, ()>(engine, operator, "text, empty");
    }
}

fn refuse<A: Variant + Clone, B: Variant + Clone>(engine: &mut Engine, operator: &'static str, kinds: &'static str) {
    engine.register_fn(operator, move |_: A, _: B| {
        let signature = format!("{operator} ({kinds})");
        Err::<bool, _>(Box::new(EvalAltResult::ErrorFunctionNotFound(
            signature,
            Position::NONE,
        )))
    });
}
