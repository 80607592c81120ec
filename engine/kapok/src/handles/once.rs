//! Commands that are carried out once, however often they are asked for.
//!
//! A client that got no answer asks again with the same key. The first answer lies in the same batch as what the command
//! did, so either both are there or neither.

use std::sync::Arc;

use kapok_protocol::{Principal, Refusal, RefusalKind};
use kapok_tables::{Queries, StoredAnswer};
use serde::{Serialize, de::DeserializeOwned};

use super::Staff;
use crate::{Error, writer::Step};

/// How long an answer is kept: 24 hours, in milliseconds.
const KEPT_MILLIS: i64 = 24 * 3_600_000;
/// Old answers forgotten with each new one, so that they never pile up.
const FORGOTTEN: usize = 8;
/// The longest key, in bytes.
const LONGEST: usize = 255;

/// The key of one request, and the hash of what it asks.
#[derive(Debug, Clone)]
pub(crate) struct RequestKey {
    principal: Principal,
    key: Arc<str>,
    hash: Arc<str>,
}

impl Staff {
    /// The same person, asking for one command under a key. `hash` is of what is asked: the same key with something
    /// else is refused.
    pub fn once(&self, key: &str, hash: &str) -> Result<Self, Error> {
        Ok(Self {
            request: Some(RequestKey::new(self.principal(), key, hash)?),
            ..self.clone()
        })
    }

    /// The same person, for several commands that one request asks for: its key stands for one and cannot stand for all.
    pub(super) fn each(&self) -> Self {
        Self {
            request: None,
            ..self.clone()
        }
    }

    /// The answer this request got before, if it is a repetition.
    pub(super) fn answered<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        match &self.request {
            Some(request) => request.answered(&Queries(&self.view())),
            None => Ok(None),
        }
    }

    /// Hands a command in; a repetition gets the first answer.
    pub(super) fn submit<T: Serialize + DeserializeOwned + Send + 'static>(
        &self,
        work: impl FnOnce(&mut Step<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let request = self.request.clone();
        let writer = &self.kapok.writer;
        let answer = writer.submit(move |step| keep(request.as_ref(), step, work)).wait();
        self.kapok.shared.projection.wrote(self.person);
        answer
    }
}

/// Carries a command out and keeps its answer, or finds that it was carried out before.
pub(crate) fn keep<T: Serialize + DeserializeOwned>(
    request: Option<&RequestKey>,
    step: &mut Step<'_>,
    work: impl FnOnce(&mut Step<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let Some(request) = request else { return work(step) };
    if let Some(answer) = request.answered(&step.queries())? {
        return Ok(answer);
    }
    let answer = work(step)?;
    request.store(step, &answer)?;
    Ok(answer)
}

impl RequestKey {
    pub(crate) fn new(principal: Principal, key: &str, hash: &str) -> Result<Self, Error> {
        if key.is_empty() || key.len() > LONGEST {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "idempotency.key",
                format!("Idempotency-Key 需要 1 到 {LONGEST} 个字节。"),
                format!("An Idempotency-Key has 1 to {LONGEST} bytes."),
            )
            .into());
        }
        Ok(Self {
            principal,
            key: key.into(),
            hash: hash.into(),
        })
    }

    /// The answer the request got before, if it is a repetition.
    pub(crate) fn answered<T: DeserializeOwned>(&self, queries: &Queries<'_>) -> Result<Option<T>, Error> {
        let Some(stored) = queries.stored_answer(self.principal, &self.key)? else {
            return Ok(None);
        };
        let answer = serde_json::from_str(&stored.answer)
            .ok()
            .filter(|_| stored.request_hash == *self.hash);
        answer.map(Some).ok_or_else(|| {
            Refusal::new(
                RefusalKind::Invalid,
                "idempotency.other-request",
                "这个 Idempotency-Key 已用于另一个请求，请换一个新的。",
                "This Idempotency-Key was used for another request; use a new one.",
            )
            .into()
        })
    }

    pub(crate) fn store<T: Serialize>(&self, step: &mut Step<'_>, answer: &T) -> Result<(), Error> {
        let answer = serde_json::to_string(answer).map_err(|error| Error::Data(error.to_string()))?;
        step.tx.forget_answers(step.now, FORGOTTEN)?;
        Ok(step.tx.put_stored_answer(&StoredAnswer {
            principal: self.principal,
            key: self.key.to_string(),
            request_hash: self.hash.to_string(),
            answer,
            expires_at: step.now.plus_millis(KEPT_MILLIS),
        })?)
    }
}
