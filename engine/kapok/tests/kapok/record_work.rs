//! What people do with whole records: the trash, histories, handing over, merging, many at once.

use std::{
    sync::{Arc, Barrier},
    thread,
};

use kapok::{
    BulkAction, Error, HistoryItem, ListQuery, RecordActor, RecordChange, RecordJobState, RecordSave, Staff, ViewScope,
    protocol::{Entity, Filter, Operator, RecordRef, Test, Value},
    records::{View, ViewKind},
};

use crate::{
    crm::{ACCOUNT, CONTACT, Crm},
    support::{change, code, fields},
};

fn account() -> Entity {
    Entity::new(ACCOUNT)
}

fn names(history: &[HistoryItem]) -> Vec<&str> {
    let fields = history.iter().flat_map(|item| &item.fields);
    fields.map(|(field, ..)| field.as_str()).collect()
}

/// How many accounts a person may see.
fn count(person: &Staff) -> usize {
    person.records(&ListQuery::all(account(), 1)).expect("counts").count
}

#[test]
fn what_is_deleted_can_be_restored_until_it_is_emptied() {
    let crm = Crm::new();
    let [seller, stranger] = ["he.junjie", "tang.zhiqiang"].map(|login| crm.staff(login));
    let record = crm.account(&seller, "木棉科技");
    seller.delete(&record).expect("deletes");
    assert_eq!(code(seller.record(&record).map(drop)), "not-found");
    assert_eq!(count(&seller), 0);
    let trash = seller.trash(&account(), None, 10).expect("reads").items;
    assert_eq!(trash.len(), 1);
    assert!(trash[0].restorable && trash[0].record.title == "木棉科技");
    assert_eq!(trash[0].deleted_by.as_ref().map(|who| who.id), Some(seller.person()));
    assert!(stranger.trash(&account(), None, 10).expect("reads").items.is_empty());
    assert_eq!(code(stranger.restore(&record).map(drop)), "not-found");

    // Its name is free, and taken when it comes back.
    let other = crm.account(&seller, "木棉科技");
    assert_eq!(code(seller.restore(&record).map(drop)), "field.not-unique");
    assert_eq!(seller.trash(&account(), None, 10).expect("reads").items.len(), 1);
    seller
        .save(change(&other, 1, "name", "木棉贸易".into()))
        .expect("saves");
    let restored = seller.restore(&record).expect("restores");
    assert_eq!((restored.version, restored.title.as_str()), (2, "木棉科技"));
    assert_eq!(
        code(seller.restore(&record).map(drop)),
        "not-found",
        "it is not there any more"
    );
    assert!(crm.is_sound());

    seller.delete(&record).expect("deletes");
    crm.pass(29);
    assert_eq!(seller.trash(&account(), None, 10).expect("reads").items.len(), 1);
    crm.pass(2);
    assert!(seller.trash(&account(), None, 10).expect("reads").items.is_empty());
    assert_eq!(code(seller.restore(&record).map(drop)), "not-found");
    assert!(crm.is_sound());
}

#[test]
fn a_history_says_who_did_what_and_hides_what_one_may_not_read() {
    let crm = Crm::new();
    let [seller, boss, stranger] = ["he.junjie", "chen.guodong", "tang.zhiqiang"].map(|login| crm.staff(login));
    let record = crm.account(&seller, "木棉科技");
    seller.save(change(&record, 1, "cost", 12.into())).expect("saves");
    seller.save(change(&record, 2, "note", "a".into())).expect("saves");
    let history = seller.record_history(&record).expect("reads");
    assert_eq!(names(&history), ["note", "cost", "name"], "the newest first");
    let (_, label, before, after) = &history[0].fields[0];
    assert_eq!(
        (label.en.as_str(), before, after),
        ("Note", &Value::Null, &Value::from("a"))
    );
    assert!(matches!(&history[0].actor, RecordActor::Person(who) if who.id == seller.person()));
    // Who may not change it does not read private fields, neither now nor then.
    assert_eq!(names(&boss.record_history(&record).expect("reads")), ["note", "name"]);
    assert_eq!(code(stranger.record_history(&record).map(drop)), "not-found");
    seller.delete(&record).expect("deletes");
    let history = boss.record_history(&record).expect("reads what was deleted");
    assert_eq!(history[0].change, Some(RecordChange::Deleted));
    assert_eq!(code(stranger.record_history(&record).map(drop)), "not-found");
}

#[test]
fn changes_to_different_fields_merge_and_to_the_same_are_shown() {
    let crm = Crm::new();
    let [seller, manager] = ["he.junjie", "wang.wei"].map(|login| crm.staff(login));
    let record = crm.account(&seller, "木棉科技");
    seller.save(change(&record, 1, "note", "a".into())).expect("saves");
    let with_base = |field: &str, value: Value, base: Value| RecordSave {
        base: Some(fields([(field, base)])),
        ..change(&record, 1, field, value)
    };
    manager
        .save(with_base("cost", 3.into(), Value::Null))
        .expect("another field");
    let error = manager
        .save(with_base("note", "b".into(), Value::Null))
        .expect_err("the same field");
    let Error::Conflict(conflict) = &error else {
        panic!("{error}")
    };
    assert_eq!(conflict.fields.len(), 1);
    let field = &conflict.fields[0];
    assert_eq!(
        (field.field.as_str(), &field.mine, &field.theirs, &field.base),
        ("note", &"b".into(), &"a".into(), &Value::Null)
    );
    assert_eq!(
        error.refusal().map(|refusal| refusal.code.as_str()),
        Some("record.conflict")
    );
    let now = manager.record(&record).expect("reads");
    assert_eq!((now.version, &now.fields["note"]), (3, &"a".into()));
}

#[test]
fn of_two_saves_with_one_unique_value_at_the_same_moment_one_is_refused() {
    let crm = Crm::new();
    let start = Arc::new(Barrier::new(8));
    let savers: Vec<_> = (0..8)
        .map(|_| {
            let (seller, start) = (crm.staff("he.junjie"), start.clone());
            thread::spawn(move || {
                let save = RecordSave::new(account(), fields([("name", "木棉科技".into())]));
                start.wait();
                seller.save(save).map(drop)
            })
        })
        .collect();
    let answers: Vec<_> = savers.into_iter().map(|saver| saver.join().expect("ends")).collect();
    let (saved, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((saved.len(), refused.len()), (1, 7));
    for answer in refused {
        assert_eq!(code(answer), "field.not-unique");
    }
    assert_eq!(count(&crm.staff("he.junjie")), 1);
}

#[test]
fn a_record_is_handed_over_by_who_may() {
    let crm = Crm::new();
    let [seller, manager, other] = ["he.junjie", "wang.wei", "li.na"].map(|login| crm.staff(login));
    let record = crm.account(&seller, "木棉科技");
    assert_eq!(code(other.transfer(&record, other.person()).map(drop)), "not-found");
    let kept = manager.transfer(&record, other.person()).expect("hands over");
    assert_eq!(
        kept.and_then(|record| record.owner).map(|who| who.id),
        Some(other.person())
    );
    assert_eq!(code(seller.record(&record).map(drop)), "not-found");
    let history = other.record_history(&record).expect("reads");
    let (from, to) = (Some(seller.person()), Some(other.person()));
    assert_eq!(history[0].change, Some(RecordChange::Transferred { from, to }));
    assert_eq!(history[0].names, ["何俊杰", "李娜"]);
    // Whoever gives it away no longer sees it.
    assert!(other.transfer(&record, seller.person()).expect("hands over").is_none());
    let nobody = kapok::protocol::PersonId::new(999_999).expect("not zero");
    assert_eq!(code(manager.transfer(&record, nobody).map(drop)), "transfer.nobody");
}

#[test]
fn many_are_handed_over_part_by_part() {
    let crm = Crm::new();
    let [seller, manager, other] = ["he.junjie", "wang.wei", "li.na"].map(|login| crm.staff(login));
    for number in 0..600 {
        let record = crm.account(&seller, &format!("客户 {number}"));
        if number % 2 == 0 {
            seller.save(change(&record, 1, "note", "x".into())).expect("saves");
        }
    }
    let strange = crm.account(&crm.staff("tang.zhiqiang"), "别人的客户");
    let filter = Filter::Test(Test {
        field: "note".into(),
        op: Operator::Equal,
        value: "x".into(),
    });
    let job = manager
        .transfer_many(&account(), Vec::new(), Some(filter), other.person())
        .expect("begins");
    assert_eq!(manager.record_job(job).expect("reads").state, RecordJobState::Running);
    assert_eq!(code(seller.record_job(job).map(drop)), "not-found", "it is the asker's");
    crm.pass(0);
    let done = manager.record_job(job).expect("reads");
    assert_eq!((done.state, done.changed, done.refused), (RecordJobState::Done, 300, 0));
    assert_eq!(count(&other), 300);
    assert_eq!(count(&seller), 300);
    // Records that are named, but not one's to give, stay where they are.
    let job = manager
        .transfer_many(&account(), vec![strange.id], None, other.person())
        .expect("begins");
    crm.pass(0);
    assert_eq!(manager.record_job(job).expect("reads").changed, 0);
    assert_eq!(
        crm.staff("tang.zhiqiang").record(&strange).expect("reads").title,
        "别人的客户"
    );
    assert!(crm.is_sound());
}

#[test]
fn of_several_records_one_is_made() {
    let crm = Crm::new();
    let seller = crm.staff("he.junjie");
    let [keep, other] = ["木棉科技", "木棉科技（旧）"].map(|name| crm.account(&seller, name));
    let contacts: Vec<RecordRef> = (0..300)
        .map(|number| crm.contact(&seller, &format!("联系人 {number}"), other.id))
        .collect();
    let both = crm.contact(&seller, "两家", keep.id);
    let ids = vec![Value::from(keep.id.to_string()), other.id.to_string().into()];
    seller.save(change(&both, 1, "others", ids.into())).expect("saves");
    assert_eq!(
        code(
            crm.staff("tang.zhiqiang")
                .merge(&account(), keep.id, &[other.id], fields([]))
                .map(drop)
        ),
        "not-found"
    );
    // The name of the other one can be taken.
    let merged = seller
        .merge(
            &account(),
            keep.id,
            &[other.id],
            fields([("name", "木棉科技（旧）".into())]),
        )
        .expect("merges");
    assert_eq!(merged.0.title, "木棉科技（旧）");
    assert_eq!(code(seller.record(&other).map(drop)), "not-found");
    crm.pass(0);
    let job = seller.record_job(merged.1).expect("reads");
    assert_eq!((job.state, job.changed, job.refused), (RecordJobState::Done, 301, 0));
    for contact in &contacts {
        let record = seller.record(contact).expect("reads");
        assert_eq!(record.fields["account"], keep.id.to_string().into());
    }
    let both = seller.record(&both).expect("reads");
    assert_eq!(both.fields["others"], vec![Value::from(keep.id.to_string())].into());
    assert_eq!(code(seller.restore(&other).map(drop)), "record.merged");
    let history = seller.record_history(&keep).expect("reads");
    assert!(
        history
            .iter()
            .any(|item| item.change == Some(RecordChange::Merged(other.id)))
    );
    assert!(crm.is_sound());
}

#[test]
fn the_same_is_done_with_many_and_each_is_answered() {
    let crm = Crm::new();
    let [seller, other] = ["he.junjie", "li.na"].map(|login| crm.staff(login));
    let mine = ["甲", "乙"].map(|name| crm.account(&seller, name).id);
    let foreign = crm.account(&other, "丙").id;
    let ids = [mine[0], foreign, mine[1]];
    let bulk = |action: BulkAction| {
        let answers = seller.bulk(&account(), &ids, &action).expect("answers");
        let answers = answers
            .into_iter()
            .map(|(_, answer)| answer.map_or_else(|error| code::<()>(Err(error)), |()| "ok".into()));
        answers.collect::<Vec<String>>()
    };
    let update = BulkAction::Update(fields([("note", "x".into())]));
    assert_eq!(bulk(update), ["ok", "not-found", "ok"]);
    // A name only one may have.
    let update = BulkAction::Update(fields([("name", "丁".into())]));
    assert_eq!(bulk(update), ["ok", "not-found", "field.not-unique"]);
    assert_eq!(bulk(BulkAction::Transfer(other.person())), ["ok", "not-found", "ok"]);
    assert_eq!(bulk(BulkAction::Delete), ["not-found"; 3]);
    assert_eq!(count(&other), 3);
}

#[test]
fn people_keep_views_marks_and_what_they_have_seen() {
    let crm = Crm::new();
    let [seller, other, admin] = ["he.junjie", "li.na", "admin"].map(|login| crm.staff(login));
    let view = |id: &str, columns: &[&str]| View {
        id: id.into(),
        label: kapok::protocol::Text::new("我的", "Mine"),
        kind: ViewKind::List,
        filter: None,
        columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        sort: None,
        field: None,
        end_field: None,
        shipped: false,
    };
    seller
        .put_list_view(&account(), view("mine", &["name", "cost"]))
        .expect("keeps");
    assert_eq!(
        code(seller.put_list_view(&account(), view("mine", &["no-such"]))),
        "view.field"
    );
    assert_eq!(code(seller.put_list_view(&account(), view("a b", &[]))), "view.id");
    let administrator = admin.administrator().expect("is one");
    administrator
        .put_company_view(&account(), view("all", &["name"]))
        .expect("keeps");
    let shown = |staff: &kapok::Staff| {
        let views = staff.list_views(&account()).expect("reads");
        let views = views.into_iter().map(|entry| (entry.view.id, entry.scope));
        views.collect::<Vec<_>>()
    };
    assert_eq!(
        shown(&seller),
        [
            ("all".to_owned(), ViewScope::Company),
            ("mine".to_owned(), ViewScope::Mine)
        ]
    );
    assert_eq!(shown(&other), [("all".to_owned(), ViewScope::Company)]);
    assert_eq!(code(other.delete_list_view(&account(), "mine")), "not-found");
    seller.delete_list_view(&account(), "mine").expect("removes");
    assert_eq!(shown(&seller).len(), 1);

    let records = ["甲", "乙"].map(|name| crm.account(&seller, name));
    for record in &records {
        seller.star(record, true).expect("marks");
        seller.note_seen(record).expect("notes");
    }
    seller.note_seen(&records[0]).expect("notes");
    let titles = |records: Vec<kapok::RecordView>| records.into_iter().map(|record| record.title).collect::<Vec<_>>();
    assert_eq!(titles(seller.starred().expect("reads")), ["乙", "甲"]);
    assert_eq!(titles(seller.recent().expect("reads")), ["甲", "乙"]);
    assert_eq!(code(other.star(&records[0], true)), "not-found");
    // What one may no longer see is not shown.
    seller.transfer(&records[0], other.person()).expect("hands over");
    assert_eq!(titles(seller.starred().expect("reads")), ["乙"]);
    seller.star(&records[1], false).expect("takes the mark off");
    assert!(seller.starred().expect("reads").is_empty());
    let contact = crm.contact(&seller, "王", records[1].id);
    assert_eq!(contact.entity.as_str(), CONTACT);
    assert!(crm.is_sound());
}
