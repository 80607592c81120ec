//! Asking the index.

use std::panic::{AssertUnwindSafe, catch_unwind};

use kapok_protocol::{PersonId, Refusal, RefusalKind};
use kapok_search::Index;

use crate::{Error, shared::Shared};

/// Asks the index in the name of a reader, who finds all that they have written.
pub(crate) struct Searching<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) reader: Option<PersonId>,
}

impl Searching<'_> {
    /// Asks a question. An index that turns out to be damaged is made anew, and asked again.
    pub(crate) fn ask<T>(&self, question: impl Fn(&Index) -> Result<T, kapok_search::Error>) -> Result<T, Error> {
        let projection = &self.shared.projection;
        for _ in 0..2 {
            let index = projection.index_for(self.shared, self.reader)?;
            // Files that are damaged while they are in use can make whoever reads them panic.
            match catch_unwind(AssertUnwindSafe(|| question(&index))) {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(kapok_search::Error::Filter(text))) => {
                    return Err(
                        Refusal::new(RefusalKind::Invalid, "filter.invalid", text.zh.clone(), text.en.clone())
                            .at("filter")
                            .into(),
                    );
                }
                Ok(Err(error)) => projection.give_up(&error.to_string()),
                Err(_) => projection.give_up("reading it failed within the program"),
            }
        }
        Err(super::being_made())
    }
}
