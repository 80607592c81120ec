//! Fields that are computed from others.
//!
//! A formula without a result is empty: when something it needs is empty, or when the calculation has none, such as a
//! division by zero. A half-filled form must be savable, and one odd record must not stop a company from saving the
//! others. What is wrong with the formula itself is found when it is defined; what only shows with certain values (a
//! text where a number is needed, a limit, its own `throw`) refuses the save at its field, so that it is not overlooked.
//!
//! Formulas that depend on roll-ups are *live*: they are not stored in the record but computed when it is read, because
//! a roll-up changes without a new version of the record. What most of them come to is kept beside the record's roll-ups,
//! for the index; those that ask the time are *timed*, and nobody can keep them.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use kapok_protocol::{Entity, Expression, Language, Refusal, RefusalKind, Text, Value};
use kapok_rules::{Cause, Compiled, Context, EvaluationError, Limits, Sandbox, Scope};
use rust_decimal::RoundingStrategy;

use crate::{
    Fields,
    definition::{EntityDefinition, Field, FieldKind},
    validate::normal_alone,
};

/// The formulas of all entities, ready to be computed.
#[derive(Clone)]
pub struct Formulas {
    sandbox: Arc<Sandbox>,
    of: BTreeMap<Entity, OfEntity>,
}

/// The formulas of one entity, each list in an order in which each comes after those it needs.
#[derive(Debug, Clone, Default)]
pub(crate) struct OfEntity {
    /// By the field of the line items.
    pub(crate) columns: BTreeMap<String, Vec<Formula>>,
    pub(crate) stored: Vec<Formula>,
    pub(crate) live: Vec<Formula>,
}

/// One formula.
#[derive(Debug, Clone)]
pub(crate) struct Formula {
    pub(crate) field: String,
    pub(crate) label: Text,
    pub(crate) result: FieldKind,
    pub(crate) compiled: Compiled,
    /// Whether its value changes by itself while time goes by.
    pub(crate) timed: bool,
}

impl Default for Formulas {
    fn default() -> Self {
        Self {
            sandbox: Arc::new(Sandbox::new(Limits::WRITER)),
            of: BTreeMap::new(),
        }
    }
}

impl fmt::Debug for Formulas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Formulas").finish_non_exhaustive()
    }
}

/// They follow from the definitions they stand in.
impl PartialEq for Formulas {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Formulas {
    /// Compiles the expression of a formula.
    pub(crate) fn compile(&self, field: &Field) -> Option<Result<Formula, Text>> {
        let FieldKind::Formula { expression, result } = &field.kind else {
            return None;
        };
        Some(self.sandbox.compile(expression).map(|compiled| Formula {
            field: field.id.clone(),
            label: field.label.clone(),
            result: (**result).clone(),
            compiled,
            timed: asks_the_time(expression),
        }))
    }

    pub(crate) fn set(&mut self, entity: Entity, formulas: OfEntity) {
        self.of.insert(entity, formulas);
    }

    /// Whether records of an entity have formulas that are stored with them.
    pub fn has_stored(&self, entity: &Entity) -> bool {
        self.of
            .get(entity)
            .is_some_and(|of| !of.stored.is_empty() || !of.columns.is_empty())
    }

    /// Whether records of an entity have formulas that are computed when they are read.
    pub fn has_live(&self, entity: &Entity) -> bool {
        self.of.get(entity).is_some_and(|of| !of.live.is_empty())
    }

    /// Whether a field is a formula that is computed when its record is read.
    pub(crate) fn is_live(&self, entity: &Entity, field: &str) -> bool {
        let of = self.of.get(entity);
        of.is_some_and(|of| of.live.iter().any(|formula| formula.field == field))
    }

    /// Whether a field is a formula whose value changes by itself while time goes by, without anything being written: it
    /// is not among the [lasting](Self::lasting) ones, and an index cannot know it.
    pub fn is_timed(&self, entity: &Entity, field: &str) -> bool {
        let of = self.of.get(entity);
        of.is_some_and(|of| of.live.iter().any(|formula| formula.timed && formula.field == field))
    }

    /// Computes what is stored with a record, in its fields: first the columns of line items, then the fields.
    ///
    /// # Errors
    ///
    /// One refusal for each formula that fails, with the path of its field.
    pub fn compute(
        &self,
        entity: &EntityDefinition,
        fields: &mut Fields,
        context: &Context,
    ) -> Result<(), Vec<Refusal>> {
        let Some(of) = self.of.get(&entity.id) else {
            return Ok(());
        };
        let mut refusals = Vec::new();
        for (lines, formulas) in &of.columns {
            self.compute_lines(entity, lines, formulas, fields, context, &mut refusals);
        }
        for formula in &of.stored {
            let scope = RecordScope {
                entity,
                fields,
                row: None,
                context,
            };
            match self.value(formula, &scope) {
                Ok(Value::Null) => fields.remove(&formula.field),
                Ok(value) => fields.insert(formula.field.clone(), value),
                Err(error) => {
                    refusals.push(refusal(formula, &formula.field, &error));
                    None
                }
            };
        }
        if refusals.is_empty() { Ok(()) } else { Err(refusals) }
    }

    /// The values of the formulas that depend on roll-ups, from the record's fields together with its roll-ups. One that
    /// fails is empty: reading a record cannot be refused for it.
    pub fn live(&self, entity: &EntityDefinition, values: &Fields, context: &Context) -> Fields {
        self.live_where(entity, values, context, |_| true)
    }

    /// The same without those whose value changes while time goes by: what is left stays as long as nothing is written.
    pub fn lasting(&self, entity: &EntityDefinition, values: &Fields) -> Fields {
        self.live_where(entity, values, &Context::default(), |formula| !formula.timed)
    }

    fn live_where(
        &self,
        entity: &EntityDefinition,
        values: &Fields,
        context: &Context,
        asked: impl Fn(&Formula) -> bool,
    ) -> Fields {
        let Some(of) = self.of.get(&entity.id).filter(|of| !of.live.is_empty()) else {
            return Fields::new();
        };
        let mut all = values.clone();
        let mut live = Fields::new();
        for formula in of.live.iter().filter(|formula| asked(formula)) {
            let scope = RecordScope {
                entity,
                fields: &all,
                row: None,
                context,
            };
            if let Ok(value) = self.value(formula, &scope)
                && value != Value::Null
            {
                all.insert(formula.field.clone(), value.clone());
                live.insert(formula.field.clone(), value);
            }
        }
        live
    }

    fn compute_lines(
        &self,
        entity: &EntityDefinition,
        lines: &str,
        formulas: &[Formula],
        fields: &mut Fields,
        context: &Context,
        refusals: &mut Vec<Refusal>,
    ) {
        let Some(FieldKind::Lines { columns }) = entity.field(lines).map(|field| &field.kind) else {
            return;
        };
        let Some(Value::List(mut rows)) = fields.remove(lines) else {
            return;
        };
        for (index, row) in rows.iter_mut().enumerate() {
            let Value::Map(row) = row else { continue };
            for formula in formulas {
                let scope = RecordScope {
                    entity,
                    fields,
                    row: Some((columns, row)),
                    context,
                };
                match self.value(formula, &scope) {
                    Ok(Value::Null) => row.remove(&formula.field),
                    Ok(value) => row.insert(formula.field.clone(), value),
                    Err(error) => {
                        let path = format!("{lines}.{index}.{}", formula.field);
                        refusals.push(refusal(formula, &path, &error));
                        None
                    }
                };
            }
        }
        fields.insert(lines.to_owned(), Value::List(rows));
    }

    fn value(&self, formula: &Formula, scope: &RecordScope<'_>) -> Result<Value, Text> {
        let value = match formula.compiled.evaluate(&self.sandbox, scope) {
            Ok(value) => value,
            Err(error) if lacks_a_value(&error) => return Ok(Value::Null),
            Err(error) => return Err(error.text()),
        };
        let value = fitting(&formula.result, value);
        if value.is_empty() {
            return Ok(Value::Null);
        }
        normal_alone(&formula.result, &value)
    }
}

/// Whether there is no result only because something is empty, or because the calculation has none.
fn lacks_a_value(error: &EvaluationError) -> bool {
    match &error.cause {
        Cause::Null | Cause::Arithmetic(_) => true,
        // Such as `* (empty, number)` and `> (null, number)`.
        Cause::UnknownFunction(signature) => signature.contains("empty"),
        Cause::Operation(signature) => signature.contains("null"),
        _ => false,
    }
}

/// A value in the form its kind has: rounded as people round, and as a text where one is wanted.
fn fitting(kind: &FieldKind, value: Value) -> Value {
    let scale = match kind {
        FieldKind::Money { .. } => Some(2),
        FieldKind::Decimal { scale, .. } => Some(*scale),
        FieldKind::Number { scale, .. } => *scale,
        _ => None,
    };
    match (kind, value) {
        (_, Value::Number(number)) if scale.is_some() => {
            let places = scale.unwrap_or_default();
            let rounded = number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
            Value::Number(rounded.normalize())
        }
        (FieldKind::Text { .. } | FieldKind::LongText { .. }, value @ (Value::Number(_) | Value::Bool(_))) => {
            value.to_string().into()
        }
        (_, value) => value,
    }
}

fn refusal(formula: &Formula, path: &str, reason: &Text) -> Refusal {
    let Text { zh, en } = &formula.label;
    Refusal::new(
        RefusalKind::Invalid,
        "field.formula",
        format!("“{zh}”算不出来：{}", reason.zh),
        format!("“{en}” cannot be computed: {}", reason.en),
    )
    .at(path)
}

/// The fields of a record, null where they are empty; and first the columns of a row, if it is about one.
struct RecordScope<'a> {
    entity: &'a EntityDefinition,
    fields: &'a Fields,
    row: Option<(&'a [Field], &'a Fields)>,
    context: &'a Context,
}

impl Scope for RecordScope<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        if let Some((columns, row)) = self.row
            && columns.iter().any(|column| column.id == name)
        {
            return Some(row.get(name).map_or(Cow::Owned(Value::Null), Cow::Borrowed));
        }
        let field = self.entity.field(name)?;
        match (&field.kind, self.fields.get(name)) {
            (FieldKind::Lines { columns }, Some(Value::List(rows))) => Some(Cow::Owned(filled(columns, rows))),
            (FieldKind::Lines { .. }, _) => Some(Cow::Owned(Value::List(Vec::new()))),
            (_, Some(value)) => Some(Cow::Borrowed(value)),
            (_, None) => Some(Cow::Owned(Value::Null)),
        }
    }

    fn context(&self) -> &Context {
        self.context
    }
}

/// Rows with null where a column is empty, so that only a misspelt column is unknown.
fn filled(columns: &[Field], rows: &[Value]) -> Value {
    let rows = rows.iter().map(|row| {
        let mut row = row.as_map().cloned().unwrap_or_default();
        for column in columns {
            row.entry(column.id.clone()).or_insert(Value::Null);
        }
        Value::Map(row)
    });
    Value::List(rows.collect())
}

/// Whether what an expression mentions is all that it asks for; in FEEL, some names exist only inside of it.
pub(crate) fn names_are_exact(language: Language, text: &str) -> bool {
    language == Language::Rhai
        || !["for ", "some ", "every ", "[", "{", "function"]
            .iter()
            .any(|word| text.contains(word))
}

/// Whether what an expression comes to depends on when it is asked for: of the languages of formulas only FEEL knows the
/// time.
pub(crate) fn asks_the_time(expression: &Expression) -> bool {
    let is_part_of_a_name = |sign: char| sign.is_alphanumeric() || sign == '_';
    let text = &expression.text;
    expression.language == Language::Feel
        && ["today", "now"].iter().any(|word| {
            text.match_indices(word).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                let behind = text[at + word.len()..].trim_start().chars().next();
                !before.is_some_and(is_part_of_a_name) && behind == Some('(')
            })
        })
}
