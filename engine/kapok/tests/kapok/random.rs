//! Companies drawn at random: whoever asks, and however they ask, they are shown the records that they get one by one, and
//! no others. The seed of a failure is printed with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::Arc,
};

use kapok::{
    Clock, Company, Group, Kapok, ListQuery, ManualClock, NewShare, PluginSource, Receiver, RecordView, ShareLevel,
    Staff, StatisticsQuery,
    protocol::{Entity, Filter, Operator, PersonId, RecordId, RecordRef, Test, Timestamp, Value},
    records::{Fields, Sort},
};

use crate::support::{code, no_variables, process_with, task_for};

const CASES: u64 = 12;
const PEOPLE: usize = 15;
const CUSTOMERS: usize = 36;
const VISITS: usize = 24;
const SHARES: usize = 24;
const ROLES: [&str; 4] = ["one", "two", "three", "four"];
const LEVELS: [&str; 7] = [
    "none",
    "own",
    "shared",
    "subordinates",
    "department",
    "department-tree",
    "all",
];
const CUSTOMER: &str = "m.customer";
const VISIT: &str = "m.visit";

const ENTITIES: &str = r#"
[plugin]
id = "m"
version = "0.1.0"
label = { zh = "随机", en = "Random" }

[entities."m.customer"]
label = { zh = "客户", en = "Customer" }
title = "name"
[entities."m.customer".fields]
name = { pos = 1, type = "text", label = { zh = "名称", en = "Name" } }
amount = { pos = 2, type = "number", label = { zh = "金额", en = "Amount" } }
secret = { pos = 3, type = "text", label = { zh = "秘密", en = "Secret" } }

[entities."m.visit"]
label = { zh = "拜访", en = "Visit" }
title = "name"
parent = "customer"
[entities."m.visit".fields]
name = { pos = 1, type = "text", label = { zh = "内容", en = "Name" } }
amount = { pos = 2, type = "number", label = { zh = "金额", en = "Amount" } }
secret = { pos = 3, type = "text", label = { zh = "秘密", en = "Secret" } }
customer = { pos = 4, type = "reference", entity = "m.customer", label = { zh = "客户", en = "Customer" } }

[roles.all]
label = { zh = "全部", en = "All" }
"#;

/// SplitMix64: small, and the same everywhere.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn of<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }
}

/// A company with its records.
struct World {
    kapok: Kapok,
    people: BTreeMap<String, PersonId>,
    records: Vec<RecordRef>,
}

/// What the roles may do: levels of reading, whether it is handed down, and what of the fields is seen.
fn rights(draw: &mut Draw) -> String {
    let mut text = ENTITIES.to_owned();
    for role in ROLES {
        let _ = writeln!(text, "[roles.{role}]\nlabel = {{ zh = \"{role}\", en = \"{role}\" }}");
    }
    for entity in [CUSTOMER, VISIT] {
        let _ = writeln!(text, "[permissions.\"{entity}\"]");
        text.push_str("all = { read = \"all\", update = \"all\", share = \"all\" }\n");
        for role in ROLES {
            let (level, inherit) = (draw.of(&LEVELS), !draw.once_in(3));
            let _ = writeln!(text, "{role} = {{ read = \"{level}\", inherit = {inherit} }}");
        }
        let _ = writeln!(text, "[field_rules.\"{entity}\"]");
        for role in ROLES {
            if draw.once_in(2) {
                let access = draw.of(&["hidden", "masked", "read"]);
                let field = draw.of(&["amount", "secret"]);
                let _ = writeln!(text, "{role} = {{ {field} = \"{access}\" }}");
            }
        }
    }
    text
}

fn company(draw: &mut Draw) -> (String, String, String) {
    let count = 3 + draw.below(4);
    let mut departments = "code,name,parent,head\n".to_owned();
    for number in 0..count {
        let parent = match number {
            0 => String::new(),
            _ => format!("d{}", draw.below(number)),
        };
        let head = match draw.once_in(2) {
            true => format!("p{}", draw.below(PEOPLE)),
            false => String::new(),
        };
        let _ = writeln!(departments, "d{number},部门{number},{parent},{head}");
    }
    let mut roles = "code,name\nall,all\n".to_owned();
    ROLES
        .iter()
        .for_each(|role| roles.push_str(&format!("{role},{role}\n")));
    let mut people = "login,name,phone,email,department,superior,roles\nall,全部,,,,,all\n".to_owned();
    for number in 0..PEOPLE {
        let department = match draw.once_in(6) {
            true => String::new(),
            false => format!("d{}", draw.below(count)),
        };
        let superior = match draw.once_in(3) {
            // Whoever stands above themselves, through others, must do no harm.
            true => format!("p{}", draw.below(PEOPLE)),
            false if number > 0 => format!("p{}", draw.below(number)),
            false => String::new(),
        };
        let chosen: BTreeSet<&str> = (0..draw.below(3)).map(|_| *draw.of(&ROLES)).collect();
        let chosen: Vec<&str> = chosen.into_iter().collect();
        let _ = writeln!(
            people,
            "p{number},人{number},,,{department},{superior},{}",
            chosen.join(";")
        );
    }
    (departments, roles, people)
}

impl World {
    fn new(draw: &mut Draw) -> Self {
        // 2026-11-23T08:00:00Z
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
        let plugin = PluginSource {
            origin: "random.toml".into(),
            manifest: rights(draw),
            component: None,
            pages: Default::default(),
        };
        let kapok = Kapok::builder().clock(clock.clone()).plugins(vec![plugin]).memory();
        let kapok = kapok.unwrap_or_else(|error| panic!("{error}"));
        let (departments, roles, people) = company(draw);
        let company = Company {
            departments: &departments,
            roles: &roles,
            people: &people,
            records: &[],
        };
        kapok.load_company(&company, "a good password").expect("the company");
        let mut world = Self {
            kapok,
            people: BTreeMap::new(),
            records: Vec::new(),
        };
        for entry in world.staff_of("all").people("", 100) {
            world.people.insert(entry.login, entry.id);
        }
        world.add_records(draw);
        world.add_shares(draw);
        world.add_tasks(draw);
        // Some of the shares end.
        clock.move_to(clock.now().plus_millis(3 * 24 * 3_600_000));
        world
    }

    fn staff_of(&self, login: &str) -> Staff {
        let token = self.kapok.create_token(login, "test").expect("a person");
        self.kapok.token(token.reveal()).expect("reads").expect("active")
    }

    fn person(&self, draw: &mut Draw) -> PersonId {
        self.people[&format!("p{}", draw.below(PEOPLE))]
    }

    fn add_records(&mut self, draw: &mut Draw) {
        for number in 0..CUSTOMERS + VISITS {
            let entity = if number < CUSTOMERS { CUSTOMER } else { VISIT };
            let mut fields = Fields::from([
                ("name".to_owned(), format!("金丝雀{number}").into()),
                ("secret".to_owned(), format!("夜莺{number}").into()),
            ]);
            if !draw.once_in(5) {
                fields.insert("amount".to_owned(), (draw.below(9) as i64).into());
            }
            if entity == VISIT && !draw.once_in(6) {
                let customer = self.records[draw.below(CUSTOMERS)].id;
                fields.insert("customer".to_owned(), customer.to_string().into());
            }
            let owner = (!draw.once_in(8)).then(|| self.person(draw));
            let record = self.kapok.save(entity, owner, fields).expect("saves");
            self.records.push(RecordRef {
                entity: Entity::new(entity),
                id: record.id,
            });
        }
    }

    fn add_shares(&self, draw: &mut Draw) {
        let all = self.staff_of("all");
        let departments = all.records(&ListQuery::all(Entity::new("system.department"), 50));
        let departments: Vec<RecordId> = departments
            .expect("reads")
            .items
            .iter()
            .map(|view| view.reference.id)
            .collect();
        for _ in 0..SHARES {
            let to = match draw.below(4) {
                0 => Receiver::Role((*draw.of(&ROLES)).to_owned()),
                1 => Receiver::Department(*draw.of(&departments)),
                _ => Receiver::Person(self.person(draw)),
            };
            let share = NewShare {
                to,
                level: *draw.of(&[ShareLevel::Read, ShareLevel::Update]),
                until: draw.once_in(3).then(|| "2026-11-24".to_owned()),
                reason: String::new(),
            };
            // Some of them would have no effect, and are refused for it.
            if let Err(error) = all.share(draw.of(&self.records), share) {
                let code = code::<()>(Err(error));
                assert!(
                    ["share.owner", "share.without-effect"].contains(&code.as_str()),
                    "{code}"
                );
            }
        }
    }

    fn add_tasks(&self, draw: &mut Draw) {
        for group in ROLES.iter().take(3) {
            let start = r#"<bpmn:startEvent id="start"/>"#;
            let subject = format!(r#"<kapok:subject entity="{VISIT}"/>"#);
            let rules = format!(r#"<kapok:role code="{group}"/>"#);
            let model = process_with(&format!("look-{group}"), &subject, start, &task_for(&rules));
            self.kapok.deploy(&model).unwrap_or_else(|error| panic!("{error}"));
            let about = self.records[CUSTOMERS + draw.below(VISITS)].clone();
            let starter = self.staff_of("all");
            starter
                .start(&format!("look-{group}"), no_variables(), None, Some(about))
                .unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

/// What one person sees of one entity, asked in every way.
struct Sight<'w> {
    staff: &'w Staff,
    entity: Entity,
    /// What they get, one by one, the newest first.
    got: Vec<RecordView>,
    told: String,
}

impl<'w> Sight<'w> {
    fn of(world: &World, staff: &'w Staff, entity: &str, told: String) -> Self {
        let entity = Entity::new(entity);
        let mut got = Vec::new();
        for record in world.records.iter().rev().filter(|record| record.entity == entity) {
            match staff.record(record) {
                Ok(view) => got.push(view),
                Err(error) => assert_eq!(code::<()>(Err(error)), "not-found", "{told}"),
            }
        }
        Self {
            staff,
            entity,
            got,
            told,
        }
    }

    fn ids(&self) -> Vec<RecordId> {
        self.got.iter().map(|view| view.reference.id).collect()
    }

    /// Asks for all pages; `None` when the question is refused because of the field it asks about.
    fn pages(&self, query: &ListQuery) -> Option<Vec<RecordView>> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let query = ListQuery { after, ..query.clone() };
            let page = match self.staff.records(&query) {
                Ok(page) => page,
                Err(error) => {
                    let code = code::<()>(Err(error));
                    let refused = ["list.field-unknown", "list.not-sortable"].contains(&code.as_str());
                    assert!(refused, "{}: {code}", self.told);
                    return None;
                }
            };
            assert!(page.items.len() <= query.limit, "{}", self.told);
            all.extend(page.items);
            after = page.next;
            if after.is_none() {
                assert_eq!(page.count, all.len(), "{}: the count is the length", self.told);
                return Some(all);
            }
        }
    }

    fn all(&self) -> ListQuery {
        ListQuery::all(self.entity.clone(), 7)
    }

    fn check(&self) {
        let told = &self.told;
        let shown = |list: Vec<RecordView>| list.iter().map(|view| view.reference.id).collect::<Vec<_>>();
        let listed = self.pages(&self.all()).expect("nothing to be refused");
        assert_eq!(shown(listed.clone()), self.ids(), "{told}: the list");
        for (listed, got) in listed.iter().zip(&self.got) {
            assert_eq!((&listed.fields, &listed.masked), (&got.fields, &got.masked), "{told}");
        }
        for field in ["name", "amount", "secret", "owner", "updated_at"] {
            for descending in [false, true] {
                let sorted = ListQuery {
                    sort: vec![Sort {
                        field: field.into(),
                        descending,
                    }],
                    ..self.all()
                };
                if let Some(sorted) = self.pages(&sorted) {
                    let ids = shown(sorted);
                    let unique: BTreeSet<_> = ids.iter().collect();
                    assert_eq!(unique.len(), ids.len(), "{told}: none twice, by {field}");
                    assert_eq!(unique, self.ids().iter().collect(), "{told}: sorted by {field}");
                }
            }
        }
        self.check_filters();
        self.check_statistics();
        self.check_search();
    }

    fn check_filters(&self) {
        let told = &self.told;
        let test = |field: &str, op, value: Value| {
            Filter::Test(Test {
                field: field.into(),
                op,
                value,
            })
        };
        type Keeps = fn(&RecordView) -> bool;
        let large: Keeps = |view| number(view).is_some_and(|number| number > 4.into());
        let even: Keeps = |view| {
            view.fields
                .get("secret")
                .and_then(Value::as_text)
                .is_some_and(|text| text.contains('8'))
        };
        let filters: [(Filter, Keeps); 3] = [
            (test("amount", Operator::Greater, 4.into()), large),
            (test("secret", Operator::Contains, "8".into()), even),
            (
                Filter::Not(Box::new(test("amount", Operator::Greater, 4.into()))),
                |view| number(view).is_none_or(|number| number <= 4.into()),
            ),
        ];
        for (filter, keeps) in filters {
            let query = ListQuery {
                filter: Some(filter.clone()),
                ..self.all()
            };
            let Some(found) = self.pages(&query) else { continue };
            let found: BTreeSet<_> = found.iter().map(|view| view.reference.id).collect();
            let expected = self.got.iter().filter(|view| keeps(view)).map(|view| view.reference.id);
            assert_eq!(found, expected.collect(), "{told}: {filter:?}");
        }
    }

    fn check_statistics(&self) {
        let told = &self.told;
        let query = |groups: &[&str], sum: Option<&str>| StatisticsQuery {
            entity: self.entity.clone(),
            keyword: None,
            filter: None,
            groups: groups.iter().map(|field| group(field)).collect(),
            sum: sum.map(str::to_owned),
        };
        let owners = self.staff.statistics(&query(&["owner"], None)).expect("counts");
        assert_eq!(owners.total.count as usize, self.got.len(), "{told}: counted");
        let counted: u64 = owners.rows.iter().map(|row| row.count).sum();
        assert_eq!(counted as usize, self.got.len(), "{told}: counted by owner");
        match self.staff.statistics(&query(&["owner"], Some("amount"))) {
            Ok(sums) => {
                let expected = self.got.iter().filter_map(number).sum();
                assert_eq!(sums.total.sum, Some(expected), "{told}: summed");
                let parts = sums.rows.iter().filter_map(|row| row.sum).sum();
                assert_eq!(sums.total.sum, Some(parts), "{told}: the parts are the whole");
            }
            Err(error) => {
                let code = code::<()>(Err(error));
                assert_eq!(code, "statistics.field", "{told}");
            }
        }
    }

    /// A search finds what is shown, where the words that are searched for are shown in every record.
    fn check_search(&self) {
        let told = &self.told;
        let found = |text: &str| -> BTreeSet<RecordId> {
            let groups = self.staff.search(text, 200).expect("searches").into_iter();
            let ours = groups.filter(|group| group.entity == self.entity);
            ours.flat_map(|group| group.items)
                .map(|item| item.reference.id)
                .collect()
        };
        let ids: BTreeSet<_> = self.ids().into_iter().collect();
        assert_eq!(found("金丝雀"), ids, "{told}: searched by name");
        let secrets = found("夜莺");
        assert!(secrets.is_subset(&ids), "{told}: searched by secret");
        let with_secret = self
            .got
            .iter()
            .filter(|view| view.fields.contains_key("secret") && !view.masked.iter().any(|field| field == "secret"));
        let with_secret: BTreeSet<_> = with_secret.map(|view| view.reference.id).collect();
        assert!(secrets.is_subset(&with_secret), "{told}: found by what is not shown");
        let by_keyword = ListQuery {
            keyword: Some("金丝雀".into()),
            ..self.all()
        };
        let listed = self.pages(&by_keyword).expect("nothing to be refused");
        let listed: BTreeSet<_> = listed.iter().map(|view| view.reference.id).collect();
        assert_eq!(listed, ids, "{told}: listed by keyword");
    }
}

fn group(field: &str) -> Group {
    Group {
        field: field.to_owned(),
        period: None,
    }
}

fn number(view: &RecordView) -> Option<rust_decimal::Decimal> {
    view.fields.get("amount").and_then(Value::as_number)
}

#[test]
fn every_way_of_reading_shows_what_one_gets_one_by_one() {
    let mut seen = BTreeSet::new();
    for case in 0..CASES {
        let seed = 0x6b61_706f_6b00 + case;
        let mut draw = Draw(seed);
        let world = World::new(&mut draw);
        for login in world.people.keys() {
            let staff = world.staff_of(login);
            for entity in [CUSTOMER, VISIT] {
                let told = format!("seed {seed:#x}, {login}, {entity}");
                let sight = Sight::of(&world, &staff, entity, told);
                seen.insert(sight.got.len());
                sight.check();
            }
        }
    }
    // Drawn so that everybody sees all or nothing, this would say little.
    assert!(seen.len() > 10, "{seen:?}");
}
