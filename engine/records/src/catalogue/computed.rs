//! Formulas and roll-ups: what they name, in which order they are computed, and that none depends on itself.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::Entity;

use super::{Catalogue, circles::on_circles, roll_ups};
use crate::{
    definition::{EntityDefinition, Field, FieldKind},
    document::Problems,
    formula::{Formula, OfEntity, names_are_exact},
};

/// A field, or a column of line items: the entity, the field, the column.
pub(super) type Place = (String, String, Option<String>);

/// What each formula and roll-up depends on.
pub(super) type Needs = BTreeMap<Place, Vec<Place>>;

/// Compiles formulas and resolves roll-ups.
pub(super) fn resolve(catalogue: &mut Catalogue, problems: &mut Problems) {
    let mut needs = Needs::new();
    roll_ups::resolve(catalogue, &mut needs, problems);
    let compiled: Vec<(Entity, Vec<Compiled>)> = catalogue
        .entities()
        .map(|entity| (entity.id.clone(), compile(catalogue, entity, &mut needs, problems)))
        .collect();
    let circles = on_circles(&needs);
    for (entity, field, column) in &circles {
        let mut path = vec!["entities", entity, "fields", field];
        if let Some(column) = column {
            path.extend(["columns", column]);
        }
        catalogue.part(&path).problem(
            problems,
            "这个字段通过公式或汇总依赖于自己。",
            "this field depends on itself, through formulas or roll-ups.",
        );
    }
    if !circles.is_empty() {
        return;
    }
    roll_ups::settle_kinds(catalogue);
    for (entity, formulas) in compiled {
        let of = in_order(&catalogue.entities[&entity], formulas, &needs);
        catalogue.formulas.set(entity, of);
    }
    roll_ups::follow(catalogue, &needs, problems);
    roll_ups::check_totals(catalogue, problems);
}

struct Compiled {
    lines: Option<String>,
    formula: Formula,
}

fn compile(
    catalogue: &Catalogue,
    entity: &EntityDefinition,
    needs: &mut Needs,
    problems: &mut Problems,
) -> Vec<Compiled> {
    let mut compiled = Vec::new();
    for field in &entity.fields {
        match &field.kind {
            FieldKind::Lines { columns } => {
                for column in columns {
                    compiled.extend(one(catalogue, entity, column, Some((field, columns)), needs, problems));
                }
            }
            _ => compiled.extend(one(catalogue, entity, field, None, needs, problems)),
        }
    }
    compiled
}

fn one(
    catalogue: &Catalogue,
    entity: &EntityDefinition,
    field: &Field,
    row: Option<(&Field, &[Field])>,
    needs: &mut Needs,
    problems: &mut Problems,
) -> Option<Compiled> {
    let FieldKind::Formula { expression, .. } = &field.kind else {
        return None;
    };
    let id = entity.id.to_string();
    let lines = row.map(|(lines, _)| lines.id.clone());
    let mut path = vec!["entities", &id, "fields"];
    match &lines {
        Some(lines) => path.extend([lines, "columns", &field.id]),
        None => path.push(&field.id),
    }
    path.push("expression");
    let part = catalogue.part(&path);
    let formula = match catalogue.formulas.compile(field)? {
        Ok(formula) => formula,
        Err(text) => {
            part.problem(problems, text.zh, text.en);
            return None;
        }
    };
    let mut of = Vec::new();
    for name in asked_for(&formula) {
        let column = row.and_then(|(_, columns)| columns.iter().find(|column| column.id == name));
        match (column, entity.field(&name)) {
            (Some(_), _) => of.push((id.clone(), lines.clone().unwrap_or_default(), Some(name))),
            (None, Some(other)) if row.is_none() => of.push((id.clone(), other.id.clone(), None)),
            // The fields of the record are computed after its lines.
            (None, Some(other)) if matches!(other.kind, FieldKind::Lines { .. }) || other.kind.is_computed() => {
                part.problem(
                    problems,
                    format!("明细的公式不能使用“{name}”，它在明细之后才计算。"),
                    format!("a formula in line items cannot use “{name}”, which is computed after them."),
                );
            }
            (None, Some(_)) => {}
            (None, None) if names_are_exact(expression.language, &expression.text) => part.problem(
                problems,
                format!("公式里的“{name}”不是字段。"),
                format!("“{name}” in the formula is no field."),
            ),
            (None, None) => {}
        }
    }
    // Line items are computed when all of their columns are.
    let columns = of
        .iter()
        .filter(|(_, _, column)| column.is_none())
        .flat_map(|(_, name, _)| {
            let columns = match entity.field(name).map(|field| &field.kind) {
                Some(FieldKind::Lines { columns }) => columns.as_slice(),
                _ => &[],
            };
            columns
                .iter()
                .map(|column| (id.clone(), name.clone(), Some(column.id.clone())))
        });
    let columns: Vec<Place> = columns.collect();
    of.extend(columns);
    let place = match &lines {
        Some(lines) => (id.clone(), lines.clone(), Some(field.id.clone())),
        None => (id.clone(), field.id.clone(), None),
    };
    needs.insert(place, of);
    Some(Compiled { lines, formula })
}

fn asked_for(formula: &Formula) -> BTreeSet<String> {
    formula.compiled.names().into_iter().map(str::to_owned).collect()
}

/// Sorts formulas so that each comes after those it needs, and tells the live ones from the others.
fn in_order(entity: &EntityDefinition, mut waiting: Vec<Compiled>, needs: &Needs) -> OfEntity {
    let id = entity.id.to_string();
    let is_roll_up = |name: &str| {
        entity
            .field(name)
            .is_some_and(|field| matches!(field.kind, FieldKind::RollUp { .. }))
    };
    let mut of = OfEntity::default();
    let (mut live, mut timed) = (BTreeSet::new(), BTreeSet::new());
    while !waiting.is_empty() {
        let open: BTreeSet<(Option<String>, String)> = waiting
            .iter()
            .map(|compiled| (compiled.lines.clone(), compiled.formula.field.clone()))
            .collect();
        let needs_of = |compiled: &Compiled| {
            let place = match &compiled.lines {
                Some(lines) => (id.clone(), lines.clone(), Some(compiled.formula.field.clone())),
                None => (id.clone(), compiled.formula.field.clone(), None),
            };
            needs.get(&place).map(Vec::as_slice).unwrap_or_default()
        };
        let is_ready = |compiled: &Compiled| {
            !needs_of(compiled).iter().any(|(_, field, column)| match column {
                Some(column) => open.contains(&(Some(field.clone()), column.clone())),
                None => open.contains(&(None, field.clone())),
            })
        };
        let (ready, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_ready);
        // There are no circles here; were there one, it would be left out.
        if ready.is_empty() {
            break;
        }
        for compiled in ready {
            let needs = needs_of(&compiled).iter();
            let mut needs = needs
                .filter(|(_, _, column)| column.is_none())
                .map(|(_, field, _)| field);
            let is_live = needs.clone().any(|field| is_roll_up(field) || live.contains(field));
            let is_timed = needs.any(|field| timed.contains(field));
            let Compiled { lines, mut formula } = compiled;
            match lines {
                Some(lines) => of.columns.entry(lines).or_default().push(formula),
                None if is_live => {
                    formula.timed |= is_timed;
                    if formula.timed {
                        timed.insert(formula.field.clone());
                    }
                    live.insert(formula.field.clone());
                    of.live.push(formula);
                }
                None => of.stored.push(formula),
            }
        }
        waiting = rest;
    }
    of
}
