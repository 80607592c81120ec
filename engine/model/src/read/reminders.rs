//! The reminder ladder of a task.

use kapok_protocol::{IsoDuration, Timestamp};

use super::{Context, settings::read_choice, tasks::tell::CHANNELS, timers};
use crate::{
    HumanTask, MessageChannel, Reminder, ReminderAction,
    catalogue::{Words, elements, settings as rules},
    xml::Element,
};

/// Reads `kapok:reminders` into a task whose approval is already known.
pub(super) fn read_reminders(task: &Element, setting: &Element, human: &mut HumanTask, context: &mut Context<'_>) {
    if let Some(due) = setting.attribute("due") {
        human.due = read_duration(task, setting, due, &rules::DUE_BEYOND, context);
    }
    for rung in setting.kapok_children() {
        let Some(after) = rung.attribute("after") else { continue };
        let Some(after) = read_duration(task, rung, after, &rules::REMINDER_TIME, context) else {
            continue;
        };
        if let Some(action) = read_action(task, rung, human.approval.is_some(), context) {
            human.reminders.push(Reminder { after, action });
        }
    }
    check_order(task, setting, human, context);
}

fn read_duration(
    task: &Element,
    setting: &Element,
    text: &str,
    rule: &crate::catalogue::Rule,
    context: &mut Context<'_>,
) -> Option<IsoDuration> {
    let duration = text.parse().ok();
    if duration.is_none() {
        context
            .findings
            .report_inside(rule, task, setting.line, &[&task.label(), &text]);
    }
    duration
}

fn read_action(task: &Element, rung: &Element, is_approval: bool, context: &mut Context<'_>) -> Option<ReminderAction> {
    match rung.name.as_str() {
        "remind" => Some(ReminderAction::Remind {
            channels: read_channels(task, rung, context),
            repeat: rung
                .attribute("repeat")
                .and_then(|text| read_repeat(task, rung, text, context)),
        }),
        "escalate" => {
            // Nobody else can be named yet.
            read_choice(task, rung, "to", &[("superior", ())], (), context);
            Some(ReminderAction::EscalateToSuperior)
        }
        "decide" => {
            if !is_approval {
                context
                    .findings
                    .report_inside(&rules::REMINDER_DECIDE, task, rung.line, &[&task.label()]);
            }
            let decisions = [("approve", true), ("reject", false)];
            let approve = read_choice(task, rung, "decision", &decisions, true, context);
            Some(if approve {
                ReminderAction::Approve
            } else {
                ReminderAction::Reject
            })
        }
        _ => None,
    }
}

fn read_channels(task: &Element, rung: &Element, context: &mut Context<'_>) -> Vec<MessageChannel> {
    let mut channels = Vec::new();
    for word in rung.attribute("channels").unwrap_or_default().split_whitespace() {
        match CHANNELS.iter().find(|(name, _)| *name == word) {
            Some((_, channel)) if channels.contains(channel) => {}
            Some((_, channel)) => channels.push(*channel),
            None => {
                let words: &[&dyn Words] = &[&task.label(), &rung.name, &"channels", &word];
                context
                    .findings
                    .report_inside(&elements::EXTENSION_VALUE, task, rung.line, words);
            }
        }
    }
    channels
}

fn read_repeat(task: &Element, rung: &Element, text: &str, context: &mut Context<'_>) -> Option<(u32, IsoDuration)> {
    // A reminder that is repeated for ever only teaches people to ignore reminders.
    let repeat = timers::cycle(text).and_then(|(times, every)| Some((times?, every)));
    if repeat.is_none() {
        context
            .findings
            .report_inside(&rules::REMINDER_REPEAT, task, rung.line, &[&task.label(), &text]);
    }
    repeat
}

/// Puts the rungs in the order of time. Months and days are compared as they count from an ordinary day.
fn check_order(task: &Element, setting: &Element, human: &mut HumanTask, context: &mut Context<'_>) {
    let moment = |reminder: &Reminder| reminder.after.after(Timestamp::from_millis(0));
    if !human.reminders.is_sorted_by_key(moment) {
        context
            .findings
            .report_inside(&rules::REMINDER_ORDER, task, setting.line, &[&task.label()]);
        human.reminders.sort_by_key(moment);
    }
    let decided = human
        .reminders
        .iter()
        .position(|reminder| matches!(reminder.action, ReminderAction::Approve | ReminderAction::Reject));
    if let Some(at) = decided
        && at + 1 < human.reminders.len()
    {
        let when = human.reminders[at].after.to_string();
        context
            .findings
            .report_inside(&rules::REMINDER_NEVER, task, setting.line, &[&task.label(), &when]);
    }
}
