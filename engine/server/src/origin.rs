//! Whether a request that changes something comes from one of our own pages.
//!
//! Two locks. The header `X-Kapok` cannot be set by another site's page without a preflight, which is never granted.
//! And the browser itself says where the page is from: by `Sec-Fetch-Site`, or by `Origin` where the connection is plain
//! HTTP and the former is not sent.

use axum::http::{HeaderMap, header};
use url::Url;

/// Whether a request carries our header and names no other origin.
pub(crate) fn is_own(headers: &HeaderMap, base: Option<&Url>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if text("x-kapok") != Some("1") {
        return false;
    }
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin") {
        return false;
    }
    match text(header::ORIGIN.as_str()) {
        // Not a browser, or one that told the other way.
        None => true,
        Some(origin) => is_ours(origin, text(header::HOST.as_str()), base),
    }
}

fn is_ours(origin: &str, host: Option<&str>, base: Option<&Url>) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    let by_base = base.is_some_and(|base| base.origin() == origin.origin());
    let authority = origin.host_str().map(|name| match origin.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    });
    let by_host = authority.is_some_and(|authority| host.is_some_and(|host| host.eq_ignore_ascii_case(&authority)));
    by_base || by_host
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn only_our_own_pages_pass() {
        let base = Url::parse("https://kapok.example.com/").unwrap();
        let cases: [(&[(&'static str, &'static str)], bool); 10] = [
            (&[], false),
            (&[("x-kapok", "1")], true),
            (&[("x-kapok", "0")], false),
            (&[("x-kapok", "1"), ("sec-fetch-site", "same-origin")], true),
            (&[("x-kapok", "1"), ("sec-fetch-site", "cross-site")], false),
            (&[("x-kapok", "1"), ("sec-fetch-site", "same-site")], false),
            (
                &[
                    ("x-kapok", "1"),
                    ("origin", "http://127.0.0.1:7654"),
                    ("host", "127.0.0.1:7654"),
                ],
                true,
            ),
            (
                &[
                    ("x-kapok", "1"),
                    ("origin", "http://evil.example"),
                    ("host", "127.0.0.1:7654"),
                ],
                false,
            ),
            (
                &[
                    ("x-kapok", "1"),
                    ("origin", "https://kapok.example.com"),
                    ("host", "inner:7654"),
                ],
                true,
            ),
            (
                &[("x-kapok", "1"), ("origin", "null"), ("host", "127.0.0.1:7654")],
                false,
            ),
        ];
        for (headers, expected) in cases {
            let map = headers
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect();
            assert_eq!(is_own(&map, Some(&base)), expected, "{headers:?}");
        }
    }
}
