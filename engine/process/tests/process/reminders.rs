//! What happens to a to-do while nobody acts.

use kapok_protocol::Decision::Approve;

use crate::support::{
    company::person,
    drawing::{FINANCE, LADDER, approval, persons},
    engine::{HOUR, complete, one_step},
};

#[test]
fn a_forgotten_task_is_reminded_and_climbs() {
    let mut engine = one_step(&approval("", &(persons(&["bob"]) + LADDER)));
    engine.start(&[]);
    let task = engine.task("u", "");
    assert_eq!(engine.state.tasks[&task].due_at, Some(engine.now.plus_millis(8 * HOUR)));
    assert_eq!(engine.told(), ["page:bob"]);
    engine.trace();
    let hours: &[(i64, &str, &[&str])] = &[
        (7, "", &[]),
        (8, "u~bob/1", &["page:bob"]),
        (9, "u~bob/1", &["page:bob"]),
        (10, "u~bob/1", &["page:bob"]),
        (11, "u~bob/2", &["sms:bob", "mail:bob"]),
        (12, "u^head", &["page:head"]),
        (13, "u~head/1", &["page:head"]),
        (99, "", &[]),
    ];
    let mut passed = 0;
    for (hour, trace, told) in hours {
        engine.advance((hour - passed) * HOUR);
        passed = *hour;
        assert_eq!(engine.trace(), *trace, "after {hour} hours");
        assert_eq!(engine.told(), *told, "after {hour} hours");
    }
    let row = &engine.state.tasks[&task];
    assert_eq!((row.reminders, row.escalated_from), (5, Some(person("bob"))));
    assert_eq!(
        engine.refuses("bob", complete(task, Some(Approve))).code,
        "task.not-yours"
    );
    engine.complete("head", "u", Some(Approve));
    assert_eq!(engine.trace(), "u=Approve -u +e -e Completed");
}

#[test]
fn at_the_top_of_the_company_the_administrators_take_over() {
    let escalate = "<kapok:reminders><kapok:escalate after='PT1H' to='superior'/></kapok:reminders>";
    let mut engine = one_step(&(persons(&["boss"]) + escalate));
    engine.start(&[]);
    engine.told();
    engine.advance(HOUR);
    assert_eq!(engine.told(), ["page:admin"]);
    assert_eq!(engine.trace(), "+s -s +u u>boss u>nobody");

    // A group's task goes to the initiator's superior, who alone has it then.
    let mut engine = one_step(&(FINANCE.to_owned() + escalate));
    engine.start(&[]);
    engine.advance(HOUR);
    let task = engine.task("u", "head");
    assert_eq!(engine.refuses("bob", complete(task, None)).code, "task.not-yours");
}

#[test]
fn the_ladder_may_decide_by_itself() {
    for (decision, expected) in [
        ("approve", "u=Approve -u +e -e Completed"),
        ("reject", "u=Reject -u Rejected"),
    ] {
        let decide = format!("<kapok:reminders><kapok:decide after='PT1H' decision='{decision}'/></kapok:reminders>");
        let mut engine = one_step(&approval("", &(persons(&["bob"]) + &decide)));
        engine.start(&[]);
        let task = engine.task("u", "");
        engine.trace();
        engine.advance(HOUR);
        assert_eq!(engine.trace(), expected);
        assert_eq!(engine.state.tasks[&task].completed_by, None);
        assert_eq!(engine.live(), [0; 5]);
    }
}

#[test]
fn a_group_is_reminded_member_by_member() {
    let remind = "<kapok:reminders><kapok:remind after='PT1H' channels='sms'/></kapok:reminders>";
    let mut engine = one_step(&(FINANCE.to_owned() + remind));
    engine.start(&[]);
    assert_eq!(engine.told(), ["page:ann", "page:bob"]);
    engine.advance(HOUR);
    assert_eq!(engine.told(), ["sms:ann", "sms:bob"]);
}
