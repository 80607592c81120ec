//! Records from files: what rows become, for whom, what is said of those that fail, and that all of it can be taken back.

use std::{path::Path, sync::Arc, thread, time::Duration};

use kapok::{
    Company, Export, ExportQuery, ImportMode, ImportOptions, ImportState, ImportView, Kapok, ListQuery, ManualClock,
    OnDuplicate, PluginSource, RecordView, SheetFormat, Staff,
    protocol::{Entity, ImportId, Timestamp},
};

use crate::support::{change, code};

const CUSTOMER: &str = "crm.customer";

const PLUGIN: &str = r#"
[plugin]
id = "crm"
version = "0.1.0"
label = { zh = "客户关系", en = "CRM" }

[dictionaries."crm.region"]
label = { zh = "地区", en = "Region" }
tree = true
[dictionaries."crm.region".entries]
zj = { pos = 1, label = { zh = "浙江", en = "Zhejiang" } }
hz = { pos = 2, label = { zh = "杭州", en = "Hangzhou" }, parent = "zj" }

[entities."crm.customer"]
label = { zh = "客户", en = "Customer" }
title = "name"
[entities."crm.customer".fields]
code = { pos = 1, type = "text", label = { zh = "编号", en = "Code" }, unique = true }
name = { pos = 2, type = "text", label = { zh = "名称", en = "Name" }, required = true }
level = { pos = 3, type = "choice", label = { zh = "级别", en = "Level" }, choices = { a = { pos = 1, label = { zh = "重点", en = "Key" } }, b = { pos = 2, label = { zh = "一般", en = "Other" } } } }
region = { pos = 4, type = "tree-choice", dictionary = "crm.region", label = { zh = "地区", en = "Region" } }
parent = { pos = 5, type = "reference", entity = "crm.customer", label = { zh = "上级客户", en = "Part of" } }
limit = { pos = 6, type = "money", currency = "CNY", label = { zh = "额度", en = "Limit" } }
phone = { pos = 7, type = "phone", label = { zh = "电话", en = "Phone" } }
cost = { pos = 8, type = "number", label = { zh = "成本", en = "Cost" } }
since = { pos = 9, type = "date", label = { zh = "合作日期", en = "Since" } }
[entities."crm.customer".duplicates.name]
fields = ["name"]
action = "warn"

[roles.clerk]
label = { zh = "录入员", en = "Clerk" }
[roles.seller]
label = { zh = "销售", en = "Seller" }
[permissions."crm.customer"]
clerk = { read = "all", create = "all", update = "all", import = "all", export = "all" }
seller = { read = "own", create = "own", update = "own", import = "own", export = "own" }
[field_rules."crm.customer".seller]
cost = "hidden"
phone = "masked"
limit = "read"
"#;

const COMPANY: Company<'static> = Company {
    departments: "code,name,parent,head\n",
    roles: "code,name\nadministrator,管理员\nclerk,录入员\nseller,销售\n",
    people: "login,name,phone,email,department,superior,roles\nclerk,文静,,,,,clerk\nseller,李娜,,,,,seller\n\
             nobody,周丽,,,,,\nroot,管理员,,,,,administrator\n",
    records: &[],
};

fn plugins() -> Vec<PluginSource> {
    vec![PluginSource {
        origin: "crm.toml".into(),
        manifest: PLUGIN.into(),
        component: None,
        pages: Default::default(),
    }]
}

fn start() -> Kapok {
    start_with_clock().0
}

fn start_with_clock() -> (Kapok, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
    let kapok = Kapok::builder()
        .clock(clock.clone())
        .plugins(plugins())
        .memory()
        .expect("opens");
    kapok.load_company(&COMPANY, "kapok-test").expect("the company");
    (kapok, clock)
}

fn staff(kapok: &Kapok, login: &str) -> Staff {
    let token = kapok.create_token(login, "test").expect("a person");
    kapok.token(token.reveal()).expect("reads").expect("active")
}

fn upload(staff: &Staff, file: &[u8]) -> Result<kapok::NewImport, kapok::Error> {
    let mut upload = staff.upload()?;
    upload.write(file)?;
    let file = upload.finish("客户.csv")?;
    staff.begin_import(&Entity::new(CUSTOMER), &file.hash, "客户.csv")
}

/// Brings a file in, with what is suggested for its columns.
fn begin(staff: &Staff, file: &str) -> (ImportId, ImportOptions) {
    let new = upload(staff, file.as_bytes()).expect("begins");
    let options = ImportOptions {
        columns: new.suggestion,
        ..ImportOptions::default()
    };
    (new.import.id, options)
}

fn run(kapok: &Kapok, staff: &Staff, id: ImportId, options: &ImportOptions) -> ImportView {
    staff.run_import(id, options).expect("runs");
    kapok.run_due().expect("runs");
    staff.import(id).expect("is there")
}

fn customers(staff: &Staff) -> Vec<RecordView> {
    let mut items = staff
        .records(&ListQuery::all(Entity::new(CUSTOMER), 200))
        .expect("lists")
        .items;
    items.reverse();
    items
}

fn text(record: &RecordView, field: &str) -> String {
    record
        .fields
        .get(field)
        .map(|value| value.as_text().map_or_else(|| value.to_string(), str::to_owned))
        .unwrap_or_default()
}

fn failures(staff: &Staff, id: ImportId) -> String {
    let (name, file) = staff.import_failures(id, SheetFormat::Csv).expect("a file");
    assert_eq!(name, "客户-失败行.csv");
    String::from_utf8(file).expect("UTF-8")
}

const FILE: &str = "编号,名称,级别,地区,上级客户,额度,电话,合作日期,负责人
C1,木棉科技,重点,浙江/杭州,C3,\"¥1,234.50\",138 0000 0001,2026年11月3日,seller
C2,木棉贸易,无此级别,,,abc,,2026-02-30,
C3,红棉集团,一般,hz,,100,,2026/1/5,周丽
C1,重复编号,,,,,,,
";

#[test]
fn rows_become_records_and_the_others_say_why_not() {
    let kapok = start();
    let clerk = staff(&kapok, "clerk");
    let (id, options) = begin(&clerk, FILE);
    let mapped: Vec<_> = options
        .columns
        .iter()
        .map(|column| column.as_deref().unwrap_or("-"))
        .collect();
    assert_eq!(
        mapped,
        [
            "code", "name", "level", "region", "parent", "limit", "phone", "since", "owner"
        ]
    );

    let preview = clerk.preview_import(id, &options).expect("previews");
    let outcomes: Vec<_> = preview.iter().map(|row| (row.row, row.outcome)).collect();
    assert_eq!(outcomes, [(2, "create"), (3, "fail"), (4, "create"), (5, "create")]);
    let shown = |field: &str| {
        preview[0]
            .values
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, text)| text.as_str())
    };
    assert_eq!(
        [
            shown("level"),
            shown("region"),
            shown("limit"),
            shown("since"),
            shown("parent")
        ],
        [
            Some("重点"),
            Some("浙江 / 杭州"),
            Some("1234.50"),
            Some("2026-11-03"),
            Some("C3")
        ]
    );
    let fields: Vec<_> = preview[1].reasons.iter().map(|(field, _)| field.as_deref()).collect();
    assert_eq!(fields, [Some("level"), Some("limit"), Some("since")]);

    // The dry run counts what the import then does, and stores nothing.
    clerk.check_import(id, &options).expect("checks");
    kapok.run_due().expect("runs");
    let checked = clerk.import(id).expect("is there");
    assert_eq!(checked.state, ImportState::Checked);
    assert!(customers(&clerk).is_empty());
    let said = failures(&clerk, id);
    let done = run(&kapok, &clerk, id, &options);
    assert_eq!(done.state, ImportState::Done);
    assert_eq!((done.counts.seen, done.counts.created, done.counts.failed), (4, 2, 2));
    assert_eq!(done.counts, checked.counts);
    assert_eq!(failures(&clerk, id), said);
    assert!(
        said.contains("无此级别") && said.contains("不在可选范围内") && said.contains("不是日期"),
        "{said}"
    );
    assert!(said.lines().count() == 3, "{said}");
    let (reasons, is_partial) = clerk.import_reasons(id).expect("is there");
    let reasons: Vec<_> = reasons
        .iter()
        .map(|reason| {
            (
                reason.field.as_deref().unwrap_or_default(),
                reason.count,
                reason.rows.clone(),
            )
        })
        .collect();
    assert_eq!(
        reasons,
        [
            ("level", 1, vec![3]),
            ("limit", 1, vec![3]),
            ("since", 1, vec![3]),
            ("code", 1, vec![5])
        ]
    );
    assert!(!is_partial);

    let records = customers(&clerk);
    assert_eq!(
        records.iter().map(|record| record.title.as_str()).collect::<Vec<_>>(),
        ["木棉科技", "红棉集团"]
    );
    let first = &records[0];
    assert_eq!(text(first, "limit"), "1234.5");
    assert_eq!(text(first, "region"), "hz");
    // The row it names stands further down in the file.
    assert_eq!(text(first, "parent"), records[1].reference.id.to_string());
    let owners: Vec<_> = records
        .iter()
        .map(|record| record.owner.as_ref().map(|who| who.name.as_str()))
        .collect();
    assert_eq!(owners, [Some("李娜"), Some("周丽")]);

    let listed = clerk.imports(Some(&Entity::new(CUSTOMER)), None, 10).expect("lists");
    assert_eq!(
        listed
            .iter()
            .map(|import| (import.name.as_str(), import.rows))
            .collect::<Vec<_>>(),
        [("客户.csv", 4)]
    );
    assert!(
        staff(&kapok, "seller")
            .imports(None, None, 10)
            .expect("lists")
            .is_empty()
    );
}

/// P11: whoever imports has the rights they have otherwise.
#[test]
fn an_import_has_the_rights_of_whoever_asks() {
    let kapok = start();
    let [clerk, seller, nobody] = ["clerk", "seller", "nobody"].map(|login| staff(&kapok, login));
    assert_eq!(code(upload(&nobody, FILE.as_bytes())), "forbidden");

    let file = "编号,名称,成本\nC1,木棉科技,5\n";
    let (id, options) = begin(&seller, file);
    assert_eq!(options.columns, [Some("code".into()), Some("name".into()), None]);
    let options = ImportOptions {
        columns: ["code", "name", "cost"].map(|field| Some(field.to_owned())).into(),
        ..options
    };
    for asked in [
        seller.check_import(id, &options).map(drop),
        seller.run_import(id, &options).map(drop),
        seller.preview_import(id, &options).map(drop),
    ] {
        let refusal = asked
            .expect_err("a hidden field")
            .refusal()
            .cloned()
            .expect("a refusal");
        assert_eq!(
            (refusal.code.as_str(), refusal.field.as_deref()),
            ("field.hidden", Some("cost"))
        );
    }
    // Somebody else's import is not there, whoever asks; nor is a file that somebody else brought in.
    assert_eq!(code(clerk.import(id)), "not-found");
    assert_eq!(code(clerk.run_import(id, &options)), "not-found");
    assert_eq!(code(clerk.import_failures(id, SheetFormat::Csv).map(drop)), "not-found");

    let options = ImportOptions {
        columns: vec![Some("code".into()), Some("name".into())],
        ..options
    };
    let done = run(&kapok, &seller, id, &options);
    assert_eq!(done.counts.created, 1);

    // A record that they do not see is neither found nor changed, and its code stays taken.
    let (id, options) = begin(&clerk, "编号,名称\nC9,别人的客户\n");
    assert_eq!(run(&kapok, &clerk, id, &options).counts.created, 1);
    let (id, options) = begin(
        &seller,
        "编号,名称,上级客户,负责人\nC9,改名,,\nC2,新的,别人的客户,\nC3,给别人,,文静\n",
    );
    let options = ImportOptions {
        mode: ImportMode::Both,
        key: Some("code".into()),
        ..options
    };
    let done = run(&kapok, &seller, id, &options);
    assert_eq!(
        (done.counts.created, done.counts.updated, done.counts.failed),
        (0, 0, 3)
    );
    let said = failures(&seller, id);
    assert!(said.contains("已被另一条记录使用"), "{said}");
    assert!(said.contains("找不到“别人的客户”"), "{said}");
    assert!(said.contains("不能为这个人新建记录"), "{said}");
    let kept = customers(&clerk);
    assert!(kept.iter().any(|record| record.title == "别人的客户"));
}

#[test]
fn records_are_found_by_a_key_and_changed() {
    let kapok = start();
    let clerk = staff(&kapok, "clerk");
    let (id, options) = begin(&clerk, "编号,名称,额度,成本\nC1,木棉科技,100,7\nC2,木棉贸易,200,8\n");
    assert_eq!(run(&kapok, &clerk, id, &options).counts.created, 2);

    let second = "编号,名称,额度,成本\nC1,木棉科技,150,\nC2,木棉贸易,200,\nC3,红棉集团,,1\n";
    let table = [
        // mode, what of existing ones, empty cells clear: created, updated, unchanged, skipped, failed
        (ImportMode::Create, OnDuplicate::Skip, false, [1, 0, 0, 2, 0]),
        (ImportMode::Create, OnDuplicate::Refuse, false, [1, 0, 0, 0, 2]),
        (ImportMode::Update, OnDuplicate::Refuse, false, [0, 1, 1, 0, 1]),
        (ImportMode::Both, OnDuplicate::Refuse, false, [1, 1, 1, 0, 0]),
        (ImportMode::Both, OnDuplicate::Refuse, true, [1, 2, 0, 0, 0]),
    ];
    for (mode, duplicates, clear_empty, expected) in table {
        let (id, options) = begin(&clerk, second);
        let options = ImportOptions {
            mode,
            duplicates,
            clear_empty,
            key: Some("code".into()),
            ..options
        };
        clerk.check_import(id, &options).expect("checks");
        kapok.run_due().expect("runs");
        let checked = clerk.import(id).expect("is there").counts;
        let done = run(&kapok, &clerk, id, &options);
        let counts = done.counts;
        let came = [
            counts.created,
            counts.updated,
            counts.unchanged,
            counts.skipped,
            counts.failed,
        ];
        assert_eq!(
            came,
            expected,
            "{mode:?} {duplicates:?} {clear_empty}: {}",
            failures(&clerk, id)
        );
        assert_eq!(checked, counts);
        clerk.undo_import(id).expect("undoes");
        kapok.run_due().expect("runs");
        let undone = clerk.import(id).expect("is there");
        assert_eq!(
            (undone.state, undone.counts.kept),
            (ImportState::Undone, 0),
            "{:?}",
            undone.kept
        );
        let left: Vec<_> = customers(&clerk)
            .iter()
            .map(|record| (text(record, "code"), text(record, "limit"), text(record, "cost")))
            .collect();
        let owned = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(left, [owned("C1", "100", "7"), owned("C2", "200", "8")], "{mode:?}");
    }
}

#[test]
fn what_is_probably_there_already_is_refused_skipped_or_made() {
    let kapok = start();
    let clerk = staff(&kapok, "clerk");
    let (id, options) = begin(&clerk, "名称\n木棉科技有限公司\n");
    assert_eq!(run(&kapok, &clerk, id, &options).counts.created, 1);
    for (duplicates, expected) in [
        (OnDuplicate::Refuse, [1, 0, 2]),
        (OnDuplicate::Skip, [1, 2, 0]),
        (OnDuplicate::Create, [3, 0, 0]),
    ] {
        let (id, options) = begin(&clerk, "名称\n木棉科技\n红棉集团\n红棉 集团\n");
        check_run_and_undo(&kapok, &clerk, id, &ImportOptions { duplicates, ..options }, expected);
    }
}

/// What a check says comes true: so many records are created, rows skipped, rows failed. Then it is undone.
fn check_run_and_undo(kapok: &Kapok, clerk: &Staff, id: ImportId, options: &ImportOptions, expected: [u64; 3]) {
    clerk.check_import(id, options).expect("checks");
    kapok.run_due().expect("runs");
    let checked = clerk.import(id).expect("is there").counts;
    let counts = run(kapok, clerk, id, options).counts;
    assert_eq!([counts.created, counts.skipped, counts.failed], expected, "{options:?}");
    assert_eq!(checked, counts, "{options:?}");
    clerk.undo_import(id).expect("undoes");
    kapok.run_due().expect("runs");
}

/// Whether by a rule that says so or by what only one record may have: what is there already is there already.
#[test]
fn rows_whose_unique_value_is_taken_are_skipped_where_that_is_wanted() {
    let kapok = start();
    let clerk = staff(&kapok, "clerk");
    let (id, options) = begin(&clerk, "编号,名称\nC1,木棉科技\n");
    assert_eq!(run(&kapok, &clerk, id, &options).counts.created, 1);
    for (duplicates, expected) in [(OnDuplicate::Refuse, [1, 0, 2]), (OnDuplicate::Skip, [1, 2, 0])] {
        let (id, options) = begin(&clerk, "编号,名称\nC1,改了名的\nC2,木棉贸易\nC2,红棉\n");
        check_run_and_undo(&kapok, &clerk, id, &ImportOptions { duplicates, ..options }, expected);
    }
}

#[test]
fn undoing_leaves_alone_what_somebody_changed_since() {
    let kapok = start();
    let clerk = staff(&kapok, "clerk");
    let (id, options) = begin(&clerk, "编号,名称\nC1,木棉科技\nC2,木棉贸易\nC3,红棉集团\n");
    run(&kapok, &clerk, id, &options);
    let records = customers(&clerk);
    clerk
        .save(change(&records[1].reference, 1, "name", "改过的".into()))
        .expect("saves");
    clerk.undo_import(id).expect("undoes");
    kapok.run_due().expect("runs");
    let undone = clerk.import(id).expect("is there");
    assert_eq!((undone.counts.undone, undone.counts.kept), (2, 1));
    assert_eq!(undone.kept.len(), 1);
    assert_eq!(undone.kept[0].0, records[1].reference.id);
    assert!(undone.kept[0].1.zh.contains("有人修改过"));
    assert_eq!(
        customers(&clerk)
            .iter()
            .map(|record| record.title.as_str())
            .collect::<Vec<_>>(),
        ["改过的"]
    );
    // What was made lies in the trash like anything that was deleted.
    let trash = clerk.trash(&Entity::new(CUSTOMER), None, 10).expect("reads").items;
    assert_eq!(trash.len(), 2);
    assert_eq!(code(clerk.undo_import(id)), "import.state");
}

/// What it takes to undo an import, and the rows that failed, are kept for a month; that there was one for ever.
#[test]
fn what_an_old_import_left_behind_goes() {
    use kapok::Clock;
    let (kapok, clock) = start_with_clock();
    let clerk = staff(&kapok, "clerk");
    let (id, options) = begin(&clerk, "名称,成本\n甲,1\n乙,x\n");
    run(&kapok, &clerk, id, &options);
    assert_eq!(failures(&clerk, id).lines().count(), 2);
    clock.move_to(clock.now().plus_millis(31 * 24 * 3_600_000));
    kapok.run_due().expect("runs");
    assert_eq!(failures(&clerk, id).lines().count(), 1, "the headings");
    assert_eq!(code(clerk.undo_import(id)), "import.too-old");
    assert_eq!(clerk.import(id).expect("is there").counts.created, 1);
    assert_eq!(customers(&clerk).len(), 1);
}

#[test]
fn an_import_can_be_cancelled_before_it_is_carried_out() {
    let kapok = start();
    let clerk = staff(&kapok, "clerk");
    let (id, options) = begin(&clerk, "名称\n甲\n");
    clerk.run_import(id, &options).expect("runs");
    assert_eq!(code(clerk.run_import(id, &options)), "import.state");
    let cancelled = clerk.cancel_import(id).expect("cancels");
    assert_eq!(cancelled.state, ImportState::Stopped);
    kapok.run_due().expect("runs");
    assert!(customers(&clerk).is_empty());
}

/// Somebody who leaves while the import waits stores nothing more.
#[test]
fn rights_count_when_rows_are_stored() {
    let kapok = start();
    let clerk = staff(&kapok, "clerk");
    let (id, options) = begin(&clerk, "名称\n甲\n");
    clerk.run_import(id, &options).expect("runs");
    let root = staff(&kapok, "root").administrator().expect("an administrator");
    root.leave(clerk.person(), staff(&kapok, "seller").person())
        .expect("leaves");
    kapok.run_due().expect("runs");
    let stopped = clerk.import(id).expect("is there");
    assert_eq!((stopped.state, stopped.counts.created), (ImportState::Stopped, 0));
    assert!(stopped.reason.is_some_and(|reason| reason.zh.contains("已停用")));
}

/// Whenever the program ends, the import goes on where it was, and no row is stored twice.
#[test]
fn an_import_goes_on_after_a_restart() {
    const ROWS: u64 = 3_000;
    let folder = tempfile::tempdir().expect("a folder");
    let open = |folder: &Path| Kapok::builder().plugins(plugins()).open(folder).expect("opens");
    let kapok = open(folder.path());
    kapok.load_company(&COMPANY, "kapok-test").expect("the company");
    let clerk = staff(&kapok, "clerk");
    let mut file = "名称,成本,上级客户\n".to_owned();
    for row in 0..ROWS {
        // Each names the one after it.
        file.push_str(&format!("客户 {row} 号,{row},客户 {} 号\n", (row + 1) % ROWS));
    }
    let (id, options) = begin(&clerk, &file);
    let options = ImportOptions {
        duplicates: OnDuplicate::Create,
        ..options
    };
    clerk.run_import(id, &options).expect("runs");
    let mut restarts = 0;
    let (mut kapok, mut clerk) = (kapok, clerk);
    let mut last = 0;
    loop {
        let import = clerk.import(id).expect("is there");
        match import.state {
            ImportState::Done => break,
            ImportState::Stopped => panic!("{:?}", import.reason),
            _ => {}
        }
        if import.counts.seen > last && restarts < 4 {
            last = import.counts.seen;
            restarts += 1;
            drop(clerk);
            drop(kapok);
            kapok = open(folder.path());
            clerk = staff(&kapok, "clerk");
        }
        thread::sleep(Duration::from_millis(1));
    }
    let done = clerk.import(id).expect("is there");
    assert!(restarts > 0);
    assert_eq!(
        (done.counts.seen, done.counts.created, done.counts.failed),
        (ROWS, ROWS, 0),
        "{}",
        failures_of(&clerk, id)
    );
    let mut seen = vec![0; ROWS as usize];
    let mut query = ListQuery::all(Entity::new(CUSTOMER), 200);
    let mut linked = 0;
    loop {
        let page = clerk.records(&query).expect("lists");
        for record in &page.items {
            let number = record.fields["cost"].as_number().expect("a number");
            seen[usize::try_from(number).expect("small")] += 1;
            linked += usize::from(record.fields.contains_key("parent"));
        }
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    assert!(seen.iter().all(|times| *times == 1), "each row once");
    // The last names the first, which names the second …: all but the one that would close the circle.
    assert!(linked as u64 >= ROWS - 64, "{linked}");
}

fn failures_of(staff: &Staff, id: ImportId) -> String {
    let (_, file) = staff.import_failures(id, SheetFormat::Csv).expect("a file");
    String::from_utf8(file).expect("UTF-8").chars().take(500).collect()
}

fn exported(staff: &Staff, format: SheetFormat, columns: &[&str]) -> Result<Vec<u8>, kapok::Error> {
    let query = ExportQuery {
        list: ListQuery::all(Entity::new(CUSTOMER), 0),
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        format,
    };
    let mut export: Export = staff.export(query)?;
    let mut file = Vec::new();
    while let Some(part) = export.next_part()? {
        file.extend(part);
    }
    Ok(file)
}

#[test]
fn an_export_shows_what_its_reader_sees() {
    let kapok = start();
    let [clerk, seller, nobody] = ["clerk", "seller", "nobody"].map(|login| staff(&kapok, login));
    let (id, options) = begin(
        &clerk,
        "编号,名称,级别,地区,额度,电话,成本,合作日期,负责人\nC1,'=1+1,重点,浙江/杭州,12.5,13812345678,77,2026-11-03,seller\nC2,乙,,,,,,,\n",
    );
    run(&kapok, &clerk, id, &options);
    let csv = |staff: &Staff, columns: &[&str]| {
        String::from_utf8(exported(staff, SheetFormat::Csv, columns).expect("exports")).expect("UTF-8")
    };
    assert_eq!(
        csv(
            &clerk,
            &[
                "code", "name", "level", "region", "limit", "phone", "cost", "since", "owner"
            ]
        ),
        "\u{feff}编号,名称,级别,地区,额度,电话,成本,合作日期,负责人\r\nC2,乙,,,,,,,文静\r\n\
         C1,'=1+1,重点,浙江 / 杭州,12.50,13812345678,77,2026-11-03,李娜\r\n"
    );
    let own = csv(&seller, &[]);
    assert!(own.contains("138****5678") && !own.contains("13812345678"), "{own}");
    assert!(
        !own.contains("成本") && !own.contains("77") && !own.contains("乙"),
        "{own}"
    );
    assert_eq!(
        code(exported(&seller, SheetFormat::Csv, &["cost"])),
        "list.field-unknown"
    );
    assert_eq!(code(exported(&nobody, SheetFormat::Csv, &[])), "not-found");

    // A workbook of the same is read back as the same records.
    let file = exported(
        &clerk,
        SheetFormat::Xlsx,
        &["code", "name", "level", "region", "limit", "since"],
    )
    .expect("exports");
    let new = upload(&clerk, &file).expect("reads");
    let options = ImportOptions {
        columns: new.suggestion,
        mode: ImportMode::Update,
        key: Some("code".into()),
        ..ImportOptions::default()
    };
    let done = run(&kapok, &clerk, new.import.id, &options);
    assert_eq!(
        (done.counts.unchanged, done.counts.failed),
        (2, 0),
        "{}",
        failures_of(&clerk, new.import.id)
    );
}

#[test]
fn an_export_goes_on_from_page_to_page() {
    let kapok = start();
    let clerk = staff(&kapok, "clerk");
    let mut file = "名称,成本\n".to_owned();
    for row in 0..1_234 {
        file.push_str(&format!("客户{row},{row}\n"));
    }
    let (id, options) = begin(&clerk, &file);
    let options = ImportOptions {
        duplicates: OnDuplicate::Create,
        ..options
    };
    assert_eq!(run(&kapok, &clerk, id, &options).counts.created, 1_234);
    let file = String::from_utf8(exported(&clerk, SheetFormat::Csv, &["cost"]).expect("exports")).expect("UTF-8");
    let mut numbers: Vec<u32> = file
        .lines()
        .skip(1)
        .map(|line| line.parse().expect("a number"))
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..1_234).collect::<Vec<_>>());
}

#[test]
fn options_that_fit_nothing_are_refused() {
    let kapok = start();
    let clerk = staff(&kapok, "clerk");
    let (id, good) = begin(&clerk, "编号,名称\nC1,甲\n");
    let columns = |names: &[&str]| names.iter().map(|name| Some((*name).to_owned())).collect::<Vec<_>>();
    let table = [
        (
            "import.columns",
            ImportOptions {
                columns: columns(&["code", "name", "cost"]),
                ..good.clone()
            },
        ),
        (
            "import.field",
            ImportOptions {
                columns: columns(&["code", "no_such"]),
                ..good.clone()
            },
        ),
        (
            "import.field-twice",
            ImportOptions {
                columns: columns(&["name", "name"]),
                ..good.clone()
            },
        ),
        (
            "import.nothing",
            ImportOptions {
                columns: columns(&["owner"]),
                ..good.clone()
            },
        ),
        (
            "import.key-missing",
            ImportOptions {
                mode: ImportMode::Update,
                ..good.clone()
            },
        ),
        (
            "import.key",
            ImportOptions {
                mode: ImportMode::Both,
                key: Some("name".into()),
                ..good.clone()
            },
        ),
        (
            "import.key",
            ImportOptions {
                key: Some("cost".into()),
                ..good.clone()
            },
        ),
    ];
    for (expected, options) in table {
        assert_eq!(code(clerk.run_import(id, &options)), expected);
    }
}
