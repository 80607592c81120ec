//! What an order comes to, in functions of plain values.

use kapok_plugin_sdk::{Actor, Decimal, Fields, Refusal, Value, decimal};
use rust_decimal::RoundingStrategy;

/// The lines of an order.
fn lines(order: &Fields) -> &[Value] {
    order
        .get("lines")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice)
}

/// Where lines have no price, with the id of their product.
pub fn without_price(order: &Fields) -> Vec<(usize, u64)> {
    let lines = lines(order).iter().enumerate();
    let bare = lines.filter(|(_, line)| line.get("unit_price").is_none_or(Value::is_null));
    bare.filter_map(|(row, line)| Some((row, id(line.get("product"))?)))
        .collect()
}

/// Puts a price into a line.
pub fn set_price(order: &mut Fields, row: usize, price: Value) {
    let line = order.get_mut("lines").and_then(|lines| lines.get_mut(row));
    if let Some(line) = line.and_then(Value::as_object_mut) {
        line.insert("unit_price".to_owned(), price);
    }
}

/// What the lines come to, each rounded to cents as its formula is; or what is wrong with them.
pub fn total(order: &Fields) -> Result<Decimal, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut total = Decimal::ZERO;
    for (row, line) in lines(order).iter().enumerate() {
        let number = |name: &str| line.get(name).and_then(decimal);
        let quantity = number("quantity").unwrap_or_default();
        if quantity <= Decimal::ZERO {
            let refusal = Refusal::new(
                "orders.quantity",
                "数量必须大于 0。",
                "The quantity must be more than 0.",
            );
            refusals.push(refusal.at(format!("lines.{row}.quantity")));
            continue;
        }
        let share = Decimal::ONE - number("discount").unwrap_or_default();
        let amount = number("unit_price")
            .unwrap_or_default()
            .checked_mul(quantity)
            .and_then(|amount| amount.checked_mul(share))
            .map(|amount| amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero));
        match amount.and_then(|amount| total.checked_add(amount)) {
            Some(sum) => total = sum,
            None => {
                let refusal = Refusal::new(
                    "orders.too-large",
                    "这一行的金额太大，无法计算。请核对数量和单价。",
                    "The amount of this line is too large. Check its quantity and price.",
                );
                refusals.push(refusal.at(format!("lines.{row}.quantity")));
            }
        }
    }
    if refusals.is_empty() { Ok(total) } else { Err(refusals) }
}

/// An order is open until it is shipped: only such orders count against the limit.
pub fn is_open(order: &Fields) -> bool {
    order.get("shipped_date").is_none_or(Value::is_null)
}

/// What an order takes of the limit of a customer.
pub fn taken(order: &Fields, total: Decimal, customer: u64) -> Decimal {
    match is_open(order) && id(order.get("customer")) == Some(customer) {
        true => total,
        false => Decimal::ZERO,
    }
}

/// Whether an order keeps within a limit, beside the other open ones.
pub fn within(limit: Decimal, others: Decimal, total: Decimal) -> Result<(), Vec<Refusal>> {
    if others.checked_add(total).is_some_and(|sum| sum <= limit) {
        return Ok(());
    }
    let left = (limit - others).max(Decimal::ZERO).normalize();
    let refusal = Refusal::new(
        "orders.over-limit",
        format!("超出客户的信用额度：未发货的订单之外，还可用 {left}。请减少数量，或由经理提高额度。"),
        format!(
            "This goes beyond the customer's credit limit: {left} is left beside the orders that are not shipped. Order \
             less, or have the limit raised."
        ),
    );
    Err(vec![refusal.at("lines")])
}

/// Whether somebody who saved an order surely may change its customer: whoever is responsible for the customer, and who
/// makes orders in that person's name. A plugin can do what its caller may do, and nothing else.
pub fn may_change(actor: Actor, responsible: Option<u64>, owner: Option<u64>) -> bool {
    match actor {
        Actor::Person(person) => responsible.is_some() && (responsible == Some(person) || responsible == owner),
        Actor::System | Actor::Process(_) => true,
    }
}

/// The id of the record that a reference names.
pub fn id(value: Option<&Value>) -> Option<u64> {
    value?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_plugin_sdk::json;

    fn order(fields: Value) -> Fields {
        fields.as_object().cloned().unwrap_or_default()
    }

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn an_order_comes_to_the_sum_of_its_rounded_lines() {
        for (lines, expected) in [
            (json!([]), "0"),
            (
                json!([{ "unit_price": "9.80", "quantity": 10, "discount": "0.15" }]),
                "83.30",
            ),
            (
                json!([{ "unit_price": "0.33", "quantity": "0.5" }, { "unit_price": "0.01", "quantity": "0.5" }]),
                "0.18",
            ),
            (json!([{ "quantity": 3 }]), "0"),
        ] {
            assert_eq!(
                total(&order(json!({ "lines": lines }))).unwrap(),
                number(expected),
                "{lines}"
            );
        }
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said_at_it() {
        for (lines, field) in [
            (json!([{ "quantity": 1 }, { "quantity": 0 }]), "lines.1.quantity"),
            (
                json!([{ "unit_price": "9999999999999999999999", "quantity": "9999999999999" }]),
                "lines.0.quantity",
            ),
        ] {
            let refusals = total(&order(json!({ "lines": lines }))).unwrap_err();
            assert_eq!(refusals[0].field.as_deref(), Some(field));
        }
    }

    #[test]
    fn lines_without_a_price_are_known_and_get_one() {
        let mut order = order(json!({ "lines": [{ "product": "7" }, { "product": "8", "unit_price": 0 }] }));
        assert_eq!(without_price(&order), [(0, 7)]);
        set_price(&mut order, 0, json!("9.90"));
        assert_eq!(without_price(&order), []);
    }

    #[test]
    fn only_open_orders_of_the_customer_take_of_the_limit() {
        let total = number("60");
        for (fields, expected) in [
            (json!({ "customer": "7" }), "60"),
            (json!({ "customer": "8" }), "0"),
            (json!({ "customer": "7", "shipped_date": "2026-11-23" }), "0"),
            (json!({}), "0"),
        ] {
            assert_eq!(taken(&order(fields.clone()), total, 7), number(expected), "{fields}");
        }
    }

    #[test]
    fn who_may_change_a_customer_is_known_for_some() {
        let person = Actor::Person(7);
        for (actor, responsible, owner, may) in [
            (person, Some(7), Some(7), true),
            (person, Some(8), Some(8), true),
            (person, Some(8), Some(7), false),
            (person, None, None, false),
            (Actor::System, Some(8), Some(7), true),
        ] {
            assert_eq!(may_change(actor, responsible, owner), may, "{responsible:?} {owner:?}");
        }
    }

    #[test]
    fn an_order_keeps_within_the_limit() {
        for (limit, others, total, fits) in [("100", "40", "60", true), ("100", "40", "60.01", false)] {
            let found = within(number(limit), number(others), number(total));
            assert_eq!(found.is_ok(), fits, "{limit} {others} {total}");
        }
        let refusals = within(number("100"), number("40"), number("61")).unwrap_err();
        assert!(refusals[0].text.en.contains("60 is left"), "{refusals:?}");
    }
}
