//! Who a person is elsewhere: each connects themselves, once signed in, and may end that; administrators end it for anybody.

use kapok_protocol::{PersonId, Principal, RecordId, RecordRef, Refusal, RefusalKind, Timestamp};
use kapok_tables::{IdentityLink, LinkedKind, Queries, RecordChange};

use super::{Staff, staff_shares::note};
use crate::{Error, SourceView, writer::Step};

/// Somewhere a person can sign in, and whether they are connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionView {
    /// Where.
    pub source: SourceView,
    /// Who they are there, and since when.
    pub connected: Option<(String, Timestamp)>,
}

impl Staff {
    /// Where a person can sign in, and who they are there; everybody may ask it about themselves, administrators about
    /// anybody.
    pub fn connections(&self, person: PersonId) -> Result<Vec<ConnectionView>, Error> {
        self.refuse_connections_of_others(person)?;
        let links = Queries(&self.view()).identity_links_of(LinkedKind::Person, person.into())?;
        let find = |id: &str| links.iter().find(|link| link.source == id);
        let sources = self.kapok.sign_in_sources().into_iter();
        let mut found: Vec<ConnectionView> = sources
            .map(|source| ConnectionView {
                connected: find(&source.id).map(|link| (link.external.clone(), link.at)),
                source,
            })
            .collect();
        // One whose plugin does not run just now still counts once it does again.
        for link in &links {
            if !found.iter().any(|known| known.source.id == link.source) {
                found.push(ConnectionView {
                    source: SourceView {
                        id: link.source.clone(),
                        label: kapok_protocol::Text::new(&link.source, &link.source),
                    },
                    connected: Some((link.external.clone(), link.at)),
                });
            }
        }
        Ok(found)
    }

    /// Connects the person with somebody of a source, who has just shown to be the same.
    pub fn connect(&self, source: &str, external: &str) -> Result<(), Error> {
        // Whoever has left meanwhile connects nothing.
        self.kapok.staff(self.person)?;
        let (source, external, record) = (source.to_owned(), external.to_owned(), RecordId::from(self.person));
        let actor = self.principal();
        self.each()
            .submit(move |step| link(step, actor, LinkedKind::Person, &source, &external, record))
    }

    /// Ends a connection: nobody signs in by it any more.
    pub fn disconnect(&self, person: PersonId, source: &str) -> Result<(), Error> {
        self.refuse_connections_of_others(person)?;
        let (source, actor) = (source.to_owned(), self.principal());
        self.submit(move |step| {
            let links = step.queries().identity_links_of(LinkedKind::Person, person.into())?;
            let links: Vec<_> = links.into_iter().filter(|link| link.source == source).collect();
            if links.is_empty() {
                return Err(Error::not_found("连接", "connection"));
            }
            for link in &links {
                step.tx.delete_identity_link(link)?;
            }
            let person = RecordRef {
                entity: LinkedKind::Person.entity(),
                id: person.into(),
            };
            note(step, actor, &person, RecordChange::Disconnected(source.clone()))
        })
    }

    fn refuse_connections_of_others(&self, person: PersonId) -> Result<(), Error> {
        if person == self.person || self.is_administrator() {
            Ok(())
        } else {
            Err(Error::forbidden(
                "只能查看和修改自己的登录方式。",
                "How somebody signs in is their own business, and the administrators'.",
            ))
        }
    }
}

/// Writes a link. Nobody there is two people here, and nobody here is two people of one source.
pub(super) fn link(
    step: &mut Step<'_>,
    by: Principal,
    kind: LinkedKind,
    source: &str,
    external: &str,
    record: RecordId,
) -> Result<(), Error> {
    if step.queries().record(&kind.entity(), record)?.is_none() {
        return Err(Error::not_found("记录", "record"));
    }
    if let Some(known) = step.queries().identity_link(kind, source, external)? {
        return match known.record == record {
            true => Ok(()),
            false => Err(Refusal::new(
                RefusalKind::Conflict,
                "connection.taken",
                "这个外部账号已连接到另一个人。请先让对方或管理员断开。",
                "This account is connected with somebody else. They, or an administrator, have to disconnect it first.",
            )
            .into()),
        };
    }
    let others = step.queries().identity_links_of(kind, record)?;
    if others.iter().any(|other| other.source == source) {
        return Err(Refusal::new(
            RefusalKind::Conflict,
            "connection.other",
            "已连接到另一个外部账号。请先断开，再重新连接。",
            "Another account is connected already. Disconnect it first.",
        )
        .into());
    }
    let at = step.now;
    step.tx.put_identity_link(&IdentityLink {
        kind,
        source: source.to_owned(),
        external: external.to_owned(),
        record,
        at,
        by,
    })?;
    let entity = kind.entity();
    let reference = RecordRef { entity, id: record };
    note(step, by, &reference, RecordChange::Connected(source.to_owned()))
}
