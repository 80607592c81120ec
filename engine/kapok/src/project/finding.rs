//! Lists that the index answers.

use std::sync::Arc;

use kapok_protocol::{Filter, Operator, Refusal, RefusalKind, Test};
use kapok_records::{Owners, Reach};
use kapok_search::{Inherited, Query, Rights, Whose};

use super::{Searching, StoredRecords};
use crate::{
    Error,
    lists::{self, Find, Found},
    shared::Shared,
};

/// A page of what is found; `None` while the index is being made, so that the rows are looked through instead.
pub(crate) fn find(shared: &Shared, find: &Find<'_>) -> Result<Option<Found>, Error> {
    let named = find.naming.map(|(field, id)| {
        let test = |op| {
            Filter::Test(Test {
                field: field.to_owned(),
                op,
                value: id.to_string().into(),
            })
        };
        // One record, or one of several.
        Filter::Any(vec![test(Operator::Equal), test(Operator::Contains)])
    });
    let filter = match (find.filter.cloned(), named) {
        (Some(filter), Some(named)) => Some(Filter::All(vec![named, filter])),
        (filter, named) => filter.or(named),
    };
    let searching = Searching {
        shared,
        reader: find.context.me,
    };
    let keyword = find.keyword.map(|text| {
        let (seeing, definition) = (find.seeing, find.definition);
        lists::keyword(seeing, &searching, definition, &find.readable, text, find.context)
    });
    let keyword = match keyword.transpose() {
        Err(Error::Refused(reasons)) if is_being_made(&reasons) => return Ok(None),
        keyword => keyword?,
    };
    let query = Query {
        entity: &find.definition.id,
        keyword,
        filter: filter.as_ref(),
        sort: find.sort,
        after: find.after.as_deref(),
        limit: find.limit,
        count_to: find.count,
    };
    let rights = rights_of(find.reach);
    let asked = searching.ask(|index| {
        let view = shared.store.view();
        index.find(&query, &rights, find.context, &StoredRecords(&view))
    });
    match asked {
        Ok(found) => Ok(Some(Found {
            ids: found.ids,
            next: found.next,
            count: found.count,
        })),
        Err(Error::Refused(reasons)) if is_being_made(&reasons) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_being_made(reasons: &[Refusal]) -> bool {
    reasons.iter().any(|reason| reason.kind == RefusalKind::Unavailable)
}

/// What is reached, as the index asks for it.
pub(crate) fn rights_of(reach: &Reach) -> Rights {
    Rights {
        whose: match &reach.owners {
            Owners::None => Whose::None,
            Owners::These(persons) => Whose::These(Arc::clone(persons)),
            Owners::All => Whose::All,
            Owners::Nobody => Whose::Nobody,
        },
        shared: reach.shared.clone(),
        inherited: reach.inherited.as_ref().map(|inherited| {
            Box::new(Inherited {
                field: inherited.field.clone(),
                entity: inherited.parents.entity.clone(),
                parents: rights_of(&inherited.parents),
            })
        }),
    }
}
