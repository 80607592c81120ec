//! What the plugin decides, in functions of plain values.

use kapok_plugin_sdk::{Decimal, Fields, Refusal, decimal};

/// The amount of an order; more than nothing.
pub fn amount(order: &Fields) -> Result<Decimal, Vec<Refusal>> {
    let amount = order
        .get("amount")
        .and_then(decimal)
        .filter(|amount| *amount > Decimal::ZERO);
    amount.ok_or_else(|| {
        vec![Refusal::new("hello.amount", "金额必须大于 0。", "The amount must be more than 0.").at("amount")]
    })
}

/// Whether an order keeps within the limit of its account, beside the others that are open.
pub fn within(limit: Decimal, others: Decimal, amount: Decimal) -> Result<(), Vec<Refusal>> {
    if others + amount <= limit {
        return Ok(());
    }
    let left = (limit - others).max(Decimal::ZERO);
    let refusal = Refusal::new(
        "hello.over-limit",
        format!("超出账户额度：还可用 {left}。"),
        format!("This goes beyond the account's credit limit: {left} is left."),
    );
    Err(vec![refusal.at("amount")])
}

/// Whether nine tenths of a limit are used.
pub fn is_nearly_reached(limit: Decimal, used: Decimal) -> bool {
    limit > Decimal::ZERO && used * Decimal::TEN >= limit * Decimal::from(9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_plugin_sdk::json;

    #[test]
    fn an_order_has_an_amount() {
        let order = |amount| json!({ "amount": amount }).as_object().cloned().unwrap_or_default();
        assert_eq!(amount(&order(json!(12.5))).unwrap(), "12.5".parse().unwrap());
        for wrong in [json!(0), json!(-1), json!(null), json!("many")] {
            assert_eq!(amount(&order(wrong)).unwrap_err()[0].field.as_deref(), Some("amount"));
        }
    }

    #[test]
    fn an_order_keeps_within_the_limit() {
        let number = Decimal::from;
        for (limit, others, amount, fits) in [
            (100, 0, 100, true),
            (100, 60, 40, true),
            (100, 60, 41, false),
            (0, 0, 1, false),
        ] {
            let found = within(number(limit), number(others), number(amount));
            assert_eq!(found.is_ok(), fits, "{limit} {others} {amount}");
        }
        assert!(
            within(number(100), number(60), number(41)).unwrap_err()[0]
                .text
                .en
                .contains("40 is left")
        );
    }

    #[test]
    fn nine_tenths_are_nearly_all() {
        let number = Decimal::from;
        for (limit, used, nearly) in [(100, 89, false), (100, 90, true), (0, 0, false)] {
            assert_eq!(is_nearly_reached(number(limit), number(used)), nearly);
        }
    }
}
