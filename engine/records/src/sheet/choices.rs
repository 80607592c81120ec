//! Choices by their label in either language, by their key, and those of a tree by their path.
//!
//! A dictionary of regions has thousands of entries, and a file thousands of rows: no cell looks through them all.

use std::{collections::BTreeMap, sync::Arc};

use kapok_protocol::Text;

use super::CellLanguage;
use crate::definition::Choice;

/// What stands between the steps of a path.
const STEPS: [char; 3] = ['/', '>', '／'];

/// Choices, found by what they are called.
#[derive(Debug)]
pub(super) struct Known {
    choices: Arc<[Choice]>,
    by_id: BTreeMap<String, usize>,
    /// Letters count alike whether large or small.
    by_label: BTreeMap<String, Vec<usize>>,
}

impl Known {
    pub(super) fn new(choices: &Arc<[Choice]>) -> Self {
        let (mut by_id, mut by_label) = (BTreeMap::new(), BTreeMap::<String, Vec<usize>>::new());
        for (index, choice) in choices.iter().enumerate() {
            // The first one counts.
            by_id.entry(choice.id.clone()).or_insert(index);
            for label in [&choice.label.zh, &choice.label.en] {
                let called = by_label.entry(folded(label)).or_default();
                if called.last() != Some(&index) {
                    called.push(index);
                }
            }
        }
        Self {
            choices: choices.clone(),
            by_id,
            by_label,
        }
    }

    /// Whether it is of these choices.
    pub(super) fn is_of(&self, choices: &Arc<[Choice]>) -> bool {
        Arc::ptr_eq(&self.choices, choices)
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    fn by_id(&self, id: &str) -> Option<&Choice> {
        self.choices.get(*self.by_id.get(id)?)
    }

    fn called(&self, text: &str) -> impl Iterator<Item = &Choice> {
        let found = self.by_label.get(&folded(text)).map(Vec::as_slice).unwrap_or_default();
        found.iter().filter_map(|index| self.choices.get(*index))
    }

    /// The path to a choice, from the root, as [`Choice::path`] says.
    fn path(&self, id: &str) -> Vec<&Choice> {
        let (mut path, mut next) = (Vec::new(), self.by_id(id));
        while let Some(choice) = next.filter(|_| path.len() <= self.choices.len()) {
            path.push(choice);
            next = choice.parent.as_deref().and_then(|parent| self.by_id(parent));
        }
        path.reverse();
        path
    }

    /// The key of the choice that a text means.
    pub(super) fn key(&self, text: &str) -> Result<&str, Text> {
        if let Some(choice) = self.by_id(text) {
            return Ok(&choice.id);
        }
        let mut labelled = self.called(text);
        match (labelled.next(), labelled.next()) {
            (Some(only), None) => return Ok(&only.id),
            (Some(_), Some(_)) => {
                return Err(Text::new(
                    format!("有多个选项叫“{text}”，请写出完整路径或选项的编号。"),
                    format!("More than one choice is called “{text}”; write its path or its key."),
                ));
            }
            _ => {}
        }
        let steps: Vec<&str> = text.split(STEPS).map(str::trim).collect();
        let last = steps.last().copied().unwrap_or_default();
        let by_id = self.by_id(last).filter(|choice| !is_called(choice, last));
        let mut found = self.called(last).chain(by_id).filter(|choice| {
            let path = self.path(&choice.id);
            steps.len() > 1
                && path.len() == steps.len()
                && path
                    .iter()
                    .zip(&steps)
                    .all(|(choice, step)| is_called(choice, step) || choice.id == *step)
        });
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(&only.id),
            _ => Err(Text::new(
                format!("“{text}”不在可选范围内，请改为已有的选项。"),
                format!("“{text}” is not one of the choices; use one that is there."),
            )),
        }
    }

    /// What a choice is written as: its label or path, or its key where that would be read as another one.
    pub(super) fn written(&self, id: &str, language: CellLanguage, in_list: bool) -> String {
        let label = |choice: &Choice| match language {
            CellLanguage::Chinese => choice.label.zh.clone(),
            CellLanguage::English => choice.label.en.clone(),
        };
        let labels: Vec<String> = self.path(id).into_iter().map(label).collect();
        let text = labels.join(" / ");
        let reads_back = text.trim() == text && self.key(&text) == Ok(id);
        let splits = in_list && text.contains(super::SEPARATORS);
        match reads_back && !splits && !text.is_empty() {
            true => text,
            false => id.to_owned(),
        }
    }
}

/// Letters count alike whether large or small, as long as there are no others.
fn folded(text: &str) -> String {
    match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => text.to_owned(),
    }
}

fn is_called(choice: &Choice, text: &str) -> bool {
    let text = folded(text);
    folded(&choice.label.zh) == text || folded(&choice.label.en) == text
}
