//! The sample company fits the shipped definitions.

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use common::catalogue;
use kapok_protocol::Value;
use kapok_records::{Author, Catalogue, Fields, validate};
use rust_decimal::Decimal;

type Row = BTreeMap<String, String>;

fn rows(source: &str) -> Vec<Row> {
    csv::Reader::from_reader(source.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("well formed")
}

fn column<'r>(rows: &'r [Row], name: &str) -> BTreeSet<&'r str> {
    let values: BTreeSet<&str> = rows.iter().map(|row| row[name].as_str()).collect();
    assert_eq!(values.len(), rows.len(), "{name} is not unique");
    values
}

fn save(entity: &str, row: &Row, lines: Option<Vec<Value>>, leave_out: &[&str]) -> Fields {
    let kept = row.iter().filter(|(name, _)| !leave_out.contains(&name.as_str()));
    let mut fields: Fields = kept
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    fields.extend(lines.map(|lines| ("lines".to_owned(), Value::List(lines))));
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(catalogue);
    validate(
        CATALOGUE.entity(entity).expect("declared"),
        &Fields::new(),
        &fields,
        Author::Program,
    )
    .unwrap_or_else(|refusals| panic!("{row:?}: {refusals:#?}"))
}

#[test]
fn people_and_departments_name_each_other() {
    let people = rows(include_str!("../../../examples/company/people.csv"));
    let departments = rows(include_str!("../../../examples/company/departments.csv"));
    let roles = rows(include_str!("../../../examples/company/roles.csv"));
    assert_eq!(people.len(), 60);
    let (logins, codes, known) = (
        column(&people, "login"),
        column(&departments, "code"),
        column(&roles, "code"),
    );
    for person in &people {
        assert!(
            person["superior"].is_empty() || logins.contains(person["superior"].as_str()),
            "{person:?}"
        );
        assert!(codes.contains(person["department"].as_str()), "{person:?}");
        assert!(
            person["roles"]
                .split(';')
                .all(|role| role.is_empty() || known.contains(role)),
            "{person:?}"
        );
        save("system.person", person, None, &["superior", "department", "roles"]);
    }
    for department in &departments {
        assert!(
            department["parent"].is_empty() || codes.contains(department["parent"].as_str()),
            "{department:?}"
        );
        assert!(logins.contains(department["head"].as_str()), "{department:?}");
        save("system.department", department, None, &["parent", "head"]);
    }
    let declared: Vec<String> = catalogue().roles().map(|role| role.code.clone()).collect();
    assert!(
        declared
            .iter()
            .all(|role| role == "everyone" || known.contains(role.as_str())),
        "{declared:?}"
    );
}

#[test]
fn customers_and_quotes_are_valid_records() {
    let people = rows(include_str!("../../../examples/company/people.csv"));
    let logins = column(&people, "login");
    let customers = rows(include_str!("../../../examples/company/customers.csv"));
    let names = column(&customers, "name");
    for customer in customers.iter().step_by(50) {
        save("customers.customer", customer, None, &["owner"]);
    }
    // Those in the pool have no owner.
    let owners = customers.iter().map(|customer| customer["owner"].as_str());
    assert!(owners.clone().any(str::is_empty));
    assert!(
        owners
            .filter(|owner| !owner.is_empty())
            .all(|owner| logins.contains(owner))
    );

    let contacts = rows(include_str!("../../../examples/company/contacts.csv"));
    let tasks = rows(include_str!("../../../examples/company/tasks.csv"));
    let records = rows(include_str!("../../../examples/company/contact-records.csv"));
    let (known, of_tasks) = (column(&contacts, "id"), column(&tasks, "id"));
    for (entity, table) in [
        ("customers.contact", &contacts),
        ("tracking.task", &tasks),
        ("tracking.contact-record", &records),
    ] {
        for row in table {
            let is_in = |name: &str, names: &BTreeSet<&str>| {
                row.get(name)
                    .is_none_or(|id| id.is_empty() || names.contains(id.as_str()))
            };
            let named = is_in("customer", &names) && is_in("owner", &logins) && is_in("next_who", &logins);
            assert!(
                named && is_in("contact", &known) && is_in("superior", &known) && is_in("task", &of_tasks),
                "{row:?}"
            );
            // Names stand for the ids that those will have.
            let mut row = row.clone();
            for (name, value) in &mut row {
                if !value.is_empty() && ["customer", "contact", "superior", "task", "next_who"].contains(&name.as_str())
                {
                    *value = "1".to_owned();
                }
            }
            save(entity, &row, None, &["id", "owner"]);
        }
    }

    let quotes = rows(include_str!("../../../examples/company/quotes.csv"));
    let lines = rows(include_str!("../../../examples/company/quote-lines.csv"));
    let numbers = column(&quotes, "number");
    assert!(lines.iter().all(|line| numbers.contains(line["quote"].as_str())));
    for quote in &quotes {
        assert!(
            names.contains(quote["customer"].as_str()) && logins.contains(quote["owner"].as_str()),
            "{quote:?}"
        );
        let own = lines.iter().filter(|line| line["quote"] == quote["number"]);
        let own: Vec<Value> = own
            .map(|line| {
                line.iter()
                    .filter(|(name, _)| *name != "quote")
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect()
            })
            .collect();
        // The name of the customer stands for the id that it will have.
        let mut quote = quote.clone();
        quote.insert("customer".to_owned(), "1".to_owned());
        let saved = save("quotes.quote", &quote, Some(own), &["owner"]);
        let amounts = saved["lines"]
            .as_list()
            .expect("a list")
            .iter()
            .map(|line| line.at("amount").and_then(Value::as_number));
        assert_eq!(
            amounts.sum::<Option<Decimal>>(),
            saved["total"].as_number(),
            "{quote:?}"
        );
    }
}
