//! What an index needs to know about a record.

use kapok_protocol::{PersonId, Record, Value};
use rust_decimal::Decimal;

use crate::definition::{EntityDefinition, FieldKind};

/// The entries of one record in the indexes of its entity.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexEntries {
    /// Fields no two records share, with their keys.
    pub unique: Vec<(String, Vec<u8>)>,
    /// Fields by which lists are sorted, with their keys; an empty field has the key of null, which comes first.
    pub sort: Vec<(String, Vec<u8>)>,
    /// Who is responsible for it.
    pub owner: Option<PersonId>,
}

/// The index entries of a record.
pub fn index_entries(entity: &EntityDefinition, record: &Record) -> IndexEntries {
    let key = |name: &str| sort_key(record.fields.get(name).unwrap_or(&Value::Null));
    let unique = entity
        .fields
        .iter()
        .filter(|field| field.unique && record.fields.contains_key(&field.id));
    let sorted = entity
        .fields
        .iter()
        .filter(|field| !matches!(field.kind, FieldKind::Lines { .. }))
        .filter(|field| {
            entity.sort.as_ref().is_some_and(|sort| sort.field == field.id) || entity.columns.contains(&field.id)
        });
    IndexEntries {
        unique: unique.map(|field| (field.id.clone(), key(&field.id))).collect(),
        sort: sorted.map(|field| (field.id.clone(), key(&field.id))).collect(),
        owner: record.owner,
    }
}

/// A value as bytes that sort as the values do (see [`kapok_rules::order`]), and of which none is the beginning of
/// another, so that further parts of a key can follow. Null comes first, then truth values, numbers and texts; lists
/// and maps have no order and share one key.
pub fn sort_key(value: &Value) -> Vec<u8> {
    match value {
        Value::Null => vec![0],
        Value::Bool(value) => vec![1, u8::from(*value)],
        Value::Number(number) => number_key(*number),
        Value::Text(text) => {
            let mut key = vec![3];
            for byte in text.bytes() {
                key.push(byte);
                if byte == 0 {
                    key.push(0xff);
                }
            }
            key.extend([0, 0]);
            key
        }
        Value::List(_) | Value::Map(_) => vec![4],
    }
}

/// Sign, then how many digits stand before the point, then the digits; all turned over for negative numbers.
fn number_key(number: Decimal) -> Vec<u8> {
    let number = number.normalize();
    if number.is_zero() {
        return vec![2, 1];
    }
    let digits = number.mantissa().unsigned_abs().to_string();
    // Between −28 and 29, so it fits a byte when shifted.
    let before_point = i64::try_from(digits.len()).unwrap_or(0) - i64::from(number.scale());
    let magnitude = std::iter::once(u8::try_from(before_point + 64).unwrap_or(0))
        .chain(digits.trim_end_matches('0').bytes())
        .chain(std::iter::once(0));
    if number.is_sign_negative() {
        [2, 0].into_iter().chain(magnitude.map(|byte| !byte)).collect()
    } else {
        [2, 2].into_iter().chain(magnitude).collect()
    }
}
