//! What plugins do in an engine, with the example `examples/plugin-hello` as it is built: `cargo xtask plugins` puts it where
//! this looks.

use std::{
    path::Path,
    sync::{Arc, Barrier},
    thread,
};

use kapok::{
    Company, Error, Kapok, ListQuery, ManualClock, PluginPackage, PluginSource, RecordSave, Staff,
    protocol::{Entity, RecordRef, Timestamp, Value},
    records::{FieldSet, Fields, ProcessGrant, ProcessGrants},
};

use crate::support::{fields, process, process_with, task_for};

const ACCOUNT: &str = "hello.account";
const ORDER: &str = "hello.order";
const COMPANY: Company<'_> = Company {
    departments: include_str!("../../../../examples/company/departments.csv"),
    roles: include_str!("../../../../examples/company/roles.csv"),
    people: include_str!("../../../../examples/company/people.csv"),
    records: &[],
};

/// The plugin as it is built; `version` stands in the place of its own.
fn hello(version: &str) -> PluginSource {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/plugin-hello/dist");
    let read = |file: &str| {
        let told = |error| panic!("the example is not built ({file}: {error}): run `cargo xtask plugins` once");
        std::fs::read(folder.join(file)).unwrap_or_else(told)
    };
    let manifest = String::from_utf8(read("plugin.toml")).expect("UTF-8");
    PluginSource {
        origin: "hello/plugin.toml".into(),
        manifest: manifest.replace("version = \"0.2.0\"", &format!("version = \"{version}\"")),
        component: Some(read("plugin.wasm")),
        pages: PluginSource::read_pages(&folder).expect("reads"),
    }
}

fn package(version: &str) -> PluginPackage {
    PluginPackage::build(hello(version), Vec::new()).expect("packs")
}

struct World {
    kapok: Kapok,
    clock: Arc<ManualClock>,
}

fn clock() -> Arc<ManualClock> {
    // 2026-11-23T08:00:00Z
    Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)))
}

impl World {
    fn new() -> Self {
        let clock = clock();
        let built = Kapok::builder()
            .clock(clock.clone())
            .plugins(vec![hello("0.2.0")])
            .memory();
        Self::with(built.expect("opens"), clock)
    }

    fn with(kapok: Kapok, clock: Arc<ManualClock>) -> Self {
        if !kapok.has_company() {
            kapok.load_company(&COMPANY, "kapok-test").expect("the company");
        }
        Self { kapok, clock }
    }

    fn staff(&self, login: &str) -> Staff {
        let token = self.kapok.create_token(login, "test").expect("a person");
        self.kapok.token(token.reveal()).expect("reads").expect("active")
    }

    fn account(&self, seller: &Staff, limit: i64) -> RecordRef {
        let account = fields([("name", "A".into()), ("credit_limit", limit.into())]);
        saved(seller, ACCOUNT, account).expect("an account")
    }

    fn run(&self) {
        self.kapok.run_due().expect("runs");
    }

    fn field(&self, record: &RecordRef, name: &str) -> Value {
        let record = self.kapok.record(record).expect("a record");
        record.fields.get(name).cloned().unwrap_or_default()
    }
}

fn saved(seller: &Staff, entity: &str, fields: Fields) -> Result<RecordRef, Error> {
    seller
        .save(RecordSave::new(Entity::new(entity), fields))
        .map(|(view, _)| view.reference)
}

fn order(account: &RecordRef, amount: i64) -> Fields {
    fields([
        ("title", "T".into()),
        ("account", account.id.to_string().into()),
        ("amount", amount.into()),
    ])
}

fn code<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "done".into(),
        Err(error) => error
            .refusal()
            .map_or_else(|| error.to_string(), |refusal| refusal.code.clone()),
    }
}

fn pages(staff: &Staff) -> Vec<String> {
    let pages = staff.unread_pages(100).expect("reads");
    pages.into_iter().map(|page| page.text.en).collect()
}

#[test]
fn of_two_orders_at_the_same_moment_the_second_sees_the_first() {
    let world = World::new();
    let seller = world.staff("li.na");
    for _ in 0..10 {
        let account = world.account(&seller, 100);
        let at_once = Barrier::new(2);
        let outcomes = thread::scope(|scope| {
            let save = || {
                let seller = world.staff("li.na");
                let account = &account;
                let at_once = &at_once;
                scope.spawn(move || {
                    at_once.wait();
                    code(saved(&seller, ORDER, order(account, 60)))
                })
            };
            let both = [save(), save()];
            both.map(|thread| thread.join().expect("no panic"))
        });
        let mut outcomes = outcomes.to_vec();
        outcomes.sort();
        assert_eq!(outcomes, ["done", "hello.over-limit"]);
    }
}

#[test]
fn what_a_check_read_is_read_again_when_the_record_is_stored() {
    // The same without threads: the limit is lowered by another person's save between check and commit, again and again.
    let world = World::new();
    let seller = world.staff("li.na");
    let account = world.account(&seller, 100);
    assert_eq!(code(saved(&seller, ORDER, order(&account, 60))), "done");
    assert_eq!(code(saved(&seller, ORDER, order(&account, 60))), "hello.over-limit");
    let known = seller.record(&account).expect("a record");
    let raise = RecordSave::change(account.clone(), known.version, fields([("credit_limit", 200.into())]));
    seller.save(raise).expect("raised");
    assert_eq!(code(saved(&seller, ORDER, order(&account, 60))), "done");
}

#[test]
fn a_plugin_reacts_after_the_commit_with_the_rights_of_whoever_saved() {
    let world = World::new();
    let (seller, other) = (world.staff("li.na"), world.staff("he.junjie"));
    let account = world.account(&seller, 1_000);
    saved(&seller, ORDER, order(&account, 60)).expect("an order");
    assert_eq!(world.field(&account, "orders"), Value::Null, "not in the commit itself");
    world.run();
    assert_eq!(world.field(&account, "orders"), 1.into());
    assert_eq!(pages(&seller), ["A new order: T"]);

    // Somebody else may make orders for the account, but not change it: neither may the plugin, called by them.
    saved(&other, ORDER, order(&account, 60)).expect("an order");
    world.run();
    assert_eq!(world.field(&account, "orders"), 1.into());
    let admin = world.staff("admin").administrator().expect("an administrator");
    let work = admin.plugin_work().expect("reads");
    assert_eq!(work.len(), 1);
    assert_eq!((work[0].plugin.as_str(), work[0].next), ("hello", None));
    assert!(work[0].call.starts_with("after-save hello.order"), "{:?}", work[0]);
    let told = pages(&admin);
    assert!(
        told.iter()
            .any(|text| text.contains("hello") && text.contains("after-save")),
        "{told:?}"
    );
    admin.discard_plugin_work(work[0].id).expect("given up");
    assert!(admin.plugin_work().expect("reads").is_empty());
}

#[test]
fn an_action_is_offered_where_it_fits_and_has_the_rights_of_the_person() {
    let world = World::new();
    let (seller, other) = (world.staff("li.na"), world.staff("he.junjie"));
    let account = world.account(&seller, 1_000);
    let record = saved(&seller, ORDER, order(&account, 60)).expect("an order");
    let names = |staff: &Staff| -> Vec<String> {
        let actions = staff.actions(&record).expect("reads");
        actions.into_iter().map(|action| action.name).collect()
    };
    assert_eq!(names(&seller), ["hello.close", "hello.repeat"]);
    let close = |staff: &Staff, inputs: Fields| staff.run_action(&record, "hello.close", inputs);
    assert_eq!(
        code(close(&other, Fields::new())),
        "forbidden",
        "whoever may not change it cannot close it"
    );
    assert_eq!(
        code(close(&seller, fields([("colour", "red".into())]))),
        "input.unknown"
    );
    assert_eq!(
        code(seller.run_action(&record, "hello.open", Fields::new())),
        "not-found"
    );
    let text = close(&seller, fields([("note", "paid".into())])).expect("closed");
    assert_eq!(text.map(|text| text.en).as_deref(), Some("The order is closed."));
    assert_eq!(
        (world.field(&record, "status"), world.field(&record, "note")),
        ("closed".into(), "paid".into())
    );
    assert_eq!(names(&seller), ["hello.repeat"]);
    assert_eq!(code(close(&seller, Fields::new())), "action.not-now");
    // What is closed no longer counts.
    assert_eq!(code(saved(&seller, ORDER, order(&account, 1_000))), "done");
}

#[test]
fn what_an_action_changes_is_checked_one_after_another_and_stored_together() {
    let world = World::new();
    let seller = world.staff("li.na");
    let account = world.account(&seller, 100);
    let record = saved(&seller, ORDER, order(&account, 30)).expect("an order");
    let repeat = |times: i64| code(seller.run_action(&record, "hello.repeat", fields([("times", times.into())])));
    let orders = || {
        let query = ListQuery::all(Entity::new(ORDER), 50);
        seller.records(&query).expect("a list").count
    };
    // Each by itself would fit. The third one sees those before it, and nothing stays of them.
    assert_eq!((repeat(3), orders()), ("hello.over-limit".into(), 1));
    assert_eq!((repeat(2), orders()), ("done".into(), 3));
    assert_eq!((repeat(1), orders()), ("hello.over-limit".into(), 3));
    world.run();
    assert_eq!(world.field(&account, "orders"), 3.into());
}

#[test]
fn a_report_shows_what_its_reader_may_see() {
    let world = World::new();
    let seller = world.staff("li.na");
    let account = world.account(&seller, 1_000);
    for amount in [60, 40] {
        saved(&seller, ORDER, order(&account, amount)).expect("an order");
    }
    let rows = |login: &str| {
        world
            .staff(login)
            .run_report("hello.by-account", Fields::new())
            .expect("a report")
            .rows
    };
    assert_eq!(rows("li.na"), [vec!["A".into(), 2.into(), 100.into()]]);
    assert_eq!(
        rows("admin"),
        Vec::<Vec<Value>>::new(),
        "an administrator reads no business data"
    );
}

#[test]
fn a_report_is_offered_to_the_roles_it_is_for() {
    let clock = clock();
    let mut source = hello("0.2.0");
    let report = "[reports.\"hello.by-account\"]\n";
    assert!(source.manifest.contains(report));
    source.manifest = source
        .manifest
        .replace(report, &format!("{report}roles = [\"sales-manager\"]\n"));
    let built = Kapok::builder().clock(clock.clone()).plugins(vec![source]).memory();
    let world = World::with(built.expect("opens"), clock);
    for (login, offered) in [("wang.wei", true), ("li.na", false), ("admin", false)] {
        let staff = world.staff(login);
        let names: Vec<String> = staff.reports().into_iter().map(|report| report.name).collect();
        assert_eq!(names.contains(&"hello.by-account".to_owned()), offered, "{login}");
        let run = staff.run_report("hello.by-account", Fields::new());
        assert_eq!(code(run), if offered { "done" } else { "not-found" }, "{login}");
    }
    // One that is for nobody in particular is for everybody.
    let open = World::new();
    assert_eq!(open.staff("li.na").reports().len(), 1);
}

#[test]
fn what_is_scheduled_happens_once_for_every_moment_that_passed() {
    let world = World::new();
    let seller = world.staff("li.na");
    let account = world.account(&seller, 100);
    saved(&seller, ORDER, order(&account, 95)).expect("an order");
    world.run();
    let nearly = |staff: &Staff| {
        pages(staff)
            .iter()
            .filter(|text| text.contains("nearly reached"))
            .count()
    };
    assert_eq!(nearly(&seller), 0);
    let pass = |hours: i64| {
        use kapok::Clock;
        world.clock.move_to(world.clock.now().plus_millis(hours * 3_600_000));
        world.run();
    };
    pass(11);
    assert_eq!(nearly(&seller), 1, "two o'clock in company time has passed");
    pass(1);
    assert_eq!(nearly(&seller), 1);
    pass(72);
    assert_eq!(nearly(&seller), 2, "what was missed is made up for once");
}

#[test]
fn a_process_asks_a_plugin_who_gets_a_task_and_lets_it_work() {
    let world = World::new();
    let seller = world.staff("li.na");
    let account = world.account(&seller, 100);
    let record = saved(&seller, ORDER, order(&account, 60)).expect("an order");
    world.kapok.deploy(include_str!("hello.bpmn")).expect("deploys");
    let other = world.staff("he.junjie");
    let case = other
        .start("hello-check", Default::default(), None, Some(record))
        .expect("starts");
    assert_eq!(
        world.kapok.tasks(case).expect("reads").len(),
        0,
        "the plugin was not asked yet"
    );
    world.run();
    let tasks = world.kapok.tasks(case).expect("reads");
    assert_eq!(tasks[0].assignee.as_ref().map(|who| who.id), Some(seller.person()));
    let nothing = std::iter::empty::<(String, Value)>();
    world.kapok.complete(tasks[0].task.id, nothing).expect("done");
    world.run();
    assert_eq!(world.field(&account, "credit_limit"), 150.into());
    assert_eq!(
        world.kapok.variables(case).expect("reads").get("credit_limit"),
        Some(&150.into())
    );
}

#[test]
fn what_a_rule_reads_is_asked_for_when_its_process_is_published() {
    let world = World::new();
    let seller = world.staff("li.na");
    let account = world.account(&seller, 1_000);
    let model = process_with(
        "by-owner",
        "<kapok:subject entity=\"hello.order\"/>",
        "<bpmn:startEvent id=\"start\"/>",
        &task_for("<kapok:plugin rule=\"hello.account-owner\"/>"),
    );
    let admin = world.staff("admin").administrator().expect("an administrator");
    let (_, asked) = admin.examine(&model);
    let of_account = asked[0].needed.iter().find(|need| need.entity == Entity::new(ACCOUNT));
    let of_account = of_account.expect("the rule reads accounts");
    assert_eq!(of_account.fields, FieldSet::All, "it may be handed over as a whole");
    assert_eq!(of_account.because[0].code, "step");

    let deployed = world.kapok.deploy(&model).expect("deploys");
    let case = || {
        let record = saved(&seller, ORDER, order(&account, 60)).expect("an order");
        let case = seller.start("by-owner", Default::default(), None, Some(record));
        world.run();
        case.expect("starts")
    };
    let assignee = |case| {
        let tasks = world.kapok.tasks(case).expect("reads");
        tasks.first().and_then(|task| Some(task.assignee.as_ref()?.id))
    };
    assert_eq!(assignee(case()), Some(seller.person()));

    // Without that grant the rule would answer nobody, and nobody would know why.
    let mut without = ProcessGrants::default();
    let orders = ProcessGrant {
        read: FieldSet::All,
        ..ProcessGrant::default()
    };
    without.add(Entity::new(ORDER), orders);
    let id = deployed.definitions[0].id;
    admin.confirm_grants(id, without).expect("confirms");
    assert_eq!(assignee(case()), None);
    let incidents = admin.incidents(10).expect("reads");
    assert_eq!(incidents.len(), 1);
    let text = &incidents[0].row.text.en;
    assert!(text.contains("Account"), "{text}");
}

#[test]
fn a_rule_is_told_what_the_model_hands_over() {
    let world = World::new();
    let seller = world.staff("li.na");
    let account = world.account(&seller, 100);
    let rule =
        r#"<kapok:plugin rule="hello.account-owner"><kapok:input name="account">account</kapok:input></kapok:plugin>"#;
    world
        .kapok
        .deploy(&process("told", &task_for(rule)))
        .expect("deploys, and is granted to read accounts");
    let account = Value::from(account.id.to_string());
    let case = world.kapok.start("told", [("account", account)]).expect("starts");
    world.run();
    let tasks = world.kapok.tasks(case).expect("reads");
    assert_eq!(tasks[0].assignee.as_ref().map(|who| who.id), Some(seller.person()));
}

/// Several rules are all asked, each with its own inputs, as several persons and roles are all meant.
#[test]
fn whom_several_rules_name_gets_the_task() {
    let world = World::new();
    let sellers = ["li.na", "he.junjie"].map(|login| world.staff(login));
    let owned = sellers
        .each_ref()
        .map(|seller| world.account(seller, 100).id.to_string());
    let rule = |name: &str| {
        format!(
            r#"<kapok:plugin rule="hello.account-owner"><kapok:input name="account">{name}</kapok:input></kapok:plugin>"#
        )
    };
    let rules = format!("{}<kapok:person login=\"wang.wei\"/>{}", rule("first"), rule("second"));
    world
        .kapok
        .deploy(&process("several", &task_for(&rules)))
        .expect("deploys");
    let [first, second] = owned.map(Value::from);
    let case = world.kapok.start("several", [("first", first), ("second", second)]);
    let case = case.expect("starts");
    world.run();
    let tasks = world.kapok.tasks(case).expect("reads");
    let mut assigned: Vec<_> = tasks
        .iter()
        .filter_map(|task| Some(task.assignee.as_ref()?.id))
        .collect();
    assigned.sort();
    let mut expected = sellers.map(|seller| seller.person()).to_vec();
    expected.push(world.staff("wang.wei").person());
    expected.sort();
    assert_eq!(assigned, expected);
}

#[test]
fn a_plugin_comes_is_upgraded_switched_off_and_goes_while_the_engine_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || {
        let clock = clock();
        let kapok = Kapok::builder()
            .clock(clock.clone())
            .open(folder.path())
            .expect("opens");
        World::with(kapok, clock)
    };
    let world = open();
    let admin = world.staff("admin").administrator().expect("an administrator");
    let seller = world.staff("li.na");
    assert_eq!(
        code(saved(&seller, ORDER, Fields::new())),
        "not-found",
        "no such entity yet"
    );

    let plan = admin.plan_plugin(&package("0.1.0")).expect("a plan");
    assert_eq!((plan.from, plan.reasons.len(), plan.errors.len()), (None, 0, 0));
    assert!(plan.capabilities.records.contains_key(&Entity::new(ORDER)));
    admin.install_plugin(&package("0.1.0"), None, false).expect("installed");
    let account = world.account(&seller, 100);
    let record = saved(&seller, ORDER, order(&account, 60)).expect("an order");
    assert_eq!(code(saved(&seller, ORDER, order(&account, 60))), "hello.over-limit");
    world.run();

    // An order of 0.1, as it was before orders had a status.
    assert_eq!(world.field(&record, "status"), "open".into());
    let plan = admin.plan_plugin(&package("0.2.0")).expect("a plan");
    assert_eq!((plan.from.as_deref(), plan.migrates), (Some("0.1.0"), true));
    admin.install_plugin(&package("0.2.0"), None, false).expect("upgraded");
    assert_eq!(admin.plugin_work().expect("reads")[0].call, "migrate-data 0.1.0");
    world.run();
    assert!(admin.plugin_work().expect("reads").is_empty(), "its data is in order");
    assert_eq!(
        code(admin.install_plugin(&package("0.1.0"), None, false)),
        "plugin.cannot",
        "never back"
    );

    admin.enable_plugin("hello", false).expect("off");
    assert_eq!(code(saved(&seller, ORDER, order(&account, 1))), "plugin.not-running");
    assert!(seller.record(&record).is_ok(), "its records can be read");
    assert!(seller.actions(&record).expect("reads").is_empty());

    // It is all on the disk.
    drop((admin, seller, world));
    let world = open();
    let (admin, seller) = (world.staff("admin").administrator().expect("one"), world.staff("li.na"));
    let state = &admin.plugins()[0];
    assert_eq!(
        (state.version.as_str(), state.is_disabled, state.is_installed),
        ("0.2.0", true, true)
    );
    admin.enable_plugin("hello", true).expect("on");
    assert_eq!(code(saved(&seller, ORDER, order(&account, 60))), "hello.over-limit");

    assert_eq!(code(admin.remove_plugin("hello", false)), "definition.confirm");
    admin.remove_plugin("hello", true).expect("gone");
    assert_eq!(code(seller.record(&record)), "not-found");
    assert!(admin.plugins().is_empty());
    // Its data was kept.
    admin
        .install_plugin(&package("0.2.0"), None, false)
        .expect("there again");
    assert!(seller.record(&record).is_ok());
}

#[test]
fn what_was_not_granted_is_denied_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = clock();
    let kapok = Kapok::builder()
        .clock(clock.clone())
        .open(folder.path())
        .expect("opens");
    let world = World::with(kapok, clock);
    let package = package("0.2.0");
    let mut granted = package.manifest().expect("a manifest").capabilities;
    granted.records.remove(&Entity::new(ACCOUNT));
    world
        .kapok
        .install_plugin(&package, Some(&granted), false)
        .expect("installed");
    let seller = world.staff("li.na");
    let account = world.account(&seller, 100);
    let refused = saved(&seller, ORDER, order(&account, 60)).expect_err("it cannot read the account");
    let refusal = refused.refusal().expect("a reason");
    assert_eq!(refusal.code, "plugin.capability");
    assert!(
        refusal.text.en.contains("hello.account") && refusal.text.en.contains("grant"),
        "{refusal}"
    );
}
