//! What several things together are called.

use kapok_protocol::Text;

use crate::catalogue::names;

/// Names for what several kinds have in common.
const COMMON: &[(&str, &str, &str)] = &[
    ("activity", "任务或子流程", "a task or sub-process"),
    ("anyEvent", "事件", "an event"),
    ("catchEvent", "捕获事件", "a catching event"),
    ("throwEvent", "抛出事件", "a throwing event"),
    ("eventDefinition", "事件定义", "an event definition"),
    ("flowElement", "流程里的元素", "an element of a process"),
    ("conversationNode", "会话", "a conversation"),
    ("itemHolder", "属性或输入输出", "a property, an input or an output"),
    ("message", "消息", "a message"),
    ("signal", "信号", "a signal"),
    ("escalation", "升级", "an escalation"),
    ("operation", "接口操作", "an operation"),
    ("participant", "泳池", "a pool"),
    ("resource", "资源", "a resource"),
    ("dataObject", "数据对象", "a data object"),
    ("dataObjectReference", "数据对象", "a data object"),
    ("dataStore", "数据存储", "a data store"),
    ("dataStoreReference", "数据存储", "a data store"),
    ("correlationKey", "关联键", "a correlation key"),
    ("correlationProperty", "关联属性", "a correlation property"),
];

/// What a reference can lead to, in words.
pub(super) fn kinds(kinds: &[&str]) -> Text {
    let (mut zh, mut en): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for kind in kinds {
        let named = COMMON.iter().find(|(name, ..)| name == kind);
        let words = named.map_or_else(|| names::element(kind), |(_, zh, en)| Text::new(*zh, *en));
        if !zh.contains(&words.zh) {
            zh.push(words.zh);
            en.push(words.en);
        }
    }
    Text::new(zh.join("、"), en.join(", "))
}

/// A choice of values.
pub(super) fn any_of(choices: &[&str]) -> Text {
    Text::new(choices.join("、"), choices.join(", "))
}
