use super::{Key, Name, Over, Shape, disabled, field::COLUMNS, key, label, of, pos, required};

/// The kinds of widgets.
pub(crate) const WIDGETS: &[&str] = &[
    "list", "kanban", "calendar", "tree", "timeline", "number", "chart", "report", "form", "frame",
];

const RECORDS: &[&str] = &["list", "kanban", "calendar", "tree", "timeline", "number", "chart"];
const VIEWS: &[&str] = &["list", "kanban", "calendar", "tree"];

static WIDGETS_BY_ID: Shape = Shape::Map(Name::Word, &WIDGET);
static INPUTS: Shape = Shape::Map(Name::Word, &Shape::Value);
static VALUES: Shape = Shape::Map(Name::Field, &Shape::Value);

pub(super) static PAGE: Shape = Shape::Table(&[
    pos(),
    label(),
    key(
        "roles",
        &Shape::Names,
        Over::Free,
        "The roles it is offered to; everybody when absent.",
    ),
    required(key("widgets", &WIDGETS_BY_ID, Over::Free, "What stands on it.")),
    disabled(),
]);

/// The keys of a widget.
pub(crate) fn widget_keys() -> &'static [Key] {
    match &WIDGET {
        Shape::Table(keys) => keys,
        _ => &[],
    }
}

static WIDGET: Shape = Shape::Table(&[
    pos(),
    label(),
    required(key("kind", &Shape::Word(WIDGETS), Over::Never, "What it looks like.")),
    key(
        "width",
        &Shape::Word(&["full", "half", "third"]),
        Over::Free,
        "How much of the page's width it takes; full when absent.",
    ),
    of(
        &[
            "list", "kanban", "calendar", "tree", "timeline", "number", "chart", "form",
        ],
        key("entity", &Shape::Text, Over::Never, "Whose records it shows or makes."),
    ),
    of(
        VIEWS,
        key(
            "view",
            &Shape::Text,
            Over::Free,
            "The view of the entity that it shows.",
        ),
    ),
    of(
        RECORDS,
        key(
            "filter",
            &Shape::Filter,
            Over::Free,
            "Which records it shows, instead of a view.",
        ),
    ),
    of(
        &["list", "kanban", "tree", "timeline"],
        key(
            "columns",
            &COLUMNS,
            Over::Free,
            "The fields it shows, each with its place.",
        ),
    ),
    of(
        &["list"],
        key(
            "sort",
            &Shape::Text,
            Over::Free,
            "The field it is sorted by; -field for the greatest first.",
        ),
    ),
    of(
        &["kanban", "calendar", "tree", "timeline", "number", "chart"],
        key(
            "field",
            &Shape::Text,
            Over::Free,
            "The field that places a record, or that is measured.",
        ),
    ),
    of(
        &["calendar"],
        key("end_field", &Shape::Text, Over::Free, "The field with the last day."),
    ),
    of(
        &["list", "timeline"],
        key(
            "limit",
            &Shape::Whole,
            Over::Free,
            "How many records at first, 100 at most.",
        ),
    ),
    of(
        &["number", "chart"],
        key(
            "measure",
            &Shape::Word(&["count", "sum", "min", "max"]),
            Over::Free,
            "What is found out; the count when absent. A chart knows count and sum.",
        ),
    ),
    of(
        &["chart"],
        key(
            "group",
            &Shape::Text,
            Over::Free,
            "The field that records are counted by.",
        ),
    ),
    of(
        &["chart"],
        key(
            "step",
            &Shape::Word(&["day", "week", "month", "quarter", "year"]),
            Over::Free,
            "Of a field with dates, the span that counts as one; month when absent.",
        ),
    ),
    of(
        &["chart"],
        key(
            "shape",
            &Shape::Word(&["bar", "pie"]),
            Over::Free,
            "How it is drawn; as bars when absent.",
        ),
    ),
    of(
        &["number"],
        key(
            "total",
            &Shape::Text,
            Over::Never,
            "The named total it shows, instead of a measure.",
        ),
    ),
    of(
        &["report"],
        key("report", &Shape::Text, Over::Never, "The report it shows."),
    ),
    of(
        &["report"],
        key("inputs", &INPUTS, Over::Free, "What the report is told, by name."),
    ),
    of(
        &["form"],
        key(
            "process",
            &Shape::Text,
            Over::Never,
            "The process it starts, instead of making a record.",
        ),
    ),
    of(
        &["form"],
        key(
            "values",
            &VALUES,
            Over::Free,
            "What the new record begins with, by field.",
        ),
    ),
    of(
        &["frame"],
        key(
            "file",
            &Shape::Text,
            Over::Never,
            "The file in the plugin's package: pages/NAME.html.",
        ),
    ),
    of(
        &["frame"],
        key(
            "height",
            &Shape::Whole,
            Over::Free,
            "How high it is in pixels; 360 when absent.",
        ),
    ),
    disabled(),
]);
