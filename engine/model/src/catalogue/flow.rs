//! The drawing: events, gateways, sequence flows, and whether a case can get from its start to an end.

use super::rules;

rules! {
    START_MISSING = error "start.missing" {
        zh: "「{0}」没有开始事件：请画一个，并连到第一步。",
        en: "「{0}」 has no start event: draw one and connect it to the first step."
    }
    START_SEVERAL = error "start.several" {
        zh: "「{0}」有不止一个手动的开始事件，不知道从哪里开始：请只留一个，其余改为定时或记录触发，或删去。",
        en: "「{0}」 has more than one plain start event, so nobody knows where to begin: keep one; give the others a timer or a record trigger, or remove them."
    }
    START_IN_SUBPROCESS = error "start.trigger-in-subprocess" {
        zh: "子流程里的开始事件「{0}」不能有触发条件：请改为普通的开始事件，或把子流程设为事件子流程。",
        en: "The start event 「{0}」 stands in a sub-process and cannot have a trigger: make it a plain start event, or the sub-process an event sub-process."
    }
    START_INCOMING = error "start.incoming" {
        zh: "连线「{1}」通向开始事件「{0}」：请把它连到某个步骤。",
        en: "The flow 「{1}」 leads to the start event 「{0}」: connect it to a step instead."
    }
    START_TWO_TRIGGERS = error "start.two-triggers" {
        zh: "开始事件「{0}」既有定时又有记录触发：请拆成两个开始事件。",
        en: "The start event 「{0}」 has both a timer and a record trigger: make it two start events."
    }
    END_OUTGOING = error "end.outgoing" {
        zh: "连线「{1}」从结束事件「{0}」出发：结束之后不能再走，请改接，或把结束换成步骤。",
        en: "The flow 「{1}」 leaves the end event 「{0}」: nothing follows an end; connect it elsewhere, or replace the end by a step."
    }
    EVENT_MISPLACED = error "event.misplaced-trigger" {
        zh: "「{0}」是{1}，不能带{2}：请换一种触发，或换一种事件。",
        en: "「{0}」 is {1}, which cannot have a {2}: choose another trigger, or another kind of event."
    }
    EVENT_NO_DEFINITION = error "event.no-trigger" {
        zh: "事件「{0}」没有说明等什么：请选择一种触发（消息、定时、信号、条件等），或删去它。",
        en: "The event 「{0}」 does not say what it waits for: choose a trigger (a message, a timer, a signal, a condition …), or remove it."
    }
    ERROR_NONINTERRUPTING = error "event.error-noninterrupting" {
        zh: "错误边界事件「{0}」必须中断它所在的步骤：请设为中断。",
        en: "The error boundary event 「{0}」 must interrupt its step: make it interrupting."
    }
    CANCEL_NONINTERRUPTING = error "event.cancel-noninterrupting" {
        zh: "取消边界事件「{0}」必须中断它所在的事务：请设为中断。",
        en: "The cancel boundary event 「{0}」 must interrupt its transaction: make it interrupting."
    }
    ERROR_CODE_MISSING = error "event.error-code" {
        zh: "「{0}」没有错误代码：请为它选择一个错误，并填写错误代码。",
        en: "「{0}」 has no error code: choose an error for it and fill in the code."
    }
    ESCALATION_CODE_MISSING = error "event.escalation-code" {
        zh: "「{0}」没有说明抛出哪个升级：请为它选择一个升级，并填写升级代码。",
        en: "「{0}」 does not say which escalation it throws: choose an escalation for it and fill in the code."
    }
    CODE_COMPUTED = error "event.code-computed" {
        zh: "「{0}」的代码「{1}」要算出来，不能运行：请写成固定的代码，不同的代码用不同的事件。",
        en: "The code 「{1}」 of 「{0}」 is computed, which cannot be run: write a fixed code, and use one event for each."
    }
    SIGNAL_MISSING = error "event.signal" {
        zh: "「{0}」没有选择信号：请选一个，或新建一个。",
        en: "「{0}」 names no signal: choose one, or make one."
    }
    CONDITION_EMPTY = error "event.condition" {
        zh: "「{0}」没有写明等什么条件：请填写条件。",
        en: "「{0}」 does not say for which condition it waits: write the condition."
    }
    LINK_NAME_MISSING = error "event.link-name" {
        zh: "链接事件「{0}」没有名称：请给它和它的另一头取同一个名称。",
        en: "The link event 「{0}」 has no name: give it and its other end the same name."
    }
    MESSAGE_NOTHING_SENT = error "message.nothing-sent" {
        zh: "「{0}」没有说明发出哪条消息：请选择一条消息，或画一条消息流，或指定由哪个功能去发。",
        en: "「{0}」 does not say which message it sends: choose a message, draw a message flow, or name the function that sends it."
    }
    MESSAGE_UNNAMED = warning "message.unnamed" {
        zh: "「{0}」没有选择消息：会等名为「{1}」的消息。请选择一条消息，免得弄错。",
        en: "「{0}」 names no message: it waits for one that is called 「{1}」. Choose a message, so that nobody is misled."
    }
    CORRELATION_SEVERAL = error "message.several-keys" {
        zh: "「{0}」的消息「{1}」用了不止一项数据来找对应的流程：请合成一个表达式，只留一项。",
        en: "The message 「{1}」 of 「{0}」 finds its case by more than one value: put them into one expression and keep only that."
    }
    LOOP_ENDLESS = error "loop.endless" {
        zh: "循环「{0}」既没有条件也没有最多次数，会一直重复：请填写循环条件，或最多几次。",
        en: "The loop 「{0}」 has neither a condition nor a maximum and would go on for ever: fill in one of them."
    }
    LOOP_COUNT = error "loop.count-missing" {
        zh: "多实例「{0}」没有说明要做几次：请填写次数，或选择一个列表。",
        en: "「{0}」 is done several times but does not say how often: fill in a number, or choose a list."
    }
    ERROR_UNCAUGHT = warning "event.error-uncaught" {
        zh: "没有步骤会处理「{0}」抛出的错误「{1}」：走到这里，流程会停下等管理员。请把它放进子流程，并在子流程边上加错误事件。",
        en: "Nothing handles the error 「{1}」 thrown by 「{0}」: a case that gets there stops and waits for an administrator. Put it into a sub-process with an error event on its border."
    }
    ERROR_CAUGHT_TWICE = error "event.error-caught-twice" {
        zh: "「{0}」上有两个边界事件处理同一个错误：请只留一个。",
        en: "Two boundary events on 「{0}」 handle the same error: keep only one."
    }
    BOUNDARY_HOST = error "boundary.attached" {
        zh: "边界事件「{0}」没有附在步骤上（附在「{1}」上）：请把它拖到任务或子流程的边上。",
        en: "The boundary event 「{0}」 is not attached to a step (but to 「{1}」): drag it onto the border of a task or sub-process."
    }
    BOUNDARY_SCOPE = error "boundary.scope" {
        zh: "边界事件「{0}」和它所附的「{1}」不在同一层：请把它们放在一起。",
        en: "The boundary event 「{0}」 and the step 「{1}」 it is attached to are not in the same scope: draw them together."
    }
    BOUNDARY_INCOMING = error "boundary.incoming" {
        zh: "连线「{1}」通向边界事件「{0}」：边界事件只能出发，请把连线接到某个步骤。",
        en: "The flow 「{1}」 leads to the boundary event 「{0}」, where flows can only begin: connect it to a step."
    }
    TIMER_MISSING = error "timer.missing" {
        zh: "「{0}」没有填时间：请填写时刻、时长或周期。",
        en: "「{0}」 says no time: fill in a moment, a duration or a cycle."
    }
    TIMER_SEVERAL = error "timer.several" {
        zh: "「{0}」填了不止一种时间：时刻、时长、周期请只留一种。",
        en: "「{0}」 says more than one time: keep one of moment, duration and cycle."
    }
    TIMER_DATE = error "timer.date" {
        zh: "「{0}」的时刻「{1}」写法不对：请写成 2026-11-23T09:00:00 这样。",
        en: "The moment 「{1}」 of 「{0}」 is not understood: write it like 2026-11-23T09:00:00."
    }
    TIMER_DURATION = error "timer.duration" {
        zh: "「{0}」的时长「{1}」写法不对：请写成 PT30M（30 分钟）、PT8H（8 小时）、P3D（3 天）这样。",
        en: "The duration 「{1}」 of 「{0}」 is not understood: write it like PT30M (30 minutes), PT8H (8 hours) or P3D (3 days)."
    }
    TIMER_CYCLE = error "timer.cycle" {
        zh: "「{0}」的周期「{1}」写法不对：请写成 R/P1D（每天一次）、R3/PT1H（每小时一次，共 3 次）或 0 0 9 * * MON-FRI（周一到周五九点）这样。",
        en: "The cycle 「{1}」 of 「{0}」 is not understood: write it like R/P1D (every day), R3/PT1H (every hour, three times) or 0 0 9 * * MON-FRI (at nine from Monday to Friday)."
    }
    FLOW_SCOPE = error "flow.crosses-scope" {
        zh: "连线「{0}」跨过了子流程的边界：请只在同一层里连线，进出子流程时连到子流程本身。",
        en: "The flow 「{0}」 crosses the border of a sub-process: connect only within one scope, and to the sub-process itself from outside."
    }
    FLOW_CONDITION = error "flow.condition-misplaced" {
        zh: "连线「{0}」有条件，但从「{1}」出发的连线不能有条件：请删去条件，或在「{1}」之后加一个排他网关，把条件放在它的分支上。",
        en: "The flow 「{0}」 has a condition, but flows that leave 「{1}」 cannot have one: remove it, or put an exclusive gateway after 「{1}」 and the condition on its branch."
    }
    CONDITION_MISSING = error "gateway.condition-missing" {
        zh: "分支「{0}」没有条件：请为它设置条件，或把它设为默认分支。",
        en: "The branch 「{0}」 has no condition: set one, or make it the default branch."
    }
    DEFAULT_CONDITION = error "gateway.default-condition" {
        zh: "默认分支「{0}」有条件，但默认分支在其他条件都不成立时才走：请删去条件，或换一个默认分支。",
        en: "The default branch 「{0}」 has a condition, but it is taken when no other condition holds: remove the condition, or choose another default."
    }
    DEFAULT_ELSEWHERE = error "gateway.default-elsewhere" {
        zh: "「{0}」的默认分支「{1}」不是从它出发的：请重新选择默认分支。",
        en: "The default branch 「{1}」 of 「{0}」 does not leave it: choose the default branch again."
    }
    DEFAULT_MISSING = warning "gateway.default-missing" {
        zh: "「{0}」没有默认分支：如果所有条件都不成立，流程会停下等管理员。请设一个默认分支。",
        en: "「{0}」 has no default branch: a case for which no condition holds stops and waits for an administrator. Choose a default branch."
    }
    JOIN_NEVER_FILLS = error "gateway.join-never-fills" {
        zh: "并行网关「{0}」永远等不齐：「{1}」和「{2}」不会同时走到这里。请改用排他网关汇合，或在前面用并行网关分开。",
        en: "The parallel gateway 「{0}」 waits for ever: 「{1}」 and 「{2}」 never both arrive. Join with an exclusive gateway, or split with a parallel gateway before."
    }
    QUANTITY_NEVER = error "activity.never-begins" {
        zh: "「{0}」要等 {1} 个令牌到齐才开始，但永远不会有两个同时到：请把 startQuantity 改为 1，或在前面用并行网关分开。",
        en: "「{0}」 begins when {1} tokens have come, but two are never there at once: set startQuantity to 1, or split with a parallel gateway before."
    }
    DEAD_END = error "node.dead-end" {
        zh: "「{0}」之后没有连线：请连到下一步，或连到结束事件。",
        en: "Nothing follows 「{0}」: connect it to the next step, or to an end event."
    }
    IMPLICIT_END = warning "node.implicit-end" {
        zh: "「{0}」之后没有连线：走完它，这条路就结束了。想让图更清楚，请画一个结束事件。",
        en: "Nothing follows 「{0}」: the path is over after it. Draw an end event to make that plain."
    }
    UNREACHABLE = error "node.unreachable" {
        zh: "流程永远走不到「{0}」：请把它连到流程里，或删去它。",
        en: "The process never gets to 「{0}」: connect it, or remove it."
    }
    NO_END = warning "node.no-end" {
        zh: "走到「{0}」之后，流程再也不能结束：请检查后面的连线，加一条通往结束的路。",
        en: "Once at 「{0}」, the process can never end: look at what follows, and add a way to an end."
    }
    ENDLESS = error "node.endless" {
        zh: "走到「{0}」之后，流程会不停地转圈，永远不会停：请加一条通往结束的路。",
        en: "Once at 「{0}」, the process goes round for ever without a pause: add a way to an end."
    }
}
