//! Functions that in rhai may grow beyond every limit before the limit is looked at: `replace` multiplies a text by
//! itself, and `pad` computes with sizes that overflow.

use rhai::{Array, Dynamic, Engine, EvalAltResult, INT, ImmutableString, NativeCallContext};

/// Replaces rhai's functions by ones that stop at the engine's limits.
pub(crate) fn register(engine: &mut Engine) {
    engine.register_fn("pad", pad);
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

fn pad(context: NativeCallContext, list: &mut Array, length: INT, item: Dynamic) -> Result<(), Box<EvalAltResult>> {
    let length = usize::try_from(length).unwrap_or(0);
    if length.saturating_mul(1 + parts(&item)) > context.engine().max_array_size() {
        return Err(EvalAltResult::ErrorDataTooLarge("pad".to_owned(), rhai::Position::NONE).into());
    }
    if length > list.len() {
        list.resize(length, item);
    }
    Ok(())
}

/// How many values stand inside a value.
fn parts(value: &Dynamic) -> usize {
    if let Ok(items) = value.as_array_ref() {
        items.iter().map(|item| 1 + parts(item)).sum()
    } else if let Ok(entries) = value.as_map_ref() {
        entries.values().map(|entry| 1 + parts(entry)).sum()
    } else {
        0
    }
}
