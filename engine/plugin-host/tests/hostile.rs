//! Plugins that do wrong. Each is stopped at its limit, its fault says which, and everybody else is unaffected.

mod support;

use std::{
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use kapok_plugin_host::{
    Aggregate, AggregateRow, Call, CameBack, Capabilities, Denial, FaultKind, FetchError, HostServices, HttpRequest,
    HttpResponse, Intent, Limits, LoadError, LogLevel, Manifest, OpenTask, Plugin, PluginHost, RecordQuery, SignInCall,
};
use kapok_protocol::{Entity, PersonId, Principal, Record, RecordId, RecordRef};
use support::{
    WELL, World, call, call_with, component, component_with, host, job, load, manifest, record, save, value,
};

#[test]
fn a_plugin_that_does_wrong_is_stopped_and_others_go_on() {
    let cases = [
        ("traps", "unreachable", FaultKind::Trap),
        (
            "divides by zero",
            "(i32.div_u (i32.const 1) (i32.const 0))",
            FaultKind::Trap,
        ),
        ("recurses for ever", "(call $recurse)", FaultKind::Trap),
        (
            "wants more of WASI than it gets",
            "(call $exit (i32.const 0)) unreachable",
            FaultKind::Trap,
        ),
        (
            "eats memory",
            "(loop $l (drop (memory.grow (i32.const 8))) (br $l)) unreachable",
            FaultKind::Memory,
        ),
        (
            "fills tables",
            "(loop $l (drop (table.grow $table (ref.null func) (i32.const 10000))) (br $l)) unreachable",
            FaultKind::Memory,
        ),
        (
            "calls the host a million times",
            "(local $n i32) (loop $l (call $log (i32.const 1) (i32.const 16) (i32.const 2))
               (local.set $n (i32.add (local.get $n) (i32.const 1)))
               (br_if $l (i32.lt_u (local.get $n) (i32.const 1000000)))) unreachable",
            FaultKind::TooManyHostCalls,
        ),
        (
            "logs too much",
            "(call $log (i32.const 1) (i32.const 0) (i32.const 2000000)) unreachable",
            FaultKind::OutputTooLarge,
        ),
        (
            "logs a gibibyte bit by bit",
            "(local $n i32) (loop $l (call $log (i32.const 1) (i32.const 65536) (i32.const 1000000))
               (local.set $n (i32.add (local.get $n) (i32.const 1)))
               (br_if $l (i32.lt_u (local.get $n) (i32.const 1100)))) unreachable",
            FaultKind::OutputTooLarge,
        ),
        (
            "answers a gibibyte that it does not have",
            "(call $answer (i32.const 0) (i32.const 0) (i32.const 1073741824))",
            FaultKind::BadAnswer,
        ),
        (
            "answers too much",
            "(call $answer (i32.const 0) (i32.const 0) (i32.const 2000000))",
            FaultKind::OutputTooLarge,
        ),
        (
            "refuses too often",
            "(call $answer (i32.const 1) (i32.const 65536) (i32.const 60000))",
            FaultKind::OutputTooLarge,
        ),
        (
            "answers no JSON",
            "(call $answer (i32.const 0) (i32.const 32) (i32.const 8))",
            FaultKind::BadAnswer,
        ),
        (
            "answers no object",
            "(call $answer (i32.const 0) (i32.const 48) (i32.const 3))",
            FaultKind::BadAnswer,
        ),
        (
            "answers too deep",
            "(call $answer (i32.const 0) (i32.const 128) (i32.const 51))",
            FaultKind::BadAnswer,
        ),
        (
            "answers no UTF-8",
            "(call $answer (i32.const 0) (i32.const 64) (i32.const 2))",
            FaultKind::BadAnswer,
        ),
        (
            "answers from outside its memory",
            "(call $answer (i32.const 0) (i32.const -8) (i32.const 4))",
            FaultKind::BadAnswer,
        ),
        (
            "answers neither yes nor no",
            "(call $answer (i32.const 7) (i32.const 16) (i32.const 2))",
            FaultKind::BadAnswer,
        ),
        ("points nowhere", "(i32.const -4)", FaultKind::BadAnswer),
        (
            "refuses without a reason",
            "(call $answer (i32.const 1) (i32.const 0) (i32.const 0))",
            FaultKind::BadAnswer,
        ),
    ];
    let (host, world) = (host(), Arc::new(World::default()));
    let well = load(&host, manifest(""), Some(&component(WELL, WELL))).unwrap();
    let (call, save) = (call(&world), save("test.thing", r#"{"a":1}"#));
    for (name, body, kind) in cases {
        let plugin = load(&host, manifest(""), Some(&component(body, WELL))).unwrap();
        let fault = plugin.before_save(&call, &save).unwrap_err();
        assert_eq!(fault.kind, kind, "{name}: {fault}");
        assert_eq!(
            (fault.plugin.as_str(), fault.call.as_str()),
            ("test", "before-save test.thing")
        );
        assert!(!fault.contacted);
        assert_eq!(
            well.before_save(&call, &save),
            Ok(Ok(Default::default())),
            "after one that {name}"
        );
    }
}

#[test]
fn a_plugin_that_never_returns_is_stopped_and_others_go_on() {
    let limits = Limits {
        hook_time: Duration::from_millis(20),
        ..Limits::default()
    };
    let (host, world) = (PluginHost::new(limits).unwrap(), Arc::new(World::default()));
    let spins = component("(loop $l (br $l)) unreachable", WELL);
    let plugin = load(&host, manifest(""), Some(&spins)).unwrap();
    let fault = plugin
        .before_save(&call(&world), &save("test.thing", "{}"))
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::Timeout, "{fault}");
    assert!(plugin.run_service(&call(&world), &job("test.run", "{}")).is_ok());
}

#[test]
fn what_a_call_leaves_behind_the_next_one_does_not_see() {
    // Answers nothing at the first call of an instance, and traps at a second.
    let body = "(if (i32.load (i32.const 2048)) (then unreachable)) (i32.store (i32.const 2048) (i32.const 1))
        (call $answer (i32.const 0) (i32.const 16) (i32.const 2))";
    let (host, world) = (host(), Arc::new(World::default()));
    let plugin = load(&host, manifest(""), Some(&component(body, WELL))).unwrap();
    for _ in 0..3 {
        assert!(plugin.before_save(&call(&world), &save("test.thing", "{}")).is_ok());
    }
}

/// Sends a request and leaves its result at 4096.
const FETCH: &str = "(call $fetch (i32.const 80) (i32.const 3) (i32.const 83) (i32.const 17)
    (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4096))";

#[test]
fn a_check_before_saving_sends_nothing() {
    // Goes on only when the host answers `refused`.
    let body = format!(
        "{FETCH} (if (i32.ne (i32.load8_u (i32.const 4096)) (i32.const 1)) (then unreachable))
         (if (i32.load8_u (i32.const 4100)) (then unreachable)) {WELL}"
    );
    let (host, world) = (host(), Arc::new(World::default()));
    let plugin = load(&host, manifest("http = true"), Some(&component(&body, WELL))).unwrap();
    assert!(plugin.before_save(&call(&world), &save("test.thing", "{}")).is_ok());
    assert!(world.requests.lock().unwrap().is_empty());
}

#[test]
fn a_fault_says_whether_something_had_left() {
    let (host, world) = (host(), Arc::new(World::default()));
    let body = format!("{FETCH} {FETCH} unreachable");
    let plugin = load(&host, manifest("http = true"), Some(&component(WELL, &body))).unwrap();
    let fault = plugin.run_service(&call(&world), &job("test.run", "{}")).unwrap_err();
    assert!(fault.contacted && fault.kind == FaultKind::Trap, "{fault:?}");
    let requests = world.requests.lock().unwrap();
    let keys: Vec<_> = requests
        .iter()
        .flat_map(|request| &request.headers)
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(keys, ["7-0", "7-1"]);
    assert_eq!(
        (requests[0].method.as_str(), requests[0].url.as_str()),
        ("GET", "http://localhost/")
    );
}

#[test]
fn what_the_manifest_does_not_say_does_not_happen() {
    let (host, world) = (host(), Arc::new(World::default()));
    let load = |manifest: Manifest, component: Option<&[u8]>| load(&host, manifest, component).map(drop);
    let uses_http = component(&format!("{FETCH} {WELL}"), WELL);
    let refused = |result: Result<(), LoadError>| result.unwrap_err().text.en;
    assert!(refused(load(manifest(""), Some(&uses_http))).contains("http = true"));
    assert!(refused(load(manifest(""), Some(b"not a component"))).contains("cannot be used"));
    assert!(refused(load(manifest(""), Some(&wat::parse_str("(module)").unwrap()))).contains("cannot be used"));
    assert!(refused(load(manifest(""), None)).contains("kapok plugin build"));

    let plugin = support::load(&host, manifest(""), Some(&component(WELL, WELL))).unwrap();
    let fault = plugin
        .before_save(&call(&world), &save("other.thing", "{}"))
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotDeclared);
    let fault = plugin.run_service(&call(&world), &job("test.walk", "{}")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotDeclared);
}

/// Gets the record test.thing 9; its result lies at 4096: whether it was denied, whether there is one, and from 4104 on the
/// record, with the length of its fields at 4140.
const GET: &str = "(call $get (i32.const 200) (i32.const 10) (i64.const 9) (i32.const 4096))";
/// Wants the record test.thing 9 changed. Whether it was denied lies at 4096.
const UPDATE: &str =
    "(call $update (i32.const 200) (i32.const 10) (i64.const 9) (i32.const 16) (i32.const 2) (i32.const 4096))";
/// The same with its owner, or with who made it, at an address and of a length.
fn update_with(fields: usize, length: usize) -> String {
    format!(
        "(call $update (i32.const 200) (i32.const 10) (i64.const 9) (i32.const {fields}) (i32.const {length})
         (i32.const 4096))"
    )
}
/// Wants a new record test.thing with them.
fn create_with(fields: usize, length: usize) -> String {
    format!("(call $create (i32.const 200) (i32.const 10) (i32.const {fields}) (i32.const {length}) (i32.const 4096))")
}
/// Wants a case of the process `test.thing` started. Whether it was denied lies at 4096.
const START: &str =
    "(call $start (i32.const 200) (i32.const 10) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0)
    (i32.const 16) (i32.const 2) (i32.const 4096))";
const DENIED: &str = "(if (i32.ne (i32.load8_u (i32.const 4096)) (i32.const 1)) (then unreachable))";
const GIVEN: &str = "(if (i32.load8_u (i32.const 4096)) (then unreachable))";

const ALL: &str = "records.'test.thing' = ['read', 'create', 'update']\nprocesses = { start = ['*'] }";

#[test]
fn a_field_that_was_not_granted_is_not_there() {
    let thing = RecordRef {
        entity: Entity::new("test.thing"),
        id: RecordId::new(9).unwrap(),
    };
    let world = Arc::new(World {
        records: [(thing, record(9, r#"{"a":1,"secret":"salary"}"#))].into(),
        ..World::default()
    });
    let host = host();
    // Answers the fields of the record as the outputs of a service task.
    let answers =
        format!("{GET} {GIVEN} (call $answer (i32.const 0) (i32.load (i32.const 4144)) (i32.load (i32.const 4148)))");
    let code = component(WELL, &answers);
    let fields = |capabilities: &str| {
        let plugin = load(&host, manifest(capabilities), Some(&code)).unwrap();
        plugin
            .run_service(&call(&world), &job("test.run", "{}"))
            .unwrap()
            .unwrap()
            .answer
    };
    assert_eq!(fields(ALL), value(r#"{"a":1,"secret":"salary"}"#));
    let part = "records.'test.thing' = { actions = ['read'], fields = ['a'] }";
    assert_eq!(fields(part), value(r#"{"a":1}"#));

    // What it was not granted does not reach it in a check before saving either, and stays as it was.
    let echoes = component("(call $answer (i32.const 0) (local.get 11) (local.get 12))", WELL);
    let plugin = load(&host, manifest(part), Some(&echoes)).unwrap();
    let sizes = |text: &str| {
        plugin
            .before_save(&call(&world), &save("test.thing", text))
            .unwrap()
            .unwrap()
    };
    assert_eq!(sizes(r#"{"a":1,"secret":"x"}"#), value(r#"{"a":1,"secret":"x"}"#));
    let empties = load(&host, manifest(part), Some(&component(WELL, WELL))).unwrap();
    let kept = empties.before_save(&call(&world), &save("test.thing", r#"{"a":1,"secret":"x"}"#));
    assert_eq!(kept.unwrap().unwrap(), value(r#"{"secret":"x"}"#));
}

#[test]
fn what_the_administrator_does_not_grant_is_denied() {
    let (host, world) = (host(), Arc::new(World::default()));
    for action in [GET, UPDATE, START] {
        let code = component(WELL, &format!("{action} {DENIED} {WELL}"));
        let plugin = host.load(manifest(ALL), &Capabilities::default(), Some(&code)).unwrap();
        let done = plugin.run_service(&call(&world), &job("test.run", "{}"));
        assert_eq!(done.unwrap().unwrap().intents, [], "{action}");
    }
}

#[test]
fn a_check_before_saving_starts_and_changes_nothing() {
    let (host, world) = (host(), Arc::new(World::default()));
    for action in [UPDATE, START] {
        let code = component(
            &format!("{action} {DENIED} {WELL}"),
            &format!("{action} {GIVEN} {WELL}"),
        );
        let plugin = load(&host, manifest(ALL), Some(&code)).unwrap();
        assert!(
            plugin.before_save(&call(&world), &save("test.thing", "{}")).is_ok(),
            "{action}"
        );
        // The same in a service task is collected.
        let done = plugin
            .run_service(&call(&world), &job("test.run", "{}"))
            .unwrap()
            .unwrap();
        assert!(
            matches!(done.intents.as_slice(), [Intent::Update { .. } | Intent::Start { .. }]),
            "{:?}",
            done.intents
        );
    }
}

/// `{"owner":"2"}` and `{"created_by":"2"}`.
const OTHERS: [(usize, usize); 2] = [(224, 13), (256, 18)];

#[test]
fn a_plugin_does_not_say_whose_a_record_is_or_who_made_it() {
    let (host, world) = (host(), Arc::new(World::default()));
    for (fields, length) in OTHERS {
        for change in [update_with(fields, length), create_with(fields, length)] {
            let code = component(WELL, &format!("{change} {DENIED} {WELL}"));
            let plugin = load(&host, manifest(ALL), Some(&code)).unwrap();
            let done = plugin.run_service(&call(&world), &job("test.run", "{}"));
            assert_eq!(done.unwrap().unwrap().intents, [], "{change}");
        }
        let answers = format!("(call $answer (i32.const 0) (i32.const {fields}) (i32.const {length}))");
        let plugin = load(&host, manifest(ALL), Some(&component(&answers, WELL))).unwrap();
        let fault = plugin.before_save(&call(&world), &save("test.thing", "{}"));
        assert_eq!(fault.unwrap_err().kind, FaultKind::BadAnswer, "{answers}");
    }
}

#[test]
fn a_secret_is_no_setting_and_others_settings_are_not_there() {
    // Goes on only when the host answers nothing.
    let asks = format!(
        "(call $setting (i32.const 288) (i32.const 6) (i32.const 4096))
         (if (i32.load8_u (i32.const 4096)) (then unreachable)) {WELL}"
    );
    let (host, world) = (host(), Arc::new(World::default()));
    let code = component(WELL, &asks);
    let run = |manifest: Manifest, settings: &[(&str, &str)]| {
        let plugin = load(&host, manifest, Some(&code)).unwrap();
        plugin.run_service(&call_with(&world, settings), &job("test.run", "{}"))
    };
    let secret = "[settings.secret]\nlabel = { zh = '密', en = 'S' }\ntype = 'secret'\n";
    let with_secret = Manifest::parse("plugin.toml", &format!("{}{secret}", support::manifest_text(""))).unwrap();
    assert!(run(with_secret, &[("secret", "s3cret")]).is_ok());
    assert!(run(manifest(""), &[]).is_ok());
    // It would see one that is no secret.
    assert!(run(manifest(""), &[("secret", "s3cret")]).is_err());
}

#[test]
fn what_one_call_wants_done_is_bounded() {
    let (host, world) = (host(), Arc::new(World::default()));
    let body = format!(
        "(local $n i32) (loop $l {UPDATE} {GIVEN} (local.set $n (i32.add (local.get $n) (i32.const 1)))
         (br_if $l (i32.lt_u (local.get $n) (i32.const 1000)))) {UPDATE} {DENIED} {WELL}"
    );
    let plugin = load(&host, manifest(ALL), Some(&component(WELL, &body))).unwrap();
    let done = plugin
        .run_service(&call(&world), &job("test.run", "{}"))
        .unwrap()
        .unwrap();
    assert_eq!(done.intents.len(), 1000);
}

#[test]
fn a_session_keeps_its_instance_until_a_fault() {
    // Traps at every third call of an instance.
    let body = format!(
        "(i32.store (i32.const 2048) (i32.add (i32.load (i32.const 2048)) (i32.const 1)))
         (if (i32.eq (i32.load (i32.const 2048)) (i32.const 3)) (then unreachable)) {WELL}"
    );
    let (host, world) = (host(), Arc::new(World::default()));
    let plugin = load(&host, manifest(""), Some(&component(&body, WELL))).unwrap();
    let mut session = plugin.session();
    let mut calls = Vec::new();
    for _ in 0..6 {
        calls.push(session.before_save(&call(&world), &save("test.thing", "{}")).is_ok());
    }
    assert_eq!(calls, [true, true, false, true, true, false]);
}

#[test]
fn an_instance_is_not_shared_by_two_principals() {
    // Answers nothing at the first call of an instance, and traps at a second.
    let body = format!(
        "(if (i32.load (i32.const 2048)) (then unreachable)) (i32.store (i32.const 2048) (i32.const 1)) {WELL}"
    );
    let (host, world) = (host(), Arc::new(World::default()));
    let plugin = load(&host, manifest(""), Some(&component(&body, WELL))).unwrap();
    let mut session = plugin.session();
    let mut by = |principal: Principal| {
        let call = Call {
            principal,
            ..call(&world)
        };
        session.before_save(&call, &save("test.thing", "{}")).is_ok()
    };
    let person = |id: u64| Principal::Person(PersonId::new(id).unwrap());
    assert!(by(person(1)) && by(person(2)) && by(Principal::System) && by(person(1)));
    assert!(!by(person(1)), "the same principal goes on with the same instance");
}

#[test]
fn what_imports_the_whole_contract_is_stopped_where_its_manifest_ends() {
    // As an interpreter of its language does: it imports everything, and uses one thing.
    const WHOLE: &str = "(if (i32.const 0) (then
        (call $log (i32.const 1) (i32.const 16) (i32.const 2))
        (call $now) drop
        (call $setting (i32.const 288) (i32.const 6) (i32.const 4096))
        (call $secret (i32.const 288) (i32.const 6) (i32.const 4096))
        (call $page (i64.const 1) (i32.const 16) (i32.const 2) (i32.const 16) (i32.const 2) (i32.const 4096))))";
    let (host, world) = (host(), Arc::new(World::default()));
    let unused = format!("(if (i32.const 0) (then {GET} {START})) {WHOLE}");
    let code = component_with(&[
        ("before-save", WELL),
        ("run-service", &format!("{unused} {FETCH} {WELL}")),
    ]);
    let plugin = load(&host, manifest(""), Some(&code)).unwrap();
    assert!(plugin.before_save(&call(&world), &save("test.thing", "{}")).is_ok());
    let fault = plugin.run_service(&call(&world), &job("test.run", "{}")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotDeclared, "{fault}");
    assert!(fault.text.en.contains("http = true"), "{fault}");
    assert!(world.requests.lock().unwrap().is_empty());
    let plugin = load(&host, manifest("http = true"), Some(&code)).unwrap();
    assert!(plugin.run_service(&call(&world), &job("test.run", "{}")).is_ok());
}

/// Calls the plugin once more whenever it logs.
#[derive(Default)]
struct Nested {
    plugin: OnceLock<Plugin>,
    faults: Mutex<Vec<FaultKind>>,
}

struct Outer(Arc<Nested>);

impl HostServices for Outer {
    fn record(&self, _: &RecordRef) -> Result<Option<Record>, Denial> {
        Ok(None)
    }

    fn query(&self, _: &RecordQuery) -> Result<Vec<Record>, Denial> {
        Ok(Vec::new())
    }

    fn aggregate(&self, _: &Aggregate) -> Result<Vec<AggregateRow>, Denial> {
        Ok(Vec::new())
    }

    fn tasks(&self) -> Result<Vec<OpenTask>, Denial> {
        Ok(Vec::new())
    }

    fn fetch(&self, _: HttpRequest) -> Result<HttpResponse, FetchError> {
        Err(FetchError::Refused(String::new()))
    }

    fn log(&self, _: &str, _: LogLevel, _: &str) {
        let world = Arc::new(World::default());
        let inner = self
            .0
            .plugin
            .get()
            .unwrap()
            .before_save(&call(&world), &save("test.thing", "{}"));
        self.0
            .faults
            .lock()
            .unwrap()
            .extend(inner.err().map(|fault| fault.kind));
    }
}

#[test]
fn one_call_too_many_at_a_time_is_told_so() {
    let host = PluginHost::new(Limits {
        concurrent_calls: 1,
        ..Limits::default()
    })
    .unwrap();
    let body = format!("(call $log (i32.const 1) (i32.const 16) (i32.const 2)) {WELL}");
    let nested = Arc::new(Nested::default());
    let plugin = load(&host, manifest(""), Some(&component(&body, WELL))).unwrap();
    let plugin = nested.plugin.get_or_init(|| plugin);
    let call = Call {
        services: Arc::new(Outer(nested.clone())),
        ..call(&Arc::default())
    };
    assert!(plugin.before_save(&call, &save("test.thing", "{}")).is_ok());
    assert_eq!(*nested.faults.lock().unwrap(), [FaultKind::Busy]);
    assert!(plugin.before_save(&call, &save("test.thing", "{}")).is_ok());
}

/// A browser is sent to whole addresses only, nobody is nobody, and what was not declared is not asked.
#[test]
fn an_identity_source_is_believed_within_bounds() {
    let (host, world) = (host(), Arc::new(World::default()));
    let asked = |source: &str| SignInCall {
        source: source.to_owned(),
        return_to: "https://kapok.example.com/back".to_owned(),
        state: "s".to_owned(),
    };
    let back = CameBack {
        source: "door".to_owned(),
        return_to: String::new(),
        query: vec![("code".to_owned(), "c".to_owned())],
        key: "7".to_owned(),
    };
    // Without `GET` in front it is an address.
    let address = "(call $answer (i32.const 0) (i32.const 83) (i32.const 17))";
    let source = |body: &str| {
        let component = component_with(&[("sign-in-address", body), ("who-signed-in", body)]);
        load(&host, manifest(""), Some(&component)).unwrap()
    };
    let good = source(address);
    let sent = good.sign_in_address(&call(&world), &asked("door")).unwrap();
    assert_eq!(sent, Ok("http://localhost/".to_owned()));
    assert_eq!(
        good.who_signed_in(&call(&world), &back).unwrap(),
        Ok("http://localhost/".to_owned())
    );

    let fault = good.sign_in_address(&call(&world), &asked("window")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotDeclared);
    let fault = good
        .session()
        .read_organisation(&call(&world), "door", None, "7")
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotDeclared, "it only signs people in");
    let cases = [
        // "{}" leads nowhere; nothing at all is nobody either.
        (WELL, FaultKind::BadAnswer, None),
        (
            "(call $answer (i32.const 0) (i32.const 0) (i32.const 0))",
            FaultKind::BadAnswer,
            Some(FaultKind::BadAnswer),
        ),
        ("unreachable", FaultKind::Trap, Some(FaultKind::Trap)),
    ];
    for (body, address, who) in cases {
        let plugin = source(body);
        let fault = plugin.sign_in_address(&call(&world), &asked("door")).unwrap_err();
        assert_eq!(fault.kind, address, "{body}");
        let found = plugin.who_signed_in(&call(&world), &back);
        assert_eq!(found.err().map(|fault| fault.kind), who, "{body}");
    }
}
