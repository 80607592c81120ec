//! Service tasks that are an HTTP request.

use kapok_protocol::IsoDuration;

use super::service::new_handler;
use crate::{
    BodyKind, HeaderValue, HttpMethod, HttpTask, Known, REQUEST_HANDLER, ServiceTask, Statuses,
    catalogue::{Words, elements, settings as rules},
    read::{
        Context,
        expressions::{read_expression, read_text},
        settings::read_choice,
    },
    xml::Element,
};

/// How long a request may take when the model does not say.
const DEFAULT_TIMEOUT_MILLIS: i64 = 20_000;
/// The longest that a request may take.
const LONGEST_TIMEOUT_MILLIS: i64 = 300_000;

/// Headers that are not the model's to say.
const RESERVED: &[&str] = &[
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
    "idempotency-key",
];

const BODY_KINDS: &[(&str, BodyKind)] = &[
    ("json", BodyKind::Json),
    ("form", BodyKind::Form),
    ("text", BodyKind::Text),
];

/// Reads `kapok:request`.
pub(super) fn read_request(
    task: &Element,
    setting: &Element,
    retries: u32,
    result_variable: Option<String>,
    context: &mut Context<'_>,
) -> ServiceTask {
    let method = read_choice(task, setting, "method", HttpMethod::ALL, HttpMethod::Get, context);
    let mut request = HttpTask {
        method,
        url: read_url(task, setting, context),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        timeout: read_timeout(task, setting, context),
        success: vec![Statuses::SUCCESS],
        outputs: Vec::new(),
        errors: Vec::new(),
        ask_when_unknown: read_choice(
            task,
            setting,
            "unknown",
            &[("repeat", false), ("ask", true)],
            false,
            context,
        ),
    };
    if let Some(success) = setting.stated("success") {
        request.success = read_statuses(task, setting, success, context);
    }
    for child in setting.kapok_children() {
        let stated = |name: &str| child.stated(name).unwrap_or_default().to_owned();
        match child.name.as_str() {
            "query" => request.query.push((stated("name"), read_filled(task, child, context))),
            "header" => request.headers.extend(read_header(task, child, context)),
            "body" => {
                if method.has_no_body() {
                    let words: &[&dyn Words] = &[&task.label(), &method.to_string()];
                    context
                        .findings
                        .report_inside(&rules::REQUEST_BODY, task, child.line, words);
                }
                let kind = read_choice(task, child, "type", BODY_KINDS, BodyKind::Json, context);
                request.body = Some((kind, read_filled(task, child, context)));
            }
            "output" => {
                let variable = stated("variable");
                if !is_variable(&variable) {
                    let words: &[&dyn Words] = &[&task.label(), &variable];
                    context
                        .findings
                        .report_inside(&rules::REQUEST_VARIABLE, task, child.line, words);
                }
                request.outputs.push((variable, read_filled(task, child, context)));
            }
            "error" => {
                let statuses = read_statuses(task, child, &stated("status"), context);
                request.errors.push((statuses, stated("code")));
            }
            _ => {}
        }
    }
    ServiceTask {
        retries,
        result_variable,
        request: Some(Box::new(request)),
        ..new_handler(REQUEST_HANDLER)
    }
}

/// An expression that must be there.
fn read_filled(task: &Element, child: &Element, context: &mut Context<'_>) -> kapok_protocol::Expression {
    if child.text.trim().is_empty() {
        let words: &[&dyn Words] = &[&task.label(), &child.name];
        context
            .findings
            .report_inside(&elements::EXTENSION_EMPTY, task, child.line, words);
        return kapok_protocol::Expression::rhai("()");
    }
    read_expression(task, child, context)
}

/// Whom it goes to must be seen in the drawing; what is asked there may be computed.
fn read_url(task: &Element, setting: &Element, context: &mut Context<'_>) -> String {
    let url = read_text(
        task,
        setting.line,
        setting.attribute("url").unwrap_or_default(),
        context,
    );
    if url.is_empty() {
        // The attribute is missing, which was reported.
        return url;
    }
    let rest = url.strip_prefix("https://").or(url.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    if host.is_none_or(|host| host.is_empty() || host.contains(['{', '}', '@', ' '])) {
        context
            .findings
            .report_inside(&rules::REQUEST_URL, task, setting.line, &[&task.label(), &url]);
        return url;
    }
    let origin_length = url.len() - rest.map_or(0, str::len) + host.map_or(0, str::len);
    let origin = &url[..origin_length];
    if context.environment.origin(origin) == Known::No {
        context.findings.report_inside(
            &rules::REQUEST_NOT_ALLOWED,
            task,
            setting.line,
            &[&task.label(), &origin],
        );
    }
    url
}

fn read_header(task: &Element, child: &Element, context: &mut Context<'_>) -> Option<(String, HeaderValue)> {
    let name = child.stated("name")?.to_owned();
    let is_token = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    if !is_token || RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
        context
            .findings
            .report_inside(&rules::REQUEST_HEADER, task, child.line, &[&task.label(), &name]);
    }
    let Some(secret) = child.stated("secret") else {
        return Some((name, HeaderValue::Computed(read_filled(task, child, context))));
    };
    if context.environment.secret(secret) == Known::No {
        context
            .findings
            .report_inside(&rules::REQUEST_SECRET, task, child.line, &[&task.label(), &secret]);
    }
    let value = HeaderValue::Secret {
        name: secret.to_owned(),
        // Blanks at its end are meant.
        prefix: child.attribute("prefix").unwrap_or_default().to_owned(),
    };
    Some((name, value))
}

fn read_timeout(task: &Element, setting: &Element, context: &mut Context<'_>) -> IsoDuration {
    let default = IsoDuration::from_millis(DEFAULT_TIMEOUT_MILLIS);
    let Some(text) = setting.stated("timeout") else {
        return default;
    };
    let is_fine = |timeout: &IsoDuration| {
        timeout.months == 0 && timeout.days == 0 && (1..=LONGEST_TIMEOUT_MILLIS).contains(&timeout.millis)
    };
    text.parse::<IsoDuration>().ok().filter(is_fine).unwrap_or_else(|| {
        context
            .findings
            .report_inside(&rules::REQUEST_TIMEOUT, task, setting.line, &[&task.label(), &text]);
        default
    })
}

fn read_statuses(task: &Element, holder: &Element, text: &str, context: &mut Context<'_>) -> Vec<Statuses> {
    let mut found = Vec::new();
    for part in text.split_whitespace() {
        match Statuses::parse(part) {
            Some(statuses) => found.push(statuses),
            None => context
                .findings
                .report_inside(&rules::REQUEST_STATUS, task, holder.line, &[&task.label(), &part]),
        }
    }
    found
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && name.chars().all(|sign| sign.is_alphanumeric() || sign == '_')
}
