//! The to-do list of somebody who has much to do.

use kapok::{Clock, Kapok, SystemClock, protocol::Value};

use super::{
    Failure,
    clients::{self, Goal, MANY},
    figures::Figure,
    http::{Connections, Server},
    models, people,
    session::Session,
};

const NAME: &str = "inbox";
const GROUPS: usize = 10;
/// To-dos that each group could take, and how many times fewer are the person's own.
const OFFERED: u64 = 10_000;
const FEWER: u64 = 10;
/// To-dos on a page.
const PAGE: usize = 20;
/// How often the page is asked for.
const TIMES: u64 = 2_000;

/// A page of 20, soonest due first, of a person with 1,000 to-dos and ten groups that are offered 10,000 each.
pub(super) fn run(session: &mut Session) -> Result<(), Failure> {
    let offered = session.number(OFFERED).min(OFFERED);
    let own = offered.div_ceil(FEWER);
    let roles: Vec<String> = (0..GROUPS).map(|number| format!("group-{number}")).collect();
    let kapok = session.open(NAME)?;
    kapok.deploy(&models::inbox())?;
    let person = people::hire_for(&kapok, "busy", &roles)?;
    clients::run(MANY, Goal::count(own), |_, number| {
        start(&kapok, "own", "login", "busy", number)
    })?;
    clients::run(MANY, Goal::count(offered * GROUPS as u64), |_, number| {
        let role = &roles[number as usize % GROUPS];
        start(&kapok, "shared", "group", role, number)
    })?;
    kapok.catch_up()?;

    let staff = kapok.staff(person)?;
    let expected = PAGE.min((own + offered * GROUPS as u64) as usize);
    let goal = session.goal(TIMES, 0.0);
    let times = clients::run(1, goal, |_, _| {
        let (page, _) = staff.inbox(None, PAGE)?;
        let in_order = page.is_sorted_by_key(|view| view.task.due_at);
        if page.len() == expected && in_order {
            Ok(())
        } else {
            Err(format!("a page of {} instead of {expected}", page.len()).into())
        }
    })?;
    let note = format!("{own} own to-dos, {GROUPS} groups with {offered} each; the value is the 99th percentile");
    session.report.add(&Figure::slowest(NAME, times).note(note))?;

    let token = kapok.create_token("busy", "")?;
    let server = Server::start(&kapok)?;
    let client = Connections::open(&server, token.reveal(), 1)?;
    let bare = client.run(goal, |client, _| client.ask("GET", "/healthz", None).map(drop))?;
    let path = format!("/api/v1/tasks?assignee=me&limit={PAGE}");
    let times = client.run(goal, |client, _| {
        let page = client.ask("GET", &path, None)?;
        match page["items"].as_array().map_or(0, Vec::len) {
            items if items == expected => Ok(()),
            items => Err(format!("a page of {items} instead of {expected}").into()),
        }
    })?;
    drop((client, server));
    drop((staff, kapok));
    session.place.clear(NAME)?;
    let figure = Figure::slowest(format!("{NAME}.http"), times);
    let bare = Figure::slowest("", bare).value();
    session
        .report
        .add(&figure.limit(bare, "a request that asks for nothing"))
}

/// Starts a case whose to-do goes to `whom`, as the process `process` calls it, due in this or that hour to come.
fn start(kapok: &Kapok, process: &str, whom: &str, to: &str, number: u64) -> Result<(), Failure> {
    // Hours that follow each other in no order.
    let hours = number.wrapping_mul(7_919) % 10_007;
    let due = SystemClock.now().plus_millis(i64::try_from(hours)? * 3_600_000);
    let variables = [(whom, Value::from(to)), ("due", Value::from(due.to_string()))];
    kapok.start(process, variables)?;
    Ok(())
}
