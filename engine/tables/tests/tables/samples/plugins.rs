//! Plugins and what they have still to do.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, JobId, Principal, RecordRef};
use kapok_tables::{PluginCall, PluginRow, PluginSchedule, PluginWork};

use super::{at, person, record_id, text};
use crate::any_row::AnyRow;

pub fn plugins() -> Vec<AnyRow> {
    let calls = [
        PluginCall::AfterSave {
            record: RecordRef {
                entity: Entity::new("quotes.quote"),
                id: record_id(),
            },
            created: true,
            changed: vec!["status".into()],
        },
        PluginCall::Schedule { name: "nightly".into() },
        PluginCall::Migrate {
            from: "0.1.0".into(),
            position: Some("7".into()),
        },
    ];
    let work = calls.into_iter().zip(230..).map(|(call, id)| PluginWork {
        id: JobId::new(id).expect("not zero"),
        plugin: "quotes".into(),
        call,
        caller: Principal::Person(person()),
        asked_at: at(1),
        depth: 2,
        attempts: 3,
        next: (id != 232).then(|| at(4)),
        problem: (id == 232).then(text),
    });
    let plugins = [true, false].map(|is_installed| PluginRow {
        id: if is_installed { "orders" } else { "quotes" }.into(),
        version: "1.2.3".into(),
        file: is_installed.then(|| "orders-1.2.3.kapok".into()),
        hash: is_installed.then(|| "ab12".into()),
        granted: is_installed.then(|| "{}".into()),
        disabled: !is_installed,
        settings: BTreeMap::new(),
        changed_at: at(2),
        changed_by: Principal::System,
    });
    let schedule = PluginSchedule {
        plugin: "quotes".into(),
        name: "nightly".into(),
        cron: "0 2 * * *".into(),
        next: at(60),
    };
    work.map(AnyRow::PluginWork)
        .chain(plugins.map(AnyRow::Plugin))
        .chain([AnyRow::PluginSchedule(schedule)])
        .collect()
}
