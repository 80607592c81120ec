//! From the tree of a decision file to decisions.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::{Language, Text};

use super::{
    Asked, Decision, Logic, Origin,
    table::Table,
    types::Types,
    xml::{Element, at},
};
use crate::feel::{self, Expr, Tests, Type};

/// An expression with its text.
#[derive(Debug)]
pub(super) struct Formula {
    pub(super) source: String,
    pub(super) expr: Expr,
}

/// Reads the parts of one decision.
pub(super) struct Reader<'a> {
    pub(super) types: &'a Types,
    /// Names that may have spaces.
    known: &'a [String],
    /// The expression language of the file.
    language: Option<&'a str>,
    /// The names that the decision mentions.
    names: BTreeSet<String>,
    /// How many expressions it has.
    expressions: usize,
}

/// Something that comes from outside.
struct Input<'a> {
    id: &'a str,
    name: &'a str,
    kind: Option<Type>,
}

/// Reads all decisions of a file, and what they ask for.
pub(super) fn read(definitions: &Element) -> Result<(Vec<Decision>, Vec<Asked>), Text> {
    let types = Types::read(definitions);
    let elements: Vec<&Element> = definitions.children("decision").collect();
    let mut places = BTreeMap::new();
    for (place, element) in elements.iter().enumerate() {
        let id = element
            .attribute("id")
            .ok_or_else(|| at(element.line, "决策缺少 id。", "a decision has no id."))?;
        if places.insert(id, place).is_some() {
            return Err(at(
                element.line,
                format!("有两个决策的 id 都是 {id}。"),
                format!("two decisions have the id {id}."),
            ));
        }
    }
    let inputs: Vec<Input> = definitions
        .children("inputData")
        .filter_map(|element| {
            Some(Input {
                id: element.attribute("id").unwrap_or_default(),
                name: variable_name(element)?,
                kind: types.resolve(
                    element
                        .child("variable")
                        .and_then(|variable| variable.attribute("typeRef")),
                ),
            })
        })
        .collect();
    let decision_names = elements.iter().filter_map(|element| variable_name(element));
    let component_names = definitions
        .children("itemDefinition")
        .flat_map(|definition| definition.children("itemComponent"))
        .filter_map(|component| component.attribute("name"));
    let known: Vec<String> = inputs
        .iter()
        .map(|input| input.name)
        .chain(decision_names)
        .chain(component_names)
        .map(str::to_owned)
        .collect();
    let mut decisions = Vec::new();
    for element in &elements {
        let mut reader = Reader {
            types: &types,
            known: &known,
            language: definitions.attribute("expressionLanguage"),
            names: BTreeSet::new(),
            expressions: 0,
        };
        decisions.push(reader.decision(element, &places)?);
    }
    refuse_circles(&decisions, &elements)?;
    let asked = find_origins(&mut decisions, &inputs);
    Ok((decisions, asked))
}

/// Says of each name of each decision where its value comes from, and lists what is asked of the scope.
fn find_origins(decisions: &mut [Decision], inputs: &[Input<'_>]) -> Vec<Asked> {
    let mut asked: Vec<Asked> = Vec::new();
    let mut places = BTreeMap::new();
    for place in 0..decisions.len() {
        let Some(decision) = decisions.get(place) else { continue };
        let origins = decision.names.iter().map(|name| {
            required(decision, decisions, name).unwrap_or_else(|| {
                let place = places.entry(name.clone()).or_insert_with(|| {
                    let input = inputs.iter().find(|input| input.name == name || input.id == name);
                    asked.push(Asked {
                        name: name.clone(),
                        kind: input.and_then(|input| input.kind),
                    });
                    asked.len() - 1
                });
                Origin::Scope(*place)
            })
        });
        let origins = origins.collect();
        if let Some(decision) = decisions.get_mut(place) {
            decision.origins = origins;
        }
    }
    asked
}

/// The required decision that a name stands for.
fn required(decision: &Decision, decisions: &[Decision], name: &str) -> Option<Origin> {
    let required = || {
        decision
            .requires
            .iter()
            .filter_map(|place| Some((*place, decisions.get(*place)?)))
    };
    let named = required().find(|(_, known)| [&known.variable, &known.name, &known.id].iter().any(|own| *own == name));
    if let Some((place, _)) = named {
        return Some(Origin::Decision(place));
    }
    let with_output = required().find(|(_, known)| match &known.logic {
        Logic::Table(table) => table.output_names().any(|output| output == name),
        Logic::Literal(_) => false,
    });
    with_output.map(|(place, _)| Origin::Output(place))
}

/// The name under which others speak of a decision or an input.
fn variable_name(element: &Element) -> Option<&str> {
    let variable = element
        .child("variable")
        .and_then(|variable| variable.attribute("name"));
    variable.or(element.attribute("name")).or(element.attribute("id"))
}

impl Reader<'_> {
    fn decision(&mut self, element: &Element, places: &BTreeMap<&str, usize>) -> Result<Decision, Text> {
        let mut requires = Vec::new();
        for requirement in element.children("informationRequirement") {
            let Some(required) = requirement.child("requiredDecision") else {
                continue;
            };
            let reference = required.attribute("href").unwrap_or_default();
            let id = reference.rsplit_once('#').map_or(reference, |(_, id)| id);
            let place = places.get(id).ok_or_else(|| {
                at(
                    required.line,
                    format!("所需的决策 {reference} 不在这个文件里。"),
                    format!("the required decision {reference} is not in this file."),
                )
            })?;
            requires.push(*place);
        }
        if let Some(knowledge) = element.child("knowledgeRequirement") {
            return Err(at(
                knowledge.line,
                "不支持业务知识模型（BKM），请把它写进决策的表达式。",
                "business knowledge models are not supported; write them into the decision's expression.",
            ));
        }
        let mut logic = self.logic(element)?;
        let names: Vec<String> = std::mem::take(&mut self.names).into_iter().collect();
        if let Logic::Table(table) = &mut logic {
            table.know_names(&names);
        }
        let id = element.attribute("id").unwrap_or_default();
        Ok(Decision {
            id: id.to_owned(),
            name: element.attribute("name").unwrap_or(id).to_owned(),
            variable: variable_name(element).unwrap_or(id).to_owned(),
            requires,
            logic,
            names,
            origins: Vec::new(),
            expressions: self.expressions,
        })
    }

    fn logic(&mut self, element: &Element) -> Result<Logic, Text> {
        if let Some(table) = element.child("decisionTable") {
            return Ok(Logic::Table(Table::read(table, self)?));
        }
        if let Some(literal) = element.child("literalExpression") {
            return Ok(Logic::Literal(self.required_formula(literal)?));
        }
        let other = [
            "context",
            "invocation",
            "list",
            "relation",
            "functionDefinition",
            "conditional",
            "for",
            "every",
            "some",
            "filter",
        ]
        .into_iter()
        .find(|name| element.child(name).is_some());
        let name = element
            .attribute("name")
            .or(element.attribute("id"))
            .unwrap_or_default();
        Err(match other {
            Some(kind) => at(
                element.line,
                format!("决策“{name}”用 {kind} 表示，这里只支持决策表和文字表达式。"),
                format!(
                    "the decision “{name}” is a {kind}; only decision tables and literal expressions are supported."
                ),
            ),
            None => at(
                element.line,
                format!("决策“{name}”没有内容。"),
                format!("the decision “{name}” is empty."),
            ),
        })
    }

    /// An expression; `None` when nothing is written.
    pub(super) fn formula(&mut self, holder: &Element) -> Result<Option<Formula>, Text> {
        self.check_language(holder)?;
        let source = holder.words();
        if source.is_empty() || source == "-" {
            return Ok(None);
        }
        let (expr, names) = feel::parse(source, self.known).map_err(|text| inside(holder, &text))?;
        self.mention(names);
        Ok(Some(Formula {
            source: source.to_owned(),
            expr,
        }))
    }

    pub(super) fn required_formula(&mut self, holder: &Element) -> Result<Formula, Text> {
        self.formula(holder)?
            .ok_or_else(|| at(holder.line, "表达式是空的。", "the expression is empty."))
    }

    /// The unary tests of a cell.
    pub(super) fn tests(&mut self, holder: &Element) -> Result<Tests, Text> {
        self.check_language(holder)?;
        let (tests, names) = feel::parse_tests(holder.words(), self.known).map_err(|text| inside(holder, &text))?;
        self.mention(names);
        Ok(tests)
    }

    /// A list of values, with commas between them.
    pub(super) fn values(&mut self, holder: &Element) -> Result<Vec<Expr>, Text> {
        let source = holder.words();
        if source.is_empty() {
            return Ok(Vec::new());
        }
        let (expr, names) = feel::parse(&format!("[{source}]"), self.known).map_err(|text| inside(holder, &text))?;
        self.mention(names);
        Ok(match expr {
            Expr::List(values) => values,
            other => vec![other],
        })
    }

    fn mention(&mut self, names: BTreeSet<String>) {
        self.expressions += 1;
        self.names.extend(names);
    }

    fn check_language(&self, holder: &Element) -> Result<(), Text> {
        match holder.attribute("expressionLanguage").or(self.language) {
            Some(uri) if Language::from_uri(uri) != Some(Language::Feel) => Err(at(
                holder.line,
                format!("决策里的表达式只能用 FEEL 书写，而不是 {uri}。"),
                format!("expressions of decisions are written in FEEL, not in {uri}."),
            )),
            _ => Ok(()),
        }
    }
}

fn inside(holder: &Element, text: &Text) -> Text {
    at(holder.line, &text.zh, &text.en)
}

/// How many decisions may require each other in a row.
const DEPTH: usize = 32;

/// Decisions are evaluated from the inside out, so none may require itself, and rows of them have an end.
fn refuse_circles(decisions: &[Decision], elements: &[&Element]) -> Result<(), Text> {
    // The longest row below each, found by going on until nothing changes; longer than there may be means a circle.
    let mut rows = vec![1_usize; decisions.len()];
    for _ in 0..=DEPTH {
        let mut changed = false;
        for (place, decision) in decisions.iter().enumerate() {
            let below = decision
                .requires
                .iter()
                .filter_map(|required| rows.get(*required))
                .max();
            let row = below.map_or(1, |below| below + 1).min(DEPTH + 1);
            if let Some(known) = rows.get_mut(place).filter(|known| **known < row) {
                *known = row;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    match rows
        .iter()
        .position(|row| *row > DEPTH)
        .and_then(|place| elements.get(place))
    {
        None => Ok(()),
        Some(element) => Err(at(
            element.line,
            format!("决策互相依赖成环，或依赖超过 {DEPTH} 层。"),
            format!("decisions require each other in a circle, or more than {DEPTH} in a row."),
        )),
    }
}
