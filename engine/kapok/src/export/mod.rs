//! Exporting records: a list as a file, page by page, with what its reader may see and not a byte more.
//!
//! Each page is asked of the same function as a list on the screen ([`lists::page`]); of the records there, those are
//! written that the person may export.

mod sheet;

use std::cell::RefCell;

use kapok_protocol::{Refusal, RefusalKind, Value};
use kapok_records::{
    Action, EntityDefinition, Field, FieldKind,
    sheet::{CellLanguage, Cells},
};

pub use sheet::SheetFormat;
pub(crate) use sheet::{Cell, SheetWriter};

use crate::{
    Error, ListQuery, Staff,
    imports::SeenNames,
    lists,
    views::{RecordView, Viewing},
    writer::entity,
};

/// So many records are written at once.
const PAGE: usize = 500;
/// The most records in a file of text.
const MOST: u64 = 1_000_000;
/// The most records in a workbook.
const MOST_IN_A_WORKBOOK: u64 = 200_000;

/// What is exported.
#[derive(Debug, Clone)]
pub struct ExportQuery {
    /// Which records, in which order.
    pub list: ListQuery,
    /// Which fields, in which order; all that may be seen when none are named. With columns of line items, such as
    /// `lines.product`, each line is a row.
    pub columns: Vec<String>,
    /// As what.
    pub format: SheetFormat,
}

/// An export on its way.
pub struct Export {
    staff: Staff,
    list: ListQuery,
    columns: Vec<Column>,
    language: CellLanguage,
    format: SheetFormat,
    sheet: Option<SheetWriter>,
    /// What was made of the first page, before anything was answered.
    ready: Option<Vec<u8>>,
    rows: u64,
    name: String,
}

/// A column of the file.
enum Column {
    Field(Box<Field>),
    /// A column of line items, with the field that holds them.
    Line(Box<Field>, Box<Field>),
    Id,
    Owner,
    CreatedAt,
    CreatedBy,
    UpdatedAt,
}

impl Column {
    /// A column of line items.
    fn of_lines(definition: &EntityDefinition, name: &str) -> Option<Self> {
        let (lines, column) = name.split_once('.')?;
        let lines = definition.field(lines)?;
        let FieldKind::Lines { columns } = &lines.kind else {
            return None;
        };
        let column = columns.iter().find(|field| field.id == column)?;
        Some(Self::Line(Box::new(lines.clone()), Box::new(column.clone())))
    }

    fn of_system(name: &str) -> Option<Self> {
        Some(match name {
            "id" => Self::Id,
            "owner" => Self::Owner,
            "created_at" => Self::CreatedAt,
            "created_by" => Self::CreatedBy,
            "updated_at" => Self::UpdatedAt,
            _ => return None,
        })
    }

    fn heading(&self, language: CellLanguage) -> String {
        let (zh, en) = match self {
            Self::Field(field) | Self::Line(_, field) => (field.label.zh.as_str(), field.label.en.as_str()),
            Self::Id => ("ID", "ID"),
            Self::Owner => ("负责人", "Owner"),
            Self::CreatedAt => ("创建时间", "Created at"),
            Self::CreatedBy => ("创建人", "Created by"),
            Self::UpdatedAt => ("修改时间", "Changed at"),
        };
        match language {
            CellLanguage::Chinese => zh,
            CellLanguage::English => en,
        }
        .to_owned()
    }

    /// The lines of a record that it tells of; nothing where it is no column of line items.
    fn lines<'r>(&self, record: &'r RecordView) -> Option<&'r [Value]> {
        let Self::Line(lines, _) = self else { return None };
        record.fields.get(&lines.id)?.as_list()
    }

    /// What it says of a record in one of its rows: where there are lines, each has a row.
    fn cell(&self, cells: &Cells<'_>, record: &RecordView, row: usize) -> Cell {
        let moment = |moment: kapok_protocol::Timestamp| {
            Cell::Text(cells.write(&FieldKind::DateTime, &moment.to_string().into()))
        };
        let who = |who: &Option<crate::Who>| Cell::Text(who.as_ref().map(|who| who.name.clone()).unwrap_or_default());
        match self {
            Self::Field(field) => match record.fields.get(&field.id) {
                None | Some(Value::Null) => Cell::Text(String::new()),
                Some(value) => Cell::of(&field.kind, value, cells.write(&field.kind, value)),
            },
            Self::Line(_, column) => {
                let line = self.lines(record).and_then(|lines| lines.get(row));
                match line.and_then(|line| line.at(&column.id)) {
                    None | Some(Value::Null) => Cell::Text(String::new()),
                    Some(value) => Cell::of(&column.kind, value, cells.write(&column.kind, value)),
                }
            }
            Self::Id => Cell::Text(record.reference.id.to_string()),
            Self::Owner => who(&record.owner),
            Self::CreatedAt => moment(record.created_at),
            Self::CreatedBy => who(&record.created_by),
            Self::UpdatedAt => moment(record.updated_at),
        }
    }
}

impl Staff {
    /// Begins to export records. Whatever is wrong with the question is said here.
    pub fn export(&self, query: ExportQuery) -> Result<Export, Error> {
        let seen = self.entity(&query.list.entity)?;
        if !seen.export {
            return Err(Error::forbidden(
                "您没有权限导出这种记录。",
                "You may not export such records.",
            ));
        }
        let definition = &seen.definition;
        let named = |name: &String| match definition.field(name) {
            Some(field) => Ok(Column::Field(Box::new(field.clone()))),
            None => Column::of_lines(definition, name)
                .or_else(|| Column::of_system(name))
                .ok_or_else(|| {
                    Refusal::new(
                        RefusalKind::Invalid,
                        "list.field-unknown",
                        format!("没有字段“{name}”，不能导出。"),
                        format!("There is no field “{name}” to be exported."),
                    )
                    .at(name.clone())
                }),
        };
        let columns: Vec<Column> = match query.columns.is_empty() {
            false => query.columns.iter().map(named).collect::<Result<_, _>>()?,
            true => {
                let fields = definition.fields.iter().cloned();
                let fields = fields.map(|field| Column::Field(Box::new(field)));
                fields.chain([Column::Owner]).collect()
            }
        };
        let language = match self.language()?.as_str() {
            "en" => CellLanguage::English,
            _ => CellLanguage::Chinese,
        };
        let label = match language {
            CellLanguage::Chinese => &definition.label.zh,
            CellLanguage::English => &definition.label.en,
        };
        let mut sheet = SheetWriter::new(query.format)?;
        let headings: Vec<String> = columns.iter().map(|column| column.heading(language)).collect();
        sheet.texts(&headings)?;
        let mut export = Export {
            name: format!("{label}.{}", query.format.extension()),
            staff: self.clone(),
            list: ListQuery {
                after: None,
                limit: PAGE,
                ..query.list
            },
            columns,
            language,
            format: query.format,
            sheet: Some(sheet),
            ready: None,
            rows: 0,
        };
        export.ready = export.page()?;
        Ok(export)
    }
}

impl Export {
    /// What the file is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As what it is written.
    pub fn format(&self) -> SheetFormat {
        self.format
    }

    /// More of the file, which may be nothing yet; `None` at its end.
    pub fn next_part(&mut self) -> Result<Option<Vec<u8>>, Error> {
        match self.ready.take() {
            Some(ready) => Ok(Some(ready)),
            None => self.page(),
        }
    }

    fn page(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let Some(mut sheet) = self.sheet.take() else {
            return Ok(None);
        };
        let view = self.staff.snapshot();
        let viewing = Viewing::of(self.staff.shared(), &view);
        let seeing = self.staff.seeing(&viewing)?;
        let definition = entity(&viewing.catalogue, &self.list.entity)?;
        let sight = seeing.entity(definition);
        let context = self.staff.context();
        let page = lists::page(&viewing, &sight, &self.list, &context)?;
        let (rights, cache) = (seeing.rights(), RefCell::default());
        let exports = rights.judge(Action::Export, definition);
        let names = SeenNames::new(&viewing, &seeing, &context, &cache, &definition.id);
        let cells = Cells::new(&names, self.language, viewing.shared.settings.utc_offset_minutes);
        for record in &page.items {
            let row = viewing.queries.record(&definition.id, record.reference.id)?;
            if !row.is_some_and(|row| exports.decide(&row.record).is_granted()) {
                continue;
            }
            let lines = self.columns.iter().filter_map(|column| column.lines(record));
            let rows = lines.map(<[Value]>::len).max().unwrap_or_default().max(1);
            for row in 0..rows {
                let row: Vec<Cell> = self
                    .columns
                    .iter()
                    .map(|column| column.cell(&cells, record, row))
                    .collect();
                names.failed()?;
                sheet.row(&row)?;
            }
            self.rows += rows as u64;
        }
        let most = match self.format {
            SheetFormat::Csv => MOST,
            SheetFormat::Xlsx => MOST_IN_A_WORKBOOK,
        };
        if self.rows > most {
            return Err(Refusal::new(
                RefusalKind::Limit,
                "export.too-long",
                format!("一次最多导出 {most} 行，请先筛选。"),
                format!("At most {most} rows are exported at once; narrow the list."),
            )
            .into());
        }
        let is_end = page.next.is_none();
        self.list.after = page.next;
        if is_end {
            return sheet.finish().map(Some);
        }
        let written = sheet.written()?;
        self.sheet = Some(sheet);
        Ok(Some(written))
    }
}
