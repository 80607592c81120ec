//! A save before it reaches the writer: rights, validity, plugins. All of it is done on a view; when somebody saved the
//! record meanwhile it is done again, three times at most.

use std::sync::Arc;

use kapok_plugin_host::Save;
use kapok_protocol::{Entity, InstanceId, PersonId, Principal, Record, RecordId, Refusal, RefusalKind};
use kapok_records::{Action, Author, Catalogue, EntityDefinition, Fields, as_seen, conflicts, defaults, validate};
use kapok_rules::Context;
use kapok_store::View;
use kapok_tables::{Notes, Queries};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Conflict, Duplicate, Duplicates, Error, FieldConflict, files, grants,
    handles::once::RequestKey,
    plugins::{Caller, Sessions},
    rights::{Viewpoint, viewer_of},
    shared::Shared,
    views::title_of,
    writer::{CheckedSave, Saved, Step, Through, Writer, entity},
};

/// A save as it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct SaveRequest {
    pub(crate) entity: Entity,
    pub(crate) id: Option<RecordId>,
    /// The version its author saw.
    pub(crate) version: Option<u64>,
    /// The fields that change.
    pub(crate) fields: Fields,
    /// What those fields were then, as far as its author says.
    pub(crate) base: Option<Fields>,
    pub(crate) owner: Option<PersonId>,
    /// Who is to be responsible for one that is there, if that changes; nobody when that is `None`.
    pub(crate) hand_over: Option<Option<PersonId>>,
    pub(crate) author: Author,
    /// Whether its author knows that it is probably there already.
    pub(crate) ignore_duplicates: bool,
    /// The case in which a person saves it.
    pub(crate) instance: Option<InstanceId>,
    /// The key under which it is asked for, if it is to be done once.
    pub(crate) key: Option<RequestKey>,
}

impl SaveRequest {
    /// A new record in the name of the system.
    pub(crate) fn by_system(entity: Entity, owner: Option<PersonId>, fields: Fields) -> Self {
        Self {
            entity,
            id: None,
            version: None,
            fields,
            base: None,
            owner,
            hand_over: None,
            author: Author::Program,
            ignore_duplicates: true,
            instance: None,
            key: None,
        }
    }
}

const ATTEMPTS: usize = 3;

/// Who saves, and the instances of plugins that check what they save: one of each for all that one command saves.
pub(crate) struct Saver {
    actor: Principal,
    sessions: Sessions,
}

impl Saver {
    pub(crate) fn new(actor: Principal) -> Self {
        Self {
            actor,
            sessions: Sessions::default(),
        }
    }
}

/// Saves a record. `allow` decides, on the record as it is, whether the caller may; `also` runs in the same commit and
/// gives the answer.
pub(crate) fn save<T: Serialize + DeserializeOwned + Send + 'static>(
    shared: &Arc<Shared>,
    writer: &Writer,
    saver: &mut Saver,
    request: &SaveRequest,
    allow: impl Fn(&EntityDefinition, Option<&Record>) -> Result<(), Error>,
    also: impl Fn(&mut Step<'_>, &Record, Vec<InstanceId>) -> Result<T, Error> + Send + Sync + Clone + 'static,
) -> Result<T, Error> {
    save_after(shared, writer, saver, request, allow, |_| Ok(()), also)
}

/// The same after something else in the same commit.
pub(crate) fn save_after<T: Serialize + DeserializeOwned + Send + 'static>(
    shared: &Arc<Shared>,
    writer: &Writer,
    saver: &mut Saver,
    request: &SaveRequest,
    allow: impl Fn(&EntityDefinition, Option<&Record>) -> Result<(), Error>,
    first: impl Fn(&mut Step<'_>) -> Result<(), Error> + Send + Sync + Clone + 'static,
    also: impl Fn(&mut Step<'_>, &Record, Vec<InstanceId>) -> Result<T, Error> + Send + Sync + Clone + 'static,
) -> Result<T, Error> {
    let Saver { actor, sessions } = saver;
    let actor = *actor;
    for _ in 0..ATTEMPTS {
        let checked_by = shared.catalogue();
        let checked = {
            let view = shared.store.view();
            if let Some(key) = &request.key
                && let Some(answer) = key.answered(&Queries(&view))?
            {
                return Ok(answer);
            }
            check(shared, &checked_by, &view, actor, request, sessions, &allow)?
        };
        let (entity, key) = (request.entity.clone(), request.key.clone());
        let (first, also) = (first.clone(), also.clone());
        let saved = writer.submit(move |step| {
            // The same request may have been asked twice at once: the other one was first.
            if let Some(key) = &key
                && let Some(answer) = key.answered(&step.queries())?
            {
                return Ok(Some(answer));
            }
            let catalogue = step.shared.catalogue();
            // Definitions changed since the checks: they must be made again.
            if !Arc::ptr_eq(&catalogue, &checked_by) {
                return Ok(None);
            }
            let definition = crate::writer::entity(&catalogue, &entity)?;
            if step.is_stale(&entity, &checked)? {
                return Ok(None);
            }
            first(step)?;
            let (record, started) = match step.save(actor, definition, checked)? {
                Saved::Done(record, started) => (record, started),
                // By what was done first, of which nothing may stay then.
                Saved::Stale => return Err(busy()),
                Saved::Alike { records, may_ignore } => return Err(duplicates(records, may_ignore)),
            };
            let answer = also(step, &record, started)?;
            if let Some(key) = &key {
                key.store(step, &answer)?;
            }
            Ok(Some(answer))
        });
        let saved = saved.wait();
        if let Some(person) = actor.person() {
            shared.projection.wrote(person);
        }
        match saved {
            Ok(Some(done)) => return Ok(done),
            Ok(None) => {}
            Err(Error::Duplicates(found)) => return Err(named(shared, actor, &request.entity, *found)?),
            Err(error) => return Err(error),
        }
    }
    Err(busy())
}

/// That others kept changing what a save depends on.
pub(crate) fn busy() -> Error {
    Refusal::new(
        RefusalKind::Conflict,
        "record.busy",
        "这条记录，或检查它时要看的记录，正被多人同时修改。请稍后再保存。",
        "Several people are changing this record, or what it is checked against, at once; try again in a moment.",
    )
    .into()
}

/// What would be saved, as plugins and definitions leave it. What plugins read is noted, for the writer to read again.
pub(crate) fn check(
    shared: &Shared,
    catalogue: &Catalogue,
    view: &View,
    actor: Principal,
    request: &SaveRequest,
    sessions: &mut Sessions,
    allow: &impl Fn(&EntityDefinition, Option<&Record>) -> Result<(), Error>,
) -> Result<CheckedSave, Error> {
    let definition = entity(catalogue, &request.entity)?;
    let before = match request.id {
        Some(id) => Some(
            Queries(view)
                .record(&request.entity, id)?
                .ok_or_else(|| Error::not_found("记录", "record"))?
                .record,
        ),
        None => None,
    };
    allow(definition, before.as_ref())?;
    if let Principal::Process(instance) = actor {
        let action = if before.is_some() {
            Action::Update
        } else {
            Action::Create
        };
        let changed = request.fields.keys();
        grants::allow(
            shared,
            &Queries(view),
            instance,
            action,
            definition,
            before.as_ref(),
            changed,
        )?;
    }
    if let (Some(before), Some(version)) = (&before, request.version) {
        let found = conflicts(definition, before, version, request.base.as_ref(), &request.fields);
        if !found.is_empty() {
            let fields = found.iter().map(|conflict| FieldConflict {
                field: conflict.field.clone(),
                mine: conflict.mine.clone(),
                theirs: conflict.theirs.clone(),
                base: conflict.base.clone().unwrap_or_default(),
            });
            let fields = fields.collect();
            let reasons = found.into_iter().map(Refusal::from).collect();
            return Err(Error::Conflict(Box::new(Conflict { reasons, fields })));
        }
    }
    let organisation = shared.organisation();
    let context = organisation.context(actor.person(), shared.clock.now(), shared.settings.utc_offset_minutes);
    check_fields(shared, definition, view, actor, request, before, &context, sessions)
}

/// The same once it is known that the caller may, and what is there.
#[allow(
    clippy::too_many_arguments,
    reason = "what a save is checked against, and the instances that check it"
)]
pub(crate) fn check_fields(
    shared: &Shared,
    definition: &EntityDefinition,
    view: &View,
    actor: Principal,
    request: &SaveRequest,
    before: Option<Record>,
    context: &Context,
    sessions: &mut Sessions,
) -> Result<CheckedSave, Error> {
    let current = before
        .as_ref()
        .map_or_else(|| defaults(definition, context), |record| record.fields.clone());
    let mut fields = validate(definition, &current, &request.fields, request.author)?;
    if let Some(missing) = shared.plugins.missing_check(&request.entity) {
        let name = &missing.label;
        return Err(Refusal::new(
            RefusalKind::Unavailable,
            "plugin.not-running",
            format!("插件“{}”没有运行，暂时不能保存由它检查的记录。请联系管理员。", name.zh),
            format!(
                "The plugin “{}” is not running, so records that it checks cannot be saved. Tell the administrator.",
                name.en
            ),
        )
        .into());
    }
    let mut through = Through {
        plugins: Vec::new(),
        instance: request.instance,
        depth: 0,
    };
    let notes = Arc::<Notes>::default();
    for plugin in shared.plugins.before_save(&request.entity) {
        let (caller, noted) = (Caller::from(actor), Some(notes.clone()));
        let call = shared.plugins.call_on(shared, &plugin, caller, view.clone(), noted);
        let save = Save {
            entity: request.entity.clone(),
            before: before.clone(),
            after: fields.clone(),
        };
        let answered = sessions.of(&plugin).before_save(&call, &save).map_err(|fault| {
            tracing::error!(%fault, "a plugin could not check a record");
            Error::from(Refusal::new(
                RefusalKind::Unavailable,
                "plugin.fault",
                format!(
                    "插件 {}（{}）检查这条记录时出错，没有保存。{}",
                    fault.plugin, fault.call, fault.text.zh
                ),
                format!(
                    "The plugin {} ({}) failed while checking this record; nothing was saved. {}",
                    fault.plugin, fault.call, fault.text.en
                ),
            ))
        })?;
        // A plugin writes what people may not, but nothing that the definition does not allow.
        let changed = validate(definition, &fields, &answered?, Author::Program)?;
        if changed != fields {
            through.plugins.push(plugin.manifest().id.clone());
            fields = changed;
        }
    }
    files::check(
        &Queries(view),
        &shared.files,
        actor,
        definition,
        before.as_ref(),
        &mut fields,
    )?;
    Ok(CheckedSave {
        record: request.id,
        new_id: None,
        reads: notes,
        on_version: before.as_ref().map(|record| record.version),
        owner: request
            .owner
            .or_else(|| before.is_none().then(|| actor.person()).flatten()),
        hand_over: request.hand_over,
        fields,
        ignore_duplicates: request.ignore_duplicates,
        through,
    })
}

/// That a record is probably there already; who they are is said to whoever asked, as far as they may know.
pub(crate) fn duplicates(records: Vec<RecordId>, may_ignore: bool) -> Error {
    let (zh, en) = match may_ignore {
        true => (
            "系统中可能已有相同的记录，请核对。确认不是同一条后可以仍然保存。",
            "The same record is probably there already. Look at it; if it is another one, save all the same.",
        ),
        false => (
            "系统中已有相同的记录，不能重复保存。请使用已有的记录。",
            "The same record is there already and cannot be saved twice. Use the one that is there.",
        ),
    };
    let found = records.into_iter().map(|id| Duplicate {
        id: Some(id),
        title: String::new(),
    });
    Error::Duplicates(Box::new(Duplicates {
        reason: Refusal::new(RefusalKind::Conflict, "record.duplicate", zh, en),
        found: found.collect(),
        may_ignore,
    }))
}

/// The same with what the records are called. Whoever may not see one learns that it is there, and no more than its
/// beginning and end: who has it must be found by other means.
fn named(shared: &Arc<Shared>, actor: Principal, entity_id: &Entity, duplicates: Duplicates) -> Result<Error, Error> {
    let catalogue = shared.catalogue();
    let definition = entity(&catalogue, entity_id)?;
    let view = shared.store.view();
    let queries = Queries(&view);
    let viewer = match actor.person() {
        Some(person) => {
            let viewer = viewer_of(shared, &queries, person)?;
            Some(Viewpoint::new(viewer, &catalogue, Queries(&view)))
        }
        None => None,
    };
    let mut found = Vec::new();
    for duplicate in duplicates.found {
        let Some(id) = duplicate.id else { continue };
        let Some(row) = queries.record(entity_id, id)? else {
            continue;
        };
        let title = title_of(definition, &row.record.fields);
        let access = viewer
            .as_ref()
            .map(|point| point.rights().decide(Action::Read, definition, Some(&row.record)));
        found.push(match access {
            None => Duplicate { id: Some(id), title },
            Some(access) if access.is_granted() => Duplicate {
                id: Some(id),
                title: title_of(definition, &as_seen(definition, &row.record, &access).fields),
            },
            Some(_) => Duplicate {
                id: None,
                title: veiled(&title),
            },
        });
    }
    Ok(Error::Duplicates(Box::new(Duplicates { found, ..duplicates })))
}

/// The first sign of a title and its last, when it is long enough to hide something between them.
fn veiled(title: &str) -> String {
    let signs: Vec<char> = title.chars().collect();
    match signs.as_slice() {
        [first, _, .., last] if signs.len() > 3 => format!("{first}***{last}"),
        [first, ..] => format!("{first}***"),
        [] => "***".to_owned(),
    }
}
