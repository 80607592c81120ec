//! Attached files: they stay as long as a record names them, go when none does, and are in every copy of the data.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use kapok::{
    Clock, Company, Kapok, ManualClock, PluginSource, RecordSave, Retention, Settings, Staff, UploadedFile, operate,
    protocol::{Entity, RecordRef, Timestamp, Value},
};

use crate::support::{code, fields};

const NOTE: &str = "docs.note";
/// 2026-11-23T08:00:00Z
const START: Timestamp = Timestamp::from_millis(1_795_420_800_000);

const PLUGIN: &str = r#"
[plugin]
id = "docs"
version = "0.1.0"
label = { zh = "资料", en = "Documents" }

[entities."docs.note"]
label = { zh = "资料", en = "Note" }
title = "name"
[entities."docs.note".fields]
name = { pos = 1, type = "text", label = { zh = "名称", en = "Name" } }
files = { pos = 2, type = "attachment", label = { zh = "附件", en = "Files" } }

[permissions."docs.note"]
everyone = { read = "own", create = "all", update = "own", delete = "own" }
"#;

const COMPANY: Company<'_> = Company {
    departments: "code,name,parent,head\n",
    roles: "code,name\n",
    people: "login,name,phone,email,department,superior,roles\nli.na,李娜,,,,,\n",
    records: &[],
};

struct World {
    kapok: Kapok,
    clock: Arc<ManualClock>,
    data: PathBuf,
    person: Staff,
}

impl World {
    fn open(data: &Path) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let plugin = PluginSource {
            origin: "docs.toml".into(),
            manifest: PLUGIN.into(),
            component: None,
            pages: Default::default(),
        };
        let retention = Retention {
            trash: Some(30),
            ..Retention::default()
        };
        let settings = Settings {
            retention,
            ..Settings::default()
        };
        let builder = Kapok::builder().clock(clock.clone()).settings(settings);
        let kapok = builder.plugins(vec![plugin]).open(data);
        let kapok = kapok.unwrap_or_else(|error| panic!("{error}"));
        if !kapok.has_company() {
            kapok.load_company(&COMPANY, "a good password").expect("the company");
        }
        let token = kapok.create_token("li.na", "test").expect("a token");
        let person = kapok.token(token.reveal()).expect("reads").expect("active");
        Self {
            kapok,
            clock,
            data: data.to_path_buf(),
            person,
        }
    }

    fn pass(&self, days: i64) {
        self.clock.move_to(self.clock.now().plus_millis(days * 24 * 3_600_000));
        self.kapok.run_due().expect("runs");
    }

    fn upload(&self, content: &str) -> UploadedFile {
        let mut upload = self.person.upload().expect("begins");
        upload.write(content.as_bytes()).expect("is taken");
        upload.finish("说明.txt").expect("is whole")
    }

    fn note(&self, files: &[&UploadedFile]) -> RecordRef {
        let save = RecordSave::new(
            Entity::new(NOTE),
            fields([("name", "资料".into()), ("files", named(files))]),
        );
        let saved = self.person.save(save);
        saved.unwrap_or_else(|error| panic!("{error}")).0.reference
    }

    fn change(&self, note: &RecordRef, files: &[&UploadedFile]) -> Result<(), kapok::Error> {
        let version = self.person.record(note).expect("reads").version;
        let save = RecordSave::change(note.clone(), version, fields([("files", named(files))]));
        self.person.save(save).map(drop)
    }

    fn is_there(&self, file: &UploadedFile) -> bool {
        self.data.join("files").join(&file.hash[..2]).join(&file.hash).is_file()
    }

    fn content(&self, note: &RecordRef, file: &UploadedFile) -> String {
        let mut text = String::new();
        let mut found = self.person.record_file(note, &file.hash).expect("is there");
        found.content.read_to_string(&mut text).expect("reads");
        text
    }
}

fn named(files: &[&UploadedFile]) -> Value {
    let file = |file: &&UploadedFile| {
        Value::Map(fields([
            ("file", file.hash.as_str().into()),
            ("name", file.name.as_str().into()),
            ("size", (file.size as i64).into()),
            ("type", file.media_type.as_str().into()),
        ]))
    };
    files.iter().map(file).collect::<Vec<_>>().into()
}

#[test]
fn a_file_stays_as_long_as_a_record_names_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::open(&folder.path().join("data"));
    let [used, unused, twice, deleted] = ["用", "不用", "两次", "删"].map(|content| world.upload(content));
    let note = world.note(&[&used, &twice]);
    let other = world.note(&[&twice]);
    let gone = world.note(&[&deleted]);
    world.pass(0);
    assert!(world.is_there(&unused), "whoever brought it in may still be writing");
    world.pass(2);
    assert!(!world.is_there(&unused), "nobody named it for a day");
    assert_eq!(code(world.change(&other, &[&twice, &unused])), "field.file");
    assert!([&used, &twice, &deleted].into_iter().all(|file| world.is_there(file)));

    // One of two names it no more; then neither does.
    world.change(&note, &[&used]).expect("saves");
    world.pass(2);
    assert!(world.is_there(&twice), "the other one still does");
    world.change(&other, &[]).expect("saves");
    world.pass(2);
    assert!(!world.is_there(&twice));
    assert_eq!(world.content(&note, &used), "用");

    // What is in the trash keeps its files, and brings them back; what leaves it lets them go.
    world.person.delete(&gone).expect("deletes");
    world.pass(20);
    assert!(world.is_there(&deleted));
    world.person.restore(&gone).expect("restores");
    assert_eq!(world.content(&gone, &deleted), "删");
    world.person.delete(&gone).expect("deletes");
    world.pass(31);
    assert!(!world.is_there(&deleted), "its record is gone for good");
    assert!(world.is_there(&used));

    // Brought in again, it is there again.
    let again = world.upload("不用");
    assert_eq!(again.hash, unused.hash);
    world.change(&other, &[&again]).expect("saves");
    assert_eq!(world.content(&other, &again), "不用");
}

#[test]
fn every_copy_of_the_data_has_the_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let world = World::open(&at("data"));
    let [named, unnamed] = ["合同正文", "草稿"].map(|content| world.upload(content));
    let note = world.note(&[&named]);
    let ok = |what: Result<(), kapok::protocol::Text>| what.unwrap_or_else(|text| panic!("{text}"));
    // While it is used.
    ok(operate::backup(&at("data"), &at("backup")).map(drop));
    drop(world);
    ok(operate::restore(&at("backup"), &at("restored"), None).map(drop));
    ok(operate::export(&at("data"), &at("export.jsonl"), START).map(drop));
    ok(operate::import(&at("export.jsonl"), &at("imported"), START).map(drop));
    for copy in ["backup", "restored", "imported"] {
        let verified = operate::verify(&at(copy), true).unwrap_or_else(|text| panic!("{text}"));
        assert!(verified.is_sound() && verified.rows.is_some(), "{copy}: {verified:#?}");
    }
    for copy in ["restored", "imported"] {
        let world = World::open(&at(copy));
        assert_eq!(world.content(&note, &named), "合同正文", "{copy}");
        // What was just brought in can be named in the copy too.
        world
            .change(&note, &[&named, &unnamed])
            .unwrap_or_else(|error| panic!("{copy}: {error}"));
        assert_eq!(world.content(&note, &unnamed), "草稿", "{copy}");
    }

    // A copy that lost one, or has another in its place, is not sound, and is not copied on.
    let place = |copy: &str| at(copy).join("files").join(&named.hash[..2]).join(&named.hash);
    fs::write(place("restored"), "合同改文").expect("writes");
    let verified = operate::verify(&at("restored"), true).unwrap_or_else(|text| panic!("{text}"));
    assert!(!verified.is_sound(), "another content of the same length");
    let refused = operate::backup(&at("restored"), &at("second")).expect_err("damaged");
    assert!(refused.en.contains("is damaged") && !refused.zh.is_empty(), "{refused}");
    fs::remove_file(place("imported")).expect("removes");
    let verified = operate::verify(&at("imported"), false).unwrap_or_else(|text| panic!("{text}"));
    let findings = verified.rows.expect("rows").findings;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].key, named.hash);
}
