//! Fields that are computed from the others whenever a record is saved.

use std::collections::BTreeMap;

use kapok_protocol::{Refusal, RefusalKind, Value};
use kapok_records::{EntityDefinition, Field, FieldKind, Fields};
use kapok_rules::{Context, Values};
use rust_decimal::RoundingStrategy;

use crate::{Error, evaluate::Rules};

/// Fills in the formulas of a record and of its line items. One that lacks a value it needs is empty; one that cannot be
/// computed otherwise is a refusal, because a sum that is silently missing is worse than a save that is not done.
pub(crate) fn compute(
    rules: &Rules,
    entity: &EntityDefinition,
    fields: &mut Fields,
    context: &Context,
) -> Result<(), Error> {
    if !entity.fields.iter().any(has_formula) {
        return Ok(());
    }
    let formulas = Formulas { rules, context };
    let whole = names(&entity.fields, fields);
    let mut refusals = Vec::new();
    for field in &entity.fields {
        let FieldKind::Lines { columns } = &field.kind else {
            continue;
        };
        let Some(Value::List(rows)) = fields.get_mut(&field.id) else {
            continue;
        };
        for (number, row) in rows.iter_mut().enumerate() {
            let Value::Map(row) = row else { continue };
            let path = format!("{}.{number}.", field.id);
            refusals.extend(formulas.fill(columns, row, Some(&whole), &path));
        }
    }
    refusals.extend(formulas.fill(&entity.fields, fields, None, ""));
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals.into())
    }
}

fn has_formula(field: &Field) -> bool {
    match &field.kind {
        FieldKind::Formula { .. } => true,
        FieldKind::Lines { columns } => columns.iter().any(has_formula),
        _ => false,
    }
}

/// Every declared name, null when it is empty, so that only a misspelt name is unknown.
fn names(declared: &[Field], fields: &Fields) -> Fields {
    let mut names: Fields = declared.iter().map(|field| (field.id.clone(), Value::Null)).collect();
    names.extend(fields.iter().map(|(name, value)| (name.clone(), value.clone())));
    names
}

struct Formulas<'a> {
    rules: &'a Rules,
    context: &'a Context,
}

impl Formulas<'_> {
    /// Fills in the formulas among some fields. A formula may use another one, so they are computed until nothing changes,
    /// at most as often as there are formulas.
    fn fill(&self, declared: &[Field], fields: &mut Fields, around: Option<&Fields>, path: &str) -> Vec<Refusal> {
        let formulas: Vec<_> = declared
            .iter()
            .filter_map(|field| match &field.kind {
                FieldKind::Formula { expression, result } => Some((field, expression, result.as_ref())),
                _ => None,
            })
            .collect();
        let mut refusals: BTreeMap<&str, Refusal> = BTreeMap::new();
        let mut values = names(declared, fields);
        if let Some(around) = around {
            values.insert("record".to_owned(), Value::Map(around.clone()));
        }
        for _ in 0..formulas.len() {
            let mut changed = false;
            for (field, expression, result) in &formulas {
                let value = match self.rules.plain_value(expression, &Values::new(&values, self.context)) {
                    Ok(value) => {
                        refusals.remove(field.id.as_str());
                        settled(result, value)
                    }
                    Err(text) => {
                        let (zh, en) = (&field.label.zh, &field.label.en);
                        let refusal = Refusal::new(
                            RefusalKind::Invalid,
                            "field.formula",
                            format!("“{zh}”无法计算：{}", text.zh),
                            format!("“{en}” cannot be computed: {}", text.en),
                        );
                        refusals.insert(&field.id, refusal.at(format!("{path}{}", field.id)));
                        Value::Null
                    }
                };
                changed |= values.get(&field.id) != Some(&value);
                values.insert(field.id.clone(), value);
            }
            if !changed {
                break;
            }
        }
        for (field, ..) in formulas {
            match values.remove(&field.id) {
                Some(value) if !value.is_empty() => fields.insert(field.id.clone(), value),
                _ => fields.remove(&field.id),
            };
        }
        refusals.into_values().collect()
    }
}

/// A value as its field holds it: rounded to its digits, and text where it is text.
pub(crate) fn settled(kind: &FieldKind, value: Value) -> Value {
    let digits = match kind {
        FieldKind::Money { .. } => Some(2),
        FieldKind::Decimal { scale, .. } => Some(*scale),
        FieldKind::Number { scale, .. } => *scale,
        _ => None,
    };
    match (kind, value) {
        (_, Value::Number(number)) => match digits {
            Some(digits) => {
                let strategy = RoundingStrategy::MidpointAwayFromZero;
                Value::Number(number.round_dp_with_strategy(digits, strategy).normalize())
            }
            None if matches!(kind, FieldKind::Text { .. } | FieldKind::LongText { .. }) => number.to_string().into(),
            None => Value::Number(number.normalize()),
        },
        (_, value) => value,
    }
}
