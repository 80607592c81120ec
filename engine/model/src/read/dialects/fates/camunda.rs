//! Settings of Camunda 7, Flowable and Activiti.

use super::Fate;
use crate::xml::Element;

const OUTSIDE: Fate = Fate::Refused(
    "请改为插件功能（服务任务）",
    "make it a service task that a plugin's function does",
);
const LISTENER: Fate = Fate::Refused(
    "程序写的监听器在这里不会执行，请把它要做的事画成一个服务任务，或改成表达式",
    "listeners that are programs do not run here; draw what it does as a service task, or make it an expression",
);
const MOMENT: Fate = Fate::Refused(
    "只有步骤开始和结束时的监听器会执行，请把它要做的事画成一个步骤",
    "only listeners at the beginning and the end of a step run; draw what it does as a step",
);
const TENANT: Fate = Fate::Refused(
    "一套数据只属于一家公司，没有租户，请删去它",
    "one set of data belongs to one company and has no tenants; remove it",
);
const ERROR_VARIABLE: Fate = Fate::Refused(
    "错误和升级只带代码，不会写进变量，请删去它，并按代码分别画边界事件",
    "errors and escalations carry only their code and fill no variable; remove it and draw an event for each code",
);

pub(super) fn attribute(element: &Element, name: &str, value: &str) -> Fate {
    let of = element.name.as_str();
    let is_work = matches!(
        of,
        "serviceTask"
            | "sendTask"
            | "businessRuleTask"
            | "messageEventDefinition"
            | "intermediateThrowEvent"
            | "endEvent"
    );
    let carried = match name {
        // Every step here is durable, and jobs are done in the order of time.
        "async"
        | "asyncBefore"
        | "asyncAfter"
        | "asyncLeave"
        | "asyncLeaveExclusive"
        | "asyncComplete"
        | "completeAsync"
        | "exclusive"
        | "jobPriority"
        | "taskPriority"
        | "priority"
        | "followUpDate"
        | "historyTimeToLive"
        | "isStartableInTasklist"
        | "category"
        | "diagramRelationId"
        | "modelerTemplate"
        | "modelerTemplateVersion"
        | "modelerTemplateIcon"
        | "variableName"
        | "variableEvents"
        | "autoStoreVariables"
        | "fallbackToDefaultTenant"
        | "jobTopic"
        | "jobCategory"
        | "noWaitStatesAsyncLeave" => true,
        "assignee" | "candidateUsers" | "candidateGroups" | "dueDate" => of == "userTask",
        "class" | "delegateExpression" | "expression" | "topic" => is_work,
        "resultVariable" | "resultVariableName" => is_work || of == "scriptTask",
        "type" => return type_of_work(value, is_work),
        "decisionRef" | "mapDecisionResult" => of == "businessRuleTask",
        "decisionRefBinding" if value == "latest" => true,
        "decisionRefBinding" | "decisionRefVersion" | "decisionRefVersionTag" => {
            return Fate::Refused(
                "决策总是用最新的版本，请改为 latest",
                "a decision is always asked in its newest version; make it latest",
            );
        }
        "calledElementBinding"
        | "calledElementVersion"
        | "calledElementVersionTag"
        | "businessKey"
        | "inheritBusinessKey"
        | "inheritVariables"
        | "sameDeployment" => of == "callActivity",
        "calledElementType" if value != "id" => true,
        "calledElementType" => {
            return Fate::Refused(
                "请按流程的 key 调用，并删去它",
                "call the process by its key and remove it",
            );
        }
        "caseRef" | "caseBinding" | "caseVersion" | "caseTenantId" => {
            return Fate::Refused(
                "不能调用 CMMN 案例，请改为调用一个流程",
                "CMMN cases cannot be called; call a process",
            );
        }
        "variableMappingClass" | "variableMappingDelegateExpression" => {
            return Fate::Refused(
                "请用 in、out 逐项写明传入和传出的数据",
                "say with in and out which data go in and out",
            );
        }
        "collection" | "elementVariable" | "elementIndexVariable" => of == "multiInstanceLoopCharacteristics",
        "initiator" => of == "startEvent",
        "versionTag" | "candidateStarterUsers" | "candidateStarterGroups" => of == "process",
        "skipExpression" => {
            return Fate::Refused(
                "请在步骤前面画一个排他网关，把条件放在它的分支上",
                "draw an exclusive gateway before the step and put the condition on its branch",
            );
        }
        "triggerable" | "useLocalScopeForResultVariable" | "storeResultVariableAsTransient" if value == "false" => true,
        "triggerable" => {
            return Fate::Refused(
                "请在后面画一个接收任务，等外面的消息",
                "draw a receive task behind it that waits for the message from outside",
            );
        }
        "useLocalScopeForResultVariable"
        | "storeResultVariableAsTransient"
        | "taskIdVariableName"
        | "idVariableName"
        | "taskCompleterVariableName" => {
            return Fate::Refused(
                "请删去它，并给变量取一个别处不用的名称",
                "remove it and give the variable a name that nothing else uses",
            );
        }
        "errorCodeVariable" | "errorMessageVariable" | "escalationCodeVariable" | "errorVariableName" => {
            return ERROR_VARIABLE;
        }
        "resource" => {
            return Fate::Refused(
                "脚本要写在流程里，请把它的内容复制进来",
                "scripts stand in the process; copy it into the model",
            );
        }
        "terminateAll" | "terminateMultiInstance" if value == "false" => true,
        "terminateAll" | "terminateMultiInstance" => {
            return Fate::Refused(
                "终止只结束它所在的那一层，请把它画在要结束的那一层，或改为抛出错误",
                "a terminate end event ends only the scope it stands in; draw it in the scope that is to end, or throw an error",
            );
        }
        "businessCalendarName" | "endDate" => {
            return Fate::Refused(
                "时间只按写明的日期、时长或周期计算，请把它写进去，如 R/PT1H/2030-01-01",
                "times are only what their date, duration or cycle says; write it there, like R/PT1H/2030-01-01",
            );
        }
        "scope" if value == "global" => true,
        "scope" if of == "signal" || of == "signalEventDefinition" => {
            return Fate::Refused(
                "信号总是发给所有等待它的流程，请删去它，或改用消息",
                "a signal always goes to every case that waits for it; remove it, or use a message",
            );
        }
        "messageExpression" | "signalExpression" => {
            return Fate::Refused(
                "请把表达式写成消息或信号的名称，如 name=\"${topic}\"",
                "write the expression as the name of the message or signal, like name=\"${topic}\"",
            );
        }
        "calledElementTenantId" | "decisionRefTenantId" => return TENANT,
        _ => false,
    };
    if carried { Fate::Fine } else { Fate::Kept }
}

/// Kinds of service task that another engine does itself.
fn type_of_work(value: &str, is_work: bool) -> Fate {
    match value {
        "external" | "external-worker" if is_work => Fate::Fine,
        "mail" => Fate::Refused(
            "请改为发送消息的服务任务（邮件）",
            "make it a service task that sends a message by mail",
        ),
        "dmn" => Fate::Refused(
            "请改为业务规则任务，并用 decisionRef 写明决策",
            "make it a business rule task that names the decision by decisionRef",
        ),
        "http" => Fate::Refused(
            "请改为插件功能，或由外部程序领取这个任务去请求",
            "make it a plugin's function, or let a program outside fetch the task and send the request",
        ),
        _ => OUTSIDE,
    }
}

pub(super) fn setting(element: &Element, setting: &Element) -> Fate {
    let of = element.name.as_str();
    let carried = match setting.name.as_str() {
        "properties" | "failedJobRetryTimeCycle" | "jobCategory" | "jobTopic" | "localization" | "includeInHistory" => {
            true
        }
        "inputOutput" => !of.ends_with("Gateway") && of != "process",
        "field" => true,
        "in" | "out" if of == "callActivity" => true,
        "in" | "out" => {
            return Fate::Refused(
                "信号和消息不带变量，请删去它",
                "signals and messages carry no variables; remove it",
            );
        }
        "formData" | "formProperty" => matches!(of, "startEvent" | "userTask"),
        "executionListener" | "taskListener" => return listener(of, setting),
        "connector" => return OUTSIDE,
        "errorEventDefinition" | "mapException" => {
            return Fate::Refused(
                "请让做这件事的程序自己报告错误代码，并删去它",
                "let the program that does the work report the error code itself, and remove it",
            );
        }
        "potentialStarter" => {
            return Fate::Refused("请用流程的发起人设置代替它", "use the starters of the process instead");
        }
        "variableAggregation" => {
            return Fate::Refused(
                "请用 loopDataOutputRef 和 outputDataItem 收集结果",
                "collect results by loopDataOutputRef and outputDataItem",
            );
        }
        "collection"
        | "eventType"
        | "eventInParameter"
        | "eventOutParameter"
        | "eventCorrelationParameter"
        | "sendSynchronously"
        | "triggerEventType" => return OUTSIDE,
        _ => false,
    };
    if carried { Fate::Fine } else { Fate::Kept }
}

/// Whether a setting of these engines is a listener.
pub(in crate::read::dialects) fn is_listener(setting: &Element) -> bool {
    setting.is_of_dialect() && matches!(setting.name.as_str(), "executionListener" | "taskListener")
}

/// Whether a listener runs when its step ends (otherwise when it begins); `None` for one that cannot run.
pub(in crate::read::dialects) fn listener_moment(setting: &Element) -> Option<bool> {
    let is_program = ["class", "delegateExpression", "type"]
        .iter()
        .any(|name| setting.stated(name).is_some());
    match (setting.name.as_str(), setting.stated("event")) {
        _ if is_program => None,
        ("executionListener", None | Some("start")) | ("taskListener", Some("create")) => Some(false),
        ("executionListener", Some("end")) | ("taskListener", Some("complete")) => Some(true),
        _ => None,
    }
}

fn listener(of: &str, setting: &Element) -> Fate {
    let is_program = ["class", "delegateExpression", "type"]
        .iter()
        .any(|name| setting.stated(name).is_some());
    if is_program {
        LISTENER
    } else if listener_moment(setting).is_none() || matches!(of, "process" | "sequenceFlow") {
        MOMENT
    } else {
        Fate::Fine
    }
}

/// Parts of a setting that have a fate of their own.
pub(super) fn parts(setting: &Element) -> Vec<(&str, u32, Fate)> {
    let mut parts = Vec::new();
    if !matches!(setting.name.as_str(), "formData" | "formProperty") {
        return parts;
    }
    let fields = setting.dialect_children().filter(|child| child.name == "formField");
    for field in fields.chain(std::iter::once(setting)) {
        for name in ["defaultValue", "default", "expression", "variable"] {
            if field.stated(name).is_some() {
                parts.push((name, field.line, Fate::Kept));
            }
        }
    }
    parts
}
