//! What was kept long enough goes, and nothing else.

use std::sync::Arc;

use kapok::{
    Clock, Kapok, MailSettings, ManualClock, Outgoing, Retention, Settings,
    notify::Transport,
    operate,
    protocol::{InstanceId, PersonId, Timestamp},
};

use crate::support::{no_variables, process, task_for};

const MAIL: &str = r#"<bpmn:serviceTask id="step"><bpmn:extensionElements><kapok:message channel="mail" title="已批准">
    <kapok:to><kapok:person login="boss"/></kapok:to><kapok:text>请知悉。</kapok:text></kapok:message>
    </bpmn:extensionElements></bpmn:serviceTask>"#;

const DAY: i64 = 24 * 3_600_000;

struct Engine {
    kapok: Kapok,
    clock: Arc<ManualClock>,
    folder: tempfile::TempDir,
    boss: PersonId,
}

fn engine(retention: Retention) -> Engine {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
    let folder = tempfile::tempdir().expect("a folder");
    let outgoing = Outgoing {
        mail: Some(MailSettings {
            from: "Kapok <kapok@example.com>".parse().expect("an address"),
            host: "example.com".into(),
            transport: Transport::Folder(folder.path().join("mail")),
        }),
        ..Outgoing::default()
    };
    let kapok = Kapok::builder()
        .clock(clock.clone())
        .outgoing(outgoing)
        .settings(Settings {
            retention,
            ..Settings::default()
        })
        .open(folder.path().join("data"))
        .expect("opens");
    let boss = kapok
        .add_person("boss", "陈国栋", &["administrator".to_owned()])
        .expect("a person");
    for (key, step) in [
        ("ask", task_for(r#"<kapok:person login="boss"/>"#)),
        ("tell", MAIL.to_owned()),
    ] {
        kapok
            .deploy(&process(key, &step))
            .unwrap_or_else(|error| panic!("{error}"));
    }
    Engine {
        kapok,
        clock,
        folder,
        boss,
    }
}

impl Engine {
    fn start(&self, process: &str) -> InstanceId {
        self.kapok.start(process, no_variables()).expect("starts")
    }

    fn finish(&self, case: InstanceId) {
        for task in self.kapok.tasks(case).expect("reads") {
            self.kapok.complete(task.task.id, no_variables()).expect("completes");
        }
    }

    fn pass(&self, days: i64) {
        self.clock.move_to(self.clock.now().plus_millis(days * DAY));
        self.kapok.run_due().expect("cleans");
    }

    fn has(&self, case: InstanceId) -> bool {
        self.kapok.instance(case).is_ok()
    }

    /// Closes it; what is left must be sound.
    fn close(self) {
        drop(self.kapok);
        let verified = operate::verify(&self.folder.path().join("data"), true).expect("readable");
        assert!(verified.is_sound(), "{verified:?}");
    }
}

#[test]
fn ended_cases_go_when_they_are_old_and_open_ones_never() {
    let engine = engine(Retention {
        cases: Some(30),
        ..Retention::default()
    });
    let (old, open) = (engine.start("ask"), engine.start("ask"));
    engine.finish(old);
    engine.pass(20);
    assert!(engine.has(old));
    let younger = engine.start("ask");
    engine.finish(younger);
    engine.pass(11);
    assert!(!engine.has(old), "30 days are over");
    assert!(engine.has(open) && engine.has(younger));
    // An open case stays, however old it is; it goes when it has been over long enough.
    engine.pass(400);
    engine.finish(open);
    engine.pass(1);
    assert!(engine.has(open) && !engine.has(younger));
    engine.pass(30);
    assert!(!engine.has(open));
    engine.close();
}

#[test]
fn messages_go_when_they_have_left_and_are_old() {
    let engine = engine(Retention {
        messages: Some(30),
        ..Retention::default()
    });
    let outbox = || {
        let admin = engine.kapok.staff(engine.boss).and_then(|staff| staff.administrator());
        admin
            .and_then(|admin| admin.outbox(None, 10))
            .expect("reads")
            .items
            .len()
    };
    let case = engine.start("tell");
    engine.pass(31);
    assert_eq!(outbox(), 1, "nobody has sent it");
    engine.kapok.send_due().expect("fails: there is no address");
    engine.pass(1);
    assert_eq!(outbox(), 0);
    assert!(engine.has(case), "cases are kept for ever");
    engine.close();
}
