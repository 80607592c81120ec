//! Choices by their label in either language, by their key, and those of a tree by their path.

use kapok_protocol::Text;

use super::CellLanguage;
use crate::definition::Choice;

/// What stands between the steps of a path.
const STEPS: [char; 3] = ['/', '>', '／'];

/// The key of the choice that a text means.
pub(super) fn key<'c>(choices: &'c [Choice], text: &str) -> Result<&'c str, Text> {
    if let Some(choice) = choices.iter().find(|choice| choice.id == text) {
        return Ok(&choice.id);
    }
    let mut labelled = choices.iter().filter(|choice| is_called(choice, text));
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
    let mut found = choices.iter().filter(|choice| {
        (is_called(choice, last) || choice.id == last) && steps.len() > 1 && {
            let path = Choice::path(choices, &choice.id);
            path.len() == steps.len()
                && path
                    .iter()
                    .zip(&steps)
                    .all(|(choice, step)| is_called(choice, step) || choice.id == *step)
        }
    });
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(&only.id),
        _ => Err(Text::new(
            format!("“{text}”不在可选范围内，请改为已有的选项。"),
            format!("“{text}” is not one of the choices; use one that is there."),
        )),
    }
}

/// Letters count alike whether large or small.
fn is_called(choice: &Choice, text: &str) -> bool {
    let same = |label: &str| label == text || (label.is_ascii() && label.eq_ignore_ascii_case(text));
    same(&choice.label.zh) || same(&choice.label.en)
}

/// What a choice is written as: its label or path, or its key where that would be read as another one.
pub(super) fn written(choices: &[Choice], id: &str, language: CellLanguage, in_list: bool) -> String {
    let label = |choice: &Choice| match language {
        CellLanguage::Chinese => choice.label.zh.clone(),
        CellLanguage::English => choice.label.en.clone(),
    };
    let path = Choice::path(choices, id);
    let labels: Vec<String> = path.into_iter().map(label).collect();
    let text = labels.join(" / ");
    let reads_back = text.trim() == text && key(choices, &text) == Ok(id);
    let splits = in_list && text.contains(super::SEPARATORS);
    match reads_back && !splits && !text.is_empty() {
        true => text,
        false => id.to_owned(),
    }
}
