//! People from files of other systems, as those write them.

use std::collections::BTreeMap;

use kapok::{
    ListQuery, LoginFrom, PeopleImport, PeopleImportOptions, SheetFormat, SheetKind,
    protocol::{Entity, RecordId, RecordRef, Value},
    records::{PERSON, ROLE},
};

use crate::support::World;

/// In the shape of Northwind's file: numbers of its own, a name in two parts, a title with a comma in it.
const EMPLOYEES: &str =
    "employee_id,last_name,first_name,title,title_of_courtesy,birth_date,hire_date,home_phone,notes,reports_to
1,Davolio,Nancy,Sales Representative,Ms.,1948-12-08,1992-05-01,(206) 555-9857,\"Education, and more\",2
2,Fuller,Andrew,\"Vice President, Sales\",Dr.,1952-02-19,1992-08-14,(206) 555-9482,,
5,Buchanan,Steven,Sales Manager,Mr.,1955-03-04,1993-10-17,(71) 555-4848,,2
6,Suyama,Michael,Sales Representative,Mr.,1963-07-02,1993-10-17,(71) 555-7773,,5
";

fn import(world: &World, file: &str, options: &PeopleImportOptions, dry_run: bool) -> PeopleImport {
    let admin = world.staff("admin").administrator().expect("an administrator");
    let done = admin.import_people(file.as_bytes(), SheetKind::Csv, options, dry_run);
    done.expect("imports")
}

fn columns(file: &str, chosen: &[(&str, &str)]) -> Option<Vec<Option<String>>> {
    let headings = file.lines().next().unwrap_or_default().split(',');
    let target = |heading: &str| {
        let found = chosen.iter().find(|(name, _)| *name == heading);
        found.map(|(_, target)| (*target).to_owned())
    };
    Some(headings.map(target).collect())
}

fn counts(done: &PeopleImport) -> (usize, usize, usize, usize) {
    let report = &done.report;
    (report.created, report.updated, report.unchanged, report.failed.len())
}

fn role(world: &World, code: &str) -> RecordId {
    let list = ListQuery::all(Entity::new(ROLE), 100);
    let roles = world.staff("admin").records(&list).expect("roles").items;
    let found = roles
        .iter()
        .find(|role| role.fields.get("code").and_then(Value::as_text) == Some(code));
    found.expect("a role").reference.id
}

/// What is stored of somebody, with names in the place of ids.
fn person(world: &World, login: &str) -> BTreeMap<String, String> {
    let me = world.staff(login).me().expect("reads");
    let reference = RecordRef {
        entity: Entity::new(PERSON),
        id: me.id.into(),
    };
    let view = world.staff("admin").record(&reference).expect("a person");
    let text = |value: &Value| value.as_text().map(str::to_owned);
    let fields = view
        .fields
        .iter()
        .filter_map(|(field, value)| Some((field.clone(), text(value)?)));
    let mut fields: BTreeMap<String, String> = fields.collect();
    fields.extend(view.display.clone());
    fields
}

#[test]
fn a_file_is_taken_as_it_is() {
    let world = World::new();
    // What the headings say by themselves: titles and phones are left out, and the numbers are the sign-in names.
    let first = import(&world, EMPLOYEES, &PeopleImportOptions::default(), true);
    assert_eq!((counts(&first), first.login), ((4, 0, 0, 0), Some(LoginFrom::Id)));

    let chosen = [
        ("employee_id", "id"),
        ("last_name", "last_name"),
        ("first_name", "first_name"),
        ("title", "posts"),
        ("hire_date", "joined"),
        ("home_phone", "phone"),
        ("reports_to", "superior"),
    ];
    let staff_role = role(&world, "sales");
    let options = PeopleImportOptions {
        columns: columns(EMPLOYEES, &chosen),
        login: Some(LoginFrom::Name),
        make_missing: false,
        roles: vec![staff_role],
    };
    // Posts that are not there, and may not be made: each row says so, and the file of them can be mended.
    let refused = import(&world, EMPLOYEES, &options, true);
    assert_eq!(counts(&refused), (0, 0, 0, 4));
    assert!(
        refused
            .preview
            .iter()
            .all(|row| row.outcome == "fail" && row.reasons.len() == 1)
    );
    let admin = world.staff("admin").administrator().expect("an administrator");
    let failing = admin.failing_people(EMPLOYEES.as_bytes(), SheetKind::Csv, &options, SheetFormat::Csv);
    let failing = String::from_utf8(failing.expect("writes")).expect("a text");
    assert!(
        failing
            .lines()
            .nth(2)
            .is_some_and(|line| line.contains("“Vice President, Sales”不存在")),
        "{failing}"
    );

    let options = PeopleImportOptions {
        make_missing: true,
        ..options
    };
    let tried = import(&world, EMPLOYEES, &options, true);
    assert_eq!(counts(&tried), (4, 0, 0, 0));
    assert_eq!(
        tried.posts,
        ["Sales Representative", "Vice President, Sales", "Sales Manager"]
    );
    let nancy: BTreeMap<_, _> = tried.preview[0].values.iter().cloned().collect();
    let shown = ["login", "name", "superior", "posts"].map(|field| nancy.get(field).map(String::as_str));
    assert_eq!(
        shown,
        [
            Some("nancy.davolio"),
            Some("Nancy Davolio"),
            Some("Andrew Fuller"),
            Some("Sales Representative")
        ]
    );

    let done = import(&world, EMPLOYEES, &options, false);
    assert_eq!((counts(&done), done.posts.len()), ((4, 0, 0, 0), 3));
    let michael = person(&world, "michael.suyama");
    let stored =
        ["name", "superior", "posts", "roles", "joined", "phone"].map(|field| michael.get(field).map(String::as_str));
    assert_eq!(
        stored,
        [
            Some("Michael Suyama"),
            Some("Steven Buchanan"),
            Some("Sales Representative"),
            Some("销售"),
            Some("1993-10-17"),
            Some("(71) 555-7773")
        ]
    );
    assert_eq!(person(&world, "andrew.fuller").get("superior"), None);
    // Once more it changes nothing, and makes nothing twice.
    let again = import(&world, EMPLOYEES, &options, false);
    assert_eq!((counts(&again), again.posts.len()), ((0, 0, 4, 0), 0));
}

#[test]
fn chinese_names_have_no_space_and_departments_are_made() {
    let world = World::new();
    let file = "编号,姓,名,部门,直接上级,角色\n7,欧阳,小红,培训部,8,\n8,钱,进,培训部,zhao.jianhua,sales-manager\n";
    let options = PeopleImportOptions {
        login: Some(LoginFrom::Name),
        make_missing: true,
        roles: vec![role(&world, "sales")],
        ..PeopleImportOptions::default()
    };
    let done = import(&world, file, &options, false);
    assert_eq!(
        (counts(&done), done.departments),
        ((2, 0, 0, 0), vec!["培训部".to_owned()])
    );
    let [red, qian] = ["ouyang.xiaohong", "qian.jin"].map(|login| person(&world, login));
    assert_eq!(
        (&*red["name"], &*red["superior"], &*red["department"]),
        ("欧阳小红", "钱进", "培训部")
    );
    // Roles for all are for those whose row names none.
    assert_eq!((&*red["roles"], &*qian["roles"]), ("销售", "销售经理"));
}

#[test]
fn rows_that_cannot_be_taken_hold_nobody_up() {
    let world = World::new();
    let file = "login,name,reports_to,active\n\
        a.one,One,a.two,\n\
        a.two,Two,a.one,\n\
        a.three,Three,a.four,\n\
        a.four,,,\n\
        a.five,Five,nobody.here,\n\
        a.six,Six,,maybe\n\
        a.six,Six again,,\n\
        a.seven,Seven,Two,离职\n";
    let done = import(&world, file, &PeopleImportOptions::default(), false);
    let failed: Vec<_> = done
        .report
        .failed
        .iter()
        .map(|failed| (failed.row, failed.field.as_deref()))
        .collect();
    let expected = [
        (2, "superior"),
        (3, "superior"),
        (4, "superior"),
        (5, "name"),
        (6, "superior"),
        (7, "active"),
    ];
    assert_eq!(failed, expected.map(|(row, field)| (row, Some(field))));
    // Those in a circle, and whose superior failed, are there without one.
    let taken: Vec<usize> = done.report.taken.iter().map(|taken| taken.row).collect();
    assert_eq!((done.report.created, taken), (5, vec![2, 3, 4, 8, 9]));
    // Somebody who is there is changed; what the row does not say stays.
    let changed = import(
        &world,
        "login,email\na.one,one@example.com\n",
        &PeopleImportOptions::default(),
        false,
    );
    assert_eq!(
        (counts(&changed), &*person(&world, "a.one")["name"]),
        ((0, 1, 0, 0), "One")
    );
}

#[test]
fn columns_are_chosen_once_each_and_known() {
    let world = World::new();
    let admin = world.staff("admin").administrator().expect("an administrator");
    for chosen in [["login", "login"], ["login", "colour"], ["login", "left"]] {
        let options = PeopleImportOptions {
            columns: Some(chosen.map(|name| Some(name.to_owned())).to_vec()),
            ..PeopleImportOptions::default()
        };
        let refused = admin.import_people(b"a,b\n1,2\n", SheetKind::Csv, &options, true);
        assert_eq!(crate::support::code(refused.map(drop)), "import.column", "{chosen:?}");
    }
    // Without a column that says it, or a choice what it is made of, each row says what is missing.
    let nameless = import(&world, "name\nSomebody\n", &PeopleImportOptions::default(), true);
    assert_eq!(nameless.report.failed[0].field.as_deref(), Some("login"));
}
