//! What a row would be as a record.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashSet},
};

use kapok_protocol::{PersonId, Principal, Record, RecordId, Text, Value};
use kapok_records::{
    Access, Action, Author, EntityDefinition, Field, FieldAccess, Fields, Judge, Owners,
    sheet::{CellLanguage, Cells, Found, OWNER, normal},
};
use kapok_rules::Context;
use kapok_store::View;

use super::{
    ImportMode, ImportOptions, OnDuplicate, key,
    lines::{LineColumns, cell},
    names::SeenNames,
    of_field,
};
use crate::{
    Error,
    plugins::Sessions,
    saving::{self, SaveRequest},
    seeing::Seeing,
    spreadsheet::Line,
    views::Viewing,
    writer::CheckedSave,
};

/// A reason, and the field it is about.
pub(crate) type Reason = (Option<String>, Text);

/// What a row would be.
pub(crate) enum Verdict {
    /// A record to be saved.
    Save(Box<ToSave>),
    /// What is there already, word for word.
    Unchanged,
    /// Left out, because its record is there already.
    Skipped,
    /// It cannot be taken.
    Failed(Vec<Reason>),
}

/// A record to be saved.
pub(crate) struct ToSave {
    pub(crate) checked: CheckedSave,
    /// The fields of the record that is changed.
    pub(crate) before: Option<Fields>,
    /// (field, name) pairs that name another row of the file.
    pub(crate) later: Vec<(String, String)>,
}

/// What the rows of the file are found by and called, as far as it was read.
#[derive(Default)]
pub(crate) struct RowKeys {
    /// The keys of the rows before this batch.
    pub(crate) before: HashSet<String>,
    /// Those of this batch.
    pub(crate) batch: HashSet<String>,
    /// Everything that rows of the whole file may be called by other rows.
    pub(crate) own_names: HashSet<String>,
}

impl RowKeys {
    /// Notes a key; false when a row before had it.
    fn note(&mut self, key: &str) -> bool {
        !self.before.contains(key) && self.batch.insert(key.to_owned())
    }

    /// The batch is done.
    pub(crate) fn settle(&mut self) {
        self.before.extend(self.batch.drain());
    }
}

/// Who asks what rows would be, and on what.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) view: &'a View,
    pub(crate) viewing: &'a Viewing<'a>,
    pub(crate) seeing: &'a Seeing<'a>,
    pub(crate) names: &'a SeenNames<'a>,
    pub(crate) context: &'a Context,
    pub(crate) definition: &'a EntityDefinition,
    pub(crate) options: &'a ImportOptions,
    pub(crate) person: PersonId,
}

/// Finds out what rows would be as records, for one person on one view.
pub(crate) struct Examiner<'a> {
    /// The instances of the plugins that check the rows.
    sessions: RefCell<Sessions>,
    view: &'a View,
    pub(super) viewing: &'a Viewing<'a>,
    pub(super) definition: &'a EntityDefinition,
    pub(super) options: &'a ImportOptions,
    pub(super) person: PersonId,
    pub(super) names: &'a SeenNames<'a>,
    pub(super) cells: Cells<'a>,
    context: &'a Context,
    pub(super) columns: Vec<(usize, &'a Field)>,
    pub(super) lines: Vec<LineColumns<'a>>,
    pub(super) key: Option<(usize, Option<&'a Field>)>,
    pub(super) owner: Option<usize>,
    pub(super) create: Access,
    pub(super) owners: Owners,
    read: Judge<'a>,
    pub(super) update: Judge<'a>,
}

impl<'a> Examiner<'a> {
    /// Refused for whoever may not import records of this kind.
    pub(crate) fn new(asked: &Asked<'a>) -> Result<Self, Error> {
        let Asked {
            view,
            viewing,
            seeing,
            names,
            context,
            definition,
            options,
            person,
        } = *asked;
        let rights = seeing.rights();
        if !rights.decide(Action::Import, definition, None).is_granted() {
            return Err(Error::forbidden(
                "您没有权限导入这种记录。",
                "You may not import such records.",
            ));
        }
        let position = |name: &str| {
            let named = |column: &Option<String>| column.as_deref() == Some(name);
            options.columns.iter().position(named)
        };
        let columns = options.columns.iter().enumerate();
        let columns = columns.filter_map(|(index, name)| Some((index, definition.field(name.as_deref()?)?)));
        let key = options
            .key
            .as_deref()
            .and_then(|key| Some((position(key)?, definition.field(key))));
        let offset = viewing.shared.settings.utc_offset_minutes;
        let examiner = Self {
            sessions: RefCell::default(),
            view,
            viewing,
            definition,
            options,
            person,
            names,
            cells: Cells::new(names, CellLanguage::Chinese, offset),
            context,
            columns: columns.collect(),
            lines: LineColumns::of(definition, &options.columns),
            key,
            owner: position(OWNER).filter(|_| definition.field(OWNER).is_none()),
            create: rights.decide(Action::Create, definition, None),
            owners: rights.reach(Action::Create, definition).owners,
            read: rights.judge(Action::Read, definition),
            update: rights.judge(Action::Update, definition),
        };
        examiner.refuse_fields(rights.decide(Action::Update, definition, None))?;
        Ok(examiner)
    }

    /// A field that this person may change in no record is refused before any row is looked at.
    fn refuse_fields(&self, update: Access) -> Result<(), Error> {
        let accesses: &[&Access] = match self.options.mode {
            ImportMode::Create => &[&self.create],
            ImportMode::Update => &[&update],
            ImportMode::Both => &[&self.create, &update],
        };
        if accesses.iter().all(|access| !access.is_granted()) {
            return Err(Error::forbidden(
                "您没有权限新建或修改这种记录。",
                "You may not make or change such records.",
            ));
        }
        let finds = |field: &Field| self.options.key.as_deref() == Some(&field.id);
        let own = self.columns.iter().map(|(_, field)| *field);
        let fields = own.chain(self.lines.iter().map(|lines| lines.field));
        for field in fields.filter(|field| !finds(field)) {
            if accesses.iter().all(|access| access.of(&field.id) < FieldAccess::Edit) {
                let (zh, en) = (&field.label.zh, &field.label.en);
                return Err(kapok_protocol::Refusal::new(
                    kapok_protocol::RefusalKind::Forbidden,
                    "field.hidden",
                    format!("您没有权限修改“{zh}”，请不要导入这一列。"),
                    format!("You may not change “{en}”; do not import this column."),
                )
                .at(field.id.clone())
                .into());
            }
        }
        Ok(())
    }

    /// The texts by which other rows may name a row.
    pub(crate) fn names_of(&self, cells: &[String], found: &mut HashSet<String>) {
        for (index, field) in &self.columns {
            let names = field.id == self.definition.title || key::is_key(self.definition, &field.id);
            if names && let Some(text) = cells.get(*index).filter(|text| !text.is_empty()) {
                found.insert(text.clone());
            }
        }
    }

    /// Whether a column names records of the entity itself.
    pub(crate) fn names_itself(&self) -> bool {
        let own = |field: &Field| field.kind.target().as_ref() == Some(&self.definition.id);
        self.columns.iter().any(|(_, field)| own(field))
    }

    /// Notes the key of a row that was looked at before.
    pub(crate) fn remember(&self, cells: &[String], keys: &mut RowKeys) {
        if let Ok(Some(key)) = self.key_of(cells) {
            keys.before.insert(key);
        }
    }

    /// The key of a row as records have it; nothing when its cell is empty.
    fn key_of(&self, cells: &[String]) -> Result<Option<String>, Reason> {
        let Some((index, field)) = self.key else {
            return Ok(None);
        };
        let text = cell(cells, index);
        let Some(field) = field else {
            let id = text.trim_start_matches('#');
            return Ok(Some(id.to_owned()).filter(|id| !id.is_empty()));
        };
        let value = self
            .cells
            .read(&field.kind, text)
            .map_err(|text| of_field(field, &text))?;
        if value.is_empty() {
            return Ok(None);
        }
        let value = normal(&field.kind, &value).map_err(|text| of_field(field, &text))?;
        Ok(key::text(&value))
    }

    /// What rows would be that are one record together; mostly it is one row.
    pub(crate) fn examine(&self, rows: &[Line], keys: &mut RowKeys) -> Result<Verdict, Error> {
        let joined = match self.joined(rows) {
            Ok(cells) => cells,
            Err(reason) => return Ok(Verdict::Failed(vec![reason])),
        };
        let cells = &*joined;
        let key = match self.key_of(cells) {
            Ok(key) => key,
            Err(reason) => return Ok(Verdict::Failed(vec![reason])),
        };
        if let Some(key) = &key
            && !keys.note(key)
        {
            return Ok(match self.options.duplicates {
                // Its lines would be lost.
                _ if !self.lines.is_empty() => self.failed(
                    self.options.key.clone(),
                    "文件中前面已有这条记录的行；同一条记录的行须连续，请按此列排序后再导入。",
                    "Earlier rows of the file are of this record. Rows of one record stand one below the other: sort the file by \
                     this column.",
                ),
                OnDuplicate::Skip => Verdict::Skipped,
                _ => self.failed(
                    self.options.key.clone(),
                    "文件中前面已有相同的一行，请只保留一行。",
                    "An earlier row of the file has the same; keep one.",
                ),
            });
        }
        let found = match &key {
            Some(key) => self.find(key)?,
            None => None,
        };
        let before = match (self.options.mode, found) {
            (ImportMode::Create, Some(_)) => {
                return Ok(match self.options.duplicates {
                    OnDuplicate::Skip => Verdict::Skipped,
                    _ => self.failed(
                        self.options.key.clone(),
                        "系统中已有这条记录。",
                        "This record is there already.",
                    ),
                });
            }
            (ImportMode::Update, None) => {
                return Ok(self.failed(
                    self.options.key.clone(),
                    "系统中没有这条记录，无法更新。",
                    "There is no such record to be changed.",
                ));
            }
            (_, found) => found,
        };
        let (mut fields, later, mut reasons) = self.read(cells, before.is_some(), keys);
        let there = before.as_ref().map(|before| &before.fields);
        self.read_lines(rows, there, &mut fields, &mut reasons);
        self.names.failed()?;
        let owner = match self.owner_of(cells, before.is_some())? {
            Ok(owner) => owner,
            Err(reason) => {
                reasons.push(reason);
                None
            }
        };
        if reasons.is_empty() {
            reasons.extend(self.refused(before.as_ref(), &fields));
        }
        if !reasons.is_empty() {
            return Ok(Verdict::Failed(reasons));
        }
        Ok(match self.check(before, fields, owner, later)? {
            Verdict::Failed(reasons) => {
                let reasons = reasons.into_iter().map(|reason| self.with_row(rows, reason));
                Verdict::Failed(reasons.collect())
            }
            verdict => verdict,
        })
    }

    /// The record that a key finds, when it may be seen.
    fn find(&self, key: &str) -> Result<Option<Record>, Error> {
        let queries = &self.viewing.queries;
        let entity = &self.definition.id;
        let id: Option<RecordId> = match self.key {
            None => None,
            Some((_, None)) => key.parse().ok(),
            Some((_, Some(field))) => match key::unique_rule(self.definition, &field.id) {
                Some(rule) => queries.record_with(entity, rule, key)?,
                None => {
                    let reference = kapok_records::FieldKind::Reference {
                        entity: entity.clone(),
                        multiple: false,
                    };
                    let found = kapok_records::sheet::Names::find(self.names, &reference, key);
                    self.names.failed()?;
                    match found {
                        Found::One(id) => Some(id),
                        Found::Nothing | Found::Several => None,
                    }
                }
            },
        };
        let Some(id) = id else { return Ok(None) };
        let record = queries.record(entity, id)?.map(|row| row.record);
        let has_key = |record: &Record| match self.key {
            Some((_, Some(field))) => record.fields.get(&field.id).and_then(key::text).as_deref() == Some(key),
            _ => true,
        };
        Ok(record.filter(|record| has_key(record) && self.read.decide(record).is_granted()))
    }

    /// The fields that a row says, what is to be set later, and what is wrong with its cells.
    fn read(&self, cells: &[String], is_change: bool, keys: &RowKeys) -> (Fields, Vec<(String, String)>, Vec<Reason>) {
        let (mut fields, mut later, mut reasons) = (Fields::new(), Vec::new(), Vec::new());
        for (index, field) in &self.columns {
            let text = cell(cells, *index);
            if text.is_empty() {
                if is_change && self.options.clear_empty {
                    fields.insert(field.id.clone(), Value::Null);
                }
                continue;
            }
            match self.cells.read(&field.kind, text) {
                Ok(value) => {
                    fields.insert(field.id.clone(), value);
                }
                Err(_) if self.is_own(field) && names_a_row(text, &keys.own_names) => {
                    later.push((field.id.clone(), text.to_owned()));
                }
                Err(reason) => reasons.push(of_field(field, &reason)),
            }
        }
        (fields, later, reasons)
    }

    fn is_own(&self, field: &Field) -> bool {
        field.kind.target().as_ref() == Some(&self.definition.id)
    }

    fn check(
        &self,
        before: Option<Record>,
        fields: Fields,
        owner: Option<PersonId>,
        later: Vec<(String, String)>,
    ) -> Result<Verdict, Error> {
        let request = SaveRequest {
            entity: self.definition.id.clone(),
            id: before.as_ref().map(|record| record.id),
            version: None,
            fields,
            base: None,
            owner,
            hand_over: None,
            author: Author::Person,
            ignore_duplicates: self.options.duplicates == OnDuplicate::Create,
            instance: None,
            key: None,
        };
        let old = before.as_ref().map(|record| record.fields.clone());
        let actor = Principal::Person(self.person);
        let shared = self.viewing.shared;
        let checked = saving::check_fields(
            shared,
            self.definition,
            self.view,
            actor,
            &request,
            before,
            self.context,
            &mut self.sessions.borrow_mut(),
        );
        match checked {
            Ok(checked) if old.as_ref() == Some(&checked.fields) && later.is_empty() => Ok(Verdict::Unchanged),
            Ok(checked) => Ok(Verdict::Save(Box::new(ToSave {
                checked,
                before: old,
                later,
            }))),
            Err(Error::Refused(reasons)) => Ok(Verdict::Failed(reasons_of(reasons))),
            Err(error) => Err(error),
        }
    }

    fn failed(&self, field: Option<String>, zh: &str, en: &str) -> Verdict {
        Verdict::Failed(vec![(field, Text::new(zh, en))])
    }
}

/// Whether a cell, or a part of one, is what a row of the file is called.
fn names_a_row(text: &str, own_names: &HashSet<String>) -> bool {
    let mut parts = text.split([';', '；', '、', '\n']).map(str::trim);
    own_names.contains(text) || parts.any(|part| own_names.contains(part))
}

/// Refusals as reasons.
pub(crate) fn reasons_of(refusals: Vec<kapok_protocol::Refusal>) -> Vec<Reason> {
    refusals
        .into_iter()
        .map(|refusal| (refusal.field, refusal.text))
        .collect()
}

/// What fields were before they changed; null where there was nothing.
pub(crate) fn changed(before: &Fields, after: &Fields) -> BTreeMap<String, Value> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| (name.clone(), before.get(name).cloned().unwrap_or_default()))
        .collect()
}
