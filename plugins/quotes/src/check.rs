//! What a quote must be like. Everything that is wrong is said at once, each at its field.

use kapok_plugin_sdk::{Decimal, Fields, Refusal, Value, decimal};

/// The numbers of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// How many; more than 0.
    pub quantity: Decimal,
    /// Of one; not negative.
    pub price: Decimal,
    /// In per cent, 0 to 100.
    pub discount: Decimal,
}

/// The lines of the quote, or all that is wrong with it.
pub fn check(quote: &Fields) -> Result<Vec<Line>, Vec<Refusal>> {
    let mut refusals = Vec::new();
    // Dates as YYYY-MM-DD are in order when their texts are.
    if let (Some(date), Some(until)) = (text(quote, "date"), text(quote, "valid_until"))
        && until < date
    {
        refusals.push(
            Refusal::new(
                "quotes.valid-until-before-date",
                "有效期不能早于报价日期。",
                "The quote cannot expire before its date.",
            )
            .at("valid_until"),
        );
    }
    let entries = quote
        .get("lines")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if entries.is_empty() {
        refusals.push(
            Refusal::new(
                "quotes.no-lines",
                "报价至少要有一行明细。",
                "A quote needs at least one line.",
            )
            .at("lines"),
        );
    }
    let lines = entries
        .iter()
        .enumerate()
        .filter_map(|(row, entry)| line(row, entry, &mut refusals))
        .collect();
    if refusals.is_empty() { Ok(lines) } else { Err(refusals) }
}

fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name)?.as_str().filter(|text| !text.is_empty())
}

fn line(row: usize, entry: &Value, refusals: &mut Vec<Refusal>) -> Option<Line> {
    let mut read = |name: &str, missing: Option<Decimal>, allowed: fn(Decimal) -> bool, refusal: Refusal| {
        let value = entry.get(name).unwrap_or(&Value::Null);
        let number = if value.is_null() { missing } else { decimal(value) };
        let number = number.filter(|number| allowed(*number));
        if number.is_none() {
            refusals.push(refusal.at(format!("lines.{row}.{name}")));
        }
        number
    };
    let quantity = read(
        "quantity",
        None,
        |number| number > Decimal::ZERO,
        Refusal::new(
            "quotes.quantity",
            "数量必须大于 0。",
            "The quantity must be more than 0.",
        ),
    );
    let price = read(
        "price",
        None,
        |number| number >= Decimal::ZERO,
        Refusal::new(
            "quotes.price",
            "请填写单价，不能小于 0。",
            "Give the price; it cannot be less than 0.",
        ),
    );
    let discount = read(
        "discount",
        Some(Decimal::ZERO),
        |number| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&number),
        Refusal::new(
            "quotes.discount",
            "折扣须在 0 到 100 之间。",
            "The discount must be from 0 to 100.",
        ),
    );
    Some(Line {
        quantity: quantity?,
        price: price?,
        discount: discount?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_plugin_sdk::json;

    fn fields(quote: Value) -> Fields {
        quote.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn what_is_wrong_is_named_at_its_field() {
        let line = json!({ "quantity": 2, "price": "9.90", "discount": 5 });
        let with = |name: &str, value: Value| {
            let mut bad = line.clone();
            bad[name] = value;
            json!({ "lines": [line, line, bad] })
        };
        let cases = [
            (json!({ "lines": [line] }), vec![]),
            (with("discount", Value::Null), vec![]),
            (with("discount", json!(100)), vec![]),
            (with("price", json!(0)), vec![]),
            (
                json!({ "lines": [line], "date": "2026-11-23", "valid_until": "2026-11-23" }),
                vec![],
            ),
            (json!({}), vec!["lines"]),
            (json!({ "lines": [] }), vec!["lines"]),
            (with("quantity", json!(0)), vec!["lines.2.quantity"]),
            (with("quantity", json!(-1)), vec!["lines.2.quantity"]),
            (with("quantity", Value::Null), vec!["lines.2.quantity"]),
            (with("quantity", json!("many")), vec!["lines.2.quantity"]),
            (with("price", json!("-0.01")), vec!["lines.2.price"]),
            (with("price", Value::Null), vec!["lines.2.price"]),
            (with("discount", json!("100.01")), vec!["lines.2.discount"]),
            (with("discount", json!(-1)), vec!["lines.2.discount"]),
            (json!({ "lines": [{}] }), vec!["lines.0.quantity", "lines.0.price"]),
            (json!({ "lines": ["x"] }), vec!["lines.0.quantity", "lines.0.price"]),
            (
                json!({ "lines": [line], "date": "2026-11-23", "valid_until": "2026-11-22" }),
                vec!["valid_until"],
            ),
            (
                json!({ "date": "2026-11-23", "valid_until": "2025-11-23" }),
                vec!["valid_until", "lines"],
            ),
        ];
        for (quote, expected) in cases {
            let refusals = check(&fields(quote.clone())).err().unwrap_or_default();
            let found: Vec<_> = refusals.iter().filter_map(|refusal| refusal.field.as_deref()).collect();
            assert_eq!(found, expected, "{quote}");
        }
    }
}
