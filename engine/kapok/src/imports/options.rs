//! What is done with the rows of a file, as whoever imports it says.

use std::collections::BTreeSet;

use kapok_protocol::PersonId;
use kapok_records::{
    EntityDefinition,
    sheet::{OWNER, is_readable, line_column},
};
use serde::{Deserialize, Serialize};

use super::{key, refused};
use crate::Error;

/// What is done with the rows of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportOptions {
    /// For each column the field that it holds, `lines.product` for a column of line items, `owner` for who is responsible,
    /// or nothing. Rows with the same key, one below the other, are one record when they say line items.
    pub columns: Vec<Option<String>>,
    /// Whether rows make records, change them, or both.
    #[serde(default)]
    pub mode: ImportMode,
    /// The field, or `id`, by which a row finds the record that is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What happens to a row whose record is there already.
    #[serde(default)]
    pub duplicates: OnDuplicate,
    /// Who is responsible for the records that are made, where no column says it; whoever imports when nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// Whether an empty cell empties the field of a record that is there.
    #[serde(default)]
    pub clear_empty: bool,
    /// Whether the records start the processes that such records start. Plugins react to them in any case.
    #[serde(default)]
    pub start_processes: bool,
}

/// Whether rows make records or change them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportMode {
    /// Each makes one.
    #[default]
    Create,
    /// Each changes the one that it finds.
    Update,
    /// Those that find none make one.
    Both,
}

/// What happens to a row whose record is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnDuplicate {
    /// It is left out.
    Skip,
    /// It fails.
    #[default]
    Refuse,
    /// It makes one more, where only a rule says that it is probably the same.
    Create,
}

/// Refuses options that do not fit the file or the entity.
pub(crate) fn check(definition: &EntityDefinition, headings: usize, options: &ImportOptions) -> Result<(), Error> {
    let mut refusals = Vec::new();
    if options.columns.len() > headings {
        refusals.push(refused(
            "import.columns",
            "列的对应关系比文件的列多，请重新选择。",
            "More columns are mapped than the file has; choose again.",
        ));
    }
    let mut used = BTreeSet::new();
    for name in options.columns.iter().flatten() {
        let is_owner = name == OWNER && definition.field(OWNER).is_none();
        let is_key = options.key.as_deref() == Some(key::ID) && name == key::ID;
        let is_field = || definition.field(name).is_some_and(is_readable) || line_column(definition, name).is_some();
        let known = is_owner || is_key || is_field();
        if !known {
            refusals.push(
                refused(
                    "import.field",
                    format!("字段“{name}”不存在或不能导入。"),
                    format!("There is no field “{name}” that can be imported."),
                )
                .at(name.clone()),
            );
        }
        if !used.insert(name.as_str()) {
            refusals.push(
                refused(
                    "import.field-twice",
                    format!("字段“{name}”对应了两列，请只保留一列。"),
                    format!("Two columns are mapped to “{name}”; keep one."),
                )
                .at(name.clone()),
            );
        }
    }
    let mut parts = used.iter().filter_map(|name| line_column(definition, name));
    if let Some((lines, _)) = parts.find(|(lines, _)| used.contains(lines.id.as_str())) {
        let label = &lines.label;
        refusals.push(
            refused(
                "import.field-twice",
                format!("“{}”既对应了整列又对应了其中的列，请只保留一种。", label.zh),
                format!(
                    "Columns are mapped to “{}” and to parts of it; keep one or the others.",
                    label.en
                ),
            )
            .at(lines.id.clone()),
        );
    }
    if used.iter().all(|name| *name == OWNER || *name == key::ID) {
        refusals.push(refused(
            "import.nothing",
            "请至少选择一列要导入的字段。",
            "Choose at least one column to be imported.",
        ));
    }
    match &options.key {
        None if options.mode != ImportMode::Create => refusals.push(
            refused(
                "import.key-missing",
                "要更新已有的记录，请选择用来查找记录的字段。",
                "To change records that are there, choose the field that finds them.",
            )
            .at("key"),
        ),
        Some(key) if !key::is_key(definition, key) || !used.contains(key.as_str()) => refusals.push(
            refused(
                "import.key",
                "用来查找记录的字段必须是唯一的字段或编号，并且对应了一列。",
                "The field that finds records must be a unique one or a number, and mapped to a column.",
            )
            .at("key"),
        ),
        _ => {}
    }
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals.into())
    }
}
