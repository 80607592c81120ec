//! Rows that are one record together: each says a line of its line items.
//!
//! They stand one below the other and have the same key, or none below the first, as a table has it whose cells were joined.
//! What they say of the record itself, one of them says, or all of them the same.

use std::borrow::Cow;

use kapok_protocol::{Text, Value};
use kapok_records::{EntityDefinition, Field, Fields, sheet};

use super::{
    TableReader, of_field,
    rows::{Examiner, Reason},
};
use crate::{Error, spreadsheet::Line};

/// One more than the lines that a record may have, so that too many are refused as such.
const MOST: usize = 1_001;

/// The columns of a file that are columns of line items.
pub(super) struct LineColumns<'a> {
    /// The field of the record that holds the lines.
    pub(super) field: &'a Field,
    /// Where in the file each column stands.
    columns: Vec<(usize, &'a Field)>,
}

impl<'a> LineColumns<'a> {
    /// Those that a mapping names, by the field that holds them.
    pub(super) fn of(definition: &'a EntityDefinition, columns: &[Option<String>]) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for (index, name) in columns.iter().enumerate() {
            let named = name.as_deref().and_then(|name| sheet::line_column(definition, name));
            let Some((field, column)) = named else { continue };
            match found.iter_mut().find(|lines| lines.field.id == field.id) {
                Some(lines) => lines.columns.push((index, column)),
                None => found.push(Self {
                    field,
                    columns: vec![(index, column)],
                }),
            }
        }
        found
    }

    fn says_something(&self, cells: &[String]) -> bool {
        self.columns.iter().any(|(index, _)| !cell(cells, *index).is_empty())
    }
}

pub(super) fn cell(cells: &[String], index: usize) -> &str {
    cells.get(index).map(|text| text.trim()).unwrap_or_default()
}

impl Examiner<'_> {
    /// The next rows that are one record together; nothing at the end of the table.
    pub(crate) fn next(&self, table: &mut TableReader) -> Result<Vec<Line>, Error> {
        let mut rows: Vec<Line> = table.next()?.into_iter().collect();
        while let Some((_, first)) = rows.first()
            && rows.len() < MOST
            && table.peek()?.is_some_and(|(_, next)| self.belongs(first, next))
        {
            rows.extend(table.next()?);
        }
        Ok(rows)
    }

    /// Whether a row belongs to the record that an earlier one begins.
    fn belongs(&self, first: &[String], next: &[String]) -> bool {
        let Some((key, _)) = self.key.filter(|_| !self.lines.is_empty()) else {
            return false;
        };
        let (first, other) = (cell(first, key), cell(next, key));
        let says_a_line = || self.lines.iter().any(|lines| lines.says_something(next));
        !first.is_empty() && (other == first || other.is_empty() && says_a_line())
    }

    /// What rows say of the record itself, as one row; or why they contradict each other.
    pub(super) fn joined<'r>(&self, rows: &'r [Line]) -> Result<Cow<'r, [String]>, Reason> {
        let (first, head, rest) = match rows {
            [] => return Ok(Cow::Borrowed(&[])),
            [(_, only)] => return Ok(Cow::Borrowed(only)),
            [(first, head), rest @ ..] => (first, head, rest),
        };
        let mut joined = head.clone();
        let own = self.columns.iter().map(|(index, field)| (*index, Some(*field)));
        for (index, field) in own.chain(self.owner.map(|index| (index, None))) {
            for (number, cells) in rest {
                let said = cell(cells, index);
                if said.is_empty() || said == cell(&joined, index) {
                    continue;
                }
                if !cell(&joined, index).is_empty() {
                    let known = cell(&joined, index);
                    let text = Text::new(
                        format!(
                            "第 {number} 行的“{said}”与第 {first} 行的“{known}”不一致，同一条记录的各行须相同或留空。"
                        ),
                        format!(
                            "Row {number} says “{said}” and row {first} “{known}”; rows of one record say the same or nothing."
                        ),
                    );
                    return Err(field.map_or_else(|| (None, text.clone()), |field| of_field(field, &text)));
                }
                joined.resize(joined.len().max(index + 1), String::new());
                if let Some(cell) = joined.get_mut(index) {
                    said.clone_into(cell);
                }
            }
        }
        Ok(Cow::Owned(joined))
    }

    /// Adds the lines that rows say to what is submitted. They are all the lines of the record; one that is there already,
    /// word for word, stays the one it is.
    pub(super) fn read_lines(
        &self,
        rows: &[Line],
        before: Option<&Fields>,
        fields: &mut Fields,
        reasons: &mut Vec<Reason>,
    ) {
        for lines in &self.lines {
            let there = before
                .and_then(|before| before.get(&lines.field.id))
                .and_then(Value::as_list);
            let mut there: Vec<&Fields> = there.unwrap_or_default().iter().filter_map(Value::as_map).collect();
            let mut said = Vec::new();
            for (number, cells) in rows.iter().filter(|(_, cells)| lines.says_something(cells)) {
                let mut line = Fields::new();
                for (index, column) in &lines.columns {
                    match self.cells.read(&column.kind, cell(cells, *index)) {
                        Ok(Value::Null) => {}
                        Ok(value) => {
                            line.insert(column.id.clone(), value);
                        }
                        Err(text) => {
                            let (field, text) = of_field(column, &text);
                            let field = field.map(|column| format!("{}.{column}", lines.field.id));
                            reasons.push((field, in_row(rows, *number, &text)));
                        }
                    }
                }
                let same = there.iter().position(|known| is_same(lines, known, &line));
                said.push(Value::Map(match same {
                    Some(place) => there.remove(place).clone(),
                    None => line,
                }));
            }
            if !said.is_empty() {
                fields.insert(lines.field.id.clone(), Value::List(said));
            } else if before.is_some() && self.options.clear_empty {
                fields.insert(lines.field.id.clone(), Value::Null);
            }
        }
    }

    /// A reason about a line, such as `lines.2.quantity`, with the row of the file that says it.
    pub(super) fn with_row(&self, rows: &[Line], (path, text): Reason) -> Reason {
        let row = path.as_deref().and_then(|path| {
            let mut steps = path.split('.');
            let lines = self
                .lines
                .iter()
                .find(|lines| Some(lines.field.id.as_str()) == steps.clone().next())?;
            let place: usize = steps.nth(1)?.parse().ok()?;
            let mut saying = rows.iter().filter(|(_, cells)| lines.says_something(cells));
            saying.nth(place).map(|(number, _)| *number)
        });
        let text = row.map_or_else(|| text.clone(), |row| in_row(rows, row, &text));
        (path, text)
    }
}

/// Whether a line that is there is what a row says, as far as the row says anything.
fn is_same(lines: &LineColumns<'_>, known: &Fields, said: &Fields) -> bool {
    lines.columns.iter().all(|(_, column)| {
        let said = said.get(&column.id).or(column.default.as_ref());
        said == known.get(&column.id)
    })
}

/// Of several rows, the one that something is said of.
fn in_row(rows: &[Line], number: u64, text: &Text) -> Text {
    match rows.len() {
        0 | 1 => text.clone(),
        _ => Text::new(
            format!("第 {number} 行：{}", text.zh),
            format!("Row {number}: {}", text.en),
        ),
    }
}
