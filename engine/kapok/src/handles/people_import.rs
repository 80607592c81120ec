//! People from a spreadsheet. A dry run says what would happen and which rows cannot be taken; then row by row is saved.
//! Rows that say what is known already change nothing, so an import that was interrupted is simply done again.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::{Entity, Record, RecordId, RecordRef, Refusal, RefusalKind, Text, Value};
use kapok_records::{DEPARTMENT, Fields, PERSON, POST, ROLE};
use kapok_tables::{Queries, RecordList};

use super::{
    Administrator, RecordSave,
    taking::{Fate, reasons},
};
use crate::{
    Error,
    spreadsheet::{Sheet, SheetKind},
};

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows with something in them.
    pub rows: usize,
    /// People that are new.
    pub created: usize,
    /// People that were changed.
    pub updated: usize,
    /// People about whom nothing was new.
    pub unchanged: usize,
    /// Rows that could not be taken.
    pub failed: Vec<FailedRow>,
    /// Columns that are none of a person's, by their headings.
    pub ignored: Vec<String>,
}

/// Why a row could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedRow {
    /// Its number in the file.
    pub row: usize,
    /// The sign-in name in it.
    pub login: String,
    /// The field that is wrong.
    pub field: Option<String>,
    /// What is wrong.
    pub text: Text,
}

/// The columns, by their names in both languages.
const COLUMNS: [(&str, &[&str]); 10] = [
    ("login", &["登录名", "账号", "工号", "员工编号", "employee id"]),
    ("name", &["姓名", "名字"]),
    ("phone", &["手机", "电话", "手机号", "mobile"]),
    ("email", &["邮箱", "电子邮箱", "e-mail"]),
    ("department", &["部门"]),
    ("superior", &["直接上级", "上级", "汇报对象", "reports to"]),
    ("roles", &["角色"]),
    ("posts", &["岗位", "post"]),
    ("active", &["在职"]),
    ("joined", &["入职日期", "joined on", "hire date"]),
];

/// What cells may name, by code and by name.
struct Names {
    people: BTreeMap<String, RecordId>,
    departments: BTreeMap<String, RecordId>,
    roles: BTreeMap<String, RecordId>,
    posts: BTreeMap<String, RecordId>,
    by_login: BTreeMap<String, Record>,
}

/// A row on its way.
struct Row {
    number: usize,
    login: String,
    fields: Fields,
    /// A superior who comes further down in the file.
    later: Option<String>,
}

impl Administrator {
    /// Takes people from a spreadsheet; in a dry run nothing is saved.
    pub fn import_people(&self, file: &[u8], kind: SheetKind, dry_run: bool) -> Result<ImportReport, Error> {
        let sheet = Sheet::read(file, kind)?;
        let (columns, ignored) = columns(&sheet.headings)?;
        let mut names = self.names()?;
        let in_file: BTreeSet<String> = sheet
            .rows
            .iter()
            .map(|(_, cells)| cell(&columns, cells, "login"))
            .collect();
        let mut report = ImportReport {
            rows: sheet.rows.len(),
            ignored,
            ..ImportReport::default()
        };
        let mut seen = BTreeSet::new();
        let mut later = Vec::new();
        for (number, cells) in &sheet.rows {
            let login = cell(&columns, cells, "login");
            let row = self.row(*number, &columns, cells, &names, &in_file);
            let row = row.and_then(|row| match seen.insert(login.clone()) {
                true => Ok(row),
                false => Err(vec![invalid(
                    "login",
                    "登录名在文件中出现了两次。",
                    "The sign-in name stands in the file twice.",
                )]),
            });
            let saved = row.and_then(|row| self.take_row(row, &mut names, dry_run, &mut report, &mut later));
            if let Err(reasons) = saved {
                report.failed.extend(reasons.into_iter().map(|reason| FailedRow {
                    row: *number,
                    login: login.clone(),
                    field: reason.field,
                    text: reason.text,
                }));
            }
        }
        for (number, login, superior) in later {
            let failed = match names.people.get(&superior) {
                Some(id) => self.set_superior(&login, *id, dry_run).err(),
                None => Some(vec![invalid(
                    "superior",
                    "没有这个上级。",
                    "There is no such superior.",
                )]),
            };
            report
                .failed
                .extend(failed.into_iter().flatten().map(|reason| FailedRow {
                    row: number,
                    login: login.clone(),
                    field: Some("superior".to_owned()),
                    text: reason.text,
                }));
        }
        Ok(report)
    }

    /// Reads a row and checks what it names.
    fn row(
        &self,
        number: usize,
        columns: &BTreeMap<&'static str, usize>,
        cells: &[String],
        names: &Names,
        in_file: &BTreeSet<String>,
    ) -> Result<Row, Vec<Refusal>> {
        let mut fields = Fields::new();
        let mut refusals = Vec::new();
        let mut later = None;
        for column in columns.keys() {
            let text = cell(columns, cells, column);
            if text.is_empty() {
                continue;
            }
            let known = match *column {
                "department" => one(&names.departments, &text),
                "superior" => match names.people.get(&text) {
                    None if in_file.contains(&text) => {
                        later = Some(text);
                        continue;
                    }
                    found => found.map(|id| id.to_string().into()),
                },
                "roles" => several(&names.roles, &text),
                "posts" => several(&names.posts, &text),
                "active" => truth(&text).map(Value::from),
                _ => Some(text.as_str().into()),
            };
            match known {
                Some(value) => {
                    fields.insert((*column).to_owned(), value);
                }
                None => refusals.push(invalid(
                    column,
                    &format!("“{text}”不存在。请先建立，或改正这一格。"),
                    &format!("There is no “{text}”. Make it first, or mend this cell."),
                )),
            }
        }
        match refusals.is_empty() {
            true => Ok(Row {
                number,
                login: cell(columns, cells, "login"),
                fields,
                later,
            }),
            false => Err(refusals),
        }
    }

    /// Saves a row, or finds out whether it could be.
    fn take_row(
        &self,
        row: Row,
        names: &mut Names,
        dry_run: bool,
        report: &mut ImportReport,
        later: &mut Vec<(usize, String, String)>,
    ) -> Result<(), Vec<Refusal>> {
        let before = names.by_login.get(&row.login);
        let is_new = before.is_none();
        let taken = self.take(PERSON, before, row.fields, dry_run)?;
        match taken.fate {
            Fate::New => report.created += 1,
            Fate::Changed(_) => report.updated += 1,
            Fate::Unchanged => report.unchanged += 1,
        }
        match taken.record {
            Some(id) if is_new => {
                names.people.insert(row.login.clone(), id);
            }
            Some(_) => {}
            // Stands for the person that would be there.
            None => {
                let somebody = RecordId::from(self.person);
                names.people.entry(row.login.clone()).or_insert(somebody);
            }
        }
        later.extend(row.later.map(|superior| (row.number, row.login, superior)));
        Ok(())
    }

    fn set_superior(&self, login: &str, superior: RecordId, dry_run: bool) -> Result<(), Vec<Refusal>> {
        if dry_run {
            return Ok(());
        }
        let view = self.view();
        let queries = Queries(&view);
        let person = Entity::new(PERSON);
        let read = || -> Result<Option<Record>, Error> {
            let id = queries.record_with(&person, "login", login)?;
            let row = id.map(|id| queries.record(&person, id)).transpose()?;
            Ok(row.flatten().map(|row| row.record))
        };
        let Some(record) = read().map_err(reasons)? else {
            return Ok(());
        };
        let superior = Value::from(superior.to_string());
        if record.fields.get("superior") == Some(&superior) {
            return Ok(());
        }
        drop(view);
        let reference = RecordRef {
            entity: person,
            id: record.id,
        };
        let fields = [("superior".to_owned(), superior)].into();
        let save = RecordSave {
            ignore_duplicates: true,
            ..RecordSave::change(reference, record.version, fields)
        };
        self.each().save(save).map(drop).map_err(reasons)
    }

    fn names(&self) -> Result<Names, Error> {
        let view = self.view();
        let queries = Queries(&view);
        let all = |entity: &str| -> Result<Vec<Record>, Error> {
            let rows = queries.records(&RecordList::All(Entity::new(entity)), None, usize::MAX)?;
            Ok(rows.items.into_iter().map(|row| row.record).collect())
        };
        let by_code = |entity: &str| -> Result<BTreeMap<String, RecordId>, Error> {
            let mut found = BTreeMap::new();
            let records = all(entity)?;
            // Codes come second, so that they count where a name is the same.
            for field in ["name", "code"] {
                for record in &records {
                    found.extend(text(record, field).map(|name| (name, record.id)));
                }
            }
            Ok(found)
        };
        let people = all(PERSON)?;
        let logins = people
            .iter()
            .filter_map(|record| Some((text(record, "login")?, record)));
        let by_login: BTreeMap<String, Record> = logins.map(|(login, record)| (login, record.clone())).collect();
        let mut names = BTreeMap::new();
        let mut several = BTreeSet::new();
        for record in &people {
            if let Some(name) = text(record, "name")
                && names.insert(name.clone(), record.id).is_some()
            {
                several.insert(name);
            }
        }
        // A name that two people have names nobody.
        names.retain(|name, _| !several.contains(name));
        names.extend(by_login.iter().map(|(login, record)| (login.clone(), record.id)));
        Ok(Names {
            people: names,
            departments: by_code(DEPARTMENT)?,
            roles: by_code(ROLE)?,
            posts: by_code(POST)?,
            by_login,
        })
    }
}

/// Where each known column stands, and which ones are not known: files of other systems have more than is wanted.
fn columns(headings: &[String]) -> Result<(BTreeMap<&'static str, usize>, Vec<String>), Error> {
    let (mut found, mut ignored) = (BTreeMap::new(), Vec::new());
    for (index, heading) in headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
        let plain = heading.to_lowercase().replace('_', " ");
        let is_called = |id: &str, names: &[&str]| id == plain || names.contains(&plain.as_str());
        let column = COLUMNS.iter().find(|(id, names)| is_called(id, names));
        match column {
            // The first one counts.
            Some((id, _)) if !found.contains_key(id) => {
                found.insert(*id, index);
            }
            _ => ignored.push(heading.clone()),
        }
    }
    if !found.contains_key("login") {
        let (zh, en) = (
            "缺少“登录名”一列。可用的列：登录名、姓名、手机、邮箱、部门、直接上级、角色、岗位、在职、入职日期。",
            "The column “login” is missing. There are login, name, phone, email, department, superior, roles, posts, active and \
             joined.",
        );
        return Err(Refusal::new(RefusalKind::Invalid, "import.column", zh, en).into());
    }
    Ok((found, ignored))
}

fn cell(columns: &BTreeMap<&'static str, usize>, cells: &[String], column: &str) -> String {
    let cell = columns.get(column).and_then(|index| cells.get(*index));
    cell.cloned().unwrap_or_default()
}

fn one(names: &BTreeMap<String, RecordId>, text: &str) -> Option<Value> {
    names.get(text).map(|id| id.to_string().into())
}

fn several(names: &BTreeMap<String, RecordId>, text: &str) -> Option<Value> {
    let parts = text.split([';', '；', ',', '，', '、']).map(str::trim);
    let ids: Option<Vec<Value>> = parts
        .filter(|part| !part.is_empty())
        .map(|part| one(names, part))
        .collect();
    ids.map(Value::from)
}

fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "是" | "在职" | "true" | "yes" | "1" => Some(true),
        "否" | "离职" | "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

fn text(record: &Record, field: &str) -> Option<String> {
    record.fields.get(field).and_then(Value::as_text).map(str::to_owned)
}

fn invalid(field: &str, zh: &str, en: &str) -> Refusal {
    Refusal::new(RefusalKind::Invalid, "import.row", zh, en).at(field)
}
