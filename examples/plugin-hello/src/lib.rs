//! A small plugin that shows everything a plugin can do: accounts with a limit, and orders that must keep within it.
//!
//! What it decides is in `credit`, in functions of plain values with tests; here is what it asks the host, and what it has
//! done.

mod credit;

use kapok_plugin_sdk::{
    Action, Actor, Decimal, Failure, Fields, Job, Plugin, Refusal, Report, Row, Rule, Save, Saved, ServiceFailure,
    StoredRecord, Text, Value, decimal, json, log, messages, number, records,
    records::{Measure, Query},
};

const ACCOUNT: &str = "hello.account";
const ORDER: &str = "hello.order";

struct Hello;

impl Plugin for Hello {
    /// An order keeps within its account's limit, together with all others that are open. What is read here is read again
    /// when the order is stored: of two orders at the same moment, the second one sees the first.
    fn before_save(_: Actor, save: Save) -> Result<Fields, Vec<Refusal>> {
        let amount = credit::amount(&save.after)?;
        let Some(account) = id(save.after.get("account")) else {
            return Ok(save.after);
        };
        if save.after.get("status") == Some(&json!("closed")) {
            return Ok(save.after);
        }
        let Some(found) = records::get(ACCOUNT, account)? else {
            return Err(vec![
                Refusal::new(
                    "hello.no-account",
                    "账户不存在，或您无权查看。",
                    "There is no such account, or you may not see it.",
                )
                .at("account"),
            ]);
        };
        // The order itself may be among them, as it is stored now.
        let mine = save
            .before
            .as_ref()
            .map_or(Decimal::ZERO, |before| match before.fields.get("status") {
                Some(status) if status == "open" && id(before.fields.get("account")) == Some(account) => {
                    before.fields.get("amount").and_then(decimal).unwrap_or_default()
                }
                _ => Decimal::ZERO,
            });
        let others = open_orders(account).sum("amount")? - mine;
        credit::within(limit(&found), others, amount)?;
        Ok(save.after)
    }

    /// Keeps the number of orders in the account, and tells who is responsible for it of a new one.
    fn after_save(_: Actor, saved: Saved) -> Result<(), Failure> {
        let Some(order) = saved.now.filter(|_| saved.created) else {
            return Ok(());
        };
        let Some(account) = id(order.fields.get("account")) else {
            return Ok(());
        };
        let of_account = json!({ "field": "account", "op": "=", "value": account.to_string() });
        let orders = Query::of(ORDER).filter(of_account).count()?;
        records::update(
            ACCOUNT,
            account,
            &Fields::from_iter([("orders".to_owned(), json!(orders))]),
        )?;
        if let Some(owner) = records::get(ACCOUNT, account)?.and_then(|account| account.owner) {
            let title = order.fields.get("title").and_then(Value::as_str).unwrap_or_default();
            let text = Text::new(format!("新订单：{title}"), format!("A new order: {title}"));
            messages::notice(owner, &text)?;
        }
        Ok(())
    }

    fn run_action(_: Actor, action: Action) -> Result<Option<Text>, Vec<Refusal>> {
        match action.name.as_str() {
            "hello.repeat" => repeat(&action),
            _ => close(&action),
        }
    }

    fn run_service(_: Actor, job: Job) -> Result<Fields, ServiceFailure> {
        let wrong = || ServiceFailure::permanent("the inputs account and by must be the id of an account and a number");
        let account = id(job.inputs.get("account")).ok_or_else(wrong)?;
        let by = job.inputs.get("by").and_then(decimal).ok_or_else(wrong)?;
        let found = records::get(ACCOUNT, account)?
            .ok_or_else(|| ServiceFailure::error("hello.no-account", format!("there is no account {account}")))?;
        let raised = limit(&found) + by;
        records::update(
            ACCOUNT,
            account,
            &Fields::from_iter([("credit_limit".to_owned(), number(raised))]),
        )?;
        Ok(Fields::from_iter([("credit_limit".to_owned(), number(raised))]))
    }

    fn find_assignees(_: Actor, rule: Rule) -> Result<Vec<u64>, Failure> {
        let account = match (id(rule.inputs.get("account")), rule.record) {
            (Some(account), _) => Some(account),
            (None, Some(order)) if order.entity == ORDER => {
                let order = records::get(ORDER, order.id)?;
                order.and_then(|order| id(order.fields.get("account")))
            }
            _ => {
                return Err(Failure::permanent(
                    "the rule hello.account-owner needs an account, or a case about an order",
                ));
            }
        };
        let owner = match account {
            Some(account) => records::get(ACCOUNT, account)?.and_then(|account| account.owner),
            None => None,
        };
        Ok(owner.into_iter().collect())
    }

    fn run_report(_: Actor, _: Report) -> Result<Vec<Row>, Vec<Refusal>> {
        let groups = Query::of(ORDER).groups(&["account"], &[Measure::Count, Measure::Sum("amount")])?;
        let mut rows = Vec::new();
        for group in groups {
            let account = match id(group.keys.first()) {
                Some(account) => records::get(ACCOUNT, account)?,
                None => None,
            };
            let name = account.and_then(|account| account.fields.get("name").cloned());
            let mut row = vec![name.unwrap_or_default()];
            row.extend(group.values);
            rows.push(row);
        }
        Ok(rows)
    }

    /// Tells who is responsible for an account when nine tenths of its limit are used.
    fn run_schedule(_: &str) -> Result<(), Failure> {
        for account in Query::of(ACCOUNT).limit(1_000).find()? {
            let used = open_orders(account.id).sum("amount")?;
            if let Some(owner) = account
                .owner
                .filter(|_| credit::is_nearly_reached(limit(&account), used))
            {
                let name = account.fields.get("name").and_then(Value::as_str).unwrap_or_default();
                let text = Text::new(
                    format!("账户“{name}”的额度将满。"),
                    format!("The limit of the account “{name}” is nearly reached."),
                );
                messages::notice(owner, &text)?;
            }
        }
        Ok(())
    }

    /// Orders of 0.1 had no status.
    fn migrate_data(from: &str, _: Option<String>) -> Result<Option<String>, Failure> {
        if from.starts_with("0.1.") {
            let without = json!({ "field": "status", "op": "empty" });
            let found = Query::of(ORDER).filter(without).limit(200).find()?;
            log::write(log::Level::Info, &format!("{} orders get a status", found.len()));
            for order in &found {
                records::update(
                    ORDER,
                    order.id,
                    &Fields::from_iter([("status".to_owned(), json!("open"))]),
                )?;
            }
            return Ok((found.len() == 200).then(|| "more".to_owned()));
        }
        Ok(None)
    }
}

fn close(action: &Action) -> Result<Option<Text>, Vec<Refusal>> {
    let mut set = Fields::from_iter([("status".to_owned(), json!("closed"))]);
    if let Some(note) = action.inputs.get("note") {
        set.insert("note".to_owned(), note.clone());
    }
    records::update(ORDER, action.record.id, &set)?;
    Ok(Some(Text::new("订单已完成。", "The order is closed.")))
}

/// The same order some more times: all of them, or none if one would exceed the limit.
fn repeat(action: &Action) -> Result<Option<Text>, Vec<Refusal>> {
    let times = action.inputs.get("times").and_then(decimal).unwrap_or_default();
    let mut fields = action.record.fields.clone();
    fields.insert("status".to_owned(), json!("open"));
    let mut made = Decimal::ZERO;
    while made < times {
        records::create(ORDER, &fields)?;
        made += Decimal::ONE;
    }
    Ok(Some(Text::new(
        format!("已再下 {made} 单。"),
        format!("Ordered {made} more times."),
    )))
}

/// The open orders of an account.
fn open_orders(account: u64) -> Query {
    Query::of(ORDER).filter(json!({ "all": [
        { "field": "account", "op": "=", "value": account.to_string() },
        { "field": "status", "op": "=", "value": "open" },
    ]}))
}

fn limit(account: &StoredRecord) -> Decimal {
    account.fields.get("credit_limit").and_then(decimal).unwrap_or_default()
}

/// The id of the record that a reference names.
fn id(value: Option<&Value>) -> Option<u64> {
    value?.as_str()?.parse().ok()
}

kapok_plugin_sdk::export!(Hello);
