use super::{
    Key, Name, Over, Shape, disabled,
    field::{COLUMNS, FIELDS},
    key, label, pos, required,
};

static SECTIONS_BY_ID: Shape = Shape::Map(Name::Word, &SECTION);
static UNIQUE_RULES: Shape = Shape::Map(Name::Word, &UNIQUE_RULE);
static DUPLICATE_RULES: Shape = Shape::Map(Name::Word, &DUPLICATE_RULE);
static INDEX_RULES: Shape = Shape::Map(Name::Word, &INDEX);
static RELATED_LISTS: Shape = Shape::Map(Name::Word, &RELATED_LIST);
static VIEWS_BY_ID: Shape = Shape::Map(Name::Word, &VIEW);

static SECTION: Shape = Shape::Table(&[pos(), label()]);

static UNIQUE_RULE: Shape = Shape::Table(&[required(key(
    "fields",
    &Shape::Names,
    Over::Never,
    "The fields that together no two records have alike.",
))]);

static DUPLICATE_RULE: Shape = Shape::Table(&[
    required(key(
        "fields",
        &Shape::Names,
        Over::Free,
        "The fields by which two records are probably the same, however they are written.",
    )),
    key(
        "action",
        &Shape::Word(&["warn", "refuse"]),
        Over::Free,
        "Whether the author is told and may go on, or the record is refused; warn when absent.",
    ),
    disabled(),
]);

static INDEX: Shape = Shape::Table(&[required(key(
    "fields",
    &Shape::Names,
    Over::Free,
    "The fields that lists are often sorted or narrowed by.",
))]);

static VIEW: Shape = Shape::Table(&[
    pos(),
    label(),
    key(
        "kind",
        &Shape::Word(&["list", "kanban", "calendar", "tree"]),
        Over::Free,
        "What it looks like; a list when absent.",
    ),
    key("filter", &Shape::Filter, Over::Free, "Which records it shows."),
    key(
        "columns",
        &COLUMNS,
        Over::Free,
        "The fields it shows, each with its place.",
    ),
    key(
        "sort",
        &Shape::Text,
        Over::Free,
        "The field it is sorted by; -field for the greatest first.",
    ),
    key(
        "field",
        &Shape::Text,
        Over::Free,
        "The field that places a record on the board, in the calendar or in the tree.",
    ),
    key(
        "end_field",
        &Shape::Text,
        Over::Free,
        "In a calendar, the field with the last day.",
    ),
    disabled(),
]);

static RELATED_LIST: Shape = Shape::Table(&[
    pos(),
    label(),
    required(key("entity", &Shape::Text, Over::Never, "Whose records are listed.")),
    required(key(
        "field",
        &Shape::Text,
        Over::Never,
        "Their reference field that names this record.",
    )),
    key(
        "kind",
        &Shape::Word(&["list", "tree"]),
        Over::Free,
        "What it looks like; a list when absent.",
    ),
    key(
        "columns",
        &COLUMNS,
        Over::Free,
        "The fields that are shown, each with its place.",
    ),
    disabled(),
]);

const ITS_FIELDS: Key = key("fields", &FIELDS, Over::Free, "Its fields.");
const ITS_SECTIONS: Key = key("sections", &SECTIONS_BY_ID, Over::Free, "The parts of its form.");
const ITS_COLUMNS: Key = key(
    "columns",
    &COLUMNS,
    Over::Free,
    "The fields of its list, each with its place.",
);
const UNIQUE: Key = key(
    "unique",
    &UNIQUE_RULES,
    Over::Free,
    "Fields that together no two records have alike.",
);
const DUPLICATES: Key = key(
    "duplicates",
    &DUPLICATE_RULES,
    Over::Free,
    "When two records are probably the same.",
);
const INDEXES: Key = key(
    "indexes",
    &INDEX_RULES,
    Over::Free,
    "What lists are often sorted or narrowed by.",
);
const RELATED: Key = key(
    "related",
    &RELATED_LISTS,
    Over::Free,
    "Lists of records that name this one, shown on its page.",
);
const VIEWS: Key = key("views", &VIEWS_BY_ID, Over::Free, "Ways to look at its records.");

/// An entity.
pub(crate) static ENTITY: Shape = Shape::Table(&[
    label(),
    required(key(
        "title",
        &Shape::Text,
        Over::Never,
        "The field that names a record.",
    )),
    key(
        "pos",
        &Shape::Whole,
        Over::Free,
        "Its place in menus; behind those that have one when absent.",
    ),
    required(ITS_FIELDS),
    ITS_SECTIONS,
    ITS_COLUMNS,
    key(
        "sort",
        &Shape::Text,
        Over::Free,
        "The field its list is sorted by; -field for the greatest first.",
    ),
    key(
        "parent",
        &Shape::Text,
        Over::Never,
        "The reference field that names its parent: who may read that may read this.",
    ),
    key(
        "opens",
        &Shape::Filter,
        Over::Free,
        "While it holds, who reads the record for itself reads its parent, and what that hands down.",
    ),
    key(
        "unowned",
        &COLUMNS,
        Over::Free,
        "What is shown of a record that nobody is responsible for to roles that find those.",
    ),
    key(
        "history",
        &Shape::Bool,
        Over::Free,
        "Whether its pages show what happened to a record; true when absent.",
    ),
    key(
        "kanban",
        &Shape::Text,
        Over::Free,
        "The choice field by which it is shown as a board.",
    ),
    key(
        "calendar",
        &Shape::Text,
        Over::Free,
        "The date field by which it is shown as a calendar.",
    ),
    key(
        "tree",
        &Shape::Text,
        Over::Free,
        "The reference field, to this entity itself, by which it is shown as a tree.",
    ),
    UNIQUE,
    DUPLICATES,
    INDEXES,
    RELATED,
    VIEWS,
]);

/// What a plugin adds to another plugin's entity.
pub(super) static EXTEND: Shape = Shape::Table(&[
    ITS_FIELDS,
    ITS_SECTIONS,
    ITS_COLUMNS,
    UNIQUE,
    DUPLICATES,
    INDEXES,
    RELATED,
    VIEWS,
]);
