//! A company to play in.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use kapok::{
    Company, Error, Kapok, ManualClock, PluginSource, RecordSave, Staff, TaskCompletion, TaskView,
    process::state::InstanceState,
    protocol::{Decision, Entity, InstanceId, RecordId, RecordRef, Timestamp, Value},
    records::Fields,
};

pub const QUOTE: &str = "quotes.quote";
pub const CUSTOMER: &str = "customers.customer";
pub const QUOTE_APPROVAL: &str = include_str!("../../../../workflows/quote-approval/quote-approval.bpmn");

const COMPANY: Company<'_> = Company {
    departments: include_str!("../../../../examples/company/departments.csv"),
    roles: include_str!("../../../../examples/company/roles.csv"),
    people: include_str!("../../../../examples/company/people.csv"),
    records: &[],
};

/// An engine, and the clock it goes by.
pub struct World {
    pub kapok: Kapok,
    clock: Arc<ManualClock>,
}

impl World {
    /// In memory, with the sample company and the quote approval.
    pub fn new() -> Self {
        let world = Self::start(None);
        world.found();
        world
    }

    /// The same in a folder; whatever is there already stays.
    pub fn open(folder: &Path) -> Self {
        let world = Self::start(Some(folder));
        if !world.kapok.has_company() {
            world.found();
        }
        world
    }

    fn start(folder: Option<&Path>) -> Self {
        // 2026-11-23T08:00:00Z
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
        let builder = Kapok::builder().clock(clock.clone()).plugins(plugins());
        let kapok = match folder {
            Some(folder) => builder.open(folder),
            None => builder.memory(),
        };
        Self {
            kapok: kapok.expect("opens"),
            clock,
        }
    }

    fn found(&self) {
        self.kapok.load_company(&COMPANY, "kapok-test").expect("the company");
        self.kapok.deploy(QUOTE_APPROVAL).expect("deploys");
    }

    /// Lets hours pass, and what falls due happen.
    pub fn pass(&self, hours: i64) {
        use kapok::Clock;
        self.clock.move_to(self.clock.now().plus_millis(hours * 3_600_000));
        self.kapok.run_due().expect("runs");
    }

    /// A person, by the name they sign in with.
    pub fn staff(&self, login: &str) -> Staff {
        let token = self.kapok.create_token(login, "test").expect("a person");
        self.kapok.token(token.reveal()).expect("reads").expect("active")
    }

    /// A customer of a salesperson.
    pub fn customer(&self, seller: &Staff) -> RecordId {
        let name = format!("木棉科技 {}", self.kapok.sequence());
        let fields = fields([("name", name.into())]);
        seller
            .save(RecordSave::new(Entity::new(CUSTOMER), fields))
            .expect("a customer")
            .0
            .reference
            .id
    }

    /// A quote of one line that a salesperson saves, and the case that its save starts.
    pub fn quote(&self, seller: &Staff, price: i64) -> (RecordRef, InstanceId) {
        let (record, started) = seller.save(new_quote(self.customer(seller), price)).expect("a quote");
        (record.reference, started[0])
    }

    /// The one open task in a person's list.
    pub fn only_task(&self, person: &Staff) -> TaskView {
        let (mut tasks, _) = person.inbox(None, 20).expect("reads");
        assert_eq!((tasks.len(), person.inbox_count().expect("counts")), (1, 1));
        tasks.remove(0)
    }

    pub fn state(&self, case: InstanceId) -> InstanceState {
        self.kapok.instance(case).expect("a case").view.instance.state
    }

    /// A field of a record, as the top of the company sees it.
    pub fn field(&self, record: &RecordRef, field: &str) -> Value {
        let record = self.staff("chen.guodong").record(record).expect("a record");
        record.fields.get(field).cloned().unwrap_or_default()
    }
}

/// The plugins as they are built.
pub fn plugins() -> Vec<PluginSource> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/dist");
    let plugins = PluginSource::read_folder(&folder).unwrap_or_default();
    assert!(
        !plugins.is_empty(),
        "the plugins are not built: run `cargo xtask plugins` once"
    );
    // How SMS leave is tested where they do.
    plugins
        .into_iter()
        .filter(|plugin| !plugin.manifest.contains("id = \"sms-http\""))
        .collect()
}

pub fn fields<const N: usize>(fields: [(&str, Value); N]) -> Fields {
    fields.map(|(name, value)| (name.to_owned(), value)).into()
}

pub fn line(quantity: i64, price: i64) -> Value {
    Value::Map(fields([
        ("product", "减速机".into()),
        ("quantity", quantity.into()),
        ("price", price.into()),
    ]))
}

pub fn new_quote(customer: RecordId, price: i64) -> RecordSave {
    let lines = vec![line(2, price)];
    let fields = fields([
        ("title", "视觉检测项目".into()),
        ("customer", customer.to_string().into()),
        ("lines", lines.into()),
    ]);
    RecordSave::new(Entity::new(QUOTE), fields)
}

/// A change of one field of a record that is there.
pub fn change(record: &RecordRef, version: u64, field: &str, value: Value) -> RecordSave {
    RecordSave::change(record.clone(), version, fields([(field, value)]))
}

pub fn decision(decision: Decision, comment: &str) -> TaskCompletion {
    TaskCompletion {
        decision: Some(decision),
        comment: Some(comment.into()),
        ..TaskCompletion::default()
    }
}

pub fn approve() -> TaskCompletion {
    decision(Decision::Approve, "同意")
}

/// The code of the first reason why something was refused.
pub fn code<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    let error = answer.expect_err("refused");
    error
        .refusal()
        .map_or_else(|| error.to_string(), |refusal| refusal.code.clone())
}

/// A process of one element between start and end, that can be started by hand.
pub fn process(key: &str, element: &str) -> String {
    process_with(key, "", "<bpmn:startEvent id=\"start\"/>", element)
}

/// The same with settings of the process and another start event. The element's id is `step`.
pub fn process_with(key: &str, settings: &str, start: &str, element: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kapok="urn:kapok:bpmn:1"
    id="definitions" targetNamespace="urn:test">
  <bpmn:process id="{key}" name="{key}" isExecutable="true">
    <bpmn:extensionElements>{settings}</bpmn:extensionElements>
    {start}
    <bpmn:sequenceFlow id="in" sourceRef="start" targetRef="step"/>
    {element}
    <bpmn:sequenceFlow id="out" sourceRef="step" targetRef="end"/>
    <bpmn:endEvent id="end"/>
  </bpmn:process>
</bpmn:definitions>"#
    )
}

/// A user task for these assignee rules.
pub fn task_for(rules: &str) -> String {
    format!(
        r#"<bpmn:userTask id="step" name="办理"><bpmn:extensionElements><kapok:assignees>{rules}</kapok:assignees>
        </bpmn:extensionElements></bpmn:userTask>"#
    )
}

/// A start event by saved customers.
pub fn on_customer(event: &str) -> String {
    format!(
        r#"<bpmn:startEvent id="start"><bpmn:extensionElements>
        <kapok:recordTrigger entity="{CUSTOMER}" on="{event}"/></bpmn:extensionElements></bpmn:startEvent>"#
    )
}

pub fn no_variables() -> BTreeMap<String, Value> {
    BTreeMap::new()
}
