//! What people do with their to-dos.

use std::collections::BTreeMap;

use kapok_process::state::{Candidate, InstanceState, TaskState};
use kapok_protocol::{
    Command,
    Decision::{self, Approve, Reject},
    Effect, InstanceId, PageKind, RefusalKind, TaskId, Value,
};

use crate::support::{
    company::person,
    drawing::{ENDS, FINANCE, LADDER, approval, boundary_timer, draw, persons, process, service, user},
    engine::{Engine, actor, complete, one_step, start},
};

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
        + &draw("s1 -> v; v -> e1")
        + "</subProcess>"
        + &boundary_timer("b", "p1", true, "<timeDuration>P1D</timeDuration>");
    let body = format!("{ENDS}<parallelGateway id='f'/><endEvent id='e2'/><endEvent id='e3'/>{inside}")
        + &service("a", "retries='3'", "");
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
        ("bob", PageKind::Prompt, "新待办：u（Case）", "New to-do: u (Case)"),
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
