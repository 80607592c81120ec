//! Pages of lists. A cursor is opaque to clients: where the list goes on, in the engine's own terms.

use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kapok::{InboxPosition, protocol::Timestamp};
use serde::{Deserialize, de::Error};

use crate::problem::Problem;

/// How much of a list to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit(usize);

impl Limit {
    pub(crate) fn get(self) -> usize {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        match text.parse() {
            Ok(limit @ 1..=200) => Ok(Self(limit)),
            _ => Err(D::Error::custom("limit is a number from 1 to 200")),
        }
    }
}

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Cursor(String);

impl Cursor {
    /// The cursor of a position in a list.
    pub(crate) fn of_key(key: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(key)
    }

    /// The position.
    pub(crate) fn key(&self) -> Result<Vec<u8>, Problem> {
        URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| bad())
    }

    /// The cursor of a position in the to-do list.
    pub(crate) fn of_inbox(position: InboxPosition) -> String {
        let due = position.due.map(|due| due.millis().to_string()).unwrap_or_default();
        Self::of_key(format!("{due}:{}", position.task).as_bytes())
    }

    /// The position in the to-do list.
    pub(crate) fn inbox(&self) -> Result<InboxPosition, Problem> {
        let text = String::from_utf8(self.key()?).map_err(|_| bad())?;
        let (due, task) = text.split_once(':').ok_or_else(bad)?;
        let due = match due {
            "" => None,
            millis => Some(Timestamp::from_millis(millis.parse().map_err(|_| bad())?)),
        };
        Ok(InboxPosition {
            due,
            task: task.parse().map_err(|_| bad())?,
        })
    }
}

fn bad() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "cursor.unknown",
        "列表的位置（cursor）无效，请从第一页开始。",
        "This cursor is not one of this list; begin with the first page.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_position() {
        for due in [
            None,
            Some(Timestamp::from_millis(-5)),
            Some(Timestamp::from_millis(1_795_420_800_000)),
        ] {
            let position = InboxPosition {
                due,
                task: "42".parse().unwrap(),
            };
            assert_eq!(Cursor(Cursor::of_inbox(position)).inbox().unwrap(), position);
        }
    }

    #[test]
    fn nobody_makes_a_cursor_up() {
        for text in ["%", "", "NDI", "Ojo", "eDo0Mg"] {
            assert!(Cursor(text.into()).inbox().is_err(), "{text}");
        }
    }
}
