//! What the gateway's answer means. In doubt the fate is unknown: a person rather looks twice than gets the same SMS
//! twice.

use kapok_plugin_sdk::{
    ChannelFailure, Receipt, Text, Value,
    http::{Failure, Response},
};

/// How much of the gateway's own words is kept.
const MOST_WORDS: usize = 200;

/// The receipt, or what became of the message.
pub fn read(answer: Result<Response, Failure>) -> Result<Receipt, ChannelFailure> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(Failure::Refused(reason)) => {
            return Err(ChannelFailure::Retry(Text::new(
                format!("短信网关的地址不被允许：{reason}。请管理员把它加入允许访问的地址。"),
                format!("The SMS gateway may not be called: {reason}. The administrator can allow its address."),
            )));
        }
        Err(Failure::NotSent(reason)) => {
            return Err(ChannelFailure::Retry(Text::new(
                format!("连不上短信网关：{reason}。稍后会再试。"),
                format!("The SMS gateway cannot be reached: {reason}. It is tried again later."),
            )));
        }
        Err(Failure::Unknown(reason)) => return Err(unknown(&reason)),
    };
    let status = answer.status;
    let body: Value = std::str::from_utf8(&answer.body)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    match status {
        200..=299 => match id(&body) {
            Some(id) => Ok(Receipt { id }),
            None => Err(unknown(&format!("HTTP {status} without an id"))),
        },
        // A proxy says these; the gateway behind it may have the message.
        502 | 504 => Err(unknown(&format!("HTTP {status}"))),
        408 | 425 | 429 | 500.. => Err(ChannelFailure::Retry(Text::new(
            format!("短信网关暂时不收（HTTP {status}{}）。稍后会再试。", words(&body)),
            format!(
                "The SMS gateway does not take it at present (HTTP {status}{}). It is tried again later.",
                words(&body)
            ),
        ))),
        _ => Err(ChannelFailure::Refused(Text::new(
            format!(
                "短信网关拒绝了这条短信（HTTP {status}{}）。请核对号码、模板和签名密钥。",
                words(&body)
            ),
            format!(
                "The SMS gateway refuses it (HTTP {status}{}). Check number, template and secret.",
                words(&body)
            ),
        ))),
    }
}

fn id(body: &Value) -> Option<String> {
    match body.get("id")? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn words(body: &Value) -> String {
    match body.get("error").and_then(Value::as_str) {
        Some(words) => format!(": {}", words.chars().take(MOST_WORDS).collect::<String>()),
        None => String::new(),
    }
}

fn unknown(reason: &str) -> ChannelFailure {
    ChannelFailure::Unknown(Text::new(
        format!("不知道短信是否已发出（{reason}）。请查看网关记录后决定是否重发。"),
        format!("Whether the SMS was sent is unknown ({reason}). Look it up at the gateway before sending it again."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fate(answer: Result<Response, Failure>) -> String {
        match read(answer) {
            Ok(receipt) => format!("sent {}", receipt.id),
            Err(ChannelFailure::Refused(_)) => "refused".to_owned(),
            Err(ChannelFailure::Retry(_)) => "retry".to_owned(),
            Err(ChannelFailure::Unknown(_)) => "unknown".to_owned(),
        }
    }

    #[test]
    fn every_answer_has_one_meaning() {
        let cases = [
            (200, r#"{"id":"a1"}"#, "sent a1"),
            (202, r#"{"id":12}"#, "sent 12"),
            (200, r#"{"id":""}"#, "unknown"),
            (200, "OK", "unknown"),
            (302, "", "refused"),
            (400, r#"{"error":"no such template"}"#, "refused"),
            (401, "", "refused"),
            (408, "", "retry"),
            (429, "", "retry"),
            (500, "", "retry"),
            (502, "", "unknown"),
            (503, "", "retry"),
            (504, "", "unknown"),
        ];
        for (status, body, expected) in cases {
            let answer = Response {
                status,
                headers: vec![],
                body: body.as_bytes().to_vec(),
            };
            assert_eq!(fate(Ok(answer)), expected, "{status} {body}");
        }
        let why = || "why".to_owned();
        assert_eq!(fate(Err(Failure::Refused(why()))), "retry");
        assert_eq!(fate(Err(Failure::NotSent(why()))), "retry");
        assert_eq!(fate(Err(Failure::Unknown(why()))), "unknown");
    }
}
