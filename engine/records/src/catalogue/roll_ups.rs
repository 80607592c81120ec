use std::collections::BTreeMap;

use kapok_protocol::{Entity, Filter, Value};
use kapok_rules::Condition;

use super::{
    Catalogue,
    check::{back_reference, names, unknown},
    computed::{Needs, Place},
};
use crate::{
    definition::{EntityDefinition, Field, FieldKind, Function},
    document::{Part, Problems},
    reading::{Names, Reader},
    roll_up::RollUp,
};

/// So many roll-ups may stand above each other.
pub const DEEPEST: usize = 5;

/// Checks what each roll-up names, and makes what computes it.
pub(super) fn resolve(catalogue: &mut Catalogue, needs: &mut Needs, problems: &mut Problems) {
    let mut found = Vec::new();
    for entity in catalogue.entities() {
        for field in &entity.fields {
            if let Some((roll_up, of)) = one(catalogue, entity, field, problems) {
                let source = roll_up.source.to_string();
                let of = of.into_iter().map(|name| (source.clone(), name, None)).collect();
                needs.insert((entity.id.to_string(), field.id.clone(), None), of);
                found.push(roll_up);
            }
        }
    }
    catalogue.roll_ups = found;
}

/// The kind of a roll-up's value is that of the field it takes, which may be a roll-up itself: as often as there are
/// roll-ups, the kinds are passed on.
pub(super) fn settle_kinds(catalogue: &mut Catalogue) {
    for _ in 0..catalogue.roll_ups.len() {
        let kinds: Vec<FieldKind> = catalogue
            .roll_ups
            .iter()
            .map(|roll_up| kind_of(catalogue, roll_up))
            .collect();
        for (roll_up, kind) in catalogue.roll_ups.iter_mut().zip(kinds) {
            let entity = catalogue.entities.get_mut(&roll_up.target);
            let field = entity.and_then(|entity| entity.fields.iter_mut().find(|field| field.id == roll_up.name));
            if let Some(FieldKind::RollUp { result, .. }) = field.map(|field| &mut field.kind) {
                **result = kind.clone();
            }
            roll_up.kind = kind;
        }
    }
}

/// Says which roll-ups count what is not stored with a record, and refuses what could not be kept up: towers of them, and
/// what changes by itself while time goes by.
pub(super) fn follow(catalogue: &mut Catalogue, needs: &Needs, problems: &mut Problems) {
    for index in 0..catalogue.roll_ups.len() {
        let roll_up = &catalogue.roll_ups[index];
        let source = catalogue.entities.get(&roll_up.source);
        let follows = roll_up.mentions.iter().any(|name| {
            let field = source.and_then(|source| source.field(name));
            field.is_some_and(|field| matches!(field.kind, FieldKind::RollUp { .. }))
                || catalogue.formulas.is_live(&roll_up.source, name)
        });
        catalogue.roll_ups[index].follows = follows;
    }
    let mut known = BTreeMap::new();
    for roll_up in &catalogue.roll_ups {
        let place = (roll_up.target.to_string(), roll_up.name.clone(), None);
        let part = catalogue.part(&["entities", &place.0, "fields", &place.1]);
        if depth(catalogue, needs, &place, &mut known) > DEEPEST {
            part.problem(
                problems,
                format!("汇总之上又汇总，最多 {DEEPEST} 层；请减少层数。"),
                format!("roll-ups stand above each other at most {DEEPEST} deep; use fewer."),
            );
        }
        let mut mentions = roll_up.mentions.iter();
        if mentions.any(|name| catalogue.formulas.is_timed(&roll_up.source, name)) {
            part.problem(
                problems,
                "汇总的公式用了 today() 或 now()：它的值随时间改变，而汇总是保存下来的。请汇总不随时间改变的字段。",
                "it counts a formula with today() or now(), whose value changes by itself, while what is counted is kept; \
                 count a field that does not.",
            );
        }
    }
}

/// A total is asked of the index, which knows nothing that changes by itself.
pub(super) fn check_totals(catalogue: &Catalogue, problems: &mut Problems) {
    for total in catalogue.totals.values() {
        let (mut fields, mut words) = (total.value.iter().cloned().collect(), false);
        if let Some(filter) = &total.filter {
            mentioned(filter, &mut fields, &mut words);
        }
        if total.filter.as_ref().is_some_and(asks_who) {
            catalogue.part(&["totals", &total.id, "filter"]).problem(
                problems,
                "合计的条件不能用 $me、$my_dept 等词：它对每个人都一样。",
                "the condition of a total has no words such as $me: it is the same for everybody.",
            );
        }
        if fields
            .iter()
            .any(|name| catalogue.formulas.is_timed(&total.entity, name))
        {
            catalogue.part(&["totals", &total.id]).problem(
                problems,
                "合计用到的公式使用了 today() 或 now()，它的值随时间改变，不能合计。",
                "it uses a formula with today() or now(), whose value changes by itself, so it cannot be added up.",
            );
        }
    }
}

/// Whether a condition depends on who asks.
fn asks_who(filter: &Filter) -> bool {
    let is_word = |value: &Value| value.as_text().is_some_and(|text| text.starts_with("$m"));
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().any(asks_who),
        Filter::Not(part) => asks_who(part),
        Filter::Test(test) => match &test.value {
            Value::List(items) => items.iter().any(is_word),
            value => is_word(value),
        },
    }
}

/// How many roll-ups stand above each other, up to a place.
fn depth(catalogue: &Catalogue, needs: &Needs, place: &Place, known: &mut BTreeMap<Place, usize>) -> usize {
    if let Some(depth) = known.get(place) {
        return *depth;
    }
    let below = needs.get(place).map(Vec::as_slice).unwrap_or_default();
    let below = below.iter().map(|below| depth(catalogue, needs, below, known)).max();
    let depth = below.unwrap_or(0) + usize::from(is_roll_up(catalogue, place));
    known.insert(place.clone(), depth);
    depth
}

fn is_roll_up(catalogue: &Catalogue, (entity, field, column): &Place) -> bool {
    let field = catalogue.entity(entity).and_then(|entity| entity.field(field));
    column.is_none() && field.is_some_and(|field| matches!(field.kind, FieldKind::RollUp { .. }))
}

fn kind_of(catalogue: &Catalogue, roll_up: &RollUp) -> FieldKind {
    let value = roll_up.value.as_deref();
    let field = value.and_then(|name| catalogue.entities.get(&roll_up.source)?.field(name));
    field.map_or(
        FieldKind::Number {
            scale: Some(0),
            min: None,
            max: None,
        },
        |field| field.kind.of_values().clone(),
    )
}

/// A roll-up, and the fields of its source that it mentions.
fn one(
    catalogue: &Catalogue,
    entity: &EntityDefinition,
    field: &Field,
    problems: &mut Problems,
) -> Option<(RollUp, Vec<String>)> {
    let FieldKind::RollUp {
        entity: source,
        field: reference,
        function,
        value,
        filter,
        by,
        ..
    } = &field.kind
    else {
        return None;
    };
    let path = ["entities", entity.id.as_str(), "fields", field.id.as_str()];
    let part = |key: &str| catalogue.part(&[&path[..], &[key]].concat());
    let Some(of) = catalogue.entities.get(source) else {
        unknown(&part("entity"), source.as_str(), problems);
        return None;
    };
    let names = names(of);
    let mut reader = Reader {
        dictionaries: Some(&catalogue.dictionaries),
        problems,
    };
    let mut known = true;
    let (zh, en) = back_reference(&entity.id);
    known &= named(&mut reader, &part("field"), reference, of, (&zh, &en), |field| {
        names_record(field, &entity.id)
    });
    let mut mentions = vec![reference.clone()];
    if let Some(value) = value {
        let fits = |field: &Field| match function {
            Function::Sum => field.kind.is_numeric(),
            _ => field.kind.is_ordered() || field.kind.is_numeric(),
        };
        known &= named(&mut reader, &part("value"), value, of, ("汇总的值", "rolled up"), fits);
        mentions.push(value.clone());
    }
    let order = by.clone().unwrap_or_else(|| "created_at".to_owned());
    if matches!(function, Function::First | Function::Last) {
        known &= Names::is_system(&order)
            || named(&mut reader, &part("by"), &order, of, ("顺序", "an order"), |field| {
                field.kind.is_ordered()
            });
        mentions.push(order.clone());
    }
    if let Some(filter) = filter {
        let part = part("filter");
        reader.filter_fields(&part, filter, &names);
        let (mut fields, mut words) = (Vec::new(), false);
        mentioned(filter, &mut fields, &mut words);
        if words {
            reader.problem(
                &part,
                "汇总的条件不能用 $me、$today 等词，因为结果是保存下来的，不因人、因时而变。",
                "the condition of a roll-up has no words such as $me or $today: what is kept is the same for everybody and every day.",
            );
        }
        mentions.extend(fields);
    }
    let condition = filter.as_ref().and_then(|filter| Condition::new(filter).ok());
    mentions.sort();
    mentions.dedup();
    let needs = mentions
        .iter()
        .filter(|name| !Names::is_system(name))
        .cloned()
        .collect();
    known.then(|| {
        let roll_up = RollUp {
            target: entity.id.clone(),
            name: field.id.clone(),
            source: source.clone(),
            field: reference.clone(),
            function: *function,
            value: value.clone(),
            condition,
            by: order,
            mentions,
            follows: false,
            kind: FieldKind::Boolean,
        };
        (roll_up, needs)
    })
}

/// A field that a roll-up cannot do without: one that is out of use does not serve.
fn named(
    reader: &mut Reader<'_>,
    part: &Part<'_>,
    name: &str,
    of: &EntityDefinition,
    (zh, en): (&str, &str),
    fits: impl Fn(&Field) -> bool,
) -> bool {
    if of.field(name).is_none() {
        reader.no_such_field(part, name, of.id.as_str());
        return false;
    }
    reader.field_named(part, name, &names(of), zh, en, fits)
}

fn names_record(field: &Field, entity: &Entity) -> bool {
    !field.kind.is_multiple() && field.kind.target().as_ref() == Some(entity)
}

/// The fields a condition names, without what stands inside of them; and whether it has words.
fn mentioned(filter: &Filter, fields: &mut Vec<String>, words: &mut bool) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|part| mentioned(part, fields, words)),
        Filter::Not(part) => mentioned(part, fields, words),
        Filter::Test(test) => {
            let name = test.field.split('.').next().unwrap_or_default();
            fields.push(name.to_owned());
            *words |= matches!(&test.value, Value::Text(text) if text.starts_with('$') && !text.starts_with("$$"));
        }
    }
}
