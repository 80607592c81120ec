//! Customers: the pool (公海) of those that nobody is responsible for (N8), and who gets tasks about a customer.
//!
//! Salespeople take customers out of it, as many as the settings allow, and put back what they do not pursue. At night,
//! customers without contact are taken back, and whoever has them is warned some days before. When there was contact is
//! known from the field `last_contact` that another plugin may add to customers; without one, from when somebody got the
//! customer. What is decided is in functions of plain values with tests; here is what is asked of the host.

mod claim;
mod idle;
mod moment;
mod rules;

use std::collections::BTreeMap;

use kapok_plugin_sdk::{
    Action, Actor, Denial, Failure, Fields, Plugin, Refusal, Rule, Save, StoredRecord, Text, Value, clock, json,
    messages, records, records::Query, settings,
};

use crate::{
    moment::{days_before, moment},
    rules::Rules,
};

const CUSTOMER: &str = "customers.customer";
const CLAIM: &str = "customers.claim";
const PERSON: &str = "system.person";

/// So many customers are warned of, and so many taken back, in one call: what it changes has a bound.
const ROUND: u32 = 200;

struct Customers;

impl Plugin for Customers {
    /// Checks a claim against the limits. What is counted here is counted again when the claim is stored, so nobody gets
    /// over a limit by claiming twice at once.
    fn before_save(actor: Actor, save: Save) -> Result<Fields, Vec<Refusal>> {
        let Actor::Person(person) = actor else {
            return Ok(save.after);
        };
        if save.before.is_some() {
            return Ok(save.after);
        }
        let rules = rules()?;
        let mine = json!({ "field": "owner", "op": "=", "value": person.to_string() });
        let newest = Query::of(CLAIM).filter(mine.clone()).limit(rules.daily_claims).find()?;
        claim::within_a_day(&rules, &save.after, newest.iter().map(|claim| &claim.fields))?;
        if let Some(most) = rules.most_customers {
            let held = Query::of(CUSTOMER).filter(mine).limit(most).find()?;
            claim::within_all(most, held.len())?;
        }
        Ok(save.after)
    }

    fn run_action(actor: Actor, action: Action) -> Result<Option<Text>, Vec<Refusal>> {
        let Actor::Person(person) = actor else {
            return Err(vec![claim::not_a_person()]);
        };
        let (customer, now) = (&action.record, clock::now());
        let name = customer.fields.get("name").cloned().unwrap_or_default();
        if action.name == "customers.put-back" {
            records::hand_over(CUSTOMER, customer.id, None, held(person, now))?;
            return Ok(Some(Text::new("客户已退回公海。", "The customer is back in the pool.")));
        }
        claim::cooled_down(&rules()?, &customer.fields, person, now)?;
        let of = Fields::from_iter([
            ("name".to_owned(), name),
            ("customer".to_owned(), customer.id.to_string().into()),
        ]);
        records::create(CLAIM, &of)?;
        records::hand_over(CUSTOMER, customer.id, Some(person), held(person, now))?;
        Ok(Some(Text::new("领取成功，客户已归您负责。", "The customer is yours.")))
    }

    /// Nobody for a customer in the pool, or for somebody who has no superior: then administrators get the task.
    fn find_assignees(_: Actor, rule: Rule) -> Result<Vec<u64>, Failure> {
        let of_case = rule
            .record
            .filter(|record| record.entity == CUSTOMER)
            .map(|record| record.id);
        let Some(customer) = id(rule.inputs.get("customer")).or(of_case) else {
            let (name, words) = (rule.name, "needs a customer, or a case about one");
            return Err(Failure::permanent(format!("the rule {name} {words}")));
        };
        let owner = records::get(CUSTOMER, customer)?.and_then(|customer| customer.owner);
        let found = match (rule.name.as_str(), owner) {
            ("customers.owner-superior", Some(owner)) => {
                let owner = records::get(PERSON, owner)?;
                owner.and_then(|owner| id(owner.fields.get("superior")))
            }
            (_, owner) => owner,
        };
        Ok(found.into_iter().collect())
    }

    fn run_schedule(_: &str) -> Result<(), Failure> {
        let rules = Rules::read(settings::get).map_err(|refusal| Failure::permanent(refusal.text.en))?;
        let Some(days) = rules.idle_days else {
            return Ok(());
        };
        let mut told = BTreeMap::new();
        take_back(days, rules.warn_days, &mut told)?;
        if rules.warn_days > 0 {
            warn(days, rules.warn_days, &mut told)?;
        }
        for (owner, told) in told {
            // Nobody is told who does not work here any more.
            let person = records::get(PERSON, owner)?;
            if person.is_some_and(|person| person.fields.get("active") == Some(&Value::Bool(true))) {
                for text in told.texts(days, rules.warn_days) {
                    messages::notice(owner, &text)?;
                }
            }
        }
        Ok(())
    }
}

fn id(value: Option<&Value>) -> Option<u64> {
    value?.as_str()?.parse().ok()
}

/// What people are told, by whom.
type ToldTo = BTreeMap<u64, idle::Told>;

/// Takes back the customers without contact whose owners were warned of it.
fn take_back(days: u32, warn_days: u32, told: &mut ToldTo) -> Result<(), Denial> {
    let now = clock::now();
    for customer in neglected(&idle::to_take_back(days, warn_days))? {
        let Some(owner) = customer.owner else { continue };
        if begins(&customer, owner) {
            records::update(CUSTOMER, customer.id, &held(owner, now))?;
        } else if warn_days == 0 || idle::was_warned(&customer.fields) {
            records::hand_over(CUSTOMER, customer.id, None, held(owner, now))?;
            told.entry(owner).or_default().taken.push(idle::name(&customer.fields));
        }
    }
    Ok(())
}

/// Warns of those that will be taken back.
fn warn(days: u32, warn_days: u32, told: &mut ToldTo) -> Result<(), Denial> {
    let now = clock::now();
    for customer in neglected(&idle::to_warn_of(days, warn_days))? {
        let Some(owner) = customer.owner else { continue };
        if begins(&customer, owner) {
            records::update(CUSTOMER, customer.id, &held(owner, now))?;
        } else if !idle::was_warned(&customer.fields) {
            let set = Fields::from_iter([("warned_at".to_owned(), moment(now).into())]);
            records::update(CUSTOMER, customer.id, &set)?;
            told.entry(owner).or_default().warned.push(idle::name(&customer.fields));
        }
    }
    Ok(())
}

/// The settings, or what is wrong with them.
fn rules() -> Result<Rules, Vec<Refusal>> {
    Rules::read(settings::get).map_err(|refusal| vec![refusal])
}

/// Whether somebody has a customer whom the plugin does not know as the one in charge yet: it was handed over otherwise
/// than through the pool. All days begin then.
fn begins(customer: &StoredRecord, owner: u64) -> bool {
    customer.fields.get("held_by").and_then(Value::as_str) != Some(owner.to_string().as_str())
}

/// Whoever is, or was until now, in charge, as of now.
fn held(person: u64, now: i64) -> Fields {
    Fields::from_iter([
        ("held_by".to_owned(), person.to_string().into()),
        ("held_since".to_owned(), moment(now).into()),
        ("warned_at".to_owned(), Value::Null),
    ])
}

/// Customers that somebody has and that a condition keeps, those first that somebody has had longest. Where nobody keeps
/// when there was contact, that cannot be asked for; where somebody does, it counts whatever was asked.
fn neglected(condition: &idle::Condition) -> Result<Vec<StoredRecord>, Denial> {
    let ask = |filter: Value| {
        let query = Query::of(CUSTOMER).filter(filter).ascending("held_since");
        query.limit(ROUND).find()
    };
    let mut found = ask(condition.filter(true)).or_else(|_| ask(condition.filter(false)))?;
    let since = moment(days_before(clock::now(), condition.idle));
    found.retain(|customer| !idle::had_contact(&customer.fields, &since));
    Ok(found)
}

kapok_plugin_sdk::export!(Customers);
