//! Keys of indexes.

mod common;

use common::{catalogue, record};
use kapok_protocol::Value;
use kapok_records::{index_entries, sort_key};
use kapok_rules::order;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn scalar() -> impl Strategy<Value = Value> {
    let number = (any::<i64>(), 0u32..20).prop_map(|(mantissa, scale)| Value::Number(Decimal::new(mantissa, scale)));
    let small = (-200i64..200, 0u32..3).prop_map(|(mantissa, scale)| Value::Number(Decimal::new(mantissa, scale)));
    let text = prop_oneof!["[a-b\u{0}\u{1}]{0,4}", ".{0,6}"].prop_map(Value::from);
    prop_oneof![number, small, text, any::<bool>().prop_map(Value::from)]
}

proptest! {
    /// Keys sort as values do, and equal values have equal keys.
    #[test]
    fn keys_sort_as_values_do(a in scalar(), b in scalar()) {
        let (left, right) = (sort_key(&a), sort_key(&b));
        if let Some(expected) = order(&a, &b) {
            prop_assert_eq!(left.cmp(&right), expected);
        } else {
            prop_assert_ne!(&left, &right);
        }
        prop_assert!(left == right || !right.starts_with(&left));
    }
}

#[test]
fn the_ends_of_the_numbers_sort_too() {
    let numbers = [
        Decimal::MIN,
        Decimal::new(-1, 28),
        Decimal::ZERO,
        Decimal::new(1, 28),
        Decimal::MAX,
    ];
    let keys: Vec<_> = numbers.map(|number| sort_key(&number.into())).into();
    assert!(keys.is_sorted());
}

#[test]
fn a_record_is_found_by_its_unique_and_sorted_fields() {
    let catalogue = catalogue();
    let entity = catalogue.entity("quotes.quote").unwrap();
    let entries = index_entries(entity, &record(1, Some(7), r#"{"number":"BJ1","total":5}"#));
    assert_eq!(entries.unique, [("number".to_owned(), sort_key(&"BJ1".into()))]);
    assert_eq!(entries.sort.len(), 6);
    assert_eq!(entries.owner.map(|owner| owner.get()), Some(7));
}
