//! HTTP requests that are drawn: sent as their job says, with the job as the key by which the other side knows a request
//! that comes again. What the answer means is decided by the process.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use kapok_notify::{FetchError, HttpRequest, HttpResponse};
use kapok_process::state::Job;
use kapok_protocol::{JobOutcome, Text, Value};

use crate::shared::Shared;

/// The longest text of an answer that is kept, in bytes; what is longer is no JSON for a process either.
const LONGEST: usize = 256 << 10;

/// Sends the request of a job, and says how it went.
pub(super) fn send(shared: &Shared, job: &Job) -> JobOutcome {
    let failed = |message: String, retry| JobOutcome::Failed { message, retry };
    let request = match prepare(shared, &job.inputs, job.id.to_string()) {
        Ok(request) => request,
        Err(problem) => return failed(problem.to_string(), false),
    };
    let Some(runtime) = shared.plugins.runtime() else {
        return failed("暂时无法发出请求 / there is no way out just now".into(), true);
    };
    let input = |name: &str| job.inputs.get(name);
    let timeout = input("timeout").and_then(Value::as_number);
    let timeout = timeout.and_then(|millis| u64::try_from(millis).ok()).unwrap_or(20_000);
    let ask = input("ask_when_unknown").and_then(Value::as_bool).unwrap_or(false);
    let client = shared.plugins.client().within(Duration::from_millis(timeout));
    match client.fetch_blocking(runtime.handle(), request) {
        Ok(response) => JobOutcome::Completed(answer(response)),
        Err(FetchError::Refused(reason)) => failed(format!("请求没有发出 / the request was not sent: {reason}"), false),
        Err(FetchError::NotSent(reason)) => failed(format!("请求没有发出 / the request was not sent: {reason}"), true),
        Err(FetchError::Unknown(reason)) if ask => failed(
            format!(
                "不知道对方是否已经收到请求，请先向对方核实，再决定是否重试 / it is unknown whether the request has arrived: \
                 ask the other side before you retry: {reason}"
            ),
            false,
        ),
        Err(FetchError::Unknown(reason)) => failed(
            format!("没有收到完整的应答 / there was no whole answer: {reason}"),
            true,
        ),
    }
}

/// A request as its inputs say, under the key by which the other side knows it again.
pub(crate) fn prepare(shared: &Shared, inputs: &BTreeMap<String, Value>, key: String) -> Result<HttpRequest, Text> {
    let text = |name: &str| inputs.get(name).and_then(Value::as_text).unwrap_or_default();
    let mut url = text("url").to_owned();
    let mut separator = if url.contains('?') { '&' } else { '?' };
    for (name, value) in pairs(inputs, "query") {
        let Some(value) = value.get("value").filter(|value| **value != Value::Null) else {
            continue;
        };
        url.push(separator);
        encode(&name, &mut url);
        url.push('=');
        encode(&plain(value), &mut url);
        separator = '&';
    }
    let mut headers = Vec::new();
    for (name, header) in pairs(inputs, "headers") {
        match header.get("secret").and_then(Value::as_text) {
            Some(secret) => {
                let prefix = header.get("prefix").and_then(Value::as_text).unwrap_or_default();
                headers.push((name, format!("{prefix}{}", reveal(shared, secret, &url)?)));
            }
            None => match header.get("value") {
                None | Some(Value::Null) => {}
                Some(value) => headers.push((name, plain(value))),
            },
        }
    }
    let body = inputs.get("body").filter(|body| **body != Value::Null);
    let (body, kind) = match (body, text("body_type")) {
        (None, _) => (String::new(), None),
        (Some(body), "form") => (form(body)?, Some("application/x-www-form-urlencoded")),
        (Some(body), "text") => (plain(body), Some("text/plain; charset=utf-8")),
        (Some(body), _) => (
            serde_json::to_string(body).map_err(|error| Text::same(error.to_string()))?,
            Some("application/json"),
        ),
    };
    let has =
        |headers: &[(String, String)], name: &str| headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    if let Some(kind) = kind.filter(|_| !has(&headers, "content-type")) {
        headers.push(("Content-Type".to_owned(), kind.to_owned()));
    }
    if !has(&headers, "accept") {
        headers.push(("Accept".to_owned(), "application/json, */*;q=0.5".to_owned()));
    }
    headers.push(("Idempotency-Key".to_owned(), key));
    Ok(HttpRequest {
        method: text("method").to_owned(),
        url,
        headers,
        body: body.into_bytes(),
    })
}

/// The secret of a name, for whoever it is meant for.
fn reveal<'s>(shared: &'s Shared, name: &str, url: &str) -> Result<&'s str, Text> {
    let Some(secret) = shared.outgoing.secrets.get(name) else {
        return Err(Text::new(
            format!("配置里没有密钥“{name}”，请加上后重试"),
            format!("the configuration has no secret `{name}`: add it and retry"),
        ));
    };
    let is_for = |origin: &String| {
        let rest = url.strip_prefix(origin.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    };
    if secret.origins.is_empty() || secret.origins.iter().any(is_for) {
        return Ok(&secret.value);
    }
    Err(Text::new(
        format!("密钥“{name}”不能发给这个地址，请核对配置"),
        format!("the secret `{name}` is not for this address: check the configuration"),
    ))
}

/// The named entries of a list.
fn pairs<'j>(
    inputs: &'j BTreeMap<String, Value>,
    list: &str,
) -> impl Iterator<Item = (String, &'j BTreeMap<String, Value>)> {
    let entries = inputs.get(list).and_then(Value::as_list).unwrap_or_default();
    entries.iter().filter_map(|entry| {
        let entry = entry.as_map()?;
        Some((entry.get("name")?.as_text()?.to_owned(), entry))
    })
}

/// A value as other programs read it.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.normalize().to_string(),
        Value::List(_) | Value::Map(_) => serde_json::to_string(value).unwrap_or_default(),
    }
}

/// Appends a text so that nothing in it means anything in a URL.
pub(crate) fn encode(text: &str, to: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            to.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(to, "%{byte:02X}");
        }
    }
}

fn form(body: &Value) -> Result<String, Text> {
    let Some(fields) = body.as_map() else {
        return Err(Text::new(
            "表单内容应当是名称和值",
            "the body of a form is a map of names and values",
        ));
    };
    let mut text = String::new();
    for (name, value) in fields.iter().filter(|(_, value)| **value != Value::Null) {
        if !text.is_empty() {
            text.push('&');
        }
        encode(name, &mut text);
        text.push('=');
        encode(&plain(value), &mut text);
    }
    Ok(text)
}

/// What the process sees of an answer.
pub(crate) fn answer(response: HttpResponse) -> BTreeMap<String, Value> {
    let headers = response
        .headers
        .into_iter()
        .map(|(name, value)| (name, Value::from(value)));
    let body = serde_json::from_slice::<Value>(&response.body).unwrap_or_else(|_| {
        let mut text = String::from_utf8_lossy(&response.body).into_owned();
        cut(&mut text, LONGEST);
        if text.is_empty() {
            Value::Null
        } else {
            Value::from(text)
        }
    });
    BTreeMap::from([
        ("status".to_owned(), Value::from(i64::from(response.status))),
        ("headers".to_owned(), Value::Map(headers.collect())),
        ("body".to_owned(), body),
    ])
}

/// Cuts a text to so many bytes; whether there was something to cut.
pub(crate) fn cut(text: &mut String, longest: usize) -> bool {
    if text.len() <= longest {
        return false;
    }
    let end = (0..=longest).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.truncate(end);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_what_they_are_in_a_url() {
        for (text, expected) in [
            ("a b", "a%20b"),
            ("../x?y=1&z#", "..%2Fx%3Fy%3D1%26z%23"),
            ("木", "%E6%9C%A8"),
            ("A-z_0.9~", "A-z_0.9~"),
        ] {
            let mut encoded = String::new();
            encode(text, &mut encoded);
            assert_eq!(encoded, expected);
        }
    }
}
