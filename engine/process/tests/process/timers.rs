//! Timers that come again, where coming once is enough, and by the calendar.

use crate::support::{
    drawing::{ENDS, boundary, catch, end, event_sub, persons, process, user},
    engine::Engine,
    play,
};

fn drawn(elements: &[String]) -> String {
    ENDS.to_owned() + &elements.concat()
}

#[test]
fn a_cycle_counts_once_where_it_ends_something() {
    let ann = user("u", &persons(&["ann"]));
    play::all(&[
        (
            "an intermediate event",
            drawn(&[catch("c", "every R3/PT1H"), ann.clone()]),
            "s -> c; c -> u; u -> e",
            &[
                ("start", "+s -s +c"),
                ("wait 36000", "-c +u u>ann"),
                ("do u", "u=done -u +e -e Completed"),
            ],
        ),
        (
            "an interrupting boundary event",
            drawn(&[
                ann.clone(),
                boundary("b", "u", true, "every R/PT1H"),
                catch("c", "message M1"),
                end("x", ""),
            ]),
            "s -> u; u -> e; b -> c; c -> x",
            &[
                ("start", "+s -s +u u>ann"),
                ("wait 36000", "xu +b -b +c"),
                ("message M1", "-c +x -x Completed"),
            ],
        ),
        (
            "an event sub-process that takes over",
            drawn(&[
                ann.clone(),
                event_sub("q", true, "every R/PT1H", &user("v", &persons(&["ann"]))),
            ]),
            "s -> u; u -> e",
            &[
                ("start", "+s -s +u u>ann"),
                ("wait 36000", "xu +q +qs -qs +v v>ann"),
                ("do v", "v=done -v +qe -qe -q Completed"),
            ],
        ),
        (
            "an event sub-process beside, as often as it says",
            drawn(&[ann, event_sub("q", false, "every R2/PT1H", "")]),
            "s -> u; u -> e",
            &[
                ("start", "+s -s +u u>ann"),
                ("wait 36000", "+q +qs -qs +qe -qe -q +q +qs -qs +qe -qe -q"),
                ("do u", "u=done -u +e -e Completed"),
            ],
        ),
    ]);
}

/// At eight in the morning, in company time, which is eight hours ahead; the first of January is a Thursday.
#[test]
fn the_calendar_says_when() {
    let day = 86_400;
    let body = drawn(&[
        user("u", &persons(&["ann"])),
        boundary("b", "u", false, "every 0 0 8 * * MON-FRI"),
        end("x", ""),
    ]);
    let mut engine = Engine::new(process(&body, "s -> u; u -> e; b -> x"));
    engine.start(&[]);
    engine.trace();
    let weekdays = [("Friday", 1), ("Saturday", 0), ("Sunday", 0), ("Monday", 1)];
    for (name, times) in weekdays {
        play::take(&mut engine, &format!("wait {day}"));
        assert_eq!(engine.trace().matches("+b").count(), times, "{name}");
    }
}
