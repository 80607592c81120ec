//! Dictionaries as people choose from them, with the entries that each has offered first.

use std::collections::BTreeSet;

use kapok_protocol::{Refusal, RefusalKind};
use kapok_records::{Choice, Dictionary};
use kapok_tables::Queries;

use super::Staff;
use crate::Error;

/// The most favourites of one person in one dictionary.
const FAVOURITES: usize = 50;

/// A dictionary, and what a person has offered first.
#[derive(Debug, Clone)]
pub struct DictionaryView {
    /// The dictionary.
    pub dictionary: Dictionary,
    /// The person's favourites among its entries that may still be chosen, the first first.
    pub favourites: Vec<String>,
}

impl Staff {
    /// A dictionary. What it says is no secret: everybody chooses from the same.
    pub fn dictionary(&self, id: &str) -> Result<DictionaryView, Error> {
        let catalogue = self.kapok.shared.catalogue();
        let dictionary = catalogue.dictionary(id).ok_or_else(unknown)?.clone();
        let chosen = Queries(&self.view()).preference(self.person)?;
        let mut favourites = chosen
            .and_then(|chosen| chosen.favourites.get(id).cloned())
            .unwrap_or_default();
        let is_offered = |id: &String| {
            dictionary
                .entries
                .iter()
                .any(|entry| entry.id == *id && !entry.disabled)
        };
        favourites.retain(is_offered);
        Ok(DictionaryView { dictionary, favourites })
    }

    /// The entries of a dictionary that a text finds: by characters, pinyin or initials.
    pub fn find_entries(&self, id: &str, text: &str, limit: usize) -> Result<Vec<Choice>, Error> {
        let shared = &self.kapok.shared;
        let catalogue = shared.catalogue();
        let dictionary = catalogue.dictionary(id).ok_or_else(unknown)?;
        let found: BTreeSet<String> = shared
            .choice_names
            .entries(&catalogue, dictionary, text)
            .into_iter()
            .collect();
        let offered = dictionary.entries.iter().filter(|entry| !entry.disabled);
        let found = offered.filter(|entry| found.contains(&entry.id));
        Ok(found.take(limit).cloned().collect())
    }

    /// Chooses the entries of a dictionary that are offered first; none takes the list away.
    pub fn choose_favourites(&self, id: &str, favourites: Vec<String>) -> Result<(), Error> {
        let catalogue = self.kapok.shared.catalogue();
        let dictionary = catalogue.dictionary(id).ok_or_else(unknown)?;
        let refuse = |code: &str, zh: String, en: String| {
            Err(Refusal::new(RefusalKind::Invalid, code, zh, en).at("favourites").into())
        };
        if favourites.len() > FAVOURITES {
            return refuse(
                "favourites.too-many",
                format!("常用项最多 {FAVOURITES} 个，请先去掉一些。"),
                format!("There are at most {FAVOURITES} favourites; take some away first."),
            );
        }
        let is_known = |id: &String| dictionary.entries.iter().any(|entry| entry.id == *id);
        if let Some(strange) = favourites.iter().find(|id| !is_known(id)) {
            return refuse(
                "favourites.unknown",
                format!("字典里没有“{strange}”。"),
                format!("“{strange}” is not in the dictionary."),
            );
        }
        let mut chosen: Vec<String> = Vec::new();
        for entry in favourites {
            if !chosen.contains(&entry) {
                chosen.push(entry);
            }
        }
        let id = id.to_owned();
        self.prefer(move |preference| {
            match chosen.is_empty() {
                true => preference.favourites.remove(&id),
                false => preference.favourites.insert(id, chosen),
            };
        })
    }
}

fn unknown() -> Error {
    Error::not_found("字典", "dictionary")
}
