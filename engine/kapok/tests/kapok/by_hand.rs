//! Plugins written by hand: one that tries to act as somebody else than its caller, and one that counts its calls.

#[path = "../../../plugin-host/tests/support/component.rs"]
mod component;

use std::{path::Path, sync::Arc};

use kapok::{
    BulkAction, Company, Error, Kapok, ManualClock, PluginPackage, PluginSource, RecordSave, Staff,
    protocol::{Entity, RecordRef, TaskId, Timestamp},
    records::Fields,
};

use crate::support::{fields, process, task_for};

const COMPANY: Company<'_> = Company {
    departments: include_str!("../../../../examples/company/departments.csv"),
    roles: include_str!("../../../../examples/company/roles.csv"),
    people: include_str!("../../../../examples/company/people.csv"),
    records: &[],
};

/// What the plugin declares; `%` stands for hooks.
const MANIFEST: &str = "[plugin]\nid = 'test'\nversion = '0.1.0'\nlabel = { zh = '试', en = 'Test' }\n\
    [capabilities]\nrecords.'test.thing' = ['update']\nprocesses.tasks = true\n\
    %[actions.'test.finish']\nentity = 'test.thing'\nlabel = { zh = '做', en = 'Finish' }\n\
    [actions.'test.change']\nentity = 'test.thing'\nlabel = { zh = '改', en = 'Change' }\n\
    [entities.'test.thing']\nlabel = { zh = '物', en = 'Thing' }\ntitle = 'name'\n\
    [entities.'test.thing'.fields]\n\
    name = { pos = 1, type = 'text', label = { zh = '名', en = 'Name' }, max_length = 10 }\n\
    [roles.sales]\nlabel = { zh = '销售', en = 'Sales' }\n\
    [permissions.'test.thing']\nsales = { read = 'all', create = 'all', update = 'own' }\n";

/// A plugin whose actions do with this to-do, or with this record, what their caller may not: all it can say is which.
fn forger(task: TaskId, record: &RecordRef) -> PluginPackage {
    let (task, record) = (task.get(), record.id.get());
    let given = "(if (i32.load8_u (i32.const 4096)) (then unreachable))";
    // The names of the actions differ in their sixth letter.
    let body = format!(
        "(if (i32.eq (i32.load8_u offset=5 (local.get 2)) (i32.const 102))
           (then (call $complete (i64.const {task}) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
             (i32.const 16) (i32.const 2) (i32.const 4096)))
           (else (call $update (i32.const 200) (i32.const 10) (i64.const {record}) (i32.const 16) (i32.const 2)
             (i32.const 4096))))
         {given} {}",
        component::ANSWERS_NOTHING
    );
    package("", &[("run-action", &body)])
}

fn package(hooks: &str, bodies: &[(&str, &str)]) -> PluginPackage {
    let source = PluginSource {
        origin: "test/plugin.toml".into(),
        manifest: MANIFEST.replace('%', hooks),
        component: Some(component::component_with(bodies)),
        pages: Default::default(),
    };
    PluginPackage::build(source, Vec::new()).expect("packs")
}

fn company(folder: &Path) -> Kapok {
    // 2026-11-23T08:00:00Z
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
    let kapok = Kapok::builder().clock(clock).open(folder).expect("opens");
    kapok.load_company(&COMPANY, "kapok-test").expect("the company");
    kapok
}

fn thing(of: &Staff) -> RecordRef {
    let new = RecordSave::new(Entity::new("test.thing"), fields([("name", "A".into())]));
    of.save(new).expect("saves").0.reference
}

fn staff(kapok: &Kapok, login: &str) -> Staff {
    let token = kapok.create_token(login, "test").expect("a person");
    kapok.token(token.reveal()).expect("reads").expect("active")
}

fn code<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "done".into(),
        Err(error) => error
            .refusal()
            .map_or_else(|| error.to_string(), |refusal| refusal.code.clone()),
    }
}

#[test]
fn a_plugin_can_say_whose_but_not_as_whom() {
    let folder = tempfile::tempdir().expect("a folder");
    let kapok = company(folder.path());
    let own = process("own", &task_for("<kapok:initiator/>"));
    kapok.deploy(&own).expect("deploys");
    let [victim, caller] = ["he.junjie", "li.na"].map(|login| staff(&kapok, login));
    let case = victim.start("own", Fields::new(), None, None).expect("starts");
    let task = kapok.tasks(case).expect("reads")[0].task.id;
    // The record's id must be known to the plugin, and the entity to whoever saves it: so it is installed twice.
    let nothing = RecordRef {
        entity: Entity::new("test.thing"),
        id: kapok::protocol::RecordId::new(1).expect("an id"),
    };
    let install = |package: &PluginPackage| kapok.install_plugin(package, None, true).expect("installs");
    install(&forger(task, &nothing));
    let (others, own) = (thing(&victim), thing(&caller));
    install(&forger(task, &others));

    let finish = |by: &Staff| code(by.run_action(&own, "test.finish", Fields::new()));
    let change = |by: &Staff| code(by.run_action(&own, "test.change", Fields::new()));
    assert_eq!(finish(&caller), "task.not-yours");
    assert_eq!(change(&caller), "forbidden");
    assert_eq!(kapok.tasks(case).expect("reads").len(), 1, "nothing was done");
    assert_eq!(kapok.record(&others).expect("reads").version, 1);

    // Whoever may do these things may do them through the plugin.
    assert_eq!(change(&victim), "done");
    assert_eq!(finish(&victim), "done");
    assert_eq!(kapok.tasks(case).expect("reads").len(), 0);
    assert_eq!(kapok.record(&others).expect("reads").created_by, Some(victim.person()));
}

#[test]
fn the_saves_of_one_command_share_an_instance_and_others_do_not() {
    // Leaves a record as it is at the first call of an instance, and traps at a second.
    let once = "(if (i32.load (i32.const 2048)) (then unreachable)) (i32.store (i32.const 2048) (i32.const 1))
        (call $answer (i32.const 0) (local.get 11) (local.get 12))";
    let folder = tempfile::tempdir().expect("a folder");
    let kapok = company(folder.path());
    let hooks = "[hooks]\nbefore_save = ['test.thing']\n";
    kapok
        .install_plugin(&package(hooks, &[("before-save", once)]), None, true)
        .expect("installs");
    let [one, other] = ["he.junjie", "li.na"].map(|login| staff(&kapok, login));
    let things = [&one, &one, &other].map(thing);
    let rename = |by: &Staff, things: &[RecordRef]| -> Vec<String> {
        let ids: Vec<_> = things.iter().map(|thing| thing.id).collect();
        let renamed = BulkAction::Update(fields([("name", "B".into())]));
        let answers = by.bulk(&Entity::new("test.thing"), &ids, &renamed).expect("answers");
        answers.into_iter().map(|(_, answer)| code(answer)).collect()
    };
    assert_eq!(rename(&one, &things[..2]), ["done", "plugin.fault"]);
    assert_eq!(rename(&one, &things[1..2]), ["done"]);
    assert_eq!(rename(&other, &things[2..]), ["done"]);
}
