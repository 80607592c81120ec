//! Settings of Camunda 8.

use super::Fate;
use crate::xml::Element;

pub(super) fn attribute(name: &str) -> Fate {
    match name {
        // The template from which a drawing program filled in the other settings.
        "modelerTemplate" | "modelerTemplateVersion" | "modelerTemplateIcon" => Fate::Fine,
        _ => Fate::Kept,
    }
}

pub(super) fn setting(element: &Element, setting: &Element) -> Fate {
    let of = element.name.as_str();
    let is_task = matches!(of, "serviceTask" | "sendTask" | "scriptTask" | "businessRuleTask");
    let is_event = matches!(of, "intermediateThrowEvent" | "endEvent" | "messageEventDefinition");
    let carried = match setting.name.as_str() {
        // For programs and people outside; nothing of ours asks for them.
        "taskHeaders"
        | "properties"
        | "userTask"
        | "priorityDefinition"
        | "linkedResources"
        | "jobPriorityDefinition" => true,
        "taskDefinition" => is_task || is_event,
        "ioMapping" => !of.ends_with("Gateway"),
        "assignmentDefinition" | "taskSchedule" => of == "userTask",
        "calledElement" => of == "callActivity",
        "calledDecision" => of == "businessRuleTask",
        "script" => of == "scriptTask",
        "loopCharacteristics" => of == "multiInstanceLoopCharacteristics",
        "subscription" => of == "message",
        "publishMessage" => is_event || of == "sendTask",
        "versionTag" => of == "process",
        "adHoc" => of == "adHocSubProcess",
        "executionListeners" | "taskListeners" => {
            return Fate::Refused(
                "监听器在这里不会执行，请把它要做的事画成一个服务任务",
                "listeners do not run here; draw what it does as a service task",
            );
        }
        "conditionalFilter" => {
            return Fate::Refused(
                "这里每当数据变化都会重新判断条件，请删去它",
                "here a condition is looked at whenever data change; remove it",
            );
        }
        _ => false,
    };
    if carried { Fate::Fine } else { Fate::Kept }
}

/// Parts of a setting that have a fate of their own.
pub(super) fn parts(setting: &Element) -> Vec<(&str, u32, Fate)> {
    let attributes = setting.attributes.iter().filter_map(|attribute| {
        let (name, value) = (attribute.name.as_str(), attribute.value.trim());
        let fate = match (setting.name.as_str(), name) {
            ("calledDecision", "bindingType") if value != "latest" => Fate::Refused(
                "决策总是用最新的版本，请改为 latest",
                "a decision is always asked in its newest version; make it latest",
            ),
            ("adHoc", "outputCollection" | "outputElement") => Fate::Refused(
                "请把各步的结果写进变量，再删去它",
                "write the results of the steps to variables and remove it",
            ),
            ("publishMessage", "messageId" | "timeToLive") => Fate::Kept,
            _ => return None,
        };
        Some((name, setting.line, fate))
    });
    attributes.collect()
}
