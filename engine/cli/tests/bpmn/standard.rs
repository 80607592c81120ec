//! What must be reached: every place where the standard lets an event stand (BPMN 2.0.2, tables 10.84 to 10.93), and the
//! other elements that executable models are made of (table 2.4).

use std::collections::BTreeMap;

use crate::reached::{Fact, Part};

const START: &str = "start of a process";
const INTERRUPTING_START: &str = "start of an event sub-process, interrupting";
const OTHER_START: &str = "start of an event sub-process, non-interrupting";
const CATCH: &str = "intermediate, catching";
const THROW: &str = "intermediate, throwing";
const INTERRUPTING: &str = "boundary, interrupting";
const NON_INTERRUPTING: &str = "boundary, non-interrupting";
const END: &str = "end";

/// Where an event that starts things and can be caught anywhere stands.
const ANYWHERE: &[&str] = &[
    START,
    INTERRUPTING_START,
    OTHER_START,
    CATCH,
    INTERRUPTING,
    NON_INTERRUPTING,
];

const EVENTS: &[(&str, &[&str])] = &[
    ("none", &[START, "start of a sub-process", THROW, END]),
    ("message", ANYWHERE),
    ("message", &[THROW, END]),
    ("timer, date", ANYWHERE),
    ("timer, duration", ANYWHERE),
    ("timer, cycle", ANYWHERE),
    ("timer, cron", ANYWHERE),
    ("signal", ANYWHERE),
    ("signal", &[THROW, END]),
    ("conditional", ANYWHERE),
    ("multiple", ANYWHERE),
    ("multiple", &[THROW, END]),
    ("parallel multiple", ANYWHERE),
    (
        "escalation",
        &[
            INTERRUPTING_START,
            OTHER_START,
            INTERRUPTING,
            NON_INTERRUPTING,
            THROW,
            END,
        ],
    ),
    ("error", &[INTERRUPTING_START, INTERRUPTING, END]),
    ("cancel", &[INTERRUPTING, END]),
    ("compensation", &[INTERRUPTING_START, "boundary", THROW, END]),
    ("link", &[CATCH, THROW]),
    ("terminate", &[END]),
];

const ACTIVITIES: &[(&str, &[&str])] = &[
    ("task", &["plain"]),
    ("manualTask", &["plain"]),
    ("userTask", &["plain", "approval"]),
    ("serviceTask", &["plain"]),
    ("scriptTask", &["plain"]),
    ("sendTask", &["plain"]),
    ("receiveTask", &["plain", "instantiating"]),
    ("businessRuleTask", &["plain"]),
    ("callActivity", &["plain", "with mappings"]),
    ("subProcess", &["plain", "without a start event"]),
    ("event subProcess", &["plain"]),
    ("transaction", &["plain"]),
    (
        "adHocSubProcess, parallel",
        &["plain", "with a completion condition", "keeps remaining instances"],
    ),
    ("adHocSubProcess, sequential", &["plain", "with a completion condition"]),
    (
        "any activity",
        &["data inputs", "data outputs", "data and properties of its own"],
    ),
];

/// The kinds of activity that can be repeated and can undo.
const REPEATABLE: &[&str] = &[
    "task",
    "manualTask",
    "userTask",
    "serviceTask",
    "scriptTask",
    "sendTask",
    "receiveTask",
    "businessRuleTask",
    "callActivity",
    "subProcess",
    "transaction",
    "adHocSubProcess, parallel",
];

/// What every activity that is no sub-process of its own can be.
const MARKERS: &[&str] = &[
    "in a standard loop",
    "multi-instance, sequential",
    "multi-instance, parallel",
    "for compensation",
];

const REPETITIONS: &[(&str, &[&str])] = &[
    (
        "standardLoopCharacteristics",
        &["testBefore", "tested after", "loopMaximum", "loopCondition"],
    ),
    (
        "multiInstanceLoopCharacteristics",
        &[
            "sequential, loopCardinality",
            "sequential, loopDataInputRef",
            "sequential, completionCondition",
            "parallel, loopCardinality",
            "parallel, loopDataInputRef",
            "parallel, completionCondition",
            "loopDataOutputRef",
            "behavior All",
            "behavior One",
            "behavior None",
            "behavior Complex",
        ],
    ),
];

const GATEWAYS: &[(&str, &[&str])] = &[
    (
        "exclusiveGateway",
        &["diverging", "converging", "mixed", "with a default flow"],
    ),
    ("parallelGateway", &["diverging", "converging", "mixed"]),
    (
        "inclusiveGateway",
        &["diverging", "converging", "mixed", "with a default flow"],
    ),
    (
        "complexGateway",
        &["diverging", "converging", "mixed", "with a default flow"],
    ),
    (
        "eventBasedGateway",
        &[
            "diverging",
            "mixed",
            "instantiating, exclusive",
            "instantiating, parallel",
        ],
    ),
];

const FLOWS: &[(&str, &[&str])] = &[
    (
        "conditional flow",
        &[
            "from an activity",
            "from exclusiveGateway",
            "from inclusiveGateway",
            "from complexGateway",
            "in condition rows",
            "in rhai",
            "in JUEL",
            "in FEEL",
        ],
    ),
    (
        "default flow",
        &[
            "from an activity",
            "from exclusiveGateway",
            "from inclusiveGateway",
            "from complexGateway",
        ],
    ),
];

/// Elements that are no steps.
pub const OTHERS: &[&str] = &[
    "association",
    "assignment",
    "category",
    "collaboration",
    "correlationKey",
    "correlationProperty",
    "correlationSubscription",
    "dataInput",
    "dataInputAssociation",
    "dataObject",
    "dataObjectReference",
    "dataOutput",
    "dataOutputAssociation",
    "dataStore",
    "dataStoreReference",
    "documentation",
    "error",
    "escalation",
    "eventDefinitionRef",
    "globalTask",
    "globalUserTask",
    "globalManualTask",
    "globalScriptTask",
    "globalBusinessRuleTask",
    "group",
    "humanPerformer",
    "import",
    "interface",
    "ioSpecification",
    "itemDefinition",
    "lane",
    "message",
    "messageFlow",
    "monitoring",
    "operation",
    "participant",
    "performer",
    "potentialOwner",
    "property",
    "relationship",
    "resource",
    "signal",
    "textAnnotation",
    "transformation",
];

/// What nobody reaches.
pub fn missing(reached: &BTreeMap<Fact, String>) -> Vec<String> {
    let mut missing = Vec::new();
    let mut need = |part: Part, element: &str, how: &str| {
        if !reached.contains_key(&(part, element.to_owned(), how.to_owned())) {
            missing.push(format!("{element}: {how}"));
        }
    };
    for (part, rows) in [
        (Part::Events, EVENTS),
        (Part::Activities, ACTIVITIES),
        (Part::Repetitions, REPETITIONS),
        (Part::Gateways, GATEWAYS),
        (Part::Flows, FLOWS),
    ] {
        for (element, hows) in rows {
            for how in *hows {
                need(part, element, how);
            }
        }
    }
    for element in REPEATABLE {
        for marker in MARKERS {
            need(Part::Activities, element, marker);
        }
    }
    for element in OTHERS {
        need(Part::Others, element, "");
    }
    missing
}
