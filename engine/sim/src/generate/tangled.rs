//! Processes whose flows lead where they will: forwards to some later node, and backwards a few times.

use super::{Chance, Model, gateways::script, pen::Pen};

/// An unstructured process of about so many nodes. Its joins are inclusive or exclusive, so that a token that ended
/// elsewhere leaves nobody waiting; every way back counts `back` up and is closed when it has been taken three times.
pub fn tangled(seed: u64, size: usize) -> Model {
    let mut pen = Pen::new(Chance::new(seed), size);
    let count = 3 + pen.chance.below(size.max(1));
    let body = pen.within(|pen| draw(pen, count));
    pen.model(body)
}

fn draw(pen: &mut Pen, count: usize) {
    let start = pen.element("s", |id| format!("<startEvent id='{id}'/>"));
    let begin = pen.element("a", |id| script(id, "vars.back = 0"));
    pen.flow(&start, &begin);
    // Each place is a join followed by something; its ways out lead to later places, or back to an earlier one.
    let joins: Vec<String> = (0..count)
        .map(|_| {
            let kind = pen
                .chance
                .one_of(&["inclusiveGateway", "inclusiveGateway", "exclusiveGateway"]);
            pen.gateway(kind)
        })
        .collect();
    let end = pen.element("e", |id| format!("<endEvent id='{id}'/>"));
    pen.flow(&begin, &joins[0]);
    for (at, join) in joins.iter().enumerate() {
        let work = work(pen);
        pen.flow(join, &work);
        let later = |pen: &mut Pen| match joins.len() - at - 1 {
            0 => end.clone(),
            _ if pen.chance.once_in(8) => end.clone(),
            after => joins[at + 1 + pen.chance.below(after.min(3))].clone(),
        };
        match pen.chance.below(5) {
            0 => {
                let next = joins.get(at + 1).unwrap_or(&end).clone();
                pen.flow(&work, &next);
            }
            1 => back(pen, &joins[..=at], &work, joins.get(at + 1).unwrap_or(&end)),
            kind => {
                let kind = ["exclusiveGateway", "inclusiveGateway", "parallelGateway"][kind - 2];
                split(pen, kind, &work, joins.get(at + 1).unwrap_or(&end), &later);
            }
        }
    }
}

fn work(pen: &mut Pen) -> String {
    match pen.chance.below(4) {
        0 => pen.element("t", |id| format!("<userTask id='{id}'/>")),
        1 => {
            let text = pen.script();
            pen.element("t", |id| script(id, &text))
        }
        2 => pen.element("i", |id| {
            format!(
                "<intermediateCatchEvent id='{id}'><timerEventDefinition><timeDuration>PT1H</timeDuration>\
                 </timerEventDefinition></intermediateCatchEvent>"
            )
        }),
        _ => pen.element("t", |id| format!("<task id='{id}'/>")),
    }
}

/// Some ways on; the first leads to the next place, so that every place can be reached.
fn split(pen: &mut Pen, kind: &str, from: &str, next: &str, later: &impl Fn(&mut Pen) -> String) {
    let first = pen.id("f");
    let default = match kind {
        "parallelGateway" => String::new(),
        _ => format!("default='{first}'"),
    };
    let gateway = pen.element("g", |id| format!("<{kind} id='{id}' {default}/>"));
    pen.flow(from, &gateway);
    pen.flow_as(&first, &gateway, next, "");
    let mut taken = vec![next.to_owned()];
    for _ in 0..1 + pen.chance.below(2) {
        let target = later(pen);
        if taken.contains(&target) {
            continue;
        }
        let condition = match kind {
            "parallelGateway" => String::new(),
            _ => pen.condition(),
        };
        pen.flow_if(&gateway, &target, &condition);
        taken.push(target);
    }
}

/// A way back to this place or an earlier one.
fn back(pen: &mut Pen, earlier: &[String], from: &str, next: &str) {
    let count = pen.element("a", |id| script(id, "back = back + 1"));
    let on = pen.id("f");
    let gateway = pen.element("g", |id| format!("<exclusiveGateway id='{id}' default='{on}'/>"));
    pen.flow(from, &gateway);
    pen.flow_as(&on, &gateway, next, "");
    pen.flow_if(&gateway, &count, "back &lt; 3");
    let target = earlier[pen.chance.below(earlier.len())].clone();
    pen.flow(&count, &target);
}
