//! Loading a company from tables: people, departments, roles, customers and quotes as CSV.
//!
//! An import, not a way of working: it starts no process and asks no plugin, because what it brings was in order where
//! it comes from.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, PersonId, RecordId, Value};
use kapok_records::{Author, DEPARTMENT, Fields, PERSON, ROLE, validate};
use kapok_tables::Credential;

use crate::{
    Error, Kapok,
    sign_in::hash_password,
    writer::{Step, entity},
};

/// The password of everybody in a demonstration.
pub const DEMO_PASSWORD: &str = "kapok-demo";

/// A company as CSV texts; the columns are named after the fields.
#[derive(Debug, Clone, Copy)]
pub struct Company<'a> {
    /// Departments: code, name, parent (code), head (login).
    pub departments: &'a str,
    /// Roles: code, name.
    pub roles: &'a str,
    /// People: login, name, phone, email, department (code), superior (login), roles (codes, `;` between them).
    pub people: &'a str,
    /// Records of other entities: the entity, its table, and the table of its line items, if it has any. A column `id` names
    /// a record for the rows below it; records are also named by unique titles.
    pub records: &'a [(&'a str, &'a str, Option<Lines<'a>>)],
}

/// The table of the line items of an entity.
#[derive(Debug, Clone, Copy)]
pub struct Lines<'a> {
    /// The field that holds them.
    pub field: &'a str,
    /// The column that names the record they belong to, and the record's field with that name.
    pub by: (&'a str, &'a str),
    /// The table.
    pub table: &'a str,
}

/// A person one may sign in as in a demonstration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPerson {
    /// The name to sign in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// What they do.
    pub role: String,
}

type Row = BTreeMap<String, String>;
/// The records that rows were given names for.
type Named = BTreeMap<(Entity, String), RecordId>;
/// A row, and the field of its line items with their rows.
type ImportRow = (Row, Option<(String, Vec<Row>)>);

/// So many records are saved in one commit.
const BATCH: usize = 500;

impl Kapok {
    /// Whether there are people already.
    pub fn has_company(&self) -> bool {
        !self.shared.organisation().is_empty()
    }

    /// Loads a company, everybody with the same password. For demonstrations and tests.
    pub fn load_company(&self, company: &Company<'_>, password: &str) -> Result<(), Error> {
        let password_hash = hash_password(password)?;
        let ids = self.load_organisation(company, password_hash)?;
        let mut named = Named::new();
        for (entity_id, table, lines) in company.records {
            let mut rows = read(entity_id, table)?;
            let mut items: BTreeMap<String, Vec<Row>> = BTreeMap::new();
            if let Some(lines) = lines {
                for mut row in read(entity_id, lines.table)? {
                    let owner = row.remove(lines.by.0).unwrap_or_default();
                    items.entry(owner).or_default().push(row);
                }
            }
            while !rows.is_empty() {
                let rest = rows.split_off(rows.len().min(BATCH));
                let chunk = std::mem::replace(&mut rows, rest);
                let chunk = chunk.into_iter().map(|row| {
                    let lines = lines.as_ref().map(|lines| {
                        let name = row.get(lines.by.1).cloned().unwrap_or_default();
                        (lines.field.to_owned(), items.remove(&name).unwrap_or_default())
                    });
                    (row, lines)
                });
                let (chunk, ids, entity_id) = (chunk.collect(), ids.clone(), Entity::new(*entity_id));
                let known = std::mem::take(&mut named);
                named = self
                    .writer
                    .submit(move |step| import(step, &entity_id, chunk, &ids, known))
                    .wait()?;
            }
        }
        Ok(())
    }

    fn load_organisation(
        &self,
        company: &Company<'_>,
        password_hash: String,
    ) -> Result<BTreeMap<String, PersonId>, Error> {
        let departments = read(DEPARTMENT, company.departments)?;
        let people = read(PERSON, company.people)?;
        let roles = read(ROLE, company.roles)?;
        self.writer
            .submit(move |step| {
                // Departments name their heads and people their departments, so ids come first.
                let ids = |step: &mut Step<'_>, rows: &[Row], key: &str| -> BTreeMap<String, RecordId> {
                    rows.iter()
                        .map(|row| (row.get(key).cloned().unwrap_or_default(), step.next_id().into()))
                        .collect()
                };
                let department_ids = ids(step, &departments, "code");
                let person_ids = ids(step, &people, "login");
                let mut role_ids = BTreeMap::new();
                for role in &roles {
                    let code = role.get("code").cloned().unwrap_or_default();
                    let known = step.queries().record_with(&Entity::new(ROLE), "code", &code)?;
                    let id = known.unwrap_or_else(|| step.next_id().into());
                    if known.is_none() {
                        put(step, ROLE, id, None, plain(role))?;
                    }
                    role_ids.insert(code, id);
                }
                // Roles that plugins declare are there already and need no row.
                for code in people.iter().flat_map(role_codes) {
                    if !role_ids.contains_key(code) {
                        let known = step.queries().record_with(&Entity::new(ROLE), "code", code)?;
                        let known = known.ok_or_else(|| Error::Data(format!("{PERSON}: there is no role `{code}`")))?;
                        role_ids.insert(code.to_owned(), known);
                    }
                }
                let named =
                    |ids: &BTreeMap<String, RecordId>, name: &str| ids.get(name).map(|id| Value::from(id.to_string()));
                for row in &departments {
                    let mut fields = plain(row);
                    replace(&mut fields, "parent", |code| named(&department_ids, code));
                    replace(&mut fields, "head", |login| named(&person_ids, login));
                    put(step, DEPARTMENT, id_of(&department_ids, row, "code")?, None, fields)?;
                }
                for row in &people {
                    let mut fields = plain(row);
                    replace(&mut fields, "department", |code| named(&department_ids, code));
                    replace(&mut fields, "superior", |login| named(&person_ids, login));
                    let roles: Vec<Value> = role_codes(row).filter_map(|code| named(&role_ids, code)).collect();
                    fields.insert("roles".into(), roles.into());
                    fields.insert("active".into(), true.into());
                    let person = id_of(&person_ids, row, "login")?;
                    put(step, PERSON, person, None, fields)?;
                    let credential = Credential {
                        person: person.into(),
                        password_hash: password_hash.clone(),
                        changed_at: step.now,
                    };
                    step.tx.put_credential(&credential)?;
                }
                Ok(person_ids.into_iter().map(|(login, id)| (login, id.into())).collect())
            })
            .wait()
    }

    /// People to try a demonstration with: those whose roles differ most, the administrators first.
    pub fn demo_people(&self) -> Vec<DemoPerson> {
        let organisation = self.shared.organisation();
        let mut people: Vec<(usize, DemoPerson)> = Vec::new();
        for entry in organisation.search("", usize::MAX) {
            let Some(member) = organisation.member(entry.id) else {
                continue;
            };
            let roles: Vec<String> = member.roles.iter().map(|code| organisation.role_name(code)).collect();
            let role = roles.join("、");
            let seen = people.iter().filter(|(_, person)| person.role == role).count();
            if !role.is_empty() && seen < 2 {
                let rank = usize::from(!member.roles.contains(kapok_records::ADMINISTRATOR));
                people.push((
                    rank,
                    DemoPerson {
                        login: entry.login,
                        name: entry.name,
                        role,
                    },
                ));
            }
        }
        people.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.login.cmp(&y.login)));
        people.into_iter().map(|(_, person)| person).collect()
    }
}

/// The roles of a person's row.
fn role_codes(row: &Row) -> impl Iterator<Item = &str> {
    let codes = row.get("roles").map(String::as_str).unwrap_or_default();
    codes.split(';').map(str::trim).filter(|code| !code.is_empty())
}

fn read(name: &str, table: &str) -> Result<Vec<Row>, Error> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows = reader.deserialize().collect::<Result<Vec<Row>, _>>();
    rows.map_err(|error| Error::Data(format!("the table of {name} cannot be read: {error}")))
}

/// The id that was drawn for a row by this column.
fn id_of(ids: &BTreeMap<String, RecordId>, row: &Row, column: &str) -> Result<RecordId, Error> {
    let id = row.get(column).and_then(|name| ids.get(name));
    id.copied()
        .ok_or_else(|| Error::Data(format!("a table lacks its column {column}")))
}

/// A row's cells, without the empty ones.
fn plain(row: &Row) -> Fields {
    let filled = row.iter().filter(|(_, cell)| !cell.trim().is_empty());
    filled
        .map(|(column, cell)| (column.clone(), cell.trim().into()))
        .collect()
}

fn replace(fields: &mut Fields, field: &str, by: impl FnOnce(&str) -> Option<Value>) {
    if let Some(Value::Text(text)) = fields.remove(field)
        && let Some(value) = by(&text)
    {
        fields.insert(field.to_owned(), value);
    }
}

fn put(
    step: &mut Step<'_>,
    entity_id: &str,
    id: RecordId,
    owner: Option<PersonId>,
    fields: Fields,
) -> Result<(), Error> {
    let catalogue = step.shared.catalogue();
    let definition = entity(&catalogue, &Entity::new(entity_id))?;
    let fields = validate(definition, &Fields::new(), &fields, Author::Program)?;
    step.import(definition, id, owner, fields)
}

fn import(
    step: &mut Step<'_>,
    entity_id: &Entity,
    rows: Vec<ImportRow>,
    people: &BTreeMap<String, PersonId>,
    mut named: Named,
) -> Result<Named, Error> {
    let catalogue = step.shared.catalogue();
    let definition = entity(&catalogue, entity_id)?;
    for (row, lines) in rows {
        let mut fields = plain(&row);
        let id: RecordId = step.next_id().into();
        if let Some(Value::Text(name)) = fields.remove("id") {
            named.insert((entity_id.clone(), name), id);
        }
        // A column that is no field of the entity says who is responsible.
        let owner = match definition.field("owner") {
            Some(_) => None,
            None => fields.remove("owner"),
        };
        let owner = owner
            .as_ref()
            .and_then(Value::as_text)
            .and_then(|login| people.get(login))
            .copied();
        for field in &definition.fields {
            match &field.kind {
                kapok_records::FieldKind::Reference { entity, .. } => {
                    let title = catalogue.entity(entity.as_str()).map(|entity| entity.title.clone());
                    let queries = step.queries();
                    let Some(name) = fields.get(&field.id).and_then(Value::as_text) else {
                        continue;
                    };
                    let given = named.get(&(entity.clone(), name.to_owned())).copied();
                    let found = given
                        .or_else(|| title.and_then(|title| queries.record_with(entity, &title, name).ok().flatten()));
                    match found {
                        Some(id) => fields.insert(field.id.clone(), id.to_string().into()),
                        None => fields.remove(&field.id),
                    };
                }
                kapok_records::FieldKind::Person { .. } => {
                    replace(&mut fields, &field.id, |login| {
                        people.get(login).map(|id| id.to_string().into())
                    });
                }
                _ => {}
            }
        }
        if let Some((field, rows)) = lines {
            let rows: Vec<Value> = rows.iter().map(|row| Value::Map(plain(row))).collect();
            fields.insert(field, rows.into());
        }
        let fields = validate(definition, &Fields::new(), &fields, Author::Program)?;
        step.import(definition, id, owner, fields)?;
    }
    Ok(named)
}
