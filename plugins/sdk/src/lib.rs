//! What a Kapok plugin written in Rust is made of: implement [`Plugin`], name it in [`export!`], and build the crate
//! for `wasm32-wasip2` as a `cdylib`.
//!
//! ```
//! use kapok_plugin_sdk::{Actor, Fields, Plugin, Refusal, Save};
//!
//! struct Customers;
//!
//! impl Plugin for Customers {
//!     fn before_save(_: Actor, save: Save) -> Result<Fields, Vec<Refusal>> {
//!         if save.after.get("name").is_none_or(|name| name == "") {
//!             return Err(vec![Refusal::new("customers.no-name", "请填写名称。", "Give it a name.").at("name")]);
//!         }
//!         Ok(save.after)
//!     }
//! }
//!
//! kapok_plugin_sdk::export!(Customers);
//! ```
//!
//! The contract behind it is `plugins/wit`. Keep the logic in functions of plain values: those are tested natively,
//! while the functions of [`http`], [`log`], [`records`], [`settings`] and [`clock`] exist only inside the host.

mod convert;
mod fields;
mod glue;
mod types;

/// The contract in Rust's words, generated from `plugins/wit`.
#[doc(hidden)]
#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated code")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../wit/kapok-plugin@0.1.0",
        world: "plugin",
        pub_export_macro: true,
        export_macro_name: "export_bindings",
        default_bindings_module: "kapok_plugin_sdk::bindings",
    });
}

pub use bindings::kapok::plugin::{
    clock, http, log, settings,
    types::{Actor, ChannelFailure, Message, MessageKind, Receipt, RecordRef, Refusal, Text},
};
pub use fields::{Fields, decimal, number};
#[doc(hidden)]
pub use glue::Glue;
pub use rust_decimal::Decimal;
pub use serde_json::{Value, json};
pub use types::{Answer, Job, Plugin, RecordChange, Save, ServiceFailure, StoredRecord};

/// Reading records with the caller's rights. Needs `records = true` under `[capabilities]`.
pub mod records {
    use crate::{RecordRef, StoredRecord, bindings::kapok::plugin::records, convert::record};

    /// The record as the caller may see it; `None` when there is none or the caller may not know of it.
    pub fn get(entity: &str, id: u64) -> Option<StoredRecord> {
        record(records::get(&RecordRef {
            entity: entity.to_owned(),
            id,
        })?)
    }
}

/// Makes a type that implements [`Plugin`] the plugin of this crate.
#[macro_export]
macro_rules! export {
    ($plugin:ty) => {
        const _: () = {
            type Exported = $crate::Glue<$plugin>;
    $crate::bindings::export_bindings!(Exported with_types_in $crate::bindings);
        };
    };
}
