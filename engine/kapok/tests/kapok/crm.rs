//! A small plugin of accounts and contacts, for what the shipped ones do not have.

use std::sync::Arc;

use kapok::{
    Company, Kapok, ManualClock, PluginSource, RecordSave, Retention, Settings, Staff,
    process::state::NodeIndex,
    protocol::{DefinitionId, Entity, RecordId, RecordRef, Timestamp, Value},
    store::Store,
};
use kapok_tables::verify::{Drawings, Drawn, verify};

use crate::support::fields;

pub const ACCOUNT: &str = "crm.account";
pub const CONTACT: &str = "crm.contact";

const PLUGIN: &str = include_str!("crm.toml");

const COMPANY: Company<'_> = Company {
    departments: include_str!("../../../../examples/company/departments.csv"),
    roles: include_str!("../../../../examples/company/roles.csv"),
    people: include_str!("../../../../examples/company/people.csv"),
    records: &[],
};

/// An engine with the plugin and the sample company.
pub struct Crm {
    pub kapok: Kapok,
    store: Store,
    clock: Arc<ManualClock>,
}

impl Crm {
    pub fn new() -> Self {
        // 2026-11-23T08:00:00Z
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
        let retention = Retention {
            trash: Some(30),
            ..Retention::default()
        };
        let settings = Settings {
            retention,
            ..Settings::default()
        };
        let plugin = PluginSource {
            origin: "crm.toml".into(),
            manifest: PLUGIN.into(),
            component: None,
            pages: Default::default(),
        };
        let builder = Kapok::builder()
            .clock(clock.clone())
            .settings(settings)
            .plugins(vec![plugin]);
        let store = Store::memory();
        let kapok = builder.open_store(store.clone()).expect("opens");
        kapok.load_company(&COMPANY, "kapok-test").expect("the company");
        Self { kapok, store, clock }
    }

    /// Lets days pass, and what falls due happen.
    pub fn pass(&self, days: i64) {
        use kapok::Clock;
        self.clock.move_to(self.clock.now().plus_millis(days * 24 * 3_600_000));
        self.kapok.run_due().expect("runs");
    }

    pub fn staff(&self, login: &str) -> Staff {
        let token = self.kapok.create_token(login, "test").expect("a person");
        self.kapok.token(token.reveal()).expect("reads").expect("active")
    }

    pub fn account(&self, seller: &Staff, name: &str) -> RecordRef {
        self.made(seller, ACCOUNT, [("name", name.into())])
    }

    pub fn contact(&self, seller: &Staff, name: &str, account: RecordId) -> RecordRef {
        self.made(
            seller,
            CONTACT,
            [("name", name.into()), ("account", account.to_string().into())],
        )
    }

    pub fn made<const N: usize>(&self, seller: &Staff, entity: &str, values: [(&str, Value); N]) -> RecordRef {
        let save = RecordSave::new(Entity::new(entity), fields(values));
        let (record, _) = seller.save(save).unwrap_or_else(|error| panic!("{error}"));
        record.reference
    }

    /// Whether the rows agree with each other after all that.
    pub fn is_sound(&self) -> bool {
        let report = verify(&self.store.view(), &NoProcesses).expect("reads");
        assert!(report.findings.is_empty(), "{:?}", report.findings);
        true
    }
}

/// There are none here.
struct NoProcesses;

impl Drawings for NoProcesses {
    fn can_read(&self, _: DefinitionId) -> bool {
        false
    }

    fn node(&self, _: DefinitionId, _: NodeIndex) -> Option<Drawn> {
        None
    }
}
