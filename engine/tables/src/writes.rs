//! What may be written besides the process engine's own changes.

use kapok_process::state::{Job, Timer};
use kapok_protocol::{DefinitionId, Entity, OutboxRow, RecordId, TimerId, Timestamp};

use crate::{
    Key, Prefix, Read, TableError, Transaction, codec, read,
    rows::{Credential, DecisionFile, Definition, HistoryEntry, Preference, RecordRow, Session, StoredAnswer, Token},
};

pub(crate) fn xml_key(id: DefinitionId) -> Key {
    Key::new(Prefix::DefinitionXml).number(id.get())
}

fn counter_key() -> Key {
    Key::new(Prefix::Meta).text("next-id")
}

fn number_key(entity: &Entity, field: &str, period: &str) -> Key {
    Key::new(Prefix::RecordNumber)
        .text(entity.as_str())
        .text(field)
        .text(period)
}

/// The last id given out; 0 in a new store.
pub fn last_id(read: &dyn Read) -> Result<u64, TableError> {
    counter(read, &counter_key())
}

pub(crate) fn counter(read: &dyn Read, key: &Key) -> Result<u64, TableError> {
    let Some(bytes) = read.get(key.as_bytes())? else {
        return Ok(0);
    };
    codec::decode(1, &bytes).map_err(|error| TableError::Codec {
        key: read::hexadecimal(key.as_bytes()),
        error,
    })
}

macro_rules! puts {
    ($($(#[$doc:meta])* $name:ident($row:ty);)*) => {
        impl Transaction<'_> {$(
            $(#[$doc])*
            pub fn $name(&mut self, row: &$row) -> Result<(), TableError> {
                self.put(row)
            }
        )*}
    };
}

puts! {
    /// Writes a definition's row.
    put_definition(Definition);
    /// Writes the row of a file of decisions.
    put_decision_file(DecisionFile);
    /// Writes a timer that belongs to no case.
    put_timer(Timer);
    /// Writes a job that an outside worker takes or keeps.
    put_job(Job);
    /// Writes a message on its way out.
    put_outbox(OutboxRow);
    /// Writes a record.
    put_record(RecordRow);
    /// Writes an entry of a record's history.
    put_record_history(HistoryEntry);
    /// Writes how a person signs in.
    put_credential(Credential);
    /// Writes a session.
    put_session(Session);
    /// Writes a token.
    put_token(Token);
    /// Keeps an answer.
    put_stored_answer(StoredAnswer);
    /// Writes what a person chose.
    put_preference(Preference);
}

impl Transaction<'_> {
    /// Remembers the last id given out.
    pub fn set_last_id(&mut self, id: u64) {
        self.write(counter_key(), codec::encode(1, &id));
    }

    /// Keeps the XML of a definition.
    pub fn put_definition_xml(&mut self, id: DefinitionId, xml: &str) {
        self.write(xml_key(id), xml.as_bytes().to_vec());
    }

    /// Deletes a timer.
    pub fn delete_timer(&mut self, id: TimerId) -> Result<(), TableError> {
        self.delete::<Timer>(&id)
    }

    /// Deletes a record.
    pub fn delete_record(&mut self, entity: &Entity, id: RecordId) -> Result<(), TableError> {
        self.delete::<RecordRow>(&(entity.clone(), id))
    }

    /// Ends a session.
    pub fn delete_session(&mut self, hash: &str) -> Result<(), TableError> {
        self.delete::<Session>(&hash.to_owned())
    }

    /// Counts up the numbers of an auto-number field within a period, and answers the new one.
    pub fn next_number(&mut self, entity: &Entity, field: &str, period: &str) -> Result<u64, TableError> {
        let key = number_key(entity, field, period);
        let next = counter(self, &key)?.saturating_add(1);
        self.write(key, codec::encode(1, &next));
        Ok(next)
    }

    /// Forgets answers that were kept long enough, at most `limit` at a time.
    pub fn forget_answers(&mut self, now: Timestamp, limit: usize) -> Result<(), TableError> {
        let prefix = Key::new(Prefix::StoredAnswerByExpiry);
        let last = prefix.clone().moment(now).into_bytes();
        for (key, _) in self.scan(prefix.as_bytes(), None, limit)? {
            if key.as_ref() > last.as_slice() {
                break;
            }
            let mut answer = vec![Prefix::StoredAnswer as u8];
            answer.extend_from_slice(key.get(9..).unwrap_or_default());
            self.erase(answer);
            self.erase(key.to_vec());
        }
        Ok(())
    }
}
