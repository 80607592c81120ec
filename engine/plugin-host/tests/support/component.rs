//! Plugins written by hand in WebAssembly's text form, so that tests of what no compiler would make need no other toolchain.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Where `plugins/wit` is.
const CONTRACT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/wit/kapok-plugin@0.2.0");

/// Answers the empty object: a function that does nothing wrong.
#[allow(dead_code, reason = "not every test file needs it")]
pub const WELL: &str = "(call $answer (i32.const 0) (i32.const 16) (i32.const 2))";

/// The same for a function whose answer may be missing.
#[allow(dead_code, reason = "not every test file needs it")]
pub const ANSWERS_NOTHING: &str = "(call $answer (i32.const 0) (i32.const 0) (i32.const 0))";

/// What is imported, each when a body names it.
const IMPORTS: [(&str, &str); 12] = [
    (
        "$log",
        r#"(import "kapok:plugin/log@0.2.0" "write" (func $log (param i32 i32 i32)))"#,
    ),
    (
        "$setting",
        r#"(import "kapok:plugin/settings@0.2.0" "get" (func $setting (param i32 i32 i32)))"#,
    ),
    (
        "$secret",
        r#"(import "kapok:plugin/secrets@0.2.0" "get" (func $secret (param i32 i32 i32)))"#,
    ),
    (
        "$now",
        r#"(import "kapok:plugin/clock@0.2.0" "now" (func $now (result i64)))"#,
    ),
    (
        "$page",
        r#"(import "kapok:plugin/messages@0.2.0" "page" (func $page (param i64 i32 i32 i32 i32 i32)))"#,
    ),
    (
        "$fetch",
        r#"(import "kapok:plugin/http@0.2.0" "fetch" (func $fetch (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))"#,
    ),
    (
        "$get",
        r#"(import "kapok:plugin/records@0.2.0" "get" (func $get (param i32 i32 i64 i32)))"#,
    ),
    (
        "$create",
        r#"(import "kapok:plugin/records@0.2.0" "create" (func $create (param i32 i32 i32 i32 i32)))"#,
    ),
    (
        "$update",
        r#"(import "kapok:plugin/records@0.2.0" "update" (func $update (param i32 i32 i64 i32 i32 i32)))"#,
    ),
    (
        "$start",
        r#"(import "kapok:plugin/processes@0.2.0" "start" (func $start (param i32 i32 i32 i32 i32 i64 i32 i32 i32)))"#,
    ),
    (
        "$complete",
        r#"(import "kapok:plugin/processes@0.2.0" "complete"
            (func $complete (param i64 i32 i32 i32 i32 i32 i32 i32 i32)))"#,
    ),
    (
        "$exit",
        r#"(import "wasi:cli/exit@0.2.6" "exit" (func $exit (param i32)))"#,
    ),
];

/// The functions of the contract, with what they take.
const EXPORTS: [(&str, &str); 12] = [
    ("before-save", "i32 i64 i32 i32 i32 i64 i64 i32 i64 i32 i32 i32 i32"),
    (
        "after-save",
        "i32 i64 i32 i32 i64 i32 i32 i32 i32 i64 i64 i32 i64 i32 i32",
    ),
    ("run-action", "i32 i64 i32 i32 i64 i64 i32 i64 i32 i32 i32 i32"),
    ("run-service", "i32 i64 i32 i32 i32 i32 i32 i32"),
    ("find-assignees", "i32 i64 i32 i32 i32 i32 i32 i64 i32 i64 i32 i32"),
    ("run-report", "i32 i64 i32 i32 i32 i32"),
    ("run-schedule", "i32 i32"),
    ("migrate-data", "i32 i32 i32 i32 i32"),
    ("sign-in-address", "i32 i32 i32 i32 i32 i32"),
    ("who-signed-in", "i32 i32 i32 i32 i32 i32"),
    ("read-organisation", "i32 i32 i32 i32 i32"),
    (
        "send-message",
        "i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32",
    ),
];

/// A component whose `before-save` and `run-service` do what their bodies say.
#[allow(dead_code, reason = "not every test file needs it")]
pub fn component(before_save: &str, run_service: &str) -> Vec<u8> {
    component_with(&[("before-save", before_save), ("run-service", run_service)])
}

/// A component whose exports do what their bodies say, and trap when they have none. A body leaves the address of its
/// result. `$answer` is a function that makes a result of a discriminant, a pointer and a length.
pub fn component_with(bodies: &[(&str, &str)]) -> Vec<u8> {
    let is_used = |name: &&(&str, &str)| bodies.iter().any(|(_, body)| body.contains(name.0));
    let imports: String = IMPORTS.iter().filter(is_used).map(|(_, import)| *import).collect();
    let export = |(name, parameters): &(&str, &str)| {
        let body = bodies.iter().find(|(of, _)| of == name);
        let body = body.map_or("unreachable", |(_, body)| *body);
        format!("(func (export \"{name}\") (param {parameters}) (result i32) {body})\n")
    };
    let exports: String = EXPORTS.iter().map(export).collect();
    let text = format!(
        r#"(module
            {imports}
            (table $table 1 funcref)
            (memory (export "memory") 48)
            (global $heap (mut i32) (i32.const 65536))
            (data (i32.const 16) "{{}}")
            (data (i32.const 32) "not JSON")
            (data (i32.const 48) "[1]")
            (data (i32.const 64) "\ff\fe")
            (data (i32.const 80) "GEThttp://localhost/")
            (data (i32.const 128) "{{\"deep\":[[[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]]]]]}}")
            (data (i32.const 200) "test.thing")
            (data (i32.const 224) "{{\"owner\":\"2\"}}")
            (data (i32.const 256) "{{\"created_by\":\"2\"}}")
            (data (i32.const 288) "secret")
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
            {exports})"#
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
