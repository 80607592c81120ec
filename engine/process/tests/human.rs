//! What people do with their to-dos, and what happens when they do nothing.

#![allow(clippy::type_complexity)] // Tables of cases are lists of tuples.

mod support;

use std::collections::BTreeMap;

use kapok_process::state::{Candidate, InstanceState, TaskState};
use kapok_protocol::{
    Command,
    Decision::{self, Approve, Reject},
    Effect, InstanceId, PageKind, RefusalKind, TaskId, Value,
};
use support::{
    company::person,
    drawing::{ENDS, persons, process, user},
    engine::{DEFINITION, Engine, actor, complete, map, start},
};

const HOUR: i64 = 3_600_000;

/// An engine with one user task `u` that has these settings.
fn one_step(settings: &str) -> Engine {
    Engine::new(process(&(ENDS.to_owned() + &user("u", settings)), "s -> u; u -> e"))
}

fn approval(attributes: &str, who: &str) -> String {
    format!("<kapok:approval {attributes}/>{who}")
}

const FINANCE: &str = "<kapok:assignees><kapok:role code='finance'/></kapok:assignees>";

#[test]
fn assignees_are_found_by_every_rule() {
    let cases: &[(&str, &str)] = &[
        ("<kapok:person login='bob'/>", "u>bob"),
        (
            "<kapok:person login='bob'/><kapok:person login='ann'/><kapok:initiator/>",
            "u>bob u>ann",
        ),
        ("<kapok:initiator/>", "u>ann"),
        ("<kapok:departmentHead/>", "u>head"),
        ("<kapok:superior level='1'/>", "u>head"),
        ("<kapok:superior level='2'/>", "u>boss"),
        ("<kapok:role code='finance'/>", "u>group"),
        (
            "<kapok:person login='head'/><kapok:role code='finance'/><kapok:role code='sales'/>",
            "u>head u>group",
        ),
        ("<kapok:expression>who</kapok:expression>", "u>bob u>head"),
        ("<kapok:fieldPerson field='one'/>", "u>office"),
        // Nobody: the administrators have it.
        ("<kapok:person login='gone'/>", "u>group u>nobody"),
        ("<kapok:superior level='3'/>", "u>group u>nobody"),
        ("<kapok:role code='empty'/>", "u>group u>nobody"),
        ("<kapok:fieldPerson field='unset'/>", "u>group u>nobody"),
        // An expression that does not say who is a mistake to be repaired.
        ("<kapok:expression>null</kapok:expression>", "?u"),
        ("<kapok:expression>true</kapok:expression>", "?u"),
        ("<kapok:expression>missing</kapok:expression>", "?u"),
    ];
    for (rules, expected) in cases {
        let mut engine = one_step(&format!("<kapok:assignees>{rules}</kapok:assignees>"));
        let who = Value::from(vec![Value::from("bob"), Value::from("2"), Value::from("bob")]);
        engine.start(&[("who", who), ("one", Value::from("6"))]);
        assert_eq!(engine.trace(), format!("+s -s +u {expected}"), "{rules}");
    }
    let mut engine = one_step("<kapok:assignees><kapok:role code='empty'/></kapok:assignees>");
    engine.start(&[]);
    let task = engine.task("u", "");
    assert_eq!(
        engine.state.tasks[&task].candidates,
        [Candidate::Role("administrator".to_owned())]
    );
    engine.does("admin", complete(task, None));
}

/// Who decides what, one after another, and what comes of it.
#[test]
fn approvals_are_signed_as_drawn() {
    let flow = "onRejection='flow' flow='u-r'";
    let both = "<kapok:assignees><kapok:person login='ann'/><kapok:person login='bob'/></kapok:assignees>";
    let cases: &[(&str, &str, &[(&str, Decision)], &str)] = &[
        (
            "one of two approves",
            "mode='any'",
            &[("bob", Approve)],
            "u=Approve -u +e -e Completed",
        ),
        (
            "one of two rejects",
            "mode='any'",
            &[("bob", Reject)],
            "u=Reject -u Rejected",
        ),
        (
            "all approve",
            "mode='all'",
            &[("bob", Approve), ("ann", Approve)],
            "u=Approve u=Approve -u +e -e Completed",
        ),
        (
            "the second rejects",
            "mode='all'",
            &[("bob", Approve), ("ann", Reject)],
            "u=Approve u=Reject -u Rejected",
        ),
        (
            "the first rejects",
            "mode='all'",
            &[("bob", Reject)],
            "u=Reject -u Rejected",
        ),
        (
            "a rejection with a flow",
            flow,
            &[("ann", Reject)],
            "u=Reject -u +r -r Completed",
        ),
        (
            "an approval beside that flow",
            flow,
            &[("ann", Approve)],
            "u=Approve -u +e -e Completed",
        ),
    ];
    for (name, attributes, decisions, expected) in cases {
        let rejected = attributes.contains("flow");
        let body = ENDS.to_owned()
            + if rejected { "<endEvent id='r'/>" } else { "" }
            + &user("u", &approval(attributes, both));
        let mut engine = Engine::new(process(
            &body,
            if rejected {
                "s -> u; u -> e; u -> r"
            } else {
                "s -> u; u -> e"
            },
        ));
        engine.start(&[]);
        assert_eq!(engine.trace(), "+s -s +u u>ann u>bob", "{name}");
        for (who, decision) in *decisions {
            engine.complete(who, "u", Some(*decision));
        }
        assert_eq!(engine.trace(), *expected, "{name}");
        assert_eq!(engine.live(), [0; 5], "{name}");
    }
}

#[test]
fn a_rejection_ends_everything_else_in_the_case() {
    let body = format!("{ENDS}<parallelGateway id='f'/><endEvent id='e2'/>")
        + &user("u", &approval("", &persons(&["bob"])))
        + &user("v", &persons(&["head"]));
    let mut engine = Engine::new(process(&body, "s -> f; f -> u; f -> v; u -> e; v -> e2"));
    let case = engine.start(&[]);
    let other = engine.task("v", "");
    engine.trace();
    engine.told();
    engine.complete("bob", "u", Some(Reject));
    assert_eq!(engine.trace(), "u=Reject -u xv Rejected");
    assert_eq!(engine.state_of(case), InstanceState::Rejected);
    assert_eq!(engine.state.tasks[&other].state, TaskState::Cancelled);
    assert_eq!(engine.told(), ["page:ann"], "the initiator hears of it");
}

#[test]
fn everybody_signs_in_a_group_that_must_sign_as_a_whole() {
    let mut engine = one_step(&approval("mode='all'", FINANCE));
    engine.start(&[]);
    assert_eq!(engine.trace(), "+s -s +u u>ann u>bob");
}

#[test]
fn a_task_is_done_by_whoever_it_belongs_to() {
    let mut engine = one_step(FINANCE);
    engine.start(&[]);
    let task = engine.task("u", "");
    engine.trace();
    for stranger in ["head", "admin"] {
        let refusal = engine.refuses(stranger, complete(task, None));
        assert_eq!(
            (refusal.code.as_str(), refusal.kind),
            ("task.not-yours", RefusalKind::Forbidden)
        );
        assert_eq!(engine.refuses(stranger, Command::Claim(task)).code, "task.not-yours");
    }
    engine.does("bob", Command::Claim(task));
    engine.does("bob", Command::Claim(task));
    let refusal = engine.refuses("ann", Command::Claim(task));
    assert!(
        refusal.code == "task.taken" && refusal.text.en.contains("bob"),
        "{refusal}"
    );
    assert_eq!(engine.refuses("ann", complete(task, None)).code, "task.not-yours");
    assert_eq!(engine.refuses("ann", Command::Release(task)).code, "task.not-yours");
    engine.does("bob", Command::Release(task));
    engine.does("ann", complete(task, None));
    assert_eq!(
        engine.trace(),
        "u=claimed u=released u=claimed u=done -u +e -e Completed"
    );
    let refusal = engine.refuses("bob", complete(task, None));
    assert_eq!(
        (refusal.code.as_str(), refusal.kind),
        ("task.ended", RefusalKind::Conflict)
    );
    assert!(
        refusal.text.en.contains("ann") && refusal.text.en.contains("2026-01-01 08:00"),
        "{refusal}"
    );
    let nothing = TaskId::new(1).expect("positive");
    assert_eq!(engine.refuses("bob", complete(nothing, None)).code, "task.not-found");

    let mut engine = one_step(&persons(&["ann"]));
    engine.start(&[]);
    let task = engine.task("u", "");
    assert_eq!(
        engine.refuses("ann", Command::Release(task)).code,
        "task.not-releasable"
    );
}

#[test]
fn a_completion_brings_what_the_step_asks_for() {
    let mut plain = one_step(&persons(&["ann"]));
    plain.start(&[]);
    let task = plain.task("u", "");
    assert_eq!(
        plain.refuses("ann", complete(task, Some(Approve))).code,
        "task.decision-not-expected"
    );

    let mut engine = one_step(&approval("reasonRequired='true'", &persons(&["ann"])));
    engine.start(&[]);
    let task = engine.task("u", "");
    assert_eq!(
        engine.refuses("ann", complete(task, None)).code,
        "task.decision-required"
    );
    let reject = |comment: &str| Command::Complete {
        task,
        decision: Some(Reject),
        comment: Some(comment.to_owned()),
        variables: BTreeMap::new(),
    };
    assert_eq!(
        engine.refuses("ann", complete(task, Some(Reject))).code,
        "task.reason-required"
    );
    assert_eq!(engine.refuses("ann", reject("  ")).code, "task.reason-required");
    engine.does("ann", reject("too dear"));
    assert_eq!(engine.state.tasks[&task].comment.as_deref(), Some("too dear"));
}

/// A process with a form: a required number, a choice, and lines.
fn with_form(settings: &str) -> Engine {
    let form = "<extensionElements><kapok:starters><kapok:person login='ann'/><kapok:role code='lead'/></kapok:starters>\
                <kapok:title>Leave of {days}</kapok:title><kapok:form>\
                <kapok:formField id='days' label='Days' type='number' required='true'/>\
                <kapok:formField id='kind' label='Kind' type='choice'><kapok:choice>sick</kapok:choice></kapok:formField>\
                <kapok:formField id='lines' label='Lines' type='lines'>\
                <kapok:formField id='what' label='What' type='text'/>\
                <kapok:formField id='price' label='Price' type='money'/></kapok:formField>\
                </kapok:form></extensionElements>";
    Engine::new(process(
        &(form.to_owned() + ENDS + &user("u", settings)),
        "s -> u; u -> e",
    ))
}

fn start_with(variables: &[(&str, Value)]) -> Command {
    Command::Start(kapok_protocol::StartRequest {
        definition: DEFINITION,
        start_event: None,
        variables: map(variables),
        business_key: None,
        record: None,
        initiator: None,
    })
}

fn line(what: &str, price: i64) -> Value {
    [("what", Value::from(what)), ("price", Value::from(price))]
        .into_iter()
        .collect()
}

#[test]
fn a_case_starts_with_a_good_form_only() {
    let days = || ("days", Value::from(2));
    let refused: &[(&str, Vec<(&str, Value)>, &str, &str)] = &[
        ("a required field is missing", vec![], "field.required", "days"),
        (
            "a required field is empty",
            vec![("days", Value::Null)],
            "field.required",
            "days",
        ),
        (
            "not a number",
            vec![("days", Value::from("two"))],
            "field.invalid",
            "days",
        ),
        (
            "not a choice",
            vec![days(), ("kind", Value::from("bored"))],
            "field.invalid",
            "kind",
        ),
        (
            "not lines",
            vec![days(), ("lines", Value::from("x"))],
            "field.invalid",
            "lines",
        ),
        (
            "a column of the wrong kind",
            vec![
                days(),
                (
                    "lines",
                    Value::from(vec![[("price", Value::from(true))].into_iter().collect()]),
                ),
            ],
            "field.invalid",
            "lines.0.price",
        ),
        (
            "no such field",
            vec![days(), ("approved", Value::from(true))],
            "field.unknown",
            "approved",
        ),
    ];
    for (name, variables, code, field) in refused {
        let mut engine = with_form(&persons(&["bob"]));
        let refusal = engine.refuses("ann", start_with(variables));
        assert_eq!(
            (refusal.code.as_str(), refusal.field.as_deref()),
            (*code, Some(*field)),
            "{name}"
        );
        assert!(engine.state.instances.is_empty());
    }
    let mut engine = with_form(&persons(&["bob"]));
    assert_eq!(
        engine.refuses("bob", start_with(&[days()])).code,
        "process.not-a-starter"
    );
    engine.does("head", start_with(&[("days", Value::from("2.5"))]));
    let instance = engine.state.instances.values().next().expect("a case");
    assert_eq!(
        (instance.title.as_str(), instance.initiator),
        ("Leave of 2.5", Some(person("head")))
    );
    let id = instance.id;
    assert_eq!(
        engine
            .variable(id, "days")
            .and_then(Value::as_number)
            .map(|days| days.to_string()),
        Some("2.5".into())
    );

    // Nobody starts in another's name.
    assert_eq!(engine.refuses("head", start(&[days()])).code, "process.not-for-others");
}

#[test]
fn a_step_changes_only_the_fields_it_may() {
    let fields = "<kapok:fields><kapok:field id='kind' access='required'/><kapok:field id='days' access='read'/>\
                  <kapok:field id='lines.price' access='edit'/></kapok:fields>";
    let mut engine = with_form(&(approval("", &persons(&["bob"])) + fields));
    let case = engine.start(&[("days", Value::from(2)), ("lines", Value::from(vec![line("pen", 3)]))]);
    let task = engine.task("u", "");
    let done = |decision, variables: &[(&str, Value)]| Command::Complete {
        task,
        decision: Some(decision),
        comment: None,
        variables: map(variables),
    };
    let kind = || ("kind", Value::from("sick"));
    let refused: &[(&[(&str, Value)], &str, &str)] = &[
        (&[], "field.required", "kind"),
        (&[("kind", Value::from("bored"))], "field.invalid", "kind"),
        (&[kind(), ("days", Value::from(9))], "field.not-editable", "days"),
        (&[kind(), ("other", Value::from(9))], "field.not-editable", "other"),
        (
            &[kind(), ("lines", Value::from(vec![line("ink", 3)]))],
            "field.not-editable",
            "lines.0.what",
        ),
        (
            &[kind(), ("lines", Value::from(vec![line("pen", 3), line("pen", 3)]))],
            "field.not-editable",
            "lines",
        ),
    ];
    for (variables, code, field) in refused {
        let refusal = engine.refuses("bob", done(Approve, variables));
        assert_eq!(
            (refusal.code.as_str(), refusal.field.as_deref()),
            (*code, Some(*field)),
            "{variables:?}"
        );
    }
    engine.does(
        "bob",
        done(Approve, &[kind(), ("lines", Value::from(vec![line("pen", 5)]))]),
    );
    assert_eq!(engine.variable(case, "kind"), Some(&Value::from("sick")));
    assert_eq!(engine.variable(case, "lines"), Some(&Value::from(vec![line("pen", 5)])));

    let mut engine = with_form(&(approval("", &persons(&["bob"])) + fields));
    engine.start(&[("days", Value::from(2))]);
    engine.complete("bob", "u", Some(Reject)); // A rejection need not fill in the form.
    assert_eq!(engine.live(), [0; 5]);
}

const LADDER: &str = "<kapok:reminders due='PT8H'><kapok:remind after='PT8H' channels='page' repeat='R2/PT1H'/>\
                      <kapok:remind after='PT11H' channels='sms mail'/><kapok:escalate after='PT12H' to='superior'/>\
                      <kapok:remind after='PT13H' channels='page'/></kapok:reminders>";

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

#[test]
fn urging_is_for_those_who_wait_and_not_too_often() {
    let mut engine = one_step(&persons(&["bob"]));
    engine.start(&[]);
    let task = engine.task("u", "");
    engine.trace();
    engine.told();
    for stranger in ["bob", "office", "boss"] {
        assert_eq!(
            engine.refuses(stranger, Command::Urge(task)).code,
            "task.not-to-urge",
            "{stranger}"
        );
    }
    for waiting in ["ann", "head", "admin"] {
        engine.does(waiting, Command::Urge(task));
        assert_eq!(engine.trace(), "u~urged:bob");
        assert_eq!(engine.told(), ["page:bob"]);
        engine.advance(59_000);
        let refusal = engine.refuses(waiting, Command::Urge(task));
        assert!(
            refusal.code == "task.urged-recently" && refusal.text.en.contains("1 seconds"),
            "{refusal}"
        );
        engine.advance(1_000);
    }
}

#[test]
fn cancelling_leaves_nothing_live() {
    let inside = "<subProcess id='p1'><startEvent id='s1'/><endEvent id='e1'/>".to_owned()
        + &user("v", &(persons(&["bob"]) + LADDER))
        + &support::drawing::draw("s1 -> v; v -> e1")
        + "</subProcess>"
        + &support::drawing::boundary_timer("b", "p1", true, "<timeDuration>P1D</timeDuration>");
    let body = format!("{ENDS}<parallelGateway id='f'/><endEvent id='e2'/><endEvent id='e3'/>{inside}")
        + &support::drawing::service("a", "retries='3'", "");
    let mut engine = Engine::new(process(&body, "s -> f; f -> p1; f -> a; p1 -> e; a -> e2; b -> e3"));
    let case = engine.start(&[]);
    engine.finish(kapok_protocol::JobOutcome::Failed {
        message: "no".to_owned(),
        retry: true,
    });
    assert_eq!(engine.live(), [3, 1, 6, 1, 0]);
    let cancel = |instance: InstanceId| Command::Cancel {
        instance,
        reason: "no longer wanted".to_owned(),
    };
    assert_eq!(engine.refuses("bob", cancel(case)).code, "instance.not-yours");
    engine.told();
    engine.does("ann", cancel(case));
    assert_eq!(engine.live(), [0; 5]);
    assert!(
        engine.trace().ends_with("xv xa xp1 Cancelled"),
        "from the inside outwards"
    );
    assert_eq!(engine.state_of(case), InstanceState::Cancelled);
    assert_eq!(engine.refuses("admin", cancel(case)).code, "instance.ended");
    let nothing = InstanceId::new(1).expect("positive");
    assert_eq!(engine.refuses("admin", cancel(nothing)).code, "instance.not-found");
}

#[test]
fn what_people_read_is_in_both_languages_and_names_step_and_case() {
    let mut engine = one_step(&persons(&["bob"]));
    engine.start(&[]);
    let task = engine.task("u", "");
    engine.does("ann", Command::Urge(task));
    engine.complete("bob", "u", None);
    let expected = [
        ("bob", PageKind::Page, "新待办：u（Case）", "New to-do: u (Case)"),
        (
            "bob",
            PageKind::Page,
            "ann催办：u（Case）",
            "ann asks you to act: u (Case)",
        ),
        (
            "ann",
            PageKind::Notice,
            "你发起的“Case”已办结。",
            "Your case \"Case\" is complete.",
        ),
    ];
    assert_eq!(engine.effects.len(), expected.len());
    for (effect, (who, sort, zh, en)) in engine.effects.iter().zip(expected) {
        let Effect::Page { to, kind, text, .. } = effect else {
            panic!("{effect:?}")
        };
        assert_eq!(
            (*to, *kind, text.zh.as_str(), text.en.as_str()),
            (person(who), sort, zh, en)
        );
    }
}

#[test]
fn some_commands_are_the_engine_s_own() {
    let mut engine = one_step(&(persons(&["bob"]) + LADDER));
    engine.start(&[]);
    let (_, timer) = engine.next_timer().expect("the ladder");
    for who in ["ann", "admin"] {
        assert_eq!(
            engine.refuses(who, Command::FireTimer(timer)).code,
            "command.only-the-engine"
        );
    }
    engine.complete("bob", "u", None);
    assert_eq!(engine.refuses("", Command::FireTimer(timer)).code, "timer.gone");
    assert!(engine.command(actor("ann"), &start(&[])).is_ok());
}
