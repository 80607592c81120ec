//! `replace`, which in rhai may multiply a text by itself before its size is looked at.

use rhai::{Engine, EvalAltResult, ImmutableString, NativeCallContext};

/// Replaces rhai's `replace` by one that stops at the engine's string limit.
pub(crate) fn register(engine: &mut Engine) {
    engine.register_fn(
        "replace",
        |context: NativeCallContext, text: &mut ImmutableString, from: &str, to: &str| {
            replace(&context, text, from, to)
        },
    );
    engine.register_fn(
        "replace",
        |context: NativeCallContext, text: &mut ImmutableString, from: char, to: &str| {
            replace(&context, text, from.encode_utf8(&mut [0; 4]), to)
        },
    );
    engine.register_fn(
        "replace",
        |context: NativeCallContext, text: &mut ImmutableString, from: &str, to: char| {
            replace(&context, text, from, to.encode_utf8(&mut [0; 4]))
        },
    );
    engine.register_fn(
        "replace",
        |context: NativeCallContext, text: &mut ImmutableString, from: char, to: char| {
            replace(
                &context,
                text,
                from.encode_utf8(&mut [0; 4]),
                to.encode_utf8(&mut [0; 4]),
            )
        },
    );
}

fn replace(
    context: &NativeCallContext,
    text: &mut ImmutableString,
    from: &str,
    to: &str,
) -> Result<(), Box<EvalAltResult>> {
    let growth = text
        .matches(from)
        .count()
        .saturating_mul(to.len().saturating_sub(from.len()));
    if text.len().saturating_add(growth) > context.engine().max_string_size() {
        return Err(EvalAltResult::ErrorDataTooLarge("replace".to_owned(), rhai::Position::NONE).into());
    }
    *text = text.replace(from, to).into();
    Ok(())
}
