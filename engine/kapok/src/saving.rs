//! A save before it reaches the writer: rights, validity, plugins. All of it is done on a view; when somebody saved the
//! record meanwhile it is done again, three times at most.

use std::sync::Arc;

use kapok_plugin_host::Save;
use kapok_protocol::{Entity, InstanceId, PersonId, Principal, Record, RecordId, Refusal, RefusalKind};
use kapok_records::{Author, Catalogue, EntityDefinition, Fields, conflicts, defaults, validate};
use kapok_store::View;
use kapok_tables::Queries;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error,
    handles::once::RequestKey,
    plugins::Caller,
    shared::Shared,
    writer::{CheckedSave, Saved, Step, Writer, entity},
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
    pub(crate) owner: Option<PersonId>,
    pub(crate) author: Author,
    /// The key under which it is asked for, if it is to be done once.
    pub(crate) key: Option<RequestKey>,
}

const ATTEMPTS: usize = 3;

/// Saves a record. `allow` decides, on the record as it is, whether the caller may; `also` runs in the same commit and
/// gives the answer.
pub(crate) fn save<T: Serialize + DeserializeOwned + Send + 'static>(
    shared: &Arc<Shared>,
    writer: &Writer,
    actor: Principal,
    request: &SaveRequest,
    allow: impl Fn(&EntityDefinition, Option<&Record>) -> Result<(), Error>,
    also: impl Fn(&mut Step<'_>, &Record, Vec<InstanceId>) -> Result<T, Error> + Send + Sync + Clone + 'static,
) -> Result<T, Error> {
    for _ in 0..ATTEMPTS {
        let checked_by = shared.catalogue();
        let checked = {
            let view = shared.store.view();
            if let Some(key) = &request.key
                && let Some(answer) = key.answered(&Queries(&view))?
            {
                return Ok(answer);
            }
            check(shared, &checked_by, &view, actor, request, &allow)?
        };
        let (entity, key, also) = (request.entity.clone(), request.key.clone(), also.clone());
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
            let Saved::Done(record, started) = step.save(actor, definition, checked)? else {
                return Ok(None);
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
        if let Some(done) = saved? {
            return Ok(done);
        }
    }
    Err(Refusal::new(
        RefusalKind::Conflict,
        "record.busy",
        "这条记录正被多人同时修改，请稍后再保存。",
        "Several people are saving this record at once; try again in a moment.",
    )
    .into())
}

/// What would be saved, as plugins and definitions leave it.
pub(crate) fn check(
    shared: &Shared,
    catalogue: &Catalogue,
    view: &View,
    actor: Principal,
    request: &SaveRequest,
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
    if let (Some(before), Some(version)) = (&before, request.version) {
        let found = conflicts(definition, before, version, None, &request.fields);
        if !found.is_empty() {
            return Err(found.into());
        }
    }
    let organisation = shared.organisation();
    let context = organisation.context(actor.person(), shared.clock.now(), shared.settings.utc_offset_minutes);
    let current = before
        .as_ref()
        .map_or_else(|| defaults(definition, &context), |record| record.fields.clone());
    let mut fields = validate(definition, &current, &request.fields, request.author)?;
    if let Some(missing) = shared.plugins.missing_check(&request.entity) {
        let name = &missing.label;
        return Err(Refusal::new(
            RefusalKind::Unavailable,
            "plugin.not-running",
            format!("插件“{}”没有运行，暂时不能保存它的记录。请联系管理员。", name.zh),
            format!(
                "The plugin “{}” is not running, so its records cannot be saved. Tell the administrator.",
                name.en
            ),
        )
        .into());
    }
    let caller = match actor {
        Principal::Person(person) => Caller::Person(person),
        Principal::Process(instance) => Caller::Process(instance),
        Principal::System => Caller::System,
    };
    for plugin in shared.plugins.before_save(&request.entity) {
        let call = shared.plugins.call(shared, &plugin, caller);
        let save = Save {
            entity: request.entity.clone(),
            before: before.clone(),
            after: fields.clone(),
        };
        let answered = plugin.before_save(&call, &save).map_err(|fault| {
            tracing::error!(%fault, "a plugin could not check a record");
            Error::from(Refusal::new(
                RefusalKind::Unavailable,
                "plugin.fault",
                format!("插件检查这条记录时出错，没有保存。{}", fault.text.zh),
                format!(
                    "A plugin failed while checking this record; nothing was saved. {}",
                    fault.text.en
                ),
            ))
        })?;
        // A plugin writes what people may not, but nothing that the definition does not allow.
        fields = validate(definition, &fields, &answered?, Author::Program)?;
    }
    Ok(CheckedSave {
        record: request.id,
        on_version: before.as_ref().map(|record| record.version),
        owner: request
            .owner
            .or_else(|| before.is_none().then(|| actor.person()).flatten()),
        fields,
    })
}
