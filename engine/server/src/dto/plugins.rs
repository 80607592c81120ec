//! Plugins: what they are and may do, what installing one would do, and what they offer to people.

use std::collections::BTreeMap;

use kapok::{
    Capabilities, InputType, InputView, OfferView, PluginPlan, PluginSetting, PluginState, PluginWorkView, ReportTable,
    SettingType, protocol, records::Change,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Text;

/// A plugin.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PluginView {
    id: String,
    version: String,
    label: Text,
    /// `on`, `off` or `failed`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Text>,
    handlers: Vec<String>,
    channels: Vec<String>,
    /// Everything that it offers.
    offers: Vec<PluginOfferView>,
    /// What it may do: as `[capabilities]` of its manifest.
    #[schema(value_type = Object)]
    granted: Capabilities,
    /// What people call what it may use: entities, and fields as `entity.field`.
    names: BTreeMap<String, Text>,
    /// Whether it was installed here, rather than coming with the program.
    installed: bool,
    /// What the administrator can set.
    settings: Vec<PluginSettingView>,
}

/// Something that the administrator can set for a plugin.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PluginSettingView {
    name: String,
    label: Text,
    /// `text`, `number`, `secret` or `map`. The last two stand in the configuration file.
    kind: &'static str,
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<i64>,
    /// That of a secret is never shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Whether it has a value.
    is_set: bool,
}

/// Values for what the administrator can set, by name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PluginSettings {
    pub(crate) settings: BTreeMap<String, String>,
}

/// Something that a plugin offers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PluginOfferView {
    /// `before-save`, `after-save`, `action`, `handler`, `assignee-rule`, `report`, `schedule` or `channel`.
    kind: &'static str,
    name: String,
    label: Text,
}

/// What installing a plugin would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PluginPlanView {
    plugin: PluginView,
    /// The version that is there now.
    from: Option<String>,
    /// What it asks for.
    #[schema(value_type = Object)]
    capabilities: Capabilities,
    /// What changes for records.
    changes: Vec<PluginChangeView>,
    /// Why it cannot be installed.
    errors: Vec<Text>,
    /// Whether it puts its data in order afterwards.
    migrates: bool,
    /// The processes and decisions that come with it.
    workflows: Vec<String>,
}

/// A change for records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PluginChangeView {
    text: Text,
    /// Whether it loses data, or takes it from sight.
    destructive: bool,
}

/// How a plugin is to be installed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Installing {
    /// What is granted, as JSON; everything that it asks for when it is absent.
    granted: Option<String>,
    /// Whether data may be lost, or taken from sight.
    #[serde(default)]
    pub(crate) confirm: bool,
}

impl Installing {
    pub(crate) fn granted(&self) -> Result<Option<Capabilities>, serde_json::Error> {
        self.granted.as_deref().map(serde_json::from_str).transpose()
    }
}

/// Whether it loses data.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirming {
    #[serde(default)]
    pub(crate) confirm: bool,
}

/// A call of a plugin that is still to be made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PluginWork {
    id: String,
    plugin: String,
    /// What it is called for, such as `after-save orders.order 7`.
    call: String,
    attempts: u32,
    /// When it is made next; `null` when it waits for a person.
    next: Option<String>,
    problem: Option<Text>,
}

/// Something that a plugin offers: an action, a report, a service task, or a rule that says who.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Offer {
    name: String,
    label: Text,
    inputs: Vec<OfferInput>,
}

/// Something to be filled in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferInput {
    name: String,
    label: Text,
    /// `text`, `number`, `boolean`, `date` or `record`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity: Option<String>,
    required: bool,
}

/// What was filled in.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filled {
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) inputs: BTreeMap<String, protocol::Value>,
}

/// What the person is told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionAnswer {
    pub(crate) text: Option<Text>,
}

/// The rows of a report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportView {
    columns: Vec<ReportColumn>,
    #[schema(value_type = Vec<Vec<Object>>)]
    rows: Vec<Vec<protocol::Value>>,
}

/// A column of a report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportColumn {
    name: String,
    label: Text,
    kind: &'static str,
}

fn kind(kind: InputType) -> &'static str {
    match kind {
        InputType::Text => "text",
        InputType::Number => "number",
        InputType::Boolean => "boolean",
        InputType::Date => "date",
        InputType::Record => "record",
    }
}

impl PluginView {
    /// `names` is what people call what the plugin may use.
    pub(crate) fn new(plugin: PluginState, names: BTreeMap<String, protocol::Text>) -> Self {
        Self {
            id: plugin.id,
            version: plugin.version,
            label: plugin.label.into(),
            state: match (plugin.is_disabled, &plugin.fault) {
                (true, _) => "off",
                (false, Some(_)) => "failed",
                (false, None) => "on",
            },
            reason: plugin.fault.map(Text::from),
            handlers: plugin.handlers,
            channels: plugin.channels,
            offers: plugin
                .offers
                .into_iter()
                .map(|offer| PluginOfferView {
                    kind: offer.kind,
                    name: offer.name,
                    label: offer.label.into(),
                })
                .collect(),
            granted: plugin.granted,
            names: names.into_iter().map(|(name, label)| (name, label.into())).collect(),
            installed: plugin.is_installed,
            settings: plugin.settings.into_iter().map(PluginSettingView::from).collect(),
        }
    }
}

impl From<PluginSetting> for PluginSettingView {
    fn from(of: PluginSetting) -> Self {
        Self {
            name: of.name,
            label: of.setting.label.into(),
            kind: match of.setting.kind {
                SettingType::Text => "text",
                SettingType::Number => "number",
                SettingType::Secret => "secret",
                SettingType::Map => "map",
            },
            required: of.setting.required,
            min: of.setting.min,
            max: of.setting.max,
            value: of.value,
            is_set: of.is_set,
        }
    }
}

impl From<PluginPlan> for PluginPlanView {
    fn from(plan: PluginPlan) -> Self {
        let errors = plan.errors.into_iter().map(|error| Text {
            zh: format!("{}（{}）", error.text.zh, error.path),
            en: format!("{} ({})", error.text.en, error.path),
        });
        Self {
            plugin: PluginView::new(plan.plugin, plan.names),
            from: plan.from,
            capabilities: plan.capabilities,
            changes: plan.changes.into_iter().map(PluginChangeView::from).collect(),
            errors: plan.reasons.into_iter().map(Text::from).chain(errors).collect(),
            migrates: plan.migrates,
            workflows: plan.workflows,
        }
    }
}

impl From<Change> for PluginChangeView {
    fn from(change: Change) -> Self {
        Self {
            text: change.text.into(),
            destructive: change.destructive,
        }
    }
}

impl From<PluginWorkView> for PluginWork {
    fn from(work: PluginWorkView) -> Self {
        Self {
            id: work.id.to_string(),
            plugin: work.plugin,
            call: work.call,
            attempts: work.attempts,
            next: work.next.map(|next| next.to_string()),
            problem: work.problem.map(Text::from),
        }
    }
}

impl From<OfferView> for Offer {
    fn from(offer: OfferView) -> Self {
        Self {
            name: offer.name,
            label: offer.label.into(),
            inputs: offer.inputs.into_iter().map(OfferInput::from).collect(),
        }
    }
}

impl From<InputView> for OfferInput {
    fn from(input: InputView) -> Self {
        Self {
            name: input.name,
            label: input.label.into(),
            kind: kind(input.kind),
            entity: input.entity,
            required: input.required,
        }
    }
}

impl From<ReportTable> for ReportView {
    fn from(table: ReportTable) -> Self {
        let columns = table.columns.into_iter().map(|(name, label, of)| ReportColumn {
            name,
            label: label.into(),
            kind: kind(of),
        });
        Self {
            columns: columns.collect(),
            rows: table.rows,
        }
    }
}
