//! The plugins that ship with the product, as they are built: `cargo xtask plugins` puts them where this looks.

mod support;

use std::{fs, path::Path, sync::Arc};

use kapok_plugin_host::{ChannelMessage, Intent, Manifest, MessageKind, Plugin, Receipt, ServiceFailure, SignInCall};
use kapok_protocol::{Entity, RecordId, RecordRef};
use support::{World, call, call_with, host, job, load, record, save, value};

fn shipped(id: &str) -> Plugin {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../plugins/dist")
        .join(id);
    let read = |file: &str| {
        let told = |error| panic!("the plugins are not built ({id}/{file}: {error}): run `cargo xtask plugins` once");
        fs::read(folder.join(file)).unwrap_or_else(told)
    };
    let manifest = String::from_utf8(read("plugin.toml")).unwrap();
    let manifest = Manifest::parse("plugin.toml", &manifest).unwrap();
    load(&host(), manifest, Some(&read("plugin.wasm"))).unwrap()
}

#[test]
fn every_manifest_is_well_formed() {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    for id in ["customers", "quotes", "sms-http", "wecom"] {
        let file = plugins.join(id).join("plugin.toml");
        let manifest = Manifest::parse(&file.display().to_string(), &fs::read_to_string(&file).unwrap());
        assert_eq!(manifest.map(|manifest| manifest.id), Ok(id.to_owned()));
    }
}

#[test]
fn a_quote_is_checked_and_added_up() {
    let (quotes, world) = (shipped("quotes"), Arc::new(World::default()));
    let good = r#"{"title":"x","lines":[{"quantity":3,"price":19.99},{"quantity":1,"price":0.125,"discount":0}]}"#;
    let done = quotes
        .before_save(&call(&world), &save("quotes.quote", good))
        .unwrap()
        .unwrap();
    let expected = r#"{"title":"x","lines":[{"quantity":3,"price":19.99,"amount":59.97},
        {"quantity":1,"price":0.125,"discount":0,"amount":0.13}],"total":60.10}"#;
    assert_eq!(done, value(expected));

    let refusals = quotes
        .before_save(&call(&world), &save("quotes.quote", "{}"))
        .unwrap()
        .unwrap_err();
    assert_eq!(
        (refusals[0].code.as_str(), refusals[0].field.as_deref()),
        ("quotes.no-lines", Some("lines"))
    );
}

#[test]
fn a_quote_in_approval_is_marked() {
    let quotes = shipped("quotes");
    let id = RecordId::new(9).unwrap();
    let quote = RecordRef {
        entity: Entity::new("quotes.quote"),
        id,
    };
    let records = [(quote.clone(), record(9, r#"{"status":"in-approval"}"#))].into();
    let world = Arc::new(World {
        records,
        ..World::default()
    });
    let run = |inputs| {
        quotes
            .run_service(&call(&world), &job("quotes.mark-approved", inputs))
            .unwrap()
    };
    let done = run(r#"{"quote":"9"}"#).unwrap();
    let expected = Intent::Update {
        record: quote,
        set: value(r#"{"status":"approved"}"#),
        owner: None,
    };
    assert_eq!(done.intents, [expected]);
    let failure = run(r#"{"quote":"10"}"#).unwrap_err();
    assert!(matches!(failure, ServiceFailure::Error { code, .. } if code == "quotes.not-found"));
}

#[test]
fn an_sms_leaves_signed() {
    let (sms, world) = (shipped("sms-http"), Arc::new(World::default()));
    let settings = [
        ("url", "https://sms.example.com/v1/sms"),
        ("access_key", "demo"),
        ("secret", "s3cret"),
        ("signature", "木棉"),
        ("template.reminder", "SMS_1001"),
    ];
    let message = ChannelMessage {
        channel: "sms".to_owned(),
        key: "12".to_owned(),
        kind: MessageKind::Notice,
        recipient: "13800000000".to_owned(),
        signature: None,
        template: "reminder".to_owned(),
        variables: [("task".to_owned(), "报价审批".to_owned())].into(),
        text: "待办：报价审批".to_owned(),
    };
    let receipt = sms.send(&call_with(&world, &settings), &message).unwrap();
    assert_eq!(receipt, Ok(Receipt { id: "a1".to_owned() }));
    let requests = world.requests.lock().unwrap();
    let names: Vec<_> = requests[0].headers.iter().map(|(name, _)| name.as_str()).collect();
    assert!(
        names.contains(&"X-Kapok-Signature") && names.contains(&"Idempotency-Key"),
        "{names:?}"
    );
    assert!(String::from_utf8_lossy(&requests[0].body).contains("SMS_1001"));
}

#[test]
fn a_browser_is_sent_to_wecom() {
    let (wecom, world) = (shipped("wecom"), Arc::new(World::default()));
    let settings = [
        ("corp_id", "ww1"),
        ("agent_id", "7"),
        ("login_page", "https://login.example.com/qr"),
    ];
    let asked = SignInCall {
        source: "wecom".to_owned(),
        return_to: "https://kapok.example.com/back".to_owned(),
        state: "abc".to_owned(),
    };
    let address = wecom.sign_in_address(&call_with(&world, &settings), &asked).unwrap();
    let expected = "https://login.example.com/qr?login_type=CorpApp&appid=ww1&agentid=7&\
                    redirect_uri=https%3A%2F%2Fkapok.example.com%2Fback&state=abc";
    assert_eq!(address, Ok(expected.to_owned()));
    // What is not set is said.
    let failure = wecom.sign_in_address(&call(&world), &asked).unwrap().unwrap_err();
    assert!(
        !failure.retry && failure.message.contains("corp_id"),
        "{}",
        failure.message
    );
}
