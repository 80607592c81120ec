//! The table of what runs, drawn from the traces.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
};

use crate::{
    reached::{self, Fact, Part},
    scenario::{Played, Scenario},
    standard::OTHERS,
    words::in_chinese,
};

/// What readers see first.
const HEAD: &str = "\
# BPMN 2.0.2, as it runs here

下表由测试从通过的运行记录中生成：每一行都指向 `engine/cli/tests/bpmn` 里一个真正走到该元素的场景，没有场景的就不在表里。\
「拒绝」一节列出检查时按规则名拒绝的写法，`kapok check --explain 规则名` 说明原因和改法。

A test draws these tables from traces that pass: each row names a scenario in `engine/cli/tests/bpmn` that really reaches \
the element, and what no scenario reaches is not listed. The section on refusals lists what a check refuses, by the name \
of the rule; `kapok check --explain RULE` says why and what to do.
";

/// Everything reached by all scenarios, and the one that shows it best: one that comes to its end, and that reaches least
/// besides.
pub fn reached(played: &[(Scenario, Played)]) -> BTreeMap<Fact, String> {
    let mut best: BTreeMap<Fact, (bool, usize, String)> = BTreeMap::new();
    for (scenario, played) in played {
        if played.end["state"] == "refused" && played.steps.is_empty() {
            continue;
        }
        let xml = fs::read_to_string(&scenario.model).unwrap();
        let mut facts = reached::reached(&xml, played);
        facts.extend(others(&xml));
        let size = facts.len();
        for fact in facts {
            let found = (played.end["state"] != "completed", size, scenario.name.clone());
            best.entry(fact)
                .and_modify(|best| *best = (*best).clone().min(found.clone()))
                .or_insert(found);
        }
    }
    best.into_iter().map(|(fact, (.., name))| (fact, name)).collect()
}

/// Elements that are no steps, in a model that runs.
fn others(xml: &str) -> BTreeSet<Fact> {
    let there = |name: &&&str| {
        let starts = xml.match_indices(**name).map(|(at, _)| (at, at + name.len()));
        starts.into_iter().any(|(from, to)| {
            let before = xml[..from].chars().next_back();
            let after = xml[to..].chars().next();
            matches!(before, Some('<' | ':')) && matches!(after, Some(' ' | '>' | '/' | '\n'))
        })
    };
    OTHERS
        .iter()
        .filter(there)
        .map(|name| (Part::Others, (*name).to_owned(), String::new()))
        .collect()
}

pub fn table(played: &[(Scenario, Played)]) -> String {
    let reached = reached(played);
    let mut page = HEAD.to_owned();
    for (part, title) in [
        (Part::Events, "事件 Events"),
        (Part::Activities, "活动 Activities"),
        (Part::Repetitions, "重复 Loops and multi-instance"),
        (Part::Gateways, "网关 Gateways"),
        (Part::Flows, "顺序流 Sequence flows"),
        (Part::Others, "其他元素 Other elements"),
    ] {
        let _ = write!(
            page,
            "\n## {title}\n\n| 元素 Element | 位置、写法 Position, use | 场景 Scenario |\n|---|---|---|\n"
        );
        for ((_, element, how), scenario) in reached.iter().filter(|((of, ..), _)| *of == part) {
            let _ = writeln!(page, "| {} | {} | {scenario} |", both(element), both(how));
        }
    }
    page += &refusals(played);
    page
}

/// A word in Chinese and in English.
fn both(word: &str) -> String {
    match in_chinese(word) {
        "" => word.to_owned(),
        chinese if chinese == word => word.to_owned(),
        chinese => format!("{chinese} {word}"),
    }
}

fn refusals(played: &[(Scenario, Played)]) -> String {
    let mut page =
        "\n## 拒绝 Refused when a model is checked\n\n| 规则 Rule | 场景 Scenario | |\n|---|---|---|\n".to_owned();
    let mut rows = BTreeSet::new();
    for (scenario, played) in played {
        for (rule, _) in &played.rules {
            rows.insert((rule, &scenario.name, scenario.title()));
        }
    }
    for (rule, scenario, title) in rows {
        let _ = writeln!(page, "| `{rule}` | {scenario} | {title} |");
    }
    page
}
