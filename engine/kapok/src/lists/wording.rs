//! Words that people search for, and what stands in a record besides its own texts: the names of choices, and of the
//! records, people and departments that it points at. The index knows neither, since both change without the record, so
//! they are looked up when somebody asks: those of other records only among what that person may see.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use kapok_protocol::{Entity, Filter, Operator, RecordId, Test, Value};
use kapok_records::{Catalogue, Choice, Dictionary, EntityDefinition, Field, FieldKind};
use kapok_rules::Context;
use kapok_search::{Keyword, Names, Query, searched_fields};

use crate::{
    Error,
    project::{Searching, StoredRecords, rights_of},
    seeing::Seeing,
};

/// So many records that bear a name are looked for in what points at them.
const NAMED: usize = 200;

/// What a text asks for in the records of an entity.
pub(crate) fn keyword(
    seeing: &Seeing<'_>,
    searching: &Searching<'_>,
    definition: &EntityDefinition,
    readable: &BTreeSet<String>,
    text: &str,
    context: &Context,
) -> Result<Keyword, Error> {
    let fields = searched_fields(definition).into_iter();
    let mut keyword = Keyword::new(text, fields.filter(|field| readable.contains(field)).collect());
    for word in &mut keyword.words {
        let mut tests = Vec::new();
        for field in definition.fields.iter().filter(|field| readable.contains(&field.id)) {
            if let Some(choices) = field.kind.of_values().choices() {
                let names = names_of(seeing, searching, definition, field, choices);
                tests.extend(names_any(field, chosen(choices, &names, &word.text)));
            }
            if let Some(target) = field.kind.target() {
                tests.extend(names_any(
                    field,
                    named(seeing, searching, &target, &word.text, context)?,
                ));
            }
        }
        word.also = (!tests.is_empty()).then_some(Filter::Any(tests));
    }
    Ok(keyword)
}

/// The names of choices, made ready to be looked through: a list of all regions has thousands.
#[derive(Default)]
pub(crate) struct ChoiceNames(Mutex<NamesAsOf>);

#[derive(Default)]
struct NamesAsOf {
    catalogue: Option<Arc<Catalogue>>,
    names: BTreeMap<String, Arc<Names>>,
}

impl ChoiceNames {
    /// Those of a dictionary that are found by what somebody typed.
    pub(crate) fn entries(&self, catalogue: &Arc<Catalogue>, dictionary: &Dictionary, text: &str) -> Vec<String> {
        let names = self.of(catalogue, dictionary.id.clone(), &dictionary.entries);
        chosen(&dictionary.entries, &names, text)
    }

    /// Both languages of one after the other.
    fn of(&self, catalogue: &Arc<Catalogue>, key: String, choices: &[Choice]) -> Arc<Names> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.catalogue.as_ref().is_some_and(|of| Arc::ptr_eq(of, catalogue)) {
            kept.names.clear();
            kept.catalogue = Some(Arc::clone(catalogue));
        }
        let made = kept.names.entry(key).or_insert_with(|| {
            let labels = choices.iter().map(|choice| &choice.label);
            Arc::new(Names::new(
                labels.flat_map(|label| [label.zh.as_str(), label.en.as_str()]),
            ))
        });
        Arc::clone(made)
    }
}

/// The names of a field's choices.
fn names_of(
    seeing: &Seeing<'_>,
    searching: &Searching<'_>,
    definition: &EntityDefinition,
    field: &Field,
    choices: &[Choice],
) -> Arc<Names> {
    let key = match field.kind.of_values().dictionary() {
        Some(dictionary) => dictionary.to_owned(),
        None => format!("{}/{}", definition.id, field.id),
    };
    searching.shared.choice_names.of(seeing.catalogue(), key, choices)
}

/// The choices of a name.
fn chosen(choices: &[Choice], names: &Names, word: &str) -> Vec<String> {
    let places: BTreeSet<usize> = names.found(word).into_iter().map(|place| place / 2).collect();
    let found = places.into_iter().filter_map(|place| choices.get(place));
    found.map(|choice| choice.id.clone()).collect()
}

/// The records of an entity whose title has a word, of those that may be seen.
fn named(
    seeing: &Seeing<'_>,
    searching: &Searching<'_>,
    entity: &Entity,
    word: &str,
    context: &Context,
) -> Result<Vec<String>, Error> {
    let Some(definition) = seeing.definition(entity) else {
        return Ok(Vec::new());
    };
    let key = (entity.clone(), word.to_owned());
    if let Some(known) = seeing.bearers().get(&key) {
        return Ok(known.clone());
    }
    let sight = seeing.entity(definition);
    let is_shown = sight.judge.fields_always_read().contains(&definition.title);
    let found = match sight.judge.reach().is_nothing() || !is_shown {
        true => Vec::new(),
        false => {
            let query = Query {
                entity,
                keyword: Some(Keyword::new(word, BTreeSet::from([definition.title.clone()]))),
                filter: None,
                sort: &[],
                after: None,
                limit: NAMED,
                count_to: 0,
            };
            let rights = rights_of(sight.judge.reach());
            let found = searching.ask(|index| {
                let view = searching.shared.store.view();
                index.find(&query, &rights, context, &StoredRecords(&view))
            })?;
            found.ids.iter().map(RecordId::to_string).collect()
        }
    };
    seeing.bearers().insert(key, found.clone());
    Ok(found)
}

/// That a field holds one of some values; nothing when there are none.
fn names_any(field: &Field, values: Vec<String>) -> Option<Filter> {
    if values.is_empty() {
        return None;
    }
    // What an address is chosen from is its region.
    let name = match field.kind {
        FieldKind::Address { .. } => format!("{}.region", field.id),
        _ => field.id.clone(),
    };
    let test = |op, value| {
        Filter::Test(Test {
            field: name.clone(),
            op,
            value,
        })
    };
    Some(match field.kind.is_multiple() {
        true => Filter::Any(
            values
                .into_iter()
                .map(|value| test(Operator::Contains, value.into()))
                .collect(),
        ),
        false => test(Operator::In, Value::List(values.into_iter().map(Value::from).collect())),
    })
}
