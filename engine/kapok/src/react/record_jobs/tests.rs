//! A program that ends in the middle of work on many records goes on where it was.

use std::{fs, path::Path, sync::Arc};

use kapok_process::Directory;
use kapok_protocol::{Entity, RecordRef, Timestamp, Value};
use kapok_records::Fields;
use kapok_tables::{Queries, RecordJob, RecordJobState, RecordList, RecordTask};

use crate::{Company, Kapok, ManualClock, PluginSource, RecordSave, Staff};

/// So many that they are not done in two commits.
const ITEMS: usize = 600;
const ITEM: &str = "m.item";
const GROUP: &str = "m.group";

const BEFORE: &str = r#"
[plugin]
id = "m"
version = "0.1.0"
label = { zh = "测试", en = "Test" }

[entities."m.group"]
label = { zh = "组", en = "Group" }
title = "name"
[entities."m.group".fields]
name = { pos = 1, type = "text", label = { zh = "名称", en = "Name" } }

[entities."m.item"]
label = { zh = "项", en = "Item" }
title = "name"
[entities."m.item".fields]
name = { pos = 1, type = "text", label = { zh = "名称", en = "Name" } }
cost = { pos = 2, type = "text", label = { zh = "费用", en = "Cost" } }
group = { pos = 3, type = "reference", entity = "m.group", label = { zh = "组", en = "Group" } }

[permissions."m.group"]
everyone = { read = "all", create = "all", update = "all" }
[permissions."m.item"]
everyone = { read = "all", create = "all", update = "all" }
"#;

/// The next version: texts become numbers, twice a number is kept with it, and groups add theirs up.
const AFTER: [(&str, &str); 2] = [
    (
        "cost = { pos = 2, type = \"text\"",
        "double = { pos = 4, type = \"formula\", expression = \"cost * 2\", result = \"number\", label = { zh = \"两倍\", en = \"Double\" } }
cost = { pos = 2, type = \"number\"",
    ),
    (
        "[entities.\"m.group\".fields]",
        "[entities.\"m.group\".fields]
total = { pos = 2, type = \"roll-up\", entity = \"m.item\", field = \"group\", function = \"sum\", value = \"double\", label = { zh = \"合计\", en = \"Total\" } }",
    ),
];

const COMPANY: Company<'_> = Company {
    departments: "code,name,parent,head\n",
    roles: "code,name\nadministrator,管理员\n",
    people: "login,name,phone,email,department,superior,roles\nroot,管理员,,,,,administrator\n",
    records: &[],
};

fn upgraded() -> String {
    AFTER
        .into_iter()
        .fold(BEFORE.to_owned(), |manifest, (old, new)| manifest.replacen(old, new, 1))
}

fn open(folder: &Path, manifest: String) -> Kapok {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
    let plugin = PluginSource {
        origin: "test.toml".into(),
        manifest,
        component: None,
        pages: Default::default(),
    };
    let kapok = Kapok::builder().clock(clock).plugins(vec![plugin]).open(folder);
    kapok.unwrap_or_else(|error| panic!("{error}"))
}

fn root(kapok: &Kapok) -> Staff {
    kapok
        .staff(kapok.shared.organisation().person("root").expect("is there"))
        .expect("active")
}

/// The work with the plugin's records, the last begun first.
fn jobs(kapok: &Kapok) -> Vec<RecordJob> {
    let jobs = Queries(&kapok.shared.store.view()).record_jobs(100).expect("reads");
    let is_ours = |job: &RecordJob| kind(&job.task).1.as_str().starts_with("m.");
    jobs.into_iter().filter(is_ours).collect()
}

fn kind(task: &RecordTask) -> (&'static str, Entity) {
    match task {
        RecordTask::BackFill { entity, .. } => ("back-fill", entity.clone()),
        RecordTask::RollUps { entity } => ("roll-ups", entity.clone()),
        other => panic!("nobody asked for {other:?}"),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("a file").path();
        let target = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, target).expect("copied")),
        }
    }
}

#[test]
fn a_back_fill_that_is_cut_off_goes_on_and_fills_every_record() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let kapok = open(&data, BEFORE.to_owned());
    kapok.load_company(&COMPANY, "a good password").expect("the company");
    let mut groups = Vec::new();
    for number in 0..2 {
        let fields = Fields::from([("name".to_owned(), Value::from(format!("组 {number}")))]);
        groups.push(kapok.save(GROUP, None, fields).expect("saves").id);
    }
    for number in 0..ITEMS {
        let fields = [
            ("name", format!("项 {number}")),
            ("cost", number.to_string()),
            ("group", groups[number % 2].to_string()),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), Value::from(value)));
        kapok.save(ITEM, None, fields.into()).expect("saves");
    }
    drop(kapok);
    let kapok = open(&data, upgraded());
    let [item, group] = [ITEM, GROUP].map(Entity::new);
    let expected = [("back-fill", group.clone()), ("back-fill", item), ("roll-ups", group)];
    let mut begun: Vec<_> = jobs(&kapok).iter().map(|job| kind(&job.task)).collect();
    begun.reverse();
    assert_eq!(begun, expected, "in this order");
    // What was not filled yet is read as if it were, and can be changed.
    let first = RecordRef {
        entity: Entity::new(ITEM),
        id: records(&kapok, ITEM).pop().expect("one").0,
    };
    let staff = root(&kapok);
    let seen = staff.record(&first).expect("reads");
    assert_eq!((&seen.fields["cost"], seen.version), (&Value::from(0), 1));
    let fields = Fields::from([("cost".to_owned(), 1_000.into())]);
    staff.save(RecordSave::change(first, 1, fields)).expect("saves");

    // Killed before the first part, and behind each of the next ones.
    for parts in 0..6 {
        let killed = folder.path().join(format!("killed-{parts}"));
        copy(&data, &killed);
        finish(&killed, &format!("after {parts} parts"));
        super::advance(&kapok.shared, &kapok.writer).expect("goes on");
    }
}

/// All records of an entity, as they are stored.
fn records(kapok: &Kapok, entity: &str) -> Vec<(kapok_protocol::RecordId, Fields)> {
    let view = kapok.shared.store.view();
    let rows = Queries(&view).records(&RecordList::All(Entity::new(entity)), None, usize::MAX);
    let rows = rows.expect("reads").items.into_iter();
    rows.map(|row| (row.record.id, row.record.fields)).collect()
}

fn finish(folder: &Path, told: &str) {
    let kapok = open(folder, upgraded());
    kapok.run_due().expect("runs");
    let items = records(&kapok, ITEM);
    assert_eq!(items.len(), ITEMS, "{told}");
    for (id, fields) in items {
        let cost = fields["cost"]
            .as_number()
            .unwrap_or_else(|| panic!("{told}: {id} is as it was"));
        assert_eq!(
            fields["double"],
            Value::Number(cost * rust_decimal::Decimal::TWO),
            "{told}: {id}"
        );
    }
    // The newest three: the others were done before.
    for job in jobs(&kapok).into_iter().take(3) {
        assert_eq!((job.state, job.refused), (RecordJobState::Done, 0), "{told}: {job:?}");
        // Each record is looked at once, whenever the program ended.
        let expected = match &job.task {
            RecordTask::BackFill { entity, .. } if entity.as_str() == ITEM => ITEMS,
            _ => 2,
        };
        assert_eq!(job.seen as usize, expected, "{told}: {job:?}");
    }
    // The newest group first: twice 1 + 3 + … + 599, then twice 2 + 4 + … + 598 and the one that became 1,000.
    let totals: Vec<Value> = records(&kapok, GROUP)
        .into_iter()
        .map(|(id, _)| {
            let row = Queries(&kapok.shared.store.view()).roll_ups(&Entity::new(GROUP), id);
            row.expect("reads")
                .map_or(Value::Null, |row| row.values["total"].clone())
        })
        .collect();
    assert_eq!(totals, [Value::from(180_000), Value::from(181_400)], "{told}");
    let report = kapok.verify().expect("reads");
    assert!(report.is_sound(), "{told}: {report:#?}");
}
