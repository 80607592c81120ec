//! Two people saving the same record.

use kapok_protocol::{Record, Refusal, RefusalKind, Text, Value};

use crate::{Fields, definition::EntityDefinition};

/// A field that two people changed, so that one of them has to decide.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// Its name.
    pub field: String,
    /// What people call it.
    pub label: Text,
    /// What is submitted.
    pub mine: Value,
    /// What somebody else made of it.
    pub theirs: Value,
    /// What it was before both, if that is known.
    pub base: Option<Value>,
}

/// Which of the submitted fields somebody else changed meanwhile; none means that the save can go on.
///
/// A save names the version it started from and submits only the fields it changed, with what they were then (`base`;
/// an absent field was empty). Versions are not kept, so the old values must come from the one who saw them. If the
/// version is still the present one there is no conflict. Otherwise a field conflicts unless it is now what it was
/// then, or already what is submitted: changes to different fields merge, changes to the same one are shown, never
/// overwritten. Without `base`, every submitted field of an older version conflicts.
pub fn conflicts(
    entity: &EntityDefinition,
    current: &Record,
    version: u64,
    base: Option<&Fields>,
    submitted: &Fields,
) -> Vec<Conflict> {
    if version == current.version {
        return Vec::new();
    }
    let value = |fields: &Fields, name: &str| fields.get(name).cloned().unwrap_or(Value::Null);
    submitted
        .iter()
        .filter(|(name, new)| {
            let now = value(&current.fields, name);
            now != **new && base.is_none_or(|base| value(base, name) != now)
        })
        .map(|(name, new)| Conflict {
            label: entity
                .field(name)
                .map_or_else(|| Text::same(name), |field| field.label.clone()),
            mine: new.clone(),
            theirs: value(&current.fields, name),
            base: base.map(|base| value(base, name)),
            field: name.clone(),
        })
        .collect()
}

impl From<Conflict> for Refusal {
    fn from(conflict: Conflict) -> Self {
        let Text { zh, en } = &conflict.label;
        Self::new(
            RefusalKind::Conflict,
            "record.conflict",
            format!("“{zh}”刚被别人修改过，请刷新后再保存。"),
            format!("“{en}” was changed by somebody else just now; reload, then save again."),
        )
        .at(conflict.field)
    }
}
