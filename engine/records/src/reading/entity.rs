use std::collections::BTreeMap;

use kapok_protocol::{Entity, Filter};

use super::{
    Reader,
    mentions::{Names, has_words},
};
use crate::{
    definition::{EntityDefinition, Field, FieldKind, Section, Sort},
    document::Part,
};

impl Reader<'_> {
    pub(crate) fn entity(&mut self, id: &str, part: &Part<'_>) -> EntityDefinition {
        let sections = self.sections(part);
        let (fields, disabled) = self.fields(part, "fields", &sections, false);
        let names = Names {
            entity: id,
            fields: &fields,
            disabled: &disabled,
        };
        let title = part.get("title");
        if let Some(title) = &title {
            self.must_be(title, &names, "标题", "a title", |field| field.kind.is_title());
        }
        EntityDefinition {
            id: Entity::new(id),
            label: part.label(),
            pos: part.whole("pos"),
            title: part.string("title").unwrap_or_default(),
            columns: self.columns(part, &names),
            sort: self.sort(part, &names),
            parent: self.one(part, "parent", &names, "上级", "a parent", |field| {
                matches!(field.kind, FieldKind::Reference { multiple: false, .. })
            }),
            opens: self.opens(part, &names),
            unowned: self.named(part, "unowned", &names),
            history: part
                .get("history")
                .is_none_or(|history| history.node.as_bool().unwrap_or(true)),
            kanban: self.one(part, "kanban", &names, "看板分栏", "the lanes of a board", is_lane),
            calendar: self.one(part, "calendar", &names, "日历日期", "the day in a calendar", is_day),
            tree: self.one(part, "tree", &names, "树的上级", "the parent in a tree", |field| {
                is_own_parent(id, field)
            }),
            unique: self.unique(part, &names),
            duplicates: self.duplicates(part, &names),
            indexes: self.indexes(part, &names),
            related: self.related(part),
            views: self.views(part, &names),
            grants: BTreeMap::new(),
            create_when: BTreeMap::new(),
            field_rules: BTreeMap::new(),
            sections,
            fields,
            disabled,
        }
    }

    /// When records open their parent: what is kept for everybody and every day has no words such as `$me`.
    fn opens(&mut self, part: &Part<'_>, names: &Names<'_>) -> Option<Filter> {
        let (filter, at) = (part.filter("opens")?, part.get("opens")?);
        self.filter_fields(&at, &filter, names);
        if part.get("parent").is_none() {
            self.problem(
                &at,
                "没有写“parent”，不能打开上级。",
                "there is no “parent” that could be opened.",
            );
        }
        if has_words(&filter) {
            self.problem(
                &at,
                "打开上级的条件不能用 $me、$today 等词，因为结果是保存下来的，不因人、因时而变。",
                "the condition that opens a parent has no words such as $me or $today: what is kept is the same for everybody and every day.",
            );
        }
        Some(filter)
    }

    fn sections(&mut self, part: &Part<'_>) -> Vec<Section> {
        let sections = part.in_order("sections").into_iter();
        sections
            .map(|(id, section)| Section {
                id: id.to_owned(),
                label: section.label(),
            })
            .collect()
    }

    pub(crate) fn columns(&mut self, part: &Part<'_>, names: &Names<'_>) -> Vec<String> {
        self.named(part, "columns", names)
    }

    fn named(&mut self, part: &Part<'_>, key: &str, names: &Names<'_>) -> Vec<String> {
        let mut columns = Vec::new();
        for (id, column) in part.columns(key) {
            if self.field_named(&column, id, names, "列", "a column", |field| field.kind.is_column()) {
                columns.push(id.to_owned());
            }
        }
        columns
    }

    pub(crate) fn sort(&mut self, part: &Part<'_>, names: &Names<'_>) -> Option<Sort> {
        let text = part.get("sort")?;
        let sort = Sort::parse(part.text("sort")?);
        let known = Names::is_system(&sort.field)
            || self.field_named(&text, &sort.field, names, "排序", "an order", |field| {
                field.kind.is_ordered()
            });
        known.then_some(sort)
    }

    /// The field named at a key; nothing when it is out of use.
    pub(crate) fn one(
        &mut self,
        part: &Part<'_>,
        key: &str,
        names: &Names<'_>,
        zh: &str,
        en: &str,
        fits: impl Fn(&Field) -> bool,
    ) -> Option<String> {
        let named = part.get(key)?;
        let id = part.text(key)?;
        self.field_named(&named, id, names, zh, en, fits).then(|| id.to_owned())
    }

    fn must_be(&mut self, part: &Part<'_>, names: &Names<'_>, zh: &str, en: &str, fits: impl Fn(&Field) -> bool) {
        let Some(id) = part.node.as_text() else { return };
        if !self.field_named(part, id, names, zh, en, fits) && names.is_disabled(id) {
            self.problem(
                part,
                format!("“{id}”是{zh}，不能停用。"),
                format!("“{id}” is {en} and cannot be disabled."),
            );
        }
    }
}

/// Whether a field makes the lanes of a board.
pub(crate) fn is_lane(field: &Field) -> bool {
    use crate::FieldKind::{Boolean, Choice, Person};
    matches!(field.kind.of_values(), Choice { .. } | Person { .. } | Boolean) && !field.kind.is_multiple()
}

/// Whether a field places a record in a calendar.
pub(crate) fn is_day(field: &Field) -> bool {
    use crate::FieldKind::{Date, DateTime};
    matches!(field.kind.of_values(), Date | DateTime)
}

/// Whether a field names the record above, of the same entity.
pub(crate) fn is_own_parent(entity: &str, field: &Field) -> bool {
    !field.kind.is_multiple() && field.kind.target().is_some_and(|target| target.as_str() == entity)
}
