//! Making somebody else responsible for a record.

use kapok_process::Directory;
use kapok_protocol::{PersonId, Principal, RecordId, RecordRef, Refusal, RefusalKind, ShareId};
use kapok_records::EntityDefinition;
use kapok_tables::{Receiver, RecordChange, Share, ShareLevel};

use super::{Change, Through};
use crate::{Error, writer::Step};

/// So many shares of one record are looked at.
const SHARES: usize = 200;

impl Step<'_> {
    /// Hands a record over. Whether somebody else had it before.
    pub(crate) fn transfer_record(
        &mut self,
        actor: Principal,
        entity: &EntityDefinition,
        id: RecordId,
        to: PersonId,
    ) -> Result<bool, Error> {
        if !self.shared.organisation().exists(to) {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "transfer.nobody",
                "接收人不存在或已停用，请另选一位。",
                "There is no active person to hand it over to; choose another one.",
            )
            .at("to")
            .into());
        }
        let Some(row) = self.queries().record(&entity.id, id)? else {
            return Err(Error::not_found("记录", "record"));
        };
        let record = row.record;
        let from = record.owner;
        if from == Some(to) {
            return Ok(false);
        }
        let change = Change {
            id,
            fields: record.fields.clone(),
            before: Some(record),
            owner: Some(to),
            what: Some(RecordChange::Transferred { from, to: Some(to) }),
            through: Through::default(),
        };
        self.store_record(actor, entity, change)?;
        let reference = RecordRef {
            entity: entity.id.clone(),
            id,
        };
        self.keep_reading(actor, &reference, from, to)?;
        Ok(true)
    }

    /// Who handed over something that opens what is above it, such as a task, reads it until it is done.
    pub(super) fn keep_reading(
        &mut self,
        actor: Principal,
        record: &RecordRef,
        from: Option<PersonId>,
        to: PersonId,
    ) -> Result<(), Error> {
        let shares = self.queries().shares_of(&record.entity, record.id, SHARES)?;
        let of = |person: PersonId| shares.iter().filter(move |share| share.to == Receiver::Person(person));
        for share in of(to).filter(|share| share.while_open) {
            self.tx.delete_share(share.id)?;
        }
        let row = self.queries().record(&record.entity, record.id)?;
        let is_open = row.is_some_and(|row| row.opens.is_some());
        let Some(from) = from.filter(|from| is_open && of(*from).next().is_none()) else {
            return Ok(());
        };
        let share = Share {
            id: ShareId::from(self.next_id()),
            entity: record.entity.clone(),
            record: record.id,
            to: Receiver::Person(from),
            level: ShareLevel::Read,
            until: None,
            actor,
            at: self.now,
            reason: "转交后保留查看，完成时结束".to_owned(),
            while_open: true,
        };
        Ok(self.tx.put_share(&share)?)
    }

    /// Ends the shares that last as long as a record opens what is above it.
    pub(super) fn end_open_shares(&mut self, entity: &EntityDefinition, id: RecordId) -> Result<(), Error> {
        let shares = self.queries().shares_of(&entity.id, id, SHARES)?;
        for share in shares.iter().filter(|share| share.while_open) {
            self.tx.delete_share(share.id)?;
        }
        Ok(())
    }
}
