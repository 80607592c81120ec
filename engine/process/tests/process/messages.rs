//! Messages find the one they are meant for; signals find all.

use crate::support::{
    drawing::{ENDS, catch, end, event_sub, persons, process, processes, start_event, throw, user},
    engine::{DEFINITION, Engine, HOUR, map, message},
    play,
};
use kapok_protocol::{Command, InstanceId, PublishedMessage, StartRequest, Value};

/// Two cases that wait for a message, with these variables and business keys.
fn two(name: &str, starts: [(&str, Option<&str>); 2]) -> (Engine, [InstanceId; 2]) {
    let body = ENDS.to_owned() + &catch("c", &format!("message {name}"));
    let mut engine = Engine::new(process(&body, "s -> c; c -> e"));
    let cases = starts.map(|(order, key)| {
        let request = StartRequest {
            definition: DEFINITION,
            start_event: None,
            variables: map(&[("order", Value::from(order))]),
            business_key: key.map(str::to_owned),
            record: None,
            initiator: None,
        };
        engine.does("", Command::Start(request));
        engine.running().pop().expect("it runs")
    });
    (engine, cases)
}

/// Who of two gets a message: the first, the second, or why nobody.
#[test]
fn a_message_goes_to_the_one_it_is_meant_for() {
    let cases: &[(&str, &str, [(&str, Option<&str>); 2], Option<&str>, Result<usize, &str>)] = &[
        (
            "by the key that is drawn",
            "MK",
            [("1", None), ("2", None)],
            Some("2"),
            Ok(1),
        ),
        (
            "no such key",
            "MK",
            [("1", None), ("2", None)],
            Some("3"),
            Err("message.nobody-waits"),
        ),
        (
            "the same key twice",
            "MK",
            [("1", None), ("1", None)],
            Some("1"),
            Err("message.several-wait"),
        ),
        (
            "without a key",
            "MK",
            [("1", None), ("2", None)],
            None,
            Err("message.several-wait"),
        ),
        (
            "the drawn key is before the business key",
            "MK",
            [("1", Some("2")), ("2", Some("1"))],
            Some("1"),
            Ok(0),
        ),
        (
            "by the business key",
            "M1",
            [("", Some("a")), ("", Some("b"))],
            Some("a"),
            Ok(0),
        ),
        (
            "to the one without a key",
            "M1",
            [("", Some("a")), ("", None)],
            Some("c"),
            Ok(1),
        ),
        (
            "the exact key is before none",
            "M1",
            [("", Some("a")), ("", None)],
            Some("a"),
            Ok(0),
        ),
        (
            "two without a key",
            "M1",
            [("", None), ("", None)],
            Some("a"),
            Err("message.several-wait"),
        ),
        (
            "another name",
            "M1",
            [("", None), ("", None)],
            None,
            Err("message.several-wait"),
        ),
    ];
    for (name, awaited, starts, key, expected) in cases {
        let (mut engine, waiting) = two(awaited, *starts);
        match expected {
            Ok(which) => {
                engine.publish(message(awaited, *key));
                assert_eq!(engine.running(), [waiting[1 - which]], "{name}");
            }
            Err(code) => {
                let refusal = engine.refuses("", Command::Publish(message(awaited, *key)));
                assert_eq!(refusal.code, *code, "{name}");
                assert_eq!(engine.running(), waiting, "{name}");
            }
        }
    }
}

#[test]
fn only_operators_say_that_something_happened() {
    let (mut engine, _) = two("M1", [("", Some("a")), ("", None)]);
    for command in [
        Command::Publish(message("M1", Some("a"))),
        Command::Broadcast {
            signal: "S1".to_owned(),
            variables: map(&[]),
        },
    ] {
        assert_eq!(
            engine.refuses("ann", command.clone()).code,
            "incident.only-administrators"
        );
        engine.does("admin", command);
    }
}

fn lasting(name: &str, key: Option<&str>) -> PublishedMessage {
    PublishedMessage {
        ttl_millis: Some(HOUR),
        ..message(name, key)
    }
}

#[test]
fn a_message_waits_as_long_as_it_says() {
    let body = ENDS.to_owned() + &user("u", &persons(&["ann"])) + &catch("c", "message MK");
    let flows = "s -> u; u -> c; c -> e";
    for (key, taken) in [(Some("7"), true), (None, true), (Some("8"), false)] {
        let mut engine = Engine::new(process(&body, flows));
        engine.start(&[("order", Value::from(7))]);
        engine.publish(lasting("MK", key));
        assert_eq!(engine.state.messages.len(), 1);
        engine.trace();
        play::take(&mut engine, "do u");
        let expected = if taken {
            "u=done -u +c -c +e -e Completed"
        } else {
            "u=done -u +c"
        };
        assert_eq!(engine.trace(), expected, "{key:?}");
        assert_eq!(engine.state.messages.is_empty(), taken, "{key:?}");
    }
    let mut engine = Engine::new(process(&body, flows));
    engine.start(&[("order", Value::from(7))]);
    engine.publish(lasting("MK", Some("7")));
    engine.advance(HOUR);
    assert!(engine.state.messages.is_empty() && engine.state.timers.is_empty());
    engine.trace();
    play::steps_of("it came too early", &mut engine, &[("do u", "u=done -u +c")]);
}

#[test]
fn the_oldest_message_is_taken_first() {
    let body = ENDS.to_owned() + &user("u", &persons(&["ann"])) + &catch("c", "message M1") + &catch("d", "message M1");
    let mut engine = Engine::new(process(&body, "s -> u; u -> c; c -> d; d -> e"));
    let case = engine.start(&[]);
    for (number, variable) in [(1, "first"), (2, "second")] {
        let variables = map(&[("last", Value::from(number)), (variable, Value::from(number))]);
        engine.publish(PublishedMessage {
            variables,
            ..lasting("M1", None)
        });
    }
    play::take(&mut engine, "do u");
    assert!(engine.running().is_empty() && engine.state.messages.is_empty());
    assert_eq!(engine.variable(case, "last"), Some(&Value::from(2)));
}

#[test]
fn a_case_s_message_is_kept_until_somebody_wants_it() {
    let sends = "<startEvent id='ps'/>".to_owned() + &throw("t", "message M1") + &end("pe", "");
    let waits = ENDS.to_owned() + &user("u", &persons(&["ann"])) + &catch("c", "message M1");
    let mut engine = Engine::with(processes(&[
        ("q", &waits, "s -> u; u -> c; c -> e"),
        ("p", &sends, "ps -> t; t -> pe"),
    ]));
    engine.start(&[]);
    let other = StartRequest {
        definition: kapok_protocol::DefinitionId::new(2).expect("not zero"),
        start_event: None,
        variables: map(&[]),
        business_key: None,
        record: None,
        initiator: None,
    };
    engine.does("", Command::Start(other));
    assert_eq!(engine.trace(), "+s -s +u u>ann +ps -ps +t t!M1 -t +pe -pe Completed");
    assert_eq!(engine.state.messages.len(), 1);
    play::steps_of("taken", &mut engine, &[("do u", "u=done -u +c -c +e -e Completed")]);
    assert!(engine.state.messages.is_empty());
}

/// A question starts the other process, and the answer finds the one that asked, though two ask at once.
#[test]
fn an_answer_goes_to_who_asked() {
    let asks = ENDS.to_owned() + &throw("t", "message M1") + &catch("c", "message M2");
    let answers = start_event("qs", "message M1") + &user("u", &persons(&["ann"])) + &end("qe", "message M2");
    let mut engine = Engine::with(processes(&[
        ("p", &asks, "s -> t; t -> c; c -> e"),
        ("q", &answers, "qs -> u; u -> qe"),
    ]));
    let first = engine.start(&[]);
    let second = engine.start(&[]);
    engine.trace();
    let answering: Vec<_> = engine
        .state
        .instances
        .values()
        .filter(|case| case.correspondent == Some(second))
        .collect();
    let answering = answering[0].id;
    let task = engine
        .open_tasks()
        .find(|task| task.instance == answering)
        .expect("a task")
        .id;
    engine.does("ann", crate::support::engine::complete(task, None));
    assert_eq!(engine.trace(), "u=done -u +qe qe!M2 -qe Completed -c +e -e Completed");
    let mut running = engine.running();
    running.sort();
    assert!(running.contains(&first) && !running.contains(&second));
}

#[test]
fn messages_and_signals_start_cases() {
    let starts = |triggers| start_event("s", triggers) + "<endEvent id='e'/>";
    let whole = "+s -s +e -e Completed";
    play::all(&[
        (
            "a message",
            starts("message M1"),
            "s -> e",
            &[("message M1", whole), ("message M1", whole)],
        ),
        (
            "a signal",
            starts("signal S1"),
            "s -> e",
            &[("signal S1", whole), ("signal S2", "")],
        ),
        (
            "one of several",
            starts("message M1, signal S1"),
            "s -> e",
            &[("signal S1", whole), ("message M1", whole)],
        ),
        (
            "all of several",
            starts("all: message M1, signal S1"),
            "s -> e",
            &[
                ("signal S1", ""),
                ("signal S1", ""),
                ("message M1", whole),
                ("message M1", ""),
                ("signal S1", whole),
            ],
        ),
    ]);
    let mut engine = Engine::new(process(&starts("message M1"), "s -> e"));
    engine.publish(PublishedMessage {
        variables: map(&[("n", Value::from(4))]),
        ..message("M1", Some("k"))
    });
    let case = engine.state.instances.values().next().expect("it started");
    assert_eq!(case.business_key.as_deref(), Some("k"));
    assert_eq!(engine.variable(case.id, "n"), Some(&Value::from(4)));
}

#[test]
fn a_signal_is_for_everybody_who_waits_for_it_now() {
    let waits = ENDS.to_owned() + &catch("c", "signal S1") + &catch("d", "signal S1");
    let starts = start_event("qs", "signal S1") + &end("qe", "signal S2");
    let mut engine = Engine::with(processes(&[
        ("p", &waits, "s -> c; c -> d; d -> e"),
        ("q", &starts, "qs -> qe"),
    ]));
    engine.start(&[]);
    engine.start(&[]);
    engine.trace();
    play::steps_of(
        "twice",
        &mut engine,
        &[
            ("signal S1", "-c +d -c +d +qs -qs +qe qe!S2 -qe Completed"),
            (
                "signal S1",
                "-d +e -e Completed -d +e -e Completed +qs -qs +qe qe!S2 -qe Completed",
            ),
        ],
    );
}

/// More receivers than one command tells: the rest is told by a timer, and nobody twice.
#[test]
fn a_signal_reaches_very_many() {
    let waits = ENDS.to_owned() + &user("u", &persons(&["ann"])) + &event_sub("q", false, "signal S1", "");
    let mut engine = Engine::new(process(&waits, "s -> u; u -> e"));
    let one = engine.start(&[]);
    // Copies of one case: starting so many would take long.
    let many = 1_500_u64;
    let (case, element, subscription) = (
        engine.state.instances[&one].clone(),
        engine.state.elements.values().last().expect("the task's").clone(),
        engine.state.subscriptions.values().next().expect("one").clone(),
    );
    engine.trace();
    engine.state = crate::support::state::Memory::default();
    engine.checks = false;
    for number in 1_000_000..1_000_000 + many {
        let id = InstanceId::new(number).expect("not zero");
        let own = kapok_protocol::SubscriptionId::new(number).expect("not zero");
        let mut case = case.clone();
        (case.id, case.subscriptions) = (id, vec![own]);
        let mut row = element.clone();
        (row.instance, row.tasks) = (id, Vec::new());
        let mut waits = subscription.clone();
        (waits.id, waits.waiting.instance) = (own, id);
        engine.state.elements.insert((id, row.id), row);
        engine.state.instances.insert(id, case);
        engine.state.subscriptions.insert(own, waits);
    }
    engine.next_id = 2_000_000;
    engine.broadcast("S1");
    let told = |engine: &mut Engine| engine.trace().matches("+qs").count();
    assert_eq!(told(&mut engine), 1_000);
    engine.advance(0);
    assert_eq!(told(&mut engine), 500);
    assert!(engine.state.timers.is_empty());
}

/// Names and keys become parts of rows' keys, so they are bounded where they come in.
#[test]
fn a_name_or_key_that_is_none_is_refused() {
    let (mut engine, _) = two("M1", [("1", None), ("2", None)]);
    let long = "x".repeat(1_025);
    for (command, code) in [
        (Command::Publish(message("", None)), "event.name"),
        (Command::Publish(message(&long, None)), "event.name"),
        (Command::Publish(message("M1", Some(""))), "event.key"),
        (Command::Publish(message("M1", Some(&long))), "event.key"),
        (
            Command::Broadcast {
                signal: long.clone(),
                variables: map(&[]),
            },
            "event.name",
        ),
    ] {
        assert_eq!(engine.refuses("", command).code, code);
    }
}
