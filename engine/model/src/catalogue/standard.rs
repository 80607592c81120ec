//! What BPMN 2.0.2 itself demands, whatever runs the model.

use super::rules;

rules! {
    MISPLACED = error "element.misplaced" {
        zh: "「{0}」：{1}不能放在{2}里。请把它移到该放的地方，或删去它。",
        en: "「{0}」: {1} cannot stand in {2}. Move it to where it belongs, or remove it."
    }
    REPEATED = error "element.repeated" {
        zh: "「{0}」里的{1}写了不止一次：请只留一个。",
        en: "「{0}」 has more than one {1}: keep only one."
    }
    CHILD_MISSING = error "element.child-missing" {
        zh: "「{0}」缺少{1}：请补上。",
        en: "「{0}」 has no {1}: add it."
    }
    CHOICE_IDLE = warning "element.choice-idle" {
        zh: "「{0}」的 {1} 是「{2}」，应当是 {3} 之一。运行时不受影响，但请改正。",
        en: "{1} of 「{0}」 is 「{2}」 but should be one of {3}. It makes no difference when the process runs; correct it all the same."
    }
    WRONG_KIND = error "reference.wrong-kind" {
        zh: "「{0}」的 {1} 指向「{2}」，它是{3}，而这里要的是{4}：请重新选择。",
        en: "{1} of 「{0}」 points to 「{2}」, which is {3}, but should be {4}: choose again."
    }
    REFERENCE_IDLE = warning "reference.idle" {
        zh: "「{0}」的 {1} 写的是「{2}」，文件里没有合适的元素。运行时不受影响，但请改正或删去。",
        en: "{1} of 「{0}」 says 「{2}」, but nothing fitting is in the file. It makes no difference when the process runs; correct or remove it."
    }
    FLOWS_DISAGREE = warning "reference.flows-disagree" {
        zh: "「{0}」里列出的 {1} 与连线不一致：以连线为准。重新保存一次图，通常就会改正。",
        en: "The {1} flows that 「{0}」 lists are not those that are drawn: the flows count. Saving the drawing again usually corrects it."
    }
    ERROR_INTERRUPTS = error "event-sub-process.error-interrupts" {
        zh: "错误会中断事件子流程「{1}」周围的一切，它的开始事件「{0}」不能设为不中断：请设为中断。",
        en: "An error interrupts everything around the event sub-process 「{1}」, so its start 「{0}」 cannot be non-interrupting: make it interrupting."
    }
    LINK_TARGET_MISSING = error "link.target-missing" {
        zh: "「{0}」链接到「{1}」，但同一层里没有叫这个名称的捕获链接事件：请画一个，或改正名称。",
        en: "「{0}」 links to 「{1}」, but no catching link event in the same scope has that name: draw one, or correct the name."
    }
    LINK_TARGET_TWICE = error "link.target-twice" {
        zh: "「{0}」：名为「{1}」的捕获链接事件不止一个，不知道跳到哪里。请只留一个。",
        en: "「{0}」: more than one catching link event is called 「{1}」, so nobody knows where to go. Keep only one."
    }
    LINK_FLOW = error "link.flow" {
        zh: "连线「{1}」接在链接事件「{0}」不能接的一边：抛出的链接没有出线，捕获的链接没有入线。请删去这条连线。",
        en: "The flow 「{1}」 is on the wrong side of the link event 「{0}」: nothing leaves a throwing link, and nothing enters a catching one. Remove the flow."
    }
    COMPENSATION_HANDLER = error "compensation.handler" {
        zh: "补偿事件「{0}」要用关联线连到一个补偿活动，只能一个：请连到用来撤销的那个任务，并把它标为补偿用。",
        en: "The compensation event 「{0}」 must be connected by an association to exactly one activity that undoes: connect it, and mark that activity as being for compensation."
    }
    COMPENSATION_SCOPE = error "compensation.handler-scope" {
        zh: "补偿事件「{0}」和补偿活动「{1}」不在同一层：请把它们放在一起。",
        en: "The compensation event 「{0}」 and the activity 「{1}」 that undoes are not in the same scope: draw them together."
    }
    COMPENSATION_EVENT_FLOW = error "compensation.event-flow" {
        zh: "连线「{1}」从补偿事件「{0}」出发：补偿事件只用关联线连到补偿活动。请删去连线，改用关联线。",
        en: "The flow 「{1}」 leaves the compensation event 「{0}」, which leads on by an association only: remove the flow and draw an association."
    }
    COMPENSATION_HANDLER_FLOW = error "compensation.handler-flow" {
        zh: "「{0}」是补偿活动，不在正常的流程里，却接了连线「{1}」：请删去连线，或取消补偿标记。",
        en: "「{0}」 is for compensation and stands outside the normal flow, but has the flow 「{1}」: remove the flow, or the mark for compensation."
    }
    COMPENSATION_UNUSED = warning "compensation.handler-unused" {
        zh: "「{0}」是补偿活动，但没有补偿事件连到它，永远不会运行：请用关联线把补偿事件连到它，或删去它。",
        en: "「{0}」 is for compensation, but no compensation event is connected to it, so it never runs: connect one by an association, or remove it."
    }
    CANCEL_OUTSIDE = error "transaction.cancel-outside" {
        zh: "取消结束「{0}」不在事务里：请把它放进事务子流程，或换一种结束。",
        en: "The cancel end 「{0}」 is not in a transaction: put it into one, or use another end."
    }
    CANCEL_HOST = error "transaction.cancel-host" {
        zh: "取消边界事件「{0}」附在「{1}」上，而它不是事务：请把它附在事务子流程上，或换一种事件。",
        en: "The cancel event 「{0}」 is attached to 「{1}」, which is no transaction: attach it to a transaction, or use another event."
    }
    CANCEL_UNCAUGHT = warning "transaction.cancel-uncaught" {
        zh: "事务「{0}」可以由「{1}」取消，但边上没有取消事件：取消之后无路可走。请加一个取消边界事件。",
        en: "The transaction 「{0}」 can be cancelled by 「{1}」, but has no cancel event on its border, so nothing follows. Add one."
    }
    EVENT_SUB_PROCESS_STARTS = error "event-sub-process.several-starts" {
        zh: "事件子流程「{0}」有不止一个开始事件：请只留一个，其余的各放进一个事件子流程。",
        en: "The event sub-process 「{0}」 has more than one start event: keep one, and give each other one an event sub-process of its own."
    }
    EVENT_SUB_PROCESS_TRIGGER = error "event-sub-process.no-trigger" {
        zh: "事件子流程「{1}」的开始事件「{0}」没有触发：请设置它等什么。",
        en: "The start event 「{0}」 of the event sub-process 「{1}」 has no trigger: say what it waits for."
    }
    EVENT_SUB_PROCESS_FLOW = error "event-sub-process.flow" {
        zh: "事件子流程「{0}」由事件启动，不能接连线，却有「{1}」：请删去连线，或把它改为普通的子流程。",
        en: "The event sub-process 「{0}」 is started by its event and has no sequence flows, but 「{1}」 is connected to it: remove the flow, or make it a plain sub-process."
    }
    EVENT_GATEWAY_ONE_WAY = warning "event-gateway.one-way" {
        zh: "事件网关「{0}」后面只有一条路，没有什么可选的：请再画一条，或删去网关。",
        en: "Only one way leaves the event-based gateway 「{0}」, so there is nothing to choose: draw another, or remove the gateway."
    }
    EVENT_GATEWAY_TARGET = error "event-gateway.target" {
        zh: "事件网关「{0}」后面是「{1}」，它不等待事件：请在网关之后放消息、定时、信号、条件的捕获事件，或接收任务。",
        en: "「{1}」 follows the event-based gateway 「{0}」 but waits for no event: put a catching message, timer, signal or conditional event, or a receive task, there."
    }
    EVENT_GATEWAY_TARGET_SHARED = warning "event-gateway.target-shared" {
        zh: "事件网关「{0}」后面的「{1}」还有别的连线进来：标准不允许，请为别的连线另画一个事件。",
        en: "「{1}」, which follows the event-based gateway 「{0}」, has other flows leading to it, which the standard does not allow: draw another event for them."
    }
    EVENT_GATEWAY_TARGET_WATCHED = error "event-gateway.target-watched" {
        zh: "事件网关「{0}」后面的接收任务「{1}」带有边界事件：不知道何时开始算。请删去边界事件，改在网关后加一个定时等事件。",
        en: "The receive task 「{1}」 after the event-based gateway 「{0}」 has boundary events, and nobody knows from when they count: remove them, and put an event after the gateway instead."
    }
    EVENT_GATEWAY_MIXED = warning "event-gateway.mixed" {
        zh: "事件网关「{0}」后面既有消息事件又有接收任务：标准要求只用一种，请统一。",
        en: "Both message events and receive tasks follow the event-based gateway 「{0}」: the standard wants one kind only."
    }
    EVENT_GATEWAY_START_INCOMING = error "event-gateway.start-incoming" {
        zh: "事件网关「{0}」用来启动流程，前面不能再有连线「{1}」：请删去连线，或取消启动设置。",
        en: "The event-based gateway 「{0}」 starts the process, so the flow 「{1}」 cannot lead to it: remove the flow, or let the gateway not start the process."
    }
    EVENT_GATEWAY_PARALLEL = error "event-gateway.parallel" {
        zh: "事件网关「{0}」是并行的：并行的事件网关只能用来启动流程，后面也只能是消息。请改为排他，或设为启动流程并只接消息。",
        en: "The event-based gateway 「{0}」 is parallel, which is only for starting a process, and only by messages: make it exclusive, or let it start the process and follow it by messages only."
    }
    RECEIVE_START_INCOMING = error "receive.start-incoming" {
        zh: "接收任务「{0}」用来启动流程，前面不能有连线：请删去连线，或取消启动设置。",
        en: "The receive task 「{0}」 starts the process, so no flow can lead to it: remove the flow, or let the task not start the process."
    }
    COMPLEX_ACTIVATION = error "complex-gateway.activation-missing" {
        zh: "复杂网关「{0}」有多条路进来，但没有说何时放行：请填写激活条件，或改用其他网关。",
        en: "Several ways lead to the complex gateway 「{0}」, but it does not say when it opens: give it an activation condition, or use another gateway."
    }
    AD_HOC_EVENT = error "ad-hoc.start-or-end" {
        zh: "自由子流程「{2}」里有{1}「{0}」：自由子流程没有开始和结束，请删去它。",
        en: "The ad-hoc sub-process 「{2}」 contains the {1} 「{0}」: an ad-hoc sub-process has no start and no end; remove it."
    }
    MESSAGE_FLOW_POOL = error "message-flow.same-pool" {
        zh: "消息流「{0}」的两端在同一个泳池里：消息流只在泳池之间，泳池里面请用顺序流。",
        en: "Both ends of the message flow 「{0}」 are in one pool: messages go between pools; within a pool, use a sequence flow."
    }
}
