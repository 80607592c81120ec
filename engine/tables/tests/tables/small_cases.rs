//! A small case is one row. One that grows is spread over rows, once, and nobody who reads can tell.

use std::collections::BTreeMap;

use kapok_process::state::{
    Changes, ElementInstance, ElementState, Event, EventKind, Instance, InstanceState, NodeIndex, State,
};
use kapok_protocol::{ElementInstanceId, Principal, Value};
use kapok_store::{Batch, Store};
use kapok_tables::{Prefix, ProcessState, Queries, Transaction, variables};
use proptest::{collection, prelude::*};

use crate::{
    any_row::everything,
    samples::{self, definition_id, instance_id},
};

/// What there is to be read of a case.
#[derive(Debug, Clone, PartialEq)]
struct Model {
    case: Instance,
    elements: BTreeMap<ElementInstanceId, ElementInstance>,
    variables: BTreeMap<(Option<ElementInstanceId>, String), Value>,
    events: Vec<Event>,
    /// The last id drawn.
    last: u64,
}

/// What a command does to it.
#[derive(Debug, Clone)]
enum Step {
    /// An activation begins, inside the one before it or at the top.
    Enter { inside: bool },
    /// The oldest live one ends.
    Leave,
    /// A variable is written, this long.
    Write { own: bool, name: u8, bytes: usize },
    /// A variable goes.
    Erase { name: u8 },
    /// The case waits for one condition more: nothing but its own row changes.
    Wait,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => any::<bool>().prop_map(|inside| Step::Enter { inside }),
        2 => Just(Step::Leave),
        2 => (any::<bool>(), 0..4_u8, prop_oneof![9 => 0..40_usize, 1 => 1_000..3_000_usize])
            .prop_map(|(own, name, bytes)| Step::Write { own, name, bytes }),
        1 => (0..4_u8).prop_map(|name| Step::Erase { name }),
        1 => Just(Step::Wait),
    ]
}

impl Model {
    fn new() -> Self {
        let at = samples::finished().0.started_at;
        Self {
            case: Instance::new(instance_id(), definition_id(), at),
            elements: BTreeMap::new(),
            variables: BTreeMap::new(),
            events: Vec::new(),
            last: instance_id().get(),
        }
    }

    fn id(&mut self) -> ElementInstanceId {
        self.last += 1;
        ElementInstanceId::new(self.last).expect("not zero")
    }

    fn tell(&mut self, changes: &mut Changes, row: &ElementInstance, kind: EventKind) {
        let event = Event {
            instance: self.case.id,
            sequence: self.id().get(),
            at: self.case.started_at,
            actor: Principal::System,
            element: Some(row.id),
            node: Some(row.node),
            kind,
        };
        self.events.push(event.clone());
        changes.events.push(event);
    }

    fn put(&mut self, changes: &mut Changes, row: ElementInstance) {
        changes.elements.push(((self.case.id, row.id), Some(row.clone())));
        self.elements.insert(row.id, row);
    }

    fn take(&mut self, step: &Step) -> Changes {
        let mut changes = Changes::default();
        match step {
            Step::Enter { inside } => {
                let scope = self.elements.keys().next_back().copied().filter(|_| *inside);
                let (id, at) = (self.id(), self.case.started_at);
                let row = ElementInstance::new(id, self.case.id, NodeIndex(1), scope, Vec::new(), at);
                self.tell(&mut changes, &row, EventKind::Activated);
                self.put(&mut changes, row);
                self.case.activations += 1;
                changes.instances.push((self.case.id, Some(self.case.clone())));
            }
            Step::Leave => {
                let live = self.elements.values().find(|row| row.state == ElementState::Active);
                if let Some(mut row) = live.cloned() {
                    (row.state, row.left_at) = (ElementState::Completed, Some(row.entered_at));
                    self.tell(&mut changes, &row, EventKind::Completed);
                    self.put(&mut changes, row);
                }
            }
            Step::Write { own, name, bytes } => {
                let scope = self.elements.keys().next().copied().filter(|_| *own);
                let (name, value) = (name.to_string(), Value::from("x".repeat(*bytes)));
                changes
                    .variables
                    .push(((self.case.id, scope, name.clone()), Some(value.clone())));
                self.variables.insert((scope, name), value);
            }
            Step::Erase { name } => {
                changes.variables.push(((self.case.id, None, name.to_string()), None));
                self.variables.remove(&(None, name.to_string()));
            }
            Step::Wait => {
                self.case.conditions += 1;
                changes.instances.push((self.case.id, Some(self.case.clone())));
            }
        }
        changes
    }

    /// What a store says of the case.
    fn read(&self, store: &Store) -> Self {
        let view = store.view();
        let (queries, id) = (Queries(&view), self.case.id);
        let elements = queries.elements(id, usize::MAX).expect("reads");
        let scopes = elements.iter().map(|row| Some(row.id)).chain([None]);
        let of_scope = |scope| {
            let found = variables(&view, id, scope, usize::MAX).expect("reads");
            found.into_iter().map(move |(name, value)| ((scope, name), value))
        };
        Self {
            case: queries.instance(id).expect("reads").expect("a case"),
            variables: scopes.flat_map(of_scope).collect(),
            elements: elements.into_iter().map(|row| (row.id, row)).collect(),
            events: queries.events(id, usize::MAX).expect("reads"),
            last: self.last,
        }
    }

    /// What the process engine is answered, in whatever order it asks.
    fn check_state(&self, store: &Store) {
        let view = store.view();
        let id = self.case.id;
        for asks_for_case_first in [true, false] {
            let state = ProcessState::new(&view);
            if asks_for_case_first {
                assert_eq!(state.instance(id), Ok(Some(self.case.clone())));
            }
            for row in self.elements.values() {
                assert_eq!(state.element(id, row.id), Ok(Some(row.clone())));
            }
            let nobody = ElementInstanceId::new(self.last + 1).expect("not zero");
            assert_eq!(state.element(id, nobody), Ok(None));
            for scope in self.elements.keys().copied().map(Some).chain([None]) {
                let live = self.elements.values();
                let live = live.filter(|row| row.scope == scope && row.state == ElementState::Active);
                assert_eq!(state.live_elements(id, scope), Ok(live.map(|row| row.id).collect()));
                let own = self.variables.iter().filter(|((at, _), _)| *at == scope);
                let own: Vec<_> = own.map(|((_, name), value)| (name.clone(), value.clone())).collect();
                assert_eq!(state.variables(id, scope), Ok(own));
            }
            for ((scope, name), value) in &self.variables {
                assert_eq!(state.variable(id, *scope, name), Ok(Some(value.clone())));
            }
            assert_eq!(state.variable(id, None, "nobody's"), Ok(None));
        }
    }
}

/// Commits what a command changed; how many rows that were.
fn commit(store: &Store, changes: &Changes) -> usize {
    let view = store.view();
    let mut tx = Transaction::new(&view);
    tx.write_process(changes).expect("writes");
    let batch = Batch::from(tx.into_writes());
    let changed = batch.len();
    drop(view);
    store.commit(batch, 0).expect("commits");
    changed
}

fn is_one_row(store: &Store) -> bool {
    let rows = everything(store).into_iter().filter(|(_, value)| !value.is_empty());
    rows.map(|(key, _)| key[0]).eq([Prefix::Instance as u8])
}

proptest! {
    // Each is read whole after each of its steps.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_case_is_what_its_commands_made_of_it(
        first in 1..40_usize,
        steps in collection::vec(step(), 0..60),
        ends in any::<bool>(),
    ) {
        let (store, mut model) = (Store::memory(), Model::new());
        // A case begins with one command that has gone some way.
        let mut beginning = Changes::default();
        for _ in 0..first {
            let changes = model.take(&Step::Enter { inside: false });
            beginning.elements.extend(changes.elements);
            beginning.events.extend(changes.events);
            beginning.instances = changes.instances;
        }
        commit(&store, &beginning);
        let mut has_been_spread = false;
        for step in &steps {
            prop_assert_eq!(model.read(&store), model.clone());
            model.check_state(&store);
            prop_assert!(!(has_been_spread && is_one_row(&store)), "rows become one only at the end");
            has_been_spread = !is_one_row(&store);
            prop_assert!(has_been_spread || model.case.activations <= 32);
            commit(&store, &model.take(step));
        }
        if ends {
            model.case.state = InstanceState::Completed;
            commit(&store, &Changes { instances: vec![(model.case.id, Some(model.case.clone()))], ..Changes::default() });
            prop_assert!(is_one_row(&store));
        }
        prop_assert_eq!(model.read(&store), model);
    }
}

/// The steps of a small case change one row of it, those of a large one as many as they are about.
#[test]
fn what_a_step_changes_does_not_grow() {
    let (store, mut model) = (Store::memory(), Model::new());
    let changed: Vec<usize> = (0..200)
        .map(|_| commit(&store, &model.take(&Step::Enter { inside: false })))
        .collect();
    let (small, large) = (&changed[1..32], &changed[33..]);
    assert!(small.iter().all(|rows| *rows == 1), "{small:?}");
    // The case, the activation with its index row, the events.
    assert!(large.iter().all(|rows| *rows == 4), "{large:?}");
    let spreading = changed[32];
    assert!(spreading < 3 * 34, "{spreading}");
}
