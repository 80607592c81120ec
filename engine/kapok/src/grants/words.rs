//! Grants in plain words.

use kapok_protocol::{Entity, Text};
use kapok_records::{Action, Catalogue, FieldSet};

/// What is done with which records, as part of a sentence.
pub(crate) fn sentence(catalogue: &Catalogue, entity: &Entity, action: Action, fields: &FieldSet) -> Text {
    let definition = catalogue.entity(entity.as_str());
    let label = definition.map_or_else(|| Text::same(entity.as_str()), |definition| definition.label.clone());
    let (zh, en) = (&label.zh, &label.en);
    let named = |english: bool| match fields {
        FieldSet::These(fields) => {
            let names = fields.iter().map(|field| {
                let label = definition
                    .and_then(|definition| definition.field(field))
                    .map(|field| &field.label);
                label.map_or(field.as_str(), |label| if english { &label.en } else { &label.zh })
            });
            let names: Vec<&str> = names.collect();
            Some(names.join(if english { ", " } else { "、" }))
        }
        FieldSet::All | FieldSet::Nothing => None,
    };
    match (action, named(false).zip(named(true))) {
        (Action::Create, _) => Text::new(format!("新建{zh}"), format!("create {en}")),
        (Action::Delete, _) => Text::new(format!("删除{zh}"), format!("delete {en}")),
        (Action::Update, None) => Text::new(format!("修改{zh}的所有字段"), format!("change all fields of {en}")),
        (Action::Update, Some((fields_zh, fields_en))) => {
            Text::new(format!("修改{zh}的{fields_zh}"), format!("change {fields_en} of {en}"))
        }
        (_, None) => Text::new(format!("查看{zh}的所有字段"), format!("see all fields of {en}")),
        (_, Some((fields_zh, fields_en))) => {
            Text::new(format!("查看{zh}的{fields_zh}"), format!("see {fields_en} of {en}"))
        }
    }
}
