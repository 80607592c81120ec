//! Plugins written by hand in WebAssembly's text form, so that these tests need no other toolchain; and a world for
//! them to run in.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use kapok_plugin_host::{
    Aggregate, AggregateRow, Call, Denial, FetchError, HostServices, HttpRequest, HttpResponse, Limits, LoadError,
    LogLevel, Manifest, OpenTask, Plugin, PluginHost, RecordQuery, Save, ServiceJob,
};
use kapok_protocol::{Entity, Principal, Record, RecordId, RecordRef, Timestamp, Value};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Where `plugins/wit` is.
const CONTRACT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/wit/kapok-plugin@0.2.0");

/// What remembers everything that plugins did.
#[derive(Default)]
pub struct World {
    pub requests: Mutex<Vec<HttpRequest>>,
    pub lines: Mutex<Vec<String>>,
    pub records: BTreeMap<RecordRef, Record>,
}

impl HostServices for World {
    fn record(&self, record: &RecordRef) -> Result<Option<Record>, Denial> {
        Ok(self.records.get(record).cloned())
    }

    fn query(&self, query: &RecordQuery) -> Result<Vec<Record>, Denial> {
        let of = self.records.iter().filter(|(record, _)| record.entity == query.entity);
        Ok(of.take(query.limit).map(|(_, record)| record.clone()).collect())
    }

    fn aggregate(&self, _: &Aggregate) -> Result<Vec<AggregateRow>, Denial> {
        Ok(Vec::new())
    }

    fn tasks(&self) -> Result<Vec<OpenTask>, Denial> {
        Ok(Vec::new())
    }

    fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        self.requests.lock().unwrap().push(request);
        Ok(HttpResponse {
            status: 200,
            headers: vec![],
            body: br#"{"id":"a1"}"#.to_vec(),
        })
    }

    fn log(&self, plugin: &str, _: LogLevel, message: &str) {
        self.lines.lock().unwrap().push(format!("{plugin}: {message}"));
    }
}

/// A host whose memory limit is reached soon. Time is ample, so that a slow machine fails no test.
pub fn host() -> PluginHost {
    PluginHost::new(Limits {
        memory: 4 << 20,
        hook_time: Duration::from_secs(60),
        ..Limits::default()
    })
    .unwrap()
}

/// Loads a plugin that was granted all that it asks for.
pub fn load(host: &PluginHost, manifest: Manifest, component: Option<&[u8]>) -> Result<Plugin, LoadError> {
    let granted = manifest.capabilities.clone();
    host.load(manifest, &granted, component)
}

pub fn call(world: &Arc<World>) -> Call {
    Call {
        principal: Principal::System,
        now: Timestamp::from_millis(1_795_420_800_000),
        settings: Arc::default(),
        services: world.clone(),
    }
}

/// A call with these settings.
#[allow(dead_code, reason = "not every test file needs it")]
pub fn call_with(world: &Arc<World>, settings: &[(&str, &str)]) -> Call {
    let settings = settings
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Call {
        settings: Arc::new(settings),
        ..call(world)
    }
}

/// A manifest of a plugin `test` with everything declared.
#[allow(dead_code, reason = "not every test file needs it")]
pub fn manifest(capabilities: &str) -> Manifest {
    let text = format!(
        "[plugin]\nid = 'test'\nversion = '0.1.0'\nlabel = {{ zh = '试', en = 'Test' }}\n\
         [capabilities]\n{capabilities}\n[hooks]\nbefore_save = ['test.thing']\n\
         [handlers.'test.run']\nlabel = {{ zh = '跑', en = 'Run' }}\n\
         [channels.sms]\nlabel = {{ zh = '短信', en = 'SMS' }}\n"
    );
    Manifest::parse("plugin.toml", &text).unwrap()
}

pub fn save(entity: &str, fields: &str) -> Save {
    Save {
        entity: Entity::new(entity),
        before: None,
        after: value(fields),
    }
}

pub fn job(handler: &str, inputs: &str) -> ServiceJob {
    ServiceJob {
        handler: handler.to_owned(),
        key: "7".to_owned(),
        inputs: value(inputs),
    }
}

pub fn value(json: &str) -> BTreeMap<String, Value> {
    serde_json::from_str(json).unwrap()
}

#[allow(dead_code, reason = "not every test file needs it")]
pub fn record(id: u64, fields: &str) -> Record {
    Record {
        id: RecordId::new(id).unwrap(),
        version: 1,
        owner: None,
        created_at: Timestamp::from_millis(0),
        created_by: None,
        updated_at: Timestamp::from_millis(0),
        fields: value(fields),
    }
}

/// A component whose exports do what `before_save` and `run_service` say: bodies of functions that leave the address
/// of their result. `$answer` is a function that makes a result of a discriminant, a pointer and a length.
#[allow(dead_code, reason = "not every test file needs it")]
pub fn component(before_save: &str, run_service: &str) -> Vec<u8> {
    let uses = |import: &str, name: &str| {
        let used = before_save.contains(name) || run_service.contains(name);
        if used { import.to_owned() } else { String::new() }
    };
    let log = uses(
        r#"(import "kapok:plugin/log@0.2.0" "write" (func $log (param i32 i32 i32)))"#,
        "$log",
    );
    let fetch = uses(
        r#"(import "kapok:plugin/http@0.2.0" "fetch" (func $fetch (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))"#,
        "$fetch",
    );
    let get = uses(
        r#"(import "kapok:plugin/records@0.2.0" "get" (func $get (param i32 i32 i64 i32)))"#,
        "$get",
    );
    let update = uses(
        r#"(import "kapok:plugin/records@0.2.0" "update" (func $update (param i32 i32 i64 i32 i32 i32)))"#,
        "$update",
    );
    let start = uses(
        r#"(import "kapok:plugin/processes@0.2.0" "start" (func $start (param i32 i32 i32 i32 i32 i64 i32 i32 i32)))"#,
        "$start",
    );
    let exit = uses(
        r#"(import "wasi:cli/exit@0.2.6" "exit" (func $exit (param i32)))"#,
        "$exit",
    );
    let text = format!(
        r#"(module
            {log} {fetch} {get} {update} {start} {exit}
            (table $table 1 funcref)
            (memory (export "memory") 48)
            (global $heap (mut i32) (i32.const 65536))
            (data (i32.const 16) "{{}}")
            (data (i32.const 32) "not JSON")
            (data (i32.const 48) "[1]")
            (data (i32.const 64) "\ff\fe")
            (data (i32.const 80) "GEThttp://localhost/")
            (data (i32.const 200) "test.thing")
            (data (i32.const 128) "{{\"deep\":[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]}}")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                (local $start i32)
                (local.set $start (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
                (global.set $heap (i32.add (local.get $start) (local.get 3)))
                (local.get $start))
            (func $answer (param $discriminant i32) (param $pointer i32) (param $length i32) (result i32)
                (i32.store (i32.const 1024) (local.get $discriminant))
                (i32.store (i32.const 1028) (local.get $pointer))
                (i32.store (i32.const 1032) (local.get $length))
                (i32.const 1024))
            (func $recurse (result i32) (i32.add (call $recurse) (i32.const 1)))
            (func (export "before-save")
                (param i32 i64 i32 i32 i32 i64 i64 i32 i64 i32 i32 i32 i32) (result i32)
                {before_save})
            (func (export "after-save")
                (param i32 i64 i32 i32 i64 i32 i32 i32 i32 i64 i64 i32 i64 i32 i32) (result i32) unreachable)
            (func (export "run-action") (param i32 i64 i32 i32 i64 i64 i32 i64 i32 i32 i32 i32) (result i32) unreachable)
            (func (export "run-service") (param i32 i64 i32 i32 i32 i32 i32 i32) (result i32)
                {run_service})
            (func (export "find-assignees") (param i32 i64 i32 i32 i32 i32 i32 i64 i32 i64 i32 i32) (result i32) unreachable)
            (func (export "run-report") (param i32 i64 i32 i32 i32 i32) (result i32) unreachable)
            (func (export "run-schedule") (param i32 i32) (result i32) unreachable)
            (func (export "migrate-data") (param i32 i32 i32 i32 i32) (result i32) unreachable)
            (func (export "send-message")
                (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
                unreachable))"#
    );
    let mut module = wat::parse_str(text).unwrap();
    let mut resolve = Resolve::default();
    resolve.push_dir(CONTRACT).unwrap();
    // A standard library brings imports of WASI along, so plugins have more of them than the contract names.
    resolve
        .push_str(
            "wasi.wit",
            "package wasi:cli@0.2.6; interface exit { exit: func(status: result); }",
        )
        .unwrap();
    let world = "package test:plugin; world built {
        include kapok:plugin/plugin@0.2.0;
        import wasi:cli/exit@0.2.6;
    }";
    let package = resolve.push_str("world.wit", world).unwrap();
    let world = resolve.select_world(&[package], Some("built")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .validate(true)
        .encode()
        .unwrap()
}
