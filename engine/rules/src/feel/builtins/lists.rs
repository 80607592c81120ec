//! Functions on lists. Places count from 1, or from the end when negative.

use std::{cmp::Ordering, collections::BTreeSet};

use rust_decimal::Decimal;

use super::{Answer, Arguments, Builtin, Feel, builtin, count, repeating};
use crate::{
    Cause,
    feel::{
        compare::{equal, order},
        evaluate::index,
    },
};

pub(super) const BUILTINS: &[Builtin] = &[
    builtin("list contains", &["list", "element"], 2, |a| {
        let Some(items) = a.items(0) else { return Ok(Feel::Null) };
        Ok((!places(a, items, a.get(1))?.is_empty()).into())
    }),
    builtin("count", &["list"], 1, |a| {
        Ok(a.items(0).map(|items| count(items.len())).into())
    }),
    builtin("is empty", &["list"], 1, |a| {
        Ok(a.items(0).map(<[Feel]>::is_empty).into())
    }),
    repeating("min", &["list"], |a| {
        Ok(extreme(&a.list_or_arguments(), Ordering::Less))
    }),
    repeating("max", &["list"], |a| {
        Ok(extreme(&a.list_or_arguments(), Ordering::Greater))
    }),
    repeating("sum", &["list"], |a| {
        Ok(fold(&a.list_or_arguments(), Decimal::checked_add).into())
    }),
    repeating("product", &["list"], |a| {
        Ok(fold(&a.list_or_arguments(), Decimal::checked_mul).into())
    }),
    repeating("mean", &["list"], |a| {
        let items = a.list_or_arguments();
        let sum = fold(&items, Decimal::checked_add);
        Ok(sum.and_then(|sum| sum.checked_div(Decimal::from(items.len()))).into())
    }),
    repeating("median", &["list"], |a| Ok(median(&a.list_or_arguments()).into())),
    repeating("all", &["list"], |a| Ok(until(&a.list_or_arguments(), false).into())),
    repeating("any", &["list"], |a| Ok(until(&a.list_or_arguments(), true).into())),
    builtin("sublist", &["list", "start position", "length"], 2, sublist),
    repeating("append", &["list", "item"], |a| {
        let Some(items) = a.items(0) else { return Ok(Feel::Null) };
        a.meter.list(items.len())?;
        let added = a.values.iter().skip(1).flatten();
        a.list(items.iter().chain(added).cloned().collect())
    }),
    repeating("concatenate", &["list"], |a| a.list(together(a)?)),
    repeating("union", &["list"], |a| a.list(distinct(a, &together(a)?)?)),
    builtin("distinct values", &["list"], 1, |a| match a.items(0) {
        Some(items) => a.list(distinct(a, items)?),
        None => Ok(Feel::Null),
    }),
    builtin("insert before", &["list", "position", "newItem"], 3, |a| {
        change(a, |items, index, a| items.insert(index, a.get(2).clone()))
    }),
    builtin("remove", &["list", "position"], 2, |a| {
        change(a, |items, index, _| {
            items.remove(index);
        })
    }),
    builtin("reverse", &["list"], 1, |a| match a.items(0) {
        Some(items) => a.list(items.iter().rev().cloned().collect()),
        None => Ok(Feel::Null),
    }),
    builtin("index of", &["list", "match"], 2, |a| match a.items(0) {
        Some(items) => a.list(places(a, items, a.get(1))?),
        None => Ok(Feel::Null),
    }),
    builtin("flatten", &["list"], 1, |a| {
        let mut flat = Vec::new();
        flatten(a.get(0), &mut flat, a)?;
        a.list(flat)
    }),
    builtin("sort", &["list"], 1, sort),
];

/// Where a value stands.
fn places(a: &Arguments<'_>, items: &[Feel], sought: &Feel) -> Result<Vec<Feel>, Cause> {
    let mut places = Vec::new();
    for (index, item) in items.iter().enumerate() {
        if equal(item, sought, a.meter)? == Some(true) {
            places.push(count(index + 1));
        }
    }
    Ok(places)
}

/// The least or greatest item, if all have an order with it.
fn extreme(items: &[Feel], wanted: Ordering) -> Feel {
    let Some((mut found, rest)) = items.split_first() else {
        return Feel::Null;
    };
    for item in rest {
        match order(item, found) {
            Some(ordering) if ordering == wanted => found = item,
            Some(_) => {}
            None => return Feel::Null,
        }
    }
    found.clone()
}

fn fold(items: &[Feel], step: fn(Decimal, Decimal) -> Option<Decimal>) -> Option<Decimal> {
    let (first, rest) = items.split_first()?;
    rest.iter()
        .try_fold(first.as_number()?, |total, item| step(total, item.as_number()?))
}

fn median(items: &[Feel]) -> Option<Decimal> {
    let mut numbers: Vec<Decimal> = items.iter().map(Feel::as_number).collect::<Option<_>>()?;
    numbers.sort_unstable();
    let upper = *numbers.get(numbers.len() / 2)?;
    if numbers.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *numbers.get(numbers.len() / 2 - 1)?;
    lower.checked_add(upper)?.checked_div(Decimal::TWO)
}

fn until(items: &[Feel], sought: bool) -> Option<bool> {
    let mut result = Some(!sought);
    for item in items {
        match item.as_bool() {
            Some(value) if value == sought => return Some(sought),
            Some(_) => {}
            None => result = None,
        }
    }
    result
}

fn sublist(a: &Arguments<'_>) -> Answer {
    let (Some(items), Some(start)) = (a.items(0), a.number(1)) else {
        return Ok(Feel::Null);
    };
    let length = match a.is_given(2) {
        true => a.whole(2).and_then(|length| usize::try_from(length).ok()),
        false => Some(items.len()),
    };
    let (Some(start), Some(length)) = (index(start, items.len()), length) else {
        return Ok(Feel::Null);
    };
    a.list(items.iter().skip(start).take(length).cloned().collect())
}

/// A list with one place changed; null when there is no such place.
fn change(a: &Arguments<'_>, change: fn(&mut Vec<Feel>, usize, &Arguments<'_>)) -> Answer {
    let (Some(items), Some(place)) = (a.items(0), a.number(1)) else {
        return Ok(Feel::Null);
    };
    match index(place, items.len()).filter(|index| *index < items.len()) {
        Some(index) => {
            a.meter.list(items.len())?;
            let mut items = items.to_vec();
            change(&mut items, index, a);
            a.list(items)
        }
        None => Ok(Feel::Null),
    }
}

fn together(a: &Arguments<'_>) -> Result<Vec<Feel>, Cause> {
    let mut all = Vec::new();
    for place in 0..a.values.len() {
        let items = a.items(place).unwrap_or_default();
        a.meter.list(all.len() + items.len())?;
        all.extend_from_slice(items);
    }
    Ok(all)
}

/// Each item once. What FEEL writes for a value says whether two are the same.
fn distinct(a: &Arguments<'_>, items: &[Feel]) -> Result<Vec<Feel>, Cause> {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for item in items {
        let mut written = String::new();
        item.show(true, &mut written, a.meter)?;
        if seen.insert(written) {
            kept.push(item.clone());
        }
    }
    Ok(kept)
}

fn flatten(value: &Feel, flat: &mut Vec<Feel>, a: &Arguments<'_>) -> Result<(), Cause> {
    match value {
        Feel::List(list) => {
            a.meter.spend(list.items.len())?;
            for item in &list.items {
                flatten(item, flat, a)?;
            }
        }
        single => flat.push(single.clone()),
    }
    Ok(())
}

/// In ascending order; null when two items have none.
fn sort(a: &Arguments<'_>) -> Answer {
    let Some(items) = a.items(0) else {
        return Ok(Feel::Null);
    };
    if items
        .iter()
        .any(|item| items.first().and_then(|first| order(first, item)).is_none())
    {
        return Ok(Feel::Null);
    }
    let mut sorted = items.to_vec();
    sorted.sort_by(|one, other| order(one, other).unwrap_or(Ordering::Equal));
    a.list(sorted)
}
