//! What stands on and around activities: boundary events, event sub-processes, handlers that undo.

use super::{
    gateways::script,
    pen::{Around, Block, Pen},
};

impl Pen {
    /// A task with something on its boundary.
    pub(super) fn watched_task(&mut self, around: Around) -> Block {
        let id = self.task(around, "");
        let catches = self.chance.once_in(2);
        self.watch(around, id, catches)
    }

    /// Some boundary events on an activity; what interrupts leads to where the activity leads.
    pub(super) fn watch(&mut self, around: Around, activity: String, catches_errors: bool) -> Block {
        let exit = self.gateway("exclusiveGateway");
        self.flow(&activity, &exit);
        if catches_errors {
            let code = self.some_code();
            let of = self.chance.one_of(&["", "errorRef"]);
            let of = match of {
                "" => String::new(),
                _ => format!("errorRef='{code}'"),
            };
            self.boundary(
                &activity,
                &format!("<errorEventDefinition {of}/>"),
                "",
                true,
                &exit,
                around,
            );
            if !of.is_empty() {
                self.boundary(&activity, "<errorEventDefinition/>", "", true, &exit, around);
            }
        }
        for _ in 0..self.chance.below(3) {
            let interrupting = self.chance.once_in(2);
            let (triggers, attributes) = match self.chance.below(6) {
                0 => {
                    let code = self.some_code();
                    (format!("<escalationEventDefinition escalationRef='C{code}'/>"), "")
                }
                1 => {
                    let both = format!("{}{}", self.trigger(around), self.becomes_true());
                    (both, self.chance.one_of(&["", "parallelMultiple='true'"]))
                }
                _ => (self.watched_for(around, interrupting), ""),
            };
            self.boundary(&activity, &triggers, attributes, interrupting, &exit, around);
        }
        Block { entry: activity, exit }
    }

    fn boundary(
        &mut self,
        activity: &str,
        triggers: &str,
        attributes: &str,
        interrupting: bool,
        exit: &str,
        around: Around,
    ) {
        let event = self.element("b", |id| {
            format!(
                "<boundaryEvent id='{id}' attachedToRef='{activity}' cancelActivity='{interrupting}' {attributes}>\
                 {triggers}</boundaryEvent>"
            )
        });
        if interrupting {
            self.flow(&event, exit);
            return;
        }
        let handler = Around {
            handler: true,
            many: true,
            ..around.inside()
        };
        let block = self.block(handler);
        let end = self.element("e", |id| format!("<endEvent id='{id}'/>"));
        self.flow(&event, &block.entry);
        self.flow(&block.exit, &end);
    }

    /// An event sub-process for the scope that is being drawn.
    pub(super) fn event_sub_process(&mut self, around: Around) -> String {
        let interrupting = self.chance.once_in(2);
        let code = self.some_code();
        let (trigger, interrupting) = match self.chance.below(4) {
            0 => ("<errorEventDefinition/>".to_owned(), true),
            1 => (
                format!("<escalationEventDefinition escalationRef='C{code}'/>"),
                interrupting,
            ),
            _ => (self.watched_for(around, interrupting), interrupting),
        };
        let handler = Around {
            handler: true,
            many: true,
            ..around.inside()
        };
        let body = self.within(|pen| {
            let start = pen.element("s", |id| {
                format!("<startEvent id='{id}' isInterrupting='{interrupting}'>{trigger}</startEvent>")
            });
            let block = pen.block(handler);
            let end = pen.element("e", |id| format!("<endEvent id='{id}'/>"));
            pen.flow(&start, &block.entry);
            pen.flow(&block.exit, &end);
        });
        let id = self.id("v");
        format!("<subProcess id='{id}' triggeredByEvent='true'>\n{body}</subProcess>\n")
    }

    /// A task with a handler that undoes it.
    pub(super) fn undone_by_handler(&mut self) -> String {
        let kind = self.chance.one_of(&["task", "userTask", "scriptTask"]);
        let task = match kind {
            "scriptTask" => {
                let text = self.script();
                self.element("t", |id| script(id, &text))
            }
            kind => self.element("t", |id| format!("<{kind} id='{id}'/>")),
        };
        let event = self.element("b", |id| {
            format!("<boundaryEvent id='{id}' attachedToRef='{task}'><compensateEventDefinition/></boundaryEvent>")
        });
        let handler = match self.chance.below(2) {
            0 => self.element("h", |id| format!("<userTask id='{id}' isForCompensation='true'/>")),
            _ => {
                let text = self.script();
                self.element("h", |id| {
                    format!(
                        "<scriptTask id='{id}' isForCompensation='true' scriptFormat='rhai'><script>{text}</script>\
                         </scriptTask>"
                    )
                })
            }
        };
        self.element("o", |id| {
            format!("<association id='{id}' associationDirection='One' sourceRef='{event}' targetRef='{handler}'/>")
        });
        task
    }

    /// A sub-process that is undone: by its own event sub-process, or by undoing what was done in it.
    pub(super) fn undone_from_inside(&mut self, around: Around) -> Block {
        let mut body = self.within(|pen| {
            let start = pen.element("s", |id| format!("<startEvent id='{id}'/>"));
            let first = pen.undone_by_handler();
            let second = pen.undone_by_handler();
            let end = pen.element("e", |id| format!("<endEvent id='{id}'/>"));
            pen.flow(&start, &first);
            pen.flow(&first, &second);
            pen.flow(&second, &end);
        });
        if self.chance.once_in(2) {
            let inside = self.within(|pen| {
                let start = pen.element("s", |id| {
                    format!("<startEvent id='{id}'><compensateEventDefinition/></startEvent>")
                });
                let undo = pen.throw("<compensateEventDefinition/>");
                let block = pen.block(Around {
                    handler: true,
                    many: true,
                    ..around.inside()
                });
                let end = pen.element("e", |id| format!("<endEvent id='{id}'/>"));
                pen.flow(&start, &undo);
                pen.flow(&undo, &block.entry);
                pen.flow(&block.exit, &end);
            });
            let id = self.id("v");
            body += &format!("<subProcess id='{id}' triggeredByEvent='true'>\n{inside}</subProcess>\n");
        }
        let repeat = match self.chance.below(3) {
            0 => self.each(),
            _ => String::new(),
        };
        let entry = self.element("q", |id| format!("<subProcess id='{id}'>\n{body}{repeat}</subProcess>"));
        let block = self.block(around);
        let exit = self.throw("<compensateEventDefinition/>");
        self.flow(&entry, &block.entry);
        self.flow(&block.exit, &exit);
        Block { entry, exit }
    }

    /// Something that is done, and undone after something else.
    pub(super) fn undone_later(&mut self, around: Around) -> Block {
        let first = self.undone_by_handler();
        let block = self.block(around);
        let second = self.undone_by_handler();
        let of = match self.chance.below(3) {
            0 => format!("activityRef='{first}'"),
            _ => String::new(),
        };
        let undo = self.throw(&format!("<compensateEventDefinition {of}/>"));
        self.flow(&first, &block.entry);
        self.flow(&block.exit, &second);
        self.flow(&second, &undo);
        Block {
            entry: first,
            exit: undo,
        }
    }
}
