//! Service tasks that tell people something.

use crate::{
    MessageChannel, MessageTask,
    catalogue::settings as rules,
    read::{Context, assignees::read_assignees, expressions::read_text, settings::read_choice},
    xml::Element,
};

/// The channels by their names.
pub(in crate::read) const CHANNELS: &[(&str, MessageChannel)] = &[
    ("page", MessageChannel::Page),
    ("mail", MessageChannel::Mail),
    ("sms", MessageChannel::Sms),
];

/// Reads `kapok:message`.
pub(super) fn read_message(task: &Element, setting: &Element, context: &mut Context<'_>) -> MessageTask {
    let child = |name: &str| setting.kapok_children().find(|child| child.name == name);
    let channel = read_choice(task, setting, "channel", CHANNELS, MessageChannel::Page, context);
    let to = child("to")
        .map(|to| read_assignees(task, to, context))
        .unwrap_or_default();
    if to.is_empty() {
        context
            .findings
            .report_inside(&rules::MESSAGE_TO, task, setting.line, &[&task.label()]);
    }
    let title = read_text(
        task,
        setting.line,
        setting.attribute("title").unwrap_or_default(),
        context,
    );
    let text = child("text")
        .map(|text| read_text(task, text.line, &text.text, context))
        .unwrap_or_default();
    let template = setting
        .attribute("template")
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned);
    // The words of an SMS can be those of its template.
    if text.is_empty() && (channel != MessageChannel::Sms || template.is_none()) {
        context
            .findings
            .report_inside(&rules::MESSAGE_TEXT, task, setting.line, &[&task.label()]);
    }
    MessageTask {
        channel,
        to,
        title,
        text,
        template,
    }
}
