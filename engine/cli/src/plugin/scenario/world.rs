//! The engine that a scenario runs in.

mod identity;

use std::{collections::BTreeMap, sync::Arc};

use kapok::{
    ChannelFailure, ChannelMessage, Clock, Error, Kapok, ManualClock, MessageKind, Outgoing, PluginSource, RecordSave,
    ServiceFailure, Staff, SystemClock,
    notify::AllowedOrigin,
    protocol::{Entity, IsoDuration, PersonId, RecordRef, Value},
    records::{Fields, PERSON},
};

use super::{
    Failed, File, Save, Sent, Step,
    server::OtherSystem,
    values::{refused_as, same},
};
pub(super) use identity::{CameBack, Department, Organisation, Person, SignIn};

use crate::built_in;

/// What stands in settings for the address of the other system.
const SERVER: &str = "$server";

/// An engine in memory, and what the scenario calls what is in it.
pub(super) struct World {
    kapok: Kapok,
    server: Option<OtherSystem>,
    clock: Arc<ManualClock>,
    people: BTreeMap<String, PersonId>,
    records: BTreeMap<String, RecordRef>,
}

impl World {
    pub(super) fn new(plugin: &PluginSource, file: &File) -> Result<Self, String> {
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let manifest = kapok::Manifest::parse(&plugin.origin, &plugin.manifest)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
        let is_other = |source: &PluginSource| {
            kapok::Manifest::parse(&source.origin, &source.manifest).is_ok_and(|other| other.id != manifest.id)
        };
        let mut plugins = built_in::plugins();
        plugins.retain(is_other);
        plugins.push(plugin.clone());
        let calls_out = file.settings.values().any(|value| value.contains(SERVER));
        let server = calls_out.then(OtherSystem::start).transpose()?;
        let mut settings = file.settings.clone();
        for value in settings.values_mut() {
            if let Some(server) = &server {
                *value = value.replace(SERVER, server.origin());
            }
        }
        let allowed = server.iter().map(|server| AllowedOrigin {
            origin: server.origin().to_owned(),
            private: true,
        });
        let outgoing = Outgoing {
            allowed: allowed.collect(),
            plugins: [(manifest.id.clone(), settings)].into(),
            ..Outgoing::default()
        };
        let built = Kapok::builder()
            .clock(clock.clone())
            .plugins(plugins)
            .outgoing(outgoing)
            .memory();
        let kapok = built.map_err(|error| error.to_string())?;
        let state = kapok.plugins().into_iter().find(|state| state.id == manifest.id);
        if let Some(fault) = state.and_then(|state| state.fault) {
            return Err(fault.to_string());
        }
        let mut people = BTreeMap::new();
        for (login, person) in &file.people {
            let name = person.name.as_deref().unwrap_or(login);
            let id = kapok
                .add_person(login, name, &person.roles)
                .map_err(|error| error.to_string())?;
            people.insert(login.clone(), id);
        }
        Ok(Self {
            kapok,
            server,
            clock,
            people,
            records: BTreeMap::new(),
        })
    }

    pub(super) fn step(&mut self, step: &Step) -> Result<(), String> {
        self.prepare(step)?;
        let done = self.act(step);
        let settled = self.kapok.run_due().map_err(|error| error.to_string());
        match (done?, &step.refused) {
            (Err(error), Some(expected)) => refused_as(&error, expected)?,
            (Ok(_), Some(expected)) => return Err(format!("it was not refused as {}", expected.code)),
            (Err(error), None) => return Err(error.to_string()),
            (Ok(about), None) => self.compare(step, about.as_ref())?,
        }
        settled?;
        self.told(step)?;
        self.requested(step)
    }

    /// Tells the other system what to answer to what the step causes.
    fn prepare(&self, step: &Step) -> Result<(), String> {
        match &self.server {
            Some(server) => {
                server.will_answer(&step.answers);
                Ok(())
            }
            None if step.answers.is_empty() && step.requests.is_none() => Ok(()),
            None => Err(format!("answers and requests need {SERVER} in one of the [settings]")),
        }
    }

    /// Compares what reached the other system.
    fn requested(&self, step: &Step) -> Result<(), String> {
        match &self.server {
            Some(server) => server.compare(step.requests.as_deref()),
            None => Ok(()),
        }
    }

    /// Does what the step says; the record it was about.
    #[allow(
        clippy::type_complexity,
        reason = "what goes wrong in the scenario, and what the engine refuses"
    )]
    fn act(&mut self, step: &Step) -> Result<Result<Option<RecordRef>, Error>, String> {
        if let Some(save) = &step.save {
            let saved = self.save(step, save)?;
            if let (Ok(record), Some(name)) = (&saved, &step.call_it) {
                self.records.insert(name.clone(), record.clone());
            }
            return Ok(saved.map(Some));
        }
        if let Some(name) = &step.look {
            return self.record(name).map(|record| Ok(Some(record)));
        }
        if let Some(name) = &step.delete {
            let record = self.record(name)?;
            return Ok(self.staff(step)?.delete(&record).map(|()| None));
        }
        if let Some(action) = &step.action {
            let record = self.record(action.record.as_deref().unwrap_or_default())?;
            let done = self
                .staff(step)?
                .run_action(&record, &action.name, self.fields(&action.inputs)?);
            return Ok(done.map(|_| Some(record)));
        }
        if let Some(report) = &step.report {
            let table = self.staff(step)?.run_report(&report.name, self.fields(&report.inputs)?);
            return Ok(match (table, &step.rows) {
                (Ok(table), Some(expected)) => {
                    let found = Value::List(table.rows.into_iter().map(Value::List).collect());
                    same("rows", &found, &self.value(&toml::Value::Array(expected.clone()))?)?;
                    Ok(None)
                }
                (table, _) => table.map(|_| None),
            });
        }
        if let Some(service) = &step.service {
            let done = self.kapok.run_handler(&service.name, self.fields(&service.inputs)?);
            return match done {
                Ok(Ok(outputs)) => {
                    if let Some(code) = &step.error {
                        return Err(format!("it did not end in the error {code}"));
                    }
                    if let Some(expected) = &step.outputs {
                        same("outputs", &Value::Map(outputs), &Value::Map(self.fields(expected)?))?;
                    }
                    Ok(Ok(None))
                }
                Ok(Err(ServiceFailure::Error { code, .. })) if step.error.as_ref() == Some(&code) => Ok(Ok(None)),
                Ok(Err(failure)) => Err(format!("{failure:?}")),
                Err(error) => Ok(Err(error)),
            };
        }
        if let Some(sent) = &step.send {
            return self.send(step, sent);
        }
        if let Some(asked) = &step.sign_in {
            return self.sign_in(step, asked);
        }
        if let Some(back) = &step.came_back {
            return self.came_back(step, back);
        }
        if let Some(asked) = &step.organisation {
            return self.organisation(step, asked);
        }
        if let Some(rule) = &step.assignees {
            let record = rule.record.as_deref().map(|name| self.record(name)).transpose()?;
            let found = self
                .kapok
                .find_assignees(&rule.name, record, self.fields(&rule.inputs)?);
            return Ok(match (found, &step.people) {
                (Ok(found), Some(expected)) => {
                    let expected = expected
                        .iter()
                        .map(|login| self.person(login))
                        .collect::<Result<Vec<_>, _>>()?;
                    if found != expected {
                        return Err(format!("people: {found:?} instead of {expected:?}"));
                    }
                    Ok(None)
                }
                (found, _) => found.map(|_| None),
            });
        }
        if let Some(duration) = &step.advance {
            let duration: IsoDuration = duration.parse().map_err(|error| format!("{duration}: {error}"))?;
            let until = duration.after(self.clock.now());
            self.clock.move_to(until);
            return Ok(Ok(None));
        }
        Err(
            "a step says one of save, delete, look, action, report, service, assignees, send, sign_in, \
             came_back, organisation, advance"
                .to_owned(),
        )
    }

    /// Sends a message through a channel of the plugin.
    #[allow(
        clippy::type_complexity,
        reason = "what goes wrong in the scenario, and what the engine refuses"
    )]
    fn send(&self, step: &Step, sent: &Sent) -> Result<Result<Option<RecordRef>, Error>, String> {
        let message = ChannelMessage {
            channel: sent.channel.clone(),
            key: format!("try-{}", self.kapok.sequence()),
            kind: match sent.promotion {
                true => MessageKind::Promotion,
                false => MessageKind::Notice,
            },
            recipient: sent.recipient.clone(),
            signature: sent.signature.clone(),
            template: sent.template.clone(),
            variables: sent.variables.clone(),
            text: sent.text.clone(),
        };
        let answered = match self.kapok.try_channel(&message) {
            Ok(answered) => answered,
            Err(error) => return Ok(Err(error)),
        };
        let (failed, text) = match answered {
            Ok(receipt) => {
                return match &step.receipt {
                    _ if step.failed.is_some() => Err(format!("it was sent, with the receipt {}", receipt.id)),
                    Some(expected) if *expected != receipt.id => {
                        Err(format!("receipt: {} instead of {expected}", receipt.id))
                    }
                    _ => Ok(Ok(None)),
                };
            }
            Err(ChannelFailure::Refused(text)) => (Failed::Refused, text),
            Err(ChannelFailure::Retry(text)) => (Failed::Retry, text),
            Err(ChannelFailure::Unknown(text)) => (Failed::Unknown, text),
        };
        let says = |words: &String| text.zh.contains(words) || text.en.contains(words);
        match step.failed == Some(failed) && step.says.as_ref().is_none_or(says) {
            true => Ok(Ok(None)),
            false => Err(format!("it was not sent ({failed:?}): {}", text.en)),
        }
    }

    fn save(&self, step: &Step, save: &Save) -> Result<Result<RecordRef, Error>, String> {
        let fields = self.fields(&save.fields)?;
        let owner = save.owner.as_deref().map(|login| self.person(login)).transpose()?;
        if let Some(name) = &save.record {
            let record = self.record(name)?;
            let staff = self.staff(step)?;
            return Ok(staff.record(&record).and_then(|known| {
                let change = RecordSave::change(record.clone(), known.version, fields);
                staff.save(change).map(|_| record)
            }));
        }
        let entity = save.entity.as_deref().ok_or("save names an entity, or a record")?;
        let saved = match &step.by {
            Some(_) => {
                let new = RecordSave {
                    owner,
                    ignore_duplicates: true,
                    ..RecordSave::new(Entity::new(entity), fields)
                };
                self.staff(step)?.save(new).map(|(view, _)| view.reference.id)
            }
            None => self.kapok.save(entity, owner, fields).map(|record| record.id),
        };
        Ok(saved.map(|id| RecordRef {
            entity: Entity::new(entity),
            id,
        }))
    }

    fn compare(&self, step: &Step, about: Option<&RecordRef>) -> Result<(), String> {
        let Some(expected) = &step.expect else { return Ok(()) };
        let record = about.ok_or("expect is about the record that the step saves, looks at or acts on")?;
        let found = self.kapok.record(record).map_err(|error| error.to_string())?;
        for (name, expected) in self.fields(expected)? {
            let value = found.fields.get(&name).cloned().unwrap_or_default();
            same(&name, &value, &expected)?;
        }
        Ok(())
    }

    fn told(&self, step: &Step) -> Result<(), String> {
        for (login, text) in step.told.iter().flatten() {
            let staff = self
                .kapok
                .staff(self.person(login)?)
                .map_err(|error| error.to_string())?;
            let pages = staff.unread_pages(100).map_err(|error| error.to_string())?;
            if !pages
                .iter()
                .any(|page| page.text.zh.contains(text) || page.text.en.contains(text))
            {
                let pages: Vec<_> = pages.into_iter().map(|page| page.text.en).collect();
                return Err(format!("{login} was not told “{text}”, but {pages:?}"));
            }
        }
        Ok(())
    }

    fn staff(&self, step: &Step) -> Result<Staff, String> {
        let login = step.by.as_deref().ok_or("the step must say as whom: as = \"…\"")?;
        self.kapok.staff(self.person(login)?).map_err(|error| error.to_string())
    }

    fn person(&self, login: &str) -> Result<PersonId, String> {
        let login = login.trim_start_matches('$');
        let found = self.people.get(login).copied();
        found.ok_or_else(|| format!("there is no [people.{login}]"))
    }

    fn record(&self, name: &str) -> Result<RecordRef, String> {
        let name = name.trim_start_matches('$');
        let person = || {
            let id = (*self.people.get(name)?).into();
            let entity = Entity::new(PERSON);
            Some(RecordRef { entity, id })
        };
        let found = self.records.get(name).cloned().or_else(person);
        found.ok_or_else(|| format!("no step before has call_it = \"{name}\""))
    }

    fn fields(&self, table: &toml::Table) -> Result<Fields, String> {
        table
            .iter()
            .map(|(name, value)| Ok((name.clone(), self.value(value)?)))
            .collect()
    }

    /// A value, with the ids of what is called by name.
    fn value(&self, value: &toml::Value) -> Result<Value, String> {
        Ok(match value {
            toml::Value::String(text) => match text.strip_prefix('$') {
                Some(name) if self.people.contains_key(name) => Value::from(self.person(name)?.to_string()),
                Some(name) if self.records.contains_key(name) => Value::from(self.record(name)?.id.to_string()),
                _ => Value::from(text.as_str()),
            },
            toml::Value::Array(items) => {
                Value::List(items.iter().map(|item| self.value(item)).collect::<Result<_, _>>()?)
            }
            toml::Value::Table(table) => Value::Map(self.fields(table)?),
            toml::Value::Integer(number) => Value::from(*number),
            // As it is written, digit for digit.
            toml::Value::Float(number) => {
                serde_json::from_str(&number.to_string()).map_err(|error| error.to_string())?
            }
            toml::Value::Boolean(flag) => Value::Bool(*flag),
            toml::Value::Datetime(moment) => Value::from(moment.to_string()),
        })
    }
}
