//! The catalogue of refusals: each has a stable code and says, in both languages, what happened and what to do.

use kapok_protocol::{Refusal, RefusalKind};

pub(crate) fn instance_not_found() -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "instance.not-found",
        "没有这个事项，可能链接有误。请从列表中打开。",
        "There is no such case; the link may be wrong. Open it from a list.",
    )
}

pub(crate) fn instance_ended() -> Refusal {
    Refusal::new(
        RefusalKind::Conflict,
        "instance.ended",
        "这个事项已经结束，无需再取消。",
        "This case has already ended; there is nothing to cancel.",
    )
}

pub(crate) fn instance_not_yours() -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "instance.not-yours",
        "只有发起人或管理员可以取消这个事项。请联系他们。",
        "Only the person who started this case or an administrator may cancel it. Ask one of them.",
    )
}

pub(crate) fn process_not_found() -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "process.not-found",
        "没有这个流程，可能已被停用。请从流程列表中选择。",
        "There is no such process; it may have been withdrawn. Choose one from the list.",
    )
}

pub(crate) fn process_no_start(name: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "process.no-start",
        format!("流程“{name}”不能手工发起：它没有空白开始事件。请让管理员在流程图中添加。"),
        format!("\"{name}\" cannot be started by hand: it has no none start event. Ask an administrator to draw one."),
    )
}

pub(crate) fn process_start_event_unknown(event: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "process.start-event-unknown",
        format!("流程没有可以这样触发的开始事件“{event}”。请核对开始事件的编号。"),
        format!("The process has no start event `{event}` that can be triggered this way. Check its id."),
    )
}

pub(crate) fn process_not_a_starter(name: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "process.not-a-starter",
        format!("你不在流程“{name}”的可发起人范围内。需要时请联系管理员开通。"),
        format!("You are not among the people who may start \"{name}\". Ask an administrator if you need to."),
    )
}

pub(crate) fn process_not_for_others() -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "process.not-for-others",
        "只能为自己发起流程。请由本人发起。",
        "You may start a case only for yourself. Let the person start it.",
    )
}

pub(crate) fn process_too_deep(depth: u32) -> Refusal {
    Refusal::new(
        RefusalKind::Limit,
        "process.too-deep",
        format!("流程之间互相触发超过 {depth} 层，已停止。请检查记录触发条件是否形成循环。"),
        format!(
            "Processes have triggered each other more than {depth} times in a row, so this one was not started. Check \
             whether record triggers form a loop."
        ),
    )
}

pub(crate) fn process_cannot_begin(reason: &kapok_protocol::Text) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "process.cannot-begin",
        format!("流程不能开始：{}", reason.zh),
        format!("The process cannot begin: {}", reason.en),
    )
}

pub(crate) fn event_name(most: usize) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "event.name",
        format!("消息或信号的名称不能为空，也不能超过 {most} 个字节。请按流程图上的名称填写。"),
        format!("The name of a message or signal has 1 to {most} bytes. Write it as it is drawn."),
    )
}

pub(crate) fn event_key(most: usize) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "event.key",
        format!("消息的关联值不能为空，也不能超过 {most} 个字节。没有关联值时请不要填写。"),
        format!("The key of a message has 1 to {most} bytes. Leave it out when there is none."),
    )
}

pub(crate) fn message_nobody(name: &str) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "message.nobody-waits",
        format!(
            "没有事项在等待消息“{name}”，它也不会启动任何流程。请检查消息名称和关联值；要让它等待，请给出保留时间。"
        ),
        format!(
            "No case waits for the message `{name}`, and it starts no process. Check its name and key; to let it wait, give it a time to live."
        ),
    )
}

pub(crate) fn message_several(name: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Conflict,
        "message.several-wait",
        format!("有多个事项（或流程）在等待消息“{name}”，不知道该给谁。请给出关联值。"),
        format!("Several cases or processes could take the message `{name}`. Give the key of the one that is meant."),
    )
}

pub(crate) fn task_not_found() -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        "task.not-found",
        "没有这个待办，可能链接有误。请从待办列表中打开。",
        "There is no such task; the link may be wrong. Open it from your list.",
    )
}

/// `by` is empty when no person ended it.
pub(crate) fn task_ended(by: Option<&str>, at: &str) -> Refusal {
    let (zh, en) = match by {
        Some(by) => (
            format!("这个待办已由{by}于 {at} 处理，无需再处理。"),
            format!("{by} already did this task on {at}."),
        ),
        None => (
            format!("这个待办已于 {at} 结束，无需再处理。"),
            format!("This task ended on {at}."),
        ),
    };
    Refusal::new(
        RefusalKind::Conflict,
        "task.ended",
        zh,
        format!("{en} There is nothing left to do; refresh your list."),
    )
}

pub(crate) fn task_not_yours(by: Option<&str>) -> Refusal {
    let (zh, en) = match by {
        Some(by) => (
            format!("这个待办的处理人是{by}，不是你。"),
            format!("This task is {by}'s, not yours."),
        ),
        None => ("这个待办不属于你。".to_owned(), "This task is not yours.".to_owned()),
    };
    Refusal::new(
        RefusalKind::Forbidden,
        "task.not-yours",
        format!("{zh}需要处理时请联系处理人或管理员。"),
        format!("{en} If it should be, talk to its handler or an administrator."),
    )
}

pub(crate) fn task_taken(by: Option<&str>) -> Refusal {
    let (zh, en) = (by.unwrap_or("别人"), by.unwrap_or("Somebody else"));
    Refusal::new(
        RefusalKind::Conflict,
        "task.taken",
        format!("{zh}已经认领了这个待办。需要由你处理时，请对方先退回。"),
        format!("{en} has already claimed this task. Ask them to release it if you should do it."),
    )
}

pub(crate) fn task_not_releasable() -> Refusal {
    Refusal::new(
        RefusalKind::Conflict,
        "task.not-releasable",
        "这个待办是直接分给你的，没有其他候选人，不能退回。请处理它，或联系管理员。",
        "This task was given to you alone, so there is no group to give it back to. Do it, or ask an administrator.",
    )
}

pub(crate) fn task_decision_required() -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "task.decision-required",
        "这是审批步骤，请选择“同意”或“拒绝”。",
        "This step is an approval: choose to approve or to reject.",
    )
}

pub(crate) fn task_decision_not_expected() -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "task.decision-not-expected",
        "这是办理步骤，不需要“同意”或“拒绝”。请直接提交。",
        "This step is plain work: it takes no approval or rejection. Just complete it.",
    )
}

pub(crate) fn task_reason_required() -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "task.reason-required",
        "拒绝时必须填写理由。请填写意见后再提交。",
        "A rejection must say why. Write a comment and submit again.",
    )
    .at("comment")
}

pub(crate) fn task_urged_recently(seconds: i64) -> Refusal {
    Refusal::new(
        RefusalKind::Limit,
        "task.urged-recently",
        format!("刚刚已经催办过，请 {seconds} 秒后再试。"),
        format!("This task was urged only just now. Try again in {seconds} seconds."),
    )
}

pub(crate) fn task_not_to_urge() -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "task.not-to-urge",
        "只有发起人、处理人的上级或管理员可以催办。请联系他们。",
        "Only the person who started the case, the handler's superior or an administrator may urge. Ask one of them.",
    )
}

pub(crate) fn field_required(label: &str, place: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "field.required",
        format!("请填写“{label}”。"),
        format!("\"{label}\" must be filled in."),
    )
    .at(place)
}

pub(crate) fn field_invalid(label: &str, place: &str, zh: &str, en: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "field.invalid",
        format!("“{label}”应为{zh}，请修改。"),
        format!("\"{label}\" must be {en}. Please correct it."),
    )
    .at(place)
}

pub(crate) fn field_unknown(place: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Invalid,
        "field.unknown",
        format!("表单中没有字段“{place}”。请去掉它，或核对名称。"),
        format!("The form has no field `{place}`. Leave it out, or check its name."),
    )
    .at(place)
}

pub(crate) fn field_not_editable(place: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "field.not-editable",
        format!("这一步不能修改字段“{place}”。请去掉它；确需修改时请联系管理员调整步骤权限。"),
        format!("This step may not change the field `{place}`. Leave it out, or ask an administrator to allow it."),
    )
    .at(place)
}

pub(crate) fn timer_gone() -> Refusal {
    Refusal::new(
        RefusalKind::Conflict,
        "timer.gone",
        "这个定时器已经不再需要。",
        "This timer is no longer needed; nothing has to be done.",
    )
}

pub(crate) fn job_gone() -> Refusal {
    Refusal::new(
        RefusalKind::Conflict,
        "job.gone",
        "这个任务已结束或已取消，结果不再需要。",
        "This job is over or was cancelled; its result is no longer needed.",
    )
}

pub(crate) fn incident_gone() -> Refusal {
    Refusal::new(
        RefusalKind::Conflict,
        "incident.gone",
        "这个异常已经处理过了。请刷新列表。",
        "This incident has already been dealt with. Refresh the list.",
    )
}

pub(crate) fn only_the_engine() -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "command.only-the-engine",
        "这个操作只能由系统自己执行。",
        "Only the engine itself does this.",
    )
}

pub(crate) fn only_administrators() -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "incident.only-administrators",
        "只有管理员可以处理异常。请联系管理员。",
        "Only administrators may repair incidents. Ask one of them.",
    )
}
