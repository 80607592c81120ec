//! The search index follows what is saved, and what becomes of its files changes no answer.

use std::{fs, path::Path};

use kapok::{
    Group, ListQuery, NewShare, Receiver, RecordSave, ShareLevel, Staff, StatisticsQuery,
    protocol::{Entity, RecordRef, Value},
    records::Sort,
};

use crate::{
    crm::{CONTACT, Crm},
    support::{CUSTOMER, World, change, code, fields},
};

fn add(seller: &Staff, name: &str) -> RecordRef {
    let save = RecordSave::new(Entity::new(CUSTOMER), fields([("name", name.into())]));
    seller.save(save).expect("a customer").0.reference
}

/// The titles of what is found in customers.
fn found(person: &Staff, text: &str) -> Vec<String> {
    let groups = person.search(text, 20).expect("found");
    let customers = groups.into_iter().filter(|group| group.entity.as_str() == CUSTOMER);
    customers.flat_map(|group| group.items).map(|item| item.title).collect()
}

fn query() -> ListQuery {
    ListQuery {
        sort: vec![Sort {
            field: "name".into(),
            descending: false,
        }],
        ..ListQuery::all(Entity::new(CUSTOMER), 50)
    }
}

#[test]
fn what_one_has_just_written_is_found() {
    let world = World::new();
    let [seller, stranger] = ["he.junjie", "tang.zhiqiang"].map(|login| world.staff(login));
    let customer = add(&seller, "木棉科技");
    for text in ["木棉", "mumian", "mmkj", "科技", "棉科"] {
        assert_eq!(found(&seller, text), ["木棉科技"], "{text}");
        assert_eq!(found(&stranger, text), [""; 0], "{text} is not a stranger's business");
    }
    seller
        .save(change(&customer, 1, "name", "红棉科技".into()))
        .expect("saved");
    assert_eq!(found(&seller, "木棉"), [""; 0]);
    assert_eq!(found(&seller, "hongmian"), ["红棉科技"]);
    let list = ListQuery {
        keyword: Some("红棉".into()),
        ..query()
    };
    let page = seller.records(&list).expect("a list");
    assert_eq!((page.items.len(), page.count), (1, 1));
    assert_eq!(stranger.records(&list).expect("a list").count, 0);
    // Only those who may delete do; the seller may not see it go.
    if seller.delete(&customer).is_ok() {
        assert_eq!(found(&seller, "红棉"), [""; 0]);
    }
    let people = seller.search("chenguodong", 20).expect("found");
    assert!(
        people.iter().any(|group| group.entity.as_str() == "system.person"),
        "{people:?}"
    );
    assert!(seller.search("  ", 20).expect("found").is_empty());
}

#[test]
fn statistics_count_what_the_list_shows() {
    let world = World::new();
    let [seller, stranger] = ["he.junjie", "tang.zhiqiang"].map(|login| world.staff(login));
    for number in 0..5 {
        add(&seller, &format!("客户 {number}"));
    }
    let statistics = StatisticsQuery {
        entity: Entity::new(CUSTOMER),
        keyword: None,
        filter: None,
        groups: vec![Group {
            field: "owner".into(),
            period: None,
        }],
        sum: None,
    };
    let view = seller.statistics(&statistics).expect("statistics");
    assert_eq!(
        view.total.count as usize,
        seller.records(&query()).expect("a list").count
    );
    let own = view
        .rows
        .iter()
        .find(|row| row.groups[0].0 == Value::from(seller.person().to_string()));
    assert_eq!(own.map(|row| row.count), Some(5));
    assert_eq!(stranger.statistics(&statistics).expect("statistics").total.count, 0);
    let by_nothing = StatisticsQuery {
        groups: vec![Group {
            field: "no-such-field".into(),
            period: None,
        }],
        ..statistics.clone()
    };
    assert_eq!(code(seller.statistics(&by_nothing)), "statistics.field");
    let of_text = StatisticsQuery {
        sum: Some("name".into()),
        ..statistics
    };
    assert_eq!(code(seller.statistics(&of_text)), "statistics.not-a-number");
}

#[test]
fn a_record_is_found_by_what_it_points_at_as_far_as_that_may_be_seen() {
    let crm = Crm::new();
    let [seller, colleague, above] = ["he.junjie", "tang.zhiqiang", "chen.guodong"].map(|login| crm.staff(login));
    let account = crm.account(&seller, "苏州恒远");
    let values = [
        ("name", "王强".into()),
        ("account", account.id.to_string().into()),
        ("part", "buyer".into()),
    ];
    let contact = crm.made(&seller, CONTACT, values);
    crm.contact(&seller, "赵敏", crm.account(&seller, "无锡华新").id);

    let found = |person: &Staff, text: &str| -> Vec<String> {
        let groups = person.search(text, 20).expect("found").into_iter();
        let contacts = groups.filter(|group| group.entity.as_str() == CONTACT);
        contacts.flat_map(|group| group.items).map(|item| item.title).collect()
    };
    // By the name of its account, in any of the ways to write it; by the name of a choice; by words of both.
    for text in ["恒远", "hengyuan", "szhy", "采购", "buyer", "王强 恒远", "采购 苏州"] {
        assert_eq!(found(&seller, text), ["王强"], "{text}");
        assert_eq!(found(&above, text), ["王强"], "{text}");
        assert_eq!(found(&colleague, text), [""; 0], "{text} is not a colleague's business");
    }
    assert_eq!(found(&seller, "采购 无锡"), [""; 0], "each word has to be found");

    // Whoever sees the contact but not the account does not find it by a name that they may not see.
    let share = NewShare {
        to: Receiver::Person(colleague.person()),
        level: ShareLevel::Read,
        until: None,
        reason: String::new(),
    };
    seller.share(&contact, share).expect("shared");
    assert_eq!(found(&colleague, "采购"), ["王强"]);
    assert_eq!(found(&colleague, "恒远"), [""; 0]);

    // A name that changes is found at once, the former one no longer.
    seller
        .save(change(&account, 1, "name", "常州恒信".into()))
        .expect("saved");
    assert_eq!(found(&seller, "hengxin"), ["王强"]);
    assert_eq!(found(&seller, "恒远"), [""; 0]);
}

/// What must stay the same.
fn answers(world: &World) -> (Vec<String>, Vec<String>, usize) {
    let seller = world.staff("he.junjie");
    let page = seller.records(&query()).expect("a list");
    let mut hits = found(&seller, "木棉");
    hits.sort();
    (
        hits,
        page.items.into_iter().map(|item| item.title).collect(),
        page.count,
    )
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("a file").path();
        fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("copied");
    }
}

#[test]
fn whatever_becomes_of_the_index_answers_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let aside = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let index = data.join("index");
    let older = aside.path().join("older");
    let in_use = aside.path().join("in-use");
    let expected = {
        let world = World::open(&data);
        let seller = world.staff("he.junjie");
        for number in 0..4 {
            add(&seller, &format!("木棉 {number}"));
        }
        assert_eq!(found(&seller, "木棉").len(), 4);
        copy(&index, &older);
        let customer = add(&seller, "木棉 5");
        seller
            .save(change(&customer, 1, "name", "木棉五".into()))
            .expect("saved");
        assert_eq!(found(&seller, "木棉").len(), 5);
        // Nobody asks for this one, so it may not be in the files yet, as after a kill.
        add(&seller, "木棉 6");
        copy(&index, &in_use);
        answers(&world)
    };
    assert_eq!((expected.0.len(), expected.2), (6, 6));
    let reopened = || answers(&World::open(&data));
    assert_eq!(reopened(), expected, "after a stop in order");

    let each_file = |change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
        for entry in fs::read_dir(&index).expect("the index") {
            let path = entry.expect("a file").path();
            let bytes = fs::read(&path).expect("read");
            fs::write(&path, change(bytes)).expect("written");
        }
    };
    copy(&in_use, &index);
    assert_eq!(reopened(), expected, "as after a kill");
    copy(&older, &index);
    assert_eq!(reopened(), expected, "an older index goes on from where it was");
    fs::remove_dir_all(&index).expect("removed");
    assert_eq!(reopened(), expected, "a missing one is made anew");
    each_file(&|bytes| bytes[..bytes.len() / 2].to_vec());
    assert_eq!(reopened(), expected, "files that are cut");
    each_file(&|mut bytes| {
        if let Some(byte) = bytes.last_mut() {
            *byte ^= 1;
        }
        bytes
    });
    assert_eq!(reopened(), expected, "files that are damaged");
    each_file(&|_| Vec::new());
    assert_eq!(reopened(), expected, "files that are empty");

    // The index of other data, even if as much happened there.
    let other = folder.path().join("other");
    {
        let world = World::open(&other);
        let seller = world.staff("he.junjie");
        add(&seller, "别的 0");
        assert_eq!(found(&seller, "别的").len(), 1);
        world.pass(1);
        for number in 1..20 {
            add(&seller, &format!("别的 {number}"));
        }
        assert_eq!(found(&seller, "别的").len(), 20);
    }
    copy(&other.join("index"), &index);
    assert_eq!(reopened(), expected, "the index of other data");
}
