//! What a model's check may ask of this engine.

use kapok_model::{Environment, Known};
use kapok_protocol::{Expression, Text};

use crate::{organisation::Organisation, shared::Shared};

/// The engine's answers. Without a company nothing is known about people, so nothing is said about them.
pub(crate) struct Installed<'a> {
    shared: &'a Shared,
    organisation: &'a Organisation,
}

impl<'a> Installed<'a> {
    pub(crate) fn new(shared: &'a Shared, organisation: &'a Organisation) -> Self {
        Self { shared, organisation }
    }

    fn of_company(&self, is_there: bool) -> Known {
        match (self.organisation.is_empty(), is_there) {
            (true, _) => Known::Unknown,
            (false, true) => Known::Yes,
            (false, false) => Known::No,
        }
    }
}

fn yes_or_no(is_there: bool) -> Known {
    if is_there { Known::Yes } else { Known::No }
}

impl Environment for Installed<'_> {
    fn check_expression(&self, expression: &Expression) -> Result<(), Text> {
        self.shared.rules.expression(expression).map(drop)
    }

    fn check_script(&self, script: &str) -> Result<(), Text> {
        self.shared.rules.script(script).map(drop)
    }

    fn handler(&self, name: &str) -> Known {
        if self.shared.has_handler(name) {
            Known::Yes
        } else if self.shared.settings.missing_handlers_are_unknown {
            Known::Unknown
        } else {
            Known::No
        }
    }

    fn assignee_rule(&self, name: &str) -> Known {
        if self.shared.plugins.assignee_rule(name).is_some() {
            Known::Yes
        } else if self.shared.settings.missing_handlers_are_unknown {
            Known::Unknown
        } else {
            Known::No
        }
    }

    fn origin(&self, origin: &str) -> Known {
        match self.shared.settings.missing_handlers_are_unknown {
            true => Known::Unknown,
            false => yes_or_no(self.shared.plugins.client().allows(origin)),
        }
    }

    fn secret(&self, name: &str) -> Known {
        match self.shared.settings.missing_handlers_are_unknown {
            true => Known::Unknown,
            false => yes_or_no(self.shared.outgoing.secrets.contains_key(name)),
        }
    }

    fn person(&self, login: &str) -> Known {
        self.of_company(self.organisation.has_login(login))
    }

    fn role(&self, code: &str) -> Known {
        self.of_company(self.organisation.has_role(code))
    }

    fn department(&self, code: &str) -> Known {
        self.of_company(self.organisation.has_department(code))
    }

    fn group(&self, name: &str) -> Known {
        self.of_company(kapok_process::Directory::group(self.organisation, name).is_some())
    }

    fn entity(&self, id: &str) -> Known {
        if self.organisation.is_empty() {
            return Known::Unknown;
        }
        if self.shared.catalogue().entity(id).is_some() {
            Known::Yes
        } else {
            Known::No
        }
    }

    fn process(&self, key: &str) -> Known {
        match self.shared.definitions.latest(key) {
            Some(_) => Known::Yes,
            None if self.organisation.is_empty() => Known::Unknown,
            None => Known::No,
        }
    }

    fn decision(&self, name: &str) -> Known {
        match self.shared.decisions.get(name) {
            Some(_) => Known::Yes,
            None if self.organisation.is_empty() => Known::Unknown,
            None => Known::No,
        }
    }
}
