//! Random processes as BPMN XML, and random wishes of what happens to them. The same seed gives the same.
//!
//! [`structured`] nests blocks with one way in and one way out, so that every case can come to its end. [`tangled`]
//! draws flows between gateways as they come, forwards and backwards; what goes back counts, so that it stops.

mod activities;
mod blocks;
mod decorations;
mod events;
mod gateways;
mod pen;
mod tangled;
mod wishes;

pub use crate::Chance;
pub use tangled::tangled;
pub use wishes::{Wish, wishes};

use pen::{Around, Pen};

/// A drawing.
#[derive(Debug, Clone)]
pub struct Model {
    /// The BPMN XML.
    pub xml: String,
    /// The key of the process to start.
    pub process: String,
}

/// A block-structured process of about so many blocks.
pub fn structured(seed: u64, size: usize) -> Model {
    let mut pen = Pen::new(Chance::new(seed), size);
    let mut body = pen.whole(&Around::default());
    if pen.chance.once_in(5) {
        body += &pen.event_sub_process(Around::default());
    }
    pen.model(body)
}
