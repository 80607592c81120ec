//! Counts the operations of one evaluation.
//!
//! rhai's own counter starts afresh in every callback of a native function, so that `list.filter(|x| …)` inside another
//! would multiply the limit instead of using it up. This one counts them all. An evaluation stays on one thread, so its
//! counter belongs to the thread.

use std::cell::Cell;

use rhai::{Dynamic, Engine};

thread_local! {
    static USED: Cell<u64> = const { Cell::new(0) };
}

/// Stops every evaluation of the engine at this many operations; each begins with [`start`].
pub(crate) fn limit(engine: &mut Engine, operations: u64) {
    engine.on_progress(move |_| {
        let used = USED.get().saturating_add(1);
        USED.set(used);
        (used > operations).then_some(Dynamic::UNIT)
    });
}

/// Begins an evaluation.
pub(crate) fn start() {
    USED.set(0);
}
