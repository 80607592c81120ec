//! The contract in Rust's words, generated from `plugins/wit`.
#![allow(missing_docs, unsafe_code, clippy::all, reason = "generated code")]

wasmtime::component::bindgen!({
    path: "../../plugins/wit/kapok-plugin@0.2.0",
    world: "plugin",
    imports: { default: trappable },
});
