//! Keys: a prefix byte, then a tuple whose bytes sort as its values do.

use kapok_protocol::Timestamp;

use crate::Prefix;

/// A key being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(Vec<u8>);

impl Key {
    /// A key of this kind of row.
    pub fn new(prefix: Prefix) -> Self {
        Self(vec![prefix as u8])
    }

    /// Appends a number, big-endian.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_be_bytes());
        self
    }

    /// Appends an optional id; nothing sorts before everything, as ids are never zero.
    #[must_use]
    pub fn optional(self, number: Option<u64>) -> Self {
        self.number(number.unwrap_or(0))
    }

    /// Appends a number so that larger ones come first.
    #[must_use]
    pub fn newest(self, number: u64) -> Self {
        self.number(!number)
    }

    /// Appends a moment so that later ones come first.
    #[must_use]
    pub fn latest(self, moment: Timestamp) -> Self {
        self.number(!((moment.millis() as u64) ^ (1 << 63)))
    }

    /// Appends one byte.
    #[must_use]
    pub fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    /// Appends a moment; the sign bit is flipped so that moments before 1970 sort first.
    #[must_use]
    pub fn moment(self, moment: Timestamp) -> Self {
        self.number((moment.millis() as u64) ^ (1 << 63))
    }

    /// Appends a text that other parts may follow: zero bytes are escaped, and a terminator sorts before any text.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        for byte in text.bytes() {
            self.0.push(byte);
            if byte == 0 {
                self.0.push(0xff);
            }
        }
        self.0.extend_from_slice(&[0, 1]);
        self
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The bytes, to look at.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Key> for Vec<u8> {
    fn from(key: Key) -> Self {
        key.0
    }
}

/// Reads the number in the last eight bytes of a key: where index rows keep the id they point at.
pub(crate) fn last_number(key: &[u8]) -> Option<u64> {
    let (_, tail) = key.split_last_chunk::<8>()?;
    Some(u64::from_be_bytes(*tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_their_tuples_do() {
        let key = |text: &str, n: u64| Key::new(Prefix::RecordByUnique).text(text).number(n).into_bytes();
        let mut keys = [
            key("a", 2),
            key("a", 1),
            key("ab", 0),
            key("a\0", 5),
            key("", 9),
            key("b", 0),
        ];
        keys.sort();
        assert_eq!(
            keys,
            [
                key("", 9),
                key("a", 1),
                key("a", 2),
                key("a\0", 5),
                key("ab", 0),
                key("b", 0)
            ]
        );

        let moment = |millis| {
            Key::new(Prefix::TimerByDue)
                .moment(Timestamp::from_millis(millis))
                .into_bytes()
        };
        assert!(moment(-1) < moment(0) && moment(0) < moment(1) && moment(i64::MIN) < moment(-1));
    }
}
