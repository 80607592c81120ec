//! The folder of data: made before the first life, and looked into between lives.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use kapok::{
    CaseFilter, Clock, Company, Kapok, ManualClock, PluginSource, RecordSave, Staff, SystemClock,
    process::state::{EventKind, InstanceState},
    protocol::{Decision, Delivery, Entity, InstanceId, Message, OutboxRow, Value},
};
use tempfile::TempDir;

use crate::{
    clients::Story,
    http::{Request, ask},
    server::Server,
    sms_gateway,
};

const COMPANY: Company<'_> = Company {
    departments: include_str!("../../../../examples/company/departments.csv"),
    roles: include_str!("../../../../examples/company/roles.csv"),
    people: include_str!("../../../../examples/company/people.csv"),
    records: &[],
};
const QUOTE_APPROVAL: &str = include_str!("../../../../workflows/quote-approval/quote-approval.bpmn");
/// Eight hours pass in a second: the reminder after one, the escalation half a second later.
const SHORTEN: u32 = 8 * 3_600;
/// More than all of the test makes.
const ALL: usize = 100_000;

/// With what programs act in people's names, and the customer whose quotes are written.
#[derive(Clone)]
pub struct Tokens {
    pub seller: String,
    pub manager: String,
    pub superior: String,
    pub admin: String,
    pub customer: String,
}

pub struct Folder {
    folder: TempDir,
    pub tokens: Tokens,
}

fn plugin_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/dist")
}

impl Folder {
    pub fn new(mail_port: u16, sms_port: u16) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("kapok.toml"), config(mail_port, sms_port)).expect("writes");
        let kapok = open(&folder.path().join("data"), true);
        kapok.load_company(&COMPANY, "kapok-test").expect("the company");
        kapok.deploy(QUOTE_APPROVAL).expect("deploys");
        let token = |login| kapok.create_token(login, "test").expect("a person").reveal().to_owned();
        let customer = customer(&staff(&kapok, "he.junjie"));
        let tokens = Tokens {
            seller: token("he.junjie"),
            manager: token("wang.wei"),
            superior: token("zhao.jianhua"),
            admin: token("admin"),
            customer,
        };
        Self { folder, tokens }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn config(&self) -> PathBuf {
        self.folder.path().join("kapok.toml")
    }

    /// Whether no message waits any more, as the running server says.
    pub fn all_is_sent(&self, server: &Server) -> bool {
        let request = Request {
            method: "GET",
            path: "/outbox?limit=100".to_owned(),
            token: self.tokens.admin.clone(),
            key: None,
            body: None,
        };
        let answer = server
            .address()
            .and_then(|address| ask(address, &request))
            .expect("an answer");
        let messages = answer.body["items"].as_array().expect("items").clone();
        messages
            .iter()
            .all(|message| !["waiting", "leased"].contains(&message["state"].as_str().expect("a state")))
    }

    /// Compares what was answered with what is there, and every case with its record. Answers the messages by number.
    pub fn compare(&self, answered: &[Story]) -> BTreeMap<u64, OutboxRow> {
        let kapok = open(&self.data(), false);
        let (seller, admin) = (staff(&kapok, "he.junjie"), staff(&kapok, "admin"));
        let quotes = seller
            .records(&Entity::new("quotes.quote"), None, None, ALL)
            .expect("reads")
            .items;
        let cases = admin.instances(&CaseFilter::All, None, ALL).expect("reads").items;

        // Nothing by halves: each quote has its one case, and its status is where the case stands.
        assert_eq!(quotes.len(), cases.len());
        for quote in &quotes {
            let about = cases
                .iter()
                .filter(|case| case.instance.record.as_ref() == Some(&quote.reference));
            let states: Vec<_> = about.map(|case| case.instance.state).collect();
            let status = quote.fields["status"].as_text().unwrap_or_default();
            let fits = match (&states[..], status) {
                // The plugin's step marks it, and the case goes on behind it in the same commit.
                ([InstanceState::Active], status) => status == "in-approval",
                ([InstanceState::Completed], status) => status == "approved",
                ([InstanceState::Rejected], status) => status == "rejected",
                _ => false,
            };
            assert!(fits, "{}: {states:?}, {status}", quote.title);
        }
        let mut numbers: Vec<_> = quotes.iter().map(|quote| quote.title.clone()).collect();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), quotes.len(), "no number is given twice");

        for story in answered {
            let title = Value::from(story.title.as_str());
            let saved: Vec<_> = quotes.iter().filter(|quote| quote.fields["title"] == title).collect();
            assert_eq!(saved.len(), 1, "{}", story.title);
            assert_eq!(saved[0].reference.id.to_string(), story.record);
            let id: InstanceId = story.instance.parse().expect("an id");
            let case = kapok
                .instance(id)
                .unwrap_or_else(|error| panic!("{}: {error}", story.title));
            assert_eq!(case.view.instance.record.as_ref(), Some(&saved[0].reference));
            assert!(case.incidents.is_empty(), "{}: {:?}", story.title, case.incidents);
            let decisions: Vec<_> = case
                .history
                .iter()
                .filter_map(|entry| match &entry.event.kind {
                    EventKind::TaskCompleted { decision, comment, .. } => Some((*decision, comment.as_deref())),
                    _ => None,
                })
                .collect();
            let expected = story.decision.map(|decision| match decision {
                "approve" => Decision::Approve,
                _ => Decision::Reject,
            });
            // One that was not answered may be there all the same.
            assert!(decisions.len() <= 1, "{}: {decisions:?}", story.title);
            if expected.is_some() {
                assert_eq!(decisions, [(expected, Some(story.title.as_str()))]);
            }
        }
        let outbox = admin
            .administrator()
            .expect("an administrator")
            .outbox(None, ALL)
            .expect("reads");
        outbox
            .items
            .into_iter()
            .map(|message| (message.row.id.get(), message.row))
            .collect()
    }

    /// Every story has come to its end, and nobody else's was begun.
    pub fn compare_ends(&self, answered: &[Story]) {
        let kapok = open(&self.data(), false);
        let cases = staff(&kapok, "admin")
            .instances(&CaseFilter::All, None, ALL)
            .expect("reads")
            .items;
        assert_eq!(cases.len(), answered.len());
        assert!(cases.iter().all(|case| case.instance.state != InstanceState::Active));
        assert!(answered.iter().all(|story| story.decision.is_some()));
    }
}

/// Opens the folder so that nothing happens in it. To look at it the plugins need not run.
fn open(data: &Path, running_plugins: bool) -> Kapok {
    let mut plugins = PluginSource::read_folder(&plugin_folder()).unwrap_or_default();
    assert!(
        !plugins.is_empty(),
        "the plugins are not built: run `cargo xtask plugins` once"
    );
    if !running_plugins {
        plugins.iter_mut().for_each(|plugin| plugin.component = None);
    }
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    Kapok::builder()
        .clock(clock)
        .plugins(plugins)
        .open(data)
        .unwrap_or_else(|error| panic!("{error}"))
}

fn staff(kapok: &Kapok, login: &str) -> Staff {
    let token = kapok.create_token(login, "test").expect("a person");
    kapok.token(token.reveal()).expect("reads").expect("active")
}

fn customer(seller: &Staff) -> String {
    let fields = [("name".to_owned(), "木棉科技".into())].into();
    let save = RecordSave {
        entity: Entity::new("customers.customer"),
        id: None,
        version: None,
        fields,
    };
    seller.save(save).expect("a customer").0.reference.id.to_string()
}

fn config(mail_port: u16, sms_port: u16) -> String {
    let plugins = plugin_folder();
    format!(
        r#"[engine]
shorten = {SHORTEN}

[mail]
from = "Kapok <kapok@example.com>"
host = "127.0.0.1"
port = {mail_port}
tls = "none"

[[outbound]]
origin = "http://127.0.0.1:{sms_port}"
private = true

[plugins]
folder = {plugins:?}

[plugins.sms-http]
url = "http://127.0.0.1:{sms_port}{}"
access_key = "test"
secret = "{}"
signature = "木棉"
"#,
        sms_gateway::PATH,
        sms_gateway::SECRET,
    )
}

/// Whether a message has left for good.
pub fn is_sent(row: &OutboxRow) -> bool {
    matches!(row.delivery, Delivery::Sent { .. })
}

/// The messages of one kind.
pub fn of_kind(messages: &BTreeMap<u64, OutboxRow>, mail: bool) -> impl Iterator<Item = (u64, &OutboxRow)> {
    let is_mail = |row: &OutboxRow| matches!(row.message, Message::Mail(_));
    messages
        .iter()
        .filter(move |(_, row)| is_mail(row) == mail)
        .map(|(id, row)| (*id, row))
}
