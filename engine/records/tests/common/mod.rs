//! The shipped definitions, and values from JSON text.
#![allow(dead_code, reason = "every test file uses a part of it")]

use kapok_protocol::{PersonId, Record, RecordId, Timestamp, Value};
use kapok_records::{Catalogue, Definitions, Fields};

pub fn catalogue() -> Catalogue {
    let files = [
        (
            "plugins/customers/plugin.toml",
            include_str!("../../../../plugins/customers/plugin.toml"),
        ),
        (
            "plugins/standards/plugin.toml",
            include_str!("../../../../plugins/standards/plugin.toml"),
        ),
        (
            "plugins/tracking/plugin.toml",
            include_str!("../../../../plugins/tracking/plugin.toml"),
        ),
        (
            "plugins/quotes/plugin.toml",
            include_str!("../../../../plugins/quotes/plugin.toml"),
        ),
    ];
    let definitions =
        files.map(|(file, source)| Definitions::parse(file, source).unwrap_or_else(|errors| panic!("{errors:#?}")));
    Catalogue::new(definitions).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

pub fn fields(json: &str) -> Fields {
    let value: Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    value.as_map().expect("an object").clone()
}

pub fn person(id: u64) -> PersonId {
    PersonId::new(id).expect("not zero")
}

pub fn record(id: u64, owner: Option<u64>, values: &str) -> Record {
    Record {
        id: RecordId::new(id).expect("not zero"),
        version: 3,
        owner: owner.map(person),
        created_at: Timestamp::from_millis(0),
        created_by: None,
        updated_at: Timestamp::from_millis(0),
        fields: fields(values),
    }
}
