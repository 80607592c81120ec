//! Tasks, and the activities with something inside.

use super::{
    gateways::script,
    pen::{Around, Block, Pen, formal},
};

impl Pen {
    /// A task of some kind, with these attributes.
    pub(super) fn task(&mut self, around: Around, attributes: &str) -> String {
        let repeat = match attributes {
            "" => self.repetition(),
            _ => String::new(),
        };
        let (kind, inside) = self.task_kind(around, repeat.is_empty());
        self.element("t", |id| {
            format!("<{kind} id='{id}' {attributes}>{inside}{repeat}</{}>", kind_name(&kind))
        })
    }

    /// The kind of a task, with its attributes, and what is inside.
    fn task_kind(&mut self, around: Around, once: bool) -> (String, String) {
        match self.chance.below(9) {
            0 => ("task".to_owned(), String::new()),
            1 => ("manualTask".to_owned(), String::new()),
            2 | 3 => ("userTask".to_owned(), String::new()),
            4 => {
                let handler = "<extensionElements><kapok:handler name='demo.work'/></extensionElements>";
                ("serviceTask".to_owned(), handler.to_owned())
            }
            5 if !around.many && once => {
                let message = self.new_message();
                (format!("receiveTask messageRef='{message}'"), String::new())
            }
            6 if !around.handler => {
                let message = self.some_message();
                (format!("sendTask messageRef='{message}'"), String::new())
            }
            _ => {
                let script = self.script();
                (
                    "scriptTask scriptFormat='rhai'".to_owned(),
                    format!("<script>{script}</script>"),
                )
            }
        }
    }

    /// How often something is done, perhaps.
    pub(super) fn repetition(&mut self) -> String {
        match self.chance.below(14) {
            0 => {
                let maximum = 1 + self.chance.below(3);
                let test = self.chance.one_of(&["", "testBefore='true'"]);
                format!("<standardLoopCharacteristics loopMaximum='{maximum}' {test}/>")
            }
            1 => {
                let test = self.chance.one_of(&["", "testBefore='true'"]);
                let condition = formal("loopCondition", &self.condition());
                format!("<standardLoopCharacteristics loopMaximum='3' {test}>{condition}</standardLoopCharacteristics>")
            }
            2 | 3 => self.each(),
            _ => String::new(),
        }
    }

    pub(super) fn each(&mut self) -> String {
        let sequential = self.chance.one_of(&["true", "false"]);
        let enough = match self.chance.below(3) {
            0 => formal("completionCondition", "numberOfCompletedInstances &gt;= 2"),
            _ => String::new(),
        };
        let of = match self.chance.below(2) {
            0 => formal("loopCardinality", &self.chance.below(4).to_string()),
            _ => {
                let id = self.id("d");
                format!("<loopDataInputRef>items</loopDataInputRef><inputDataItem id='{id}' name='item'/>")
            }
        };
        format!(
            "<multiInstanceLoopCharacteristics isSequential='{sequential}'>{of}{enough}\
             </multiInstanceLoopCharacteristics>"
        )
    }

    /// A sub-process, perhaps repeated, with event sub-processes and boundary events.
    pub(super) fn sub_process(&mut self, around: Around) -> Block {
        let repeat = self.repetition();
        let around_it = around;
        let mut around = around;
        around.many |= !repeat.is_empty();
        let catches = self.chance.once_in(2);
        around.catches_errors |= catches;
        let mut body = self.whole(&around);
        if self.chance.once_in(2) {
            body += &self.event_sub_process(around);
        }
        let id = self.element("q", |id| format!("<subProcess id='{id}'>\n{body}{repeat}</subProcess>"));
        self.watch(around_it, id, catches)
    }

    /// A transaction that may be cancelled.
    pub(super) fn transaction(&mut self, around: Around) -> Block {
        let around_it = around;
        let body = self.within(|pen| {
            let start = pen.element("s", |id| format!("<startEvent id='{id}'/>"));
            let first = pen.undone_by_handler();
            let block = pen.block(around);
            let second = pen.undone_by_handler();
            let end = pen.element("e", |id| format!("<endEvent id='{id}'/>"));
            let cancel = pen.element("e", |id| {
                format!("<endEvent id='{id}'><cancelEventDefinition/></endEvent>")
            });
            let fine = pen.id("f");
            let gateway = pen.element("g", |id| format!("<exclusiveGateway id='{id}' default='{fine}'/>"));
            pen.flow(&start, &first);
            pen.flow(&first, &block.entry);
            pen.flow(&block.exit, &second);
            pen.flow(&second, &gateway);
            pen.flow_as(&fine, &gateway, &end, "");
            let condition = pen.condition();
            pen.flow_if(&gateway, &cancel, &condition);
        });
        let id = self.element("q", |id| format!("<transaction id='{id}'>\n{body}</transaction>"));
        let block = self.watch(around_it, id.clone(), false);
        let cancelled = self.element("b", |event| {
            format!("<boundaryEvent id='{event}' attachedToRef='{id}'><cancelEventDefinition/></boundaryEvent>")
        });
        self.flow(&cancelled, &block.exit);
        block
    }

    /// Some tasks in an order of their own.
    pub(super) fn ad_hoc(&mut self, around: Around) -> Block {
        let ordering = self.chance.one_of(&["Parallel", "Sequential"]);
        let rest = self.chance.one_of(&["true", "false"]);
        let completion = match self.chance.below(2) {
            0 => formal("completionCondition", "x &gt;= 2"),
            _ => String::new(),
        };
        // So that the condition holds in the end, each step counts.
        let begin = self.element("a", |id| script(id, "vars.x = 0"));
        let body = self.within(|pen| {
            for _ in 0..2 + pen.chance.below(2) {
                let step = pen.task(around, " ");
                let count = pen.element("a", |id| script(id, "x = x + 1"));
                pen.flow(&step, &count);
            }
        });
        let id = self.element("q", |id| {
            format!(
                "<adHocSubProcess id='{id}' ordering='{ordering}' cancelRemainingInstances='{rest}'>\n{body}{completion}\
                 </adHocSubProcess>"
            )
        });
        self.flow(&begin, &id);
        let block = self.watch(around, id, false);
        Block {
            entry: begin,
            exit: block.exit,
        }
    }

    /// Another process as a step.
    pub(super) fn call(&mut self, around: Around) -> Block {
        let catches = self.chance.once_in(2);
        let mut inside = around.inside();
        inside.catches_errors |= catches;
        let key = self.process(&inside);
        let id = self.element("k", |id| format!("<callActivity id='{id}' calledElement='{key}'/>"));
        self.watch(around, id, catches)
    }
}

fn kind_name(kind: &str) -> &str {
    kind.split(' ').next().unwrap_or(kind)
}
