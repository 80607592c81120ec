//! What people call the elements of BPMN.

use kapok_protocol::Text;

/// The name of a BPMN element in words, with its XML name, such as `包容网关（inclusiveGateway）`.
pub(crate) fn element(xml_name: &str) -> Text {
    match NAMES.iter().find(|(name, ..)| *name == xml_name) {
        Some((name, zh, en)) => Text::new(format!("{zh}（{name}）"), format!("{en} ({name})")),
        None => Text::new(format!("元素 {xml_name}"), format!("element {xml_name}")),
    }
}

/// What to do about an element that cannot be run.
pub(crate) fn instead_of(xml_name: &str) -> Text {
    let (zh, en) = if xml_name.ends_with("Task") {
        (
            "改为用户任务、服务任务或脚本任务",
            "make it a user, service or script task",
        )
    } else if matches!(xml_name, "choreography" | "subChoreography" | "callChoreography") {
        ("把要运行的步骤画成流程", "draw what is to be run as a process")
    } else {
        ("删去它", "remove it")
    };
    Text::new(zh, en)
}

const NAMES: &[(&str, &str, &str)] = &[
    ("task", "未指定类型的任务", "task without a type"),
    ("manualTask", "手工任务", "manual task"),
    ("sendTask", "发送任务", "send task"),
    ("receiveTask", "接收任务", "receive task"),
    ("businessRuleTask", "业务规则任务", "business rule task"),
    ("callActivity", "调用活动", "call activity"),
    ("transaction", "事务子流程", "transaction"),
    ("adHocSubProcess", "自由子流程", "ad-hoc sub-process"),
    ("inclusiveGateway", "包容网关", "inclusive gateway"),
    ("eventBasedGateway", "事件网关", "event-based gateway"),
    ("complexGateway", "复杂网关", "complex gateway"),
    ("startEvent", "开始事件", "start event"),
    ("endEvent", "结束事件", "end event"),
    ("intermediateCatchEvent", "中间捕获事件", "intermediate catch event"),
    ("intermediateThrowEvent", "中间抛出事件", "intermediate throw event"),
    ("implicitThrowEvent", "隐式抛出事件", "implicit throw event"),
    ("boundaryEvent", "边界事件", "boundary event"),
    ("messageEventDefinition", "消息触发", "message trigger"),
    ("signalEventDefinition", "信号触发", "signal trigger"),
    ("timerEventDefinition", "定时触发", "timer trigger"),
    ("errorEventDefinition", "错误触发", "error trigger"),
    ("escalationEventDefinition", "升级触发", "escalation trigger"),
    ("conditionalEventDefinition", "条件触发", "conditional trigger"),
    ("compensateEventDefinition", "补偿触发", "compensation trigger"),
    ("cancelEventDefinition", "取消触发", "cancel trigger"),
    ("linkEventDefinition", "链接触发", "link trigger"),
    ("terminateEventDefinition", "终止触发", "terminate trigger"),
    ("eventDefinitionRef", "共用的事件定义", "shared event definition"),
    (
        "multiInstanceLoopCharacteristics",
        "多实例标记",
        "multi-instance marker",
    ),
    ("standardLoopCharacteristics", "循环标记", "loop marker"),
    ("participantMultiplicity", "多个参与者标记", "participant multiplicity"),
    ("messageFlow", "消息流", "message flow"),
    ("choreography", "编排图", "choreography"),
    ("globalChoreographyTask", "全局编排任务", "global choreography task"),
    ("conversation", "会话", "conversation"),
    ("globalConversation", "全局会话", "global conversation"),
    ("choreographyTask", "编排任务", "choreography task"),
    ("subChoreography", "子编排", "sub-choreography"),
    ("callChoreography", "调用编排", "call choreography"),
    ("globalTask", "全局任务", "global task"),
    ("globalUserTask", "全局用户任务", "global user task"),
    ("globalManualTask", "全局手工任务", "global manual task"),
    ("globalScriptTask", "全局脚本任务", "global script task"),
    (
        "globalBusinessRuleTask",
        "全局业务规则任务",
        "global business rule task",
    ),
    ("correlationSubscription", "消息关联", "correlation subscription"),
    ("laneSet", "泳道", "lanes"),
    ("ioSpecification", "输入输出说明", "input and output specification"),
    ("dataInputAssociation", "数据输入关联", "data input association"),
    ("dataOutputAssociation", "数据输出关联", "data output association"),
    ("property", "数据属性", "property"),
    ("potentialOwner", "候选办理人", "potential owner"),
    ("humanPerformer", "办理人", "human performer"),
    ("performer", "执行者", "performer"),
    ("resourceRole", "资源角色", "resource role"),
    ("dataInput", "数据输入", "data input"),
    ("dataOutput", "数据输出", "data output"),
    ("inputSet", "输入集合", "input set"),
    ("outputSet", "输出集合", "output set"),
    ("dataStore", "数据存储", "data store"),
    ("dataStoreReference", "数据存储", "data store"),
    ("subConversation", "子会话", "sub-conversation"),
    ("callConversation", "调用会话", "call conversation"),
    ("rendering", "界面说明", "rendering"),
    ("userTask", "用户任务", "user task"),
    ("serviceTask", "服务任务", "service task"),
    ("scriptTask", "脚本任务", "script task"),
    ("subProcess", "子流程", "sub-process"),
    ("exclusiveGateway", "排他网关", "exclusive gateway"),
    ("parallelGateway", "并行网关", "parallel gateway"),
];
