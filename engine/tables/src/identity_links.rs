//! Links between records and other systems: what is asked of them, and written.

use kapok_protocol::RecordId;

use crate::{
    Key, Prefix, Queries, TableError, Transaction, read,
    rows::{self, IdentityLink, LinkedKind},
};

impl Queries<'_> {
    /// What somebody of a source is linked with.
    pub fn identity_link(
        &self,
        kind: LinkedKind,
        source: &str,
        external: &str,
    ) -> Result<Option<IdentityLink>, TableError> {
        read::row(self.0, &(kind, source.to_owned(), external.to_owned()))
    }

    /// The links of a source.
    pub fn identity_links(&self, kind: LinkedKind, source: &str) -> Result<Vec<IdentityLink>, TableError> {
        read::rows(self.0, &rows::links_at(kind, source), None, usize::MAX)
    }

    /// The links of a record.
    pub fn identity_links_of(&self, kind: LinkedKind, record: RecordId) -> Result<Vec<IdentityLink>, TableError> {
        let prefix = rows::links_of(kind, record);
        let mut found = Vec::new();
        for (key, _) in self.0.scan(prefix.as_bytes(), None, usize::MAX)? {
            // The same key without the record.
            let source_and_id = key.get(prefix.as_bytes().len()..).unwrap_or_default();
            let mut link = Key::new(Prefix::IdentityLink).into_bytes();
            link.extend(prefix.as_bytes().get(1..2).unwrap_or_default());
            link.extend_from_slice(source_and_id);
            if let Some(bytes) = self.0.get(&link)? {
                found.push(read::decode(&link, &bytes)?);
            }
        }
        Ok(found)
    }
}

impl Transaction<'_> {
    /// Writes a link.
    pub fn put_identity_link(&mut self, link: &IdentityLink) -> Result<(), TableError> {
        self.put(link)
    }

    /// Removes a link.
    pub fn delete_identity_link(&mut self, link: &IdentityLink) -> Result<(), TableError> {
        self.delete::<IdentityLink>(&(link.kind, link.source.clone(), link.external.clone()))
    }
}
