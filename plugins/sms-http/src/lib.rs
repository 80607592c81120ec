//! SMS through an HTTP gateway. What the gateway gets, and how it checks who sent it, is in `README.md`.

mod answer;
mod request;
mod sign;

use kapok_plugin_sdk::{ChannelFailure, Message, Plugin, Receipt, Text, clock, http, secrets, settings};

use request::Gateway;

struct SmsHttp;

impl Plugin for SmsHttp {
    fn send_message(message: Message) -> Result<Receipt, ChannelFailure> {
        let gateway = Gateway {
            url: setting("url")?,
            access_key: setting("access_key")?,
            secret: given("secret", secrets::get("secret"))?,
            signature: match &message.signature {
                Some(signature) => signature.clone(),
                None => setting("signature")?,
            },
            // A name without an entry goes as it is: the gateway may use the same names.
            template: settings::get(&format!("template.{}", message.template)),
        };
        let request = request::request(&gateway, &message, clock::now())?;
        answer::read(http::fetch(&request))
    }
}

fn setting(name: &str) -> Result<String, ChannelFailure> {
    given(name, settings::get(name))
}

/// A setting that must be there. Without it the message waits until somebody has set it.
fn given(name: &str, value: Option<String>) -> Result<String, ChannelFailure> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| {
        ChannelFailure::Retry(Text::new(
            format!("短信插件还没有设置 {name}，请管理员在设置里填写。"),
            format!("The SMS plugin has no setting {name}; the administrator can give it in the settings."),
        ))
    })
}

kapok_plugin_sdk::export!(SmsHttp);
