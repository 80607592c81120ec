//! The whole language as tables: which keys there are, what stands at them, and what an administrator may make of those
//! that a plugin ships. What is checked and the schema for editors come from here.

mod entity;
mod field;
mod page;

pub(crate) use entity::ENTITY;
use entity::EXTEND;
pub(crate) use field::{TYPES, field_keys};
use page::PAGE;
pub(crate) use page::{WIDGETS, widget_keys};

use super::{Key, Over, Shape, shape::Name};

const fn key(name: &'static str, shape: &'static Shape, over: Over, about: &'static str) -> Key {
    Key {
        name,
        shape,
        required: false,
        over,
        types: &[],
        about,
    }
}

const fn required(key: Key) -> Key {
    Key { required: true, ..key }
}

const fn of(types: &'static [&'static str], key: Key) -> Key {
    Key { types, ..key }
}

static LABEL: Shape = Shape::Table(&[
    required(key("zh", &Shape::Text, Over::Free, "In simplified Chinese.")),
    required(key("en", &Shape::Text, Over::Free, "In English.")),
]);

const fn label() -> Key {
    required(key("label", &LABEL, Over::Free, "What people read."))
}

const fn pos() -> Key {
    required(key("pos", &Shape::Whole, Over::Free, "Its place in the order."))
}

const fn disabled() -> Key {
    key("disabled", &Shape::Bool, Over::Free, "Whether it is out of use.")
}

static ENTRY: Shape = Shape::Table(&[
    pos(),
    label(),
    key(
        "parent",
        &Shape::Text,
        Over::Free,
        "In a tree, the entry it stands below.",
    ),
    disabled(),
]);

static ENTRIES: Shape = Shape::Map(Name::Entry, &ENTRY);

static ENTITIES_BY_ID: Shape = Shape::Map(Name::Qualified, &ENTITY);
static EXTENSIONS: Shape = Shape::Map(Name::Qualified, &EXTEND);
static DICTIONARIES_BY_ID: Shape = Shape::Map(Name::Qualified, &DICTIONARY);
static ROLES_BY_CODE: Shape = Shape::Map(Name::Word, &ROLE);
static GRANTS_BY_ENTITY: Shape = Shape::Map(Name::Qualified, &GRANTS_BY_ROLE);
static GRANTS_BY_ROLE: Shape = Shape::Map(Name::Word, &GRANTS);
static RULES_BY_ENTITY: Shape = Shape::Map(Name::Qualified, &RULES_BY_ROLE);
static RULES_BY_ROLE: Shape = Shape::Map(Name::Word, &RULES_BY_FIELD);
static RULES_BY_FIELD: Shape = Shape::Map(Name::FieldOrRest, &ACCESS);
static TOTALS_BY_ID: Shape = Shape::Map(Name::Qualified, &TOTAL);
static PAGES_BY_ID: Shape = Shape::Map(Name::Qualified, &PAGE);

static DICTIONARY: Shape = Shape::Table(&[
    label(),
    key(
        "tree",
        &Shape::Bool,
        Over::Never,
        "Whether its entries stand below each other.",
    ),
    key(
        "entries",
        &ENTRIES,
        Over::Free,
        "Its entries, by the key that is stored.",
    ),
]);

static ROLE: Shape = Shape::Table(&[label()]);

const LEVELS: &Shape = &Shape::Word(&[
    "none",
    "own",
    "shared",
    "subordinates",
    "department",
    "department-tree",
    "all",
]);

static GRANTS: Shape = Shape::Table(&[
    key("read", LEVELS, Over::Free, "Which records it sees."),
    key(
        "create",
        LEVELS,
        Over::Free,
        "Whether it makes new ones; every level but none allows it.",
    ),
    key("update", LEVELS, Over::Free, "Which it changes."),
    key("delete", LEVELS, Over::Free, "Which it removes."),
    key("share", LEVELS, Over::Free, "Which it shares with others."),
    key("transfer", LEVELS, Over::Free, "Which it hands over to others."),
    key(
        "import",
        LEVELS,
        Over::Free,
        "Whether it imports; every level but none allows it.",
    ),
    key("export", LEVELS, Over::Free, "Which of those it sees it exports."),
    key(
        "inherit",
        &Shape::Bool,
        Over::Free,
        "Whether seeing a record's parent through this role is seeing the record; true when absent.",
    ),
    key(
        "hand_down",
        &Shape::Bool,
        Over::Free,
        "Whether seeing a record through this role is seeing those below it; true when absent.",
    ),
    key(
        "unowned",
        &Shape::Bool,
        Over::Free,
        "Whether it also sees the records that nobody is responsible for, as far as the entity shows them; false when absent.",
    ),
    key(
        "create_when",
        &Shape::Filter,
        Over::Free,
        "What holds of the records that are made through this role, now and after every change.",
    ),
]);

static ACCESS: Shape = Shape::Word(&["hidden", "masked", "read", "edit"]);

static TOTAL: Shape = Shape::Table(&[
    label(),
    required(key("entity", &Shape::Text, Over::Never, "Over which records.")),
    required(key(
        "function",
        &Shape::Word(&["count", "sum"]),
        Over::Never,
        "Their count or sum.",
    )),
    key("value", &Shape::Text, Over::Never, "The field that is summed."),
    key("filter", &Shape::Filter, Over::Never, "Which of the records."),
    required(key("role", &Shape::Text, Over::Free, "The role that may see it.")),
    key(
        "date",
        &Shape::Text,
        Over::Never,
        "The field whose date says into which period a record falls; without one there is only the whole.",
    ),
    key(
        "finest",
        &Shape::Word(&["year", "quarter", "month"]),
        Over::Never,
        "The shortest period it can be asked for; year when absent.",
    ),
]);

const ENTITIES: Key = key("entities", &ENTITIES_BY_ID, Over::Free, "Kinds of records.");
const DICTIONARIES: Key = key(
    "dictionaries",
    &DICTIONARIES_BY_ID,
    Over::Free,
    "Lists and trees of choices that several fields share.",
);
const ROLES: Key = key(
    "roles",
    &ROLES_BY_CODE,
    Over::Free,
    "Roles that permissions are given to.",
);
const PERMISSIONS: Key = key(
    "permissions",
    &GRANTS_BY_ENTITY,
    Over::Free,
    "What each role may do with the records of an entity.",
);
const FIELD_RULES: Key = key(
    "field_rules",
    &RULES_BY_ENTITY,
    Over::Free,
    "What each role may do with single fields of an entity.",
);
const TOTALS: Key = key(
    "totals",
    &TOTALS_BY_ID,
    Over::Free,
    "Figures over all records of an entity that a role sees without the records.",
);
const PAGES: Key = key(
    "pages",
    &PAGES_BY_ID,
    Over::Free,
    "Pages that are put together from the host's widgets.",
);

const fn others(name: &'static str, about: &'static str) -> Key {
    key(name, &Shape::Any, Over::Never, about)
}

/// A plugin's file: definitions, and what the plugin host reads.
pub(crate) static MANIFEST: Shape = Shape::Table(&[
    others("plugin", "What the plugin is: id, version, label, needs."),
    others("needs", "The plugins it cannot do without."),
    others("capabilities", "What it may do; the administrator has to agree."),
    others("settings", "What the administrator has to tell it."),
    others("actions", "What people can do with records, in their menus."),
    others("handlers", "The service tasks it runs."),
    others("assignee_rules", "The rules by which it says who gets a task."),
    others("reports", "The tables it computes."),
    others("schedules", "What it does by itself, and when."),
    others("channels", "The channels it sends on."),
    others(
        "identity_sources",
        "Where it knows who somebody is, and who works here.",
    ),
    others("hooks", "When it is called."),
    ENTITIES,
    key(
        "extend",
        &EXTENSIONS,
        Over::Free,
        "What it adds to the entities of other plugins.",
    ),
    DICTIONARIES,
    ROLES,
    PERMISSIONS,
    FIELD_RULES,
    TOTALS,
    PAGES,
]);

/// What an administrator writes: the same, and changes of what is shipped.
pub(crate) static DOCUMENT: Shape = Shape::Table(&[
    ENTITIES,
    key("extend", &ENTITIES_BY_ID, Over::Free, "Changes of shipped entities."),
    DICTIONARIES,
    ROLES,
    PERMISSIONS,
    FIELD_RULES,
    TOTALS,
    PAGES,
]);
