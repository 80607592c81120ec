//! Messages on their way out, in an engine whose threads run: what happens is waited for by its hints.

use kapok::{
    Administrator, HintKind, Kapok, MailSettings, Outgoing,
    notify::Transport,
    protocol::{Delivery, OutboxRow},
};

use crate::support::{code, no_variables, process};

const MAIL: &str = r#"<bpmn:serviceTask id="step"><bpmn:extensionElements><kapok:message channel="mail" title="已批准">
    <kapok:to><kapok:person login="boss"/></kapok:to><kapok:text>请知悉。</kapok:text></kapok:message>
    </bpmn:extensionElements></bpmn:serviceTask>"#;

/// Starts a process that mails somebody who has no address; answers the message once it is as expected.
fn mail(outgoing: Outgoing, expected: impl Fn(&OutboxRow) -> bool) -> (Administrator, OutboxRow) {
    let kapok = Kapok::builder().outgoing(outgoing).memory().expect("opens");
    let boss = kapok
        .add_person("boss", "陈国栋", &["administrator".to_owned()])
        .expect("a person");
    let admin = kapok
        .staff(boss)
        .and_then(|staff| staff.administrator())
        .expect("an administrator");
    kapok
        .deploy(&process("notify", MAIL))
        .unwrap_or_else(|error| panic!("{error}"));
    let mut hints = admin.hints();
    kapok.start("notify", no_variables()).expect("starts");
    loop {
        let rows = admin.outbox(None, 10).expect("reads").items;
        if let [message] = &rows[..]
            && expected(&message.row)
        {
            return (admin, message.row.clone());
        }
        while hints.blocking_recv().expect("the engine lives").kind != HintKind::Outbox {}
    }
}

#[test]
fn without_a_way_out_a_message_waits_and_says_why() {
    let waits = |row: &OutboxRow| matches!(&row.delivery, Delivery::Waiting { reason: Some(_), .. });
    let (admin, row) = mail(Outgoing::default(), waits);
    assert_eq!(admin.ways_out(), (false, false));
    assert_eq!(row.attempts, 0, "that was no attempt");
    let Delivery::Waiting {
        next,
        reason: Some(reason),
    } = &row.delivery
    else {
        unreachable!("looked at above")
    };
    assert!(reason.zh.contains("[mail]") && *next > row.created_at);

    admin.discard(row.id).expect("gives it up");
    let [given_up] = &admin.outbox(None, 10).expect("reads").items[..] else {
        panic!("one message")
    };
    assert!(matches!(given_up.row.delivery, Delivery::Failed { .. }));
}

#[test]
fn a_message_that_can_never_arrive_fails_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = MailSettings {
        transport: Transport::Folder(folder.path().to_owned()),
        from: "Kapok <kapok@example.com>".to_owned(),
        host: "example.com".to_owned(),
    };
    let outgoing = Outgoing {
        mail: Some(settings),
        ..Outgoing::default()
    };
    let (admin, row) = mail(outgoing, |row| matches!(row.delivery, Delivery::Failed { .. }));
    assert_eq!((admin.ways_out(), row.attempts), ((true, false), 1));
    let nothing = kapok::protocol::OutboxId::new(999_999).expect("not zero");
    assert_eq!(code(admin.resend(nothing)), "not-found");
}
