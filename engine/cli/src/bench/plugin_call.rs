//! Calling a plugin.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use kapok::{Kapok, protocol::Value, records::Fields};

use super::{
    Failure,
    clients::{self},
    figures::Figure,
    session::Session,
};
use crate::built_in;

const NAME: &str = "plugin-call";

/// A record with one line is given to the plugin that checks it before it is saved, in a new instance each time, and then in
/// one that many share, as the records of an import do; nothing is saved. One client.
pub(super) fn run(session: &mut Session) -> Result<(), Failure> {
    let plugins = built_in::plugins();
    if plugins.is_empty() {
        session
            .report
            .note("plugin-call is left out: this program was built without plugins");
        return Ok(());
    }
    let goal = session.goal(100_000, 5.0);
    let kapok = Kapok::builder().plugins(plugins).open(session.place.folder(NAME))?;
    let customer = kapok.save(
        "customers.customer",
        None,
        [("name".to_owned(), "Customer".into())].into(),
    )?;
    let quote = quote(&customer.id.to_string());
    let checked = kapok.check_record("quotes.quote", quote.clone())?;
    if !checked.contains_key("total") {
        return Err(format!("the plugin did not add it up: {checked:?}").into());
    }
    let begin = Instant::now();
    let times = clients::run(1, goal, |_, _| {
        Ok(kapok.check_record("quotes.quote", quote.clone()).map(drop)?)
    })?;
    let figure = Figure::rate(NAME, times, begin.elapsed());
    session.report.add(&figure.note("a new instance for each call"))?;

    let checks = Mutex::new(kapok.check_records("quotes.quote", std::iter::repeat(quote)));
    let begin = Instant::now();
    let times = clients::run(1, goal, |_, _| {
        let checked = checks.lock().unwrap_or_else(PoisonError::into_inner).next();
        Ok(checked.ok_or("there are no more quotes")?.map(drop)?)
    })?;
    drop(checks);
    let figure = Figure::rate(format!("{NAME}.reused"), times, begin.elapsed());
    drop(kapok);
    session.place.clear(NAME)?;
    session.report.add(&figure.note("one instance for all calls"))
}

fn quote(customer: &str) -> Fields {
    let line = [
        ("product".to_owned(), Value::from("Thing")),
        ("quantity".to_owned(), Value::from(3)),
        ("price".to_owned(), Value::from("120.50")),
    ];
    [
        ("title".to_owned(), Value::from("Offer")),
        ("customer".to_owned(), Value::from(customer)),
        ("lines".to_owned(), Value::List(vec![Value::Map(line.into())])),
    ]
    .into()
}
