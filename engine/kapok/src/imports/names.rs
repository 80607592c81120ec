//! What the names in a file mean, for whoever imports it: nobody finds a record by its name that they may not see.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use kapok_protocol::{Entity, Filter, Operator, RecordId, Test, Value};
use kapok_records::{
    Action, DEPARTMENT, EntityDefinition, FieldAccess, FieldKind, Judge, PERSON,
    sheet::{CellLanguage, Cells, Found, Names, normal},
};
use kapok_rules::Context;
use kapok_tables::{Queries, RecordList};

use super::key;
use crate::{
    Error, ListQuery, lists,
    seeing::Seeing,
    views::{Viewing, title_of},
};

/// Of entities with no more records than this all names are read at once; of others each is looked for.
const ALL_AT_ONCE: usize = 20_000;
const CHUNK: usize = 1_000;

/// What names were found to mean. It is kept from batch to batch; a record that is renamed meanwhile may still be found by
/// its old name.
#[derive(Default)]
pub(crate) struct NameCache {
    /// Of references, by entity and name.
    found: HashMap<Entity, HashMap<String, Found>>,
    /// All names of an entity's records, where they are few; none where they are not.
    all: HashMap<Entity, Option<HashMap<String, Found>>>,
    people: Option<HashMap<String, Found>>,
    departments: Option<HashMap<String, Found>>,
}

/// The names that one viewer knows.
pub(crate) struct SeenNames<'a> {
    viewing: &'a Viewing<'a>,
    seeing: &'a Seeing<'a>,
    context: &'a Context,
    cache: &'a RefCell<NameCache>,
    /// The entity that is imported: what is not there yet may be there soon.
    own: &'a Entity,
    judges: RefCell<BTreeMap<Entity, Rc<Judge<'a>>>>,
    /// What went wrong while looking. A name is then taken for unknown, and whoever asked must look here.
    error: RefCell<Option<Error>>,
}

impl<'a> SeenNames<'a> {
    pub(crate) fn new(
        viewing: &'a Viewing<'a>,
        seeing: &'a Seeing<'a>,
        context: &'a Context,
        cache: &'a RefCell<NameCache>,
        own: &'a Entity,
    ) -> Self {
        Self {
            viewing,
            seeing,
            context,
            cache,
            own,
            judges: RefCell::default(),
            error: RefCell::default(),
        }
    }

    /// What went wrong since it was asked last.
    pub(crate) fn failed(&self) -> Result<(), Error> {
        self.error.borrow_mut().take().map_or(Ok(()), Err)
    }

    /// Who is meant by a name.
    pub(crate) fn person(&self, name: &str) -> Result<Found, Error> {
        let mut cache = self.cache.borrow_mut();
        let people = match &mut cache.people {
            Some(people) => people,
            none => none.insert(self.read_people()?),
        };
        Ok(people.get(name).copied().unwrap_or(Found::Nothing))
    }

    fn department(&self, name: &str) -> Result<Found, Error> {
        let mut cache = self.cache.borrow_mut();
        let departments = match &mut cache.departments {
            Some(departments) => departments,
            none => none.insert(self.read_departments()?),
        };
        Ok(departments.get(name).copied().unwrap_or(Found::Nothing))
    }

    /// People by name, by what they sign in with where that names somebody too; who left counts only where nobody else is
    /// called so.
    fn read_people(&self) -> Result<HashMap<String, Found>, Error> {
        let text = |record: &kapok_protocol::Record, field: &str| {
            record.fields.get(field).and_then(Value::as_text).map(str::to_owned)
        };
        let records = self.all_of(&Entity::new(PERSON))?;
        let is_active = |record: &&kapok_protocol::Record| record.fields.get("active") != Some(&Value::Bool(false));
        let (active, left): (Vec<_>, Vec<_>) = records.iter().partition(is_active);
        let named = |records: &[&kapok_protocol::Record], field: &str| {
            let mut found = HashMap::new();
            for record in records {
                if let Some(name) = text(record, field) {
                    add(&mut found, name, record.id);
                }
            }
            found
        };
        let mut people = named(&left, "name");
        people.extend(named(&active, "name"));
        people.extend(named(&left, "login"));
        people.extend(named(&active, "login"));
        Ok(people)
    }

    /// Departments by name, by path and by code.
    fn read_departments(&self) -> Result<HashMap<String, Found>, Error> {
        let records = self.all_of(&Entity::new(DEPARTMENT))?;
        let by_id: BTreeMap<RecordId, &kapok_protocol::Record> =
            records.iter().map(|record| (record.id, record)).collect();
        let text = |record: &kapok_protocol::Record, field: &str| {
            record
                .fields
                .get(field)
                .and_then(Value::as_text)
                .unwrap_or_default()
                .to_owned()
        };
        let mut found = HashMap::new();
        for record in &records {
            let mut path = vec![text(record, "name")];
            let mut above = record;
            while let Some(parent) = text(above, "parent").parse().ok().and_then(|id| by_id.get(&id))
                && path.len() < 20
            {
                path.insert(0, text(parent, "name"));
                above = parent;
            }
            if path.len() > 1 {
                add(&mut found, path.join("/"), record.id);
            }
            add(&mut found, text(record, "name"), record.id);
        }
        for record in &records {
            found.insert(text(record, "code"), Found::One(record.id));
        }
        found.remove("");
        Ok(found)
    }

    fn all_of(&self, entity: &Entity) -> Result<Vec<kapok_protocol::Record>, Error> {
        let rows = self
            .viewing
            .queries
            .records(&RecordList::All(entity.clone()), None, usize::MAX)?;
        Ok(rows.items.into_iter().map(|row| row.record).collect())
    }

    fn judge(&self, definition: &'a EntityDefinition) -> Rc<Judge<'a>> {
        let mut judges = self.judges.borrow_mut();
        let judge = judges
            .entry(definition.id.clone())
            .or_insert_with(|| Rc::new(self.seeing.rights().judge(Action::Read, definition)));
        judge.clone()
    }

    /// Which record of an entity is called so: by a unique field, by its name or its number.
    fn reference(&self, entity: &Entity, name: &str) -> Result<Found, Error> {
        let known = self
            .cache
            .borrow()
            .found
            .get(entity)
            .and_then(|of| of.get(name))
            .copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let found = self.look_for(entity, name)?;
        // What this very import makes is looked for again.
        if found != Found::Nothing || entity != self.own {
            let mut cache = self.cache.borrow_mut();
            cache
                .found
                .entry(entity.clone())
                .or_default()
                .insert(name.to_owned(), found);
        }
        Ok(found)
    }

    fn look_for(&self, entity: &Entity, name: &str) -> Result<Found, Error> {
        let Some(definition) = self.viewing.catalogue.entity(entity.as_str()) else {
            return Ok(Found::Nothing);
        };
        if let Some(id) = self.by_unique(definition, name)? {
            return Ok(Found::One(id));
        }
        let all = self.cache.borrow().all.get(entity).map(|all| {
            all.as_ref()
                .map(|names| names.get(name).copied().unwrap_or(Found::Nothing))
        });
        match all {
            Some(Some(found)) => Ok(found),
            Some(None) => self.search(definition, name),
            None => {
                let names = self.read_names(definition)?;
                self.cache.borrow_mut().all.insert(entity.clone(), names);
                self.look_for(entity, name)
            }
        }
    }

    fn by_unique(&self, definition: &'a EntityDefinition, name: &str) -> Result<Option<RecordId>, Error> {
        let offset = self.viewing.shared.settings.utc_offset_minutes;
        for field in &definition.fields {
            let Some(rule) = key::unique_rule(definition, &field.id) else {
                continue;
            };
            // What points at something else is nobody's name.
            if field.kind.target().is_some() {
                continue;
            }
            let read = Cells::new(&Nobody, CellLanguage::Chinese, offset).read(&field.kind, name);
            let value = read.ok().and_then(|value| normal(&field.kind, &value).ok());
            let Some(text) = value.as_ref().and_then(key::text) else {
                continue;
            };
            if let Some(id) = self.viewing.queries.record_with(&definition.id, rule, &text)?
                && self.shows(definition, id, &field.id)?
            {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Whether the viewer sees a field of a record.
    fn shows(&self, definition: &'a EntityDefinition, id: RecordId, field: &str) -> Result<bool, Error> {
        let row = self.viewing.queries.record(&definition.id, id)?;
        Ok(row.is_some_and(|row| self.judge(definition).decide(&row.record).of(field) >= FieldAccess::Read))
    }

    /// The names of all records that the viewer sees; nothing when they are too many.
    fn read_names(&self, definition: &'a EntityDefinition) -> Result<Option<HashMap<String, Found>>, Error> {
        let list = RecordList::All(definition.id.clone());
        let queries = Queries(self.viewing.queries.0);
        if queries.record_ids(&list, None, ALL_AT_ONCE + 1)?.len() > ALL_AT_ONCE {
            return Ok(None);
        }
        let judge = self.judge(definition);
        let numbers = definition
            .fields
            .iter()
            .filter(|field| matches!(field.kind, FieldKind::AutoNumber { .. }) && field.id != definition.title);
        let numbers: Vec<&str> = numbers.map(|field| field.id.as_str()).collect();
        let mut names = HashMap::new();
        let mut position: Option<Vec<u8>> = None;
        loop {
            let page = queries.records(&list, position.as_deref(), CHUNK)?;
            for row in page.items {
                let access = judge.decide(&row.record);
                if !access.is_granted() {
                    continue;
                }
                if access.of(&definition.title) >= FieldAccess::Read {
                    let title = title_of(definition, &row.record.fields);
                    if !title.is_empty() {
                        add(&mut names, title, row.record.id);
                    }
                }
                for number in numbers.iter().filter(|number| access.of(number) >= FieldAccess::Read) {
                    if let Some(text) = row.record.fields.get(*number).and_then(Value::as_text) {
                        add(&mut names, text.to_owned(), row.record.id);
                    }
                }
            }
            position = page.next;
            if position.is_none() {
                return Ok(Some(names));
            }
        }
    }

    /// Asks the list of the entity, as the viewer would.
    fn search(&self, definition: &'a EntityDefinition, name: &str) -> Result<Found, Error> {
        let title = definition.field(&definition.title).map(|field| &field.kind);
        let value = match title {
            Some(FieldKind::Number { .. } | FieldKind::Decimal { .. } | FieldKind::Money { .. }) => {
                match name.parse() {
                    Ok(number) => Value::Number(number),
                    Err(_) => return Ok(Found::Nothing),
                }
            }
            _ => Value::from(name),
        };
        let is = |field: &str, value: Value| {
            Filter::Test(Test {
                field: field.to_owned(),
                op: Operator::Equal,
                value,
            })
        };
        let numbers = definition
            .fields
            .iter()
            .filter(|field| matches!(field.kind, FieldKind::AutoNumber { .. }) && field.id != definition.title);
        let mut filters = vec![is(&definition.title, value)];
        filters.extend(numbers.map(|field| is(&field.id, name.into())));
        let query = ListQuery {
            filter: Some(Filter::Any(filters)),
            ..ListQuery::all(definition.id.clone(), 2)
        };
        let sight = self.seeing.entity(definition);
        let page = match lists::page(self.viewing, &sight, &query, self.context) {
            Ok(page) => page,
            // Whoever may not see its name finds nothing by it.
            Err(Error::Refused(_)) => return Ok(Found::Nothing),
            Err(error) => return Err(error),
        };
        Ok(match page.items.as_slice() {
            [] => Found::Nothing,
            [one] => Found::One(one.reference.id),
            _ => Found::Several,
        })
    }

    fn or_note<T>(&self, asked: Result<T, Error>, otherwise: T) -> T {
        asked.unwrap_or_else(|error| {
            self.error.borrow_mut().get_or_insert(error);
            otherwise
        })
    }
}

impl Names for SeenNames<'_> {
    fn name(&self, kind: &FieldKind, id: RecordId) -> Option<String> {
        self.or_note(self.seeing.named(kind, id), None)
    }

    fn find(&self, kind: &FieldKind, name: &str) -> Found {
        let found = match kind {
            FieldKind::Person { .. } => self.person(name),
            FieldKind::Department { .. } => self.department(name),
            FieldKind::Reference { entity, .. } => self.reference(entity, name),
            _ => Ok(Found::Nothing),
        };
        self.or_note(found, Found::Nothing)
    }

    fn is_there(&self, kind: &FieldKind, id: RecordId) -> bool {
        let Some(entity) = kind.target() else { return false };
        let there = match kind {
            FieldKind::Reference { .. } => match self.viewing.catalogue.entity(entity.as_str()) {
                None => Ok(false),
                Some(definition) => {
                    let row = self.viewing.queries.record(&entity, id);
                    row.map(|row| row.is_some_and(|row| self.judge(definition).decide(&row.record).is_granted()))
                }
            },
            _ => self.viewing.queries.record(&entity, id).map(|row| row.is_some()),
        };
        self.or_note(there.map_err(Error::from), false)
    }
}

/// Names nobody: for what points at nothing.
struct Nobody;

impl Names for Nobody {
    fn name(&self, _: &FieldKind, _: RecordId) -> Option<String> {
        None
    }

    fn find(&self, _: &FieldKind, _: &str) -> Found {
        Found::Nothing
    }

    fn is_there(&self, _: &FieldKind, _: RecordId) -> bool {
        false
    }
}

/// A name that two have names neither.
fn add(names: &mut HashMap<String, Found>, name: String, id: RecordId) {
    names
        .entry(name)
        .and_modify(|known| {
            if *known != Found::One(id) {
                *known = Found::Several;
            }
        })
        .or_insert(Found::One(id));
}
