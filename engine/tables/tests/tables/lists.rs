//! The lists that the process engine decides by are the rows that belong to them, in their order.

use std::collections::BTreeMap;

use kapok_process::state::{Awaited, CompensationKey, KeptMessage, NodeIndex, State, Subscription, TokenKey};
use kapok_protocol::{MessageId, SubscriptionId};
use kapok_tables::ProcessState;
use proptest::{collection, option, prelude::*};

use crate::{
    any_row::{AnyRow, store_with},
    strategies,
};

/// The rows that are left when each was written over the one before.
#[derive(Default)]
struct Left {
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
    messages: BTreeMap<MessageId, KeptMessage>,
    compensations: BTreeMap<CompensationKey, ()>,
    tokens: BTreeMap<TokenKey, ()>,
}

impl Left {
    fn of(rows: &[AnyRow]) -> Self {
        let mut left = Self::default();
        for row in rows {
            match row.clone() {
                AnyRow::Subscription(row) => drop(left.subscriptions.insert(row.id, row)),
                AnyRow::Kept(row) => drop(left.messages.insert(row.id, row)),
                AnyRow::Compensation(key, _) => drop(left.compensations.insert(key, ())),
                AnyRow::Tokens(key, _) => drop(left.tokens.insert(key, ())),
                _ => {}
            }
        }
        left
    }

    fn waiting(&self, waits: impl Fn(&Subscription) -> bool) -> Vec<SubscriptionId> {
        let waiting = self.subscriptions.values().filter(|row| waits(row));
        waiting.map(|row| row.id).collect()
    }
}

proptest! {
    #[test]
    fn what_waits_is_found_by_what_it_waits_for(
        rows in collection::vec(strategies::waiting(), 0..40),
        (name, key) in (strategies::code(), option::of(strategies::code())),
        (place, bound, limit) in (strategies::place(), strategies::number(), 0..5_usize),
    ) {
        let store = store_with(|tx| rows.iter().try_for_each(|row| row.write(tx)));
        let view = store.view();
        let (state, left) = (ProcessState::new(&view), Left::of(&rows));
        let (instance, scope) = place;

        let mut all = state.message_subscriptions(&name, None, usize::MAX).expect("reads");
        all.sort();
        let by_name = |row: &Subscription| matches!(&row.awaited, Awaited::Message { name: own, .. } if *own == name);
        prop_assert_eq!(all, left.waiting(by_name));

        let exact = state.message_subscriptions(&name, Some(key.as_deref()), usize::MAX).expect("reads");
        let by_key = |row: &Subscription| {
            matches!(&row.awaited, Awaited::Message { name: own, key: awaited } if *own == name && *awaited == key)
        };
        prop_assert_eq!(exact, left.waiting(by_key));

        let after = SubscriptionId::new(bound);
        let told = state.signal_subscriptions(&name, after, limit).expect("reads");
        let mut signalled = left.waiting(|row| row.awaited == Awaited::Signal(name.clone()));
        signalled.retain(|id| Some(*id) > after);
        signalled.truncate(limit);
        prop_assert_eq!(told, signalled);

        let conditions = state.conditions(instance).expect("reads");
        let of_the_case = |row: &Subscription| {
            row.waiting.instance == instance && matches!(row.awaited, Awaited::Condition { .. })
        };
        prop_assert_eq!(conditions, left.waiting(of_the_case));

        let kept = state.messages(&name, limit).expect("reads");
        let mut named: Vec<_> = left.messages.values().filter(|row| row.name == name).map(|row| row.id).collect();
        named.truncate(limit);
        prop_assert_eq!(kept, named);

        let found = state.compensations(instance, scope, bound, limit).expect("reads");
        let in_scope = left.compensations.keys().filter(|key| (key.0, key.1) == place && key.2 < bound);
        let latest_first: Vec<u64> = in_scope.rev().map(|key| key.2).take(limit).collect();
        prop_assert_eq!(found, latest_first);

        let standing = state.nodes_with_tokens(instance, scope, None, usize::MAX).expect("reads");
        let in_scope = left.tokens.keys().filter(|key| (key.0, key.1) == place);
        let nodes: Vec<NodeIndex> = in_scope.map(|key| key.2).collect();
        prop_assert_eq!(standing, nodes);
    }
}
