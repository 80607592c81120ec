//! Unique and duplicate rules, indexes, views and related lists.

use kapok_protocol::Entity;

use super::{
    Reader,
    entity::{is_day, is_lane, is_own_parent},
    mentions::Names,
};
use crate::{
    definition::{DuplicateAction, DuplicateRule, Field, IndexRule, Related, UniqueRule, View, ViewKind},
    document::Part,
};

impl Reader<'_> {
    pub(super) fn unique(&mut self, part: &Part<'_>, names: &Names<'_>) -> Vec<UniqueRule> {
        let mut rules = Vec::new();
        for (id, rule) in part.get("unique").iter().flat_map(Part::entries) {
            let fields = rule.texts("fields");
            let known = self.all_named(&rule, &fields, names, "唯一规则", "part of a unique rule", |field| {
                field.kind.is_key()
            });
            // Keys of rules and of single fields are kept side by side.
            if names.fields.iter().any(|field| field.unique && field.id == id) {
                self.problem(
                    &rule,
                    format!("“{id}”已是要求唯一的字段，请给规则另取名称。"),
                    format!("“{id}” is a unique field already: give the rule another name."),
                );
            }
            if known {
                rules.push(UniqueRule {
                    id: id.to_owned(),
                    fields,
                });
            }
        }
        rules
    }

    pub(super) fn duplicates(&mut self, part: &Part<'_>, names: &Names<'_>) -> Vec<DuplicateRule> {
        let mut rules = Vec::new();
        for (id, rule) in part.get("duplicates").iter().flat_map(Part::entries) {
            let fields = rule.texts("fields");
            let known = self.all_named(
                &rule,
                &fields,
                names,
                "查重规则",
                "part of a duplicate rule",
                |field| field.kind.is_key(),
            );
            if known && !rule.flag("disabled") {
                rules.push(DuplicateRule {
                    id: id.to_owned(),
                    fields,
                    action: match rule.text("action") {
                        Some("refuse") => DuplicateAction::Refuse,
                        _ => DuplicateAction::Warn,
                    },
                });
            }
        }
        rules
    }

    pub(super) fn indexes(&mut self, part: &Part<'_>, names: &Names<'_>) -> Vec<IndexRule> {
        let mut rules = Vec::new();
        for (id, rule) in part.get("indexes").iter().flat_map(Part::entries) {
            let fields = rule.texts("fields");
            let known = self.all_named(&rule, &fields, names, "索引", "part of an index", |field| {
                field.kind.is_ordered()
            });
            if known {
                rules.push(IndexRule {
                    id: id.to_owned(),
                    fields,
                });
            }
        }
        rules
    }

    /// Whether all of these fields are there and fit. Only indexes may name what the system keeps itself.
    fn all_named(
        &mut self,
        part: &Part<'_>,
        fields: &[String],
        names: &Names<'_>,
        zh: &str,
        en: &str,
        fits: impl Fn(&Field) -> bool + Copy,
    ) -> bool {
        let at = part.get("fields").unwrap_or_else(|| part.clone());
        let mut known = !fields.is_empty();
        for (index, field) in fields.iter().enumerate() {
            if fields[..index].contains(field) {
                self.problem(
                    &at,
                    format!("字段“{field}”写了两次。"),
                    format!("the field “{field}” is named twice."),
                );
            }
            let is_system = Names::is_system(field) && en.ends_with("index");
            known &= is_system || self.field_named(&at, field, names, zh, en, fits);
        }
        known
    }

    pub(super) fn related(&mut self, part: &Part<'_>) -> Vec<Related> {
        let found = part.in_order("related").into_iter();
        found
            .filter(|(_, list)| !list.flag("disabled"))
            .map(|(id, list)| Related {
                id: id.to_owned(),
                label: list.label(),
                entity: Entity::new(list.text("entity").unwrap_or_default()),
                field: list.string("field").unwrap_or_default(),
                kind: match list.text("kind") {
                    Some("tree") => ViewKind::Tree,
                    _ => ViewKind::List,
                },
                columns: list
                    .columns("columns")
                    .into_iter()
                    .map(|(id, _)| id.to_owned())
                    .collect(),
            })
            .collect()
    }

    pub(super) fn views(&mut self, part: &Part<'_>, names: &Names<'_>) -> Vec<View> {
        let mut views = Vec::new();
        for (id, view) in part.in_order("views") {
            let filter = view.filter("filter");
            if let (Some(filter), Some(at)) = (&filter, view.get("filter")) {
                self.filter_fields(&at, filter, names);
            }
            let kind = match view.text("kind") {
                Some("kanban") => ViewKind::Kanban,
                Some("calendar") => ViewKind::Calendar,
                Some("tree") => ViewKind::Tree,
                _ => ViewKind::List,
            };
            let field = self.one(
                &view,
                "field",
                names,
                "视图的字段",
                "the field of this view",
                |field| match kind {
                    ViewKind::List => false,
                    ViewKind::Kanban => is_lane(field),
                    ViewKind::Calendar => is_day(field),
                    ViewKind::Tree => is_own_parent(names.entity, field),
                },
            );
            let field = field.or_else(|| match kind {
                ViewKind::List => None,
                ViewKind::Kanban => part.string("kanban"),
                ViewKind::Calendar => part.string("calendar"),
                ViewKind::Tree => part.string("tree"),
            });
            if kind != ViewKind::List && field.is_none() && view.get("field").is_none() {
                self.missing(&view, "field");
            }
            let end_field = self.one(&view, "end_field", names, "结束日期", "the last day", |field| {
                kind == ViewKind::Calendar && is_day(field)
            });
            let columns = self.columns(&view, names);
            let sort = self.sort(&view, names);
            // A view whose own field is out of use shows nothing any more.
            if view.flag("disabled") || (kind != ViewKind::List && field.is_none()) {
                continue;
            }
            views.push(View {
                id: id.to_owned(),
                label: view.label(),
                kind,
                filter,
                columns,
                sort,
                field,
                end_field,
                shipped: true,
            });
        }
        views
    }
}
