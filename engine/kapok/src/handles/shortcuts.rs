//! The records a person marked, and those they have seen lately.

use kapok_protocol::{Entity, RecordId, RecordRef, Refusal, RefusalKind};
use kapok_tables::Shortcuts;

use super::Staff;
use crate::{Error, views::RecordView};

/// The most records one person marks.
const STARRED: usize = 500;
/// So many of those seen lately are kept.
const RECENT: usize = 50;

impl Staff {
    /// The records the person marked that they may see, the last marked first.
    pub fn starred(&self) -> Result<Vec<RecordView>, Error> {
        self.readable(|shortcuts| shortcuts.starred)
    }

    /// The records the person has seen lately and may still see, the last first.
    pub fn recent(&self) -> Result<Vec<RecordView>, Error> {
        self.readable(|shortcuts| shortcuts.recent)
    }

    /// Whether the person marked a record.
    pub fn is_starred(&self, reference: &RecordRef) -> Result<bool, Error> {
        let view = self.view();
        let shortcuts = self.viewing(&view).queries.shortcuts(self.person)?;
        let key = (reference.entity.clone(), reference.id);
        Ok(shortcuts.is_some_and(|shortcuts| shortcuts.starred.contains(&key)))
    }

    /// Marks a record, or takes the mark away.
    pub fn star(&self, reference: &RecordRef, marked: bool) -> Result<(), Error> {
        if marked {
            self.record(reference)?;
        }
        let key = (reference.entity.clone(), reference.id);
        self.arrange(move |shortcuts| {
            shortcuts.starred.retain(|known| *known != key);
            if marked && shortcuts.starred.len() >= STARRED {
                return Err(Refusal::new(
                    RefusalKind::Limit,
                    "star.too-many",
                    format!("最多收藏 {STARRED} 条记录，请先取消一些。"),
                    format!("At most {STARRED} records are marked; unmark some first."),
                )
                .into());
            }
            if marked {
                shortcuts.starred.insert(0, key);
            }
            Ok(())
        })
    }

    /// Notes that the person has opened a record.
    pub fn note_seen(&self, reference: &RecordRef) -> Result<(), Error> {
        self.record(reference)?;
        let key = (reference.entity.clone(), reference.id);
        self.arrange(move |shortcuts| {
            shortcuts.recent.retain(|known| *known != key);
            shortcuts.recent.insert(0, key);
            shortcuts.recent.truncate(RECENT);
            Ok(())
        })
    }

    fn arrange(&self, change: impl FnOnce(&mut Shortcuts) -> Result<(), Error> + Send + 'static) -> Result<(), Error> {
        let person = self.person;
        self.submit(move |step| {
            let known = step.queries().shortcuts(person)?;
            let mut shortcuts = known.clone().unwrap_or(Shortcuts {
                person,
                starred: Vec::new(),
                recent: Vec::new(),
            });
            change(&mut shortcuts)?;
            if known.as_ref() != Some(&shortcuts) {
                step.tx.put_shortcuts(&shortcuts)?;
            }
            Ok(())
        })
    }

    fn readable(&self, which: impl Fn(Shortcuts) -> Vec<(Entity, RecordId)>) -> Result<Vec<RecordView>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let Some(shortcuts) = viewing.queries.shortcuts(self.person)? else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for (entity, id) in which(shortcuts) {
            let record = self.record_view(&viewing, &RecordRef { entity, id })?;
            found.extend(record.map(|(record, _)| record));
        }
        Ok(found)
    }
}
