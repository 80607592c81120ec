//! Which records somebody may read, applied when they ask. Shares and the rights of parents are not in the index, so
//! giving or taking one changes nothing there.

use std::{collections::BTreeSet, sync::Arc};

use kapok_protocol::{Entity, PersonId, RecordId};
use tantivy::{DocId, Term};

use super::ids::Ids;
use crate::{
    Error,
    bits::Bits,
    index::Snapshot,
    part::{Members, Part, term},
    predicate::Node,
    schema::path,
};

/// The records of an entity that may be read: those of these owners, these single ones, and the children of others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rights {
    /// By who is responsible for them.
    pub whose: Whose,
    /// And these besides.
    pub shared: BTreeSet<RecordId>,
    /// And the children of records that may be read.
    pub inherited: Option<Box<Inherited>>,
}

/// Whose records.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Whose {
    /// Nobody's.
    None,
    /// Those of these persons.
    These(Arc<BTreeSet<PersonId>>),
    /// Everybody's, also those that nobody is responsible for.
    All,
    /// Those that nobody is responsible for.
    Nobody,
}

/// Records that hand their reading down.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Inherited {
    /// The field of the child that names its parent.
    pub field: String,
    /// The entity of the parents.
    pub entity: Entity,
    /// Which of them hand down.
    pub parents: Rights,
}

impl Rights {
    /// All records.
    pub fn all() -> Self {
        Self {
            whose: Whose::All,
            shared: BTreeSet::new(),
            inherited: None,
        }
    }

    /// Whether they reach nothing.
    pub fn is_nothing(&self) -> bool {
        self.whose == Whose::None && self.shared.is_empty() && self.inherited.is_none()
    }
}

/// So many ids are looked up as terms.
const TERMS: usize = 64;

/// Rights, with what they need of the whole index.
pub(crate) struct Admitted {
    all: bool,
    unowned: bool,
    owners: Arc<Ids>,
    shared: Arc<Ids>,
    parents: Option<(String, Arc<Ids>)>,
}

impl Admitted {
    pub(crate) fn new(snapshot: &Snapshot, rights: &Rights) -> Result<Self, Error> {
        let owners = match &rights.whose {
            Whose::These(persons) => persons.iter().map(|person| person.get()).collect(),
            Whose::None | Whose::All | Whose::Nobody => Ids::from_iter([]),
        };
        let all = rights.whose == Whose::All;
        let parents = match &rights.inherited {
            Some(inherited) if !all => {
                let parents = snapshot.readable(&inherited.entity, &inherited.parents)?;
                Some((inherited.field.clone(), parents))
            }
            _ => None,
        };
        Ok(Self {
            all,
            unowned: rights.whose == Whose::Nobody,
            owners: Arc::new(owners),
            shared: Arc::new(rights.shared.iter().map(|id| id.get()).collect()),
            parents,
        })
    }

    /// The records of an entity that are admitted, in one part.
    pub(crate) fn node<'q>(&self, part: &Part, entity: &Entity) -> Result<Node<'q>, Error> {
        if self.all {
            return Ok(Node::Always);
        }
        let fields = &part.fields;
        let mut ways = Vec::new();
        if self.unowned {
            ways.push(match part.column_of_ids("owner")? {
                Some(column) => Node::HasId(column).negated(),
                None => Node::Always,
            });
        }
        for (name, field, ids) in [("owner", fields.owner, &self.owners), ("id", fields.id, &self.shared)] {
            if let (false, Some(column)) = (ids.is_empty(), part.column_of_ids(name)?) {
                let terms = (ids.len() <= TERMS)
                    .then(|| ids.iter().map(|id| (field, Term::from_field_u64(field, id))).collect());
                ways.push(Node::Ids {
                    column,
                    ids: ids.clone(),
                    terms,
                });
            }
        }
        if let Some((field, parents)) = &self.parents {
            ways.push(children(part, &path(entity, field), parents)?);
        }
        Ok(Node::any(ways))
    }
}

/// The documents that name one of these parents in a field.
fn children<'q>(part: &Part, path: &str, parents: &Arc<Ids>) -> Result<Node<'q>, Error> {
    let Some(column) = part.texts(path)?.filter(|_| !parents.is_empty()) else {
        return Ok(Node::Never);
    };
    let mut ordinals = Bits::none(column.num_terms() as u32);
    let references = part.references(path, &column)?;
    let mut terms = Vec::new();
    for (ordinal, id) in references.iter().enumerate() {
        if parents.contains(*id) {
            ordinals.insert(ordinal as u32);
            if terms.len() <= TERMS {
                terms.push((part.fields.texts, term(part.fields.texts, path, &id.to_string())));
            }
        }
    }
    Ok(match terms.len() {
        0 => Node::Never,
        count => Node::Ordinals {
            column: column.ords().clone(),
            ordinals: Arc::new(ordinals),
            terms: (count <= TERMS).then_some(terms),
        },
    })
}

/// The documents of an entity that pass a test and have not been taken out.
pub(crate) fn passing(part: &Part, members: &Members, node: &Node<'_>, few: usize) -> Result<Passing, Error> {
    let is_member = |doc: DocId| match members {
        Members::None => false,
        Members::All => part.is_alive(doc),
        Members::Some(bits, _) => bits.contains(doc) && part.is_alive(doc),
    };
    if let Some(mut docs) = node.few(part, few)? {
        docs.retain(|doc| is_member(*doc) && node.matches(*doc));
        return Ok(Passing::Few(docs));
    }
    let mut bits = match members {
        Members::None => Bits::none(part.len()),
        Members::Some(members, _) => members.clone(),
        Members::All => Bits::all(part.len()),
    };
    if let Some(alive) = part.reader.alive_bitset() {
        bits.retain(|doc| alive.is_alive(doc));
    }
    match node {
        Node::Always => {}
        node => bits.and(&node.bits(part)),
    }
    Ok(Passing::Many(bits))
}

/// Documents that were found.
pub(crate) enum Passing {
    /// Ascending.
    Few(Vec<DocId>),
    Many(Bits),
}

impl Passing {
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Few(docs) => docs.len(),
            Self::Many(bits) => bits.count(),
        }
    }

    pub(crate) fn for_each(&self, visit: impl FnMut(DocId)) {
        match self {
            Self::Few(docs) => docs.iter().copied().for_each(visit),
            Self::Many(bits) => bits.iter().for_each(visit),
        }
    }
}

impl Snapshot {
    /// The ids of the records of an entity that may be read.
    pub(crate) fn readable(&self, entity: &Entity, rights: &Rights) -> Result<Arc<Ids>, Error> {
        if let Some(found) = self.readable.found(entity, rights) {
            return Ok(found);
        }
        let admitted = Admitted::new(self, rights)?;
        let mut readable = Vec::new();
        for part in &self.parts {
            let node = admitted.node(part, entity)?;
            let members = part.members(entity)?;
            let ids = part.ids()?;
            let found = passing(part, &members, &node, part.len() as usize / 64)?;
            found.for_each(|doc| {
                if let Some(id) = ids.first(doc) {
                    readable.push(id);
                }
            });
        }
        let readable: Arc<Ids> = Arc::new(readable.into_iter().collect());
        self.readable.keep(entity, rights, &readable);
        Ok(readable)
    }
}

/// So many sets of readable parents are kept, until the index changes.
const KEPT: usize = 32;

/// The readable parents that were asked for last.
#[derive(Default)]
pub(crate) struct Readable(std::sync::Mutex<Vec<(Entity, Rights, Arc<Ids>)>>);

impl Readable {
    fn found(&self, entity: &Entity, rights: &Rights) -> Option<Arc<Ids>> {
        let kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let found = kept.iter().find(|(of, by, _)| of == entity && by == rights);
        found.map(|(_, _, ids)| ids.clone())
    }

    fn keep(&self, entity: &Entity, rights: &Rights, ids: &Arc<Ids>) {
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push((entity.clone(), rights.clone(), ids.clone()));
    }
}
