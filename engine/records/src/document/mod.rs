//! Definition documents as trees: what TOML files and the administrator's JSON have in common.
//!
//! Every value remembers where it stands, so that a mistake that only shows when layers are put together is still said
//! with its file and line.

mod grammar;
mod json;
mod node;
mod part;
mod schema;
mod shape;
mod toml;

pub(crate) use grammar::{DOCUMENT, ENTITY, MANIFEST, field_keys, widget_keys};
pub(crate) use json::{from_json, to_json};
pub(crate) use node::{Content, Node, Place};
pub(crate) use part::{Part, Problems, key_path};
pub(crate) use schema::schema;
pub(crate) use shape::{Key, Over, Shape, check};
pub(crate) use toml::from_toml;
