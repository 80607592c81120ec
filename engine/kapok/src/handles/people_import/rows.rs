//! The rows of a file of people: what each says, and of whom.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::{RecordId, Refusal, Value};
use kapok_records::{
    Field, FieldKind, Fields,
    sheet::{CellLanguage, Cells, Found, Names},
};

use super::{
    FailedRow, ImportReport, LoginFrom, PREVIEW, PeopleImportOptions, PreviewRow, TakenAs,
    columns::{Columns, FIRST_NAME, ID, LAST_NAME},
    invalid,
    names::{Missing, PeopleNames, several},
    sign_in_names::{joined, sign_in_name},
    take::PersonRow,
};
use crate::spreadsheet::Sheet;

/// How a file is read.
pub(super) struct Reading<'a> {
    pub(super) columns: &'a Columns<'a>,
    pub(super) options: &'a PeopleImportOptions,
    pub(super) utc_offset_minutes: i32,
}

/// What the rows call people, for those who name their superior.
#[derive(Default)]
struct Called {
    keys: BTreeSet<String>,
    /// By sign-in name, and by a name that only one of them has.
    by_name: BTreeMap<String, String>,
}

/// Values that name nothing are read the same for everybody.
struct Nothing;

impl Names for Nothing {
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

impl Reading<'_> {
    /// What sign-in names are where no column says it.
    pub(super) fn login(&self) -> Option<LoginFrom> {
        let by_id = || self.columns.has(ID).then_some(LoginFrom::Id);
        self.options.login.or_else(by_id)
    }

    /// The departments and posts that rows name and that are not there, each once.
    pub(super) fn missing(&self, sheet: &Sheet, names: &PeopleNames) -> Missing {
        let collect = |target: &str, parts: &dyn Fn(&str) -> Vec<String>, known: &BTreeMap<String, RecordId>| {
            let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
            for (_, cells) in &sheet.rows {
                for part in parts(self.columns.cell(cells, target)) {
                    if !part.is_empty() && !known.contains_key(&part) && seen.insert(part.clone()) {
                        found.push(part);
                    }
                }
            }
            found
        };
        Missing {
            departments: collect("department", &|text| vec![text.to_owned()], &names.departments),
            posts: collect("posts", &|text| several(&names.posts, text), &names.posts),
        }
    }

    /// The people in the file, and the rows that cannot be read as one.
    pub(super) fn rows(&self, sheet: &Sheet, names: &PeopleNames) -> (Vec<PersonRow>, Vec<FailedRow>) {
        let called = self.called(sheet);
        // Read they are in both languages.
        let reader = Cells::new(&Nothing, CellLanguage::Chinese, self.utc_offset_minutes);
        let (mut rows, mut failed) = (Vec::new(), Vec::new());
        for (number, cells) in &sheet.rows {
            match self.row(*number, cells, names, &called, &reader) {
                Ok(row) => rows.push(row),
                Err(refusals) => failed.extend(refusals.into_iter().map(|reason| FailedRow {
                    row: *number,
                    login: self.login_of(cells),
                    field: reason.field,
                    text: reason.text,
                })),
            }
        }
        (rows, failed)
    }

    fn row(
        &self,
        number: usize,
        cells: &[String],
        names: &PeopleNames,
        called: &Called,
        reader: &Cells<'_>,
    ) -> Result<PersonRow, Vec<Refusal>> {
        let login = self.login_of(cells);
        let mut refusals = Vec::new();
        if login.is_empty() {
            refusals.push(invalid(
                "login",
                "没有登录名。请填写这一格，或选择登录名取自编号还是姓名。",
                "There is no sign-in name. Fill in the cell, or choose whether it is the number or made of the name.",
            ));
        }
        let (mut fields, mut superior) = (Fields::new(), None);
        let name = self.name_of(cells);
        if !name.is_empty() {
            fields.insert("name".to_owned(), name.into());
        }
        for field in self.columns.fields() {
            let text = self.columns.cell(cells, &field.id);
            if text.is_empty() || ["name", "login"].contains(&field.id.as_str()) {
                continue;
            }
            let read = match field.id.as_str() {
                "superior" => match superior_of(text, names, called) {
                    Some(Superior::Row(key)) => {
                        superior = Some(key);
                        continue;
                    }
                    Some(Superior::Person(id)) => Ok(id.to_string().into()),
                    None => Err(unknown(field, text, names)),
                },
                "department" => named(&names.departments, text).ok_or_else(|| unknown(field, text, names)),
                "roles" => all(field, &names.roles, text, names),
                "posts" => all(field, &names.posts, text, names),
                _ => value(reader, field, text),
            };
            match read {
                Ok(value) => {
                    fields.insert(field.id.clone(), value);
                }
                Err(reason) => refusals.push(reason),
            }
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let is_new = !names.logins.contains(&login);
        if is_new && !self.options.roles.is_empty() && !fields.contains_key("roles") {
            let roles = self.options.roles.iter().map(|id| Value::from(id.to_string()));
            fields.insert("roles".to_owned(), Value::List(roles.collect()));
        }
        Ok(PersonRow {
            number,
            key: self.key_of(cells),
            person: None,
            login,
            fields,
            superior,
        })
    }

    fn name_of(&self, cells: &[String]) -> String {
        let whole = self.columns.cell(cells, "name");
        match whole.is_empty() {
            false => whole.to_owned(),
            true => joined(
                self.columns.cell(cells, FIRST_NAME),
                self.columns.cell(cells, LAST_NAME),
            ),
        }
    }

    fn login_of(&self, cells: &[String]) -> String {
        let said = self.columns.cell(cells, "login");
        if !said.is_empty() {
            return said.to_owned();
        }
        match self.login() {
            Some(LoginFrom::Id) => self.columns.cell(cells, ID).to_owned(),
            Some(LoginFrom::Name) => sign_in_name(&self.name_of(cells)),
            None => String::new(),
        }
    }

    fn key_of(&self, cells: &[String]) -> String {
        let id = self.columns.cell(cells, ID);
        match id.is_empty() {
            false => id.to_owned(),
            true => self.login_of(cells),
        }
    }

    fn called(&self, sheet: &Sheet) -> Called {
        let mut called = Called::default();
        let mut twice = BTreeSet::new();
        let mut names = BTreeMap::new();
        for (_, cells) in &sheet.rows {
            let key = self.key_of(cells);
            let name = self.name_of(cells);
            if names.insert(name.clone(), key.clone()).is_some() {
                twice.insert(name);
            }
            called.by_name.insert(self.login_of(cells), key.clone());
            called.keys.insert(key);
        }
        for (name, key) in names {
            if !twice.contains(&name) {
                called.by_name.entry(name).or_insert(key);
            }
        }
        called
    }

    /// What the first rows would be.
    pub(super) fn preview(&self, sheet: &Sheet, report: &ImportReport) -> Vec<PreviewRow> {
        let rows = sheet.rows.iter().take(PREVIEW);
        let called: BTreeMap<String, String> = sheet
            .rows
            .iter()
            .map(|(_, cells)| (self.key_of(cells), self.name_of(cells)))
            .collect();
        let row = |(number, cells): &(usize, Vec<String>)| {
            let taken = report.taken.iter().find(|taken| taken.row == *number);
            let outcome = match taken.map(|taken| taken.taken) {
                Some(TakenAs::Created) => "create",
                Some(TakenAs::Updated) => "update",
                Some(TakenAs::Unchanged) => "unchanged",
                None => "fail",
            };
            let failed = report.failed.iter().filter(|failed| failed.row == *number);
            let reasons = failed.map(|failed| (failed.field.clone(), failed.text.clone()));
            let mut values = vec![
                ("login".to_owned(), self.login_of(cells)),
                ("name".to_owned(), self.name_of(cells)),
            ];
            for field in self.columns.fields() {
                let text = self.columns.cell(cells, &field.id);
                match field.id.as_str() {
                    "login" | "name" => {}
                    "superior" => {
                        let text = called
                            .get(text)
                            .filter(|name| !name.is_empty())
                            .map_or(text, |name| name);
                        values.push((field.id.clone(), text.to_owned()));
                    }
                    _ => values.push((field.id.clone(), text.to_owned())),
                }
            }
            PreviewRow {
                row: *number as u64,
                outcome,
                values,
                reasons: reasons.collect(),
            }
        };
        rows.map(row).collect()
    }
}

/// What a cell says that names nothing else.
fn value(reader: &Cells<'_>, field: &Field, text: &str) -> Result<Value, Refusal> {
    match (field.id.as_str(), text) {
        ("active", "在职") => Ok(true.into()),
        ("active", "离职") => Ok(false.into()),
        _ => {
            let read = reader.read(&field.kind, text);
            read.map_err(|reason| invalid(&field.id, reason.zh, reason.en))
        }
    }
}

enum Superior {
    /// Somebody in the file, by the key of their row.
    Row(String),
    /// Somebody who is there.
    Person(RecordId),
}

/// Whom a cell means: the file's own numbers come first.
fn superior_of(text: &str, names: &PeopleNames, called: &Called) -> Option<Superior> {
    if called.keys.contains(text) {
        return Some(Superior::Row(text.to_owned()));
    }
    let there = || names.people.get(text).map(|id| Superior::Person(*id));
    let in_file = || called.by_name.get(text).map(|key| Superior::Row(key.clone()));
    there().or_else(in_file)
}

fn named(known: &BTreeMap<String, RecordId>, text: &str) -> Option<Value> {
    known.get(text).map(|id| id.to_string().into())
}

fn all(field: &Field, known: &BTreeMap<String, RecordId>, text: &str, names: &PeopleNames) -> Result<Value, Refusal> {
    let parts = several(known, text);
    let ids = parts
        .iter()
        .map(|part| named(known, part).ok_or_else(|| unknown(field, part, names)));
    ids.collect::<Result<Vec<Value>, Refusal>>().map(Value::List)
}

fn unknown(field: &Field, text: &str, names: &PeopleNames) -> Refusal {
    match names.unmade.get(text) {
        Some(reason) => invalid(&field.id, reason.zh.clone(), reason.en.clone()),
        None => invalid(
            &field.id,
            format!("“{text}”不存在。请先建立，或改正这一格。"),
            format!("There is no “{text}”. Make it first, or mend this cell."),
        ),
    }
}
