//! Importing records, as whoever may do it asks for it.

use std::{cell::RefCell, io::Read};

use kapok_protocol::{Entity, ImportId, PersonId, RecordId, Refusal, RefusalKind, Text, Timestamp, Value};
use kapok_records::{
    Action, EntityDefinition, Fields,
    sheet::{CellLanguage, Cells, line_column, suggest},
};
use kapok_tables::{Import, ImportCounts, ImportState, Queries};

use super::Staff;
use crate::{
    Error,
    files::clean_name,
    imports::{self, Examiner, ImportOptions, RowKeys, SeenNames, TableReader, ToSave, Verdict},
    seeing::Seeing,
    spreadsheet::Limits,
    views::Who,
    writer::entity,
};

/// So many rows of a file are shown before it is imported.
const PREVIEW: usize = 20;

/// An import as whoever asked for it sees it.
#[derive(Debug, Clone)]
pub struct ImportView {
    /// Its id.
    pub id: ImportId,
    /// Of which entity's records.
    pub entity: Entity,
    /// What the file is called.
    pub name: String,
    /// Who brought it in.
    pub asked_by: Who,
    /// When.
    pub asked_at: Timestamp,
    /// How it stands.
    pub state: ImportState,
    /// How many rows it has.
    pub rows: u64,
    /// The headings of its columns.
    pub headings: Vec<String>,
    /// What was said to be done with it.
    pub options: Option<ImportOptions>,
    /// What came of it so far.
    pub counts: ImportCounts,
    /// Why it came to an end early.
    pub reason: Option<Text>,
    /// Some of the records that could not be put back when it was undone, and why.
    pub kept: Vec<(RecordId, Text)>,
    /// When it began to be carried out.
    pub began_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether the person may go on with it, or undo it: it is theirs.
    pub is_own: bool,
}

/// A file that was brought in, and what its columns probably are.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// The import.
    pub import: ImportView,
    /// For each heading the field that it probably means.
    pub suggestion: Vec<Option<String>>,
    /// The fields by which rows can find records that are there.
    pub keys: Vec<String>,
    /// The first rows, as they stand in the file.
    pub sample: Vec<(u64, Vec<String>)>,
}

/// What a row of a file would be.
#[derive(Debug, Clone)]
pub struct PreviewRow {
    /// Its number in the file; of the first one where several are one record.
    pub row: u64,
    /// What would become of it: `create`, `update`, `unchanged`, `skip` or `fail`.
    pub outcome: &'static str,
    /// The fields as they would be stored, in words.
    pub values: Vec<(String, String)>,
    /// Why it would fail.
    pub reasons: Vec<(Option<String>, Text)>,
}

impl Staff {
    /// Begins an import of a file that the person has brought in.
    pub fn begin_import(&self, entity_id: &Entity, file: &str, name: &str) -> Result<NewImport, Error> {
        let shared = &self.kapok.shared;
        if let Some(id) = self.answered::<ImportId>()? {
            return self.new_import(id);
        }
        self.refuse_import(entity_id)?;
        let gone = || Error::not_found("文件", "file");
        let stored = Queries(&self.view()).stored_file(file)?.ok_or_else(gone)?;
        if !stored.added_by.contains(&self.person) {
            return Err(gone());
        }
        if stored.size > Limits::RECORDS.file as u64 {
            let most = Limits::RECORDS.file >> 20;
            return Err(Refusal::new(
                RefusalKind::Limit,
                "sheet.unreadable",
                format!("文件超过 {most} MB，请分成几个。"),
                format!("The file is larger than {most} MB; split it."),
            )
            .into());
        }
        let (whole, headings, rows) = {
            // One at a time: each takes a good deal of memory.
            let _turn = shared
                .reading_sheet
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            let mut content = shared.files.open(file)?.ok_or_else(gone)?;
            let mut bytes = Vec::with_capacity(usize::try_from(stored.size).unwrap_or_default());
            content
                .read_to_end(&mut bytes)
                .map_err(|error| Error::Data(error.to_string()))?;
            let written = imports::write_table(&shared.files, &bytes)?;
            (written.table.finish()?, written.headings, written.rows)
        };
        let (person, entity) = (self.person, entity_id.clone());
        let (table, size, media_type) = (whole.hash.clone(), whole.size, whole.media_type);
        let name = clean_name(name);
        // Its row first, as of every file.
        let id = self.submit(move |step| {
            step.note_file(person, table.clone(), size, media_type)?;
            let id = ImportId::from(step.next_id());
            step.tx.put_import(&Import {
                id,
                entity,
                name,
                table,
                headings,
                rows,
                asked_by: person,
                asked_at: step.now,
                options: String::new(),
                state: ImportState::Draft,
                position: 0,
                counts: ImportCounts::default(),
                reason: None,
                kept: Vec::new(),
                began_at: None,
                ended_at: None,
            })?;
            Ok(id)
        })?;
        shared.files.keep(whole)?;
        self.new_import(id)
    }

    /// An import of one's own with what its columns probably are.
    pub fn new_import(&self, id: ImportId) -> Result<NewImport, Error> {
        let shared = &self.kapok.shared;
        let row = self.own_import(id)?;
        let sample = TableReader::open(&shared.files, &row.table, 0)?.take(5)?;
        // Without what the person may not see.
        let definition = &self.entity(&row.entity)?.definition;
        let fields = definition.fields.iter().map(|field| field.id.clone());
        Ok(NewImport {
            keys: fields.filter(|field| imports::is_key(definition, field)).collect(),
            suggestion: suggest(definition, &row.headings),
            sample,
            import: self.import_view(row),
        })
    }

    /// An import: one's own; for administrators any, without what is in it.
    pub fn import(&self, id: ImportId) -> Result<ImportView, Error> {
        let row = Queries(&self.view()).import(id)?;
        let row = row.filter(|row| row.asked_by == self.person || self.is_administrator());
        Ok(self.import_view(row.ok_or_else(nothing)?))
    }

    /// The imports that the person may know of, the last first: their own; for administrators all.
    pub fn imports(
        &self,
        entity: Option<&Entity>,
        before: Option<ImportId>,
        limit: usize,
    ) -> Result<Vec<ImportView>, Error> {
        let (mut found, mut before) = (Vec::new(), before);
        let (view, sees_all) = (self.view(), self.is_administrator());
        let queries = Queries(&view);
        while found.len() < limit {
            let rows = queries.imports(before, limit)?;
            let Some(last) = rows.last() else { break };
            before = Some(last.id);
            let known = rows.into_iter().filter(|row| {
                (sees_all || row.asked_by == self.person) && entity.is_none_or(|entity| row.entity == *entity)
            });
            found.extend(known);
        }
        found.truncate(limit);
        Ok(found.into_iter().map(|row| self.import_view(row)).collect())
    }

    /// What the first rows would be as records.
    pub fn preview_import(&self, id: ImportId, options: &ImportOptions) -> Result<Vec<PreviewRow>, Error> {
        let row = self.own_import(id)?;
        let shared = &self.kapok.shared;
        self.examining(&row, options, |definition, names, examiner| {
            let mut keys = RowKeys::default();
            if examiner.names_itself() {
                let mut table = TableReader::open(&shared.files, &row.table, 0)?;
                while let Some((_, cells)) = table.next()? {
                    examiner.names_of(&cells, &mut keys.own_names);
                }
            }
            let english = self.language()? == "en";
            let language = if english {
                CellLanguage::English
            } else {
                CellLanguage::Chinese
            };
            let written = Cells::new(names, language, shared.settings.utc_offset_minutes);
            let mut table = TableReader::open(&shared.files, &row.table, 0)?;
            let (mut rows, mut seen) = (Vec::new(), 0);
            while seen < PREVIEW {
                let lines = examiner.next(&mut table)?;
                let Some(&(number, _)) = lines.first() else { break };
                seen += lines.len();
                let verdict = examiner.examine(&lines, &mut keys)?;
                rows.push(previewed(number, verdict, definition, options, &written));
            }
            names.failed()?;
            Ok(rows)
        })
    }

    /// Does something with what looks at the rows of an import, once the options are known to fit.
    fn examining<T>(
        &self,
        import: &Import,
        options: &ImportOptions,
        work: impl FnOnce(&EntityDefinition, &SeenNames<'_>, &Examiner<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let seeing = self.seeing(&viewing)?;
        let definition = entity(&viewing.catalogue, &import.entity)?;
        imports::check_options(definition, import.headings.len(), options)?;
        let (context, cache) = (self.context(), RefCell::default());
        let names = SeenNames::new(&viewing, &seeing, &context, &cache, &import.entity);
        let examiner = Examiner::new(&imports::Asked {
            view: &view,
            viewing: &viewing,
            seeing: &seeing,
            names: &names,
            context: &context,
            definition,
            options,
            person: self.person,
        })?;
        work(definition, &names, &examiner)
    }

    /// Looks at all rows, and stores nothing.
    pub fn check_import(&self, id: ImportId, options: &ImportOptions) -> Result<ImportView, Error> {
        self.start_import(id, options, ImportState::Checking)
    }

    /// Imports all rows.
    pub fn run_import(&self, id: ImportId, options: &ImportOptions) -> Result<ImportView, Error> {
        self.start_import(id, options, ImportState::Running)
    }

    fn start_import(&self, id: ImportId, options: &ImportOptions, state: ImportState) -> Result<ImportView, Error> {
        let row = self.own_import(id)?;
        self.examining(&row, options, |_, _, _| Ok(()))?;
        let options = serde_json::to_string(options).map_err(|error| Error::Data(error.to_string()))?;
        let person = self.person;
        self.submit(move |step| {
            let import = step.queries().import(id)?.ok_or_else(nothing)?;
            if import.asked_by != person || !matches!(import.state, ImportState::Draft | ImportState::Checked) {
                return Err(not_now().into());
            }
            step.forget_import_parts(id)?;
            Ok(step.tx.put_import(&Import {
                options,
                state,
                position: 0,
                counts: ImportCounts::default(),
                reason: None,
                began_at: Some(step.now),
                ended_at: None,
                ..import
            })?)
        })?;
        self.import(id)
    }

    /// Ends an import where it is; what was stored stays, and can be undone.
    pub fn cancel_import(&self, id: ImportId) -> Result<ImportView, Error> {
        self.own_import(id)?;
        self.submit(move |step| {
            let import = step.queries().import(id)?.ok_or_else(nothing)?;
            let state = match import.state {
                ImportState::Checking => ImportState::Draft,
                ImportState::Running | ImportState::Linking => ImportState::Stopped,
                _ => return Err(not_now().into()),
            };
            let reason = Text::new("已由本人取消。", "It was cancelled.");
            Ok(step.tx.put_import(&Import {
                state,
                reason: Some(reason),
                ended_at: Some(step.now),
                ..import
            })?)
        })?;
        self.import(id)
    }

    /// Puts back what an import has changed, where nobody has changed it since.
    pub fn undo_import(&self, id: ImportId) -> Result<ImportView, Error> {
        let row = self.own_import(id)?;
        self.refuse_import(&row.entity)?;
        self.submit(move |step| {
            let mut import = step.queries().import(id)?.ok_or_else(nothing)?;
            if !matches!(import.state, ImportState::Done | ImportState::Stopped) {
                return Err(not_now().into());
            }
            if step.queries().last_import_part(id, None)?.is_none() {
                let days = imports::UNDOABLE;
                return Err(Refusal::new(
                    RefusalKind::Conflict,
                    "import.too-old",
                    format!("没有可以撤销的内容：导入后 {days} 天内才能撤销。"),
                    format!("There is nothing to be undone: an import can be undone for {days} days."),
                )
                .into());
            }
            (import.counts.undone, import.counts.kept) = (0, 0);
            Ok(step.tx.put_import(&Import {
                state: ImportState::Undoing,
                position: 0,
                kept: Vec::new(),
                ended_at: None,
                ..import
            })?)
        })?;
        self.import(id)
    }

    pub(super) fn own_import(&self, id: ImportId) -> Result<Import, Error> {
        let row = Queries(&self.view()).import(id)?;
        row.filter(|row| row.asked_by == self.person).ok_or_else(nothing)
    }

    /// Refused for whoever may not import records of an entity.
    fn refuse_import(&self, entity_id: &Entity) -> Result<(), Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let definition = entity(&viewing.catalogue, entity_id)?;
        let seeing: Seeing<'_> = self.seeing(&viewing)?;
        match seeing.rights().decide(Action::Import, definition, None).is_granted() {
            true => Ok(()),
            false => Err(Error::forbidden(
                "您没有权限导入这种记录。",
                "You may not import such records.",
            )),
        }
    }

    fn import_view(&self, row: Import) -> ImportView {
        let organisation = self.kapok.shared.organisation();
        let who = |person: PersonId| Who {
            id: person,
            name: organisation.name_of(person),
        };
        let is_own = row.asked_by == self.person;
        ImportView {
            id: row.id,
            entity: row.entity,
            name: row.name,
            asked_by: who(row.asked_by),
            asked_at: row.asked_at,
            state: row.state,
            rows: row.rows,
            headings: if is_own { row.headings } else { Vec::new() },
            options: serde_json::from_str(&row.options).ok().filter(|_| is_own),
            counts: row.counts,
            reason: row.reason,
            kept: if is_own { row.kept } else { Vec::new() },
            began_at: row.began_at,
            ended_at: row.ended_at,
            is_own,
        }
    }
}

/// What a row, or several that are one record together, would become.
fn previewed(
    row: u64,
    verdict: Verdict,
    definition: &EntityDefinition,
    options: &ImportOptions,
    written: &Cells<'_>,
) -> PreviewRow {
    let mut values = Vec::new();
    let (outcome, reasons) = match verdict {
        Verdict::Save(save) => {
            let ToSave { checked, before, later } = *save;
            for name in options.columns.iter().flatten() {
                if let Some(text) = shown(definition, name, &checked.fields, written) {
                    values.push((name.clone(), text));
                }
            }
            values.extend(later);
            (if before.is_some() { "update" } else { "create" }, Vec::new())
        }
        Verdict::Unchanged => ("unchanged", Vec::new()),
        Verdict::Skipped => ("skip", Vec::new()),
        Verdict::Failed(reasons) => ("fail", reasons),
    };
    PreviewRow {
        row,
        outcome,
        values,
        reasons,
    }
}

/// What a field would hold, or a column of line items in each line.
fn shown(definition: &EntityDefinition, name: &str, fields: &Fields, written: &Cells<'_>) -> Option<String> {
    if let Some((lines, column)) = line_column(definition, name) {
        let rows = fields.get(&lines.id)?.as_list()?.iter();
        let cell = |row: &Value| row.at(&column.id).map(|value| written.write(&column.kind, value));
        let cells: Vec<String> = rows.map(|row| cell(row).unwrap_or_default()).collect();
        return Some(cells.join(" / "));
    }
    let field = definition.field(name)?;
    Some(written.write(&field.kind, fields.get(name)?))
}

fn nothing() -> Error {
    Error::not_found("导入", "import")
}

fn not_now() -> Refusal {
    Refusal::new(
        RefusalKind::Conflict,
        "import.state",
        "这次导入现在不能这样做，请刷新后查看它的状态。",
        "This cannot be done with the import now; look at how it stands.",
    )
}
