use std::sync::LazyLock;

use ammonia::Builder;
use kapok_protocol::Value;

use super::normal::{Fault, within};

/// What formatted text may consist of: nothing that runs, nothing that loads from elsewhere, no styles of its own.
static ALLOWED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(
            [
                "p",
                "br",
                "h1",
                "h2",
                "h3",
                "h4",
                "strong",
                "b",
                "em",
                "i",
                "u",
                "s",
                "ul",
                "ol",
                "li",
                "blockquote",
                "pre",
                "code",
                "hr",
                "a",
                "table",
                "thead",
                "tbody",
                "tr",
                "th",
                "td",
            ]
            .into(),
        )
        .tag_attributes(
            [
                ("a", ["href"].into()),
                ("td", ["colspan", "rowspan"].into()),
                ("th", ["colspan", "rowspan"].into()),
            ]
            .into(),
        )
        .clean_content_tags(["script", "style"].into())
        .url_schemes(["http", "https", "mailto", "tel"].into())
        .link_rel(Some("noopener noreferrer"));
    builder
});

/// Formatted text without anything harmful; nothing when no text is left.
pub(super) fn clean(text: &str, max_length: usize) -> Result<Value, Fault> {
    // Before the work, so that it is bounded.
    within(text, max_length)?;
    let clean = ALLOWED.clean(text).to_string();
    let clean = clean.trim();
    if !has_text(clean) {
        return Ok(Value::Null);
    }
    within(clean, max_length)
}

/// Whether there is anything besides tags and spaces.
fn has_text(html: &str) -> bool {
    let mut in_tag = false;
    let text = html.chars().filter(|character| {
        let is_text = !in_tag && *character != '<';
        in_tag = match character {
            '<' => true,
            '>' => false,
            _ => in_tag,
        };
        is_text && *character != '>'
    });
    let text: String = text.collect();
    !text.replace("&nbsp;", " ").trim().is_empty()
}
