//! The host's side of a call: what the plugin's imports do, and how much of it is left.

use kapok_protocol::{Entity, RecordId, RecordRef};
use wasmtime::{
    ResourceLimiter,
    component::{HasSelf, Linker},
};

use crate::{
    Call, FetchError, HttpRequest, Limits, LogLevel, Manifest,
    answer::stored_record,
    bindings::kapok::plugin::{clock, http, log, records, settings, types},
    fault::{FaultKind, Stop},
};

/// What one call has and may still use.
pub(crate) struct State {
    pub call: Call,
    pub plugin: String,
    /// The key of the call; `None` where it may run twice, so that nothing may leave.
    pub key: Option<String>,
    pub limits: Limits,
    pub host_calls: u32,
    pub requests: u32,
    /// Whether a request may have reached the world outside.
    pub contacted: bool,
    pub memory: usize,
    pub table_elements: usize,
}

impl State {
    pub fn new(plugin: &str, call: &Call, key: Option<&str>, limits: Limits) -> Self {
        Self {
            call: call.clone(),
            plugin: plugin.to_owned(),
            key: key.map(str::to_owned),
            limits,
            host_calls: 0,
            requests: 0,
            contacted: false,
            memory: 0,
            table_elements: 0,
        }
    }

    /// Counts one call of the host.
    pub fn count(&mut self) -> wasmtime::Result<()> {
        self.host_calls += 1;
        if self.host_calls > self.limits.host_calls {
            stop(FaultKind::TooManyHostCalls)
        } else {
            Ok(())
        }
    }

    /// A length that the plugin asks for, when it is within the limit.
    pub fn output_length(&self, length: u64) -> wasmtime::Result<usize> {
        match usize::try_from(length) {
            Ok(length) if length <= self.limits.output => Ok(length),
            _ => stop(FaultKind::OutputTooLarge),
        }
    }

    pub fn now_millis(&self) -> i64 {
        self.call.now.millis()
    }
}

fn stop<T>(kind: FaultKind) -> wasmtime::Result<T> {
    Err(Stop(kind).into())
}

/// Gives a plugin the imports its manifest asks for.
pub(crate) fn define(linker: &mut Linker<State>, manifest: &Manifest) -> wasmtime::Result<()> {
    types::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    log::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    settings::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    clock::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    if manifest.capabilities.records {
        records::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    }
    if manifest.capabilities.http {
        http::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    }
    Ok(())
}

/// Memory and tables are counted over all of the plugin's memories and tables.
impl ResourceLimiter for State {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.memory = self.memory.saturating_add(desired.saturating_sub(current));
        if self.memory > self.limits.memory {
            stop(FaultKind::Memory)
        } else {
            Ok(true)
        }
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.table_elements = self.table_elements.saturating_add(desired.saturating_sub(current));
        if self.table_elements > self.limits.table_elements {
            stop(FaultKind::Memory)
        } else {
            Ok(true)
        }
    }
}

impl types::Host for State {}

impl log::Host for State {
    fn write(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        self.count()?;
        let level = match level {
            log::Level::Debug => LogLevel::Debug,
            log::Level::Info => LogLevel::Info,
            log::Level::Warn => LogLevel::Warn,
            log::Level::Error => LogLevel::Error,
        };
        self.call.services.log(&self.plugin, level, &message);
        Ok(())
    }
}

impl settings::Host for State {
    fn get(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        self.count()?;
        Ok(self.call.settings.get(&name).cloned())
    }
}

impl clock::Host for State {
    fn now(&mut self) -> wasmtime::Result<i64> {
        self.count()?;
        Ok(self.now_millis())
    }
}

impl records::Host for State {
    fn get(&mut self, record: types::RecordRef) -> wasmtime::Result<Option<types::StoredRecord>> {
        self.count()?;
        let Some(id) = RecordId::new(record.id) else {
            return Ok(None);
        };
        let record = RecordRef {
            entity: Entity::new(record.entity),
            id,
        };
        Ok(self.call.services.record(&record).map(|record| stored_record(&record)))
    }
}

impl http::Host for State {
    fn fetch(&mut self, request: http::Request) -> wasmtime::Result<Result<http::Response, http::Failure>> {
        self.count()?;
        let Some(key) = &self.key else {
            let reason = "a check before saving may run twice, so it cannot send anything";
            return Ok(Err(http::Failure::Refused(reason.to_owned())));
        };
        let ordinal = self.requests;
        if ordinal >= self.limits.requests {
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
