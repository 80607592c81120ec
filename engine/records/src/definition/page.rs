use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::{Entity, Filter, Text, Value};

use super::Sort;

/// A page that is put together from the host's widgets.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its stable id, such as `customers.desk`; what stands before the point is the plugin.
    pub id: String,
    /// What people call it.
    pub label: Text,
    /// Whom it is offered to: people with one of these roles, or everybody when there are none.
    pub roles: BTreeSet<String>,
    /// What stands on it, in order.
    pub widgets: Vec<Widget>,
}

/// One part of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Widget {
    /// Its name within the page.
    pub id: String,
    /// Its heading.
    pub label: Text,
    /// How much of the page's width it takes, where there is room.
    pub width: Width,
    /// What it shows.
    pub kind: WidgetKind,
}

/// A part of the width of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Width {
    /// All of it.
    #[default]
    Full,
    /// Half of it.
    Half,
    /// A third.
    Third,
}

/// What a widget shows. It holds no data: whoever looks at it asks for that with their own rights.
#[derive(Debug, Clone, PartialEq)]
pub enum WidgetKind {
    /// Rows.
    List {
        /// Which records.
        records: ShownRecords,
        /// How they are sorted; as the entity is, when absent.
        sort: Option<Sort>,
        /// How many rows at first.
        limit: usize,
    },
    /// A board with one lane for each choice of a field.
    Kanban {
        /// Which records.
        records: ShownRecords,
        /// The field that makes the lanes.
        field: String,
    },
    /// Days, weeks and months.
    Calendar {
        /// Which records.
        records: ShownRecords,
        /// Their day.
        field: String,
        /// Their last day.
        end_field: Option<String>,
    },
    /// Records below each other.
    Tree {
        /// Which records.
        records: ShownRecords,
        /// The field that names the one above.
        field: String,
    },
    /// What happened on which day, the newest first.
    Timeline {
        /// Which records.
        records: ShownRecords,
        /// Their moment.
        field: String,
        /// How many at first.
        limit: usize,
    },
    /// One figure over the records that a person may see.
    Number {
        /// Whose records.
        entity: Entity,
        /// Which of them.
        filter: Option<Filter>,
        /// What is found out about them.
        measure: Measure,
    },
    /// A named total.
    Total {
        /// Its id.
        total: String,
    },
    /// Figures beside each other.
    Chart {
        /// Whose records.
        entity: Entity,
        /// Which of them.
        filter: Option<Filter>,
        /// The field they are counted by.
        group: String,
        /// Of a field with dates: the span that counts as one.
        step: Option<Step>,
        /// The field that is added up; they are counted when there is none.
        sum: Option<String>,
        /// How it is drawn.
        shape: ChartShape,
    },
    /// The table of a plugin's report.
    Report {
        /// Its name.
        report: String,
        /// What it is told.
        inputs: BTreeMap<String, Value>,
    },
    /// A new record, to be filled in.
    NewRecord {
        /// Of this entity.
        entity: Entity,
        /// What it begins with, besides the entity's own defaults: values, or words such as `$today`.
        values: BTreeMap<String, Value>,
    },
    /// The form that starts a process.
    Start {
        /// The key of the process.
        process: String,
    },
    /// A page of the plugin's own, shut off from everything but the bridge.
    Frame {
        /// Where it lies in the plugin's package, such as `pages/map.html`.
        file: String,
        /// How high it is, in pixels.
        height: u32,
    },
}

/// Which records a widget shows, and what of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownRecords {
    /// Their entity.
    pub entity: Entity,
    /// The view it was taken from, so that the whole of it can be opened.
    pub view: Option<String>,
    /// Which of them.
    pub filter: Option<Filter>,
    /// Which fields, in order; those of the entity when there are none.
    pub columns: Vec<String>,
}

/// What is found out about records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// How many there are.
    Count,
    /// What a field adds up to.
    Sum(String),
    /// The least value of a field.
    Min(String),
    /// The greatest value of a field.
    Max(String),
}

/// A span of time that counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Step {
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    #[default]
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
}

/// How figures are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ChartShape {
    /// As bars.
    #[default]
    Bar,
    /// As parts of a circle.
    Pie,
}

impl Page {
    /// The plugin that its id names; an administrator's page has a name there that no plugin has.
    pub fn plugin(&self) -> &str {
        self.id.split('.').next().unwrap_or_default()
    }
}

impl WidgetKind {
    /// The entity whose records it shows or makes.
    pub fn entity(&self) -> Option<&Entity> {
        match self {
            Self::List { records, .. }
            | Self::Kanban { records, .. }
            | Self::Calendar { records, .. }
            | Self::Tree { records, .. }
            | Self::Timeline { records, .. } => Some(&records.entity),
            Self::Number { entity, .. } | Self::Chart { entity, .. } | Self::NewRecord { entity, .. } => Some(entity),
            Self::Total { .. } | Self::Report { .. } | Self::Start { .. } | Self::Frame { .. } => None,
        }
    }
}
