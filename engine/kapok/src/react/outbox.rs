//! Messages leave: leased, sent with their stable key, and what became of them is kept.
//!
//! A lease is on disk before anything leaves. A lease that outlived its sender says that nobody knows: a mail is sent
//! again with the same Message-ID, an SMS waits for a person, because a second SMS cannot be told from a new one.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use kapok_notify::{OutgoingMail, SendError, message_id};
use kapok_plugin_host::{ChannelFailure, ChannelMessage, MessageKind, Plugin};
use kapok_protocol::{Delivery, IsoDuration, Mail, Message, OutboxId, OutboxRow, Sms, Text, Timestamp};
use kapok_tables::Queries;

use super::{AFTER_FAILURE, until};
use crate::{
    Error, MailSettings,
    handlers::ChannelSender,
    hints::{Audience, HintKind},
    plugins::Caller,
    shared::Shared,
    writer::Writer,
};

/// So many are looked at in one round.
const BATCH: usize = 32;
/// A sender that has not come back after this is taken for dead. Longer than any of its own time-outs together.
const LEASE_MILLIS: i64 = 5 * 60_000;
/// How long a message without a way out waits before it is looked at again.
const NO_WAY_MILLIS: i64 = 60_000;
/// After so many attempts a message has failed.
const ATTEMPTS: u32 = 10;
/// The SMS channel's name in plugins' manifests.
const SMS_CHANNEL: &str = "sms";

/// What sending gave.
enum Sent {
    Receipt(String),
    /// It surely was not taken; perhaps later.
    Later(Text),
    /// It never will be.
    Never(Text),
    /// Nobody knows.
    Unknown,
}

pub(super) fn run(shared: &Shared, writer: &Writer) {
    // Whoever held a lease when this program began is dead.
    while let Err(error) = end_leases(shared, writer) {
        tracing::error!(%error, "the outbox waits: {error}");
        if !shared.bells.outbox.wait(shared.bells.outbox.heard(), AFTER_FAILURE) {
            return;
        }
    }
    loop {
        let heard = shared.bells.outbox.heard();
        let wait = match send_due(shared, writer) {
            Ok(true) => Duration::ZERO,
            Ok(false) => match Queries(&shared.store.view()).next_message() {
                Ok(next) => until(shared.clock.now(), next),
                Err(_) => AFTER_FAILURE,
            },
            Err(error) => {
                tracing::error!(%error, "the outbox waits: {error}");
                AFTER_FAILURE
            }
        };
        if !shared.bells.outbox.wait(heard, wait) {
            return;
        }
    }
}

pub(super) fn end_leases(shared: &Shared, writer: &Writer) -> Result<(), Error> {
    // Leases end in the future, so all moments are looked at.
    let leased = Queries(&shared.store.view()).due_messages(Timestamp::from_millis(i64::MAX), usize::MAX)?;
    for row in leased
        .into_iter()
        .filter(|row| matches!(row.delivery, Delivery::Leased { .. }))
    {
        let now = shared.clock.now();
        let delivery = after_unknown(&row.message, now);
        keep(writer, row.id, delivery)?;
    }
    Ok(())
}

/// Where a message goes whose fate is unknown.
fn after_unknown(message: &Message, now: Timestamp) -> Delivery {
    match message {
        Message::Mail(_) => Delivery::Waiting {
            next: now,
            reason: None,
        },
        Message::Sms(_) => Delivery::Unknown { since: now },
    }
}

/// Sends what is due; whether anything was.
pub(crate) fn send_due(shared: &Shared, writer: &Writer) -> Result<bool, Error> {
    let now = shared.clock.now();
    let due = Queries(&shared.store.view()).due_messages(now, BATCH)?;
    let any = !due.is_empty();
    for row in due {
        if shared.bells.outbox.is_closed() {
            break;
        }
        if matches!(row.delivery, Delivery::Leased { .. }) {
            keep(writer, row.id, after_unknown(&row.message, now))?;
            continue;
        }
        // One for which there is no way out is not leased: that would be an attempt.
        if let Err(reason) = way_out(shared, &row.message) {
            wait_for_way(writer, row.id, reason)?;
            continue;
        }
        let until = now.plus_millis(LEASE_MILLIS);
        let Some(row) = lease(writer, row.id, until)? else {
            continue;
        };
        let sent = match &row.message {
            Message::Mail(mail) => send_mail(shared, row.id, mail),
            Message::Sms(sms) => send_sms(shared, row.id, sms),
        };
        keep(writer, row.id, delivery_after(sent, &row, shared.clock.now()))?;
    }
    Ok(any)
}

fn delivery_after(sent: Sent, row: &OutboxRow, now: Timestamp) -> Delivery {
    match sent {
        Sent::Receipt(receipt) => Delivery::Sent { at: now, receipt },
        Sent::Never(reason) => Delivery::Failed { reason },
        Sent::Later(reason) if row.attempts >= ATTEMPTS => Delivery::Failed { reason },
        Sent::Later(reason) => Delivery::Waiting {
            next: backoff(row.attempts).after(now),
            reason: Some(reason),
        },

        Sent::Unknown => match after_unknown(&row.message, now) {
            Delivery::Waiting { reason, .. } => Delivery::Waiting {
                next: backoff(row.attempts).after(now),
                reason,
            },
            other => other,
        },
    }
}

/// 5 seconds, doubled with every attempt, an hour at most.
fn backoff(attempts: u32) -> IsoDuration {
    IsoDuration::from_millis((5_000_i64 << attempts.saturating_sub(1).min(10)).min(3_600_000))
}

/// Takes a message for sending. `None` when a person decided otherwise meanwhile.
fn lease(writer: &Writer, id: OutboxId, until: Timestamp) -> Result<Option<OutboxRow>, Error> {
    change_waiting(writer, id, move |row, _| {
        row.attempts = row.attempts.saturating_add(1);
        row.delivery = Delivery::Leased { until };
    })
}

/// Says why a message waits, and has it looked at again in a while.
fn wait_for_way(writer: &Writer, id: OutboxId, reason: Text) -> Result<(), Error> {
    change_waiting(writer, id, |row, now| {
        row.delivery = Delivery::Waiting {
            next: now.plus_millis(NO_WAY_MILLIS),
            reason: Some(reason),
        };
    })
    .map(drop)
}

/// Changes a message, if it still waits.
fn change_waiting(
    writer: &Writer,
    id: OutboxId,
    change: impl FnOnce(&mut OutboxRow, Timestamp) + Send + 'static,
) -> Result<Option<OutboxRow>, Error> {
    writer
        .submit(move |step| {
            let Some(mut row) = step.queries().outbox_row(id)? else {
                return Ok(None);
            };
            if !matches!(row.delivery, Delivery::Waiting { .. }) {
                return Ok(None);
            }
            change(&mut row, step.now);
            step.tx.put_outbox(&row)?;
            step.hint(HintKind::Outbox, id.get(), Audience::Administrators);
            Ok(Some(row))
        })
        .wait()
}

fn keep(writer: &Writer, id: OutboxId, delivery: Delivery) -> Result<(), Error> {
    writer
        .submit(move |step| {
            if let Some(mut row) = step.queries().outbox_row(id)? {
                row.delivery = delivery;
                step.tx.put_outbox(&row)?;
                step.hint(HintKind::Outbox, id.get(), Audience::Administrators);
            }
            Ok(())
        })
        .wait()
}

/// Whether there is a way out for a message, or why not.
fn way_out(shared: &Shared, message: &Message) -> Result<(), Text> {
    match message {
        Message::Mail(_) => mail_way(shared).map(drop),
        Message::Sms(_) => sms_way(shared).map(drop),
    }
}

/// Whether there is a way out for mail, and for SMS.
pub(crate) fn ways_out(shared: &Shared) -> (bool, bool) {
    (mail_way(shared).is_ok(), sms_way(shared).is_ok())
}

fn mail_way(shared: &Shared) -> Result<&MailSettings, Text> {
    shared.outgoing.mail.as_ref().ok_or_else(|| {
        Text::new(
            "没有设置邮件服务器，邮件在此等候。请在配置文件的 [mail] 中填写。",
            "No mail server is set up, so the mail waits here. Fill in [mail] in the configuration file.",
        )
    })
}

/// Who takes an SMS.
enum SmsWay {
    Program(ChannelSender),
    Plugin(Box<Plugin>),
}

fn sms_way(shared: &Shared) -> Result<SmsWay, Text> {
    if let Some(sender) = shared.handlers.channel(SMS_CHANNEL) {
        return Ok(SmsWay::Program(sender));
    }
    let plugin = shared.plugins.channel(SMS_CHANNEL).ok_or_else(|| {
        Text::new(
            "没有安装短信插件，短信在此等候。请安装一个提供短信通道的插件。",
            "No SMS plugin is installed, so the SMS waits here. Install a plugin with an SMS channel.",
        )
    })?;
    let id = &plugin.manifest().id;
    if !shared.outgoing.plugins.contains_key(id) {
        return Err(Text::new(
            format!("短信插件 {id} 还没有设置，短信在此等候。请在配置文件的 [plugins.{id}] 中填写。"),
            format!(
                "The SMS plugin {id} is not set up, so the SMS waits here. Fill in [plugins.{id}] in the configuration file."
            ),
        ));
    }
    Ok(SmsWay::Plugin(Box::new(plugin)))
}

fn send_mail(shared: &Shared, id: OutboxId, mail: &Mail) -> Sent {
    let settings = match mail_way(shared) {
        Ok(settings) => settings,
        Err(reason) => return Sent::Later(reason),
    };
    let organisation = shared.organisation();
    let Some(member) = organisation.contact(mail.to) else {
        return nobody();
    };
    let Some(address) = member.email else {
        return Sent::Never(Text::new(
            format!("{} 没有邮箱地址。", member.name),
            format!("{} has no e-mail address.", member.name),
        ));
    };
    let mail = OutgoingMail {
        message_id: message_id(id, &settings.host),
        from: settings.from.clone(),
        to_address: address,
        to_name: member.name,
        subject: mail.subject.clone(),
        body: mail.body.clone(),
    };
    let Some(runtime) = shared.plugins.runtime() else {
        return Sent::Later(Text::new(
            "系统资源不足，稍后再试。",
            "Out of resources; tried again later.",
        ));
    };
    match runtime.block_on(settings.transport.send(&mail)) {
        Ok(receipt) => Sent::Receipt(receipt.id),
        Err(SendError::Refused(reason)) => Sent::Never(reason),
        Err(SendError::Retry(reason)) => Sent::Later(reason),
        Err(SendError::Unknown(_)) => Sent::Unknown,
    }
}

fn send_sms(shared: &Shared, id: OutboxId, sms: &Sms) -> Sent {
    let way = match sms_way(shared) {
        Ok(way) => way,
        Err(reason) => return Sent::Later(reason),
    };
    let organisation = shared.organisation();
    let Some(member) = organisation.contact(sms.to) else {
        return nobody();
    };
    let Some(recipient) = member.phone else {
        return Sent::Never(Text::new(
            format!("{} 没有手机号码。", member.name),
            format!("{} has no phone number.", member.name),
        ));
    };
    let message = ChannelMessage {
        channel: SMS_CHANNEL.into(),
        key: id.to_string(),
        kind: MessageKind::Notice,
        recipient,
        signature: None,
        template: sms.template.clone(),
        variables: sms.variables.clone(),
        text: sms.text.clone(),
    };
    let answer = match way {
        // A panic came after the call, so nobody knows what it had done.
        SmsWay::Program(send) => Ok(catch_unwind(AssertUnwindSafe(|| send(&message))).unwrap_or_else(|_| {
            Err(ChannelFailure::Unknown(Text::new(
                "发送程序出错中断",
                "the sender panicked",
            )))
        })),
        SmsWay::Plugin(plugin) => {
            let call = shared.plugins.call(shared, &plugin, Caller::System);
            plugin.send(&call, &message)
        }
    };
    match answer {
        Ok(Ok(receipt)) => Sent::Receipt(receipt.id),
        Ok(Err(ChannelFailure::Refused(reason))) => Sent::Never(reason),
        Ok(Err(ChannelFailure::Retry(reason))) => Sent::Later(reason),
        Ok(Err(ChannelFailure::Unknown(_))) => Sent::Unknown,
        Err(fault) if fault.contacted => {
            tracing::error!(%fault, "nobody knows whether an SMS was sent");
            Sent::Unknown
        }
        Err(fault) => Sent::Later(fault.text),
    }
}

fn nobody() -> Sent {
    Sent::Never(Text::new(
        "收件人已不在系统中。",
        "The recipient is no longer in the system.",
    ))
}
