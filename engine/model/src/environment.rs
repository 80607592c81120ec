//! What a check may ask about the world outside the model.

use kapok_protocol::{Expression, Text};

/// An answer about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It is there.
    Yes,
    /// It is not there.
    No,
    /// Nobody can tell: there is no data folder.
    Unknown,
}

/// The port through which a model's names and expressions are checked. Missing handlers are errors, the rest warnings.
pub trait Environment {
    /// Whether the expression (a single one, giving a value) can be compiled; the refusal says what is wrong with it.
    fn check_expression(&self, expression: &Expression) -> Result<(), Text>;
    /// Whether the script (statements) can be compiled.
    fn check_script(&self, script: &str) -> Result<(), Text>;
    /// Whether a service task handler of this name, such as `quotes.mark-approved`, is installed.
    fn handler(&self, name: &str) -> Known;
    /// Whether an installed plugin has a rule of this name that says who gets a task.
    fn assignee_rule(&self, _name: &str) -> Known {
        Known::Unknown
    }
    /// Whether requests may be sent to this scheme, host and port.
    fn origin(&self, _origin: &str) -> Known {
        Known::Unknown
    }
    /// Whether there is a secret of this name that requests may carry.
    fn secret(&self, _name: &str) -> Known {
        Known::Unknown
    }
    /// Whether there is a person with this sign-in name.
    fn person(&self, login: &str) -> Known;
    /// Whether there is a role with this code.
    fn role(&self, code: &str) -> Known;
    /// Whether there is a department with this code.
    fn department(&self, code: &str) -> Known;
    /// Whether there is a role or department of this code or name: a lane, or what other engines call a group.
    fn group(&self, _name: &str) -> Known {
        Known::Unknown
    }
    /// Whether there is an entity with this id.
    fn entity(&self, id: &str) -> Known;
    /// Whether a process with this key is deployed.
    fn process(&self, key: &str) -> Known;
    /// Whether there is a decision with this id or name.
    fn decision(&self, name: &str) -> Known;
}

/// An environment that knows nothing and finds no fault with expressions: for tests of the model itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unchecked;

impl Environment for Unchecked {
    fn check_expression(&self, _: &Expression) -> Result<(), Text> {
        Ok(())
    }
    fn check_script(&self, _: &str) -> Result<(), Text> {
        Ok(())
    }
    fn handler(&self, _: &str) -> Known {
        Known::Unknown
    }
    fn person(&self, _: &str) -> Known {
        Known::Unknown
    }
    fn role(&self, _: &str) -> Known {
        Known::Unknown
    }
    fn department(&self, _: &str) -> Known {
        Known::Unknown
    }
    fn entity(&self, _: &str) -> Known {
        Known::Unknown
    }
    fn process(&self, _: &str) -> Known {
        Known::Unknown
    }
    fn decision(&self, _: &str) -> Known {
        Known::Unknown
    }
}
