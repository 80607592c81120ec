//! The session's cookie. Its value is a secret of 256 bits that means nothing by itself; a new one is drawn at every
//! sign-in.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::Config;

const NAME: &str = "kapok_session";
/// With this prefix a browser only takes the cookie over TLS, for this host alone.
const SECURE_NAME: &str = "__Host-kapok_session";

/// The secret in a request's cookies.
pub(crate) fn secret(headers: &HeaderMap, config: &Config) -> Option<String> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == name_for(config))
        .map(|(_, value)| value.to_owned())
}

/// The header that sets the cookie; without a secret, one that removes it.
pub(crate) fn set_cookie(secret: Option<&str>, config: &Config) -> Option<HeaderValue> {
    let (name, secure) = (name_for(config), if config.is_secure() { "; Secure" } else { "" });
    let cookie = match secret {
        Some(secret) => format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}"),
        None => format!("{name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}"),
    };
    HeaderValue::from_str(&cookie).ok()
}

fn name_for(config: &Config) -> &'static str {
    if config.is_secure() { SECURE_NAME } else { NAME }
}
