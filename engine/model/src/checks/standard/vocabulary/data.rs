//! Data: objects, inputs, outputs, and how they get from one to the other (BPMN 2.0.2, 10.4).

use super::{Kind, Value, attribute, boolean, common, kind, leads_loosely_to, leads_to, many, one, refers_loosely};

/// Everything that holds a value.
const HOLDERS: &[&str] = &[
    "dataObject",
    "dataObjectReference",
    "dataStore",
    "dataStoreReference",
    "itemHolder",
];

pub(super) const KINDS: &[Kind] = &[
    kind(
        "dataObject",
        "flowElement",
        &[
            refers_loosely("itemSubjectRef", &["itemDefinition"]),
            boolean("isCollection"),
        ],
        &[one("dataState")],
    ),
    kind(
        "dataObjectReference",
        "flowElement",
        &[
            refers_loosely("itemSubjectRef", &["itemDefinition"]),
            refers_loosely("dataObjectRef", &["dataObject"]),
        ],
        &[one("dataState")],
    ),
    kind(
        "dataStoreReference",
        "flowElement",
        &[
            refers_loosely("itemSubjectRef", &["itemDefinition"]),
            refers_loosely("dataStoreRef", &["dataStore"]),
        ],
        &[one("dataState")],
    ),
    kind(
        "dataStore",
        "rootElement",
        &[
            refers_loosely("itemSubjectRef", &["itemDefinition"]),
            attribute("capacity", Value::AtLeast(0)),
            boolean("isUnlimited"),
        ],
        &[one("dataState")],
    ),
    common(
        "itemHolder",
        "baseElement",
        &[refers_loosely("itemSubjectRef", &["itemDefinition"])],
        &[one("dataState")],
    ),
    kind("property", "itemHolder", &[], &[]),
    kind("dataInput", "itemHolder", &[boolean("isCollection")], &[]),
    kind("dataOutput", "itemHolder", &[boolean("isCollection")], &[]),
    kind("inputDataItem", "dataInput", &[], &[]),
    kind("outputDataItem", "dataOutput", &[], &[]),
    kind("dataState", "baseElement", &[], &[]),
    kind(
        "ioSpecification",
        "baseElement",
        &[],
        &[
            many("dataInput"),
            many("dataOutput"),
            many("inputSet"),
            many("outputSet"),
        ],
    ),
    kind(
        "inputSet",
        "baseElement",
        &[],
        &[
            leads_loosely_to(many("dataInputRefs"), &["dataInput"]),
            leads_loosely_to(many("optionalInputRefs"), &["dataInput"]),
            leads_loosely_to(many("whileExecutingInputRefs"), &["dataInput"]),
            leads_loosely_to(many("outputSetRefs"), &["outputSet"]),
        ],
    ),
    kind(
        "outputSet",
        "baseElement",
        &[],
        &[
            leads_loosely_to(many("dataOutputRefs"), &["dataOutput"]),
            leads_loosely_to(many("optionalOutputRefs"), &["dataOutput"]),
            leads_loosely_to(many("whileExecutingOutputRefs"), &["dataOutput"]),
            leads_loosely_to(many("inputSetRefs"), &["inputSet"]),
        ],
    ),
    common(
        "dataAssociation",
        "baseElement",
        &[],
        &[
            leads_to(many("sourceRef"), HOLDERS),
            leads_to(one("targetRef"), HOLDERS),
            one("transformation"),
            many("assignment"),
        ],
    ),
    kind("dataInputAssociation", "dataAssociation", &[], &[]),
    kind("dataOutputAssociation", "dataAssociation", &[], &[]),
    kind("assignment", "baseElement", &[], &[one("from"), one("to")]),
];
