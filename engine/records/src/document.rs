//! The sections of a definition file as they are written. Keyed tables ordered by `pos`, never arrays, so that layers
//! of definitions can be merged by key; unknown keys are errors.

use std::collections::BTreeMap;

use kapok_protocol::Text;
use serde::{Deserialize, de::IgnoredAny};
use toml::Spanned;

use crate::definition::Grants;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    #[serde(default)]
    pub(crate) entities: BTreeMap<Spanned<String>, EntitySection>,
    #[serde(default)]
    pub(crate) roles: BTreeMap<Spanned<String>, RoleSection>,
    #[serde(default)]
    pub(crate) permissions: BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Grants>>,
    // The other sections of a plugin's manifest: named here so that a misspelt one is an error, read by the plugin host.
    #[serde(rename = "plugin")]
    _plugin: Option<IgnoredAny>,
    #[serde(rename = "needs")]
    _needs: Option<IgnoredAny>,
    #[serde(rename = "capabilities")]
    _capabilities: Option<IgnoredAny>,
    #[serde(rename = "settings")]
    _settings: Option<IgnoredAny>,
    #[serde(rename = "handlers")]
    _handlers: Option<IgnoredAny>,
    #[serde(rename = "channels")]
    _channels: Option<IgnoredAny>,
    #[serde(rename = "hooks")]
    _hooks: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleSection {
    pub(crate) label: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntitySection {
    pub(crate) label: Text,
    pub(crate) title: Spanned<String>,
    pub(crate) fields: BTreeMap<Spanned<String>, FieldSection>,
    #[serde(default)]
    pub(crate) sections: BTreeMap<String, LabelSection>,
    #[serde(default)]
    pub(crate) columns: BTreeMap<Spanned<String>, i64>,
    pub(crate) sort: Option<Spanned<String>>,
    pub(crate) parent: Option<String>,
    pub(crate) history: Option<bool>,
    pub(crate) kanban: Option<String>,
    pub(crate) calendar: Option<String>,
    pub(crate) tree: Option<String>,
}

/// Something that has only a place and a name: a choice, a part of a form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabelSection {
    pub(crate) pos: i64,
    pub(crate) label: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldSection {
    pub(crate) pos: i64,
    pub(crate) label: Text,
    #[serde(rename = "type")]
    pub(crate) kind: Spanned<String>,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) read_only: bool,
    #[serde(default)]
    pub(crate) unique: bool,
    #[serde(default)]
    pub(crate) private: bool,
    pub(crate) default: Option<Scalar>,
    pub(crate) section: Option<Spanned<String>>,
    pub(crate) max_length: Option<usize>,
    pub(crate) scale: Option<u32>,
    pub(crate) min: Option<Scalar>,
    pub(crate) max: Option<Scalar>,
    pub(crate) currency: Option<String>,
    pub(crate) choices: Option<BTreeMap<String, LabelSection>>,
    pub(crate) entity: Option<String>,
    pub(crate) multiple: Option<bool>,
    pub(crate) pattern: Option<String>,
    pub(crate) columns: Option<BTreeMap<Spanned<String>, FieldSection>>,
}

/// A value in TOML. Numbers with a point are written as text, because TOML's own are floats.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Scalar {
    Bool(bool),
    Whole(i64),
    Text(String),
}
