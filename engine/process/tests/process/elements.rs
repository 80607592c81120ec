//! What each element does, and how they do it together: drawings, what happens, and the trace that must come of it.

use crate::support::{
    drawing::{ENDS, boundary_error, boundary_timer, draw, persons, process, script, service, user},
    engine::{DEFINITION, Engine, HOUR, map},
};
use kapok_process::state::InstanceState;
use kapok_protocol::{Command, IncidentId, JobOutcome, RecordRef, StartRequest, Value};

const SECOND: i64 = 1_000;

fn ends_with(body: &str) -> String {
    format!("{ENDS}{body}")
}

/// Straight-through drawings: the whole trace of one start.
#[test]
fn a_start_runs_as_far_as_it_can() {
    let ann = user("u", &persons(&["ann"]));
    let cases: &[(&str, String, &str, &str)] = &[
        ("nothing between", ends_with(""), "s -> e", "+s -s +e -e Completed"),
        (
            "a script",
            ends_with(&script("a", "vars.n = 7")),
            "s -> a; a -> e",
            "+s -s +a -a +e -e Completed",
        ),
        (
            "a condition that holds",
            ends_with("<exclusiveGateway id='x' default='x-e'/>") + &script("a", "1"),
            "s -> x; x -> a ? 3 > 2; x -> e; a -> e",
            "+s -s +x -x +a -a +e -e Completed",
        ),
        (
            "the default flow",
            ends_with("<exclusiveGateway id='x' default='x-e'/>") + &script("a", "1"),
            "s -> x; x -> a ? 2 > 3; x -> e; a -> e",
            "+s -s +x -x +e -e Completed",
        ),
        (
            "no condition and no default",
            ends_with("<exclusiveGateway id='x'/>") + &script("a", "1"),
            "s -> x; x -> a ? 2 > 3; x -> e ? 1 > 2; a -> e",
            "+s -s +x ?x",
        ),
        (
            "fork and join",
            ends_with("<parallelGateway id='f'/><parallelGateway id='j'/>") + &script("a", "1") + &script("b", "1"),
            "s -> f; f -> a; f -> b; a -> j; b -> j; j -> e",
            "+s -s +f -f +a -a +b -b +j -j +e -e Completed",
        ),
        (
            "a sub-process",
            ends_with(&format!(
                "<subProcess id='p1'><startEvent id='s1'/><endEvent id='e1'/>{}{}</subProcess>",
                script("a", "1"),
                draw("s1 -> a; a -> e1")
            )),
            "s -> p1; p1 -> e",
            "+s -s +p1 +s1 -s1 +a -a +e1 -e1 -p1 +e -e Completed",
        ),
        (
            "terminate ends what waits beside it",
            format!(
                "<startEvent id='s'/><parallelGateway id='f'/><endEvent id='e'/>\
                 <endEvent id='t'><terminateEventDefinition/></endEvent>{ann}"
            ),
            "s -> f; f -> u; f -> t; u -> e",
            "+s -s +f -f +u u>ann +t -t xu Completed",
        ),
        (
            "terminate in a sub-process ends only that",
            ends_with(&format!(
                "<subProcess id='p1'><startEvent id='s1'/><parallelGateway id='f'/><endEvent id='e1'/>\
                 <endEvent id='t'><terminateEventDefinition/></endEvent>{ann}{}</subProcess>",
                draw("s1 -> f; f -> t; f -> u; u -> e1")
            )),
            "s -> p1; p1 -> e",
            "+s -s +p1 +s1 -s1 +f -f +t -t -p1 +e -e Completed",
        ),
        (
            "an error goes outwards through two scopes, past one that watches for another code",
            format!(
                "{ENDS}<subProcess id='p1'><startEvent id='s1'/><endEvent id='e1'/>\
                 <subProcess id='p2'><startEvent id='s2'/><endEvent id='bad'><errorEventDefinition errorRef='E1'/></endEvent>\
                 {}</subProcess>{}{}</subProcess>{}{}<endEvent id='c'/><endEvent id='c2'/>",
                draw("s2 -> bad"),
                boundary_error("inner", "p2", "E2"),
                draw("s1 -> p2; p2 -> e1; inner -> e1"),
                boundary_error("all", "p1", ""),
                boundary_error("one", "p1", "E1"),
            ),
            "s -> p1; p1 -> e; all -> c2; one -> c",
            "+s -s +p1 +s1 -s1 +p2 +s2 -s2 +bad !bad:E1 xbad xp2 xp1 +one -one +c -c Completed",
        ),
        (
            "an error that nothing catches is an incident",
            "<startEvent id='s'/><endEvent id='bad'><errorEventDefinition errorRef='E1'/></endEvent>".to_owned(),
            "s -> bad",
            "+s -s +bad !bad:E1 ?bad",
        ),
        (
            "a script that fails is an incident",
            ends_with(&script("a", "vars.n = nothing + 1")),
            "s -> a; a -> e",
            "+s -s +a ?a",
        ),
    ];
    for (name, body, flows, expected) in cases {
        let mut engine = Engine::new(process(body, flows));
        engine.start(&[]);
        assert_eq!(engine.trace(), *expected, "{name}");
    }
}

#[test]
fn scripts_write_to_the_nearest_scope_that_has_the_name_and_new_ones_to_the_case() {
    let body = ends_with(&format!(
        "<subProcess id='p1'><startEvent id='s1'/><endEvent id='e1'/>{}{}</subProcess>",
        script("a", "n = n + 1; vars.inside = 5"),
        draw("s1 -> a; a -> e1")
    ));
    let mut engine = Engine::new(process(&body, "s -> p1; p1 -> e"));
    let case = engine.start(&[("n", Value::from(1))]);
    assert_eq!(engine.variable(case, "n"), Some(&Value::from(2)));
    assert_eq!(engine.variable(case, "inside"), Some(&Value::from(5)));
}

/// Two tokens by one way and one by the other: the join fires once, and the token left over waits for its round.
#[test]
fn a_join_takes_one_token_of_each_way() {
    let body = ends_with(
        "<parallelGateway id='f'/><parallelGateway id='f2'/><exclusiveGateway id='m'/><parallelGateway id='j'/>",
    ) + &user("u", &persons(&["ann"]));
    let mut engine = Engine::new(process(
        &body,
        "s -> f; f -> f2; f -> u; f2 -> m; f -> m; m -> j; u -> j; j -> e",
    ));
    let case = engine.start(&[]);
    assert_eq!(engine.trace(), "+s -s +f -f +f2 -f2 +u u>ann +m -m +m -m +j");
    engine.complete("ann", "u", None);
    assert_eq!(engine.trace(), "u=done -u -j +j +e -e", "one token stays behind");
    let fired = engine
        .state
        .elements
        .values()
        .find(|row| engine.node_id(row.node) == "j")
        .expect("the first round");
    assert_eq!(fired.causes.len(), 2);
    assert_eq!(engine.state_of(case), InstanceState::Active);
}

#[test]
fn an_intermediate_timer_waits() {
    let timer = |time: &str| {
        ends_with(&format!(
            "<intermediateCatchEvent id='t'><timerEventDefinition>{time}</timerEventDefinition></intermediateCatchEvent>"
        ))
    };
    let cases = [
        ("<timeDuration>PT1H</timeDuration>", HOUR),
        ("<timeDuration language='rhai'>wait</timeDuration>", 2 * SECOND),
        ("<timeDate>2026-01-01T00:00:05Z</timeDate>", 5 * SECOND),
        ("<timeDate>2026-01-01T08:00:07</timeDate>", 7 * SECOND), // company time is eight hours ahead
    ];
    for (time, wait) in cases {
        let mut engine = Engine::new(process(&timer(time), "s -> t; t -> e"));
        engine.start(&[("wait", Value::from("PT2S"))]);
        engine.advance(wait - 1);
        assert_eq!(engine.trace(), "+s -s +t", "{time}");
        engine.advance(1);
        assert_eq!(engine.trace(), "-t +e -e Completed", "{time}");
    }
    for bad in [Value::Null, Value::from("soon"), Value::from(5)] {
        let graph = process(
            &timer("<timeDuration language='rhai'>wait</timeDuration>"),
            "s -> t; t -> e",
        );
        let mut engine = Engine::new(graph);
        engine.start(&[("wait", bad)]);
        assert!(
            engine.incident().1.contains("`wait`"),
            "the incident names the expression"
        );
    }
}

#[test]
fn drawn_durations_are_shortened_and_dates_are_not() {
    let body = ends_with(
        "<parallelGateway id='f'/><endEvent id='e2'/>\
         <intermediateCatchEvent id='a'><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>\
         </intermediateCatchEvent><intermediateCatchEvent id='b'><timerEventDefinition>\
         <timeDate>2026-01-01T00:00:05Z</timeDate></timerEventDefinition></intermediateCatchEvent>",
    );
    let mut engine = Engine::new(process(&body, "s -> f; f -> a; f -> b; a -> e; b -> e2"));
    engine.shorten = 3_600;
    engine.start(&[]);
    engine.trace();
    engine.advance(SECOND);
    assert_eq!(engine.trace(), "-a +e -e");
    engine.advance(4 * SECOND);
    assert_eq!(engine.trace(), "-b +e2 -e2 Completed");
}

#[test]
fn boundary_timers_interrupt_or_stand_beside() {
    let body = |timer: String| ends_with("<endEvent id='late'/>") + &user("u", &persons(&["ann"])) + &timer;
    let flows = "s -> u; u -> e; b -> late";

    let graph = process(
        &body(boundary_timer("b", "u", true, "<timeDuration>PT1H</timeDuration>")),
        flows,
    );
    let mut engine = Engine::new(graph);
    engine.start(&[]);
    engine.advance(HOUR);
    assert_eq!(engine.trace(), "+s -s +u u>ann xu +b -b +late -late Completed");

    let cycle = "<timeCycle>R3/PT10S</timeCycle>";
    let mut engine = Engine::new(process(&body(boundary_timer("b", "u", false, cycle)), flows));
    engine.start(&[]);
    engine.advance(HOUR);
    let round = "+b -b +late -late";
    assert_eq!(engine.trace(), format!("+s -s +u u>ann {round} {round} {round}"));
    engine.complete("ann", "u", None);
    assert_eq!(engine.trace(), "u=done -u +e -e Completed");

    // A task done in time takes its timer with it.
    let mut engine = Engine::new(process(&body(boundary_timer("b", "u", false, cycle)), flows));
    engine.start(&[]);
    engine.advance(15 * SECOND);
    engine.complete("ann", "u", None);
    assert_eq!(engine.live(), [0; 5]);
}

#[test]
fn after_a_long_silence_a_cycle_fires_once_and_keeps_step() {
    let day = 24 * HOUR;
    let cases = [
        ("PT10S", HOUR + 3 * SECOND, HOUR + 10 * SECOND),
        ("P1D", 5 * day, 6 * day),
        ("P1M", 70 * day, 90 * day), // From the first of January to the first of April.
    ];
    for (interval, silence, next) in cases {
        let cycle = format!("<timeCycle>R/{interval}</timeCycle>");
        let body = ends_with("<endEvent id='late'/>")
            + &user("u", &persons(&["ann"]))
            + &boundary_timer("b", "u", false, &cycle);
        let mut engine = Engine::new(process(&body, "s -> u; u -> e; b -> late"));
        engine.start(&[]);
        engine.trace();
        let begin = engine.now;
        engine.now = begin.plus_millis(silence);
        let (_, timer) = engine.next_timer().expect("the cycle");
        engine.does("", Command::FireTimer(timer));
        assert_eq!(engine.trace(), "+b -b +late -late", "{interval}");
        let (due, _) = engine.next_timer().expect("the cycle goes on");
        assert_eq!(due.millis() - begin.millis(), next, "{interval}");
    }
}

#[test]
fn timers_start_cases_and_are_armed_again() {
    let body = "<startEvent id='s'><timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>\
                </startEvent><endEvent id='e'/>";
    let mut engine = Engine::new(process(body, "s -> e"));
    engine.arm_start_timers();
    engine.advance(10 * HOUR);
    assert_eq!(engine.trace(), "+s -s +e -e Completed +s -s +e -e Completed");
    assert!(engine.state.timers.is_empty());
}

#[test]
fn a_saved_record_starts_a_case_but_not_for_ever() {
    let body = "<extensionElements><kapok:subject entity='crm.deal'/></extensionElements>\
                <startEvent id='s'><extensionElements><kapok:recordTrigger entity='crm.deal' on='created'/>\
                </extensionElements></startEvent><endEvent id='e'/>";
    let mut engine = Engine::new(process(
        &(format!("{body}{}", user("u", &persons(&["ann"])))),
        "s -> u; u -> e",
    ));
    let request = || {
        Command::Start(StartRequest {
            definition: DEFINITION,
            start_event: Some("s".to_owned()),
            variables: map(&[]),
            business_key: None,
            record: Some(RecordRef {
                entity: kapok_protocol::Entity::new("crm.deal"),
                id: kapok_protocol::RecordId::new(9).expect("positive"),
            }),
            initiator: None,
        })
    };
    engine.limits.trigger_depth = 3;
    let mut cause = kapok_protocol::Principal::System;
    for depth in 0..=3 {
        let answer = engine.command(cause, &request()).expect("not too deep yet");
        let kapok_process::Answer::Started(id) = answer else {
            panic!("a start")
        };
        assert_eq!(engine.state.instances[&id].depth, depth);
        cause = kapok_protocol::Principal::Process(id);
    }
    match engine.command(cause, &request()) {
        Err(kapok_process::Stop::Refused(refusal)) => assert_eq!(refusal.code, "process.too-deep"),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        engine.refuses("", crate::support::engine::start(&[])).code,
        "process.no-start"
    );
}

#[test]
fn service_tasks_become_jobs() {
    let input = "<kapok:input name='total'>n + 1</kapok:input>";
    let body = |attributes: &str| ends_with(&service("a", attributes, input));
    let flows = "s -> a; a -> e";

    let mut engine = Engine::new(process(&body(""), flows));
    let case = engine.start(&[("n", Value::from(1))]);
    let job = &engine.state.jobs[&engine.job()];
    assert_eq!(
        (job.handler.as_str(), &job.inputs["total"], job.ready),
        ("demo.a", &Value::from(2), true)
    );
    engine.finish(JobOutcome::Completed(map(&[
        ("n", Value::from(5)),
        ("new", Value::from("x")),
    ])));
    assert_eq!(engine.trace(), "+s -s +a -a +e -e Completed");
    assert_eq!(engine.variable(case, "n"), Some(&Value::from(5)));
    assert_eq!(engine.variable(case, "new"), Some(&Value::from("x")));

    let mut engine = Engine::new(process(&body("result='answer'"), flows));
    let case = engine.start(&[("n", Value::from(1))]);
    engine.finish(JobOutcome::Completed(map(&[("n", Value::from(5))])));
    assert_eq!(
        engine.variable(case, "answer").and_then(|answer| answer.at("n")),
        Some(&Value::from(5))
    );
    assert_eq!(engine.variable(case, "n"), Some(&Value::from(1)));
}

#[test]
fn a_failing_job_is_tried_again_and_then_waits_for_a_person() {
    let failed = |retry| JobOutcome::Failed {
        message: "no connection".to_owned(),
        retry,
    };
    let mut engine = Engine::new(process(&ends_with(&service("a", "retries='2'", "")), "s -> a; a -> e"));
    engine.start(&[]);
    for wait in [10, 20] {
        engine.finish(failed(true));
        assert!(!engine.state.jobs[&engine.job()].ready);
        engine.advance(wait * SECOND - 1);
        assert!(!engine.state.jobs[&engine.job()].ready, "backoff of {wait} s");
        engine.advance(1);
        assert!(engine.state.jobs[&engine.job()].ready);
    }
    engine.finish(failed(true));
    let (incident, text) = engine.incident();
    assert!(text.contains("no connection"));
    let job = engine.job();
    let late = Command::FinishJob {
        job,
        outcome: JobOutcome::Completed(map(&[])),
    };
    assert_eq!(engine.refuses("", late).code, "job.gone");

    assert_eq!(
        engine.refuses("ann", Command::Retry(incident)).code,
        "incident.only-administrators"
    );
    engine.does("admin", Command::Retry(incident));
    assert_ne!(engine.job(), job, "a new try is a new job");
    engine.finish(failed(false));
    assert!(
        engine.incident().1.contains("no connection"),
        "no retry when it cannot help"
    );
    engine.does("admin", Command::Retry(engine.incident().0));
    engine.finish(JobOutcome::Completed(map(&[])));
    assert_eq!(engine.live(), [0; 5]);
    assert_eq!(engine.refuses("admin", Command::Retry(incident)).code, "incident.gone");
}

#[test]
fn a_job_may_end_in_an_error_of_the_model() {
    let error = |code: &str| JobOutcome::Error {
        code: code.to_owned(),
        message: "no stock".to_owned(),
        variables: Default::default(),
    };
    let body = ends_with("<endEvent id='c'/>") + &service("a", "", "") + &boundary_error("b", "a", "E1");
    let flows = "s -> a; a -> e; b -> c";

    let mut engine = Engine::new(process(&body, flows));
    engine.start(&[]);
    engine.finish(error("E1"));
    assert_eq!(engine.trace(), "+s -s +a !a:E1 xa +b -b +c -c Completed");

    let mut engine = Engine::new(process(&body, flows));
    engine.start(&[]);
    engine.finish(error("E2"));
    assert_eq!(engine.trace(), "+s -s +a !a:E2 ?a");
    assert!(engine.incident().1.contains("no stock"));
}

#[test]
fn messages_reach_everybody_once_and_the_case_goes_on() {
    let body = ends_with(
        "<serviceTask id='m'><extensionElements><kapok:message channel='sms' title='Deal {n}' template='deal'>\
         <kapok:to><kapok:person login='ann'/><kapok:role code='finance'/><kapok:superior level='1'/></kapok:to>\
         <kapok:text>n is {n}</kapok:text></kapok:message></extensionElements></serviceTask>",
    );
    let mut engine = Engine::new(process(&body, "s -> m; m -> e"));
    engine.start(&[("n", Value::from(3))]);
    assert_eq!(engine.trace(), "+s -s +m -m +e -e Completed");
    assert_eq!(engine.told(), ["sms:ann", "sms:head", "sms:bob", "page:ann"]);
}

#[test]
fn a_process_that_spins_stops_in_an_incident_and_can_go_on() {
    let body =
        ends_with("<exclusiveGateway id='x' default='x-e'/><exclusiveGateway id='m'/>") + &script("a", "n = n + 1");
    let flows = "s -> m; m -> a; a -> x; x -> m ? n < 100; x -> e";
    let mut engine = Engine::new(process(&body, flows));
    engine.limits.steps_per_command = 50;
    let case = engine.start(&[("n", Value::from(0))]);
    let mut rounds = 0;
    while let Some(incident) = engine.state.incidents.keys().next().copied() {
        engine.does("admin", Command::Retry(incident));
        rounds += 1;
        assert!(rounds < 20);
    }
    assert_eq!(engine.state_of(case), InstanceState::Completed);
    assert_eq!(engine.variable(case, "n"), Some(&Value::from(100)));

    let mut engine = Engine::new(process(&body, flows));
    engine.limits.activations_per_instance = 30;
    engine.start(&[("n", Value::from(0))]);
    let (incident, text): (IncidentId, String) = engine.incident();
    assert!(text.contains("30 steps"));
    engine.does("admin", Command::Retry(incident));
    assert_eq!(
        engine.state.incidents.len(),
        1,
        "the case as a whole is bounded, whoever retries"
    );
}

#[test]
fn a_repaired_condition_is_looked_at_again() {
    let body =
        ends_with("<exclusiveGateway id='x' default='x-e'/>") + &user("u", &persons(&["ann"])) + &script("a", "1");
    let flows = "s -> u; u -> x; x -> a ? n > 3; x -> e; a -> e";
    let mut engine = Engine::new(process(&body, flows));
    let case = engine.start(&[]);
    engine.complete("ann", "u", None);
    assert_eq!(engine.trace(), "+s -s +u u>ann u=done -u +x ?x");
    engine
        .state
        .variables
        .insert((case, None, "n".to_owned()), Value::from(4));
    engine.does("admin", Command::Retry(engine.incident().0));
    assert_eq!(engine.trace(), "retry:x -x +a -a +e -e Completed");
}

#[test]
fn every_activation_knows_what_caused_it() {
    let body = ends_with("<parallelGateway id='f'/><parallelGateway id='j'/>") + &script("a", "1") + &script("b", "1");
    let mut engine = Engine::new(process(&body, "s -> f; f -> a; f -> b; a -> j; b -> j; j -> e"));
    engine.start(&[]);
    let row = |id: &str| {
        engine
            .state
            .elements
            .values()
            .find(|row| engine.node_id(row.node) == id)
            .expect("entered")
    };
    assert_eq!(row("s").causes, []);
    assert_eq!(row("a").causes, [row("f").id]);
    assert_eq!(row("j").causes, [row("a").id, row("b").id]);
    assert_eq!(row("e").causes, [row("j").id]);
}
