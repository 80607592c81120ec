//! Blocks of gateways.

use super::pen::{Around, Block, Pen, formal};

impl Pen {
    pub(super) fn gateway(&mut self, kind: &str) -> String {
        self.element("g", |id| format!("<{kind} id='{id}'/>"))
    }

    /// A gateway whose default flow, of an id that is drawn here, leads to a node.
    fn choosing(&mut self, kind: &str, default_to: &str) -> String {
        let flow = self.id("f");
        let id = self.element("g", |id| format!("<{kind} id='{id}' default='{flow}'/>"));
        self.flow_as(&flow, &id, default_to, "");
        id
    }

    fn branches(&mut self, around: Around, least: usize) -> Vec<Block> {
        let count = least + self.chance.below(2);
        (0..count).map(|_| self.block(around)).collect()
    }

    pub(super) fn choice(&mut self, around: Around) -> Block {
        self.split_and_merge(around, "exclusiveGateway")
    }

    pub(super) fn inclusive(&mut self, around: Around) -> Block {
        self.split_and_merge(around, "inclusiveGateway")
    }

    fn split_and_merge(&mut self, around: Around, kind: &str) -> Block {
        let branches = self.branches(around, 2);
        let exit = self.gateway(kind);
        let entry = self.choosing(kind, &branches[0].entry);
        for (at, branch) in branches.iter().enumerate() {
            if at > 0 {
                let condition = self.condition();
                self.flow_if(&entry, &branch.entry, &condition);
            }
            self.flow(&branch.exit, &exit);
        }
        Block { entry, exit }
    }

    pub(super) fn fork(&mut self, around: Around) -> Block {
        let branches = self.branches(around, 2);
        let entry = self.gateway("parallelGateway");
        let kind = self.chance.one_of(&["parallelGateway", "inclusiveGateway"]);
        let exit = self.gateway(kind);
        for branch in &branches {
            self.flow(&entry, &branch.entry);
            self.flow(&branch.exit, &exit);
        }
        Block { entry, exit }
    }

    /// An activity with conditional flows, joined by an inclusive gateway.
    pub(super) fn conditional_flows(&mut self, around: Around) -> Block {
        let branches = self.branches(around, 2);
        let exit = self.gateway("inclusiveGateway");
        let default = self.id("f");
        let entry = self.task(around, &format!("default='{default}'"));
        self.flow_as(&default, &entry, &branches[0].entry, "");
        for (at, branch) in branches.iter().enumerate() {
            if at > 0 {
                let condition = self.condition();
                self.flow_if(&entry, &branch.entry, &condition);
            }
            self.flow(&branch.exit, &exit);
        }
        Block { entry, exit }
    }

    /// Whichever event comes first.
    pub(super) fn first_event(&mut self, around: Around) -> Block {
        let entry = self.gateway("eventBasedGateway");
        let exit = self.gateway("exclusiveGateway");
        let hours = 1 + self.chance.below(3);
        let timer = format!("<timerEventDefinition><timeDuration>PT{hours}H</timeDuration></timerEventDefinition>");
        let mut triggers = vec![timer];
        for _ in 0..1 + self.chance.below(2) {
            let trigger = self.trigger(around);
            triggers.push(trigger);
        }
        for trigger in triggers {
            let event = self.element("i", |id| {
                format!("<intermediateCatchEvent id='{id}'>{trigger}</intermediateCatchEvent>")
            });
            self.flow(&entry, &event);
            self.flow(&event, &exit);
        }
        Block { entry, exit }
    }

    /// So many of several branches are enough; the others reset the gateway, which then goes another way.
    pub(super) fn discriminator(&mut self, around: Around) -> Block {
        let branches = self.branches(around, 2);
        let entry = self.gateway("parallelGateway");
        let after = self.gateway("exclusiveGateway");
        let end = self.element("e", |id| format!("<endEvent id='{id}'/>"));
        let needed = 1 + self.chance.below(branches.len());
        let condition = formal("activationCondition", &format!("activationCount &gt;= {needed}"));
        let otherwise = self.id("f");
        let (default, condition_of_it) = match self.chance.once_in(2) {
            true => (String::new(), "!waitingForStart"),
            false => (format!("default='{otherwise}'"), ""),
        };
        let complex = self.element("g", |id| {
            format!("<complexGateway id='{id}' {default}>{condition}</complexGateway>")
        });
        for branch in &branches {
            self.flow(&entry, &branch.entry);
            self.flow(&branch.exit, &complex);
        }
        self.flow_if(&complex, &after, "waitingForStart");
        self.flow_as(&otherwise, &complex, &end, condition_of_it);
        Block { entry, exit: after }
    }

    /// A way back, two times at most.
    pub(super) fn circle(&mut self, around: Around) -> Block {
        let name = self.id("n");
        let begin = self.element("a", |id| script(id, &format!("vars.{name} = 0")));
        let count = self.element("a", |id| script(id, &format!("{name} = {name} + 1")));
        let merge_kind = self.chance.one_of(&["exclusiveGateway", "inclusiveGateway"]);
        let merge = self.gateway(merge_kind);
        let block = self.block(Around { again: true, ..around });
        let exit = self.gateway("exclusiveGateway");
        let back = self.choosing("exclusiveGateway", &exit);
        self.flow(&begin, &merge);
        self.flow(&merge, &block.entry);
        self.flow(&block.exit, &count);
        self.flow(&count, &back);
        self.flow_if(&back, &merge, &format!("{name} &lt; 2"));
        Block { entry: begin, exit }
    }

    /// Perhaps the scope ends here. What ends only its own path would leave a join waiting.
    pub(super) fn may_end(&mut self, around: Around) -> Block {
        let code = self.some_code();
        let result = match self.chance.below(3) {
            0 if around.catches_errors => format!("<errorEventDefinition errorRef='{code}'/>"),
            _ => "<terminateEventDefinition/>".to_owned(),
        };
        let end = self.element("e", |id| format!("<endEvent id='{id}'>{result}</endEvent>"));
        let exit = self.gateway("exclusiveGateway");
        let entry = self.choosing("exclusiveGateway", &exit);
        let condition = self.condition();
        self.flow_if(&entry, &end, &condition);
        Block { entry, exit }
    }

    /// Two tokens come out, and two are needed.
    pub(super) fn quantities(&mut self, around: Around) -> Block {
        let count = 2 + self.chance.below(2);
        let entry = self.task(around, &format!("completionQuantity='{count}'"));
        let between = self.task(around.many(), "");
        let exit = self.task(around, &format!("startQuantity='{count}'"));
        self.flow(&entry, &between);
        self.flow(&between, &exit);
        Block { entry, exit }
    }
}

pub(super) fn script(id: &str, text: &str) -> String {
    format!("<scriptTask id='{id}' scriptFormat='rhai'><script>{text}</script></scriptTask>")
}
