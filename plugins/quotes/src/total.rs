//! Adding up, in exact decimals.

use kapok_plugin_sdk::{Decimal, Fields, Refusal, Value, number};
use rust_decimal::RoundingStrategy;

use crate::check::Line;

/// The quote with the amount of each line and the total.
///
/// Each line is rounded to cents, half up, and the total is the sum of what is printed, so that whoever checks the
/// quote with a calculator finds the same.
pub fn add_up(mut quote: Fields, lines: &[Line]) -> Result<Fields, Vec<Refusal>> {
    let mut total = Decimal::ZERO;
    let entries = quote
        .get_mut("lines")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten();
    for (row, (entry, line)) in entries.zip(lines).enumerate() {
        let too_large = || {
            let refusal = Refusal::new(
                "quotes.too-large",
                "这一行的金额太大，无法计算。请核对数量和单价。",
                "The amount of this line is too large. Check its quantity and price.",
            );
            vec![refusal.at(format!("lines.{row}.amount"))]
        };
        let amount = amount(line).ok_or_else(too_large)?;
        total = total.checked_add(amount).ok_or_else(too_large)?;
        if let Some(entry) = entry.as_object_mut() {
            entry.insert("amount".to_owned(), number(amount));
        }
    }
    quote.insert("total".to_owned(), number(total));
    Ok(quote)
}

fn amount(line: &Line) -> Option<Decimal> {
    let share = (Decimal::ONE_HUNDRED - line.discount) / Decimal::ONE_HUNDRED;
    let amount = line.quantity.checked_mul(line.price)?.checked_mul(share)?;
    // Nothing here is negative, so away from zero is up.
    Some(amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_plugin_sdk::json;

    fn line(quantity: &str, price: &str, discount: &str) -> Line {
        let read = |text: &str| text.parse().unwrap();
        Line {
            quantity: read(quantity),
            price: read(price),
            discount: read(discount),
        }
    }

    #[test]
    fn lines_are_rounded_half_up_to_cents() {
        let cases = [
            ("3", "19.99", "0", "59.97"),
            ("1", "0.125", "0", "0.13"),
            ("1", "0.124999", "0", "0.12"),
            ("1", "10.05", "50", "5.03"),
            ("0.1", "0.2", "0", "0.02"),
            ("7", "100", "100", "0"),
            ("1.5", "33.33", "12.5", "43.75"),
        ];
        for (quantity, price, discount, expected) in cases {
            let expected: Decimal = expected.parse().unwrap();
            assert_eq!(
                amount(&line(quantity, price, discount)),
                Some(expected),
                "{quantity} × {price} − {discount} %"
            );
        }
    }

    #[test]
    fn the_total_is_the_sum_of_the_lines_and_nothing_else_changes() {
        let quote = json!({ "title": "x", "lines": [{ "product": "a" }, { "amount": 99 }], "total": 1 });
        let lines = [line("1", "0.125", "0"), line("1", "0.125", "0")];
        let done = add_up(quote.as_object().unwrap().clone(), &lines).unwrap();
        let expected: Value =
            parsed(r#"{"title":"x","lines":[{"product":"a","amount":0.13},{"amount":0.13}],"total":0.26}"#);
        assert_eq!(Value::Object(done), expected);
    }

    fn parsed(text: &str) -> Value {
        text.parse().unwrap()
    }

    #[test]
    fn an_amount_beyond_all_numbers_is_refused() {
        let quote = json!({ "lines": [{}] });
        let lines = [line("79228162514264337593543950335", "2", "0")];
        let refusals = add_up(quote.as_object().unwrap().clone(), &lines).unwrap_err();
        assert_eq!(refusals[0].field.as_deref(), Some("lines.0.amount"));
    }
}
