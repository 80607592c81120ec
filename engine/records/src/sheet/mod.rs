//! Values of fields as the cells of a spreadsheet hold them: text that people write and read.
//!
//! What is written is read back as the same value. What people write is read as they mean it: dates as one writes them in
//! China or in ISO's form, choices by their label in either language or by their key, entries of a tree by their path,
//! records and people by what they are called. Who is called what, the caller knows ([`Names`]).

mod choices;
mod mapping;
mod moments;
mod numbers;
mod pointed;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::{cell::RefCell, rc::Rc, sync::Arc};

use kapok_protocol::RecordId;

use self::choices::Known;
use crate::definition::{Choice, FieldKind};

pub use mapping::{OWNER, is_readable, line_column, suggest};
pub use read::normal;

/// In which language labels are written. Read they are in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CellLanguage {
    /// Chinese.
    #[default]
    Chinese,
    /// English.
    English,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing that the reader may know.
    Nothing,
    /// This one.
    One(RecordId),
    /// More than one, so that nothing is meant.
    Several,
}

/// What records, people and departments are called.
pub trait Names {
    /// What something that a field of this kind points at is called.
    fn name(&self, kind: &FieldKind, id: RecordId) -> Option<String>;
    /// What a name in a cell of such a field means.
    fn find(&self, kind: &FieldKind, name: &str) -> Found;
    /// Whether something with this id may be named by it.
    fn is_there(&self, kind: &FieldKind, id: RecordId) -> bool;
}

/// Reads and writes cells.
pub struct Cells<'a> {
    names: &'a dyn Names,
    language: CellLanguage,
    /// How far company time is ahead of UTC, in minutes: a moment in a cell is in company time.
    utc_offset_minutes: i32,
    /// The choices that cells were looked up in so far.
    known: RefCell<Vec<Rc<Known>>>,
}

impl<'a> Cells<'a> {
    /// Cells of a company with these names and this time.
    pub fn new(names: &'a dyn Names, language: CellLanguage, utc_offset_minutes: i32) -> Self {
        Self {
            names,
            language,
            utc_offset_minutes,
            known: RefCell::default(),
        }
    }

    /// Choices to be looked up in.
    fn known(&self, choices: &Arc<[Choice]>) -> Rc<Known> {
        let mut known = self.known.borrow_mut();
        if let Some(found) = known.iter().find(|known| known.is_of(choices)) {
            return found.clone();
        }
        let found = Rc::new(Known::new(choices));
        known.push(found.clone());
        found
    }
}

/// What stands between several values in one cell.
const SEPARATORS: [char; 5] = [';', '；', '、', '\n', '\r'];
/// What may stand there too, as long as no value has it inside.
const LOOSE: [char; 2] = [',', '，'];
