//! What a file is, as its content says: what its name or its sender claims counts for nothing.

/// What a browser would run is told apart from nothing else: it is text.
const TEXT: &str = "text/plain";
const UNKNOWN: &str = "application/octet-stream";

/// The media type of a file that begins with these bytes.
pub(super) fn media_type(head: &[u8]) -> &'static str {
    match infer::get(head) {
        Some(kind) if is_markup(kind.mime_type()) => TEXT,
        Some(kind) => kind.mime_type(),
        None if is_text(head) => TEXT,
        None => UNKNOWN,
    }
}

fn is_markup(media_type: &str) -> bool {
    media_type.starts_with("text/") || media_type.contains("xml") || media_type.contains("script")
}

/// Whether it is UTF-8 without control signs; what was read may end within a sign.
fn is_text(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !valid.is_empty()
        && !valid
            .chars()
            .any(|sign| sign.is_control() && !"\t\r\n\u{c}".contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_says_what_it_is() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        for (head, expected) in [
            (png.as_slice(), "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
            (b"%PDF-1.7\n", "application/pdf"),
            (b"<!DOCTYPE html><script>alert(1)</script>", TEXT),
            (b"<?xml version=\"1.0\"?><svg onload=\"x\"/>", TEXT),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", TEXT),
            ("木棉,1\n".as_bytes(), TEXT),
            (&"木棉".as_bytes()[..4], TEXT),
            (b"\0\x01\x02", UNKNOWN),
            (b"", UNKNOWN),
        ] {
            assert_eq!(media_type(head), expected, "{:?}", String::from_utf8_lossy(head));
        }
    }
}
