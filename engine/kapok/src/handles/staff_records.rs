//! Records, as every active person may see and change them. Every list, count and get asks the same function.

use kapok_process::Directory;
use kapok_protocol::{Entity, InstanceId, PersonId, Record, RecordId, RecordRef, Refusal, RefusalKind};
use kapok_records::{
    Access, Action, Author, EntityDefinition, Field, FieldKind, Fields, Owners, PERSON, Reach, Viewer, decide, reach,
    visible_fields,
};
use kapok_rules::{Context, resolve};
use kapok_tables::{RecordList, Slice};

use super::{Staff, staff::COUNTED};
use crate::{
    Error,
    saving::{self, SaveRequest},
    views::{RecordView, Viewing, title_of},
};

/// An entity, and what the person may do with its records.
#[derive(Debug, Clone)]
pub struct EntityView {
    /// Its definition, without the fields that the person may not see in any record, and with the defaults of today.
    pub definition: EntityDefinition,
    /// Whether some records may be seen.
    pub read: bool,
    /// Whether new ones may be made.
    pub create: bool,
    /// Whether some may be changed.
    pub update: bool,
    /// Whether some may be removed.
    pub delete: bool,
    /// Whether the person may share some of them.
    pub share: bool,
    /// Whether the person may hand over some of them.
    pub transfer: bool,
    /// Whether the person may import records.
    pub import: bool,
    /// Whether the person may export some of them.
    pub export: bool,
}

/// A save as a person asks for it.
#[derive(Debug, Clone)]
pub struct RecordSave {
    /// The entity.
    pub entity: Entity,
    /// The record; `None` makes a new one.
    pub id: Option<RecordId>,
    /// The version the person saw.
    pub version: Option<u64>,
    /// The fields that change.
    pub fields: Fields,
    /// Who is to be responsible for a new one; the person who makes it when nobody is named.
    pub owner: Option<PersonId>,
    /// What those fields were when the person saw them: then changes of different people to different fields merge.
    pub base: Option<Fields>,
    /// Whether the person knows that the record is probably there already.
    pub ignore_duplicates: bool,
}

impl RecordSave {
    /// A new record.
    pub fn new(entity: Entity, fields: Fields) -> Self {
        Self {
            entity,
            id: None,
            version: None,
            fields,
            owner: None,
            base: None,
            ignore_duplicates: false,
        }
    }

    /// A change of a record, on the version that the person saw.
    pub fn change(record: RecordRef, version: u64, fields: Fields) -> Self {
        Self {
            id: Some(record.id),
            version: Some(version),
            ..Self::new(record.entity, fields)
        }
    }
}

/// Rows read at once while looking for those a filter admits.
const CHUNK: usize = 500;
/// Rows looked at for one page; a search that needs more says where to go on.
const LOOKED_AT: usize = 20_000;

impl Staff {
    /// The entities of which the person may see or make something.
    pub fn entities(&self) -> Result<Vec<EntityView>, Error> {
        let view = self.view();
        let viewer = self.viewer(&self.viewing(&view).queries)?;
        let shared = &self.kapok.shared;
        let (now, offset) = (shared.clock.now(), shared.settings.utc_offset_minutes);
        let context = shared.organisation().context(Some(self.person), now, offset);
        let catalogue = shared.catalogue();
        let entities = catalogue.entities();
        let views = entities.map(|definition| entity_view(&viewer, definition, &context));
        Ok(views.filter(|view| view.read || view.create).collect())
    }

    /// One entity.
    pub fn entity(&self, id: &Entity) -> Result<EntityView, Error> {
        let found = self.entities()?.into_iter().find(|view| view.definition.id == *id);
        found.ok_or_else(|| Error::not_found("实体", "entity"))
    }

    /// A page of records, newest first; `search` keeps those whose title contains it.
    pub fn records(
        &self,
        entity: &Entity,
        search: Option<&str>,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Slice<RecordView>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let viewer = self.viewer(&viewing.queries)?;
        let definition = crate::writer::entity(&viewing.catalogue, entity)?;
        let (found, next) = self.scan(&viewing, &viewer, definition, search, after, limit)?;
        let mut items = Vec::with_capacity(found.len());
        for record in found {
            let access = decide(&viewer, Action::Read, definition, Some(&record));
            items.extend(self.present(&viewing, definition, &access, record)?);
        }
        Ok(Slice { items, next })
    }

    /// How many records the person may see, counted to 1,000.
    pub fn record_count(&self, entity: &Entity, search: Option<&str>) -> Result<usize, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let viewer = self.viewer(&viewing.queries)?;
        let definition = crate::writer::entity(&viewing.catalogue, entity)?;
        let (found, _) = self.scan(&viewing, &viewer, definition, search, None, COUNTED)?;
        Ok(found.len())
    }

    /// The records a person may see and a search keeps, newest first, and where the next page begins.
    fn scan(
        &self,
        viewing: &Viewing<'_>,
        viewer: &Viewer,
        definition: &EntityDefinition,
        search: Option<&str>,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<(Vec<Record>, Option<Vec<u8>>), Error> {
        let reach = reach(viewer, Action::Read, definition);
        if reach.is_nothing() {
            return Ok((Vec::new(), None));
        }
        let search = search
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_lowercase);
        let keeps = |record: &Record| {
            reach.admits(definition, record)
                && search
                    .as_ref()
                    .is_none_or(|text| title_of(definition, &record.fields).to_lowercase().contains(text))
        };
        let list = list_for(&reach, definition);
        let (mut found, mut looked_at, mut position) = (Vec::new(), 0, after.map(<[u8]>::to_vec));
        loop {
            let chunk = CHUNK.min(limit.saturating_mul(2)).max(1);
            let page = viewing.queries.records(&list, position.as_deref(), chunk)?;
            for row in page.items {
                let here = list.behind(&row.record);
                if keeps(&row.record) {
                    found.push(row.record);
                }
                position = Some(here);
                looked_at += 1;
                if found.len() == limit || looked_at == LOOKED_AT {
                    return Ok((found, position));
                }
            }
            if page.next.is_none() {
                return Ok((found, None));
            }
        }
    }

    /// One record.
    pub fn record(&self, reference: &RecordRef) -> Result<RecordView, Error> {
        let view = self.view();
        let found = self.record_view(&self.viewing(&view), reference)?;
        found
            .map(|(record, _)| record)
            .ok_or_else(|| Error::not_found("记录", "record"))
    }

    /// Saves a record; answers it as the person may see it now, and the cases its save started.
    pub fn save(&self, save: RecordSave) -> Result<(RecordView, Vec<InstanceId>), Error> {
        let request = SaveRequest {
            entity: save.entity.clone(),
            id: save.id,
            version: save.version,
            fields: save.fields,
            base: save.base,
            owner: save.owner.filter(|_| save.id.is_none()),
            author: Author::Person,
            ignore_duplicates: save.ignore_duplicates,
            instance: None,
            key: self.request.clone(),
        };
        if save.id.is_some() && save.version.is_none() {
            return Err(Refusal::new(
                RefusalKind::Invalid,
                "record.version-missing",
                "保存时要说明是在哪个版本上修改的（version）。",
                "A save names the version it started from.",
            )
            .at("version")
            .into());
        }

        let viewer = {
            let view = self.view();
            self.viewer(&self.viewing(&view).queries)?
        };
        let allow = |definition: &EntityDefinition, before: Option<&Record>| {
            let action = if before.is_some() {
                Action::Update
            } else {
                Action::Create
            };
            self.allow(&viewer, action, definition, before, &request.fields)?;
            match request.owner.filter(|owner| *owner != self.person) {
                Some(owner) => self.allow_owner(&viewer, definition, owner),
                None => Ok(()),
            }
        };
        let (id, started): (RecordId, Vec<InstanceId>) = saving::save(
            &self.kapok.shared,
            &self.kapok.writer,
            self.principal(),
            &request,
            allow,
            {
                let entity = save.entity.clone();
                move |step, record, started| {
                    let reference = RecordRef {
                        entity: entity.clone(),
                        id: record.id,
                    };
                    step.refuse_under_approval(&reference, &started)?;
                    Ok((record.id, started))
                }
            },
        )?;
        let reference = RecordRef {
            entity: save.entity,
            id,
        };
        Ok((self.record(&reference)?, started))
    }

    /// Whether the person may make records for somebody else.
    fn allow_owner(&self, viewer: &Viewer, definition: &EntityDefinition, owner: PersonId) -> Result<(), Error> {
        let may = decide(viewer, Action::Transfer, definition, None).is_granted();
        if may && self.kapok.shared.organisation().exists(owner) {
            return Ok(());
        }
        let (kind, zh, en) = match may {
            true => (
                RefusalKind::Invalid,
                "负责人不存在或已停用，请另选一位。",
                "There is no such active person; choose another one.",
            ),
            false => (
                RefusalKind::Forbidden,
                "您没有权限把记录交给别人负责。",
                "You may not make somebody else responsible for it.",
            ),
        };
        Err(Refusal::new(kind, "record.owner", zh, en).at("owner").into())
    }

    /// One question for every change. What may not even be seen is not there.
    pub(super) fn allow(
        &self,
        viewer: &Viewer,
        action: Action,
        definition: &EntityDefinition,
        record: Option<&Record>,
        fields: &Fields,
    ) -> Result<(), Error> {
        if let Some(record) = record
            && !decide(viewer, Action::Read, definition, Some(record)).is_granted()
        {
            return Err(Error::not_found("记录", "record"));
        }
        match decide(viewer, action, definition, record) {
            Access::Denied => Err(Error::forbidden(
                "您没有权限这样修改。",
                "You may not make this change.",
            )),
            Access::Granted { hidden } => match fields.keys().find(|field| hidden.contains(*field)) {
                Some(field) => Err(Refusal::new(
                    RefusalKind::Forbidden,
                    "field.hidden",
                    "您没有权限修改这个字段。",
                    "You may not change this field.",
                )
                .at(field.clone())
                .into()),
                None => Ok(()),
            },
        }
    }

    /// A record as access allows it; nothing when it is denied.
    pub(super) fn present(
        &self,
        viewing: &Viewing<'_>,
        definition: &EntityDefinition,
        access: &Access,
        record: Record,
    ) -> Result<Option<RecordView>, Error> {
        if !access.is_granted() {
            return Ok(None);
        }
        let record = viewing.whole(definition, record)?;
        let fields = visible_fields(&record, access);
        Ok(Some(RecordView {
            reference: RecordRef {
                entity: definition.id.clone(),
                id: record.id,
            },
            version: record.version,
            owner: record.owner.map(|person| viewing.who(person)),
            created_at: record.created_at,
            updated_at: record.updated_at,
            display: viewing.display(definition, &fields)?,
            title: title_of(definition, &fields),
            fields,
        }))
    }
}

/// The narrowest list that holds all records of a reach.
fn list_for(reach: &Reach, definition: &EntityDefinition) -> RecordList {
    match &reach.owners {
        Owners::These(people) if people.len() == 1 && reach.shared.is_empty() => {
            RecordList::OwnedBy(definition.id.clone(), people.first().copied())
        }
        _ => RecordList::All(definition.id.clone()),
    }
}

fn entity_view(viewer: &Viewer, definition: &EntityDefinition, context: &Context) -> EntityView {
    let may = |action| decide(viewer, action, definition, None).is_granted();
    let mut shown = definition.clone();
    if let Access::Granted { hidden } = decide(viewer, Action::Read, definition, None) {
        // A person sees their own private fields.
        if definition.id.as_str() != PERSON {
            shown.fields.retain(|field| !hidden.contains(&field.id));
        }
    }
    resolve_defaults(&mut shown.fields, context);
    EntityView {
        definition: shown,
        read: may(Action::Read),
        create: may(Action::Create),
        update: may(Action::Update),
        delete: may(Action::Delete),
        share: may(Action::Share),
        transfer: may(Action::Transfer),
        import: may(Action::Import),
        export: may(Action::Export),
    }
}

/// What a new record or line begins with, as it is for this person today.
fn resolve_defaults(fields: &mut [Field], context: &Context) {
    for field in fields {
        field.default = field.default.take().and_then(|default| resolve(&default, context).ok());
        if let FieldKind::Lines { columns } = &mut field.kind {
            resolve_defaults(columns, context);
        }
    }
}
