//! Fields that are computed from the records that name a record.
//!
//! A roll-up's [`RollUpState`] stands in a row of its own, beside the record that carries it. When a record that counts in it
//! is saved, [`RollUp::contributions`] says what that means for whom, and [`RollUp::apply`] brings a state up to date,
//! or says that it has to be counted again: the greatest of many is gone, and only the others know who is next.
//!
//! What counts may be computed itself: a roll-up of the other record, or a live formula over one. Such a roll-up
//! [follows](RollUp::follows) what is not stored with a record, so it is looked at when that changes, too. Roll-ups stand
//! above each other no more than [`DEEPEST`](crate::DEEPEST) deep, so one save is never much work.

use std::cmp::Ordering;

use kapok_protocol::{Entity, RecordId, Value};
use kapok_rules::{Condition, Context, Values, order};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    Fields,
    definition::{FieldKind, Function},
};

/// A roll-up that records of one entity carry and records of another count in.
#[derive(Debug, Clone, PartialEq)]
pub struct RollUp {
    pub(crate) target: Entity,
    pub(crate) name: String,
    pub(crate) source: Entity,
    pub(crate) field: String,
    pub(crate) function: Function,
    pub(crate) value: Option<String>,
    pub(crate) condition: Option<Condition>,
    pub(crate) by: String,
    /// The fields of the source that matter.
    pub(crate) mentions: Vec<String>,
    pub(crate) follows: bool,
    pub(crate) kind: FieldKind,
}

/// What a roll-up has come to for one record.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollUpState {
    /// How many records count.
    pub count: u64,
    /// The sum of their values.
    #[serde(default)]
    pub sum: Decimal,
    /// The one that is the least, the greatest, the first or the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<Counted>,
}

/// What one record counts as.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// Which record.
    pub record: RecordId,
    /// What orders it among the others.
    pub key: Value,
    /// Its value.
    pub value: Value,
}

/// What a changed record means for one of the records it counts in.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// The record that carries the roll-up.
    pub record: RecordId,
    /// What counted before.
    pub before: Option<Counted>,
    /// What counts now.
    pub after: Option<Counted>,
}

/// What a contribution did to a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is up to date.
    Done,
    /// It has to be made anew from all records that count.
    Recount,
}

impl RollUp {
    /// The entity whose records carry it.
    pub fn target(&self) -> &Entity {
        &self.target
    }

    /// Its name among the fields of that entity.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The entity whose records count.
    pub fn source(&self) -> &Entity {
        &self.source
    }

    /// Their reference field that names the record that carries it.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is done with them.
    pub fn function(&self) -> Function {
        self.function
    }

    /// The kind of its value.
    pub fn kind(&self) -> &FieldKind {
        &self.kind
    }

    /// The fields of the records that count which matter to it; when none of them changed, nothing changes.
    pub fn mentions(&self) -> impl Iterator<Item = &str> {
        self.mentions.iter().map(String::as_str)
    }

    /// Whether some of them are not stored with the records: roll-ups, or live formulas.
    pub fn follows(&self) -> bool {
        self.follows
    }

    /// What a change of a record means: nothing, something for the record it names, or something for the one it named
    /// before and the one it names now. `before` and `after` are its values as [`values_of`](crate::values_of) gives
    /// them, with its roll-ups and live formulas where a roll-up mentions them; `None` for a record that is not there.
    pub fn contributions(&self, before: Option<&Fields>, after: Option<&Fields>) -> Vec<Contribution> {
        let before = before.and_then(|values| self.counted(values));
        let after = after.and_then(|values| self.counted(values));
        match (before, after) {
            (Some((old, before)), Some((new, after))) if old == new => {
                if before == after {
                    return Vec::new();
                }
                vec![Contribution {
                    record: old,
                    before: Some(before),
                    after: Some(after),
                }]
            }
            (before, after) => {
                let before = before.map(|(record, member)| Contribution {
                    record,
                    before: Some(member),
                    after: None,
                });
                let after = after.map(|(record, member)| Contribution {
                    record,
                    before: None,
                    after: Some(member),
                });
                before.into_iter().chain(after).collect()
            }
        }
    }

    /// Brings a state up to date.
    pub fn apply(&self, state: &mut RollUpState, contribution: &Contribution) -> Applied {
        if let Some(member) = &contribution.before {
            if state.count == 0 {
                return Applied::Recount;
            }
            state.count -= 1;
            let Some(sum) = state.sum.checked_sub(amount(member)) else {
                return Applied::Recount;
            };
            state.sum = sum;
        }
        if let Some(member) = &contribution.after {
            state.count += 1;
            let Some(sum) = state.sum.checked_add(amount(member)) else {
                return Applied::Recount;
            };
            state.sum = sum;
        }
        if !self.chooses() {
            return Applied::Done;
        }
        let was_chosen = match (&state.chosen, &contribution.before) {
            (Some(chosen), Some(before)) => chosen.record == before.record,
            _ => false,
        };
        match contribution.after.as_ref().filter(|member| can_be_chosen(member)) {
            Some(after) => match &state.chosen {
                // The others are behind the one that was chosen; what is before that one is before them all.
                Some(chosen) if was_chosen && self.comes_before(after, chosen) != Ordering::Greater => {
                    state.chosen = Some(after.clone());
                    Applied::Done
                }
                Some(_) if was_chosen => Applied::Recount,
                Some(chosen) if self.comes_before(after, chosen) != Ordering::Less => Applied::Done,
                _ => {
                    state.chosen = Some(after.clone());
                    Applied::Done
                }
            },
            None if was_chosen && state.count > 0 => Applied::Recount,
            None => {
                if was_chosen {
                    state.chosen = None;
                }
                Applied::Done
            }
        }
    }

    /// The state made anew from the values of all records that may count.
    pub fn count<'v>(&self, all: impl IntoIterator<Item = &'v Fields>, of: RecordId) -> RollUpState {
        let mut state = RollUpState::default();
        for (record, after) in all.into_iter().filter_map(|values| self.counted(values)) {
            if record == of {
                let contribution = Contribution {
                    record,
                    before: None,
                    after: Some(after),
                };
                self.apply(&mut state, &contribution);
            }
        }
        state
    }

    /// What the field shows. A count or sum of nothing is 0, everything else of nothing is empty.
    pub fn value(&self, state: &RollUpState) -> Value {
        match self.function {
            Function::Count => Value::Number(state.count.into()),
            Function::Sum => Value::Number(state.sum.normalize()),
            Function::Min | Function::Max | Function::First | Function::Last => {
                state.chosen.as_ref().map_or(Value::Null, |member| member.value.clone())
            }
        }
    }

    fn chooses(&self) -> bool {
        !matches!(self.function, Function::Count | Function::Sum)
    }

    /// Which record a record counts in, and as what.
    fn counted(&self, values: &Fields) -> Option<(RecordId, Counted)> {
        let id = |name: &str| values.get(name)?.as_text()?.parse::<RecordId>().ok();
        let target = id(&self.field)?;
        let record = id("id")?;
        if let Some(condition) = &self.condition
            && !condition.holds(&Values::new(values, &Context::default()))
        {
            return None;
        }
        let of = |name: &str| values.get(name).cloned().unwrap_or(Value::Null);
        let value = self.value.as_deref().map_or(Value::Null, of);
        let key = match self.function {
            Function::First | Function::Last => of(&self.by),
            _ => value.clone(),
        };
        Some((target, Counted { record, key, value }))
    }

    /// Which of two is the one to choose: the lesser is.
    fn comes_before(&self, a: &Counted, b: &Counted) -> Ordering {
        let by_key = order(&a.key, &b.key).unwrap_or(Ordering::Equal);
        let by_key = by_key.then_with(|| a.record.cmp(&b.record));
        match self.function {
            Function::Max | Function::Last => by_key.reverse(),
            _ => by_key,
        }
    }
}

/// What is empty, or has no place in the order, is passed over.
fn can_be_chosen(member: &Counted) -> bool {
    !member.key.is_empty() && !member.value.is_empty()
}

fn amount(member: &Counted) -> Decimal {
    member.value.as_number().unwrap_or_default()
}
