//! From our words to RFC 5322.

use kapok_protocol::Text;
use lettre::{
    Message,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

use super::OutgoingMail;

/// The message, or why there cannot be one.
pub(super) fn compose(mail: &OutgoingMail) -> Result<Message, Text> {
    for (zh, en, value) in [
        ("Message-ID", "Message-ID", &mail.message_id),
        ("发件人", "sender", &mail.from),
        ("收件人地址", "recipient's address", &mail.to_address),
        ("收件人姓名", "recipient's name", &mail.to_name),
        ("主题", "subject", &mail.subject),
    ] {
        if value.contains(char::is_control) {
            return Err(Text::new(
                format!("{zh}里有换行或控制字符，邮件没有发出。请改正它。"),
                format!("The {en} contains a line break or control character, so the mail was not sent. Correct it."),
            ));
        }
    }
    let address = mail.to_address.parse().map_err(|error| {
        let address = &mail.to_address;
        Text::new(
            format!("邮件地址“{address}”无效，请在人员资料里改正。（{error}）"),
            format!("The mail address \"{address}\" is not valid; correct it in the person's record. ({error})"),
        )
    })?;
    let from: Mailbox = mail.from.parse().map_err(|error| {
        let from = &mail.from;
        Text::new(
            format!("发件人“{from}”无效，请在邮件设置里改正。（{error}）"),
            format!("The sender \"{from}\" is not valid; correct it in the mail settings. ({error})"),
        )
    })?;
    let name = Some(mail.to_name.clone()).filter(|name| !name.is_empty());
    Message::builder()
        .message_id(Some(mail.message_id.clone()))
        .from(from)
        .to(Mailbox::new(name, address))
        .subject(mail.subject.clone())
        // RFC 3834: absence notices do not answer a machine.
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.body.clone())
        .map_err(|error| {
            Text::new(
                format!("邮件无法写成：{error}"),
                format!("The mail cannot be written: {error}"),
            )
        })
}
