//! Plugins that do wrong. Each is stopped at its limit, its fault says which, and everybody else is unaffected.

mod support;

use std::{
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use kapok_plugin_host::{
    Call, FaultKind, FetchError, HostServices, HttpRequest, HttpResponse, Limits, LoadError, LogLevel, Manifest,
    Plugin, PluginHost,
};
use kapok_protocol::{Record, RecordRef};
use support::{World, call, component, host, job, manifest, save};

/// Answers the empty object: a plugin that does nothing wrong.
const WELL: &str = "(call $answer (i32.const 0) (i32.const 16) (i32.const 2))";

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
    let well = host.load(manifest(""), Some(&component(WELL, WELL))).unwrap();
    let (call, save) = (call(&world), save("test.thing", r#"{"a":1}"#));
    for (name, body, kind) in cases {
        let plugin = host.load(manifest(""), Some(&component(body, WELL))).unwrap();
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
    let plugin = host
        .load(manifest(""), Some(&component("(loop $l (br $l)) unreachable", WELL)))
        .unwrap();
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
    let plugin = host.load(manifest(""), Some(&component(body, WELL))).unwrap();
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
    let plugin = host
        .load(manifest("http = true"), Some(&component(&body, WELL)))
        .unwrap();
    assert!(plugin.before_save(&call(&world), &save("test.thing", "{}")).is_ok());
    assert!(world.requests.lock().unwrap().is_empty());
}

#[test]
fn a_fault_says_whether_something_had_left() {
    let (host, world) = (host(), Arc::new(World::default()));
    let body = format!("{FETCH} {FETCH} unreachable");
    let plugin = host
        .load(manifest("http = true"), Some(&component(WELL, &body)))
        .unwrap();
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
    let load = |manifest: Manifest, component: Option<&[u8]>| host.load(manifest, component).map(drop);
    let uses_http = component(&format!("{FETCH} {WELL}"), WELL);
    let refused = |result: Result<(), LoadError>| result.unwrap_err().text.en;
    assert!(refused(load(manifest(""), Some(&uses_http))).contains("http = true"));
    assert!(refused(load(manifest(""), Some(b"not a component"))).contains("cannot be used"));
    assert!(refused(load(manifest(""), Some(&wat::parse_str("(module)").unwrap()))).contains("cannot be used"));
    assert!(refused(load(manifest(""), None)).contains("cargo xtask plugins"));

    let plugin = host.load(manifest(""), Some(&component(WELL, WELL))).unwrap();
    let fault = plugin
        .before_save(&call(&world), &save("other.thing", "{}"))
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotDeclared);
    let fault = plugin.run_service(&call(&world), &job("test.walk", "{}")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotDeclared);
}

/// Calls the plugin once more whenever it logs.
#[derive(Default)]
struct Nested {
    plugin: OnceLock<Plugin>,
    faults: Mutex<Vec<FaultKind>>,
}

struct Outer(Arc<Nested>);

impl HostServices for Outer {
    fn record(&self, _: &RecordRef) -> Option<Record> {
        None
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
    let plugin = host.load(manifest(""), Some(&component(&body, WELL))).unwrap();
    let plugin = nested.plugin.get_or_init(|| plugin);
    let call = Call {
        services: Arc::new(Outer(nested.clone())),
        ..call(&Arc::default())
    };
    assert!(plugin.before_save(&call, &save("test.thing", "{}")).is_ok());
    assert_eq!(*nested.faults.lock().unwrap(), [FaultKind::Busy]);
    assert!(plugin.before_save(&call, &save("test.thing", "{}")).is_ok());
}
