//! What a Kapok plugin written in Rust is made of: implement [`Plugin`], name it in [`export!`], and build the crate
//! for `wasm32-wasip2` as a `cdylib` (`kapok plugin build` does that).
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
//! The contract behind it is `plugins/wit`. Keep the logic in functions of plain values: those are tested with `cargo test`,
//! while the functions of [`http`], [`log`], [`records`], [`processes`], [`messages`], [`settings`], [`secrets`] and [`clock`]
//! exist only inside the host. `kapok plugin test` runs the whole plugin in a host of its own, without a server.

mod convert;
mod fields;
mod glue;
pub mod processes;
pub mod records;
mod types;

/// The contract in Rust's words, generated from `plugins/wit`.
#[doc(hidden)]
#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated code")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../wit/kapok-plugin@0.2.0",
        world: "plugin",
        additional_derives: [PartialEq],
        pub_export_macro: true,
        export_macro_name: "export_bindings",
        default_bindings_module: "kapok_plugin_sdk::bindings",
    });
}

pub use bindings::kapok::plugin::{
    clock, http, log, messages, secrets, settings,
    types::{
        Actor, CameBack, ChannelFailure, Denial, Department, Identity, Message, MessageKind, OrganisationPart, Person,
        Receipt, RecordRef, Refusal, SignIn, SignInFailure, TechnicalFailure, Text,
    },
};
pub use fields::{Fields, decimal, number};
#[doc(hidden)]
pub use glue::Glue;
pub use rust_decimal::Decimal;
pub use serde_json::{Value, json};
pub use types::{Action, Failure, Job, Plugin, Report, Row, Rule, Save, Saved, ServiceFailure, StoredRecord};

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
