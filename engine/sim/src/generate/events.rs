//! Events on the way.

use super::pen::{Around, Block, Pen, formal};

impl Pen {
    /// Something that comes from outside or by itself, and that will come: what a path waits for.
    pub(super) fn trigger(&mut self, around: Around) -> String {
        match self.chance.below(4) {
            0 if !around.many => {
                let message = self.new_message();
                format!("<messageEventDefinition messageRef='{message}'/>")
            }
            1 => format!("<signalEventDefinition signalRef='{}'/>", self.some_signal()),
            _ => {
                let hours = 1 + self.chance.below(3);
                format!("<timerEventDefinition><timeDuration>PT{hours}H</timeDuration></timerEventDefinition>")
            }
        }
    }

    /// A condition that becomes true, perhaps.
    pub(super) fn becomes_true(&mut self) -> String {
        let name = self.chance.one_of(&["a", "b", "c"]);
        let number = 3 + self.chance.below(4);
        let condition = formal("condition", &format!("{name} &gt;= {number}"));
        format!("<conditionalEventDefinition>{condition}</conditionalEventDefinition>")
    }

    /// What is caught beside something that goes on, and need not come.
    pub(super) fn watched_for(&mut self, around: Around, interrupting: bool) -> String {
        match self.chance.below(6) {
            0 => self.becomes_true(),
            1 if !interrupting => {
                let times = 1 + self.chance.below(3);
                format!("<timerEventDefinition><timeCycle>R{times}/PT1H</timeCycle></timerEventDefinition>")
            }
            _ => self.trigger(around),
        }
    }

    /// An event on the way.
    pub(super) fn event(&mut self, around: Around) -> String {
        if around.handler {
            return self.element("i", |id| format!("<intermediateThrowEvent id='{id}'/>"));
        }
        match self.chance.below(9) {
            0 => {
                let both = format!("{}{}", self.trigger(around), self.becomes_true());
                self.catch(&both, "")
            }
            1 => {
                let both = format!("{}{}", self.trigger(around), self.trigger(around));
                self.catch(&both, "parallelMultiple='true'")
            }
            2 => {
                let message = self.some_message();
                self.throw(&format!("<messageEventDefinition messageRef='{message}'/>"))
            }
            3 => {
                let signal = self.some_signal();
                self.throw(&format!("<signalEventDefinition signalRef='{signal}'/>"))
            }
            4 => {
                let code = self.some_code();
                self.throw(&format!("<escalationEventDefinition escalationRef='C{code}'/>"))
            }
            5 => self.throw(""),
            _ => {
                let trigger = self.trigger(around);
                self.catch(&trigger, "")
            }
        }
    }

    /// A link goes in at one place and comes out at another.
    pub(super) fn jump(&mut self, around: Around) -> Block {
        let name = self.id("L");
        let link = format!("<linkEventDefinition name='{name}'/>");
        let entry = self.throw(&link);
        let out = self.catch(&link, "");
        let block = self.block(around);
        self.flow(&out, &block.entry);
        Block {
            entry,
            exit: block.exit,
        }
    }

    /// What an end event does besides ending its path; its scope goes on.
    pub(super) fn results(&mut self) -> String {
        let mut results = String::new();
        if self.chance.once_in(6) {
            results += &format!("<signalEventDefinition signalRef='{}'/>", self.some_signal());
        }
        if self.chance.once_in(6) {
            let message = self.some_message();
            results += &format!("<messageEventDefinition messageRef='{message}'/>");
        }
        if self.chance.once_in(6) {
            let code = self.some_code();
            results += &format!("<escalationEventDefinition escalationRef='C{code}'/>");
        }
        results
    }

    fn catch(&mut self, triggers: &str, attributes: &str) -> String {
        self.element("i", |id| {
            format!("<intermediateCatchEvent id='{id}' {attributes}>{triggers}</intermediateCatchEvent>")
        })
    }

    pub(super) fn throw(&mut self, results: &str) -> String {
        self.element("i", |id| {
            format!("<intermediateThrowEvent id='{id}'>{results}</intermediateThrowEvent>")
        })
    }
}
