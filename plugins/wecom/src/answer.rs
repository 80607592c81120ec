//! What WeCom's answers mean.

use kapok_plugin_sdk::{
    Failure, Identity, SignInFailure, Text, Value,
    http::{Failure as HttpFailure, Response},
};

/// What WeCom did not do, by the number and the words that it gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    code: i64,
    words: String,
}

/// So much of WeCom's own words is repeated.
const MOST_WORDS: usize = 200;

/// Reads an answer. The reason of a failed request names no more than the host, so no token or secret gets into words.
pub fn read(call: &str, answer: Result<Response, HttpFailure>) -> Result<Result<Value, Refused>, Failure> {
    let response = answer.map_err(|failure| match failure {
        HttpFailure::Refused(reason) => Failure::permanent(unreachable(&reason)),
        HttpFailure::NotSent(reason) | HttpFailure::Unknown(reason) => Failure::transient(unreachable(&reason)),
    })?;
    if response.status != 200 {
        return Err(Failure::transient(unreachable(&format!("HTTP {}", response.status))));
    }
    let body: Value = std::str::from_utf8(&response.body)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| not_understood(call))?;
    match body.get("errcode").and_then(Value::as_i64) {
        Some(0) => Ok(Ok(body)),
        Some(code) => {
            let words = body.get("errmsg").and_then(Value::as_str).unwrap_or_default();
            Ok(Err(Refused {
                code,
                words: words.chars().take(MOST_WORDS).collect(),
            }))
        }
        None => Err(not_understood(call)),
    }
}

/// Who signed in. Somebody from outside the company has an id of another kind, and is nobody here.
pub fn member(answer: &Value) -> Result<Identity, SignInFailure> {
    match answer.get("userid").and_then(Value::as_str) {
        Some(id) if !id.is_empty() => Ok(Identity { id: id.to_owned() }),
        _ => Err(SignInFailure::Refused(Text::new(
            "登录的微信不是本企业的成员。请用企业成员的账号登录。",
            "This account does not belong to a member of the company. Sign in as a member.",
        ))),
    }
}

fn unreachable(reason: &str) -> String {
    format!(
        "无法访问企业微信：{reason}。请检查网络和允许访问的地址。 WeCom cannot be reached: {reason}. Check the network and the list of \
         addresses that may be called."
    )
}

pub fn not_understood(call: &str) -> Failure {
    Failure::permanent(format!(
        "企业微信对 {call} 的答复无法识别，请检查接口地址。 WeCom's answer to {call} cannot be understood; check the setting api."
    ))
}

impl Refused {
    /// In words, and whether it may be over later.
    fn told(&self) -> (&'static str, &'static str, bool) {
        match self.code {
            -1 => ("企业微信正忙，请稍后再试。", "WeCom is busy; try again later.", true),
            45009 | 45033 => (
                "调用太频繁，请稍后再试。",
                "It was called too often; try again later.",
                true,
            ),
            40013 => (
                "企业 ID 不对，请改正设置 corp_id。",
                "The id of the company is wrong; correct the setting corp_id.",
                false,
            ),
            40001 | 40091 => (
                "应用密钥不对，请改正设置 secret。",
                "The secret of the app is wrong; correct the setting secret.",
                false,
            ),
            40014 | 42001 => ("访问令牌已失效，请再试一次。", "The token is over; try again.", true),
            60020 => (
                "服务器的 IP 不在应用的可信 IP 里，请在企业微信管理后台添加。",
                "The server's address is not among the trusted ones of the app; add it in WeCom's administration.",
                false,
            ),
            48002 | 60011 | 60003 => (
                "应用没有读取通讯录的权限，请在企业微信管理后台调整可见范围。",
                "The app may not read the address book; change what it may see in WeCom's administration.",
                false,
            ),
            _ => ("企业微信拒绝了请求。", "WeCom refused the request.", false),
        }
    }

    /// Whether the code that a browser came back with is wrong, used or too old.
    fn is_about_code(&self) -> bool {
        matches!(self.code, 40029 | 42003 | 50001 | 40163)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let (zh, en, retry) = refused.told();
        let Refused { code, words } = refused;
        Failure {
            message: format!("{zh} {en} ({code} {words})"),
            retry,
        }
    }
}

impl From<Refused> for SignInFailure {
    fn from(refused: Refused) -> Self {
        if refused.is_about_code() {
            return Self::Refused(Text::new(
                "这次登录已失效，请重新扫码。",
                "This sign-in is over; scan the code again.",
            ));
        }
        Failure::from(refused).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Result<Response, HttpFailure> {
        Ok(Response {
            status,
            headers: vec![],
            body: body.as_bytes().to_vec(),
        })
    }

    fn fate(answer: Result<Response, HttpFailure>) -> String {
        let failed = |failure: Failure| if failure.retry { "later" } else { "never" }.to_owned();
        match read("gettoken", answer) {
            Ok(Ok(_)) => "done".to_owned(),
            Ok(Err(refused)) => failed(refused.into()),
            Err(failure) => failed(failure),
        }
    }

    #[test]
    fn every_answer_has_one_meaning() {
        let cases = [
            (200, r#"{"errcode":0}"#, "done"),
            (200, r#"{"errcode":-1,"errmsg":"busy"}"#, "later"),
            (200, r#"{"errcode":45009}"#, "later"),
            (200, r#"{"errcode":40013}"#, "never"),
            (200, r#"{"errcode":99999}"#, "never"),
            (200, "<html>", "never"),
            (200, "{}", "never"),
            (502, "", "later"),
        ];
        for (status, body, expected) in cases {
            assert_eq!(fate(answer(status, body)), expected, "{status} {body}");
        }
        assert_eq!(fate(Err(HttpFailure::Refused("no".to_owned()))), "never");
        assert_eq!(fate(Err(HttpFailure::NotSent("no".to_owned()))), "later");
        assert_eq!(fate(Err(HttpFailure::Unknown("no".to_owned()))), "later");
    }

    #[test]
    fn only_a_member_is_somebody() {
        let who = |body: &str| member(&body.parse().unwrap());
        assert_eq!(who(r#"{"userid":"ZhangSan"}"#).unwrap().id, "ZhangSan");
        for other in [r#"{"openid":"o1"}"#, r#"{"userid":""}"#, "{}"] {
            assert!(matches!(who(other), Err(SignInFailure::Refused(_))), "{other}");
        }
    }
}
