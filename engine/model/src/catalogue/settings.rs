//! What is set on steps and processes: people, forms, reminders, handlers, expressions.

use super::rules;

rules! {
    EXPRESSION_LANGUAGE = error "expression.language" {
        zh: "「{0}」的表达式用的是 {1}，不能运行：请改用条件行、rhai、FEEL 或 JUEL（${…}）。",
        en: "The expression of 「{0}」 is written in {1}, which cannot be run: use condition rows, rhai, FEEL or JUEL (${…})."
    }
    EXPRESSION_INVALID = error "expression.invalid" {
        zh: "「{0}」的表达式有误：{1}",
        en: "The expression of 「{0}」 is wrong: {1}"
    }
    FILTER_INVALID = error "expression.filter" {
        zh: "「{0}」的条件行读不出来（{1}）：请重新设置条件。",
        en: "The condition rows of 「{0}」 cannot be read ({1}): set the condition again."
    }
    PLACEHOLDER = error "text.placeholder" {
        zh: "「{0}」的文字里大括号不成对，或里面不是字段名（{1}）：请写成 {2}，要显示大括号本身请写两个。",
        en: "A brace in the text of 「{0}」 has no partner, or no field's name inside ({1}): write {2}; to show a brace itself, write two."
    }
    ASSIGNEES_MISSING = warning "task.no-assignee" {
        zh: "任务「{0}」没有办理人：会交给管理员。请选择由谁办理。",
        en: "The task 「{0}」 has no assignee and goes to the administrators: choose who does it."
    }
    STARTERS_RULE = warning "starters.rule" {
        zh: "「{0}」的发起人里有 kapok:{1}，但发起之前还没有发起人和内容，这一条不会选中任何人：请改用人员、角色或部门。",
        en: "The starters of 「{0}」 contain kapok:{1}, but before the start there is neither initiator nor content, so it names nobody: use persons, roles or departments."
    }
    PERSON_UNKNOWN = warning "name.person" {
        zh: "「{0}」用到的人员「{1}」还不存在：请在运行之前建好，或改选别人。",
        en: "「{0}」 names the person 「{1}」, who does not exist yet: add them before it runs, or choose somebody else."
    }
    ROLE_UNKNOWN = warning "name.role" {
        zh: "「{0}」用到的角色「{1}」还不存在：请在运行之前建好，或改选别的。",
        en: "「{0}」 names the role 「{1}」, which does not exist yet: add it before it runs, or choose another."
    }
    DEPARTMENT_UNKNOWN = warning "name.department" {
        zh: "「{0}」用到的部门「{1}」还不存在：请在运行之前建好，或改选别的。",
        en: "「{0}」 names the department 「{1}」, which does not exist yet: add it before it runs, or choose another."
    }
    GROUP_UNKNOWN = warning "name.group" {
        zh: "「{0}」要由「{1}」办理，但没有叫这个名称的角色或部门：请在运行之前建好，或改选别的。",
        en: "「{0}」 is to be done by 「{1}」, but no role or department is called so: add one before it runs, or choose another."
    }
    PROCESS_UNKNOWN = warning "name.process" {
        zh: "「{0}」要调用的流程「{1}」还没有发布：请在运行之前发布它，或改选别的。",
        en: "「{0}」 calls the process 「{1}」, which is not deployed yet: deploy it before it runs, or choose another."
    }
    CALL_MISSING = error "call.missing" {
        zh: "调用活动「{0}」没有说明调用哪个流程：请选择一个。",
        en: "The call activity 「{0}」 does not say which process it calls: choose one."
    }
    DECISION_MISSING = error "decision.missing" {
        zh: "业务规则任务「{0}」没有说明用哪条规则：请选择一个决策，或一个插件功能。",
        en: "The business rule task 「{0}」 does not say which rule it asks: choose a decision, or a plugin's function."
    }
    DECISION_UNKNOWN = warning "name.decision" {
        zh: "「{0}」要用的决策「{1}」还不存在：请在运行之前建好，或改选别的。",
        en: "「{0}」 asks the decision 「{1}」, which does not exist yet: add it before it runs, or choose another."
    }
    ENTITY_UNKNOWN = warning "name.entity" {
        zh: "「{0}」用到的数据「{1}」还不存在：请安装它的插件，或改选别的。",
        en: "「{0}」 names the entity 「{1}」, which does not exist yet: install its plugin, or choose another."
    }
    REJECTION_FLOW_MISSING = error "approval.rejection-flow-missing" {
        zh: "审批「{0}」设为拒绝后走指定的连线，但没有选连线：请选一条。",
        en: "The approval 「{0}」 follows a drawn flow on rejection, but none is chosen: choose one."
    }
    REJECTION_FLOW_UNUSED = error "approval.rejection-flow-unused" {
        zh: "审批「{0}」选了拒绝后的连线，但拒绝设为结束：请把拒绝设为走连线，或去掉连线。",
        en: "The approval 「{0}」 names a flow for rejection, but a rejection ends the case: follow the flow on rejection, or remove it."
    }
    REJECTION_FLOW_ELSEWHERE = error "approval.rejection-flow-elsewhere" {
        zh: "审批「{0}」拒绝后的连线「{1}」不是从它出发的：请重新选择。",
        en: "The rejection flow 「{1}」 of 「{0}」 does not leave it: choose again."
    }
    APPROVAL_FLOW_MISSING = error "approval.approval-flow-missing" {
        zh: "审批「{0}」只有拒绝的连线，同意之后无路可走：请再画一条通往下一步的连线。",
        en: "The approval 「{0}」 has only its rejection flow, and nowhere to go when approved: draw a flow to the next step."
    }
    REMINDER_REPEAT = error "reminder.repeat" {
        zh: "「{0}」的重复提醒「{1}」写法不对：请写明次数和间隔，如 R2/PT1H（每小时一次，共 2 次）。",
        en: "The repeated reminder 「{1}」 of 「{0}」 is not understood: say how often and how far apart, like R2/PT1H (twice, an hour apart)."
    }
    REMINDER_TIME = error "reminder.time" {
        zh: "「{0}」的提醒时间「{1}」写法不对：请写成 PT30M、PT8H、P3D 这样。",
        en: "The reminder time 「{1}」 of 「{0}」 is not understood: write it like PT30M, PT8H or P3D."
    }
    REMINDER_ORDER = warning "reminder.order" {
        zh: "「{0}」的提醒没有按时间先后排列：会按时间先后执行，请调整次序以免看错。",
        en: "The reminders of 「{0}」 are not in the order of time: they happen in that order; reorder them so that nobody is misled."
    }
    REMINDER_NEVER = warning "reminder.never" {
        zh: "「{0}」在 {1} 已自动作出决定，之后的提醒不会发生：请删去，或提前。",
        en: "「{0}」 is decided automatically at {1}, so later rungs never happen: remove them, or move them forward."
    }
    REMINDER_DECIDE = error "reminder.decide" {
        zh: "「{0}」不是审批，不能自动同意或拒绝：请改为审批，或删去自动决定。",
        en: "「{0}」 is no approval and cannot be decided automatically: make it an approval, or remove the decision."
    }
    DUE_BEYOND = error "reminder.due" {
        zh: "「{0}」的办理时限「{1}」写法不对：请写成 PT8H、P3D 这样。",
        en: "The time limit 「{1}」 of 「{0}」 is not understood: write it like PT8H or P3D."
    }
    FIELD_TWICE = error "form.field-twice" {
        zh: "「{0}」里字段「{1}」出现了两次：请只留一个。",
        en: "The field 「{1}」 appears twice in 「{0}」: keep one."
    }
    FIELD_ID = error "form.field-id" {
        zh: "「{0}」的字段名「{1}」不能用：请用字母、数字和下划线，并以字母开头。",
        en: "The field id 「{1}」 of 「{0}」 cannot be used: use letters, digits and underscores, beginning with a letter."
    }
    FIELD_CHOICES = error "form.choices" {
        zh: "「{0}」的单选字段「{1}」没有选项：请至少加一个。",
        en: "The choice field 「{1}」 of 「{0}」 has no choices: add at least one."
    }
    FIELD_COLUMNS = error "form.columns" {
        zh: "「{0}」的明细「{1}」没有列：请至少加一列。",
        en: "The detail lines 「{1}」 of 「{0}」 have no columns: add at least one."
    }
    FIELD_UNKNOWN = warning "form.field-unknown" {
        zh: "「{0}」设置了字段「{1}」，但表单里没有它：请删去，或在表单里加上。",
        en: "「{0}」 sets the field 「{1}」, which is not in the form: remove it, or add it to the form."
    }
    FORM_AND_SUBJECT = error "process.form-and-subject" {
        zh: "流程「{0}」既有自己的表单又针对一种记录：请只留一个。",
        en: "The process 「{0}」 has both a form of its own and a record it is about: keep one."
    }
    SUBJECT_STATUS = error "process.subject-status" {
        zh: "流程「{0}」写了状态值，但没有选状态字段：请选择状态字段，或去掉状态值。",
        en: "The process 「{0}」 gives values of a status but names no status field: choose the field, or remove the values."
    }
    TRIGGER_SUBJECT = error "start.trigger-subject" {
        zh: "「{0}」由「{1}」的记录触发，但流程针对的不是它：请把流程的记录设为「{1}」，或改触发。",
        en: "「{0}」 is triggered by records of 「{1}」, but the process is not about them: make 「{1}」 the process's record, or change the trigger."
    }
    SERVICE_EMPTY = error "service.missing" {
        zh: "服务任务「{0}」没有说明做什么：请选择一个插件功能，或设为发送消息。",
        en: "The service task 「{0}」 does not say what to do: choose a plugin's function, or make it a message."
    }
    SERVICE_BOTH = error "service.both" {
        zh: "服务任务「{0}」同时要做两件事（调用插件、发送消息、发出请求）：请拆成两个任务。",
        en: "The service task 「{0}」 does two things at once (a plugin's function, a message, a request): make it two tasks."
    }
    HANDLER_UNKNOWN = error "service.handler-unknown" {
        zh: "「{0}」要用的插件功能「{1}」没有安装：请安装插件，改选别的功能，或设为由外部程序办理。",
        en: "「{0}」 needs 「{1}」, which no installed plugin has: install the plugin, choose another function, or say that an outside worker does it."
    }
    INPUT_TWICE = error "service.input-twice" {
        zh: "服务任务「{0}」的输入「{1}」写了两次：请只留一个。",
        en: "The input 「{1}」 of the service task 「{0}」 is given twice: keep one."
    }
    REQUEST_URL = error "request.url" {
        zh: "「{0}」的请求地址「{1}」不对：请以 http:// 或 https:// 开头写全，主机名不能由变量组成。",
        en: "The address 「{1}」 of the request of 「{0}」 is wrong: write it whole, beginning with http:// or https://, with a host that no variable makes."
    }
    REQUEST_NOT_ALLOWED = warning "request.not-allowed" {
        zh: "「{0}」要向 {1} 发请求，但配置里还不允许：请管理员在配置文件的 [[outbound]] 里加上它。",
        en: "「{0}」 sends a request to {1}, which the configuration does not allow yet: add it under [[outbound]] there."
    }
    REQUEST_SECRET = warning "request.secret" {
        zh: "「{0}」的请求要用密钥「{1}」，但配置里还没有：请管理员在配置文件的 [secrets] 里加上它。",
        en: "The request of 「{0}」 needs the secret 「{1}」, which the configuration does not have yet: add it under [secrets] there."
    }
    REQUEST_HEADER = error "request.header" {
        zh: "「{0}」的请求头「{1}」不能这样设置：名称有误，或由系统自己填写。请改名或删去。",
        en: "The header 「{1}」 of the request of 「{0}」 cannot be set: its name is wrong, or the system sets it. Rename or remove it."
    }
    REQUEST_STATUS = error "request.status" {
        zh: "「{0}」的状态码「{1}」看不懂：请写成 404 或 4xx，几个之间用空格隔开。",
        en: "The status 「{1}」 of 「{0}」 is not understood: write 404 or 4xx, several with blanks between them."
    }
    REQUEST_TIMEOUT = error "request.timeout" {
        zh: "「{0}」的请求时限「{1}」写法不对：请写成 PT20S 这样，最长 PT5M。",
        en: "The time limit 「{1}」 of the request of 「{0}」 is not understood: write it like PT20S, PT5M at most."
    }
    REQUEST_VARIABLE = error "request.variable" {
        zh: "「{0}」要把应答存到变量「{1}」，但变量不能这样命名：请用字母、数字和下划线，不以数字开头。",
        en: "「{0}」 keeps the answer in 「{1}」, which is no name of a variable: use letters, digits and underscores, no digit first."
    }
    REQUEST_BODY = error "request.body" {
        zh: "「{0}」的 {1} 请求不能带内容：请删去内容，或改用 POST。",
        en: "The {1} request of 「{0}」 cannot have a body: remove it, or use POST."
    }
    MESSAGE_TO = error "message.to-missing" {
        zh: "消息「{0}」没有收件人：请选择发给谁。",
        en: "The message 「{0}」 has no recipient: choose whom to tell."
    }
    MESSAGE_TEXT = error "message.text-missing" {
        zh: "消息「{0}」没有内容：请填写文字。",
        en: "The message 「{0}」 has no text: write one."
    }
    SCRIPT_MISSING = error "script.missing" {
        zh: "脚本任务「{0}」没有脚本：请填写，或删去这一步。",
        en: "The script task 「{0}」 has no script: write one, or remove the step."
    }
    SCRIPT_LANGUAGE = error "script.language" {
        zh: "脚本任务「{0}」的脚本语言是「{1}」，不能运行：请改写成 rhai（或一个 FEEL、JUEL 表达式），并把 scriptFormat 设为它。",
        en: "The script of 「{0}」 is written in 「{1}」, which cannot be run: rewrite it in rhai (or as one expression in FEEL or JUEL) and set scriptFormat to that."
    }
    SCRIPT_INVALID = error "script.invalid" {
        zh: "脚本任务「{0}」的脚本有误：{1}",
        en: "The script of 「{0}」 is wrong: {1}"
    }
}
