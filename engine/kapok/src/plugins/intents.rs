//! Carrying out what a plugin wants done: all of it in one commit, with the rights of whoever called the plugin, and every
//! record through the same checks as any other save.

use std::{collections::BTreeMap, sync::Arc};

use kapok_plugin_host::Intent;
use kapok_process::Directory;
use kapok_protocol::{
    Command, Effect, Entity, Mail, Message, PageKind, PersonId, Principal, PublishedMessage, Record, RecordId,
    RecordRef, Refusal, RefusalKind, Sms, StartRequest, Value,
};
use kapok_records::{Action, Catalogue, EntityDefinition, Fields};
use kapok_rules::Context;
use kapok_store::View;
use kapok_tables::Queries;

use super::{Caller, Sessions, rehearsal::Rehearsal};
use crate::{
    Error, grants,
    handles::{allow_change, allow_new},
    saving::{self, SaveRequest},
    seeing::Seeing,
    shared::Shared,
    views::Viewing,
    writer::{CheckedSave, Saved, Step, Writer, entity},
};

/// What is tried before giving up, when others keep changing the same records.
const ATTEMPTS: usize = 3;
/// How long a message waits for a case that wants it.
const MESSAGE_LIFE_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// What a plugin wants done, and by whom it was called.
pub(crate) struct Intended {
    pub(crate) plugin: String,
    pub(crate) caller: Caller,
    pub(crate) intents: Vec<Intent>,
    /// How many calls of plugins caused one another before this.
    pub(crate) depth: u32,
}

/// An intent whose slow part is done.
#[derive(Clone)]
pub(super) enum Ready {
    Save(Box<(EntityDefinition, CheckedSave)>),
    Delete(RecordRef),
    Command(Command),
    Effect(Effect),
}

/// Carries out what a plugin wants done. `also` runs in the same commit and gives the answer.
pub(crate) fn carry_out<T: Send + 'static>(
    shared: &Shared,
    writer: &Writer,
    intended: Intended,
    also: impl Fn(&mut Step<'_>) -> Result<T, Error> + Send + Sync + Clone + 'static,
) -> Result<T, Error> {
    carry_out_new(shared, writer, intended, move |step, _| also(step))
}

/// The same; `also` is told the new records, in the order in which they were wanted.
pub(crate) fn carry_out_new<T: Send + 'static>(
    shared: &Shared,
    writer: &Writer,
    intended: Intended,
    also: impl Fn(&mut Step<'_>, &[RecordId]) -> Result<T, Error> + Send + Sync + Clone + 'static,
) -> Result<T, Error> {
    let intents = gathered(writer, &intended)?;
    let new: Arc<[RecordId]> = intents.iter().filter_map(|(_, new)| *new).collect();
    let actor = intended.caller.principal();
    let mut sessions = Sessions::default();
    for _ in 0..ATTEMPTS {
        let catalogue = shared.catalogue();
        let ready = {
            let mut rehearsal = Rehearsal::new(shared, intents.iter().filter_map(|(_, new)| *new))?;
            let mut ready = Vec::with_capacity(intents.len());
            for (number, (intent, new)) in intents.iter().enumerate() {
                let view = &rehearsal.view;
                let mut one = prepare(shared, &catalogue, view, &intended, &mut sessions, intent, *new)?;
                rehearsal.note(&mut one)?;
                let mut later = intents.iter().skip(number + 1);
                if later.any(|(later, _)| is_checked(shared, later)) {
                    rehearsal.play(actor, one.clone())?;
                }
                ready.push(one);
            }
            ready
        };
        let (also, new) = (also.clone(), new.clone());
        let done = writer.submit(move |step| {
            if !Arc::ptr_eq(&step.shared.catalogue(), &catalogue) {
                return Ok(None);
            }
            // Before anything is written: what was read must be as it was.
            for one in &ready {
                if let Ready::Save(save) = one
                    && step.is_stale(&save.0.id, &save.1)?
                {
                    return Ok(None);
                }
            }
            for one in ready {
                step.do_intended(actor, one)?;
            }
            also(step, &new).map(Some)
        });
        let done = done.wait();
        if let Some(person) = actor.person() {
            shared.projection.wrote(person);
        }
        if let Some(done) = done? {
            return Ok(done);
        }
    }
    Err(saving::busy())
}

/// Whether a plugin looks at what an intent does before it is done.
fn is_checked(shared: &Shared, intent: &Intent) -> bool {
    let entity = match intent {
        Intent::Create { entity, .. } => entity,
        Intent::Update { record, .. } => &record.entity,
        _ => return false,
    };
    !shared.plugins.before_save(entity).is_empty()
}

/// The intents, those that change one record made one, and new records with their ids.
fn gathered(writer: &Writer, intended: &Intended) -> Result<Vec<(Intent, Option<RecordId>)>, Error> {
    let mut gathered: Vec<(Intent, Option<RecordId>)> = Vec::new();
    let mut new: BTreeMap<String, RecordId> = BTreeMap::new();
    for intent in &intended.intents {
        let mut intent = intent.clone();
        let mut id = None;
        match &mut intent {
            Intent::Create { stands_for, fields, .. } => {
                put_ids(fields, &new);
                // An id that is not used after all costs nothing.
                let drawn = writer.submit(|step| Ok(RecordId::from(step.next_id()))).wait()?;
                new.insert(stands_for.clone(), drawn);
                id = Some(drawn);
            }
            Intent::Update { record, set, owner } => {
                put_ids(set, &new);
                let same = gathered.iter_mut().find_map(|(known, _)| match known {
                    Intent::Update { record: of, set, owner } if of == record => Some((set, owner)),
                    _ => None,
                });
                if let Some((known, known_owner)) = same {
                    known.append(set);
                    *known_owner = owner.or(*known_owner);
                    continue;
                }
            }
            Intent::Start { variables, .. } | Intent::Message { variables, .. } | Intent::Signal { variables, .. } => {
                put_ids(variables, &new);
            }
            _ => {}
        }
        gathered.push((intent, id));
    }
    Ok(gathered)
}

/// Puts the ids of new records where something stands for them.
fn put_ids(fields: &mut BTreeMap<String, Value>, new: &BTreeMap<String, RecordId>) {
    fn put(value: &mut Value, new: &BTreeMap<String, RecordId>) {
        match value {
            Value::Text(text) => {
                if let Some(id) = new.get(text.as_str()) {
                    *text = id.to_string();
                }
            }
            Value::List(items) => items.iter_mut().for_each(|item| put(item, new)),
            Value::Map(entries) => entries.values_mut().for_each(|item| put(item, new)),
            _ => {}
        }
    }
    fields.values_mut().for_each(|value| put(value, new));
}

fn prepare(
    shared: &Shared,
    catalogue: &Catalogue,
    view: &View,
    intended: &Intended,
    sessions: &mut Sessions,
    intent: &Intent,
    new: Option<RecordId>,
) -> Result<Ready, Error> {
    let save = |entity: &Entity,
                id: Option<RecordId>,
                fields: &Fields,
                hand_over: Option<Option<PersonId>>,
                sessions: &mut Sessions| {
        let actor = intended.caller.principal();
        let request = SaveRequest {
            id,
            hand_over,
            ..SaveRequest::by_system(entity.clone(), actor.person().filter(|_| id.is_none()), fields.clone())
        };
        let definition = crate::writer::entity(catalogue, entity)?;
        let allow = |definition: &EntityDefinition, before: Option<&Record>| {
            may_save(shared, view, intended.caller, definition, before, &request)
        };
        let mut checked = saving::check(shared, catalogue, view, actor, &request, sessions, &allow)?;
        checked.new_id = new;
        checked.through.depth = intended.depth;
        if !checked.through.plugins.contains(&intended.plugin) {
            checked.through.plugins.push(intended.plugin.clone());
        }
        Ok::<_, Error>(Ready::Save(Box::new((definition.clone(), checked))))
    };
    Ok(match intent {
        Intent::Create { entity, fields, .. } => save(entity, None, fields, None, sessions)?,
        Intent::Update { record, set, owner } => {
            if let Some(Some(to)) = owner {
                works_here(shared, *to)?;
            }
            save(&record.entity, Some(record.id), set, *owner, sessions)?
        }
        Intent::Delete(record) => {
            may(shared, view, intended.caller, Action::Delete, record)?;
            Ready::Delete(record.clone())
        }
        Intent::Start {
            process,
            record,
            variables,
        } => {
            if let Some(record) = record {
                may(shared, view, intended.caller, Action::Read, record)?;
            }
            Ready::Command(Command::Start(StartRequest {
                definition: shared.definitions.latest(process).ok_or_else(|| no_process(process))?,
                start_event: None,
                variables: variables.clone(),
                business_key: None,
                record: record.clone(),
                initiator: intended.caller.principal().person(),
            }))
        }
        Intent::Message { name, key, variables } => Ready::Command(Command::Publish(PublishedMessage {
            name: name.clone(),
            key: key.clone(),
            variables: variables.clone(),
            ttl_millis: Some(MESSAGE_LIFE_MILLIS),
        })),
        Intent::Signal { name, variables } => Ready::Command(Command::Broadcast {
            signal: name.clone(),
            variables: variables.clone(),
        }),
        Intent::Complete {
            task,
            decision,
            comment,
            variables,
        } => {
            if let Caller::Process(instance) = intended.caller {
                let row = Queries(view).task(*task)?;
                if row.is_none_or(|row| row.instance != instance) {
                    return Err(Error::not_found("待办", "to-do"));
                }
            }
            Ready::Command(Command::Complete {
                task: *task,
                decision: *decision,
                comment: comment.clone(),
                variables: variables.clone(),
            })
        }
        Intent::Page { to, urgent, text } => Ready::Effect(Effect::Page {
            to: works_here(shared, *to)?,
            kind: if *urgent { PageKind::Page } else { PageKind::Notice },
            text: text.clone(),
            task: None,
            instance: None,
        }),
        Intent::Mail { to, subject, body } => Ready::Effect(Effect::Send(Message::Mail(Mail {
            to: works_here(shared, *to)?,
            subject: subject.clone(),
            body: body.clone(),
        }))),
        Intent::Sms {
            to,
            template,
            variables,
            text,
        } => Ready::Effect(Effect::Send(Message::Sms(Sms {
            to: works_here(shared, *to)?,
            template: template.clone(),
            variables: variables.clone(),
            text: text.clone(),
        }))),
    })
}

/// The rows as a person sees them.
fn as_seen_by<T>(
    shared: &Shared,
    view: &View,
    person: PersonId,
    ask: impl FnOnce(&Viewing<'_>, &Seeing<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let viewing = Viewing {
        shared,
        organisation: shared.organisation(),
        catalogue: shared.catalogue(),
        queries: Queries(view),
        now: shared.clock.now(),
    };
    let seeing = Seeing::by_person(&viewing, person)?;
    ask(&viewing, &seeing)
}

/// Whether the caller may save this.
fn may_save(
    shared: &Shared,
    view: &View,
    caller: Caller,
    definition: &EntityDefinition,
    before: Option<&Record>,
    request: &SaveRequest,
) -> Result<(), Error> {
    let person = match caller {
        Caller::System => return Ok(()),
        // What a process was granted names no one to be responsible.
        Caller::Process(_) if request.hand_over.is_some() => {
            return Err(Error::forbidden(
                "流程不能通过插件更换负责人。",
                "A process does not hand records over through a plugin.",
            ));
        }
        Caller::Process(instance) => {
            let action = before.map_or(Action::Create, |_| Action::Update);
            let fields = request.fields.keys();
            return grants::allow(shared, &Queries(view), instance, action, definition, before, fields);
        }
        Caller::Person(person) => person,
    };
    let offset = shared.settings.utc_offset_minutes;
    let context = shared.organisation().context(Some(person), shared.clock.now(), offset);
    as_seen_by(shared, view, person, |viewing, seeing| match before {
        Some(before) => match request.hand_over {
            Some(to) => allow_hand_over(seeing, definition, before, to, person, &request.fields, &context),
            None => allow_change(seeing, definition, before, &request.fields, &context),
        },
        None => {
            let exists = |owner| viewing.organisation.exists(owner);
            allow_new(seeing, definition, request.owner, &request.fields, &context, exists)
        }
    })
}

/// Whether a plugin may make somebody else responsible for a record in a person's name. Besides those who hand such
/// records over anyway, everybody may take one that nobody is responsible for and that they find, and give back their own:
/// the plugin, which the administrator has granted this, says when. Whoever takes a record changes it as its owner.
fn allow_hand_over(
    seeing: &Seeing<'_>,
    definition: &EntityDefinition,
    before: &Record,
    to: Option<PersonId>,
    person: PersonId,
    fields: &Fields,
    context: &Context,
) -> Result<(), Error> {
    let takes = before.owner.is_none() && to == Some(person);
    let gives_back = before.owner == Some(person) && to.is_none();
    if before.owner.is_some() && to == Some(person) && before.owner != to {
        return Err(Refusal::new(
            RefusalKind::Conflict,
            "record.taken",
            "这条记录已经有人负责，可能刚刚被他人领取。",
            "Somebody is responsible for this record already; perhaps it has just been taken.",
        )
        .into());
    }
    if !takes && !gives_back {
        seeing.allow(Action::Transfer, definition, before)?;
        return match fields.is_empty() {
            true => Ok(()),
            false => allow_change(seeing, definition, before, fields, context),
        };
    }
    seeing.allow(Action::Read, definition, before)?;
    let own = Record {
        owner: Some(person),
        ..before.clone()
    };
    allow_change(seeing, definition, &own, fields, context)
}

/// Whether the caller may do something with a record.
fn may(shared: &Shared, view: &View, caller: Caller, action: Action, reference: &RecordRef) -> Result<(), Error> {
    let row = Queries(view).record(&reference.entity, reference.id)?;
    let record = row.ok_or_else(|| Error::not_found("记录", "record"))?.record;
    let person = match caller {
        Caller::System => return Ok(()),
        Caller::Process(instance) => {
            let catalogue = shared.catalogue();
            let definition = entity(&catalogue, &reference.entity)?;
            return grants::allow(shared, &Queries(view), instance, action, definition, Some(&record), []);
        }
        Caller::Person(person) => person,
    };
    as_seen_by(shared, view, person, |viewing, seeing| {
        let definition = entity(&viewing.catalogue, &reference.entity)?;
        seeing.allow(action, definition, &record).map(drop)
    })
}

fn works_here(shared: &Shared, person: PersonId) -> Result<PersonId, Error> {
    match shared.organisation().exists(person) {
        true => Ok(person),
        false => Err(Error::not_found("人员", "person")),
    }
}

fn no_process(process: &str) -> Error {
    Refusal::new(
        RefusalKind::NotFound,
        "process.unknown",
        format!("没有名为“{process}”的流程，请先发布它。"),
        format!("There is no process “{process}”: deploy it first."),
    )
    .into()
}

impl Step<'_> {
    /// Does one thing.
    pub(super) fn do_intended(&mut self, actor: Principal, ready: Ready) -> Result<(), Error> {
        match ready {
            Ready::Save(save) => {
                let (definition, checked) = *save;
                let saved = match self.save(actor, &definition, checked)? {
                    Saved::Done(record, started) => (record.id, started),
                    // By what was done before it in this commit, of which nothing may stay then.
                    Saved::Stale => return Err(saving::busy()),
                    Saved::Alike { records, may_ignore } => return Err(saving::duplicates(records, may_ignore)),
                };
                if actor.person().is_some() {
                    let reference = RecordRef {
                        entity: definition.id.clone(),
                        id: saved.0,
                    };
                    self.refuse_under_approval(&reference, &saved.1)?;
                }
            }
            Ready::Delete(record) => {
                let catalogue = self.shared.catalogue();
                self.delete_record(actor, entity(&catalogue, &record.entity)?, record.id)?;
            }
            Ready::Command(command) => {
                // Messages and signals are no person's to give: the administrator granted them to the plugin.
                let by = match (&command, actor) {
                    (Command::Publish(_) | Command::Broadcast { .. }, _) => Principal::System,
                    (Command::Complete { .. }, Principal::Process(_)) => Principal::System,
                    _ => actor,
                };
                self.process(by, &command)?;
            }
            Ready::Effect(effect) => self.effect(None, effect)?,
        }
        Ok(())
    }
}
