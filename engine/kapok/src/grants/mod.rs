//! What processes may do with records. A process is a principal like a person: what its drawing asks for is shown to the
//! administrator who publishes it, what is confirmed is kept with the version, and everything done in the name of a case
//! is decided by it. What lacks a grant becomes an incident that says which one to confirm.

mod needs;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use kapok_model::ProcessGraph;
use kapok_process::Definitions;
use kapok_protocol::{DefinitionId, Entity, InstanceId, Record, Refusal, RefusalKind, Text, Timestamp};
use kapok_records::{
    Access, Action, Catalogue, EntityDefinition, FieldAccess, FieldSet, ProcessGrants, Rights, Viewer,
};
use kapok_tables::{ConfirmedGrants, Queries};

use crate::{Error, Kapok, organisation::Named, shared::Shared, views::Who};

pub(crate) use needs::{Need, grant, needs_of, proposed};
pub(crate) use words::sentence;

/// What an administrator confirms on publishing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Confirm {
    /// Nothing new: what the version before had, as far as it is still asked for.
    #[default]
    Kept,
    /// All that the model asks for.
    Proposed,
    /// Of what the model asks for, this.
    These(ProcessGrants),
}

/// One grant as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantView {
    /// Of which records.
    pub entity: Entity,
    /// What is done: read, create, update or delete.
    pub action: Action,
    /// With which fields, for reading and changing.
    pub fields: FieldSet,
    /// The same as a sentence.
    pub text: Text,
    /// The steps that need it.
    pub because: Vec<Named>,
    /// Whether the version before it did not have it.
    pub is_new: bool,
    /// Whether it is confirmed.
    pub is_confirmed: bool,
}

/// What a version of a process asks for, and what was confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GrantsView {
    /// The key of the process.
    pub process: String,
    /// What its model asks for.
    pub needed: Vec<GrantView>,
    /// What was confirmed besides.
    pub others: Vec<GrantView>,
    /// Who confirmed it last, and when; nobody for a model that is not published.
    pub confirmed: Option<(Option<Who>, Timestamp)>,
}

/// What a version has, when it is published.
pub(crate) fn at_publishing(
    shared: &Shared,
    graph: &ProcessGraph,
    before: Option<DefinitionId>,
    confirm: &Confirm,
) -> ProcessGrants {
    let needed = proposed(graph, &shared.plugins);
    let had = before
        .map(|before| shared.definitions.grants(before))
        .unwrap_or_default();
    // What an administrator gave it besides what it asked for stays.
    let asked = before.and_then(|before| shared.definitions.graph(before));
    let extra = match asked {
        Some(asked) => had.without(&proposed(&asked, &shared.plugins)),
        None => ProcessGrants::default(),
    };
    let confirmed = match confirm {
        Confirm::Kept => needed.common_with(&had),
        Confirm::Proposed => needed,
        Confirm::These(these) => needed.common_with(these),
    };
    confirmed.united_with(extra)
}

/// What a model asks for, beside what a version has.
pub(crate) fn view(shared: &Shared, graph: &ProcessGraph, had: &ProcessGrants, has: &ProcessGrants) -> GrantsView {
    let catalogue = shared.catalogue();
    let shown = |need: Need| {
        let mut asked = ProcessGrants::default();
        asked.add(need.entity.clone(), grant(need.action, need.fields.clone()));
        GrantView {
            text: sentence(&catalogue, &need.entity, need.action, &need.fields),
            is_new: !asked.without(had).is_empty(),
            is_confirmed: asked.without(has).is_empty(),
            entity: need.entity,
            action: need.action,
            fields: need.fields,
            because: need.because,
        }
    };
    let needed = needs_of(graph, &shared.plugins);
    let mut others = Vec::new();
    for (entity, rest) in has.without(&proposed(graph, &shared.plugins)).0 {
        let all = |is_granted| if is_granted { FieldSet::All } else { FieldSet::Nothing };
        for (action, fields) in [
            (Action::Read, rest.read),
            (Action::Create, all(rest.create)),
            (Action::Update, rest.update),
            (Action::Delete, all(rest.delete)),
        ] {
            if !fields.is_nothing() {
                others.push(Need {
                    entity: entity.clone(),
                    action,
                    fields,
                    because: Vec::new(),
                });
            }
        }
    }
    GrantsView {
        process: graph.key.clone(),
        needed: needed.into_iter().map(shown).collect(),
        others: others.into_iter().map(shown).collect(),
        confirmed: None,
    }
}

/// A case as one who asks for records.
pub(crate) fn viewer(shared: &Shared, queries: &Queries<'_>, instance: InstanceId) -> Result<Viewer, Error> {
    let definition = queries.instance(instance)?.map(|instance| instance.definition);
    let grants = definition.map(|definition| shared.definitions.grants(definition));
    Ok(Viewer::process(grants.map(Arc::unwrap_or_clone).unwrap_or_default()))
}

/// Whether a version of a process may see any of an entity.
pub(crate) fn reads(shared: &Shared, definition: DefinitionId, entity: &Entity) -> bool {
    let grants = shared.definitions.grants(definition);
    grants.of(entity).is_some_and(|grant| !grant.read.is_nothing())
}

/// Refuses what a case may not do with a record. `fields` are those that it changes.
pub(crate) fn allow<'f>(
    shared: &Shared,
    queries: &Queries<'_>,
    instance: InstanceId,
    action: Action,
    entity: &EntityDefinition,
    record: Option<&Record>,
    fields: impl IntoIterator<Item = &'f String>,
) -> Result<(), Error> {
    let catalogue = shared.catalogue();
    let viewer = viewer(shared, queries, instance)?;
    let access = Rights::new(&viewer, &catalogue, &()).decide(action, entity, record);
    if !access.is_granted() {
        let fields = match action {
            Action::Update => FieldSet::these(fields.into_iter().cloned()),
            _ => FieldSet::All,
        };
        return Err(refused(&catalogue, &entity.id, action, &fields).into());
    }
    let missing = fields.into_iter().filter(|field| access.of(field) < FieldAccess::Edit);
    let missing = FieldSet::these(missing.cloned());
    match missing.is_nothing() {
        true => Ok(()),
        false => Err(refused(&catalogue, &entity.id, action, &missing).into()),
    }
}

/// What a version of a process may see of a record.
pub(crate) fn reading(
    shared: &Shared,
    catalogue: &Catalogue,
    definition: DefinitionId,
    entity: &EntityDefinition,
    record: &Record,
) -> Access {
    let grants = shared.definitions.grants(definition);
    let viewer = Viewer::process(Arc::unwrap_or_clone(grants));
    Rights::new(&viewer, catalogue, &()).decide(Action::Read, entity, Some(record))
}

/// That something was not confirmed, and what to do.
pub(crate) fn refused(catalogue: &Catalogue, entity: &Entity, action: Action, fields: &FieldSet) -> Refusal {
    let Text { zh, en } = sentence(catalogue, entity, action, fields);
    Refusal::new(
        RefusalKind::Forbidden,
        "process.not-granted",
        format!("这个流程没有获得“{zh}”的授权。请管理员打开流程的版本列表，在“数据权限”里确认，然后重试。"),
        format!(
            "This process was not granted to “{en}”. An administrator confirms it under the data permissions of the process's version; then retry."
        ),
    )
}

impl Kapok {
    /// Writes down what versions of an older format may do, so that it does not change with what is installed.
    pub(crate) fn keep_old_grants(&self) -> Result<(), Error> {
        let without = |queries: &Queries<'_>| -> Result<Vec<_>, Error> {
            let all = queries.definitions()?.into_iter();
            Ok(all.filter(|definition| definition.grants.is_none()).collect())
        };
        if without(&Queries(&self.shared.store.view()))?.is_empty() {
            return Ok(());
        }
        let kept = self.writer.submit(move |step| {
            for mut definition in without(&step.queries())? {
                definition.grants = Some(ConfirmedGrants {
                    grants: Arc::unwrap_or_clone(step.shared.definitions.grants(definition.id)),
                    by: None,
                    at: step.now,
                });
                step.tx.put_definition(&definition)?;
            }
            Ok(())
        });
        kept.wait()
    }
}
