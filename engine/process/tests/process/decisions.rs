//! Business rule tasks that ask a decision.

use kapok_protocol::Value;

use crate::support::{
    drawing::{ENDS, process},
    engine::Engine,
    play,
};

#[test]
fn a_decision_is_asked_here_or_handed_to_who_knows_it() {
    let task = |decision: &str, more: &str| {
        let attributes = format!("camunda:decisionRef='{decision}' {more}");
        format!("{ENDS}<businessRuleTask id='d' {attributes}/>")
    };
    let flows = "s -> d; d -> e";
    let mut engine = Engine::new(process(&task("double", ""), flows));
    let case = engine.start(&[("n", Value::from(4))]);
    assert_eq!(engine.variable(case, "doubled"), Some(&Value::from(8)));

    let mut engine = Engine::new(process(&task("double", "camunda:resultVariable='all'"), flows));
    let case = engine.start(&[("n", Value::from(4))]);
    let all = engine.variable(case, "all").and_then(|all| all.at("doubled"));
    assert_eq!(all, Some(&Value::from(8)));

    let mut engine = Engine::new(process(&task("discount", ""), flows));
    let case = engine.start(&[]);
    assert_eq!(engine.state.jobs[&engine.job()].handler, "discount");
    play::steps_of("a job", &mut engine, &[("job rate=7", "+s -s +d -d +e -e Completed")]);
    assert_eq!(engine.variable(case, "rate"), Some(&Value::from(7)));
}
