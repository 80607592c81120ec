//! Telling people.

use kapok_protocol::PersonId;

use super::State;
use crate::{
    Denial, Intent, MessageWay,
    bindings::kapok::plugin::{messages as wire, types},
};

impl State {
    fn tell(&mut self, way: MessageWay, to: u64, intent: impl FnOnce(PersonId) -> Intent) -> Result<(), Denial> {
        if !self.granted().messages.contains(&way) {
            let way = match way {
                MessageWay::Page => "page",
                MessageWay::Notice => "notice",
                MessageWay::Mail => "mail",
                MessageWay::Sms => "sms",
            };
            return Err(Denial::capability(format!(
                "{} may not: plugin.toml must say messages = [\"{way}\"] under [capabilities], and the administrator must grant it",
                self.manifest().id
            )));
        }
        let to = PersonId::new(to).ok_or_else(|| Denial::invalid("there is no person with the id 0"))?;
        self.intend(intent(to))
    }
}

type Answer = wasmtime::Result<Result<(), types::Denial>>;

impl wire::Host for State {
    fn page(&mut self, to: u64, text: types::Text) -> Answer {
        self.take(text.zh.len() + text.en.len())?;
        let page = |to| Intent::Page {
            to,
            urgent: true,
            text: text.into(),
        };
        Ok(self.tell(MessageWay::Page, to, page).map_err(Into::into))
    }

    fn notice(&mut self, to: u64, text: types::Text) -> Answer {
        self.take(text.zh.len() + text.en.len())?;
        let page = |to| Intent::Page {
            to,
            urgent: false,
            text: text.into(),
        };
        Ok(self.tell(MessageWay::Notice, to, page).map_err(Into::into))
    }

    fn mail(&mut self, to: u64, subject: String, body: String) -> Answer {
        self.take(subject.len() + body.len())?;
        let mail = |to| Intent::Mail { to, subject, body };
        Ok(self.tell(MessageWay::Mail, to, mail).map_err(Into::into))
    }

    fn sms(&mut self, to: u64, template: String, variables: Vec<(String, String)>, text: String) -> Answer {
        self.take(template.len() + text.len())?;
        let sms = |to| Intent::Sms {
            to,
            template,
            variables: variables.into_iter().collect(),
            text,
        };
        Ok(self.tell(MessageWay::Sms, to, sms).map_err(Into::into))
    }
}
