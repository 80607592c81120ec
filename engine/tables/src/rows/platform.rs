//! The rows of the shell itself: definitions, sign-in, answers kept for repeated requests.

use std::collections::BTreeMap;

use kapok_protocol::{DefinitionId, Entity, PersonId, Principal, Timestamp};
use kapok_records::{FieldSet, ProcessGrant, ProcessGrants};

use super::Row;
use crate::{
    Key, Prefix,
    codec::{CodecError, Field, Input, Output, fields, variants},
};

/// A deployed version of a process. Its XML lies in a row of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its id.
    pub id: DefinitionId,
    /// The process's BPMN id.
    pub key: String,
    /// Counts the versions of this key from 1.
    pub version: u32,
    /// The process's name.
    pub name: String,
    /// When it was published.
    pub deployed_at: Timestamp,
    /// By whom; `None`: by the system.
    pub deployed_by: Option<PersonId>,
    /// What was confirmed for it; `None` for one of a time when nothing was asked.
    pub grants: Option<ConfirmedGrants>,
}

/// What an administrator confirmed that a version of a process may do with records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedGrants {
    /// What it may do.
    pub grants: ProcessGrants,
    /// Who confirmed it last; `None`: the system.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
}

/// A deployed file of decisions (DMN). Its XML lies in a row of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionFile {
    /// Its id.
    pub id: DefinitionId,
    /// The id and the name of each decision in it.
    pub decisions: Vec<(String, String)>,
    /// When it was published.
    pub deployed_at: Timestamp,
    /// By whom; `None`: by the system.
    pub deployed_by: Option<PersonId>,
}

/// How a person signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Who.
    pub person: PersonId,
    /// The Argon2id hash, in PHC text form.
    pub password_hash: String,
    /// When it was set.
    pub changed_at: Timestamp,
}

/// A browser that is signed in. Only the hash of the cookie is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 or BLAKE3 of the cookie, in hexadecimal.
    pub hash: String,
    /// Who.
    pub person: PersonId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// A program's token. Only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The hash of the token, in hexadecimal.
    pub hash: String,
    /// On whose behalf the program acts.
    pub person: PersonId,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The topics whose jobs it may fetch, when it is for an outside worker: then it is good for nothing else.
    pub topics: Vec<String>,
}

/// The first answer to a command that named an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Who asked.
    pub principal: Principal,
    /// The key.
    pub key: String,
    /// The hash of what was asked: the same key with another body is refused.
    pub request_hash: String,
    /// The answer, as the shell encoded it.
    pub answer: String,
    /// When it may be forgotten.
    pub expires_at: Timestamp,
}

/// What a person chose for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preference {
    /// Who.
    pub person: PersonId,
    /// The interface's language, `zh-CN` or `en`.
    pub language: String,
    /// Entries of dictionaries that are offered first, by dictionary, the first first.
    pub favourites: BTreeMap<String, Vec<String>>,
}

fields!(Definition { 0 => id, 1 => key, 2 => version, 3 => name, 4 => deployed_at, 5 => deployed_by, 6 => grants });
fields!(ConfirmedGrants { 0 => grants, 1 => by, 2 => at });
fields!(ProcessGrant { 0 => read, 1 => create, 2 => update, 3 => delete });
variants!(FieldSet { 0 => Nothing, 1 => These(fields), 2 => All });
fields!(Credential { 0 => person, 1 => password_hash, 2 => changed_at });
fields!(Session { 0 => hash, 1 => person, 2 => created_at, 3 => expires_at });
fields!(Token { 0 => hash, 1 => person, 2 => label, 3 => created_at, 4 => topics });
fields!(StoredAnswer { 0 => principal, 1 => key, 2 => request_hash, 3 => answer, 4 => expires_at });
fields!(Preference { 0 => person, 1 => language, 2 => favourites });

/// A list of pairs, in the order of entities.
impl Field for ProcessGrants {
    fn encode(&self, output: &mut Output<'_>) {
        let pairs: Vec<(Entity, ProcessGrant)> = self.0.clone().into_iter().collect();
        pairs.encode(output);
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        let pairs: Vec<(Entity, ProcessGrant)> = Field::decode(input)?;
        Ok(Self(pairs.into_iter().collect()))
    }
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

impl Row for Definition {
    type Id = DefinitionId;
    fn key(id: &DefinitionId) -> Key {
        Key::new(Prefix::Definition).number(id.get())
    }
    fn id(&self) -> DefinitionId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        vec![
            Key::new(Prefix::DefinitionByKey)
                .text(&self.key)
                .newest(self.version.into())
                .number(self.id.get()),
        ]
    }
}

fields!(DecisionFile { 0 => id, 1 => decisions, 2 => deployed_at, 3 => deployed_by });

impl Row for DecisionFile {
    type Id = DefinitionId;
    fn key(id: &DefinitionId) -> Key {
        Key::new(Prefix::DecisionFile).number(id.get())
    }
    fn id(&self) -> DefinitionId {
        self.id
    }
}

impl Row for Credential {
    type Id = PersonId;
    fn key(person: &PersonId) -> Key {
        Key::new(Prefix::Credential).number(person.get())
    }
    fn id(&self) -> PersonId {
        self.person
    }
}

impl Row for Session {
    type Id = String;
    fn key(hash: &String) -> Key {
        Key::new(Prefix::Session).text(hash)
    }
    fn id(&self) -> String {
        self.hash.clone()
    }
}

impl Row for Token {
    type Id = String;
    fn key(hash: &String) -> Key {
        Key::new(Prefix::Token).text(hash)
    }
    fn id(&self) -> String {
        self.hash.clone()
    }
}

impl Row for StoredAnswer {
    type Id = (Principal, String);
    fn key((principal, key): &Self::Id) -> Key {
        principal_key(Key::new(Prefix::StoredAnswer), *principal).text(key)
    }
    fn id(&self) -> Self::Id {
        (self.principal, self.key.clone())
    }
    fn indexes(&self) -> Vec<Key> {
        let key = Key::new(Prefix::StoredAnswerByExpiry).moment(self.expires_at);
        vec![principal_key(key, self.principal).text(&self.key)]
    }
}

fn principal_key(key: Key, principal: Principal) -> Key {
    match principal {
        Principal::System => key.byte(0).number(0),
        Principal::Person(id) => key.byte(1).number(id.get()),
        Principal::Process(id) => key.byte(2).number(id.get()),
    }
}

impl Row for Preference {
    type Id = PersonId;
    fn key(person: &PersonId) -> Key {
        Key::new(Prefix::Preference).number(person.get())
    }
    fn id(&self) -> PersonId {
        self.person
    }
}
