use super::{Key, LABEL, Name, Over, Shape, disabled, key, label, of, pos, required};

const NUMBERS: &[&str] = &["number", "decimal", "money"];
const SEVERAL: &[&str] = &["choice", "tree-choice", "person", "department", "reference"];
const FILES: &[&str] = &["attachment", "picture"];

/// The types of fields.
pub(crate) const TYPES: &[&str] = &[
    "text",
    "long-text",
    "rich-text",
    "number",
    "decimal",
    "money",
    "date",
    "time",
    "date-time",
    "boolean",
    "choice",
    "tree-choice",
    "person",
    "department",
    "reference",
    "attachment",
    "picture",
    "phone",
    "email",
    "address",
    "auto-number",
    "formula",
    "roll-up",
    "lines",
];

/// What a formula may come to.
const RESULTS: &[&str] = &[
    "text",
    "long-text",
    "number",
    "decimal",
    "money",
    "date",
    "time",
    "date-time",
    "boolean",
];

static CHOICE: Shape = Shape::Table(&[pos(), label(), disabled()]);

static CHOICES: Shape = Shape::Map(Name::Entry, &CHOICE);
pub(super) static COLUMNS: Shape = Shape::Map(Name::Field, &Shape::Pos);
pub(super) static FIELDS: Shape = Shape::Map(Name::Field, &FIELD);

/// The keys of a field.
pub(crate) fn field_keys() -> &'static [Key] {
    match &FIELD {
        Shape::Table(keys) => keys,
        _ => &[],
    }
}

static FIELD: Shape = Shape::Table(&[
    pos(),
    required(key("type", &Shape::Word(TYPES), Over::Never, "What it holds.")),
    label(),
    key(
        "help",
        &LABEL,
        Over::Free,
        "What people who fill it in are told about it.",
    ),
    key(
        "required",
        &Shape::Bool,
        Over::On,
        "Whether a record needs a value here.",
    ),
    key(
        "read_only",
        &Shape::Bool,
        Over::On,
        "Whether only plugins and processes write it.",
    ),
    key(
        "unique",
        &Shape::Bool,
        Over::On,
        "Whether no two records have the same value.",
    ),
    key(
        "private",
        &Shape::Bool,
        Over::On,
        "Whether only those who may change the record, and the person it describes, read it.",
    ),
    disabled(),
    key(
        "default",
        &Shape::Value,
        Over::Free,
        "What a new record begins with: a value, or a word such as $today, $today+30d, $me, $my_dept.",
    ),
    key(
        "section",
        &Shape::Text,
        Over::Free,
        "The section of the form it stands in.",
    ),
    of(
        &["text", "long-text", "rich-text"],
        key("max_length", &Shape::Whole, Over::Never, "The most characters."),
    ),
    of(
        &["number", "decimal", "formula"],
        key("scale", &Shape::Whole, Over::Never, "Digits after the point."),
    ),
    of(NUMBERS, key("min", &Shape::Number, Over::Never, "The least value.")),
    of(NUMBERS, key("max", &Shape::Number, Over::Never, "The greatest value.")),
    of(
        &["money", "formula"],
        key(
            "currency",
            &Shape::Text,
            Over::Never,
            "The currency, as in ISO 4217; CNY when absent.",
        ),
    ),
    of(
        &["choice"],
        key(
            "choices",
            &CHOICES,
            Over::Free,
            "The choices, by the key that is stored.",
        ),
    ),
    of(
        &["choice", "tree-choice", "address"],
        key(
            "dictionary",
            &Shape::Text,
            Over::Never,
            "The dictionary that the choices, or the regions of an address, come from.",
        ),
    ),
    of(
        SEVERAL,
        key(
            "multiple",
            &Shape::Bool,
            Over::Never,
            "Whether there may be several; the value is then a list.",
        ),
    ),
    of(
        &["reference", "roll-up"],
        key("entity", &Shape::Text, Over::Never, "Of which entity the records are."),
    ),
    of(
        &["auto-number"],
        key(
            "pattern",
            &Shape::Text,
            Over::Free,
            "How the number is made, such as BJ{yyyyMMdd}-{0000}. The counter begins again with every new date in it.",
        ),
    ),
    of(FILES, key("max_files", &Shape::Whole, Over::Never, "The most files.")),
    of(
        FILES,
        key("max_size", &Shape::Whole, Over::Never, "The most bytes of one file."),
    ),
    of(
        &["formula"],
        key(
            "expression",
            &Shape::Text,
            Over::Never,
            "What it is, from the other fields.",
        ),
    ),
    of(
        &["formula"],
        key(
            "language",
            &Shape::Word(&["rhai", "feel"]),
            Over::Never,
            "What the expression is written in; rhai when absent.",
        ),
    ),
    of(
        &["formula"],
        key("result", &Shape::Word(RESULTS), Over::Never, "What it comes to."),
    ),
    of(
        &["roll-up"],
        key(
            "field",
            &Shape::Text,
            Over::Never,
            "The reference field of those records that names this one.",
        ),
    ),
    of(
        &["roll-up"],
        key(
            "function",
            &Shape::Word(FUNCTIONS),
            Over::Never,
            "What is done with them.",
        ),
    ),
    of(
        &["roll-up"],
        key(
            "value",
            &Shape::Text,
            Over::Never,
            "The field of theirs that is summed or picked.",
        ),
    ),
    of(
        &["roll-up"],
        key("filter", &Shape::Filter, Over::Never, "Which of them."),
    ),
    of(
        &["roll-up"],
        key(
            "by",
            &Shape::Text,
            Over::Never,
            "For first and last: the field that orders them; created_at when absent.",
        ),
    ),
    of(
        &["lines"],
        key("columns", &FIELDS, Over::Free, "The columns of the line items."),
    ),
]);

const FUNCTIONS: &[&str] = &["count", "sum", "min", "max", "first", "last"];
