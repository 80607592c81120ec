//! Which files a record may name.

use std::collections::BTreeSet;

use kapok_protocol::{Principal, Record, Refusal, RefusalKind, Value};
use kapok_records::{EntityDefinition, Field, FieldKind, Fields, FileLimits};
use kapok_tables::Queries;

use super::FileStore;
use crate::{Error, writer::named_files};

/// The longest name of a file, in characters.
const LONGEST: usize = 200;

/// A record names files that were stored, and a person only those they brought in themselves or found in it: a hash that
/// somebody learnt is no key to its content. What is said of a file is what is known of it.
pub(crate) fn check(
    queries: &Queries<'_>,
    store: &FileStore,
    actor: Principal,
    entity: &EntityDefinition,
    before: Option<&Record>,
    fields: &mut Fields,
) -> Result<(), Error> {
    if !entity.fields.iter().any(holds_files) {
        return Ok(());
    }
    let known: BTreeSet<String> = before
        .map(|record| named_files(entity, &record.fields))
        .unwrap_or_default()
        .into_iter()
        .collect();
    let check = Check {
        queries,
        store,
        actor,
        known,
    };
    let mut refusals = Vec::new();
    check.fields(&entity.fields, fields, "", &mut refusals)?;
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals.into())
    }
}

fn holds_files(field: &Field) -> bool {
    match &field.kind {
        FieldKind::Attachment(_) | FieldKind::Picture(_) => true,
        FieldKind::Lines { columns } => columns.iter().any(holds_files),
        _ => false,
    }
}

struct Check<'a> {
    queries: &'a Queries<'a>,
    store: &'a FileStore,
    actor: Principal,
    /// The files that the record names already.
    known: BTreeSet<String>,
}

impl Check<'_> {
    fn fields(
        &self,
        declared: &[Field],
        fields: &mut Fields,
        path: &str,
        refusals: &mut Vec<Refusal>,
    ) -> Result<(), Error> {
        for field in declared {
            let Some(Value::List(items)) = fields.get_mut(&field.id) else {
                continue;
            };
            let path = format!("{path}{}", field.id);
            match &field.kind {
                FieldKind::Attachment(limits) => self.files(field, items, *limits, false, &path, refusals)?,
                FieldKind::Picture(limits) => self.files(field, items, *limits, true, &path, refusals)?,
                FieldKind::Lines { columns } => {
                    for (number, row) in items.iter_mut().enumerate() {
                        if let Value::Map(row) = row {
                            self.fields(columns, row, &format!("{path}.{number}."), refusals)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn files(
        &self,
        field: &Field,
        items: &mut [Value],
        limits: FileLimits,
        pictures: bool,
        path: &str,
        refusals: &mut Vec<Refusal>,
    ) -> Result<(), Error> {
        let (zh, en) = (&field.label.zh, &field.label.en);
        let mut refuse = |code: &str, say_zh: String, say_en: String| {
            refusals.push(
                Refusal::new(
                    RefusalKind::Invalid,
                    code,
                    format!("“{zh}”{say_zh}"),
                    format!("“{en}” {say_en}"),
                )
                .at(path),
            );
        };
        if items.len() > limits.max_files {
            let most = limits.max_files;
            refuse(
                "field.too-many-files",
                format!("最多 {most} 个文件。"),
                format!("takes at most {most} files."),
            );
        }
        for item in items {
            let Value::Map(file) = item else { continue };
            let hash = file.get("file").and_then(Value::as_text).unwrap_or_default().to_owned();
            let stored = self.queries.stored_file(&hash)?;
            let theirs = |stored: &kapok_tables::StoredFile| match self.actor {
                Principal::Person(person) => self.known.contains(&hash) || stored.added_by.contains(&person),
                Principal::Process(_) | Principal::System => true,
            };
            let Some(stored) = stored
                .filter(theirs)
                .filter(|_| self.known.contains(&hash) || self.store.has(&hash))
            else {
                refuse(
                    "field.file",
                    "中有一个文件没有上传成功，请重新上传。".into(),
                    "names a file that was not brought in; do it again.".into(),
                );
                continue;
            };
            if stored.size > limits.max_size {
                let most = limits.max_size / (1 << 20);
                refuse(
                    "field.file-too-large",
                    format!("中的文件每个不能超过 {most} MB。"),
                    format!("takes files of at most {most} MB."),
                );
            }
            if pictures && !stored.media_type.starts_with("image/") {
                refuse("field.picture", "只能放图片。".into(), "takes pictures only.".into());
            }
            let name = file.get("name").and_then(Value::as_text).unwrap_or_default();
            let name = clean_name(name);
            *file = [
                ("file".to_owned(), hash.into()),
                ("name".to_owned(), name.into()),
                ("size".to_owned(), Value::Number(stored.size.into())),
                ("type".to_owned(), stored.media_type.into()),
            ]
            .into();
        }
        Ok(())
    }
}

/// A file's name without folders and signs that some system or another cannot bear.
pub(crate) fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = last.chars().filter(|sign| {
        !sign.is_control()
            && !r#"<>:"|?*"#.contains(*sign)
            && !matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    });
    let kept: String = kept.take(LONGEST).collect();
    match kept.trim().trim_start_matches('.') {
        "" => "file".to_owned(),
        name => name.to_owned(),
    }
}
