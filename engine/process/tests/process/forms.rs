//! What a case may start with, and what a step may change.

use kapok_protocol::{
    Command,
    Decision::{Approve, Reject},
    Value,
};

use crate::support::{
    company::person,
    drawing::{ENDS, approval, persons, process, user},
    engine::{DEFINITION, Engine, map, start},
};

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
