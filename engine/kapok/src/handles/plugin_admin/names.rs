//! What people call the records that a plugin asks for: whoever agrees to something has to be able to read it.

use std::collections::BTreeMap;

use kapok_plugin_host::Capabilities;
use kapok_protocol::Text;
use kapok_records::Catalogue;

/// The names of the entities, and of their fields as `entity.field`. What is not there has none.
pub(super) fn named(capabilities: &Capabilities, catalogue: &Catalogue) -> BTreeMap<String, Text> {
    let mut names = BTreeMap::new();
    for (entity, capability) in &capabilities.records {
        let Some(definition) = catalogue.entity(entity.as_str()) else {
            continue;
        };
        names.insert(entity.to_string(), definition.label.clone());
        let fields = capability.fields.iter().flatten();
        names.extend(fields.filter_map(|field| {
            let label = definition.field(field)?.label.clone();
            Some((format!("{entity}.{field}"), label))
        }));
    }
    names
}
