use super::Changes;
use crate::definition::Choice;

/// Compares the choices of something; `zh` and `en` say whose they are, at the beginning of a sentence.
pub(super) fn compare(zh: &str, en: &str, before: &[Choice], after: &[Choice], changes: &mut Changes) {
    if before == after {
        return;
    }
    let find = |choices: &[Choice], id: &str| choices.iter().find(|choice| choice.id == id).cloned();
    let removed = named(before.iter().filter(|choice| find(after, &choice.id).is_none()));
    if let Some((names_zh, names_en)) = removed {
        changes.destroy(
            format!("{zh}移除选项{names_zh}；已选用的记录保留原值，但不再显示其名称。停用可以避免这一点。"),
            format!(
                "{en} loses {names_en}; records keep the value, but its name is no longer shown. Disabling avoids that."
            ),
        );
    }
    if let Some((names_zh, names_en)) = named(after.iter().filter(|choice| find(before, &choice.id).is_none())) {
        changes.note(format!("{zh}新增选项{names_zh}。"), format!("{en} gets {names_en}."));
    }
    for (disabled, word_zh, word_en) in [(true, "停用", "no longer offers"), (false, "恢复", "offers again")] {
        let switched = after.iter().filter(|choice| {
            choice.disabled == disabled && find(before, &choice.id).is_some_and(|before| before.disabled != disabled)
        });
        if let Some((names_zh, names_en)) = named(switched) {
            changes.note(
                format!("{zh}{word_zh}选项{names_zh}。"),
                format!("{en} {word_en} {names_en}."),
            );
        }
    }
    let differs = |choice: &&Choice| {
        find(before, &choice.id).is_some_and(|before| before.label != choice.label || before.parent != choice.parent)
    };
    if let Some((names_zh, names_en)) = named(after.iter().filter(differs)) {
        changes.note(format!("{zh}修改选项{names_zh}。"), format!("{en} changes {names_en}."));
    }
}

/// The names of some choices, of many only the first.
fn named<'c>(choices: impl Iterator<Item = &'c Choice>) -> Option<(String, String)> {
    const SHOWN: usize = 5;
    let choices: Vec<_> = choices.collect();
    if choices.is_empty() {
        return None;
    }
    let shown = choices.iter().take(SHOWN);
    let (zh, en): (Vec<_>, Vec<_>) = shown
        .map(|choice| (format!("“{}”", choice.label.zh), format!("“{}”", choice.label.en)))
        .unzip();
    let rest = choices.len().saturating_sub(SHOWN);
    let more = |text: String, word: &str| if rest > 0 { format!("{text}{word}") } else { text };
    Some((
        more(zh.join("、"), &format!("等 {} 个", choices.len())),
        more(en.join(", "), &format!(" and {rest} more")),
    ))
}
