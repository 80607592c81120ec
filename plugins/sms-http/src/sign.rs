//! Signing: the gateway knows the secret too and finds the same signature, or refuses.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// What is signed.
pub struct Signed<'a> {
    pub method: &'a str,
    /// With the query, without scheme and host.
    pub path: &'a str,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub timestamp: i64,
    /// The key of the message.
    pub key: &'a str,
    pub body: &'a [u8],
}

/// The signature in hexadecimal.
pub fn sign(secret: &str, signed: &Signed) -> String {
    let Signed {
        method,
        path,
        timestamp,
        key,
        body,
    } = signed;
    let text = format!("{method}\n{path}\n{timestamp}\n{key}\n{}", hex(&Sha256::digest(body)));
    // HMAC takes keys of any length: longer ones are hashed, shorter ones padded.
    let mut mac = match Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        Ok(mac) => mac,
        Err(error) => unreachable!("{error}"),
    };
    mac.update(text.as_bytes());
    hex(&mac.finalize().into_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_in_the_readme() {
        let signed = Signed {
            method: "POST",
            path: "/v1/sms?a=b",
            timestamp: 1_795_420_800,
            key: "12",
            body: br#"{"text":"hello"}"#,
        };
        let expected = "da4ec572da1e17fa179a4f1d56942e74d9fbd5828b2b38af940a20ad611a5d45";
        assert_eq!(sign("s3cret", &signed), expected);
        assert!(include_str!("../README.md").contains(expected));
    }
}
