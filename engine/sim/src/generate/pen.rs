//! Draws elements and flows; ids are counted.

use super::{Chance, Model};

/// What is around a block, and what it may therefore hold.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    /// How deep.
    pub(super) depth: usize,
    /// Whether it can be there several times at once: a message would not know for whom it is.
    pub(super) many: bool,
    /// Whether it may be done again while something of it is left behind: nothing may stay behind in it then.
    pub(super) again: bool,
    /// Whether somebody around catches errors.
    pub(super) catches_errors: bool,
    /// Whether it is in a handler: nothing is thrown there that could start it again.
    pub(super) handler: bool,
}

impl Around {
    pub(super) fn inside(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }

    pub(super) fn many(self) -> Self {
        Self { many: true, ..self }
    }
}

/// A block: where it is entered and where it is left.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) entry: String,
    pub(super) exit: String,
}

pub(super) struct Pen {
    pub(super) chance: Chance,
    /// How many blocks may still be drawn.
    pub(super) left: usize,
    count: usize,
    /// What is drawn in the scope that is being drawn.
    scope: String,
    /// Other processes.
    processes: String,
    messages: Vec<String>,
}

const SIGNALS: [&str; 2] = ["S1", "S2"];
const CODES: [&str; 2] = ["E1", "E2"];

impl Pen {
    pub(super) fn new(chance: Chance, size: usize) -> Self {
        Self {
            chance,
            left: size,
            count: 0,
            scope: String::new(),
            processes: String::new(),
            messages: Vec::new(),
        }
    }

    pub(super) fn id(&mut self, letter: &str) -> String {
        self.count += 1;
        format!("{letter}{}", self.count)
    }

    /// Writes into the scope that is being drawn.
    pub(super) fn write(&mut self, xml: &str) {
        self.scope += xml;
        self.scope.push('\n');
    }

    /// An element with what `draw` makes of its id.
    pub(super) fn element(&mut self, letter: &str, draw: impl FnOnce(&str) -> String) -> String {
        let id = self.id(letter);
        let xml = draw(&id);
        self.write(&xml);
        id
    }

    pub(super) fn flow(&mut self, from: &str, to: &str) -> String {
        self.flow_if(from, to, "")
    }

    /// A flow; with a condition, unless that is empty.
    pub(super) fn flow_if(&mut self, from: &str, to: &str, condition: &str) -> String {
        let id = self.id("f");
        self.flow_as(&id, from, to, condition);
        id
    }

    /// A flow whose id was drawn before.
    pub(super) fn flow_as(&mut self, id: &str, from: &str, to: &str, condition: &str) {
        let condition = match condition {
            "" => String::new(),
            _ => formal("conditionExpression", condition),
        };
        self.write(&format!(
            "<sequenceFlow id='{id}' sourceRef='{from}' targetRef='{to}'>{condition}</sequenceFlow>"
        ));
    }

    /// Draws something in a scope of its own; answers with what was drawn.
    pub(super) fn within(&mut self, draw: impl FnOnce(&mut Self)) -> String {
        let around = std::mem::take(&mut self.scope);
        draw(self);
        std::mem::replace(&mut self.scope, around)
    }

    /// A scope from start to end, with a block in between.
    pub(super) fn whole(&mut self, around: &Around) -> String {
        let around = *around;
        self.within(|pen| {
            let start = pen.element("s", |id| format!("<startEvent id='{id}'/>"));
            let block = pen.block(around);
            let results = pen.results();
            let end = pen.element("e", |id| format!("<endEvent id='{id}'>{results}</endEvent>"));
            pen.flow(&start, &block.entry);
            pen.flow(&block.exit, &end);
        })
    }

    /// Another process in the same file; answers with its key.
    pub(super) fn process(&mut self, around: &Around) -> String {
        let key = self.id("P");
        let body = self.whole(around);
        self.processes += &format!("<process id='{key}' isExecutable='true'>\n{body}</process>\n");
        key
    }

    /// A message nobody else waits for.
    pub(super) fn new_message(&mut self) -> String {
        let id = self.id("M");
        self.messages.push(id.clone());
        id
    }

    /// Some message that somebody waits for, perhaps.
    pub(super) fn some_message(&mut self) -> String {
        if self.messages.is_empty() {
            return self.new_message();
        }
        let at = self.chance.below(self.messages.len());
        self.messages[at].clone()
    }

    pub(super) fn some_signal(&mut self) -> &'static str {
        self.chance.one_of(&SIGNALS)
    }

    pub(super) fn some_code(&mut self) -> &'static str {
        self.chance.one_of(&CODES)
    }

    /// A condition over the variables.
    pub(super) fn condition(&mut self) -> String {
        let name = self.chance.one_of(&["a", "b", "c"]);
        let operator = self.chance.one_of(&["&gt;", "&lt;", "=="]);
        let number = self.chance.below(5);
        format!("{name} {operator} {number}")
    }

    /// A script that counts.
    pub(super) fn script(&mut self) -> String {
        let name = self.chance.one_of(&["a", "b", "c"]);
        let number = 1 + self.chance.below(2);
        let other = self.chance.one_of(&["a", "b", "c"]);
        match self.chance.below(4) {
            0 => format!("vars.{name} = {name} + {number}"),
            1 => format!("vars.new_{name} = {other} + {number}"),
            2 => format!("{name} = {name} + {number}; vars.{other} = {name}"),
            _ => format!("{name} = {name} + {number}"),
        }
    }

    /// The whole file, with this as the body of its first process.
    pub(super) fn model(self, body: String) -> Model {
        let mut roots = String::new();
        for message in &self.messages {
            roots += &format!("<message id='{message}' name='{message}'/>\n");
        }
        for signal in SIGNALS {
            roots += &format!("<signal id='{signal}' name='{signal}'/>\n");
        }
        for code in CODES {
            roots += &format!("<error id='{code}' errorCode='{code}'/>\n");
            roots += &format!("<escalation id='C{code}' escalationCode='C{code}'/>\n");
        }
        let xml = format!(
            "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:kapok='urn:kapok:bpmn:1' \
             xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' id='file' targetNamespace='t'>\n{roots}\
             <process id='P' isExecutable='true'>\n{body}</process>\n{}</definitions>",
            self.processes
        );
        Model {
            xml,
            process: "P".to_owned(),
        }
    }
}

/// A formal expression.
pub(super) fn formal(element: &str, text: &str) -> String {
    format!("<{element} xsi:type='tFormalExpression' language='rhai'>{text}</{element}>")
}
