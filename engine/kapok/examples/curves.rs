//! What a step costs as a model, or a case, grows: `cargo run --release -p kapok --example curves`.
//!
//! The cost of a step must not grow with the size of the drawing, nor with the size of the case. Each line gives the time of
//! one step and its ratio to the first line's; a curve that rises with the size is a fault. Nothing is measured against a
//! limit here, so a busy machine only makes the numbers larger.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    time::{Duration, Instant},
};

use kapok::{Kapok, protocol::Value};

type Failure = Box<dyn std::error::Error>;

const HEAD: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:kapok="urn:kapok:bpmn:1" id="d" targetNamespace="curves">"#;

fn main() -> Result<(), Failure> {
    curve(
        "a chain of scripts: one step, by the size of the model",
        &[50, 500, 5_000],
        chain,
    )?;
    curve(
        "parallel to-dos of one activity: completing one",
        &[100, 1_000, 10_000],
        to_dos,
    )?;
    curve(
        "sequential scripts of one activity: one",
        &[100, 1_000, 10_000],
        sequence,
    )?;
    curve(
        "an inclusive join beside waiting branches: one step",
        &[10, 100, 1_000],
        inclusive,
    )?;
    curve(
        "cases that wait for a message: delivering one by its key",
        &[100, 1_000, 10_000],
        messages,
    )
}

fn curve(name: &str, sizes: &[usize], measure: impl Fn(usize) -> Result<Duration, Failure>) -> Result<(), Failure> {
    println!("{name}");
    let mut first = None;
    for size in sizes {
        let took = measure(*size)?;
        let base = *first.get_or_insert(took);
        let ratio = took.as_secs_f64() / base.as_secs_f64();
        println!("  {size:>6}  {:>9.1} µs  ratio {ratio:.2}", took.as_secs_f64() * 1e6);
    }
    Ok(())
}

/// Scripts one after the other, a thousand steps at a time between to-dos.
fn chain(size: usize) -> Result<Duration, Failure> {
    let mut xml = format!("{HEAD}<process id='p' isExecutable='true'><startEvent id='s'/><endEvent id='e'/>");
    let mut before = "s".to_owned();
    for step in 0..size {
        write!(
            xml,
            "<scriptTask id='t{step}' scriptFormat='rhai'><script>n = n + 1</script></scriptTask>"
        )?;
        write!(
            xml,
            "<sequenceFlow id='f{step}' sourceRef='{before}' targetRef='t{step}'/>"
        )?;
        before = format!("t{step}");
    }
    write!(
        xml,
        "<sequenceFlow id='last' sourceRef='{before}' targetRef='e'/></process></definitions>"
    )?;
    let kapok = Kapok::memory()?;
    kapok.deploy(&xml)?;
    let times = (5_000 / size).max(1);
    let begin = Instant::now();
    for _ in 0..times {
        let case = kapok.start("p", [("n", 0)])?;
        assert_eq!(kapok.variables(case)?["n"], Value::from(i64::try_from(size)?));
    }
    Ok(begin.elapsed() / u32::try_from(times * size)?)
}

fn multi_instance(task: &str, sequential: bool) -> String {
    format!(
        "{HEAD}<process id='p' isExecutable='true'><startEvent id='s'/><endEvent id='e'/>\
         <{task} id='u'><multiInstanceLoopCharacteristics isSequential='{sequential}'>\
         <loopDataInputRef>items</loopDataInputRef><loopDataOutputRef>done</loopDataOutputRef>\
         <inputDataItem id='i' name='item'/><outputDataItem id='o' name='item'/>\
         </multiInstanceLoopCharacteristics>{}</{task}>\
         <sequenceFlow id='a' sourceRef='s' targetRef='u'/><sequenceFlow id='b' sourceRef='u' targetRef='e'/>\
         </process></definitions>",
        if task == "scriptTask" {
            "<script>item</script>"
        } else {
            ""
        }
    )
}

fn items(size: usize) -> Vec<Value> {
    (0..).take(size).map(|item: i64| Value::from(item)).collect()
}

/// A multi-instance activity with so many to-dos, every one completed. Only completing is timed, not finding them.
fn to_dos(size: usize) -> Result<Duration, Failure> {
    let kapok = Kapok::memory()?;
    kapok.deploy(&multi_instance("userTask", false))?;
    let case = kapok.start("p", [("items", items(size))])?;
    let (mut completed, mut took) = (0, Duration::ZERO);
    while completed < size {
        // What one command begins is bounded; the next ones follow by themselves.
        for task in kapok.tasks(case)? {
            let begin = Instant::now();
            kapok.complete(task.task.id, BTreeMap::<String, Value>::new())?;
            took += begin.elapsed();
            completed += 1;
        }
    }
    let results = kapok.variables(case)?;
    assert_eq!(results["done"].as_list().map_or(0, <[Value]>::len), size);
    Ok(took / u32::try_from(size)?)
}

/// So many scripts, one for each item, one after the other.
fn sequence(size: usize) -> Result<Duration, Failure> {
    let kapok = Kapok::memory()?;
    kapok.deploy(&multi_instance("scriptTask", true))?;
    let begin = Instant::now();
    let case = kapok.start("p", [("items", items(size))])?;
    while !kapok.variables(case)?.contains_key("done") {
        std::thread::yield_now();
    }
    Ok(begin.elapsed() / u32::try_from(size)?)
}

/// A join that looks upstream while so many branches wait.
fn inclusive(size: usize) -> Result<Duration, Failure> {
    let mut xml = format!(
        "{HEAD}<process id='p' isExecutable='true'><startEvent id='s'/><endEvent id='e'/>\
         <parallelGateway id='fork'/><inclusiveGateway id='join'/>\
         <sequenceFlow id='a' sourceRef='s' targetRef='fork'/><sequenceFlow id='z' sourceRef='join' targetRef='e'/>"
    );
    for branch in 0..size {
        write!(xml, "<userTask id='u{branch}'/>")?;
        write!(
            xml,
            "<sequenceFlow id='f{branch}' sourceRef='fork' targetRef='u{branch}'/>"
        )?;
        write!(
            xml,
            "<sequenceFlow id='g{branch}' sourceRef='u{branch}' targetRef='join'/>"
        )?;
    }
    xml += "</process></definitions>";
    let kapok = Kapok::memory()?;
    kapok.deploy(&xml)?;
    let case = kapok.start("p", BTreeMap::<String, Value>::new())?;
    let open = kapok.tasks(case)?;
    let begin = Instant::now();
    for task in &open {
        kapok.complete(task.task.id, BTreeMap::<String, Value>::new())?;
    }
    Ok(begin.elapsed() / u32::try_from(size)?)
}

/// Cases that wait for the same message with keys of their own.
fn messages(size: usize) -> Result<Duration, Failure> {
    let xml = format!(
        "{HEAD}<message id='m' name='paid'><extensionElements><kapok:correlation key='order'/></extensionElements></message>\
         <process id='p' isExecutable='true'><startEvent id='s'/><endEvent id='e'/>\
         <intermediateCatchEvent id='c'><messageEventDefinition messageRef='m'/></intermediateCatchEvent>\
         <sequenceFlow id='a' sourceRef='s' targetRef='c'/><sequenceFlow id='b' sourceRef='c' targetRef='e'/>\
         </process></definitions>"
    );
    let kapok = Kapok::memory()?;
    kapok.deploy(&xml)?;
    for order in 0..size {
        kapok.start("p", [("order", format!("A{order}"))])?;
    }
    let told = size.min(1_000);
    let begin = Instant::now();
    for order in 0..told {
        kapok.publish("paid", Some(&format!("A{order}")), BTreeMap::<String, Value>::new())?;
    }
    Ok(begin.elapsed() / u32::try_from(told)?)
}
