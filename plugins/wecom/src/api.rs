//! Asking WeCom's interface.

use kapok_plugin_sdk::{
    Failure, SignIn, Value,
    http::{self, Request},
    secrets, settings,
};

use crate::answer::{self, Refused};

const API: &str = "https://qyapi.weixin.qq.com";
const LOGIN_PAGE: &str = "https://login.work.weixin.qq.com/wwlogin/sso/login";

/// The interface, with the token that each call carries.
pub struct Api {
    base: String,
    token: String,
}

impl Api {
    /// Gets a token: WeCom answers the same one for two hours.
    pub fn open() -> Result<Self, Failure> {
        let base = base(settings::get("api"))?;
        let (corp_id, secret) = (setting("corp_id")?, given("secret", secrets::get("secret"))?);
        let answer = fetch(&base, "gettoken", &[("corpid", &corp_id), ("corpsecret", &secret)])??;
        let token = answer.get("access_token").and_then(Value::as_str).unwrap_or_default();
        if token.is_empty() {
            return Err(answer::not_understood("gettoken"));
        }
        Ok(Self {
            token: token.to_owned(),
            base,
        })
    }

    /// What a call answers: an answer, or what WeCom refused.
    pub fn get(&self, call: &str, parameters: &[(&str, &str)]) -> Result<Result<Value, Refused>, Failure> {
        let mut all = vec![("access_token", self.token.as_str())];
        all.extend_from_slice(parameters);
        fetch(&self.base, call, &all)
    }
}

fn fetch(base: &str, call: &str, parameters: &[(&str, &str)]) -> Result<Result<Value, Refused>, Failure> {
    let request = Request {
        method: "GET".to_owned(),
        url: format!("{base}/cgi-bin/{call}?{}", query(parameters)),
        headers: Vec::new(),
        body: Vec::new(),
    };
    answer::read(call, http::fetch(&request))
}

/// Where somebody signs in.
pub fn sign_in_page(page: &str, corp_id: &str, agent_id: &str, sign_in: &SignIn) -> String {
    let query = query(&[
        ("login_type", "CorpApp"),
        ("appid", corp_id),
        ("agentid", agent_id),
        ("redirect_uri", &sign_in.return_to),
        ("state", &sign_in.state),
    ]);
    format!("{page}?{query}")
}

pub fn login_page() -> String {
    settings::get("login_page")
        .filter(|page| !page.is_empty())
        .unwrap_or_else(|| LOGIN_PAGE.to_owned())
}

/// The address of the interface. It is looked at here, because what cannot be called at all would be named in full in an error, with
/// the secret in it.
fn base(setting: Option<String>) -> Result<String, Failure> {
    let base = setting
        .filter(|base| !base.is_empty())
        .unwrap_or_else(|| API.to_owned());
    let base = base.trim_end_matches('/').to_owned();
    let is_address = (base.starts_with("https://") || base.starts_with("http://"))
        && base
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"?#\"<>`{}\\".contains(&byte));
    match is_address {
        true => Ok(base),
        false => Err(Failure::permanent(
            "接口地址 api 无效，请在插件设置里改正，例如 https://qyapi.weixin.qq.com。 The setting api is no address; correct it in the \
             plugin's settings.",
        )),
    }
}

pub fn setting(name: &str) -> Result<String, Failure> {
    given(name, settings::get(name))
}

fn given(name: &str, value: Option<String>) -> Result<String, Failure> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| {
        Failure::permanent(format!(
            "企业微信插件还没有设置 {name}，请管理员填写。 The WeCom plugin has no setting {name}; the administrator can give it."
        ))
    })
}

fn query(parameters: &[(&str, &str)]) -> String {
    let pairs = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", escaped(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(byte as char),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_gets_what_it_needs_escaped() {
        let sign_in = SignIn {
            source: "wecom".to_owned(),
            return_to: "https://kapok.example.com/api/v1/sign-in/wecom.wecom/return".to_owned(),
            state: "a-b_c".to_owned(),
        };
        assert_eq!(
            sign_in_page(LOGIN_PAGE, "ww1", "1000002", &sign_in),
            "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=ww1&agentid=1000002&\
             redirect_uri=https%3A%2F%2Fkapok.example.com%2Fapi%2Fv1%2Fsign-in%2Fwecom.wecom%2Freturn&state=a-b_c"
        );
    }

    #[test]
    fn an_address_that_cannot_be_called_is_not_tried() {
        assert_eq!(base(None).unwrap(), API);
        assert_eq!(
            base(Some("http://127.0.0.1:9/".to_owned())).unwrap(),
            "http://127.0.0.1:9"
        );
        for wrong in [
            "qyapi.weixin.qq.com",
            "ftp://a",
            "https://a b",
            "https://a/?x",
            "https://企业",
        ] {
            assert!(base(Some(wrong.to_owned())).is_err(), "{wrong}");
        }
    }
}
