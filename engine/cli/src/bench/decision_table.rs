//! A decision table, beside the same table written out in Rust.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    time::{Duration, Instant},
};

use kapok::{Clock, DecisionModel, SystemClock, protocol::Value};

use super::{Failure, figures::Figure, session::Session};

const NAME: &str = "decision-table";
const RULES: usize = 100;
const REGIONS: [&str; 8] = ["north", "south", "east", "west", "middle", "coast", "river", "hills"];
const LEVELS: [&str; 4] = ["new", "regular", "gold", "platinum"];
/// So many decisions are timed together: a clock takes its time too.
const TOGETHER: usize = 100;

/// 100 rules of four inputs (two ranges of numbers, two lists of texts), the first that matches counts, every rule is the
/// one that matches equally often. One thread.
pub(super) fn run(session: &mut Session) -> Result<(), Failure> {
    let goal = session.goal(1_000_000, 5.0);
    let rules: Vec<Rule> = (0..RULES).map(Rule::new).collect();
    let model = DecisionModel::parse(&table(&rules)?)?;
    let now = SystemClock.now();
    let questions: Vec<Question> = (0..10 * RULES)
        .map(|number| Question::new(number * 7_919 % (10 * RULES)))
        .collect();
    for question in &questions {
        let answer = model.decide("discount", &question.input, now)?;
        if answer != Value::from(question.refer(&rules)) {
            return Err(format!(
                "{:?} comes to {answer}, and should to {}",
                question.input,
                question.refer(&rules)
            )
            .into());
        }
    }

    let (mut times, mut n) = (Vec::new(), 0_u64);
    let begin = Instant::now();
    for chunk in questions.chunks(TOGETHER).cycle() {
        if n >= goal.count && begin.elapsed() >= goal.time {
            break;
        }
        let before = Instant::now();
        for question in chunk {
            std::hint::black_box(model.decide("discount", &question.input, now)?);
        }
        times.push(before.elapsed() / chunk.len() as u32);
        n += chunk.len() as u64;
    }
    let rate = n as f64 / begin.elapsed().as_secs_f64();
    let figure = Figure::new(NAME, rate, "1/s", n).times(times);
    let limit = reference_rate(&rules, &questions, goal.time.min(Duration::from_secs(1)));
    session
        .report
        .add(&figure.limit(limit, "the same rules in Rust, one after the other"))
}

/// How often a second the rules are gone through when they are plain Rust.
fn reference_rate(rules: &[Rule], questions: &[Question], time: Duration) -> f64 {
    let (begin, mut n) = (Instant::now(), 0_u64);
    while n == 0 || begin.elapsed() < time {
        for question in questions {
            std::hint::black_box(question.refer(rules));
        }
        n += questions.len() as u64;
    }
    n as f64 / begin.elapsed().as_secs_f64()
}

/// A rule; its four conditions are the columns of the table. Each rule has a square of amounts and ages for itself.
struct Rule {
    amounts: std::ops::Range<i64>,
    ages: std::ops::Range<i64>,
    regions: [&'static str; 2],
    levels: [&'static str; 2],
    discount: i64,
}

impl Rule {
    fn new(number: usize) -> Self {
        let (amount, age) = (number as i64 % 10 * 1_000, number as i64 / 10 * 7);
        Self {
            amounts: amount..amount + 1_000,
            ages: age..age + 7,
            regions: [REGIONS[number % 8], REGIONS[(number + 3) % 8]],
            levels: [LEVELS[number % 4], LEVELS[(number + 1) % 4]],
            discount: number as i64,
        }
    }

    fn matches(&self, question: &Question) -> bool {
        self.amounts.contains(&question.amount)
            && self.ages.contains(&question.age)
            && self.regions.contains(&question.region)
            && self.levels.contains(&question.level)
    }
}

/// What is asked, in both forms.
struct Question {
    amount: i64,
    age: i64,
    region: &'static str,
    level: &'static str,
    input: BTreeMap<String, Value>,
}

impl Question {
    /// One that a rule is meant for.
    fn new(number: usize) -> Self {
        let (rule, within) = (Rule::new(number % RULES), number / RULES);
        let (amount, age) = (
            rule.amounts.start + within as i64 * 99,
            rule.ages.start + within as i64 % 7,
        );
        let (region, level) = (rule.regions[within % 2], rule.levels[within / 2 % 2]);
        let input = [
            ("amount", Value::from(amount)),
            ("age", Value::from(age)),
            ("region", Value::from(region)),
            ("level", Value::from(level)),
        ];
        Self {
            amount,
            age,
            region,
            level,
            input: input.map(|(name, value)| (name.to_owned(), value)).into(),
        }
    }

    /// The right answer.
    fn refer(&self, rules: &[Rule]) -> i64 {
        rules
            .iter()
            .find(|rule| rule.matches(self))
            .map_or(-1, |rule| rule.discount)
    }
}

/// The rules as a file.
fn table(rules: &[Rule]) -> Result<String, Failure> {
    let mut xml =
        r#"<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="bench" namespace="bench">
<decision id="discount" name="discount"><decisionTable id="t" hitPolicy="FIRST">"#
            .to_owned();
    for (name, kind) in [
        ("amount", "number"),
        ("age", "number"),
        ("region", "string"),
        ("level", "string"),
    ] {
        write!(
            xml,
            r#"<input id="{name}"><inputExpression id="{name}-e" typeRef="{kind}"><text>{name}</text></inputExpression></input>"#
        )?;
    }
    xml += r#"<output id="o" name="discount" typeRef="number"/>"#;
    for (number, rule) in rules.iter().enumerate() {
        let range = |range: &std::ops::Range<i64>| format!("[{}..{})", range.start, range.end);
        let texts = |texts: &[&str; 2]| format!("\"{}\", \"{}\"", texts[0], texts[1]);
        write!(xml, r#"<rule id="r{number}">"#)?;
        let entries = [
            range(&rule.amounts),
            range(&rule.ages),
            texts(&rule.regions),
            texts(&rule.levels),
        ];
        for (column, entry) in entries.iter().enumerate() {
            write!(
                xml,
                r#"<inputEntry id="r{number}-{column}"><text>{entry}</text></inputEntry>"#
            )?;
        }
        write!(
            xml,
            r#"<outputEntry id="r{number}-o"><text>{}</text></outputEntry></rule>"#,
            rule.discount
        )?;
    }
    Ok(xml + "</decisionTable></decision></definitions>")
}
