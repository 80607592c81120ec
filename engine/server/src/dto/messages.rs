use kapok::{
    Hint, HintKind, OutboxView,
    protocol::{self, Delivery, PageKind},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{List, PersonRef, Text};

/// A page (寻呼), prompt (提示) or notice (通知).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page {
    id: String,
    /// `page`, `prompt` or `notice`.
    kind: &'static str,
    text: Text,
    at: String,
    read_at: Option<String>,
    task: Option<String>,
    instance: Option<String>,
}

impl From<protocol::Page> for Page {
    fn from(page: protocol::Page) -> Self {
        let kind = match page.kind {
            PageKind::Page => "page",
            PageKind::Prompt => "prompt",
            PageKind::Notice => "notice",
        };
        Self {
            id: page.id.to_string(),
            kind,
            text: page.text.into(),
            at: page.at.to_string(),
            read_at: page.read_at.map(|at| at.to_string()),
            task: page.task.map(|id| id.to_string()),
            instance: page.instance.map(|id| id.to_string()),
        }
    }
}

/// Messages to the world outside, and whether there is a way out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Outbox {
    #[serde(flatten)]
    pub(crate) list: List<OutboxMessage>,
    pub(crate) mail: Way,
    pub(crate) sms: Way,
}

/// A way out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Way {
    pub(crate) configured: bool,
}

/// A message to the world outside.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutboxMessage {
    id: String,
    /// `mail` or `sms`.
    kind: &'static str,
    to: PersonRef,
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    text: String,
    created_at: String,
    attempts: u32,
    /// `waiting`, `leased`, `sent`, `failed` or `unknown`.
    state: &'static str,
    reason: Option<Text>,
    receipt: Option<String>,
    sent_at: Option<String>,
    instance: Option<String>,
}

impl From<OutboxView> for OutboxMessage {
    fn from(view: OutboxView) -> Self {
        let (kind, subject, text) = match view.row.message {
            protocol::Message::Mail(mail) => ("mail", Some(mail.subject), mail.body),
            protocol::Message::Sms(sms) => ("sms", None, sms.text),
        };
        let (mut reason, mut receipt, mut sent_at) = (None, None, None);
        let state = match view.row.delivery {
            Delivery::Waiting { reason: why, .. } => {
                reason = why.map(Text::from);
                "waiting"
            }
            Delivery::Leased { .. } => "leased",
            Delivery::Sent { at, receipt: called } => {
                (receipt, sent_at) = (Some(called), Some(at.to_string()));
                "sent"
            }
            Delivery::Failed { reason: why } => {
                reason = Some(why.into());
                "failed"
            }
            Delivery::Unknown { .. } => "unknown",
        };
        Self {
            id: view.row.id.to_string(),
            kind,
            to: view.to.into(),
            address: view.address,
            subject,
            text,
            created_at: view.row.created_at.to_string(),
            attempts: view.row.attempts,
            state,
            reason,
            receipt,
            sent_at,
            instance: view.row.instance.map(|id| id.to_string()),
        }
    }
}

/// Something changed: ask for it, if it is of interest.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HintView {
    /// `task`, `page`, `instance`, `record`, `definition` or `outbox`.
    kind: &'static str,
    id: String,
    seq: u64,
}

impl From<&Hint> for HintView {
    fn from(hint: &Hint) -> Self {
        let kind = match hint.kind {
            HintKind::Task => "task",
            HintKind::Page => "page",
            HintKind::Instance => "instance",
            HintKind::Record => "record",
            HintKind::Definition => "definition",
            HintKind::Outbox => "outbox",
        };
        Self {
            kind,
            id: hint.id.to_string(),
            seq: hint.seq,
        }
    }
}
