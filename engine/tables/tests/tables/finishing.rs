//! A case that ends becomes one row, and shows what it showed before.

use kapok_process::state::{Changes, Compensation, ElementInstance, Event, Instance, NodeIndex};
use kapok_protocol::{InstanceId, Value};
use kapok_store::{Batch, Store};
use kapok_tables::{Prefix, Queries, Transaction, variables};
use proptest::{collection, prelude::*, sample::Index};

use crate::{
    any_row::everything,
    samples::{self, element_id, instance_id},
    strategies,
};

/// Commits what a command changed.
fn commit(store: &Store, changes: &Changes) {
    let view = store.view();
    let mut tx = Transaction::new(&view);
    tx.write_process(changes).expect("writes");
    let batch = Batch::from(tx.into_writes());
    drop(view);
    store.commit(batch, 0).expect("commits");
}

/// Activations, events, and the variables of the case and of an activation.
type Seen = (Vec<ElementInstance>, Vec<Event>, Variables, Variables);
type Variables = Vec<(String, Value)>;

/// What people see of a case.
fn seen(store: &Store, id: InstanceId) -> Seen {
    let view = store.view();
    let queries = Queries(&view);
    (
        queries.elements(id, usize::MAX).expect("reads"),
        queries.events(id, usize::MAX).expect("reads"),
        variables(&view, id, None, usize::MAX).expect("reads"),
        variables(&view, id, Some(element_id()), usize::MAX).expect("reads"),
    )
}

/// Besides the case's row there are its index rows, which are empty.
fn kinds_with_values(store: &Store) -> Vec<u8> {
    let rows = everything(store).into_iter().filter(|(_, value)| !value.is_empty());
    rows.map(|(key, _)| key[0]).collect()
}

/// What is of use only while a case goes on.
fn passing(mut changes: Changes) -> Changes {
    let (case, element) = (instance_id(), element_id());
    changes.items.push(((case, element, true, 1), Some(1.into())));
    changes.tokens.push(((case, None, NodeIndex(1)), Some(1)));
    changes.compensations.push((
        (case, None, 5),
        Some(Compensation {
            activity: element,
            node: NodeIndex(1),
        }),
    ));
    changes
}

proptest! {
    #[test]
    fn it_shows_what_it_showed_before(
        commands in collection::vec(any::<Index>(), 0..12),
        local in strategies::value(),
        last in any::<Index>(),
        again in any::<bool>(),
    ) {
        let (case, elements, events, values) = samples::finished();
        let active = Instance { state: kapok_process::state::InstanceState::Active, ended_at: None, ..case.clone() };
        // The rows come in several commands; what is left of them comes with the last one.
        let mut bounds: Vec<usize> = commands.iter().map(|index| index.index(events.len() + 1)).collect();
        bounds.push(last.index(events.len() + 1));
        bounds.sort_unstable();
        let part = |from: usize, to: usize| {
            let slice = |length: usize| from.min(length)..to.min(length);
            let mut changes = samples::changes_of(
                &active,
                &elements[slice(elements.len())],
                &events[slice(events.len())],
                &values[slice(values.len())],
            );
            changes.variables.push(((case.id, Some(element_id()), "own".into()), Some(local.clone())));
            passing(changes)
        };
        let (unfinished, finished) = (Store::memory(), Store::memory());
        let mut from = 0;
        for bound in bounds {
            for store in [&unfinished, &finished] {
                commit(store, &part(from, bound));
            }
            from = bound;
        }
        commit(&unfinished, &part(from, usize::MAX));
        let mut ending = part(from, usize::MAX);
        ending.instances = vec![(case.id, Some(case.clone()))];
        commit(&finished, &ending);
        if again {
            // Nothing of the engine does so, but nothing may be lost by it either.
            commit(&finished, &Changes { instances: vec![(case.id, Some(case.clone()))], ..Changes::default() });
        }
        prop_assert_eq!(seen(&finished, case.id), seen(&unfinished, case.id));
        prop_assert_eq!(kinds_with_values(&finished), vec![Prefix::Instance as u8]);
        prop_assert_eq!(Queries(&finished.view()).instance(case.id).expect("reads"), Some(case));
    }

    /// A damaged disk is told, and never ends the program.
    #[test]
    fn any_bytes_are_a_case_or_an_error(cut in any::<Index>(), bytes in collection::vec(any::<u8>(), 0..40)) {
        let (case, elements, events, values) = samples::finished();
        let store = Store::memory();
        commit(&store, &samples::changes_of(&case, &elements, &events, &values));
        let (key, value) = everything(&store).into_iter().find(|(_, value)| !value.is_empty()).expect("its row");
        let mut batch = Batch::new();
        batch.put(key, [&value[..cut.index(value.len())], bytes.as_slice()].concat());
        store.commit(batch, 0).expect("commits");
        let view = store.view();
        let _ = (Queries(&view).elements(case.id, 100), Queries(&view).events(case.id, 100), variables(&view, case.id, None, 100));
    }
}

#[test]
fn a_case_of_a_few_steps_takes_a_few_hundred_bytes() {
    let (case, elements, events, values) = samples::finished();
    let store = Store::memory();
    commit(&store, &samples::changes_of(&case, &elements, &events, &values));
    let size: usize = everything(&store)
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    assert!(size < 450, "{size} bytes");
}
