//! Sign-ins that go on elsewhere. Each has a state of 256 random bits, which the browser that began it holds in a cookie and
//! the other side hands back: only who has both goes on, once, and within ten minutes. Kept in memory and bounded; whoever
//! signs in while the server starts anew begins again.

use std::{collections::HashMap, sync::Mutex};

use kapok::protocol::Timestamp;

use crate::guard::Signed;

/// So long one may take, in milliseconds.
pub(crate) const LASTS: i64 = 10 * 60_000;
/// So many go on at one time.
const KEPT: usize = 20_000;

/// A sign-in that has begun.
pub(crate) struct Begun {
    pub(crate) source: String,
    /// Where the other side sends the browser back to.
    pub(crate) return_to: String,
    /// The page of ours that is shown at last.
    pub(crate) to: String,
    /// Who connects their account; nobody when somebody signs in.
    pub(crate) connects: Option<Signed>,
}

/// Those that go on, by the hash of their state.
#[derive(Default)]
pub(crate) struct Pending(Mutex<HashMap<blake3::Hash, (Timestamp, Begun)>>);

impl Pending {
    /// Notes one; not when too many go on.
    #[must_use]
    pub(crate) fn begin(&self, state: &str, begun: Begun, now: Timestamp) -> bool {
        let mut pending = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if pending.len() >= KEPT {
            pending.retain(|_, (until, _)| *until > now);
        }
        if pending.len() >= KEPT {
            return false;
        }
        pending.insert(blake3::hash(state.as_bytes()), (now.plus_millis(LASTS), begun));
        true
    }

    /// The one that a browser comes back from: by the state in the address and the one in its cookie. It is over then,
    /// whatever comes of it.
    pub(crate) fn end(&self, state: &str, cookie: &str, source: &str, now: Timestamp) -> Option<Begun> {
        // Hashes compare in the same time, whatever is in them.
        let hash = blake3::hash(state.as_bytes());
        if hash != blake3::hash(cookie.as_bytes()) {
            return None;
        }
        let mut pending = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let (until, begun) = pending.remove(&hash)?;
        (until > now && begun.source == source).then_some(begun)
    }
}

/// A page of ours, as it may stand in an address; anything that could lead elsewhere is none.
pub(crate) fn local(to: &str) -> Option<&str> {
    let path = to.split(['?', '#']).next().unwrap_or_default();
    let is_ours = to.starts_with('/')
        && !path.contains("//")
        && !path.starts_with("/api/")
        && to.len() <= 512
        && to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    is_ours.then_some(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(source: &str) -> Begun {
        Begun {
            source: source.to_owned(),
            return_to: String::new(),
            to: "/".to_owned(),
            connects: None,
        }
    }

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(minutes * 60_000)
    }

    #[test]
    fn only_who_has_both_goes_on_and_once() {
        let cases = [
            // state, cookie, source, minutes later
            ("s", "s", "a.a", 9, true),
            ("s", "x", "a.a", 0, false),
            ("x", "x", "a.a", 0, false),
            ("s", "s", "b.b", 0, false),
            ("s", "s", "a.a", 10, false),
        ];
        for (state, cookie, source, later, expected) in cases {
            let pending = Pending::default();
            assert!(pending.begin("s", begun("a.a"), at(0)));
            let found = pending.end(state, cookie, source, at(later));
            assert_eq!(found.is_some(), expected, "{state} {cookie} {source} {later}");
            if expected {
                assert!(pending.end(state, cookie, source, at(later)).is_none());
            }
        }
    }

    #[test]
    fn memory_is_bounded() {
        let pending = Pending::default();
        for number in 0..KEPT {
            assert!(pending.begin(&number.to_string(), begun("a.a"), at(0)));
        }
        assert!(!pending.begin("one more", begun("a.a"), at(9)));
        assert!(
            pending.begin("one more", begun("a.a"), at(10)),
            "those that are over go"
        );
    }

    #[test]
    fn only_pages_of_ours_are_gone_to() {
        for good in ["/", "/tasks/12", "/records/a.b?q=http://x", "/a#//b"] {
            assert_eq!(local(good), Some(good));
        }
        let long = format!("/{}", "x".repeat(600));
        for wrong in [
            "",
            "tasks",
            "//evil.test",
            "/\\evil.test",
            "\\/evil.test",
            "/a\\b",
            "https://evil.test",
            "javascript:alert(1)",
            "/\tevil",
            "/a\r\nSet-Cookie: x=y",
            "/a//b",
            "/..//evil.test",
            "/api/v1/session",
            "/文",
            &long,
        ] {
            assert_eq!(local(wrong), None, "{wrong}");
        }
    }
}
