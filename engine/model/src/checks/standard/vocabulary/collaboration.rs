//! Pools and the messages between them (BPMN 2.0.2, chapter 9).

use super::{Kind, Value, attribute, boolean, common, kind, leads_loosely_to, many, one, refers, refers_loosely, text};

pub(super) const KINDS: &[Kind] = &[
    kind(
        "collaboration",
        "rootElement",
        &[boolean("isClosed")],
        &[
            many("participant"),
            many("messageFlow"),
            many("artifact"),
            many("conversationNode"),
            many("conversationAssociation"),
            many("participantAssociation"),
            many("messageFlowAssociation"),
            many("correlationKey"),
            leads_loosely_to(many("choreographyRef"), &["rootElement"]),
            many("conversationLink"),
        ],
    ),
    kind(
        "participant",
        "baseElement",
        &[text("processRef")],
        &[
            leads_loosely_to(many("interfaceRef"), &["interface"]),
            leads_loosely_to(many("endPointRef"), &["endPoint"]),
            one("participantMultiplicity"),
        ],
    ),
    kind(
        "participantMultiplicity",
        "baseElement",
        &[
            attribute("minimum", Value::AtLeast(0)),
            attribute("maximum", Value::AtLeast(1)),
        ],
        &[],
    ),
    kind(
        "messageFlow",
        "baseElement",
        &[text("sourceRef"), text("targetRef"), refers("messageRef", &["message"])],
        &[],
    ),
    kind(
        "messageFlowAssociation",
        "baseElement",
        &[
            refers_loosely("innerMessageFlowRef", &["messageFlow"]),
            refers_loosely("outerMessageFlowRef", &["messageFlow"]),
        ],
        &[],
    ),
    kind(
        "participantAssociation",
        "baseElement",
        &[],
        &[
            leads_loosely_to(one("innerParticipantRef"), &["participant"]),
            leads_loosely_to(one("outerParticipantRef"), &["participant"]),
        ],
    ),
    kind(
        "conversationAssociation",
        "baseElement",
        &[
            refers_loosely("innerConversationNodeRef", &["conversationNode"]),
            refers_loosely("outerConversationNodeRef", &["conversationNode"]),
        ],
        &[],
    ),
    kind(
        "conversationLink",
        "baseElement",
        &[
            refers_loosely("sourceRef", &["baseElement"]),
            refers_loosely("targetRef", &["baseElement"]),
        ],
        &[],
    ),
    common(
        "conversationNode",
        "baseElement",
        &[],
        &[
            leads_loosely_to(many("participantRef"), &["participant"]),
            leads_loosely_to(many("messageFlowRef"), &["messageFlow"]),
            many("correlationKey"),
        ],
    ),
    kind("conversation", "conversationNode", &[], &[]),
    kind("subConversation", "conversationNode", &[], &[many("conversationNode")]),
    kind(
        "callConversation",
        "conversationNode",
        &[text("calledCollaborationRef")],
        &[many("participantAssociation")],
    ),
    common(
        "partner",
        "rootElement",
        &[],
        &[leads_loosely_to(many("participantRef"), &["participant"])],
    ),
    kind("partnerEntity", "partner", &[], &[]),
    kind("partnerRole", "partner", &[], &[]),
];
