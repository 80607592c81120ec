//! Scenarios of `kapok plugin test`: what people do, step by step, and what must come of it.
//!
//! ```toml
//! [settings]                      # of the plugin
//! url = "https://example.com"
//!
//! [people.zhang]                  # signs in as zhang
//! roles = ["sales"]
//!
//! [[steps]]
//! name = "an order is saved"
//! as = "zhang"                    # with that person's rights; in the name of the system when absent
//! save = { entity = "hello.order", fields = { title = "A", account = "$acme", amount = 60 } }
//! call_it = "first"               # $first stands for it afterwards, and $zhang for the person, whose record it is too
//! expect = { status = "open" }    # fields of the record afterwards, computed ones too
//! told = { zhang = "A new order" }   # an unread page that contains this
//!
//! [[steps]]
//! name = "a second one goes beyond the limit"
//! as = "zhang"
//! save = { record = "$first", fields = { amount = 600 } }
//! refused = { code = "hello.over-limit", field = "amount" }
//! ```
//!
//! A plugin that calls another system finds it at `$server` in its settings: a small server that answers what the steps say,
//! by the same way out and the same list of allowed addresses as on a server.
//!
//! ```toml
//! [settings]
//! url = "$server/v1/sms"
//!
//! [[steps]]
//! name = "an SMS is handed to the gateway"
//! answers = [{ status = 200, body = { id = "a1" } }]   # in this order; { closes = true } says nothing
//! send = { channel = "sms", recipient = "13800000000", template = "reminder", text = "…" }
//! receipt = "a1"                  # or failed = "refused", "retry" or "unknown", and says = "…", a part of its words
//! requests = [{ method = "POST", path = "/v1/sms", body = { phone = "13800000000" } }]   # as far as it is said
//! ```
//!
//! What an identity source knows is asked in the same way. Its name is the plugin's and its own:
//!
//! ```toml
//! [[steps]]
//! name = "somebody signs in"
//! sign_in = { source = "wecom.wecom", return_to = "https://kapok.example.com/back", state = "abc" }
//! address = "https://…"           # where the browser is sent
//!
//! [[steps]]
//! name = "and comes back"
//! came_back = { source = "wecom.wecom", query = { code = "c1" } }
//! answers = [{ body = { userid = "ZhangSan" } }]
//! identity = "ZhangSan"           # or failed = "refused", "permanent" or "retry", and says = "…"
//! ```
//!
//! `organisation = { source }` reads all parts of it; `departments` and `persons` are what is expected, whole.
//!
//! Instead of `save` a step may `delete = "$first"`, `look = "$first"`, run an `action = { name, record, inputs }`, a
//! `report = { name, inputs }` whose `rows` are expected, a `service = { name, inputs }` with expected `outputs` or the code of an
//! `error`, ask a rule `assignees = { name, record }` for the expected `people`, or let time pass: `advance = "P1D"`. After each
//! step everything is done that follows from it.

mod server;
mod values;
mod world;

use std::{collections::BTreeMap, fs, path::Path};

use kapok::PluginSource;
use serde::Deserialize;

use server::{Answer, Request};
use world::{CameBack, Department, Organisation, Person as OutsidePerson, SignIn, World};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    settings: BTreeMap<String, String>,
    #[serde(default)]
    people: BTreeMap<String, Person>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    name: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    name: String,
    #[serde(rename = "as")]
    by: Option<String>,
    call_it: Option<String>,
    save: Option<Save>,
    delete: Option<String>,
    look: Option<String>,
    action: Option<Offered>,
    report: Option<Offered>,
    service: Option<Offered>,
    assignees: Option<Offered>,
    send: Option<Sent>,
    sign_in: Option<SignIn>,
    came_back: Option<CameBack>,
    organisation: Option<Organisation>,
    #[serde(default)]
    answers: Vec<Answer>,
    requests: Option<Vec<Request>>,
    receipt: Option<String>,
    address: Option<String>,
    identity: Option<String>,
    departments: Option<Vec<Department>>,
    persons: Option<Vec<OutsidePerson>>,
    failed: Option<Failed>,
    says: Option<String>,
    advance: Option<String>,
    expect: Option<toml::Table>,
    refused: Option<Refused>,
    rows: Option<Vec<toml::Value>>,
    outputs: Option<toml::Table>,
    error: Option<String>,
    people: Option<Vec<String>>,
    told: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Save {
    entity: Option<String>,
    record: Option<String>,
    owner: Option<String>,
    fields: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offered {
    name: String,
    record: Option<String>,
    #[serde(default)]
    inputs: toml::Table,
}

/// A message for a channel of the plugin.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    channel: String,
    recipient: String,
    #[serde(default)]
    promotion: bool,
    signature: Option<String>,
    #[serde(default)]
    template: String,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    #[serde(default)]
    text: String,
}

/// How a channel, or an identity source, fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Failed {
    Refused,
    Retry,
    Unknown,
    Permanent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    code: String,
    field: Option<String>,
}

/// What became of a step.
type Outcome = (String, Result<(), String>);

/// Runs the scenario of a file with a plugin.
pub(super) fn run(file: &Path, plugin: &PluginSource) -> Result<Vec<Outcome>, String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = fs::read_to_string(file).map_err(|error| told(&error))?;
    let parsed: File = toml::from_str(&text).map_err(|error| told(&error))?;
    let mut world = World::new(plugin, &parsed).map_err(|error| told(&error))?;
    let mut outcomes = Vec::new();
    for step in parsed.steps {
        let outcome = world.step(&step);
        outcomes.push((step.name, outcome));
    }
    Ok(outcomes)
}
