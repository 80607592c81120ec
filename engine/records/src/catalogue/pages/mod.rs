//! Pages: what their widgets name must be there, and fit. Reports, processes and files are the plugin host's to look for.

mod figures;

use std::collections::BTreeMap;

use kapok_protocol::{Filter, Value};

use super::{
    Catalogue,
    check::{names, unknown},
};
use crate::{
    definition::{EntityDefinition, Field, Page, ShownRecords, View, ViewKind, Widget, WidgetKind, Width},
    document::{Part, Problems, widget_keys},
    reading::{Reader, is_day, is_lane, is_own_parent},
    validate::is_possible_default,
};

/// More on one page nobody overlooks.
const WIDGETS: usize = 30;
/// Rows at first, and the most of them.
const ROWS: usize = 10;
const MOST_ROWS: usize = 100;
/// Pixels of a frame.
const HEIGHT: u32 = 360;
const HEIGHTS: std::ops::RangeInclusive<u32> = 80..=2_000;

impl Catalogue {
    /// The pages, in order. They come last: what a roll-up holds must be known by then.
    pub(super) fn read_pages(&self, problems: &mut Problems) -> Vec<Page> {
        let root = self.part(&[]);
        let mut reader = PageReader {
            catalogue: self,
            reader: Reader {
                dictionaries: Some(&self.dictionaries),
                problems,
            },
        };
        let pages = root.in_order("pages").into_iter();
        pages.filter_map(|(id, part)| reader.page(id, &part)).collect()
    }
}

struct PageReader<'r> {
    catalogue: &'r Catalogue,
    reader: Reader<'r>,
}

/// What a widget takes its records from.
struct Source<'c> {
    definition: &'c EntityDefinition,
    view: Option<&'c View>,
    filter: Option<Filter>,
}

impl<'r> PageReader<'r> {
    fn page(&mut self, id: &str, part: &Part<'_>) -> Option<Page> {
        let roles = part.texts("roles");
        for role in roles.iter().filter(|role| self.catalogue.role(role).is_none()) {
            let at = part.get("roles").unwrap_or_else(|| part.clone());
            self.reader.problem(
                &at,
                format!("角色“{role}”没有定义。"),
                format!("the role “{role}” is not declared."),
            );
        }
        let widgets = part.in_order("widgets");
        if widgets.len() > WIDGETS {
            self.reader.problem(
                part,
                format!("一个页面最多 {WIDGETS} 个部件。"),
                format!("a page has {WIDGETS} widgets at most."),
            );
        }
        let widgets = widgets.into_iter().filter_map(|(id, part)| {
            let kind = self.kind(&part)?;
            (!part.flag("disabled")).then(|| Widget {
                id: id.to_owned(),
                label: part.label(),
                width: match part.text("width") {
                    Some("half") => Width::Half,
                    Some("third") => Width::Third,
                    _ => Width::Full,
                },
                kind,
            })
        });
        let page = Page {
            id: id.to_owned(),
            label: part.label(),
            widgets: widgets.collect(),
            roles: roles.into_iter().collect(),
        };
        (!part.flag("disabled")).then_some(page)
    }

    /// What a widget shows; `None` after a problem, or when what it shows is out of use.
    fn kind(&mut self, part: &Part<'_>) -> Option<WidgetKind> {
        let kind = part.text("kind")?;
        self.refuse_foreign_keys(part, kind);
        match kind {
            "list" => self.list(part),
            "kanban" | "calendar" | "tree" => self.placed(part, kind),
            "timeline" => self.timeline(part),
            "number" => self.number(part),
            "chart" => self.chart(part),
            "report" => {
                let report = self.needed(part, "report")?;
                let inputs = values(part, "inputs");
                Some(WidgetKind::Report { report, inputs })
            }
            "form" => self.form(part),
            _ => self.frame(part),
        }
    }

    fn refuse_foreign_keys(&mut self, part: &Part<'_>, kind: &str) {
        for key in widget_keys() {
            if let Some(found) = part.get(key.name)
                && !key.types.is_empty()
                && !key.types.contains(&kind)
            {
                let name = key.name;
                self.reader.problem(
                    &found,
                    format!("{kind} 部件没有“{name}”。"),
                    format!("a widget of kind {kind} has no “{name}”."),
                );
            }
        }
    }

    fn list(&mut self, part: &Part<'_>) -> Option<WidgetKind> {
        let source = self.source(part, ViewKind::List)?;
        let own = self.reader.sort(part, &names(source.definition));
        let of_view = || source.view.and_then(|view| view.sort.clone());
        Some(WidgetKind::List {
            sort: own.or_else(of_view),
            limit: self.limit(part),
            records: self.shown(part, source),
        })
    }

    /// What a field places: on a board, in a calendar, in a tree.
    fn placed(&mut self, part: &Part<'_>, kind: &str) -> Option<WidgetKind> {
        let (view_kind, zh, en) = match kind {
            "kanban" => (ViewKind::Kanban, "看板分栏", "the lanes of a board"),
            "calendar" => (ViewKind::Calendar, "日历日期", "the day in a calendar"),
            _ => (ViewKind::Tree, "树的上级", "the parent in a tree"),
        };
        let source = self.source(part, view_kind)?;
        let definition = source.definition;
        let names = names(definition);
        let fits = |field: &Field| match view_kind {
            ViewKind::Kanban => is_lane(field),
            ViewKind::Calendar => is_day(field),
            _ => is_own_parent(names.entity, field),
        };
        let own = self.reader.one(part, "field", &names, zh, en, fits);
        if part.get("field").is_some() && own.is_none() {
            return None;
        }
        let of_entity = match view_kind {
            ViewKind::Kanban => &definition.kanban,
            ViewKind::Calendar => &definition.calendar,
            _ => &definition.tree,
        };
        let of_view = source.view.and_then(|view| view.field.clone());
        let Some(field) = own.or(of_view).or_else(|| of_entity.clone()) else {
            self.reader.missing(part, "field");
            return None;
        };
        if view_kind != ViewKind::Calendar {
            let records = self.shown(part, source);
            return Some(match view_kind {
                ViewKind::Kanban => WidgetKind::Kanban { records, field },
                _ => WidgetKind::Tree { records, field },
            });
        }
        let own_end = self
            .reader
            .one(part, "end_field", &names, "结束日期", "the last day", is_day);
        let of_view = source.view.and_then(|view| view.end_field.clone());
        Some(WidgetKind::Calendar {
            end_field: own_end.or(of_view),
            records: self.shown(part, source),
            field,
        })
    }

    fn timeline(&mut self, part: &Part<'_>) -> Option<WidgetKind> {
        let source = self.source(part, ViewKind::List)?;
        let field = self.needed(part, "field")?;
        self.moment(part, "field", &field, source.definition)?;
        Some(WidgetKind::Timeline {
            limit: self.limit(part),
            records: self.shown(part, source),
            field,
        })
    }

    fn form(&mut self, part: &Part<'_>) -> Option<WidgetKind> {
        if let Some(process) = part.string("process") {
            for key in ["entity", "values"] {
                if let Some(at) = part.get(key) {
                    self.reader.problem(
                        &at,
                        format!("启动流程的表单没有“{key}”。"),
                        format!("the form of a process has no “{key}”."),
                    );
                }
            }
            return Some(WidgetKind::Start { process });
        }
        let definition = self.entity(part)?;
        let mut begins = values(part, "values");
        for (name, at) in part.get("values").iter().flat_map(Part::entries) {
            let fits = |field: &Field| {
                let value = at.node.to_value();
                !field.read_only && !field.kind.is_computed() && is_possible_default(&field.kind, &value, false)
            };
            let named = self.reader.field_named(
                &at,
                name,
                &names(definition),
                "以这个值开始的字段",
                "what begins with this value",
                fits,
            );
            if !named {
                begins.remove(name);
            }
        }
        Some(WidgetKind::NewRecord {
            entity: definition.id.clone(),
            values: begins,
        })
    }

    fn frame(&mut self, part: &Part<'_>) -> Option<WidgetKind> {
        let file = self.needed(part, "file")?;
        let name = file.strip_prefix("pages/").and_then(|name| name.strip_suffix(".html"));
        let is_name = |name: &str| {
            !name.is_empty()
                && name.len() <= 60
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
        };
        if !name.is_some_and(is_name) {
            let at = part.get("file")?;
            self.reader.problem(
                &at,
                "文件要写成 pages/名称.html，名称只用小写字母、数字、连字符和下划线。",
                "the file is written pages/NAME.html, with small letters, digits, hyphens and underscores.",
            );
        }
        let height = part.get("height").map_or(Some(HEIGHT), |_| part.whole("height"));
        let Some(height) = height.filter(|height| HEIGHTS.contains(height)) else {
            let (least, most) = (HEIGHTS.start(), HEIGHTS.end());
            let at = part.get("height")?;
            self.reader.problem(
                &at,
                format!("高度应为 {least} 到 {most}。"),
                format!("the height is between {least} and {most}."),
            );
            return None;
        };
        Some(WidgetKind::Frame { file, height })
    }

    /// The entity that a widget names.
    fn entity(&mut self, part: &Part<'_>) -> Option<&'r EntityDefinition> {
        let name = self.needed(part, "entity")?;
        let found = self.catalogue.entity(&name);
        if found.is_none() {
            unknown(&part.get("entity")?, &name, self.reader.problems);
        }
        found
    }

    /// Which records: those of a view, or those of a filter of its own.
    fn source(&mut self, part: &Part<'_>, kind: ViewKind) -> Option<Source<'r>> {
        let definition = self.entity(part)?;
        let own = part.filter("filter");
        if let (Some(filter), Some(at)) = (&own, part.get("filter")) {
            self.reader.filter_fields(&at, filter, &names(definition));
        }
        let (Some(name), Some(at)) = (part.text("view"), part.get("view")) else {
            return Some(Source {
                definition,
                view: None,
                filter: own,
            });
        };
        if own.is_some() {
            self.reader.problem(
                &at,
                "“view”与“filter”只能写一个。",
                "write either “view” or “filter”, not both.",
            );
        }
        let view = definition.views.iter().find(|view| view.id == name);
        let Some(view) = view else {
            let entity = &definition.id;
            // One that an administrator has put out of use takes the widget along in silence, as fields do.
            let root = self.catalogue.part(&[]);
            let declared = root
                .get("entities")
                .and_then(|entities| entities.get(entity.as_str())?.get("views")?.get(name));
            if declared.is_none() {
                self.reader.problem(
                    &at,
                    format!("实体“{entity}”没有视图“{name}”。"),
                    format!("the entity “{entity}” has no view “{name}”."),
                );
            }
            return None;
        };
        if view.kind != kind {
            self.reader.problem(
                &at,
                format!("视图“{name}”不是这种部件能显示的。"),
                format!("the view “{name}” is of another kind than this widget."),
            );
            return None;
        }
        Some(Source {
            definition,
            filter: view.filter.clone(),
            view: Some(view),
        })
    }

    fn shown(&mut self, part: &Part<'_>, source: Source<'_>) -> ShownRecords {
        let own = self.reader.columns(part, &names(source.definition));
        let columns = match (own.is_empty(), source.view) {
            (true, Some(view)) => view.columns.clone(),
            _ => own,
        };
        ShownRecords {
            entity: source.definition.id.clone(),
            view: source.view.map(|view| view.id.clone()),
            filter: source.filter,
            columns,
        }
    }

    /// A field with a day or moment, also one that every record has.
    fn moment(&mut self, part: &Part<'_>, key: &str, name: &str, definition: &EntityDefinition) -> Option<()> {
        if ["created_at", "updated_at"].contains(&name) {
            return Some(());
        }
        let at = part.get(key)?;
        let named = self
            .reader
            .field_named(&at, name, &names(definition), "时间", "the moment of a record", is_day);
        named.then_some(())
    }

    fn limit(&mut self, part: &Part<'_>) -> usize {
        let Some(at) = part.get("limit") else { return ROWS };
        let found = part.whole("limit").filter(|limit| (1..=MOST_ROWS).contains(limit));
        if found.is_none() {
            self.reader.problem(
                &at,
                format!("条数应为 1 到 {MOST_ROWS}。"),
                format!("there are between 1 and {MOST_ROWS} rows."),
            );
        }
        found.unwrap_or(ROWS)
    }

    fn needed(&mut self, part: &Part<'_>, key: &str) -> Option<String> {
        let found = part.string(key);
        if found.is_none() {
            self.reader.missing(part, key);
        }
        found
    }
}

fn values(part: &Part<'_>, key: &str) -> BTreeMap<String, Value> {
    let entries = part.get(key);
    let entries = entries.iter().flat_map(Part::entries);
    entries
        .map(|(name, part)| (name.to_owned(), part.node.to_value()))
        .collect()
}
