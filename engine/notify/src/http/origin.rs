//! The administrator's allow-list.

use std::fmt;

use kapok_protocol::Text;
use serde::Deserialize;
use url::Url;

/// An origin that may be talked to, as it is configured.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllowedOrigin {
    /// Scheme, host and port if it is not the usual one: `https://sms.example.com`.
    pub origin: String,
    /// Whether its address may be private or on this machine.
    #[serde(default)]
    pub private: bool,
}

/// An origin that is not written as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginError(pub Text);

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for OriginError {}

/// The allow-list, ready for questions.
#[derive(Debug, Clone)]
pub(super) struct AllowList(Vec<(url::Origin, bool)>);

impl AllowList {
    pub fn new(allowed: &[AllowedOrigin]) -> Result<Self, OriginError> {
        allowed
            .iter()
            .map(|entry| Ok((parse(&entry.origin)?, entry.private)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether the URL's origin may be talked to; `Some(true)` when its address may be private.
    pub fn find(&self, url: &Url) -> Option<bool> {
        let origin = url.origin();
        self.0
            .iter()
            .find(|(allowed, _)| *allowed == origin)
            .map(|(_, private)| *private)
    }
}

fn parse(text: &str) -> Result<url::Origin, OriginError> {
    Url::parse(text)
        .ok()
        .filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        })
        .map(|url| url.origin())
        .ok_or_else(|| {
            OriginError(Text::new(
                format!("“{text}”不是一个来源。请写成 https://sms.example.com 的样子，不带路径。"),
                format!("\"{text}\" is not an origin. Write it like https://sms.example.com, without a path."),
            ))
        })
}
