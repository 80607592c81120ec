//! Orders: an order keeps within the credit limit of its customer, and makes a prospect an existing customer (R15).
//!
//! What is decided is in `order`, in functions of plain values with tests; here is what is asked of the host.

mod order;

use kapok_plugin_sdk::{
    Actor, Decimal, Failure, Fields, Plugin, Refusal, Save, Saved, Value, decimal, json, records, records::Query,
};

const CUSTOMER: &str = "customers.customer";
const PRODUCT: &str = "orders.product";
const ORDER: &str = "orders.order";
/// So many customers are brought up to date in a night; the next night takes the next ones.
const CUSTOMERS: u32 = 500;

struct Orders;

impl Plugin for Orders {
    /// The open orders of a customer keep within the customer's limit together. What is read here is read again when the
    /// order is stored: of two orders at the same moment, the second one sees the first.
    fn before_save(_: Actor, save: Save) -> Result<Fields, Vec<Refusal>> {
        let mut after = save.after;
        for (row, product) in order::without_price(&after) {
            let product = records::get(PRODUCT, product)?;
            if let Some(price) = product.and_then(|product| product.fields.get("unit_price").cloned()) {
                order::set_price(&mut after, row, price);
            }
        }
        let total = order::total(&after)?;
        let Some(customer) = order::id(after.get("customer")) else {
            return Ok(after);
        };
        let taken = order::taken(&after, total, customer);
        let before = match &save.before {
            Some(before) => order::taken(&before.fields, order::total(&before.fields)?, customer),
            None => Decimal::ZERO,
        };
        // An order that takes no more than it did is no worse than before, whatever the limit is by now.
        if taken <= before {
            return Ok(after);
        }
        let Some(found) = records::get(CUSTOMER, customer)? else {
            let refusal = Refusal::new(
                "orders.no-customer",
                "客户不存在，或您无权查看。",
                "There is no such customer, or you may not see it.",
            );
            return Err(vec![refusal.at("customer")]);
        };
        if let Some(limit) = found.fields.get("credit_limit").and_then(decimal) {
            let others = open_orders(customer).sum("total")? - before;
            order::within(limit, others, taken)?;
        }
        Ok(after)
    }

    /// The first order makes a prospect an existing customer.
    fn after_save(actor: Actor, saved: Saved) -> Result<(), Failure> {
        let Some(order) = saved.now.filter(|_| saved.created) else {
            return Ok(());
        };
        let Some(found) = order::id(order.fields.get("customer")) else {
            return Ok(());
        };
        if let Some(customer) = records::get(CUSTOMER, found)?
            && customer.fields.get("standing") != Some(&json!("existing"))
            && order::may_change(actor, customer.owner, order.owner)
        {
            records::update(CUSTOMER, customer.id, &existing())?;
        }
        Ok(())
    }

    /// Those whose first order was saved by somebody who may not change the customer.
    fn run_schedule(_: &str) -> Result<(), Failure> {
        let ordered = Query::of(CUSTOMER).filter(json!({ "all": [
            { "field": "orders", "op": ">", "value": 0 },
            { "not": { "field": "standing", "op": "=", "value": "existing" } },
        ]}));
        for customer in ordered.limit(CUSTOMERS).find()? {
            records::update(CUSTOMER, customer.id, &existing())?;
        }
        Ok(())
    }
}

fn existing() -> Fields {
    Fields::from_iter([("standing".to_owned(), Value::from("existing"))])
}

/// The orders of a customer that are not shipped.
fn open_orders(customer: u64) -> Query {
    Query::of(ORDER).filter(json!({ "all": [
        { "field": "customer", "op": "=", "value": customer.to_string() },
        { "field": "shipped_date", "op": "empty" },
    ]}))
}

kapok_plugin_sdk::export!(Orders);
