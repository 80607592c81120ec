//! Figures: numbers and charts.

use super::{PageReader, names};
use crate::{
    definition::{ChartShape, EntityDefinition, Field, FieldKind, Measure, Step, ViewKind, WidgetKind},
    document::Part,
    reading::is_day,
};

impl PageReader<'_> {
    pub(super) fn number(&mut self, part: &Part<'_>) -> Option<WidgetKind> {
        let Some(total) = part.string("total") else {
            let source = self.source(part, ViewKind::List)?;
            let measure = self.measure(part, source.definition)?;
            return Some(WidgetKind::Number {
                entity: source.definition.id.clone(),
                filter: source.filter,
                measure,
            });
        };
        for key in ["entity", "filter", "measure", "field"] {
            if let Some(at) = part.get(key) {
                self.reader.problem(
                    &at,
                    format!("写了“total”，就不能再写“{key}”：合计自己规定这些。"),
                    format!("with “total” there is no “{key}”: the total says that itself."),
                );
            }
        }
        if self.catalogue.total(&total).is_none() {
            let at = part.get("total")?;
            self.reader.problem(
                &at,
                format!("合计“{total}”没有定义。"),
                format!("the total “{total}” is not declared."),
            );
            return None;
        }
        Some(WidgetKind::Total { total })
    }

    pub(super) fn chart(&mut self, part: &Part<'_>) -> Option<WidgetKind> {
        let source = self.source(part, ViewKind::List)?;
        let definition = source.definition;
        let group = self.needed(part, "group")?;
        let is_moment = ["created_at", "updated_at"].contains(&group.as_str());
        let is_system = is_moment || ["owner", "created_by"].contains(&group.as_str());
        if !is_system {
            let at = part.get("group")?;
            let known = self.reader.field_named(
                &at,
                &group,
                &names(definition),
                "统计依据",
                "what is counted by",
                is_group,
            );
            if !known {
                return None;
            }
        }
        let is_dated = is_moment || definition.field(&group).is_some_and(is_day);
        if let Some(at) = part.get("step").filter(|_| !is_dated) {
            self.reader.problem(
                &at,
                format!("“{group}”不是日期，没有“step”。"),
                format!("“{group}” is no date, so there is no “step”."),
            );
        }
        let measure = self.measure(part, definition)?;
        let sum = match measure {
            Measure::Count => None,
            Measure::Sum(field) => Some(field),
            Measure::Min(_) | Measure::Max(_) => {
                let at = part.get("measure")?;
                self.reader.problem(
                    &at,
                    "图表只能是 count 或 sum。",
                    "a chart has the measure count or sum.",
                );
                return None;
            }
        };
        Some(WidgetKind::Chart {
            entity: definition.id.clone(),
            step: is_dated.then(|| match part.text("step") {
                Some("day") => Step::Day,
                Some("week") => Step::Week,
                Some("quarter") => Step::Quarter,
                Some("year") => Step::Year,
                _ => Step::Month,
            }),
            shape: match part.text("shape") {
                Some("pie") => ChartShape::Pie,
                _ => ChartShape::Bar,
            },
            filter: source.filter,
            group,
            sum,
        })
    }

    fn measure(&mut self, part: &Part<'_>, definition: &EntityDefinition) -> Option<Measure> {
        let measure = part.text("measure").unwrap_or("count");
        if measure == "count" {
            if let Some(at) = part.get("field") {
                self.reader
                    .problem(&at, "计数不需要“field”。", "a count has no “field”.");
            }
            return Some(Measure::Count);
        }
        let field = self.needed(part, "field")?;
        let at = part.get("field")?;
        let fits = |field: &Field| field.kind.is_numeric() || (measure != "sum" && is_day(field));
        let named = self
            .reader
            .field_named(&at, &field, &names(definition), "统计对象", "measured", fits);
        named.then_some(match measure {
            "sum" => Measure::Sum(field),
            "min" => Measure::Min(field),
            _ => Measure::Max(field),
        })
    }
}

/// Whether records are counted by a field.
fn is_group(field: &Field) -> bool {
    use FieldKind::{Boolean, Choice, Department, Person, Reference, TreeChoice};
    is_day(field)
        || matches!(
            field.kind.of_values(),
            Boolean | Choice { .. } | TreeChoice { .. } | Person { .. } | Department { .. } | Reference { .. }
        )
}
