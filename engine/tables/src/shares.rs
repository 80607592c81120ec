//! Shares: what is asked of them, and written.

use kapok_protocol::{Entity, RecordId, ShareId};

use crate::{
    Queries, TableError, Transaction, read,
    rows::{self, Receiver, Share},
};

impl Queries<'_> {
    /// A share.
    pub fn share(&self, id: ShareId) -> Result<Option<Share>, TableError> {
        read::row(self.0, &id)
    }

    /// The shares of a record, oldest first.
    pub fn shares_of(&self, entity: &Entity, record: RecordId, limit: usize) -> Result<Vec<Share>, TableError> {
        let page = self.follow(&rows::shares_of(entity, record), None, limit, ShareId::new)?;
        Ok(page.items)
    }

    /// What is shared with somebody, oldest first.
    pub fn shares_with(&self, receiver: &Receiver, limit: usize) -> Result<Vec<Share>, TableError> {
        let page = self.follow(&rows::shares_with(receiver), None, limit, ShareId::new)?;
        Ok(page.items)
    }
}

impl Transaction<'_> {
    /// Writes a share.
    pub fn put_share(&mut self, share: &Share) -> Result<(), TableError> {
        self.put(share)
    }

    /// Ends a share.
    pub fn delete_share(&mut self, id: ShareId) -> Result<(), TableError> {
        self.delete::<Share>(&id)
    }
}
