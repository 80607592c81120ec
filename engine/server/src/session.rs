//! The session's cookie. Its value is a secret of 256 bits that means nothing by itself; a new one is drawn at every
//! sign-in. A second cookie holds the state of a sign-in that goes on elsewhere: it comes back with the browser from another
//! site, as the session's own never does.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::{Config, pending::LASTS};

const NAME: &str = "kapok_session";
const STATE_NAME: &str = "kapok_sign_in";
/// With this prefix a browser only takes a cookie over TLS, for this host alone.
const SECURE: &str = "__Host-";

/// The secret in a request's cookies.
pub(crate) fn secret(headers: &HeaderMap, config: &Config) -> Option<String> {
    value(headers, &name_for(NAME, config))
}

/// The state of a sign-in that goes on elsewhere.
pub(crate) fn state(headers: &HeaderMap, config: &Config) -> Option<String> {
    value(headers, &name_for(STATE_NAME, config))
}

fn value(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value.to_owned())
}

/// The header that sets the cookie; without a secret, one that removes it.
pub(crate) fn set_cookie(secret: Option<&str>, config: &Config) -> Option<HeaderValue> {
    let (name, secure) = (name_for(NAME, config), secure(config));
    let cookie = match secret {
        Some(secret) => format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}"),
        None => format!("{name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}"),
    };
    HeaderValue::from_str(&cookie).ok()
}

/// The header that sets the cookie of the state, or removes it.
pub(crate) fn set_state(state: Option<&str>, config: &Config) -> Option<HeaderValue> {
    let (name, secure) = (name_for(STATE_NAME, config), secure(config));
    let (value, age) = (state.unwrap_or_default(), state.map_or(0, |_| LASTS / 1_000));
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}");
    HeaderValue::from_str(&cookie).ok()
}

fn secure(config: &Config) -> &'static str {
    if config.is_secure() { "; Secure" } else { "" }
}

fn name_for(name: &str, config: &Config) -> String {
    let prefix = if config.is_secure() { SECURE } else { "" };
    format!("{prefix}{name}")
}
