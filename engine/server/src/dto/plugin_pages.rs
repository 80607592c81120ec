//! Pages that are put together from the host's widgets, and what frames on them ask for.

use std::collections::BTreeMap;

use kapok::{
    Aggregate, AggregateRow, FrameAnswer, FrameCall, Measure, RecordQuery,
    protocol::{Entity, Filter, Record, RecordId, RecordRef, Value},
    records::{self, ChartShape, Page, ShownRecords, Step, Widget, WidgetKind, Width},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ReportView, SortView, Text};

/// A page that one is offered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PluginPage {
    id: String,
    label: Text,
    widgets: Vec<WidgetView>,
}

/// One part of a page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WidgetView {
    id: String,
    label: Text,
    /// `full`, `half` or `third`.
    width: &'static str,
    #[serde(flatten)]
    content: WidgetContent,
}

/// What a widget shows. It holds no data: that is asked for where everybody asks for it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum WidgetContent {
    List {
        #[serde(flatten)]
        records: ShownRecordsView,
        sort: Option<SortView>,
        limit: usize,
    },
    Kanban {
        #[serde(flatten)]
        records: ShownRecordsView,
        field: String,
    },
    Calendar {
        #[serde(flatten)]
        records: ShownRecordsView,
        field: String,
        end_field: Option<String>,
    },
    Tree {
        #[serde(flatten)]
        records: ShownRecordsView,
        field: String,
    },
    Timeline {
        #[serde(flatten)]
        records: ShownRecordsView,
        field: String,
        limit: usize,
    },
    /// Of a `field`, unless it is the `count`.
    Number {
        entity: String,
        #[schema(value_type = Option<Object>)]
        filter: Option<Filter>,
        /// `count`, `sum`, `min` or `max`.
        measure: &'static str,
        field: Option<String>,
    },
    /// A named total.
    Total { total: String },
    Chart {
        entity: String,
        #[schema(value_type = Option<Object>)]
        filter: Option<Filter>,
        group: String,
        /// Of a group with dates: `day`, `week`, `month`, `quarter` or `year`.
        step: Option<&'static str>,
        /// The field that is added up; they are counted when there is none.
        sum: Option<String>,
        /// `bar` or `pie`.
        shape: &'static str,
    },
    Report {
        report: String,
        #[schema(value_type = Object)]
        inputs: BTreeMap<String, Value>,
    },
    /// A new record.
    Form {
        entity: String,
        #[schema(value_type = Object)]
        values: BTreeMap<String, Value>,
    },
    /// The form that starts a process.
    Start { process: String },
    /// A page of the plugin's own, whose file and calls have routes of their own.
    Frame { height: u32 },
}

/// Which records a widget shows.
#[derive(Debug, Serialize, ToSchema)]
struct ShownRecordsView {
    entity: String,
    /// The view they are taken from.
    view: Option<String>,
    #[schema(value_type = Option<Object>)]
    filter: Option<Filter>,
    /// Those of the entity when there are none.
    columns: Vec<String>,
}

impl From<Page> for PluginPage {
    fn from(page: Page) -> Self {
        Self {
            id: page.id,
            label: page.label.into(),
            widgets: page.widgets.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Widget> for WidgetView {
    fn from(widget: Widget) -> Self {
        Self {
            id: widget.id,
            label: widget.label.into(),
            width: match widget.width {
                Width::Full => "full",
                Width::Half => "half",
                Width::Third => "third",
            },
            content: widget.kind.into(),
        }
    }
}

impl From<ShownRecords> for ShownRecordsView {
    fn from(records: ShownRecords) -> Self {
        Self {
            entity: records.entity.to_string(),
            view: records.view,
            filter: records.filter,
            columns: records.columns,
        }
    }
}

impl From<WidgetKind> for WidgetContent {
    fn from(kind: WidgetKind) -> Self {
        match kind {
            WidgetKind::List { records, sort, limit } => Self::List {
                records: records.into(),
                sort: sort.as_ref().map(Into::into),
                limit,
            },
            WidgetKind::Kanban { records, field } => Self::Kanban {
                records: records.into(),
                field,
            },
            WidgetKind::Calendar {
                records,
                field,
                end_field,
            } => Self::Calendar {
                records: records.into(),
                field,
                end_field,
            },
            WidgetKind::Tree { records, field } => Self::Tree {
                records: records.into(),
                field,
            },
            WidgetKind::Timeline { records, field, limit } => Self::Timeline {
                records: records.into(),
                field,
                limit,
            },
            WidgetKind::Number {
                entity,
                filter,
                measure,
            } => {
                let (measure, field) = match measure {
                    records::Measure::Count => ("count", None),
                    records::Measure::Sum(field) => ("sum", Some(field)),
                    records::Measure::Min(field) => ("min", Some(field)),
                    records::Measure::Max(field) => ("max", Some(field)),
                };
                Self::Number {
                    entity: entity.to_string(),
                    filter,
                    measure,
                    field,
                }
            }
            WidgetKind::Total { total } => Self::Total { total },
            WidgetKind::Chart {
                entity,
                filter,
                group,
                step,
                sum,
                shape,
            } => Self::Chart {
                entity: entity.to_string(),
                filter,
                group,
                step: step.map(|step| match step {
                    Step::Day => "day",
                    Step::Week => "week",
                    Step::Month => "month",
                    Step::Quarter => "quarter",
                    Step::Year => "year",
                }),
                sum,
                shape: match shape {
                    ChartShape::Bar => "bar",
                    ChartShape::Pie => "pie",
                },
            },
            WidgetKind::Report { report, inputs } => Self::Report { report, inputs },
            WidgetKind::NewRecord { entity, values } => Self::Form {
                entity: entity.to_string(),
                values,
            },
            WidgetKind::Start { process } => Self::Start { process },
            WidgetKind::Frame { height, .. } => Self::Frame { height },
        }
    }
}

/// What a frame asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum FrameRequest {
    /// One record.
    Get { entity: String, id: String },
    /// The records that a filter keeps; 100 when there is no limit.
    Find {
        entity: String,
        #[schema(value_type = Option<Object>)]
        filter: Option<Filter>,
        /// Fields, with a `-` before one whose greatest value comes first.
        #[serde(default)]
        sort: Vec<String>,
        limit: Option<usize>,
    },
    /// Counts and sums, by the values of fields.
    AddUp {
        entity: String,
        #[schema(value_type = Option<Object>)]
        filter: Option<Filter>,
        #[serde(default)]
        group: Vec<String>,
        measures: Vec<FrameMeasure>,
    },
    /// A new record.
    Create {
        entity: String,
        #[schema(value_type = Object)]
        fields: BTreeMap<String, Value>,
    },
    /// Other values in a record.
    Update {
        entity: String,
        id: String,
        #[schema(value_type = Object)]
        set: BTreeMap<String, Value>,
    },
    /// The rows of a report of the same plugin.
    RunReport {
        report: String,
        #[serde(default)]
        #[schema(value_type = Object)]
        inputs: BTreeMap<String, Value>,
    },
}

/// What is found out about each group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum FrameMeasure {
    /// How many there are.
    Count,
    /// What a field adds up to.
    Sum(String),
    /// Its least value.
    Min(String),
    /// Its greatest value.
    Max(String),
}

/// Records that a frame finds at once, when it does not say.
const FOUND: usize = 100;

impl FrameRequest {
    /// The call; `None` when it names a record that cannot be there.
    pub(crate) fn call(self) -> Option<FrameCall> {
        let reference = |entity: String, id: &str| {
            Some(RecordRef {
                entity: Entity::new(entity),
                id: id.parse::<RecordId>().ok()?,
            })
        };
        Some(match self {
            Self::Get { entity, id } => FrameCall::Get(reference(entity, &id)?),
            Self::Find {
                entity,
                filter,
                sort,
                limit,
            } => FrameCall::Find(RecordQuery {
                entity: Entity::new(entity),
                filter,
                sort: sort
                    .iter()
                    .map(|field| records::Sort::parse(field))
                    .map(|sort| (sort.field, sort.descending))
                    .collect(),
                limit: limit.unwrap_or(FOUND),
            }),
            Self::AddUp {
                entity,
                filter,
                group,
                measures,
            } => FrameCall::AddUp(Aggregate {
                entity: Entity::new(entity),
                filter,
                group,
                measures: measures.into_iter().map(Into::into).collect(),
            }),
            Self::Create { entity, fields } => FrameCall::Create {
                entity: Entity::new(entity),
                fields,
            },
            Self::Update { entity, id, set } => FrameCall::Update {
                record: reference(entity, &id)?,
                set,
            },
            Self::RunReport { report, inputs } => FrameCall::RunReport { report, inputs },
        })
    }
}

impl From<FrameMeasure> for Measure {
    fn from(measure: FrameMeasure) -> Self {
        match measure {
            FrameMeasure::Count => Self::Count,
            FrameMeasure::Sum(field) => Self::Sum(field),
            FrameMeasure::Min(field) => Self::Min(field),
            FrameMeasure::Max(field) => Self::Max(field),
        }
    }
}

/// What a frame is answered: the one that its call asks for.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct FrameReply {
    /// Of `get`; absent when there is none that the person sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<FrameRecord>,
    /// Of `find`.
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<Vec<FrameRecord>>,
    /// Of `add_up`.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<FrameGroup>>,
    /// Of `create`: the new record.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// Of `run_report`.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<ReportView>,
}

/// A record as a frame gets it.
#[derive(Debug, Serialize, ToSchema)]
struct FrameRecord {
    id: String,
    version: u64,
    owner: Option<String>,
    #[schema(value_type = Object)]
    fields: BTreeMap<String, Value>,
}

/// A group of records.
#[derive(Debug, Serialize, ToSchema)]
struct FrameGroup {
    #[schema(value_type = Vec<Object>)]
    keys: Vec<Value>,
    #[schema(value_type = Vec<Object>)]
    values: Vec<Value>,
}

impl From<Record> for FrameRecord {
    fn from(record: Record) -> Self {
        Self {
            id: record.id.to_string(),
            version: record.version,
            owner: record.owner.map(|owner| owner.to_string()),
            fields: record.fields,
        }
    }
}

impl From<AggregateRow> for FrameGroup {
    fn from(row: AggregateRow) -> Self {
        Self {
            keys: row.keys,
            values: row.values,
        }
    }
}

impl From<FrameAnswer> for FrameReply {
    fn from(answer: FrameAnswer) -> Self {
        let mut reply = Self::default();
        match answer {
            FrameAnswer::Record(record) => reply.record = record.map(Into::into),
            FrameAnswer::Records(records) => reply.records = Some(records.into_iter().map(Into::into).collect()),
            FrameAnswer::Groups(groups) => reply.groups = Some(groups.into_iter().map(Into::into).collect()),
            FrameAnswer::Created(id) => reply.id = Some(id.to_string()),
            FrameAnswer::Updated => {}
            FrameAnswer::Report(report) => reply.report = Some(report.into()),
        }
        reply
    }
}
