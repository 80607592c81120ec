//! Values computed from very many records: made anew part by part, while people go on working with those records.

use std::sync::Arc;

use kapok::{
    Clock, Company, Kapok, ManualClock, PluginSource, RecordSave, Staff,
    protocol::{Entity, RecordId, RecordRef, Timestamp, Value},
};
use kapok_tables::{Queries, RecordJob, RecordJobState, RecordTask};

use crate::support::{change, fields};

/// More than are looked through in one commit, twice.
const VISITS: usize = 2_300;
const CUSTOMER: &str = "m.customer";
const VISIT: &str = "m.visit";

const PLUGIN: &str = r#"
[plugin]
id = "m"
version = "0.1.0"
label = { zh = "拜访", en = "Visits" }

[entities."m.customer"]
label = { zh = "客户", en = "Customer" }
title = "name"
[entities."m.customer".fields]
name = { pos = 1, type = "text", label = { zh = "名称", en = "Name" } }
visits = { pos = 2, type = "roll-up", entity = "m.visit", field = "customer", function = "count", label = { zh = "次数", en = "Visits" } }
hours = { pos = 3, type = "roll-up", entity = "m.visit", field = "customer", function = "sum", value = "hours", label = { zh = "时长", en = "Hours" } }
longest = { pos = 4, type = "roll-up", entity = "m.visit", field = "customer", function = "max", value = "hours", label = { zh = "最长", en = "Longest" } }
last = { pos = 5, type = "roll-up", entity = "m.visit", field = "customer", function = "last", value = "topic", by = "hours", label = { zh = "最近", en = "Last" } }
each = { pos = 6, type = "formula", expression = "hours / visits", result = "number", scale = 2, label = { zh = "平均", en = "Average" } }

[entities."m.visit"]
label = { zh = "拜访", en = "Visit" }
title = "topic"
[entities."m.visit".fields]
topic = { pos = 1, type = "text", label = { zh = "主题", en = "Topic" } }
customer = { pos = 2, type = "reference", entity = "m.customer", label = { zh = "客户", en = "Customer" } }
hours = { pos = 3, type = "number", label = { zh = "小时", en = "Hours" } }

[permissions."m.customer"]
everyone = { read = "all", create = "all", update = "all", delete = "all" }
[permissions."m.visit"]
everyone = { read = "all", create = "all", update = "all", delete = "all" }
"#;

const COMPANY: Company<'_> = Company {
    departments: "code,name,parent,head\n",
    roles: "code,name\n",
    people: "login,name,phone,email,department,superior,roles\nli.na,李娜,,,,,\n",
    records: &[],
};

struct World {
    kapok: Kapok,
    store: kapok::store::Store,
    clock: Arc<ManualClock>,
    person: Staff,
    customer: RecordRef,
    visits: Vec<RecordRef>,
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
        let plugin = PluginSource {
            origin: "visits.toml".into(),
            manifest: PLUGIN.into(),
            component: None,
            pages: Default::default(),
        };
        let store = kapok::store::Store::memory();
        let builder = Kapok::builder().clock(clock.clone()).plugins(vec![plugin]);
        let kapok = builder.open_store(store.clone());
        let kapok = kapok.unwrap_or_else(|error| panic!("{error}"));
        kapok.load_company(&COMPANY, "a good password").expect("the company");
        let token = kapok.create_token("li.na", "test").expect("a token");
        let person = kapok.token(token.reveal()).expect("reads").expect("active");
        let customer = kapok
            .save(CUSTOMER, None, fields([("name", "木棉".into())]))
            .expect("saves")
            .id;
        let mut world = Self {
            kapok,
            store,
            clock,
            person,
            customer: named(CUSTOMER, customer),
            visits: Vec::new(),
        };
        for number in 0..VISITS {
            // The longest are in the middle, so that neither the first nor the last part has them.
            let hours = VISITS / 2 - number.abs_diff(VISITS / 2);
            world.visit(hours as i64);
        }
        world
    }

    fn visit(&mut self, hours: i64) {
        let values = fields([
            ("topic", format!("拜访 {hours}").into()),
            ("customer", self.customer.id.to_string().into()),
            ("hours", hours.into()),
        ]);
        let visit = self.kapok.save(VISIT, None, values).expect("saves");
        self.visits.push(named(VISIT, visit.id));
    }

    fn set(&self, visit: &RecordRef, hours: i64) {
        let version = self.person.record(visit).expect("reads").version;
        self.person
            .save(change(visit, version, "hours", hours.into()))
            .unwrap_or_else(|error| panic!("{error}"));
    }

    /// Whether a value is being made anew.
    fn is_counting(&self) -> bool {
        let jobs = Queries(&self.store.view()).record_jobs(10).expect("reads");
        let is_recount = |job: &RecordJob| matches!(job.task, RecordTask::Recount { .. });
        jobs.iter()
            .any(|job| is_recount(job) && job.state == RecordJobState::Running)
    }

    /// What the customer shows, and what it should by adding up its visits.
    fn shown(&self) -> [[Value; 5]; 2] {
        let record = self.person.record(&self.customer).expect("reads");
        let field = |name: &str| record.fields.get(name).cloned().unwrap_or_default();
        let (mut visits, mut hours) = (0, rust_decimal::Decimal::ZERO);
        let mut longest: Option<(rust_decimal::Decimal, RecordId, Value)> = None;
        for visit in &self.visits {
            let Ok(visit) = self.person.record(visit) else { continue };
            let own = visit.fields["hours"].as_number().expect("a number");
            visits += 1;
            hours += own;
            if longest
                .as_ref()
                .is_none_or(|(most, id, _)| (*most, *id) < (own, visit.reference.id))
            {
                longest = Some((own, visit.reference.id, visit.fields["topic"].clone()));
            }
        }
        let (most, _, topic) = longest.expect("some");
        let each = (hours / rust_decimal::Decimal::from(visits)).round_dp(2).normalize();
        let expected = [
            visits.into(),
            Value::Number(hours),
            Value::Number(most),
            topic,
            Value::Number(each),
        ];
        [["visits", "hours", "longest", "last", "each"].map(field), expected]
    }
}

fn named(entity: &str, id: RecordId) -> RecordRef {
    RecordRef {
        entity: Entity::new(entity),
        id,
    }
}

#[test]
fn what_very_many_records_come_to_is_made_anew_part_by_part() {
    let mut world = World::new();
    assert!(!world.is_counting(), "what grows needs no counting");
    let [shown, expected] = world.shown();
    assert_eq!(shown, expected);
    // The greatest goes: the next one has to be looked for among all, and not in this commit.
    let greatest = world.visits[VISITS / 2].clone();
    world.person.delete(&greatest).expect("deletes");
    assert!(world.is_counting());
    let [shown, expected] = world.shown();
    assert_eq!(shown[..2], expected[..2], "counts and sums change by the difference");
    // What is counted already, and what is still to come, changes meanwhile.
    let (first, last) = (world.visits[3].clone(), world.visits[VISITS - 3].clone());
    world.set(&first, 5_000);
    world.set(&last, 4_000);
    world.set(&first, 1);
    world.visit(3_000);
    world.person.restore(&greatest).expect("restores");
    world.person.delete(&last).expect("deletes");
    world.clock.move_to(world.clock.now().plus_millis(1_000));
    world.kapok.run_due().expect("runs");
    assert!(!world.is_counting());
    let [shown, expected] = world.shown();
    assert_eq!(shown, expected);
    let report = world.kapok.verify().expect("reads");
    assert!(report.is_sound(), "{report:#?}");
}

#[test]
fn a_list_knows_what_is_computed() {
    let world = World::new();
    let other = world
        .kapok
        .save(CUSTOMER, None, fields([("name", "红棉".into())]))
        .expect("saves");
    let found = |field: &str, op, value: i64| {
        let query = kapok::ListQuery {
            filter: Some(kapok::protocol::Filter::Test(kapok::protocol::Test {
                field: field.into(),
                op,
                value: value.into(),
            })),
            ..kapok::ListQuery::all(Entity::new(CUSTOMER), 10)
        };
        let page = world.person.records(&query).unwrap_or_else(|error| panic!("{error}"));
        page.items.into_iter().map(|item| item.title).collect::<Vec<_>>()
    };
    use kapok::protocol::Operator::{Equal, Greater};
    // What nothing counts in is found by its 0, and by no formula that divides by it.
    assert_eq!(found("visits", Equal, 0), ["红棉"]);
    assert_eq!(found("visits", Greater, 0), ["木棉"]);
    assert_eq!(found("each", Greater, 1), ["木棉"]);
    let save = RecordSave::new(
        Entity::new(VISIT),
        fields([("customer", other.id.to_string().into()), ("hours", 7.into())]),
    );
    world.person.save(save).expect("saves");
    assert_eq!(found("each", Equal, 7), ["红棉"]);
    assert_eq!(found("visits", Equal, 0), [""; 0]);
}
