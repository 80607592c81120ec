//! The schema for editors is the one of the language, and the handbook names every key.

use kapok_records::Definitions;
use serde_json::Value as Json;

#[test]
fn the_committed_schema_is_current() {
    let current = format!("{:#}\n", Definitions::schema());
    let committed = include_str!("../../../plugins/wit/plugin.schema.json");
    assert!(
        committed == current,
        "plugins/wit/plugin.schema.json is old: cargo run -p kapok-records --example schema > plugins/wit/plugin.schema.json"
    );
}

fn keys<'s>(schema: &'s Json, found: &mut Vec<&'s str>) {
    if let Some(properties) = schema.get("properties").and_then(Json::as_object) {
        found.extend(properties.keys().map(String::as_str));
    }
    match schema {
        Json::Object(entries) => entries.values().for_each(|value| keys(value, found)),
        Json::Array(items) => items.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn the_handbook_speaks_of_every_key_and_type() {
    let schema = Definitions::schema();
    let mut words = Vec::new();
    keys(&schema, &mut words);
    let types = schema["$defs"]["field"]["properties"]["type"]["enum"]
        .as_array()
        .unwrap();
    words.extend(types.iter().filter_map(Json::as_str));
    let handbook = include_str!("../DEFINITIONS.md");
    let missing: Vec<&&str> = words
        .iter()
        .filter(|word| !handbook.contains(&format!("`{word}`")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(words.len() > 80, "{}", words.len());
}
