//! Which triggers and results an event can have at each place (BPMN 2.0.2, table 10.93).

use kapok_protocol::Text;

/// Where an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read) enum Position {
    /// The start of a process.
    Start,
    /// The start of an event sub-process.
    EventSubProcessStart,
    End,
    Catch,
    Throw,
    Boundary,
    /// What a multi-instance activity throws when instances complete.
    Behavior,
}

impl Position {
    /// Whether an event of this place can have this definition.
    pub(super) fn allows(self, definition: &str) -> bool {
        let allowed: &[&str] = match self {
            Self::Start => &["message", "timer", "signal", "conditional"],
            Self::EventSubProcessStart => &[
                "message",
                "timer",
                "signal",
                "conditional",
                "error",
                "escalation",
                "compensate",
            ],
            Self::End => &[
                "message",
                "signal",
                "error",
                "escalation",
                "compensate",
                "cancel",
                "terminate",
            ],
            Self::Catch => &["message", "timer", "signal", "conditional", "link"],
            Self::Throw => &["message", "signal", "escalation", "compensate", "link"],
            Self::Boundary => &[
                "message",
                "timer",
                "signal",
                "conditional",
                "error",
                "escalation",
                "compensate",
                "cancel",
            ],
            Self::Behavior => &["message", "signal", "error", "escalation", "compensate"],
        };
        definition
            .strip_suffix("EventDefinition")
            .is_some_and(|name| allowed.contains(&name))
    }

    /// Whether it does something, and does not wait for it.
    pub(super) fn throws(self) -> bool {
        matches!(self, Self::End | Self::Throw | Self::Behavior)
    }

    /// What people call the place.
    pub(super) fn words(self) -> Text {
        match self {
            Self::Start => Text::new("开始事件", "a start event"),
            Self::EventSubProcessStart => Text::new("事件子流程的开始事件", "the start of an event sub-process"),
            Self::End => Text::new("结束事件", "an end event"),
            Self::Catch => Text::new("中间捕获事件", "an intermediate catch event"),
            Self::Throw => Text::new("中间抛出事件", "an intermediate throw event"),
            Self::Boundary => Text::new("边界事件", "a boundary event"),
            Self::Behavior => Text::new("多实例活动抛出的事件", "an event of a multi-instance activity"),
        }
    }
}
