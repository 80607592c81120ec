//! Layers of definitions: what each declares, and how they become one document.

mod assemble;
mod definitions;
mod merge;
mod permissions;
mod retire;

pub(crate) use assemble::{Documents, assemble};
pub use definitions::{Definitions, Layer};
