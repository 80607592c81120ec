//! The value of a field to the text of a cell.

use kapok_protocol::Value;
use rust_decimal::Decimal;

use super::{CellLanguage, Cells, moments, read::PART};
use crate::definition::FieldKind;

/// What stands between several values.
const BETWEEN: &str = "；";

impl Cells<'_> {
    /// What a cell shows of a value of a field of this kind.
    pub fn write(&self, kind: &FieldKind, value: &Value) -> String {
        let kind = kind.of_values();
        if value.is_empty() {
            return String::new();
        }
        match value.as_list() {
            Some(items) if kind.is_multiple() => {
                let written: Vec<String> = items.iter().map(|item| self.write_one(kind, item, true)).collect();
                written.join(BETWEEN)
            }
            _ => self.write_one(kind, value, false),
        }
    }

    fn write_one(&self, kind: &FieldKind, value: &Value, in_list: bool) -> String {
        match (kind, value) {
            (FieldKind::Boolean, Value::Bool(truth)) => match (self.language, truth) {
                (CellLanguage::Chinese, true) => "是",
                (CellLanguage::Chinese, false) => "否",
                (CellLanguage::English, true) => "Yes",
                (CellLanguage::English, false) => "No",
            }
            .to_owned(),
            (FieldKind::Money { .. }, Value::Number(number)) => with_digits(*number, 2),
            (FieldKind::Decimal { scale, .. }, Value::Number(number)) => with_digits(*number, *scale),
            (_, Value::Number(number)) => number.normalize().to_string(),
            (FieldKind::DateTime, Value::Text(text)) => moments::write_date_time(text, self.utc_offset_minutes),
            (FieldKind::Choice { choices, .. } | FieldKind::TreeChoice { choices, .. }, Value::Text(id)) => {
                self.known(choices).written(id, self.language, in_list)
            }
            (FieldKind::Person { .. } | FieldKind::Department { .. } | FieldKind::Reference { .. }, value) => {
                self.write_pointed(kind, value, in_list)
            }
            (FieldKind::Address { choices, .. }, Value::Map(parts)) => {
                let part = |name: &str| parts.get(name).and_then(Value::as_text).unwrap_or_default();
                let (region, detail, postcode) = (part("region"), part("detail"), part("postcode"));
                let known = self.known(choices);
                let region = match known.has(region) {
                    true => known.written(region, self.language, false),
                    false => region.to_owned(),
                };
                match (region.as_str(), postcode) {
                    ("", "") if !detail.contains(PART) => detail.to_owned(),
                    (_, "") if !detail.contains(PART) => format!("{region} {PART} {detail}"),
                    _ => format!("{region} {PART} {detail} {PART} {postcode}"),
                }
            }
            (FieldKind::Attachment(_) | FieldKind::Picture(_), Value::List(files)) => {
                let name = |file: &Value| file.at("name").and_then(Value::as_text).map(str::to_owned);
                files.iter().filter_map(name).collect::<Vec<_>>().join(BETWEEN)
            }
            (_, Value::Text(text)) => text.clone(),
            (_, value) => value.to_string(),
        }
    }
}

/// With at least so many digits after the point.
fn with_digits(number: Decimal, scale: u32) -> String {
    let number = number.normalize();
    let digits = scale.max(number.scale()) as usize;
    format!("{number:.digits$}")
}
