//! What must hold between the parts of a process, once each part is read.

mod events;
mod flows;
mod joins;
mod links;
mod people;
pub(crate) mod standard;
mod ways;

use crate::read::{Context, Draft};

/// Runs every check; all take time in proportion to the drawing.
pub(crate) fn check(draft: &Draft<'_>, context: &mut Context<'_>) {
    events::check(draft, context);
    flows::check(draft, context);
    people::check(draft, context);
    // A missing part could be the way that seems to be missing.
    if draft.complete {
        ways::check(draft, &mut context.findings);
    }
}
