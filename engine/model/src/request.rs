//! HTTP requests that are drawn as service tasks: `kapok:request`.

use std::fmt;

use kapok_protocol::{Expression, IsoDuration};

/// The name that the jobs of requests go by.
pub const REQUEST_HANDLER: &str = "kapok.request";

/// A request and what becomes of its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct HttpTask {
    /// Such as `POST`.
    pub method: HttpMethod,
    /// An absolute URL; `{order.id}` in it stands for a value, which is encoded.
    pub url: String,
    /// What is asked behind the question mark; a null is left out.
    pub query: Vec<(String, Expression)>,
    /// The headers; a null is left out.
    pub headers: Vec<(String, HeaderValue)>,
    /// What is sent.
    pub body: Option<(BodyKind, Expression)>,
    /// How long it may take.
    pub timeout: IsoDuration,
    /// The statuses that are a success.
    pub success: Vec<Statuses>,
    /// What is made of the answer, by variable: sees `status`, `headers` and `body`.
    pub outputs: Vec<(String, Expression)>,
    /// The statuses that are an error which the model may catch, with its code.
    pub errors: Vec<(Vec<Statuses>, String)>,
    /// Whether a person decides what to do when it is unknown if the request has arrived; otherwise it is sent again with
    /// the same key.
    pub ask_when_unknown: bool,
}

/// How a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpMethod {
    /// Read.
    Get,
    /// Read the headers.
    Head,
    /// Make, or do.
    Post,
    /// Replace.
    Put,
    /// Change.
    Patch,
    /// Remove.
    Delete,
}

impl HttpMethod {
    /// By its name.
    pub const ALL: &[(&str, Self)] = &[
        ("GET", Self::Get),
        ("HEAD", Self::Head),
        ("POST", Self::Post),
        ("PUT", Self::Put),
        ("PATCH", Self::Patch),
        ("DELETE", Self::Delete),
    ];

    /// Whether a request of this kind has no body.
    pub fn has_no_body(self) -> bool {
        matches!(self, Self::Get | Self::Head)
    }
}

impl fmt::Display for HttpMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL
            .iter()
            .find(|(_, method)| method == self)
            .map(|(name, _)| *name);
        f.write_str(name.unwrap_or_default())
    }
}

/// What stands in a header.
#[derive(Debug, Clone, PartialEq)]
pub enum HeaderValue {
    /// From the case's variables.
    Computed(Expression),
    /// A secret of the configuration, behind a prefix such as `Bearer `.
    Secret {
        /// Its name.
        name: String,
        /// What stands before it.
        prefix: String,
    },
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// As JSON.
    Json,
    /// As the fields of a form.
    Form,
    /// As it is.
    Text,
}

/// Some status codes: `404`, or `4xx`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statuses {
    /// The first.
    pub from: u16,
    /// The last.
    pub to: u16,
}

impl Statuses {
    /// 200 to 299.
    pub const SUCCESS: Self = Self { from: 200, to: 299 };

    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(class) = text.strip_suffix("xx") {
            let class: u16 = class.parse().ok().filter(|class| (1..=5).contains(class))?;
            let from = class * 100;
            return Some(Self { from, to: from + 99 });
        }
        let status = text.parse().ok().filter(|status| (100..=599).contains(status))?;
        Some(Self {
            from: status,
            to: status,
        })
    }

    /// Whether a status is among them.
    pub fn has(self, status: u16) -> bool {
        (self.from..=self.to).contains(&status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_numbers_or_classes() {
        for (text, expected) in [
            ("404", Some((404, 404))),
            ("5xx", Some((500, 599))),
            ("99", None),
            ("600", None),
            ("6xx", None),
            ("4x", None),
            ("", None),
        ] {
            let found = Statuses::parse(text).map(|found| (found.from, found.to));
            assert_eq!(found, expected, "{text}");
        }
    }
}
