//! What the API takes and gives. The server owns these shapes: what is not written here never leaves, and what a
//! request holds beyond them is refused.

mod cases;
mod definitions;
mod dictionaries;
mod entity_definitions;
mod events;
mod external;
mod fields;
mod files;
mod grants;
mod identity;
mod imports;
mod layout;
mod messages;
mod organisation;
mod people;
mod plugin_pages;
mod plugins;
mod record_work;
mod records;
mod requests;
mod search;
mod shares;
mod shortcuts;
mod system;
mod tasks;
mod totals;

pub(crate) use cases::*;
pub(crate) use definitions::*;
pub(crate) use dictionaries::*;
pub(crate) use entity_definitions::*;
pub(crate) use events::*;
pub(crate) use external::*;
pub(crate) use fields::*;
pub(crate) use files::*;
pub(crate) use grants::*;
pub(crate) use identity::*;
pub(crate) use imports::*;
pub(crate) use layout::{SortView, ViewView};
pub(crate) use messages::*;
pub(crate) use organisation::*;
pub(crate) use people::*;
pub(crate) use plugin_pages::*;
pub(crate) use plugins::*;
pub(crate) use record_work::*;
pub(crate) use records::*;
pub(crate) use requests::*;
pub(crate) use search::*;
pub(crate) use shares::*;
pub(crate) use shortcuts::*;
pub(crate) use system::*;
pub(crate) use tasks::*;
pub(crate) use totals::*;

use kapok::{Slice, Who, protocol};
use serde::Serialize;
use utoipa::ToSchema;

use crate::paging::Cursor;

/// A sentence or label in both languages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Text {
    pub(crate) zh: String,
    pub(crate) en: String,
}

impl From<protocol::Text> for Text {
    fn from(text: protocol::Text) -> Self {
        Self {
            zh: text.zh,
            en: text.en,
        }
    }
}

impl From<&protocol::Text> for Text {
    fn from(text: &protocol::Text) -> Self {
        text.clone().into()
    }
}

/// A person and their name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PersonRef {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl From<Who> for PersonRef {
    fn from(who: Who) -> Self {
        Self {
            id: who.id.to_string(),
            name: who.name,
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct List<T> {
    pub(crate) items: Vec<T>,
    /// Asks for what follows, as `cursor`.
    pub(crate) next: Option<String>,
    /// How many there are, counted to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<usize>,
    /// Whether there may be more than were counted, because only 20,000 could be looked at.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) partial: bool,
}

impl<T> List<T> {
    /// The whole list.
    pub(crate) fn all<U: Into<T>>(items: impl IntoIterator<Item = U>) -> Self {
        Self {
            items: items.into_iter().map(Into::into).collect(),
            next: None,
            count: None,
            partial: false,
        }
    }

    /// A page of it.
    pub(crate) fn page<U: Into<T>>(slice: Slice<U>) -> Self {
        let next = slice.next.map(|key| Cursor::of_key(&key));
        Self {
            items: slice.items.into_iter().map(Into::into).collect(),
            next,
            count: None,
            partial: false,
        }
    }

    /// The same, with the length of the whole list.
    pub(crate) fn counted(self, count: usize) -> Self {
        Self {
            count: Some(count),
            ..self
        }
    }
}
