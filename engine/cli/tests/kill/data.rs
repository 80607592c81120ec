//! The folder of data, made before the first life.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use kapok::{
    Clock, Company, Kapok, ManualClock, PluginSource, RecordSave, Staff, SystemClock,
    protocol::{Delivery, Entity, Message, OutboxRow},
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
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
const ORDER: &str = include_str!("order.bpmn");
/// Eight hours pass in a second: the reminder after one, the escalation half a second later.
const SHORTEN: u32 = 8 * 3_600;

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
        kapok.deploy(ORDER).unwrap_or_else(|error| panic!("{error}"));
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
        let mut cursor = String::new();
        loop {
            let request = Request {
                method: "GET",
                path: format!("/outbox?limit=100{cursor}"),
                token: self.tokens.admin.clone(),
                key: None,
                body: None,
            };
            let answer = server.address().and_then(|address| ask(address, &request));
            let page = answer.expect("an answer").body;
            let messages = page["items"].as_array().expect("items");
            let waits = |message: &Value| ["waiting", "leased"].contains(&message["state"].as_str().expect("a state"));
            if messages.iter().any(waits) {
                return false;
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return true,
            }
        }
    }

    /// Opens a copy, so that the next life finds everything as the last one left it. Nothing may be wrong with it.
    pub fn look<T>(&self, look: impl FnOnce(&Kapok) -> T) -> T {
        let copy = tempfile::tempdir().expect("a folder");
        copy_folder(&self.data(), copy.path());
        verify(copy.path(), &[]);
        look(&open(copy.path(), false))
    }
}

/// Has the program itself look for what is wrong.
pub fn verify(data: &Path, how: &[&str]) {
    let mut verify = Command::new(env!("CARGO_BIN_EXE_kapok"));
    verify.arg("verify").arg("--data").arg(data).args(how);
    let said = verify.output().expect("the program starts");
    let text = [&said.stdout[..], &said.stderr[..]].concat();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&text));
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("makes");
    for entry in fs::read_dir(from).expect("reads") {
        let from = entry.expect("reads").path();
        let to = to.join(from.file_name().expect("a name"));
        if from.is_dir() {
            copy_folder(&from, &to);
        } else {
            fs::copy(&from, &to).expect("copies");
        }
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

pub fn staff(kapok: &Kapok, login: &str) -> Staff {
    let token = kapok.create_token(login, "test").expect("a person");
    kapok.token(token.reveal()).expect("reads").expect("active")
}

fn customer(seller: &Staff) -> String {
    let fields = [("name".to_owned(), "木棉科技".into())].into();
    let save = RecordSave::new(Entity::new("customers.customer"), fields);
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
