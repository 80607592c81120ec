//! A real module on top of the customers, `examples/plugin-orders` as it is built: a limit that holds, and what the first order
//! makes of its customer.

use std::{
    path::Path,
    sync::{Arc, Barrier},
    thread,
};

use kapok::{
    Company, Error, ImportMode, ImportOptions, Kapok, ManualClock, NewImport, NewShare, PluginSource, Receiver,
    RecordSave, ShareLevel, Staff,
    protocol::{Entity, RecordRef, Timestamp, Value},
    records::Fields,
};

use crate::support::{CUSTOMER, change, fields, plugins};

const PRODUCT: &str = "orders.product";
const ORDER: &str = "orders.order";
const COMPANY: Company<'_> = Company {
    departments: include_str!("../../../../examples/company/departments.csv"),
    roles: include_str!("../../../../examples/company/roles.csv"),
    people: include_str!("../../../../examples/company/people.csv"),
    records: &[],
};

fn orders() -> PluginSource {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/plugin-orders/dist");
    let read = |file: &str| {
        let told = |error| panic!("the example is not built ({file}: {error}): run `cargo xtask plugins` once");
        std::fs::read(folder.join(file)).unwrap_or_else(told)
    };
    PluginSource {
        origin: "orders/plugin.toml".into(),
        manifest: String::from_utf8(read("plugin.toml")).expect("UTF-8"),
        component: Some(read("plugin.wasm")),
        pages: Default::default(),
    }
}

struct World {
    kapok: Kapok,
    clock: Arc<ManualClock>,
}

impl World {
    fn new() -> Self {
        // 2026-11-23T08:00:00Z
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
        let mut plugins = plugins();
        plugins.push(orders());
        let built = Kapok::builder().clock(clock.clone()).plugins(plugins).memory();
        let kapok = built.expect("opens");
        kapok.load_company(&COMPANY, "kapok-test").expect("the company");
        Self { kapok, clock }
    }

    fn staff(&self, login: &str) -> Staff {
        let token = self.kapok.create_token(login, "test").expect("a person");
        self.kapok.token(token.reveal()).expect("reads").expect("active")
    }

    fn product(&self) -> RecordRef {
        let product = fields([
            ("code", "11".into()),
            ("product_name", "奶酪".into()),
            ("unit_price", 20.into()),
        ]);
        save(&self.staff("wang.wei"), PRODUCT, product).expect("a product")
    }

    fn customer(&self, seller: &Staff, code: &str, limit: i64) -> RecordRef {
        let customer = fields([
            ("name", format!("木棉 {code}").into()),
            ("code", code.into()),
            ("credit_limit", limit.into()),
        ]);
        save(seller, CUSTOMER, customer).expect("a customer")
    }

    fn field(&self, record: &RecordRef, name: &str) -> Value {
        let record = self.staff("chen.guodong").record(record).expect("a record");
        record.fields.get(name).cloned().unwrap_or_default()
    }

    /// Until the next night is over.
    fn pass_a_day(&self) {
        use kapok::Clock;
        self.clock.move_to(self.clock.now().plus_millis(24 * 3_600_000));
        self.kapok.run_due().expect("runs");
    }
}

fn save(seller: &Staff, entity: &str, fields: Fields) -> Result<RecordRef, Error> {
    let saved = seller.save(RecordSave::new(Entity::new(entity), fields));
    saved.map(|(view, _)| view.reference)
}

/// An order of so many of a product, each at the product's own price.
fn order(number: &str, customer: &RecordRef, product: &RecordRef, quantity: i64) -> Fields {
    let line = fields([
        ("product", product.id.to_string().into()),
        ("quantity", quantity.into()),
    ]);
    fields([
        ("number", number.into()),
        ("customer", customer.id.to_string().into()),
        ("lines", Value::List(vec![Value::Map(line)])),
    ])
}

fn code<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "done".into(),
        Err(error) => error
            .refusal()
            .map_or_else(|| error.to_string(), |refusal| refusal.code.clone()),
    }
}

#[test]
fn of_two_orders_against_one_limit_at_the_same_moment_one_is_refused() {
    let world = World::new();
    let seller = world.staff("li.na");
    let product = world.product();
    for round in 0..10 {
        let customer = world.customer(&seller, &format!("C{round}"), 100);
        let at_once = Barrier::new(2);
        let outcomes = thread::scope(|scope| {
            let both = ["a", "b"].map(|name| {
                let (seller, at_once) = (world.staff("li.na"), &at_once);
                let order = order(&format!("{round}{name}"), &customer, &product, 3);
                scope.spawn(move || {
                    at_once.wait();
                    code(save(&seller, ORDER, order))
                })
            });
            both.map(|thread| thread.join().expect("no panic"))
        });
        let mut outcomes = outcomes.to_vec();
        outcomes.sort();
        assert_eq!(outcomes, ["done", "orders.over-limit"]);
        assert_eq!(world.field(&customer, "open_orders"), 60.into());
    }
}

#[test]
fn what_is_shipped_or_less_than_before_is_within_every_limit() {
    let world = World::new();
    let seller = world.staff("li.na");
    let product = world.product();
    let customer = world.customer(&seller, "C", 100);
    let first = save(&seller, ORDER, order("1", &customer, &product, 5)).expect("an order");
    assert_eq!(world.field(&first, "total"), 100.into());
    let shown = seller.record(&first).expect("a record").display;
    assert_eq!(shown.get("lines.0.product").map(String::as_str), Some("奶酪"));
    assert_eq!(
        code(save(&seller, ORDER, order("2", &customer, &product, 1))),
        "orders.over-limit"
    );
    world.kapok.run_due().expect("runs");
    let version = seller.record(&customer).expect("a customer").version;
    seller
        .save(change(&customer, version, "credit_limit", 10.into()))
        .expect("lowered");
    let lines = |quantity: i64| {
        order("1", &customer, &product, quantity)
            .remove("lines")
            .unwrap_or_default()
    };
    let version = |record: &RecordRef| seller.record(record).expect("a record").version;
    seller
        .save(change(&first, version(&first), "lines", lines(4)))
        .expect("less");
    let more = seller.save(change(&first, version(&first), "lines", lines(5)));
    assert_eq!(code(more), "orders.over-limit");
    let shipped = change(&first, version(&first), "shipped_date", "2026-11-23".into());
    seller.save(shipped).expect("shipped");
    assert_eq!(world.field(&customer, "open_orders"), 0.into());
    assert_eq!(world.field(&customer, "ordered"), 80.into());
}

/// R15. A plugin does what its caller may do: where that is not enough, the night does the rest.
#[test]
fn the_first_order_makes_a_prospect_an_existing_customer() {
    let world = World::new();
    let (seller, colleague, leader) = (world.staff("li.na"), world.staff("he.junjie"), world.staff("wang.wei"));
    let product = world.product();
    let own = world.customer(&seller, "OWN", 1_000);
    let shared = world.customer(&seller, "SHARED", 1_000);
    assert_eq!(world.field(&own, "standing"), "prospect".into());
    save(&seller, ORDER, order("1", &own, &product, 1)).expect("an order");
    let share = NewShare {
        to: Receiver::Person(colleague.person()),
        level: ShareLevel::Read,
        until: None,
        reason: String::new(),
    };
    seller.share(&shared, share).expect("shared");
    save(&colleague, ORDER, order("2", &shared, &product, 1)).expect("an order");
    world.kapok.run_due().expect("runs");
    assert_eq!(world.field(&own, "standing"), "existing".into());
    assert_eq!(world.field(&shared, "standing"), "prospect".into());
    world.pass_a_day();
    assert_eq!(world.field(&shared, "standing"), "existing".into());
    // Nobody writes it by hand, and no call of the plugin failed.
    let version = leader.record(&own).expect("a customer").version;
    let by_hand = leader.save(change(&own, version, "standing", "prospect".into()));
    assert_eq!(code(by_hand), "field.read-only");
    let admin = world.staff("admin").administrator().expect("an administrator");
    assert!(admin.plugin_work().expect("reads").is_empty());
}

/// The way in which most orders come: from the files of another system, in which things have numbers.
#[test]
fn files_of_another_system_become_orders() {
    let world = World::new();
    let leader = world.staff("wang.wei");
    let begin = |entity: &str, file: &str| -> NewImport {
        let mut upload = leader.upload().expect("begins");
        upload.write(file.as_bytes()).expect("writes");
        let stored = upload.finish("file.csv").expect("finishes");
        leader
            .begin_import(&Entity::new(entity), &stored.hash, "file.csv")
            .expect("begins")
    };
    let run = |new: NewImport, mapped: &[(usize, &str)], mode: ImportMode| {
        let mut columns = new.suggestion;
        for (index, field) in mapped {
            columns[*index] = Some((*field).to_owned());
        }
        let options = ImportOptions {
            columns,
            mode,
            key: (mode != ImportMode::Create).then(|| "number".to_owned()),
            ..ImportOptions::default()
        };
        leader.run_import(new.import.id, &options).expect("runs");
        world.kapok.run_due().expect("runs");
        let counts = leader.import(new.import.id).expect("is there").counts;
        (counts.created, counts.updated, counts.failed)
    };
    let customers = "customer_id,company_name,phone\nALFKI,Alfreds Futterkiste,030-0074321\nVINET,Vins et alcools Chevalier,26.47.15.10\n";
    let new = begin(CUSTOMER, customers);
    assert_eq!(run(new, &[(0, "code"), (1, "name")], ImportMode::Create), (2, 0, 0));
    let products = "product_id,product_name,category_id,quantity_per_unit,unit_price,discontinued\n11,Queso Cabrales,4,1 kg pkg.,21,0\n42,Mee,5,32 pkgs.,14,1\n";
    let new = begin(PRODUCT, products);
    assert_eq!(run(new, &[(0, "code")], ImportMode::Create), (2, 0, 0));
    let orders = "order_id,customer_id,employee_id,order_date,shipped_date,ship_via,freight\n10248,VINET,li.na,1996-07-04,1996-07-16,3,32.3800011\n10249,ALFKI,he.junjie,1996-07-05,,1,11.6099997\n10250,NOBOD,li.na,1996-07-05,,1,1\n";
    let new = begin(ORDER, orders);
    assert_eq!(run(new, &[(0, "number"), (2, "owner")], ImportMode::Create), (2, 0, 1));
    let lines = "order_id,product_id,unit_price,quantity,discount\n10248,11,14,12,0\n10248,42,9.80000019,10,0.150000006\n10249,11,18.6000004,9,0\n";
    let new = begin(ORDER, lines);
    let columns: Vec<_> = new
        .suggestion
        .iter()
        .map(|column| column.as_deref().unwrap_or("-"))
        .collect();
    assert_eq!(
        columns[1..],
        ["lines.product", "lines.unit_price", "lines.quantity", "lines.discount"]
    );
    assert_eq!(run(new, &[(0, "number")], ImportMode::Update), (0, 2, 0));
    let found = leader
        .records(&kapok::ListQuery::all(Entity::new(CUSTOMER), 10))
        .expect("lists")
        .items;
    let mut came: Vec<_> = found
        .iter()
        .map(|customer| {
            let of = |field: &str| customer.fields.get(field).cloned().unwrap_or_default();
            (of("code"), of("ordered"), of("open_orders"), of("standing"))
        })
        .collect();
    came.sort_by_key(|customer| customer.0.to_string());
    let number = |text: &str| Value::Number(text.parse().expect("a number"));
    assert_eq!(
        came,
        [
            ("ALFKI".into(), number("167.4"), number("167.4"), "existing".into()),
            ("VINET".into(), number("251.3"), 0.into(), "existing".into()),
        ]
    );
}
