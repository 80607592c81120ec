//! What is empty is neither less nor greater than anything, so asking is a mistake, and no silent `false`: an approval
//! could be skipped by it. rhai itself would answer `false` for any two values of different kinds.

use rhai::{Dynamic, Engine, EvalAltResult, INT, ImmutableString, NativeCallContext, Position, Variant};
use rust_decimal::Decimal;

/// Refuses to order null and a number, a text or another null.
pub(crate) fn register(engine: &mut Engine) {
    for operator in ["<", "<=", ">", ">="] {
        refuse::<(), ()>(engine, operator);
        refuse::<(), INT>(engine, operator);
        refuse::<INT, ()>(engine, operator);
        refuse::<(), Decimal>(engine, operator);
        refuse::<Decimal, ()>(engine, operator);
        refuse::<(), ImmutableString>(engine, operator);
        refuse::<ImmutableString, ()>(engine, operator);
    }
}

fn refuse<A: Variant + Clone, B: Variant + Clone>(engine: &mut Engine, operator: &'static str) {
    engine.register_fn(operator, move |context: NativeCallContext<'_>, a: A, b: B| {
        let engine = context.engine();
        let kinds =
            [Dynamic::from(a), Dynamic::from(b)].map(|value| engine.map_type_name(value.type_name()).to_owned());
        let signature = format!("{operator} ({})", kinds.join(", "));
        Err::<bool, _>(Box::new(EvalAltResult::ErrorFunctionNotFound(
            signature,
            Position::NONE,
        )))
    });
}
