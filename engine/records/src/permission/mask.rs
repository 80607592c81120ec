//! What is left of a value that is shown in part: enough to recognise what one knows already, and no more.

use kapok_protocol::Value;

use crate::definition::FieldKind;

const HIDDEN: &str = "****";

/// A value as a masked field shows it: `138****5678`, `李*`, `l***@example.com`. Of numbers, dates and whatever points at
/// something nothing is left.
pub fn masked(kind: &FieldKind, value: &Value) -> Value {
    match (kind, value) {
        (_, Value::Null) => Value::Null,
        (FieldKind::Phone, Value::Text(text)) => phone(text).into(),
        (FieldKind::Email, Value::Text(text)) => email(text).into(),
        (FieldKind::Text { .. }, Value::Text(text)) => name(text).into(),
        _ => HIDDEN.into(),
    }
}

/// The first three and the last four of a long number, the last two of a short one.
fn phone(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    match characters.len() {
        length @ 10.. => {
            let ends = |range: &[char]| range.iter().collect::<String>();
            format!("{}{HIDDEN}{}", ends(&characters[..3]), ends(&characters[length - 4..]))
        }
        length => {
            let shown: String = characters.iter().skip(length - (length / 3).min(2)).collect();
            format!("{HIDDEN}{shown}")
        }
    }
}

/// The first character of the name, and the domain.
fn email(text: &str) -> String {
    match text.split_once('@') {
        Some((name, domain)) => {
            let first: String = name.chars().take(usize::from(name.chars().count() > 1)).collect();
            format!("{first}***@{domain}")
        }
        None => HIDDEN.to_owned(),
    }
}

/// The first character: of a person's name the family name.
fn name(text: &str) -> String {
    let mut characters = text.chars();
    match (characters.next(), characters.count()) {
        (None, _) | (Some(_), 0) => HIDDEN.to_owned(),
        (Some(first), 1) => format!("{first}*"),
        (Some(first), _) => format!("{first}**"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_is_left_to_recognise_and_no_more() {
        let text = FieldKind::Text { max_length: 10 };
        let cases = [
            (FieldKind::Phone, "13812345678", "138****5678"),
            (FieldKind::Phone, "0931-5550481", "093****0481"),
            (FieldKind::Phone, "110", "****0"),
            (FieldKind::Phone, "1", "****"),
            (FieldKind::Email, "li.na@example.com", "l***@example.com"),
            (FieldKind::Email, "l@example.com", "***@example.com"),
            (text.clone(), "李娜", "李*"),
            (text.clone(), "欧阳娜娜", "欧**"),
            (text, "李", "****"),
            (FieldKind::LongText { max_length: 10 }, "秘密", "****"),
            (FieldKind::Date, "2026-11-28", "****"),
        ];
        for (kind, value, expected) in cases {
            assert_eq!(masked(&kind, &value.into()), expected.into(), "{value}");
        }
        assert_eq!(masked(&FieldKind::Date, &Value::Null), Value::Null);
        let kind = FieldKind::Boolean;
        assert_eq!(masked(&kind, &Value::from(true)), HIDDEN.into());
    }
}
