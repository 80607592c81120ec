//! Cases: everything that lies under one belongs to it, and what it counts and lists is there.

use std::collections::{BTreeMap, BTreeSet};

use kapok_process::state::{Compensation, ElementInstance, ElementState, Instance, InstanceState, NodeIndex};
use kapok_protocol::{ElementInstanceId, InstanceId, Text};

use super::{
    Drawings,
    cursor::{Cursor, decoded, find, find_element, placed},
    elements::{self, check_ended, check_live},
    report::Report,
};
use crate::{
    Prefix, Read, TableError,
    history::{Events, WHOLE_VERSION, Whole},
    rows::{Definition, Row},
};

/// The kinds of rows that lie under a case.
const UNDER: [Prefix; 6] = [
    Prefix::Element,
    Prefix::Variable,
    Prefix::Event,
    Prefix::Compensation,
    Prefix::Item,
    Prefix::Tokens,
];

/// One case with what lies under it: its live activations, and of the others that they are there.
pub(super) struct Case<'a> {
    pub(super) read: &'a dyn Read,
    pub(super) drawings: &'a dyn Drawings,
    pub(super) key: Vec<u8>,
    pub(super) row: Instance,
    /// Whether its activations, events and variables lie in its row.
    in_one_row: bool,
    pub(super) live: BTreeMap<ElementInstanceId, ElementInstance>,
    pub(super) ended: BTreeSet<ElementInstanceId>,
    /// How many live activations each scope has.
    pub(super) children: BTreeMap<Option<ElementInstanceId>, u32>,
    /// How many of them are event sub-processes.
    pub(super) handlers: BTreeMap<Option<ElementInstanceId>, u32>,
}

/// A row under a case.
type Under = (Prefix, Vec<u8>, Vec<u8>);

pub(super) fn check(read: &dyn Read, drawings: &dyn Drawings, report: &mut Report) -> Result<(), TableError> {
    let mut cases = Cursor::new(read, Prefix::Instance);
    let mut conditions = Cursor::new(read, Prefix::ConditionByInstance);
    let mut under = UNDER.map(|prefix| (prefix, Cursor::new(read, prefix)));
    loop {
        let mut next = cases.next_case()?;
        for (_, cursor) in &mut under {
            next = [next, cursor.next_case()?].into_iter().flatten().min();
        }
        let Some(number) = next else { break };
        let row = cases.next_of(number)?;
        let mut case = match row {
            Some((key, value)) => match Case::read(read, drawings, (&key, &value), report) {
                Some(case) => Some(case),
                // What lies under a case that cannot be read is left alone; the case is reported.
                None => {
                    skip(&mut under, number)?;
                    continue;
                }
            },
            None => None,
        };
        let mut waiting = 0;
        skip_to(&mut conditions, number)?;
        while conditions.next_of(number)?.is_some() {
            waiting += 1;
        }
        for (prefix, cursor) in &mut under {
            while let Some((key, value)) = cursor.next_of(number)? {
                let of = (*prefix, key.to_vec(), value.to_vec());
                match &mut case {
                    Some(case) => case.take(&of, report),
                    None => report.add(&key, no_case(number)),
                }
            }
        }
        if let Some(case) = case {
            case.check(waiting, report)?;
        }
    }
    Ok(())
}

pub(super) fn no_case(number: u64) -> Text {
    Text::new(
        format!("它所属的流程 {number} 不存在。"),
        format!("The case {number} that it belongs to does not exist."),
    )
}

fn skip(under: &mut [(Prefix, Cursor<'_>)], case: u64) -> Result<(), TableError> {
    for (_, cursor) in under {
        while cursor.next_of(case)?.is_some() {}
    }
    Ok(())
}

/// Index rows of cases that are not there are strays, and reported as such.
fn skip_to(cursor: &mut Cursor<'_>, case: u64) -> Result<(), TableError> {
    while cursor.next_case()?.is_some_and(|next| next < case) {
        cursor.next()?;
    }
    Ok(())
}

impl<'a> Case<'a> {
    /// Reads a case, with whatever else lies in its row; `None` when it cannot be read.
    fn read(
        read: &'a dyn Read,
        drawings: &'a dyn Drawings,
        (key, value): (&[u8], &[u8]),
        report: &mut Report,
    ) -> Option<Self> {
        let whole = if value.first() == Some(&WHOLE_VERSION) {
            Some(Whole::from_bytes(value).ok()?)
        } else {
            None
        };
        let mut case = Self {
            read,
            drawings,
            key: key.to_vec(),
            row: decoded(value)?,
            in_one_row: whole.is_some(),
            live: BTreeMap::new(),
            ended: BTreeSet::new(),
            children: BTreeMap::new(),
            handlers: BTreeMap::new(),
        };
        if let Some(whole) = whole {
            case.take_whole(key, whole, report);
        }
        Some(case)
    }

    /// Takes what lies in the row of a case.
    fn take_whole(&mut self, key: &[u8], whole: Whole<'_>, report: &mut Report) {
        for row in whole.elements.into_values() {
            self.take_element(key, row.into_owned(), report);
        }
        let scopes = whole.variables.keys().filter_map(|(scope, _)| *scope);
        let of_events = whole.events.iter().filter_map(|event| event.element);
        let known = scopes.chain(of_events).all(|id| self.has(id));
        report.expect(known, key, no_scope);
    }

    /// Where a live activation lies.
    pub(super) fn key_of(&self, row: &ElementInstance) -> Vec<u8> {
        if self.in_one_row {
            self.key.clone()
        } else {
            ElementInstance::key(&row.id()).into_bytes()
        }
    }

    /// Whether an activation is or was in this case. One that has ended may be on its way to be forgotten, some rows at a
    /// time; then nobody knows.
    fn has(&self, id: ElementInstanceId) -> bool {
        let is_going = self.row.state != InstanceState::Active && !self.in_one_row;
        is_going || self.live.contains_key(&id) || self.ended.contains(&id)
    }

    /// Takes a row under it. Elements come first.
    fn take(&mut self, (prefix, key, value): &Under, report: &mut Report) {
        let lies_in_it = matches!(prefix, Prefix::Element | Prefix::Variable | Prefix::Event);
        let is_over = self.row.state != InstanceState::Active;
        report.expect(!self.in_one_row || !(lies_in_it || is_over), key, || {
            Text::new(
                "它所属的流程归为一行，这一行是多余的。",
                "The case that it belongs to lies in one row: this row is left over.",
            )
        });
        match prefix {
            Prefix::Element => {
                if let Some(row) = decoded(value) {
                    self.take_element(key, row, report);
                }
            }
            Prefix::Event => self.check_event(key, value, report),
            Prefix::Variable => self.check_variable(key, report),
            Prefix::Compensation => self.check_compensation(key, value, report),
            Prefix::Item => self.check_item(key, report),
            Prefix::Tokens => self.check_tokens(key, value, report),
            _ => {}
        }
    }

    fn take_element(&mut self, key: &[u8], row: ElementInstance, report: &mut Report) {
        let drawn = self.drawings.node(self.row.definition, row.node);
        let known = drawn.is_some() || !self.drawings.can_read(self.row.definition);
        report.expect(known, key, || {
            Text::new(
                format!("流程定义 {} 中没有它的节点。", self.row.definition),
                format!("The definition {} has no such node.", self.row.definition),
            )
        });
        if row.state != ElementState::Active {
            check_ended(key, &row, report);
            self.ended.insert(row.id);
            return;
        }
        *self.children.entry(row.scope).or_default() += 1;
        if drawn.is_some_and(|drawn| drawn.is_handler) {
            *self.handlers.entry(row.scope).or_default() += 1;
        }
        self.live.insert(row.id, row);
    }

    fn check_event(&self, key: &[u8], value: &[u8], report: &mut Report) {
        let events = decoded::<Events>(value).map(|row| row.events).unwrap_or_default();
        let known = events.iter().filter_map(|event| event.element).all(|id| self.has(id));
        report.expect(known, key, no_scope);
    }

    fn check_variable(&self, key: &[u8], report: &mut Report) {
        let scope = scope_of(key);
        report.expect(scope.is_none_or(|scope| self.has(scope)), key, no_scope);
    }

    fn check_compensation(&self, key: &[u8], value: &[u8], report: &mut Report) {
        let activity = placed::<Compensation>(value).map(|row| row.activity);
        let known = scope_of(key).is_none_or(|scope| self.has(scope)) && activity.is_none_or(|id| self.has(id));
        report.expect(known, key, no_scope);
    }

    fn check_item(&self, key: &[u8], report: &mut Report) {
        let body = scope_of(key).and_then(|body| self.live.get(&body));
        report.expect(body.is_some_and(elements::is_body), key, || {
            Text::new(
                "它所属的多实例步骤不在进行中。",
                "The repeated activity that it belongs to does not run.",
            )
        });
    }

    /// A count of tokens is that of the live activations there.
    fn check_tokens(&self, key: &[u8], value: &[u8], report: &mut Report) {
        let (scope, node) = (scope_of(key), crate::key::last_number(key));
        let node = node.and_then(|node| u32::try_from(node).ok()).map(NodeIndex);
        let (Some(node), Some(count)) = (node, placed::<u32>(value)) else {
            return;
        };
        let standing = self
            .live
            .values()
            .filter(|row| (row.scope, row.node) == (scope, node))
            .count();
        report.expect(count as usize == standing && count > 0, key, || {
            Text::new(
                format!("令牌数记为 {count}，实际为 {standing}。"),
                format!("It counts {count} tokens; there are {standing}."),
            )
        });
    }

    fn check(&self, conditions: u32, report: &mut Report) -> Result<(), TableError> {
        self.check_state(report);
        self.check_counts(conditions, report);
        self.check_definition(report)?;
        self.check_caller(report)?;
        for row in self.live.values() {
            check_live(self, row, report)?;
        }
        elements::check_lists(
            self,
            &self.key,
            None,
            (&self.row.timers, &self.row.subscriptions),
            report,
        )?;
        elements::check_joins(self, &self.key, &self.row.joins, report);
        elements::check_counted(self, report)
    }

    fn check_state(&self, report: &mut Report) {
        let row = &self.row;
        let active = row.state == InstanceState::Active;
        report.expect(active != self.live.is_empty(), &self.key, || {
            if active {
                Text::new(
                    "流程在进行中，但没有任何步骤在进行。",
                    "The case is active, but nothing in it is live.",
                )
            } else {
                Text::new(
                    format!("流程已结束，但还有 {} 个步骤在进行。", self.live.len()),
                    format!("The case has ended, but {} of its elements are live.", self.live.len()),
                )
            }
        });
        report.expect(active == row.ended_at.is_none(), &self.key, || {
            Text::new("状态与结束时间不一致。", "Its state and its end disagree.")
        });
        let waits = !row.timers.is_empty() || !row.subscriptions.is_empty() || !row.joins.is_empty();
        report.expect(active || !waits, &self.key, || {
            Text::new(
                "流程已结束，但还列有等待中的事项。",
                "The case has ended, but lists what it waits for.",
            )
        });
    }

    fn check_counts(&self, conditions: u32, report: &mut Report) {
        let count = |map: &BTreeMap<_, u32>| map.get(&None).copied().unwrap_or_default();
        let counts = [
            (
                "进行中的步骤",
                "live elements",
                self.row.live_children,
                count(&self.children),
            ),
            (
                "事件子流程",
                "event sub-processes",
                self.row.handling,
                count(&self.handlers),
            ),
            ("等待的条件", "conditions waited for", self.row.conditions, conditions),
        ];
        for (zh, en, noted, there) in counts {
            report.expect(noted == there, &self.key, || miscounted(zh, en, noted, there));
        }
    }

    fn check_definition(&self, report: &mut Report) -> Result<(), TableError> {
        let there = self
            .read
            .get(Definition::key(&self.row.definition).as_bytes())?
            .is_some();
        report.expect(there, &self.key, || no_definition(self.row.definition.get()));
        Ok(())
    }

    /// Whoever called an active case waits for it.
    fn check_caller(&self, report: &mut Report) -> Result<(), TableError> {
        let Some(caller) = self.row.caller.filter(|_| self.row.state == InstanceState::Active) else {
            return Ok(());
        };
        let called = find_element(self.read, caller.0, caller.1)?.and_then(|row| row.called);
        report.expect(called == Some(self.row.id), &self.key, || {
            Text::new(
                format!("调用它的步骤（流程 {}）并不在等它。", caller.0),
                format!(
                    "The activity that called it, in the case {}, does not wait for it.",
                    caller.0
                ),
            )
        });
        Ok(())
    }
}

pub(super) fn miscounted(zh: &str, en: &str, noted: u32, there: u32) -> Text {
    Text::new(
        format!("{zh}记为 {noted} 个，实际为 {there} 个。"),
        format!("It counts {noted} {en}; there are {there}."),
    )
}

pub(super) fn no_definition(id: u64) -> Text {
    Text::new(
        format!("它所属的流程定义 {id} 不存在。"),
        format!("The definition {id} that it belongs to does not exist."),
    )
}

fn no_scope() -> Text {
    Text::new(
        "它所属的步骤不存在。",
        "The activation that it belongs to does not exist.",
    )
}

/// The second number of a key under a case: an activation, or none.
fn scope_of(key: &[u8]) -> Option<ElementInstanceId> {
    let bytes = key.get(9..17)?.try_into().ok()?;
    ElementInstanceId::new(u64::from_be_bytes(bytes))
}

/// Whether a case is there and active.
pub(super) fn is_active(read: &dyn Read, id: InstanceId) -> Result<bool, TableError> {
    Ok(find::<Instance>(read, &id)?.is_some_and(|case| case.state == InstanceState::Active))
}
