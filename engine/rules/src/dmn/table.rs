//! Decision tables.

use std::{cmp::Ordering, collections::BTreeMap};

use kapok_protocol::Text;
use rust_decimal::Decimal;

use super::{
    read::{Formula, Reader},
    types::typed,
    xml::{Element, at},
};
use crate::{
    Cause,
    feel::{Evaluation, Expr, Feel, Tests, Type, equal, order},
};

/// A decision table.
#[derive(Debug)]
pub(super) struct Table {
    policy: Policy,
    inputs: Vec<Input>,
    outputs: Vec<Output>,
    rules: Vec<Rule>,
}

/// Which of the rules that match count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Policy {
    Unique,
    Any,
    First,
    Priority,
    RuleOrder,
    OutputOrder,
    Collect(Option<Aggregator>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aggregator {
    Sum,
    Min,
    Max,
    Count,
}

#[derive(Debug)]
struct Input {
    formula: Formula,
    kind: Option<Type>,
}

#[derive(Debug)]
struct Output {
    name: String,
    /// Its values, the most important first; for `PRIORITY` and `OUTPUT ORDER`.
    values: Vec<Expr>,
    default: Option<Formula>,
}

#[derive(Debug)]
struct Rule {
    entries: Vec<Tests>,
    results: Vec<Option<Formula>>,
}

impl Table {
    /// Reads `decisionTable`.
    pub(super) fn read(element: &Element, reader: &mut Reader<'_>) -> Result<Self, Text> {
        let policy = policy(element)?;
        let inputs = element.children("input").map(|input| {
            let expression = input
                .child("inputExpression")
                .ok_or_else(|| at(input.line, "输入列缺少表达式。", "an input column has no expression."))?;
            Ok(Input {
                kind: reader.types.resolve(expression.attribute("typeRef")),
                formula: reader.required_formula(expression)?,
            })
        });
        let inputs: Vec<_> = inputs.collect::<Result<_, Text>>()?;
        let outputs = element.children("output").map(|output| Output::read(output, reader));
        let outputs: Vec<_> = outputs.collect::<Result<_, _>>()?;
        if outputs.is_empty() {
            return Err(at(
                element.line,
                "决策表没有输出列。",
                "the decision table has no output column.",
            ));
        }
        if outputs.len() > 1 {
            if matches!(policy, Policy::Collect(Some(_))) {
                return Err(at(
                    element.line,
                    "COLLECT 的汇总方式只能用于一个输出列。",
                    "an aggregation of COLLECT needs a single output column.",
                ));
            }
            let mut names: Vec<_> = outputs.iter().map(|output| output.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            if names.len() < outputs.len() || names.contains(&"") {
                return Err(at(
                    element.line,
                    "多个输出列必须各有不同的名称（name）。",
                    "several output columns need names of their own (name).",
                ));
            }
        }
        if matches!(policy, Policy::Priority | Policy::OutputOrder)
            && outputs.iter().all(|output| output.values.is_empty())
        {
            return Err(at(
                element.line,
                "PRIORITY 和 OUTPUT ORDER 需要输出列的取值列表（outputValues），按重要性排列。",
                "PRIORITY and OUTPUT ORDER need the values of an output column (outputValues), the most important first.",
            ));
        }
        let mut rules = Vec::new();
        for rule in element.children("rule") {
            let entries: Vec<_> = rule
                .children("inputEntry")
                .map(|entry| reader.tests(entry))
                .collect::<Result<_, _>>()?;
            let results: Vec<_> = rule
                .children("outputEntry")
                .map(|entry| reader.formula(entry))
                .collect::<Result<_, _>>()?;
            if entries.len() != inputs.len() || results.len() != outputs.len() {
                return Err(at(
                    rule.line,
                    format!(
                        "规则有 {} 个条件和 {} 个结果，与表头不符。",
                        entries.len(),
                        results.len()
                    ),
                    format!(
                        "the rule has {} conditions and {} results, unlike the columns.",
                        entries.len(),
                        results.len()
                    ),
                ));
            }
            rules.push(Rule { entries, results });
        }
        Ok(Self {
            policy,
            inputs,
            outputs,
            rules,
        })
    }

    /// The names of its output columns.
    pub(super) fn output_names(&self) -> impl Iterator<Item = &str> {
        self.outputs.iter().map(|output| output.name.as_str())
    }

    /// What it decides.
    pub(super) fn decide<'e>(&'e self, evaluation: &mut Evaluation<'e>) -> Result<Feel, Cause> {
        let mut values = Vec::with_capacity(self.inputs.len());
        for input in &self.inputs {
            let value = evaluation.value(&input.formula.expr)?;
            values.push(typed(value, input.kind, &input.formula.source)?);
        }
        let mut hits = Vec::new();
        for (index, rule) in self.rules.iter().enumerate() {
            if rule.matches(&values, evaluation)? {
                hits.push((index + 1, rule.outputs(evaluation)?));
                if self.policy == Policy::First {
                    break;
                }
            }
        }
        if hits.is_empty() {
            return self.default(evaluation);
        }
        match self.policy {
            Policy::Unique | Policy::Any => self.one(hits, evaluation),
            Policy::First => self.result(hits.swap_remove(0).1, evaluation),
            Policy::Priority => {
                self.by_priority(&mut hits, evaluation)?;
                self.result(hits.swap_remove(0).1, evaluation)
            }
            Policy::OutputOrder => {
                self.by_priority(&mut hits, evaluation)?;
                self.all(hits, evaluation)
            }
            Policy::RuleOrder | Policy::Collect(None) => self.all(hits, evaluation),
            Policy::Collect(Some(aggregator)) => {
                Ok(aggregator.total(hits.into_iter().flat_map(|(_, outputs)| outputs)))
            }
        }
    }

    /// The only hit, or what all hits agree on.
    fn one<'e>(&'e self, hits: Vec<(usize, Vec<Feel>)>, evaluation: &mut Evaluation<'e>) -> Result<Feel, Cause> {
        let mut hits = hits.into_iter();
        let Some((first, outputs)) = hits.next() else {
            return Ok(Feel::Null);
        };
        for (other, values) in hits {
            let mut same = self.policy == Policy::Any;
            for (a, b) in outputs.iter().zip(&values) {
                same = same && equal(a, b, evaluation.meter())? == Some(true);
            }
            if !same {
                return Err(conflict(self.policy, first, other));
            }
        }
        self.result(outputs, evaluation)
    }

    fn all<'e>(&'e self, hits: Vec<(usize, Vec<Feel>)>, evaluation: &mut Evaluation<'e>) -> Result<Feel, Cause> {
        let results: Result<_, _> = hits
            .into_iter()
            .map(|(_, outputs)| self.result(outputs, evaluation))
            .collect();
        Feel::list(results?, evaluation.meter())
    }

    /// One output is itself; several are a context.
    fn result<'e>(&'e self, mut outputs: Vec<Feel>, evaluation: &mut Evaluation<'e>) -> Result<Feel, Cause> {
        if let [only] = outputs.as_mut_slice() {
            return Ok(std::mem::take(only));
        }
        let names = self.outputs.iter().map(|output| output.name.clone());
        Feel::context(names.zip(outputs).collect(), evaluation.meter())
    }

    fn default<'e>(&'e self, evaluation: &mut Evaluation<'e>) -> Result<Feel, Cause> {
        if self.policy == Policy::Collect(Some(Aggregator::Count)) {
            return Ok(Decimal::ZERO.into());
        }
        if self.outputs.iter().all(|output| output.default.is_none()) {
            return Ok(Feel::Null);
        }
        let mut outputs = Vec::new();
        for output in &self.outputs {
            outputs.push(match &output.default {
                Some(default) => evaluation.value(&default.expr)?,
                None => Feel::Null,
            });
        }
        self.result(outputs, evaluation)
    }

    /// Sorts by the places of the outputs in the lists of their values; what is in no list comes last.
    fn by_priority<'e>(
        &'e self,
        hits: &mut [(usize, Vec<Feel>)],
        evaluation: &mut Evaluation<'e>,
    ) -> Result<(), Cause> {
        let mut ranks = BTreeMap::new();
        for (rule, outputs) in hits.iter() {
            let mut rank = Vec::with_capacity(outputs.len());
            for (value, output) in outputs.iter().zip(&self.outputs) {
                rank.push(output.rank(value, evaluation)?);
            }
            ranks.insert(*rule, rank);
        }
        hits.sort_by(|(a, _), (b, _)| ranks.get(a).cmp(&ranks.get(b)));
        Ok(())
    }
}

impl Output {
    fn read(element: &Element, reader: &mut Reader<'_>) -> Result<Self, Text> {
        let values = match element.child("outputValues") {
            Some(values) => reader.values(values)?,
            None => Vec::new(),
        };
        let default = match element.child("defaultOutputEntry") {
            Some(default) => reader.formula(default)?,
            None => None,
        };
        let name = element
            .attribute("name")
            .or(element.attribute("label"))
            .unwrap_or_default();
        Ok(Self {
            name: name.trim().to_owned(),
            values,
            default,
        })
    }

    fn rank<'e>(&'e self, value: &Feel, evaluation: &mut Evaluation<'e>) -> Result<usize, Cause> {
        for (rank, known) in self.values.iter().enumerate() {
            let known = evaluation.value(known)?;
            if equal(&known, value, evaluation.meter())? == Some(true) {
                return Ok(rank);
            }
        }
        Ok(self.values.len())
    }
}

impl Rule {
    fn matches<'e>(&'e self, values: &[Feel], evaluation: &mut Evaluation<'e>) -> Result<bool, Cause> {
        for (value, tests) in values.iter().zip(&self.entries) {
            if !evaluation.passes(value, tests)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn outputs<'e>(&'e self, evaluation: &mut Evaluation<'e>) -> Result<Vec<Feel>, Cause> {
        let outputs = self.results.iter().map(|result| match result {
            Some(formula) => evaluation.value(&formula.expr),
            None => Ok(Feel::Null),
        });
        outputs.collect()
    }
}

impl Aggregator {
    /// Null when a value is no number, or has no order with the others.
    fn total(self, values: impl Iterator<Item = Feel>) -> Feel {
        let values: Vec<Feel> = values.collect();
        let extreme = |wanted: Ordering| {
            values.iter().try_fold(values.first()?, |found, value| {
                Some(if order(value, found)? == wanted { value } else { found })
            })
        };
        match self {
            Self::Count => Decimal::from(values.len()).into(),
            Self::Min => extreme(Ordering::Less).cloned().into(),
            Self::Max => extreme(Ordering::Greater).cloned().into(),
            Self::Sum => values
                .iter()
                .try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value.as_number()?))
                .into(),
        }
    }
}

fn policy(element: &Element) -> Result<Policy, Text> {
    let name = element.attribute("hitPolicy").unwrap_or("UNIQUE");
    let aggregation = element.attribute("aggregation");
    Ok(match name {
        "UNIQUE" => Policy::Unique,
        "ANY" => Policy::Any,
        "FIRST" => Policy::First,
        "PRIORITY" => Policy::Priority,
        "RULE ORDER" => Policy::RuleOrder,
        "OUTPUT ORDER" => Policy::OutputOrder,
        "COLLECT" => Policy::Collect(match aggregation {
            None | Some("LIST") => None,
            Some("SUM") => Some(Aggregator::Sum),
            Some("MIN") => Some(Aggregator::Min),
            Some("MAX") => Some(Aggregator::Max),
            Some("COUNT") => Some(Aggregator::Count),
            Some(other) => {
                return Err(at(
                    element.line,
                    format!("不认识汇总方式 {other}，可以用 SUM、MIN、MAX、COUNT。"),
                    format!("the aggregation {other} is not known; use SUM, MIN, MAX or COUNT."),
                ));
            }
        }),
        other => {
            return Err(at(
                element.line,
                format!("不认识命中策略 {other}。"),
                format!("the hit policy {other} is not known."),
            ));
        }
    })
}

fn conflict(policy: Policy, first: usize, second: usize) -> Cause {
    Cause::Refused(match policy {
        Policy::Any => Text::new(
            format!("规则 {first} 和 {second} 同时命中而结果不同，但命中策略 ANY 要求结果相同。"),
            format!(
                "the rules {first} and {second} both match with different results, while the hit policy ANY wants the same."
            ),
        ),
        _ => Text::new(
            format!("规则 {first} 和 {second} 同时命中，但命中策略 UNIQUE 只允许一条；请改写条件，或换用 FIRST。"),
            format!(
                "the rules {first} and {second} both match, while the hit policy UNIQUE allows one; change their conditions, or use FIRST."
            ),
        ),
    })
}
