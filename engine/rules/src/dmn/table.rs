//! Decision tables.

use std::{collections::BTreeMap, sync::Arc};

use kapok_protocol::Text;
use rust_decimal::Decimal;

use super::{
    hits::{Found, Hit, Hits, Known},
    inputs::{Input, Seen},
    lookup::Lookup,
    policy::{Aggregator, Policy, conflict},
    read::{Formula, Reader},
    run::Road,
    xml::{Element, at},
};
use crate::{
    Cause,
    feel::{Constant, Evaluation, Expr, Feel, Tests, equal},
    meter::Meter,
};

/// A decision table.
#[derive(Debug)]
pub(super) struct Table {
    policy: Policy,
    inputs: Vec<Input>,
    outputs: Vec<Output>,
    rules: Vec<Rule>,
    /// The rules by what they match; `None` when their cells are evaluated one by one.
    lookup: Option<Lookup>,
}

#[derive(Debug)]
struct Output {
    name: String,
    /// Its values, the most important first; for `PRIORITY` and `OUTPUT ORDER`.
    values: Vec<Expr>,
    default: Option<Formula>,
}

#[derive(Debug)]
pub(super) struct Rule {
    entries: Vec<Tests>,
    results: Vec<Option<Formula>>,
    /// What all its results come to, when they are constants.
    pub(super) known: Option<Known>,
}

/// What a table decided.
#[derive(Debug)]
pub(super) enum Decided {
    /// What is known of the rule at this place.
    Rule(usize),
    Feel(Feel),
}

impl Table {
    /// Reads `decisionTable`.
    pub(super) fn read(element: &Element, reader: &mut Reader<'_>) -> Result<Self, Text> {
        let policy = Policy::read(element)?;
        let inputs = element.children("input").map(|input| {
            let expression = input
                .child("inputExpression")
                .ok_or_else(|| at(input.line, "输入列缺少表达式。", "an input column has no expression."))?;
            let kind = reader.types.resolve(expression.attribute("typeRef"));
            Ok(Input::new(reader.required_formula(expression)?, kind))
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
            let known = known(&results, &outputs);
            rules.push(Rule {
                entries,
                results,
                known,
            });
        }
        Ok(Self {
            policy,
            lookup: Lookup::new(inputs.len(), rules.iter().map(|rule| rule.entries.as_slice())),
            inputs,
            outputs,
            rules,
        })
    }

    /// The most operations by which a decision by lookup is cheaper than by evaluation.
    pub(super) fn saved(&self) -> u64 {
        self.lookup.as_ref().map_or(0, |lookup| lookup.saved)
    }

    /// Evaluates every cell from now on.
    pub(super) fn forget_lookup(&mut self) {
        self.lookup = None;
    }

    /// The names of its output columns.
    pub(super) fn output_names(&self) -> impl Iterator<Item = &str> {
        self.outputs.iter().map(|output| output.name.as_str())
    }

    /// Says which names the decision has, in their order.
    pub(super) fn know_names(&mut self, names: &[String]) {
        for input in &mut self.inputs {
            input.know_names(names);
        }
    }

    /// What is known of the results of a rule.
    pub(super) fn known(&self, rule: usize) -> Option<&Known> {
        self.rules.get(rule)?.known.as_ref()
    }

    /// What it decides, the same on both roads.
    pub(super) fn decide<'e>(&'e self, evaluation: &mut Evaluation<'e>, road: Road) -> Result<Decided, Cause> {
        let values: Result<Vec<_>, _> = self.inputs.iter().map(|input| input.see(evaluation)).collect();
        let values = values?;
        let mut hits = Hits::new(self.policy);
        let lookup = self.lookup.as_ref().filter(|_| road == Road::Short);
        if let Some(candidates) = lookup.and_then(|lookup| lookup.candidates(&values)) {
            for (index, rule) in candidates
                .rules()
                .filter_map(|index| Some((index, self.rules.get(index)?)))
            {
                if candidates.matches(index, &rule.entries, &values, evaluation)?
                    && hits.take(index, rule, evaluation)?
                {
                    break;
                }
            }
        } else {
            for (index, rule) in self.rules.iter().enumerate() {
                if rule.matches(&values, evaluation)? && hits.take(index, rule, evaluation)? {
                    break;
                }
            }
        }
        let mut hits = match hits.end(evaluation)? {
            Found::Known(rule) => return Ok(Decided::Rule(rule)),
            Found::Hits(hits) => hits,
        };
        let result = match self.policy {
            _ if hits.is_empty() => self.default(evaluation),
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
        };
        result.map(Decided::Feel)
    }

    /// The only hit, or what all hits agree on.
    fn one<'e>(&'e self, hits: Vec<Hit>, evaluation: &mut Evaluation<'e>) -> Result<Feel, Cause> {
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

    fn all<'e>(&'e self, hits: Vec<Hit>, evaluation: &mut Evaluation<'e>) -> Result<Feel, Cause> {
        let results: Result<_, _> = hits
            .into_iter()
            .map(|(_, outputs)| self.result(outputs, evaluation))
            .collect();
        Feel::list(results?, evaluation.meter())
    }

    fn result<'e>(&'e self, outputs: Vec<Feel>, evaluation: &mut Evaluation<'e>) -> Result<Feel, Cause> {
        result(&self.outputs, outputs, evaluation.meter())
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
    fn by_priority<'e>(&'e self, hits: &mut [Hit], evaluation: &mut Evaluation<'e>) -> Result<(), Cause> {
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

/// The results of a rule when all of them are constants; `None` also when putting them together is an error.
fn known(results: &[Option<Formula>], columns: &[Output]) -> Option<Known> {
    let mut outputs = Vec::with_capacity(results.len());
    let mut operations = 0;
    for formula in results {
        let constant = formula
            .as_ref()
            .map_or(Some(Constant::default()), |formula| formula.expr.constant())?;
        operations += constant.operations;
        outputs.push(constant.value);
    }
    let meter = Meter::new(u64::MAX);
    let result = result(columns, outputs.clone(), &meter).ok()?;
    Some(Known {
        outputs,
        operations,
        result_operations: meter.used(),
        value: Arc::new(result.clone().into_value().ok()?),
        result,
    })
}

/// One output is itself; several are a context.
fn result(columns: &[Output], mut outputs: Vec<Feel>, meter: &Meter) -> Result<Feel, Cause> {
    if let [only] = outputs.as_mut_slice() {
        return Ok(std::mem::take(only));
    }
    let names = columns.iter().map(|output| output.name.clone());
    Feel::context(names.zip(outputs).collect(), meter)
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
    fn matches<'e>(&'e self, values: &[Seen<'_>], evaluation: &mut Evaluation<'e>) -> Result<bool, Cause> {
        for (value, tests) in values.iter().zip(&self.entries) {
            if !evaluation.passes(value.value(), tests)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn outputs<'e>(&'e self, evaluation: &mut Evaluation<'e>) -> Result<Vec<Feel>, Cause> {
        let outputs = self.results.iter().map(|result| match result {
            Some(formula) => evaluation.value(&formula.expr),
            None => Ok(Feel::Null),
        });
        outputs.collect()
    }
}
