//! Refusals as RFC 9457 problems: a stable code for programs, a sentence in both languages for people.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use kapok::protocol::{Refusal, RefusalKind, Value};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::{Diagnostic, Text};

/// Why a request was not carried out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: Box<str>,
    status: u16,
    code: String,
    detail: Box<Text>,
    fields: Vec<FieldProblem>,
    #[serde(flatten)]
    details: Option<Box<Details>>,
}

/// What else there is to say, for some reasons.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnostics: Option<Vec<Diagnostic>>,
    /// The fields that somebody else changed meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflicts: Option<Vec<FieldConflict>>,
    /// The records that are probably the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicates: Option<Vec<Duplicate>>,
    /// Whether the caller may save it although others are probably the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    may_ignore: Option<bool>,
}

/// A field that two people changed at once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldConflict {
    field: String,
    /// What the caller wants.
    #[schema(value_type = Object)]
    mine: Value,
    /// What somebody else made it.
    #[schema(value_type = Object)]
    theirs: Value,
    /// What it was when the caller saw it.
    #[schema(value_type = Object)]
    base: Value,
}

/// A record that is probably the same.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Duplicate {
    /// Absent when the caller may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// In part, when the caller may not see it.
    title: String,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// Its path, such as `lines.0.quantity`.
    field: String,
    code: String,
    text: Text,
}

impl Problem {
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        let detail = Text {
            zh: zh.into(),
            en: en.into(),
        };
        Self {
            kind: "about:blank",
            title: detail.zh.as_str().into(),
            status: status.as_u16(),
            code: code.into(),
            detail: Box::new(detail),
            fields: Vec::new(),
            details: None,
        }
    }

    /// There is no such thing, or the caller may not know of it.
    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "找不到，或者您无权查看。",
            "There is no such thing, or you may not see it.",
        )
    }

    /// Nobody is signed in.
    pub(crate) fn signed_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "session.none", "请先登录。", "Sign in first.")
    }

    /// The request is not written as it should be.
    pub(crate) fn malformed(reason: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "request.malformed",
            format!("请求的内容无法识别：{reason}"),
            format!("The request cannot be understood: {reason}"),
        )
    }

    /// Something in the server is broken; the log says what.
    pub(crate) fn internal(what: &dyn std::fmt::Display) -> Self {
        tracing::error!("{what}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "服务器内部出错，没有保存任何内容。请告诉管理员查看日志。",
            "Something in the server is broken; nothing was saved. Ask the administrator to look into the log.",
        )
    }

    /// The same problem with more to say.
    fn with(self, details: Details) -> Self {
        Self {
            details: Some(Box::new(details)),
            ..self
        }
    }

    /// Its stable code.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// What happened, in English, for the log.
    pub(crate) fn words(&self) -> &str {
        &self.detail.en
    }

    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The same problem with its title in a language.
    pub(crate) fn in_language(mut self, language: &str) -> Self {
        self.title = if language.starts_with("en") {
            self.detail.en.as_str().into()
        } else {
            self.detail.zh.as_str().into()
        };
        self
    }
}

/// The response carries the problem itself too, so that its title can be put into the reader's language.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (
            self.status(),
            [
                (header::CONTENT_TYPE, "application/problem+json"),
                (header::CACHE_CONTROL, "no-store"),
            ],
            Json(&self),
        )
            .into_response();
        // Json sets its own type; the one of problems counts.
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/problem+json"),
        );
        response.extensions_mut().insert(self);
        response
    }
}

impl From<kapok::Error> for Problem {
    fn from(error: kapok::Error) -> Self {
        match error {
            kapok::Error::Refused(reasons) => refused(reasons),
            kapok::Error::Conflict(conflict) => {
                let fields = conflict.fields.into_iter().map(|field| FieldConflict {
                    field: field.field,
                    mine: field.mine,
                    theirs: field.theirs,
                    base: field.base,
                });
                refused(conflict.reasons).with(Details {
                    conflicts: Some(fields.collect()),
                    ..Details::default()
                })
            }
            kapok::Error::Duplicates(duplicates) => {
                let found = duplicates.found.into_iter().map(|duplicate| Duplicate {
                    id: duplicate.id.map(|id| id.to_string()),
                    title: duplicate.title,
                });
                refused(vec![duplicates.reason]).with(Details {
                    duplicates: Some(found.collect()),
                    may_ignore: Some(duplicates.may_ignore),
                    ..Details::default()
                })
            }
            kapok::Error::Model(findings) => {
                let problem = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "definition.refused",
                    "流程图中有错误，没有发布。请按提示修改后再发布。",
                    "The process has mistakes and was not published. Mend them and publish again.",
                );
                problem.with(Details {
                    diagnostics: Some(findings.into_iter().map(Diagnostic::from).collect()),
                    ..Details::default()
                })
            }
            kapok::Error::Data(what) => Self::internal(&what),
            kapok::Error::Unknown => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "outcome.unknown",
                "服务器在答复之前停止了，不知道是否已经完成。请刷新后查看。",
                "The server stopped before it answered; whether it was done is unknown. Look again.",
            ),
        }
    }
}

fn refused(reasons: Vec<Refusal>) -> Problem {
    let fields = reasons.iter().filter_map(|reason| {
        let text = reason.text.clone().into();
        reason.field.clone().map(|field| FieldProblem {
            field,
            code: reason.code.clone(),
            text,
        })
    });
    let fields = fields.collect();
    let Some(first) = reasons.into_iter().next() else {
        return Problem::internal(&"a refusal without reasons");
    };
    let status = match (first.kind, first.code.as_str()) {
        (_, "session.wrong") => StatusCode::UNAUTHORIZED,
        (_, "too-large") => StatusCode::PAYLOAD_TOO_LARGE,
        (RefusalKind::Invalid, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (RefusalKind::Forbidden, _) => StatusCode::FORBIDDEN,
        (RefusalKind::NotFound, _) => StatusCode::NOT_FOUND,
        (RefusalKind::Conflict, _) => StatusCode::CONFLICT,
        (RefusalKind::Limit, _) => StatusCode::TOO_MANY_REQUESTS,
        (RefusalKind::Unavailable, _) => StatusCode::SERVICE_UNAVAILABLE,
    };
    Problem {
        fields,
        ..Problem::new(status, first.code, first.text.zh, first.text.en)
    }
}
