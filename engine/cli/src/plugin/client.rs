//! As much of HTTP/1.1 as is needed to ask a running server on this machine or in this network.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::Value;

/// A running server, and the token of an administrator.
pub(super) struct Client {
    authority: String,
    token: String,
}

/// What a request carries.
pub(super) enum Body<'b> {
    Nothing,
    Package(&'b [u8]),
}

/// The longest that a server is waited for: it may have to compile a plugin.
const PATIENCE: Duration = Duration::from_secs(120);

impl Client {
    pub(super) fn new(server: &str, token: Option<&str>) -> Result<Self, String> {
        let authority = server.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
        let authority = authority.filter(|authority| !authority.is_empty() && !authority.contains('/'));
        let authority = authority.ok_or_else(|| {
            format!(
                "{server}：请写成 http://主机:端口；经 https 时请在网页的“插件”里安装 / {server}: write http://host:port; over https, use the \
                 page “Plugins” of the web app"
            )
        })?;
        let token = token.map(str::to_owned).or_else(|| std::env::var("KAPOK_TOKEN").ok());
        let token = token.filter(|token| !token.contains(['\r', '\n'])).ok_or(
            "需要管理员的令牌：--token，或环境变量 KAPOK_TOKEN（用 kapok user token 生成）/ an administrator's token is needed: --token, or \
             KAPOK_TOKEN in the environment (make one with kapok user token)",
        )?;
        let authority = match authority.contains(':') {
            true => authority.to_owned(),
            false => format!("{authority}:80"),
        };
        Ok(Self { authority, token })
    }

    /// Asks, and reads the whole answer, which must be a good one.
    pub(super) fn ask(&self, method: &str, path: &str, body: &Body<'_>) -> Result<Value, String> {
        let told = |error: std::io::Error| format!("http://{}: {error}", self.authority);
        let mut stream = TcpStream::connect(&self.authority).map_err(told)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(told)?;
        let body: &[u8] = match body {
            Body::Nothing => &[],
            Body::Package(bytes) => bytes,
        };
        let head = format!(
            "{method} /api/v1{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: close\r\nContent-Type: \
             application/octet-stream\r\nContent-Length: {}\r\n\r\n",
            self.authority,
            self.token,
            body.len()
        );
        stream.write_all(head.as_bytes()).map_err(told)?;
        stream.write_all(body).map_err(told)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(told)?;
        let split = answer
            .windows(4)
            .position(|bytes| bytes == b"\r\n\r\n")
            .unwrap_or(answer.len());
        let head = String::from_utf8_lossy(answer.get(..split).unwrap_or_default()).into_owned();
        let body = answer.get(split + 4..).unwrap_or_default();
        let body = match head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
            true => dechunked(body),
            false => body.to_vec(),
        };
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        let status = head.split_whitespace().nth(1).unwrap_or_default();
        if status.starts_with('2') {
            return Ok(value);
        }
        let words = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Err(format!(
            "{method} {path}: {status} {} {}",
            words("title"),
            words("detail")
        ))
    }
}

/// The content of a body that came in chunks.
fn dechunked(mut body: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let Some(end) = body.windows(2).position(|bytes| bytes == b"\r\n") {
        let size = std::str::from_utf8(body.get(..end).unwrap_or_default()).unwrap_or_default();
        let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16).unwrap_or(0);
        let Some(chunk) = body.get(end + 2..end + 2 + size).filter(|_| size > 0) else {
            break;
        };
        content.extend_from_slice(chunk);
        body = body.get(end + 4 + size..).unwrap_or_default();
    }
    content
}

/// A text as a part of an address.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_in_chunks_are_put_together() {
        assert_eq!(dechunked(b"3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n"), b"abcde");
        assert_eq!(dechunked(b"5\r\nab"), b"");
    }

    #[test]
    fn addresses_are_checked_and_parts_of_them_encoded() {
        assert!(Client::new("https://example.com", Some("t")).is_err());
        assert!(Client::new("http://", Some("t")).is_err());
        assert_eq!(
            Client::new("http://localhost:7654/", Some("t")).unwrap().authority,
            "localhost:7654"
        );
        assert_eq!(encoded("a b{\"木\"}"), "a%20b%7B%22%E6%9C%A8%22%7D");
    }
}
