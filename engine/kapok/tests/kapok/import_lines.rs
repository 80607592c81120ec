//! Line items from files: rows that are one record together.

use kapok::{
    Company, ExportQuery, ImportMode, ImportOptions, ImportState, ImportView, Kapok, ListQuery, OnDuplicate,
    PluginSource, RecordView, SheetFormat, Staff,
    protocol::{Entity, ImportId, Value},
};

use crate::support::code;

const ORDER: &str = "shop.order";

const PLUGIN: &str = r#"
[plugin]
id = "shop"
version = "0.1.0"
label = { zh = "商店", en = "Shop" }

[entities."shop.product"]
label = { zh = "产品", en = "Product" }
title = "name"
[entities."shop.product".fields]
code = { pos = 1, type = "text", label = { zh = "编号", en = "Code" }, unique = true }
name = { pos = 2, type = "text", label = { zh = "名称", en = "Name" } }

[entities."shop.order"]
label = { zh = "订单", en = "Order" }
title = "number"
[entities."shop.order".fields]
number = { pos = 1, type = "text", label = { zh = "订单号", en = "Number" }, unique = true, required = true }
buyer = { pos = 2, type = "text", label = { zh = "买方", en = "Buyer" } }
total = { pos = 4, type = "formula", expression = 'sum(lines, "amount")', result = "money", label = { zh = "合计", en = "Total" } }
[entities."shop.order".fields.lines]
pos = 3
type = "lines"
label = { zh = "明细", en = "Lines" }
[entities."shop.order".fields.lines.columns]
product = { pos = 1, type = "reference", entity = "shop.product", label = { zh = "产品", en = "Product" }, required = true }
price = { pos = 2, type = "money", currency = "CNY", label = { zh = "单价", en = "Price" } }
quantity = { pos = 3, type = "number", min = 0, label = { zh = "数量", en = "Quantity" }, default = 1 }
amount = { pos = 4, type = "formula", expression = "price * quantity", result = "money", label = { zh = "金额", en = "Amount" } }

[roles.clerk]
label = { zh = "录入员", en = "Clerk" }
[permissions."shop.product"]
clerk = { read = "all", create = "all", import = "all" }
[permissions."shop.order"]
clerk = { read = "all", create = "all", update = "all", import = "all", export = "all" }
"#;

const COMPANY: Company<'static> = Company {
    departments: "code,name,parent,head\n",
    roles: "code,name\nadministrator,管理员\nclerk,录入员\n",
    people: "login,name,phone,email,department,superior,roles\nclerk,文静,,,,,clerk\nroot,管理员,,,,,administrator\n",
    records: &[],
};

struct World {
    kapok: Kapok,
    clerk: Staff,
}

impl World {
    fn new() -> Self {
        let plugin = PluginSource {
            origin: "shop.toml".into(),
            manifest: PLUGIN.into(),
            component: None,
            pages: Default::default(),
        };
        let kapok = Kapok::builder().plugins(vec![plugin]).memory().expect("opens");
        kapok.load_company(&COMPANY, "kapok-test").expect("the company");
        let token = kapok.create_token("clerk", "test").expect("a person");
        let clerk = kapok.token(token.reveal()).expect("reads").expect("active");
        let world = Self { kapok, clerk };
        let (id, options) = world.begin("shop.product", "编号,名称\n11,奶酪\n42,面条\n72,火腿\n");
        assert_eq!(world.run(id, &options).counts.created, 3);
        world
    }

    /// Brings a file in, with what is suggested for its columns.
    fn begin(&self, entity: &str, file: &str) -> (ImportId, ImportOptions) {
        let mut upload = self.clerk.upload().expect("begins");
        upload.write(file.as_bytes()).expect("writes");
        let file = upload.finish("file.csv").expect("finishes");
        let new = self
            .clerk
            .begin_import(&Entity::new(entity), &file.hash, "file.csv")
            .expect("begins");
        let options = ImportOptions {
            columns: new.suggestion,
            key: new.keys.into_iter().next(),
            ..ImportOptions::default()
        };
        (new.import.id, options)
    }

    /// Checks a file and imports it: both come to the same.
    fn run(&self, id: ImportId, options: &ImportOptions) -> ImportView {
        self.clerk.check_import(id, options).expect("checks");
        self.kapok.run_due().expect("runs");
        let checked = self.clerk.import(id).expect("is there");
        let said = self.failures(id);
        self.clerk.run_import(id, options).expect("runs");
        self.kapok.run_due().expect("runs");
        let done = self.clerk.import(id).expect("is there");
        assert_eq!((done.counts, self.failures(id)), (checked.counts, said));
        done
    }

    fn failures(&self, id: ImportId) -> String {
        let (_, file) = self.clerk.import_failures(id, SheetFormat::Csv).expect("a file");
        String::from_utf8(file).expect("UTF-8")
    }

    /// Each order's number, buyer, lines (their id, and what of) and total.
    fn orders(&self) -> Vec<(String, String, Vec<String>, String)> {
        let query = ListQuery::all(Entity::new(ORDER), 200);
        let mut items = self.clerk.records(&query).expect("lists").items;
        items.sort_by_key(|record| text(record.fields.get("number")));
        let line = |line: &Value| {
            let of = |name: &str| text(line.at(name));
            format!("{} {}x{}", of("id"), of("quantity"), of("price"))
        };
        let order = |record: &RecordView| {
            let lines = record.fields.get("lines").and_then(Value::as_list).unwrap_or_default();
            (
                text(record.fields.get("number")),
                text(record.fields.get("buyer")),
                lines.iter().map(line).collect(),
                text(record.fields.get("total")),
            )
        };
        items.iter().map(order).collect()
    }
}

fn text(value: Option<&Value>) -> String {
    value
        .map(|value| value.as_text().map_or_else(|| value.to_string(), str::to_owned))
        .unwrap_or_default()
}

fn order(number: &str, buyer: &str, lines: &[&str], total: &str) -> (String, String, Vec<String>, String) {
    let lines = lines.iter().map(|line| (*line).to_owned()).collect();
    (number.into(), buyer.into(), lines, total.into())
}

#[test]
fn rows_with_the_same_key_are_one_record_with_lines() {
    let world = World::new();
    // The order's own columns in each row, in the first one only, and a row without lines.
    let file =
        "订单号,买方,产品,单价,数量\n1,木棉,11,14.0000004,12\n1,木棉,面条,9.8,10\n2,红棉,72,34.8,5\n,,11,14,\n3,,,,\n";
    let (id, options) = world.begin(ORDER, file);
    let columns: Vec<_> = options.columns.iter().flatten().map(String::as_str).collect();
    assert_eq!(
        columns,
        ["number", "buyer", "lines.product", "lines.price", "lines.quantity"]
    );
    let preview = world.clerk.preview_import(id, &options).expect("previews");
    let shown: Vec<_> = preview.iter().map(|row| (row.row, row.outcome)).collect();
    assert_eq!(shown, [(2, "create"), (4, "create"), (6, "create")]);
    assert!(
        preview[0]
            .values
            .contains(&("lines.product".into(), "奶酪 / 面条".into())),
        "{:?}",
        preview[0].values
    );
    let done = world.run(id, &options);
    assert_eq!((done.counts.seen, done.counts.created, done.counts.failed), (5, 3, 0));
    let made = [
        order("1", "木棉", &["1 12x14", "2 10x9.8"], "266"),
        order("2", "红棉", &["1 5x34.8", "2 1x14"], "188"),
        order("3", "", &[], "0"),
    ];
    assert_eq!(world.orders(), made);

    // The lines of a file are all lines of its records; those that are there already stay the ones they are.
    let update = |file: &str| {
        let (id, options) = world.begin(ORDER, file);
        let options = ImportOptions {
            mode: ImportMode::Update,
            ..options
        };
        (id, world.run(id, &options).counts)
    };
    let (_, counts) = update("订单号,产品,单价,数量\n1,11,14,12\n1,42,9.8,10\n2,72,34.8,5\n2,11,14,\n");
    assert_eq!((counts.updated, counts.unchanged), (0, 2));
    let (id, counts) = update("订单号,产品,单价,数量\n1,42,9.8,10\n1,72,1,1\n3,11,2,1\n3,42,3,1\n");
    assert_eq!((counts.updated, counts.failed), (2, 0));
    assert_eq!(
        world.orders(),
        [
            order("1", "木棉", &["2 10x9.8", "3 1x1"], "99"),
            made[1].clone(),
            order("3", "", &["1 1x2", "2 1x3"], "5"),
        ]
    );
    world.clerk.undo_import(id).expect("undoes");
    world.kapok.run_due().expect("runs");
    assert_eq!(world.clerk.import(id).expect("is there").state, ImportState::Undone);
    let without_ids = |mut orders: Vec<(String, String, Vec<String>, String)>| {
        for line in orders.iter_mut().flat_map(|order| &mut order.2) {
            *line = line
                .split_once(' ')
                .map(|(_, line)| line.to_owned())
                .unwrap_or_default();
        }
        orders
    };
    assert_eq!(without_ids(world.orders()), without_ids(made.into()));
}

#[test]
fn lines_leave_as_rows_and_come_back_as_the_same() {
    let world = World::new();
    let (id, options) = world.begin(
        ORDER,
        "订单号,买方,产品,单价,数量\n1,木棉,11,14,12\n1,,面条,9.8,10\n2,红棉,,,\n",
    );
    assert_eq!(world.run(id, &options).counts.created, 2);
    let columns = [
        "number",
        "buyer",
        "lines.product",
        "lines.price",
        "lines.quantity",
        "lines.amount",
    ];
    let query = ExportQuery {
        list: ListQuery::all(Entity::new(ORDER), 0),
        columns: columns.map(str::to_owned).into(),
        format: SheetFormat::Csv,
    };
    let mut export = world.clerk.export(query).expect("exports");
    let mut file = Vec::new();
    while let Some(part) = export.next_part().expect("reads") {
        file.extend(part);
    }
    let file = String::from_utf8(file).expect("UTF-8");
    assert_eq!(
        file,
        "\u{feff}订单号,买方,产品,单价,数量,金额\r\n2,红棉,,,,\r\n1,木棉,奶酪,14.00,12,168.00\r\n1,木棉,面条,9.80,10,98.00\r\n"
    );
    let (id, options) = world.begin(ORDER, &file);
    let options = ImportOptions {
        mode: ImportMode::Update,
        ..options
    };
    assert_eq!(world.run(id, &options).counts.unchanged, 2);
}

#[test]
fn a_record_fails_with_all_its_rows_and_says_which_is_wrong() {
    let world = World::new();
    let file = "订单号,买方,产品,单价,数量\n1,木棉,11,1,1\n1,木棉,99,1,1\n2,甲,11,1,1\n2,乙,42,1,1\n3,丙,11,1,1\n3,丙,42,1,-1\n4,丁,11,1,1\n1,木棉,72,1,1\n";
    let (id, options) = world.begin(ORDER, file);
    // Not even those that are there already may be skipped when lines would be lost.
    let options = ImportOptions {
        duplicates: OnDuplicate::Skip,
        ..options
    };
    let done = world.run(id, &options);
    assert_eq!(
        (done.counts.created, done.counts.skipped, done.counts.failed),
        (1, 0, 7)
    );
    let said = world.failures(id);
    let rows: Vec<&str> = said.lines().skip(1).collect();
    assert_eq!(rows.len(), 7, "{said}");
    for (rows, reason) in [
        (&rows[0..2], "第 3 行：产品：找不到“99”"),
        (&rows[2..4], "第 5 行的“乙”与第 4 行的“甲”不一致"),
        (&rows[4..6], "第 7 行：“数量”不能小于 0"),
        (&rows[6..7], "须连续"),
    ] {
        assert!(rows.iter().all(|row| row.contains(reason)), "{reason}: {rows:?}");
    }
    assert_eq!(world.orders(), [order("4", "丁", &["1 1x1"], "1")]);
}

#[test]
fn lines_are_mapped_whole_or_by_their_columns() {
    let world = World::new();
    let (id, options) = world.begin(ORDER, "订单号,明细,产品\n1,[],11\n");
    assert_eq!(code(world.clerk.check_import(id, &options)), "import.field-twice");
    for unknown in ["lines.amount", "lines.nothing", "number.x"] {
        let options = ImportOptions {
            columns: vec![Some("number".into()), Some(unknown.into())],
            ..options.clone()
        };
        assert_eq!(
            code(world.clerk.check_import(id, &options)),
            "import.field",
            "{unknown}"
        );
    }
    // Without a key each row is a record of its own.
    let (id, options) = world.begin(ORDER, "订单号,产品,单价\n1,11,2\n2,42,3\n");
    let done = world.run(id, &ImportOptions { key: None, ..options });
    assert_eq!((done.counts.created, done.counts.failed), (2, 0));
}

/// A record of very many rows is refused as a whole, and nothing after it is lost.
#[test]
fn too_many_lines_are_refused() {
    let world = World::new();
    let mut file = "订单号,产品,单价\n".to_owned();
    file.push_str(&"1,11,1\n".repeat(1_005));
    file.push_str("2,11,1\n");
    let (id, options) = world.begin(ORDER, &file);
    let done = world.run(id, &options);
    assert_eq!(
        (done.counts.seen, done.counts.created, done.counts.failed),
        (1_006, 1, 1_005)
    );
    assert!(world.failures(id).contains("不超过 1000 行"));
}
