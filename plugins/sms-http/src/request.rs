//! From a message to a signed request.

use kapok_plugin_sdk::{ChannelFailure, Fields, Message, MessageKind, Text, Value, http::Request, json};

use crate::sign::{Signed, sign};

/// What the administrator has set.
pub struct Gateway {
    pub url: String,
    pub access_key: String,
    pub secret: String,
    pub signature: String,
    /// The gateway's id of the message's template, if it is mapped.
    pub template: Option<String>,
}

/// The request; `now` is in milliseconds since 1970-01-01T00:00:00Z.
pub fn request(gateway: &Gateway, message: &Message, now: i64) -> Result<Request, ChannelFailure> {
    let phone = phone(&message.recipient)?;
    let variables: Fields = message
        .variables
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.as_str())))
        .collect();
    let body = json!({
        "key": message.key,
        "phone": phone,
        "signature": gateway.signature,
        "template": gateway.template.as_ref().unwrap_or(&message.template),
        "variables": variables,
        "text": message.text,
        "kind": match message.kind {
            MessageKind::Notice => "notice",
            MessageKind::Promotion => "promotion",
        },
    })
    .to_string()
    .into_bytes();
    let timestamp = now.div_euclid(1000);
    let signed = Signed {
        method: "POST",
        path: path(&gateway.url)?,
        timestamp,
        key: &message.key,
        body: &body,
    };
    let signature = sign(&gateway.secret, &signed);
    let headers = [
        ("Content-Type", "application/json".to_owned()),
        ("X-Kapok-Access-Key", gateway.access_key.clone()),
        ("X-Kapok-Timestamp", timestamp.to_string()),
        ("X-Kapok-Key", message.key.clone()),
        ("X-Kapok-Signature", signature),
    ];
    Ok(Request {
        method: "POST".to_owned(),
        url: gateway.url.clone(),
        headers: headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        body,
    })
}

/// The number without what people put between its digits.
fn phone(recipient: &str) -> Result<String, ChannelFailure> {
    let phone: String = recipient
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '(' | ')'))
        .collect();
    let digits = phone.strip_prefix('+').unwrap_or(&phone);
    if (5..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(phone);
    }
    Err(ChannelFailure::Refused(Text::new(
        format!("手机号码“{recipient}”无效，请在人员资料里改正。"),
        format!("The phone number \"{recipient}\" is not valid; correct it in the person's record."),
    )))
}

/// Path and query of an absolute URL, as the gateway sees them.
fn path(url: &str) -> Result<&str, ChannelFailure> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let path = rest.map(|rest| rest.find('/').map_or("/", |start| &rest[start..]));
    // Only what no client rewrites on the way can be signed.
    match path {
        Some(path)
            if path
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"#\"<>`{}\\".contains(&byte)) =>
        {
            Ok(path)
        }
        _ => Err(ChannelFailure::Retry(Text::new(
            format!("短信网关地址“{url}”无效，请在设置里改正，例如 https://sms.example.com/v1/sms。"),
            format!(
                "The address of the SMS gateway \"{url}\" is not valid; correct it in the settings, such as \
                 https://sms.example.com/v1/sms."
            ),
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gateway() -> Gateway {
        Gateway {
            url: "https://sms.example.com/v1/sms?a=b".to_owned(),
            access_key: "demo".to_owned(),
            secret: "s3cret".to_owned(),
            signature: "木棉".to_owned(),
            template: Some("SMS_1001".to_owned()),
        }
    }

    fn message() -> Message {
        Message {
            channel: "sms".to_owned(),
            key: "12".to_owned(),
            kind: MessageKind::Notice,
            recipient: "+86 138-0000-0000".to_owned(),
            signature: None,
            template: "reminder".to_owned(),
            variables: vec![("task".to_owned(), "报价审批".to_owned())],
            text: "待办：报价审批".to_owned(),
        }
    }

    #[test]
    fn the_request_says_everything_and_is_signed() {
        let request = request(&gateway(), &message(), 1_795_420_800_999).unwrap();
        let body: Value = String::from_utf8(request.body.clone()).unwrap().parse().unwrap();
        let expected = json!({
            "key": "12", "phone": "+8613800000000", "signature": "木棉", "template": "SMS_1001",
            "variables": { "task": "报价审批" }, "text": "待办：报价审批", "kind": "notice",
        });
        assert_eq!(body, expected);
        let signed = Signed {
            method: "POST",
            path: "/v1/sms?a=b",
            timestamp: 1_795_420_800,
            key: "12",
            body: &request.body,
        };
        let signature = ("X-Kapok-Signature".to_owned(), sign("s3cret", &signed));
        assert!(request.headers.contains(&signature));
        assert!(
            request
                .headers
                .contains(&("X-Kapok-Timestamp".to_owned(), "1795420800".to_owned()))
        );
    }

    #[test]
    fn a_template_without_an_id_goes_by_its_name() {
        let gateway = Gateway {
            template: None,
            ..gateway()
        };
        let body = String::from_utf8(request(&gateway, &message(), 0).unwrap().body).unwrap();
        assert!(body.contains(r#""template":"reminder""#));
    }

    #[test]
    fn numbers_and_addresses_that_cannot_work_are_named() {
        for recipient in ["", "none", "138", "1380000000000000000000", "13800000000;13900000000"] {
            let message = Message {
                recipient: recipient.to_owned(),
                ..message()
            };
            assert!(
                matches!(request(&gateway(), &message, 0), Err(ChannelFailure::Refused(_))),
                "{recipient}"
            );
        }
        for url in [
            "",
            "sms.example.com",
            "ftp://a/b",
            "https://a/短信",
            "https://a/b c",
            "https://a/b#c",
        ] {
            let gateway = Gateway {
                url: url.to_owned(),
                ..gateway()
            };
            assert!(
                matches!(request(&gateway, &message(), 0), Err(ChannelFailure::Retry(_))),
                "{url}"
            );
        }
    }
}
