//! Log, settings, secrets, clock, and requests to the world outside.

use super::{State, stop};
use crate::{
    FetchError, HttpRequest, LogLevel, SettingType,
    bindings::kapok::plugin::{clock, http, log, secrets, settings},
    fault::FaultKind,
};

/// What stands in the log for a secret.
const BLACKENED: &str = "***";
/// Shorter ones would blacken ordinary words.
const BLACKENED_FROM: usize = 4;

impl State {
    fn is_secret(&self, name: &str) -> bool {
        let kind = self.manifest().settings.get(name).map(|setting| setting.kind);
        kind == Some(SettingType::Secret)
    }

    /// A text without the plugin's secrets.
    pub(crate) fn blackened(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in self.call.settings.iter() {
            if value.len() >= BLACKENED_FROM && self.is_secret(name) && text.contains(value.as_str()) {
                text = text.replace(value.as_str(), BLACKENED);
            }
        }
        text
    }
}

impl log::Host for State {
    fn write(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        self.take(message.len())?;
        let level = match level {
            log::Level::Debug => LogLevel::Debug,
            log::Level::Info => LogLevel::Info,
            log::Level::Warn => LogLevel::Warn,
            log::Level::Error => LogLevel::Error,
        };
        let message = self.blackened(&message);
        self.call.services.log(&self.manifest().id, level, &message);
        Ok(())
    }
}

impl settings::Host for State {
    fn get(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        self.count()?;
        Ok(match self.is_secret(&name) {
            true => None,
            false => self.call.settings.get(&name).cloned(),
        })
    }
}

impl secrets::Host for State {
    fn get(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        self.count()?;
        Ok(match self.is_secret(&name) {
            true => self.call.settings.get(&name).cloned(),
            false => None,
        })
    }
}

impl clock::Host for State {
    fn now(&mut self) -> wasmtime::Result<i64> {
        self.count()?;
        Ok(self.now_millis())
    }
}

impl http::Host for State {
    fn fetch(&mut self, request: http::Request) -> wasmtime::Result<Result<http::Response, http::Failure>> {
        self.take(request.url.len() + request.body.len())?;
        if !self.granted().http {
            let reason = "the administrator has not granted this plugin HTTP";
            return Ok(Err(http::Failure::Refused(reason.to_owned())));
        }
        let Some(key) = &self.purpose.key else {
            let reason =
                "this sort of call may run twice (a check before saving) or only reads, so it cannot send anything";
            return Ok(Err(http::Failure::Refused(reason.to_owned())));
        };
        let ordinal = self.requests;
        if ordinal >= self.limits().requests {
            return stop(FaultKind::TooManyHostCalls);
        }
        let http::Request {
            method,
            url,
            mut headers,
            body,
        } = request;
        if !headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("idempotency-key"))
        {
            headers.push(("Idempotency-Key".to_owned(), format!("{key}-{ordinal}")));
        }
        self.requests = ordinal + 1;
        let answer = self.call.services.fetch(HttpRequest {
            method,
            url,
            headers,
            body,
        });
        self.contacted |= matches!(answer, Ok(_) | Err(FetchError::Unknown(_)));
        Ok(match answer {
            Ok(answer) => Ok(http::Response {
                status: answer.status,
                headers: answer.headers,
                body: answer.body,
            }),
            Err(FetchError::Refused(reason)) => Err(http::Failure::Refused(reason)),
            Err(FetchError::NotSent(reason)) => Err(http::Failure::NotSent(reason)),
            Err(FetchError::Unknown(reason)) => Err(http::Failure::Unknown(reason)),
        })
    }
}
