//! What plugins offer to people: actions on records, and reports.

use std::collections::{BTreeMap, BTreeSet};

use kapok_plugin_host::{ActionCall, Column, Input, InputType, ReportCall};
use kapok_protocol::{Record, RecordRef, Refusal, RefusalKind, Text, Value};
use kapok_records::{Action, Fields, as_value};
use kapok_rules::{Condition, Values};

use super::Staff;
use crate::{
    Error,
    plugins::{self, Caller, Intended, faulty},
    writer::entity,
};

/// Something that a plugin offers: an action, a report, a service task, or a rule that says who.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferView {
    /// Its name, such as `quotes.copy`.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// What is to be filled in.
    pub inputs: Vec<InputView>,
}

/// Something to be filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct InputView {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: Text,
    /// What kind of value it takes.
    pub kind: InputType,
    /// Of which entity, when it takes a record.
    pub entity: Option<String>,
    /// Whether it must be there.
    pub required: bool,
}

/// The rows of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportTable {
    /// Its columns: name, what people call it, what kind of value it has.
    pub columns: Vec<(String, Text, InputType)>,
    /// A value for each column.
    pub rows: Vec<Vec<Value>>,
}

impl Staff {
    /// What the person can do with a record through plugins.
    pub fn actions(&self, reference: &RecordRef) -> Result<Vec<OfferView>, Error> {
        let (_, seen) = self.seen_record(reference)?;
        let mut offers = Vec::new();
        for plugin in self.kapok.shared.plugins.running() {
            for (name, action) in &plugin.manifest().actions {
                let is_offered = action.entity == reference.entity && self.has_one_of(&action.roles);
                if is_offered && self.fits(action.when.as_ref(), &seen)? {
                    offers.push(offer(name, &action.label, &action.inputs));
                }
            }
        }
        Ok(offers)
    }

    /// Lets a plugin do something with a record, with the person's rights; answers what the person is told.
    pub fn run_action(&self, reference: &RecordRef, name: &str, inputs: Fields) -> Result<Option<Text>, Error> {
        if let Some(answer) = self.answered::<Option<Text>>()? {
            return Ok(answer);
        }
        let shared = &self.kapok.shared;
        let plugin = shared.plugins.action(name);
        let (record, seen) = self.seen_record(reference)?;
        let found = plugin.and_then(|plugin| {
            let action = plugin.manifest().actions.get(name)?.clone();
            let is_offered = action.entity == reference.entity && self.has_one_of(&action.roles);
            is_offered.then_some((plugin, action))
        });
        let (plugin, action) = found.ok_or_else(|| Error::not_found("操作", "action"))?;
        if !self.fits(action.when.as_ref(), &seen)? {
            return Err(Refusal::new(
                RefusalKind::Conflict,
                "action.not-now",
                format!("这条记录现在不能“{}”。", action.label.zh),
                format!("“{}” cannot be done with this record as it is now.", action.label.en),
            )
            .into());
        }
        check_inputs(&action.inputs, &inputs)?;
        let call = self.call(&plugin);
        let request = ActionCall {
            name: name.to_owned(),
            record,
            inputs,
            key: format!("action-{}-{}-{}", self.person, reference.id, call.now.millis()),
        };
        let done = plugin.run_action(&call, &request).map_err(faulty)??;
        let intended = Intended {
            plugin: plugin.manifest().id.clone(),
            caller: Caller::Person(self.person),
            intents: done.intents,
            depth: 0,
        };
        let (text, key) = (done.answer, self.request.clone());
        plugins::carry_out(shared, &self.kapok.writer, intended, move |step| {
            if let Some(key) = &key {
                key.store(step, &text)?;
            }
            Ok(text.clone())
        })
    }

    /// The reports that plugins offer to the person.
    pub fn reports(&self) -> Vec<OfferView> {
        let plugins = self.kapok.shared.plugins.running();
        let reports = plugins.iter().flat_map(|plugin| &plugin.manifest().reports);
        reports
            .filter(|(_, report)| self.has_one_of(&report.roles))
            .map(|(name, report)| offer(name, &report.label, &report.inputs))
            .collect()
    }

    /// The rows of a report, of what the person may see.
    pub fn run_report(&self, name: &str, inputs: Fields) -> Result<ReportTable, Error> {
        let plugin = self.kapok.shared.plugins.report(name);
        let found = plugin.and_then(|plugin| {
            let report = plugin.manifest().reports.get(name)?.clone();
            self.has_one_of(&report.roles).then_some((plugin, report))
        });
        let (plugin, report) = found.ok_or_else(|| Error::not_found("报表", "report"))?;
        check_inputs(&report.inputs, &inputs)?;
        let request = ReportCall {
            name: name.to_owned(),
            inputs,
        };
        let rows = plugin.run_report(&self.call(&plugin), &request).map_err(faulty)??;
        // The plugin answers in the order in which its manifest places the columns.
        let mut columns: Vec<(&String, &Column)> = report.columns.iter().collect();
        columns.sort_by_key(|(_, column)| column.pos);
        Ok(ReportTable {
            columns: columns
                .into_iter()
                .map(|(name, column)| (name.clone(), column.label.clone(), column.kind))
                .collect(),
            rows,
        })
    }

    /// A record as the person may see it, and the same as a value that conditions look at.
    fn seen_record(&self, reference: &RecordRef) -> Result<(Record, Value), Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let definition = entity(&viewing.catalogue, &reference.entity)?;
        let row = viewing.queries.record(&reference.entity, reference.id)?;
        let record = row.ok_or_else(|| Error::not_found("记录", "record"))?.record;
        let seeing = self.seeing(&viewing)?;
        seeing.allow(Action::Read, definition, &record)?;
        let sight = seeing.entity(definition);
        let seen = sight.seen(&sight.whole(record)?);
        let seen = seen.ok_or_else(|| Error::not_found("记录", "record"))?;
        let value = as_value(definition, &seen);
        Ok((seen, value))
    }

    /// Whether the person has one of these roles, or there are none.
    fn has_one_of(&self, roles: &BTreeSet<String>) -> bool {
        let mine = self.kapok.shared.organisation().roles_of(self.person);
        roles.is_empty() || mine.iter().any(|role| roles.contains(role))
    }

    fn fits(&self, when: Option<&kapok_protocol::Filter>, record: &Value) -> Result<bool, Error> {
        let (Some(when), Some(fields)) = (when, record.as_map()) else {
            return Ok(true);
        };
        let condition = Condition::new(when).map_err(|text| Error::invalid("action.when", text, "when"))?;
        Ok(condition.holds(&Values::new(fields, &self.context())))
    }
}

pub(super) fn offer(name: &str, label: &Text, inputs: &BTreeMap<String, Input>) -> OfferView {
    let input = |(name, input): (&String, &Input)| InputView {
        name: name.clone(),
        label: input.label.clone(),
        kind: input.kind,
        entity: input.entity.as_ref().map(ToString::to_string),
        required: input.required,
    };
    OfferView {
        name: name.to_owned(),
        label: label.clone(),
        inputs: inputs.iter().map(input).collect(),
    }
}

/// Refuses what was filled in wrongly, or not at all.
fn check_inputs(inputs: &BTreeMap<String, Input>, given: &Fields) -> Result<(), Error> {
    let mut refusals = Vec::new();
    for name in given.keys().filter(|name| !inputs.contains_key(*name)) {
        refusals.push(
            Refusal::new(
                RefusalKind::Invalid,
                "input.unknown",
                format!("没有“{name}”这一项。"),
                format!("There is nothing called “{name}” to fill in."),
            )
            .at(name.clone()),
        );
    }
    for (name, input) in inputs {
        let value = given.get(name).filter(|value| !value.is_empty());
        let fits = match value {
            None => !input.required,
            Some(value) => match input.kind {
                InputType::Text | InputType::Date => value.as_text().is_some(),
                InputType::Record => value
                    .as_text()
                    .is_some_and(|id| id.parse::<kapok_protocol::RecordId>().is_ok()),
                InputType::Number => matches!(value, Value::Number(_)),
                InputType::Boolean => matches!(value, Value::Bool(_)),
            },
        };
        if !fits {
            let label = &input.label;
            refusals.push(
                Refusal::new(
                    RefusalKind::Invalid,
                    "input.wrong",
                    format!("请正确填写“{}”。", label.zh),
                    format!("Fill in “{}” correctly.", label.en),
                )
                .at(name.clone()),
            );
        }
    }
    match refusals.is_empty() {
        true => Ok(()),
        false => Err(refusals.into()),
    }
}
