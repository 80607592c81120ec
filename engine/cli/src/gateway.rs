//! The demonstration's SMS gateway: it takes what the `sms-http` plugin sends, as a real gateway would, and keeps each
//! message as a file instead of sending it. Requests that are not signed as they should be are refused.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use hmac::{Hmac, KeyInit, Mac};
use kapok::{Clock, SystemClock, notify::AllowedOrigin};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

use crate::demo::random_text;

const PATH: &str = "/v1/sms";
const ACCESS_KEY: &str = "kapok-demo";
/// How far apart the clocks may be, in seconds.
const SKEW: u64 = 300;

/// A gateway that listens.
pub(crate) struct Gateway {
    listener: TcpListener,
    door: Arc<Door>,
    origin: String,
}

struct Door {
    secret: String,
    folder: PathBuf,
}

impl Gateway {
    /// Listens on this machine, on a port that is free.
    pub(crate) async fn open(folder: &Path) -> Result<Self, String> {
        let told = |error: std::io::Error| format!("the demonstration's SMS gateway: {error}");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(told)?;
        let origin = format!("http://{}", listener.local_addr().map_err(told)?);
        std::fs::create_dir_all(folder).map_err(told)?;
        let door = Arc::new(Door {
            secret: random_text()?,
            folder: folder.to_owned(),
        });
        Ok(Self { listener, door, origin })
    }

    /// What the plugin has to know.
    pub(crate) fn settings(&self) -> BTreeMap<String, String> {
        let settings = [
            ("url", format!("{}{PATH}", self.origin)),
            ("access_key", ACCESS_KEY.to_owned()),
            ("secret", self.door.secret.clone()),
            ("signature", "木棉演示".to_owned()),
        ];
        settings
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The address that the plugin must be allowed to call.
    pub(crate) fn origin(&self) -> AllowedOrigin {
        AllowedOrigin {
            origin: self.origin.clone(),
            private: true,
        }
    }

    /// Takes messages until the program ends.
    pub(crate) async fn run(self) -> std::io::Result<()> {
        let app = Router::new()
            .route(PATH, post(take))
            .layer(DefaultBodyLimit::max(64 << 10))
            .with_state(self.door);
        axum::serve(self.listener, app).await
    }
}

/// What is kept of a message.
#[derive(Deserialize)]
struct Message {
    key: String,
    phone: String,
    signature: Option<String>,
    template: String,
    text: String,
}

async fn take(State(door): State<Arc<Door>>, headers: HeaderMap, body: Bytes) -> (StatusCode, Json<Value>) {
    let now = u64::try_from(SystemClock.now().millis() / 1_000).unwrap_or_default();
    if !is_signed(&door.secret, &headers, &body, now) {
        return (
            StatusCode::UNAUTHORIZED,
            Json(json!({ "error": "the signature is wrong" })),
        );
    }
    let Ok(message) = serde_json::from_slice::<Message>(&body) else {
        return (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": "the message cannot be read" })),
        );
    };
    // The key names the file, so a message that comes twice is kept once.
    if message.key.is_empty()
        || !message
            .key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": "the key is not a name" })),
        );
    }
    let signature = message
        .signature
        .map(|signature| format!("【{signature}】"))
        .unwrap_or_default();
    let text = format!(
        "To: {}\nTemplate: {}\n\n{signature}{}\n",
        message.phone, message.template, message.text
    );
    match tokio::fs::write(door.folder.join(format!("{}.txt", message.key)), text).await {
        Ok(()) => (StatusCode::OK, Json(json!({ "id": format!("demo-{}", message.key) }))),
        Err(error) => {
            tracing::error!("the SMS cannot be kept: {error}");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                Json(json!({ "error": "the folder cannot be written" })),
            )
        }
    }
}

fn is_signed(secret: &str, headers: &HeaderMap, body: &[u8], now: u64) -> bool {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let (timestamp, key) = (text("x-kapok-timestamp"), text("x-kapok-key"));
    let fresh = timestamp.parse::<u64>().is_ok_and(|then| then.abs_diff(now) <= SKEW);
    let signed = format!("POST\n{PATH}\n{timestamp}\n{key}\n{}", hex(&Sha256::digest(body)));
    let Some(signature) = from_hex(text("x-kapok-signature")) else {
        return false;
    };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return false;
    };
    mac.update(signed.as_bytes());
    fresh && text("x-kapok-access-key") == ACCESS_KEY && mac.verify_slice(&signature).is_ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_signed_is_taken() {
        let body = br#"{"text":"hello"}"#;
        let signed = format!("POST\n{PATH}\n1795420800\n12\n{}", hex(&Sha256::digest(body)));
        let mut mac = Hmac::<Sha256>::new_from_slice(b"s3cret").unwrap();
        mac.update(signed.as_bytes());
        let signature = hex(&mac.finalize().into_bytes());
        let headers = |signature: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-kapok-access-key", ACCESS_KEY.parse().unwrap());
            headers.insert("x-kapok-timestamp", "1795420800".parse().unwrap());
            headers.insert("x-kapok-key", "12".parse().unwrap());
            headers.insert("x-kapok-signature", signature.parse().unwrap());
            headers
        };
        assert!(is_signed("s3cret", &headers(&signature), body, 1_795_420_900));
        assert!(
            !is_signed("s3cret", &headers(&signature), body, 1_795_421_200),
            "too old"
        );
        assert!(
            !is_signed("s3cret", &headers(&signature), b"{}", 1_795_420_900),
            "another body"
        );
        assert!(
            !is_signed("other", &headers(&signature), body, 1_795_420_900),
            "another secret"
        );
        assert!(
            !is_signed("s3cret", &headers("zz"), body, 1_795_420_900),
            "no signature"
        );
    }
}
