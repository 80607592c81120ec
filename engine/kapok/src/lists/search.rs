//! What lists ask the search index.

use std::collections::BTreeSet;

use kapok_protocol::{Filter, RecordId};
use kapok_records::{EntityDefinition, Reach, Sort};
use kapok_rules::Context;

use super::{COUNTED, Checked};
use crate::seeing::{EntitySight, Seeing};

/// What to find. All fields it names may be looked at in every record that is reached.
pub(crate) struct Find<'f> {
    pub(crate) definition: &'f EntityDefinition,
    /// What its texts contain.
    pub(crate) keyword: Option<&'f str>,
    /// Who sees it.
    pub(crate) seeing: &'f Seeing<'f>,
    /// The fields whose texts may be looked at.
    pub(crate) readable: BTreeSet<String>,
    pub(crate) filter: Option<&'f Filter>,
    pub(crate) naming: Option<(&'f str, RecordId)>,
    /// What `$me`, `$today` and the like stand for.
    pub(crate) context: &'f Context,
    pub(crate) sort: &'f [Sort],
    /// Which records.
    pub(crate) reach: &'f Reach,
    /// Where to go on, as the index said.
    pub(crate) after: Option<Vec<u8>>,
    pub(crate) limit: usize,
    /// How far to count.
    pub(crate) count: usize,
}

/// What was found.
pub(crate) struct Found {
    pub(crate) ids: Vec<RecordId>,
    pub(crate) next: Option<Vec<u8>>,
    pub(crate) count: usize,
}

impl<'f> Find<'f> {
    pub(crate) fn new(sight: &'f EntitySight<'_>, checked: &'f Checked<'_>) -> Self {
        let query = checked.query;
        Self {
            definition: sight.definition,
            keyword: checked.keyword.as_deref(),
            seeing: sight.seeing(),
            readable: sight.judge.fields_always_read(),
            filter: query.filter.as_ref(),
            naming: query.naming.as_ref().map(|(field, id)| (field.as_str(), *id)),
            context: checked.context,
            sort: &query.sort,
            reach: sight.judge.reach(),
            after: match query.after.as_deref().map(super::Position::decode) {
                Some(Ok(super::Position::Searched(position))) => Some(position),
                _ => None,
            },
            limit: query.limit,
            count: COUNTED,
        }
    }
}
