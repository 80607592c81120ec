//! What a change of the organisation costs, counted: nobody waits for it, however many people there are.

use std::{cell::Cell, collections::BTreeMap, fmt::Write, sync::Arc};

use kapok_protocol::{Entity, PersonId, RecordId, RecordRef, Timestamp};
use kapok_records::{Fields, PERSON, ROLE};
use kapok_tables::{Queries, Read, RecordList, TableError};

use super::{DEPARTMENT, Organisation, POST, STAND_IN};
use crate::{Company, Kapok, ListQuery, ManualClock, PluginSource, RecordSave, Staff};

const PEOPLE: usize = 1_000;
const DEPARTMENTS: usize = 20;
/// Nobody's superior, who sees what a department and those below it have.
const HEAD: usize = 999;
const NOTE: &str = "m.note";

const PLUGIN: &str = r#"
[plugin]
id = "m"
version = "0.1.0"
label = { zh = "记事", en = "Notes" }

[entities."m.note"]
label = { zh = "记事", en = "Note" }
title = "name"
[entities."m.note".fields]
name = { pos = 1, type = "text", label = { zh = "名称", en = "Name" } }

[roles.head]
label = { zh = "负责人", en = "Head" }
[roles.lead]
label = { zh = "上级", en = "Lead" }

[permissions."m.note"]
head = { read = "department-tree" }
lead = { read = "subordinates" }
"#;

type Pair = (Arc<[u8]>, Arc<[u8]>);

/// Counts the rows that are read.
struct Counting<'r> {
    read: &'r dyn Read,
    rows: Cell<usize>,
}

impl Counting<'_> {
    fn counted(&self, pairs: Vec<Pair>) -> Vec<Pair> {
        self.rows.set(self.rows.get() + pairs.len());
        pairs
    }
}

impl Read for Counting<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Arc<[u8]>>, TableError> {
        self.rows.set(self.rows.get() + 1);
        self.read.get(key)
    }

    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, TableError> {
        Ok(self.counted(self.read.scan(prefix, after, limit)?))
    }

    fn scan_back(&self, prefix: &[u8], before: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, TableError> {
        Ok(self.counted(self.read.scan_back(prefix, before, limit)?))
    }
}

struct World {
    kapok: Kapok,
}

impl World {
    /// Departments in two trees, below `d1` and below `d2`; everybody has ten below them, as long as there are people.
    fn new() -> Self {
        let mut departments = "code,name,parent,head\n".to_owned();
        for number in 0..DEPARTMENTS {
            let parent = match number {
                0 => String::new(),
                1 | 2 => "d0".to_owned(),
                _ => format!("d{}", 1 + number % 2),
            };
            let _ = writeln!(departments, "d{number},部门{number},{parent},");
        }
        let mut people = "login,name,phone,email,department,superior,roles\nroot,管理员,,,,,administrator\n".to_owned();
        for number in 0..PEOPLE {
            let superior = match number {
                0 => String::new(),
                _ => format!("p{}", (number - 1) / 10),
            };
            let roles = match number {
                1 => "lead",
                HEAD => "head",
                _ => "",
            };
            // The one who sees a department's tree is in `d1`.
            let department = if number == HEAD { 1 } else { number % DEPARTMENTS };
            let _ = writeln!(people, "p{number},人{number},,,d{department},{superior},{roles}");
        }
        let mut notes = "name,owner\n".to_owned();
        (0..PEOPLE).for_each(|number| notes.push_str(&format!("记事 {number},p{number}\n")));
        let company = Company {
            departments: &departments,
            roles: "code,name\nadministrator,管理员\nhead,负责人\nlead,上级\n",
            people: &people,
            records: &[(NOTE, &notes, None)],
        };
        let plugin = PluginSource {
            origin: "notes.toml".into(),
            manifest: PLUGIN.into(),
            component: None,
            pages: Default::default(),
        };
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
        let kapok = Kapok::builder()
            .clock(clock)
            .plugins(vec![plugin])
            .memory()
            .expect("opens");
        kapok.load_company(&company, "a good password").expect("the company");
        Self { kapok }
    }

    fn organisation(&self) -> Arc<Organisation> {
        self.kapok.shared.organisation()
    }

    fn person(&self, login: &str) -> PersonId {
        self.organisation().by_login[login]
    }

    fn department(&self, code: &str) -> RecordId {
        self.organisation().places.by_code(code).expect("a department")
    }

    fn staff(&self, login: &str) -> Staff {
        self.kapok.staff(self.person(login)).expect("active")
    }

    /// How many notes somebody sees.
    fn seen_by(&self, login: &str) -> usize {
        let page = self.staff(login).records(&ListQuery::all(Entity::new(NOTE), 1));
        page.expect("reads").count
    }

    /// Sets a field as the administrator; how many rows that writes.
    fn set(&self, entity: &str, id: RecordId, field: &str, value: RecordId) -> usize {
        let root = self.staff("root");
        let reference = RecordRef {
            entity: Entity::new(entity),
            id,
        };
        let version = root.record(&reference).expect("reads").version;
        let fields = Fields::from([(field.to_owned(), value.to_string().into())]);
        let before = self.rows();
        root.save(RecordSave::change(reference, version, fields))
            .unwrap_or_else(|error| panic!("{error}"));
        let after = self.rows();
        let written = after
            .iter()
            .filter(|(key, value)| before.get(*key) != Some(*value))
            .count();
        written + before.keys().filter(|key| !after.contains_key(*key)).count()
    }

    fn rows(&self) -> BTreeMap<Arc<[u8]>, Arc<[u8]>> {
        let rows = Read::scan(&self.kapok.shared.store.view(), &[], None, usize::MAX);
        rows.expect("reads").into_iter().collect()
    }

    /// Those whose circles are known since the last change.
    fn known(&self) -> usize {
        self.organisation().circles.read().expect("no panic").len()
    }
}

/// The record, what became of it, the entries of the lists it is in, and the counter of ids.
const WRITTEN: usize = 6;

#[test]
fn a_change_is_there_in_the_next_read_and_writes_a_handful_of_rows() {
    let world = World::new();
    assert_eq!(world.seen_by("p999"), notes_below(&world, "d1"));
    // What hangs below the other tree moves below this one, with the people in it.
    let before = world.seen_by("p999");
    let written = world.set(DEPARTMENT, world.department("d3"), "parent", world.department("d1"));
    assert!(written <= WRITTEN, "{written} rows for moving a department");
    assert_eq!(
        world.known(),
        1,
        "nobody's circles are made before they ask, as whoever changed it did"
    );
    assert_eq!(world.seen_by("p999"), notes_below(&world, "d1"));
    assert_eq!(world.seen_by("p999"), before + PEOPLE / DEPARTMENTS);
    assert_eq!(world.known(), 2, "of those who have asked, and of nobody else");

    // One with ten below them, and a hundred below those, goes to another superior.
    let (before, moved) = (world.seen_by("p1"), 1 + 10 + 100);
    let written = world.set(PERSON, world.person("p3").into(), "superior", world.person("p1").into());
    assert!(written <= WRITTEN, "{written} rows for another superior");
    assert_eq!(world.seen_by("p1"), before + moved);
}

/// The notes of everybody in a department and those below it, counted by hand.
fn notes_below(world: &World, code: &str) -> usize {
    let organisation = world.organisation();
    let top = world.department(code);
    let below = |person: &&PersonId| organisation.departments_above(**person).contains(&top);
    organisation.places.people.keys().filter(below).count()
}

#[test]
fn the_organisation_is_read_with_one_row_for_each_of_its_records() {
    let world = World::new();
    let view = world.kapok.shared.store.view();
    let queries = Queries(&view);
    let records = |entity: &str| {
        let rows = queries.records(&RecordList::All(Entity::new(entity)), None, usize::MAX);
        rows.expect("reads").items.len()
    };
    let expected: usize = [PERSON, DEPARTMENT, ROLE, POST, STAND_IN]
        .into_iter()
        .map(records)
        .sum();
    assert!(expected > PEOPLE + DEPARTMENTS);
    let counting = Counting {
        read: &view,
        rows: Cell::new(0),
    };
    let organisation = Organisation::read(&counting, 480).expect("reads");
    assert_eq!(counting.rows.get(), expected, "each once, and nothing else");
    assert_eq!(organisation.places.people.len(), PEOPLE + 1);
}
