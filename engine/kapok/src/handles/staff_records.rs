//! Records, as every active person may see and change them. Every list, count and get asks the same function.

use std::collections::BTreeMap;

use kapok_process::Directory;
use kapok_protocol::{Entity, InstanceId, PersonId, Record, RecordId, RecordRef, Refusal, RefusalKind, Text, Value};
use kapok_records::{
    Access, Action, Author, EntityDefinition, Field, FieldAccess, FieldKind, Fields, Owners, PERSON, Related, Rights,
    defaults,
};
use kapok_rules::{Context, resolve};

use super::Staff;
use crate::{
    Error, ListQuery, RecordPage, lists,
    saving::{self, SaveRequest, Saver},
    seeing::Seeing,
    views::RecordView,
    writer::entity,
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
    /// The fields that the person may not change, or sees in part only.
    pub restricted: BTreeMap<String, FieldAccess>,
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

impl Staff {
    /// The entities of which the person may see or make something, in the order of menus: by their place, then by their ids.
    pub fn entities(&self) -> Result<Vec<EntityView>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let seeing = self.seeing(&viewing)?;
        let context = self.context();
        let mut entities: Vec<_> = viewing.catalogue.entities().collect();
        entities.sort_by_key(|definition| definition.pos.unwrap_or(i64::MAX));
        let views = entities
            .into_iter()
            .map(|definition| entity_view(seeing.rights(), definition, &context));
        Ok(views.filter(|view| view.read || view.create).collect())
    }

    /// One entity.
    pub fn entity(&self, id: &Entity) -> Result<EntityView, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let seeing = self.seeing(&viewing)?;
        let definition = entity(&viewing.catalogue, id)?;
        let found = Some(entity_view(seeing.rights(), definition, &self.context()));
        let found = found.filter(|view| view.read || view.create);
        found.ok_or_else(|| Error::not_found("实体", "entity"))
    }

    /// Who asks and when, for words such as `$me`.
    pub(crate) fn context(&self) -> Context {
        let shared = &self.kapok.shared;
        let (now, offset) = (shared.clock.now(), shared.settings.utc_offset_minutes);
        shared.organisation().context(Some(self.person), now, offset)
    }

    /// A page of records.
    pub fn records(&self, query: &ListQuery) -> Result<RecordPage, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let seeing = self.seeing(&viewing)?;
        let definition = entity(&viewing.catalogue, &query.entity)?;
        lists::page(&viewing, &seeing.entity(definition), query, &self.context())
    }

    /// A page of the records that name a record, as the entity's definition lists them on its page.
    pub fn related(
        &self,
        reference: &RecordRef,
        related: &str,
        after: Option<Vec<u8>>,
        limit: usize,
    ) -> Result<RecordPage, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let seeing = self.seeing(&viewing)?;
        let definition = entity(&viewing.catalogue, &reference.entity)?;
        if seeing.record(reference)?.is_none() {
            return Err(Error::not_found("记录", "record"));
        }
        let found = definition.related.iter().find(|known| known.id == related);
        let related = found.ok_or_else(|| Error::not_found("相关列表", "related list"))?;
        let query = ListQuery {
            naming: Some((related.field.clone(), reference.id)),
            after,
            ..ListQuery::all(related.entity.clone(), limit)
        };
        let definition = entity(&viewing.catalogue, &related.entity)?;
        lists::page(&viewing, &seeing.entity(definition), &query, &self.context())
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
        self.save_by(&mut Saver::new(self.principal()), save)
    }

    /// The same as one of several saves of one command.
    pub(super) fn save_by(&self, saver: &mut Saver, save: RecordSave) -> Result<(RecordView, Vec<InstanceId>), Error> {
        let request = SaveRequest {
            entity: save.entity.clone(),
            id: save.id,
            version: save.version,
            fields: save.fields,
            base: save.base,
            owner: save.owner.filter(|_| save.id.is_none()),
            hand_over: None,
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
        let allow = |definition: &EntityDefinition, before: Option<&Record>| {
            let view = self.view();
            let viewing = self.viewing(&view);
            let seeing = self.seeing(&viewing)?;
            match before {
                Some(before) => allow_change(&seeing, definition, before, &request.fields, &self.context()),
                None => {
                    let organisation = &viewing.organisation;
                    let exists = |owner| organisation.exists(owner);
                    allow_new(
                        &seeing,
                        definition,
                        request.owner,
                        &request.fields,
                        &self.context(),
                        exists,
                    )
                }
            }
        };
        let (id, started): (RecordId, Vec<InstanceId>) =
            saving::save(&self.kapok.shared, &self.kapok.writer, saver, &request, allow, {
                let entity = save.entity.clone();
                move |step, record, started| {
                    let reference = RecordRef {
                        entity: entity.clone(),
                        id: record.id,
                    };
                    step.refuse_under_approval(&reference, &started)?;
                    Ok((record.id, started))
                }
            })?;
        let reference = RecordRef {
            entity: save.entity,
            id,
        };
        Ok((self.record(&reference)?, started))
    }

    /// Whether the person may do something with a record: refused if not, and not found when it may not even be seen.
    pub(super) fn allow(&self, action: Action, reference: &RecordRef) -> Result<Record, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let definition = entity(&viewing.catalogue, &reference.entity)?;
        let row = viewing.queries.record(&reference.entity, reference.id)?;
        let record = row.ok_or_else(|| Error::not_found("记录", "record"))?.record;
        self.seeing(&viewing)?.allow(action, definition, &record)?;
        Ok(record)
    }
}

/// Whether these fields of a record may be changed.
pub(crate) fn allow_change(
    seeing: &Seeing<'_>,
    definition: &EntityDefinition,
    before: &Record,
    fields: &Fields,
    context: &Context,
) -> Result<(), Error> {
    let access = seeing.allow(Action::Update, definition, before)?;
    // Sending back what one sees is no change; what one does not see cannot be sent back.
    let unchanged = |name: &String| before.fields.get(name) == fields.get(name);
    let allowed = |name: &String| match access.of(name) {
        FieldAccess::Edit => true,
        FieldAccess::Read => unchanged(name),
        FieldAccess::Hidden | FieldAccess::Masked => false,
    };
    refuse_fields(fields.keys().filter(|name| !allowed(name)))?;
    let changes = |name: &String| !unchanged(name) && fields.contains_key(name);
    let mut values = before.fields.clone();
    values.extend(fields.clone());
    if seeing.rights().made_by(definition).iter().any(changes) {
        refuse_unmade(seeing, definition, values.clone(), context)?;
    }
    match definition.parent_of() {
        Some((parent, _)) if changes(&parent.to_owned()) => refuse_unseen_parent(seeing, definition, &values),
        _ => Ok(()),
    }
}

/// Whether a record with these fields may be made, for this person.
pub(crate) fn allow_new(
    seeing: &Seeing<'_>,
    definition: &EntityDefinition,
    owner: Option<PersonId>,
    fields: &Fields,
    context: &Context,
    exists: impl Fn(PersonId) -> bool,
) -> Result<(), Error> {
    let rights = seeing.rights();
    let access = rights.decide(Action::Create, definition, None);
    if !access.is_granted() {
        return Err(Error::forbidden(
            "您没有权限新建这种记录。",
            "You may not make such records.",
        ));
    }
    let is_within = |owner: PersonId| match rights.reach(Action::Create, definition).owners {
        Owners::All => true,
        Owners::These(people) => people.contains(&owner),
        Owners::None | Owners::Nobody => false,
    };
    if owner.is_some_and(|owner| !exists(owner)) {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "record.owner",
            "负责人不存在或已停用，请另选一位。",
            "There is no such active person; choose another one.",
        )
        .at("owner")
        .into());
    }
    if owner.is_some_and(|owner| !is_within(owner)) {
        return Err(Error::forbidden(
            "您不能为这个人新建记录。",
            "You may not make records for this person.",
        ));
    }
    refuse_fields(fields.keys().filter(|name| access.of(name) < FieldAccess::Edit))?;
    let mut values = defaults(definition, context);
    values.extend(fields.clone());
    refuse_unseen_parent(seeing, definition, &values)?;
    refuse_unmade(seeing, definition, values, context)
}

/// What a role says of the records that are made through it.
fn refuse_unmade(
    seeing: &Seeing<'_>,
    definition: &EntityDefinition,
    values: Fields,
    context: &Context,
) -> Result<(), Error> {
    let mut whole: Fields = definition
        .fields
        .iter()
        .map(|field| (field.id.clone(), Value::Null))
        .collect();
    whole.extend(values);
    if seeing.rights().makes(definition, &whole, context) {
        return Ok(());
    }
    let decisive = seeing.rights().made_by(definition);
    let named = |id: &String| definition.field(id).map(|field| field.label.clone());
    let labels: Vec<Text> = decisive.iter().filter_map(named).collect();
    let zh: Vec<_> = labels.iter().map(|label| format!("“{}”", label.zh)).collect();
    let en: Vec<_> = labels.iter().map(|label| format!("“{}”", label.en)).collect();
    Err(Refusal::new(
        RefusalKind::Forbidden,
        "record.not-yours-to-make",
        format!("按您的角色，{}不能这样填写。请改选其他值。", zh.join("、")),
        format!(
            "By your roles, {} cannot be this; choose something else.",
            en.join(", ")
        ),
    )
    .at(decisive.first().cloned().unwrap_or_default())
    .into())
}

/// Nobody puts a record below one that they may not see: it would be read by others there, and it may open that one.
fn refuse_unseen_parent(seeing: &Seeing<'_>, definition: &EntityDefinition, values: &Fields) -> Result<(), Error> {
    let Some((field, entity)) = definition.parent_of() else {
        return Ok(());
    };
    let id = values
        .get(field)
        .and_then(Value::as_text)
        .and_then(|id| id.parse().ok());
    let Some(id) = id else { return Ok(()) };
    let label = definition
        .field(field)
        .map(|field| field.label.clone())
        .unwrap_or_default();
    let entity = entity.clone();
    if let Some((found, parent)) = seeing.record(&RecordRef { entity, id })? {
        let is_unowned = found.owner.is_none();
        if !is_unowned || !seeing.is_merely_found(&parent, id)? {
            return Ok(());
        }
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "field.unowned",
            format!("“{}”所选的记录无人负责，您只能看到它的基本信息。请先领取，或请上级指派。", label.zh),
            format!(
                "Nobody is responsible for what “{}” names, and you see little of it. Claim it first, or have it given to you.",
                label.en
            ),
        )
        .at(field)
        .into());
    }
    Err(Refusal::new(
        RefusalKind::Invalid,
        "field.reference",
        format!("“{}”所选的记录不存在，或者您不能查看。", label.zh),
        format!(
            "“{}” names a record that does not exist, or that you may not see.",
            label.en
        ),
    )
    .at(field)
    .into())
}

fn refuse_fields<'f>(mut refused: impl Iterator<Item = &'f String>) -> Result<(), Error> {
    match refused.next() {
        None => Ok(()),
        Some(field) => Err(Refusal::new(
            RefusalKind::Forbidden,
            "field.hidden",
            "您没有权限修改这个字段。",
            "You may not change this field.",
        )
        .at(field.clone())
        .into()),
    }
}

fn entity_view(rights: Rights<'_>, definition: &EntityDefinition, context: &Context) -> EntityView {
    let may = |action| rights.decide(action, definition, None).is_granted();
    let in_general = match rights.decide(Action::Read, definition, None) {
        Access::Denied => rights.decide(Action::Create, definition, None),
        granted => granted,
    };
    let mut restricted = match in_general {
        Access::Denied => BTreeMap::new(),
        Access::Granted(restricted) => restricted,
    };
    if definition.id.as_str() == PERSON {
        // A person sees their own private fields.
        restricted
            .values_mut()
            .for_each(|access| *access = (*access).max(FieldAccess::Read));
    }
    let mut shown = definition.clone();
    let is_shown = |id: &String| restricted.get(id) != Some(&FieldAccess::Hidden);
    shown.fields.retain(|field| is_shown(&field.id));
    // Lists of what this person never sees would be empty.
    let is_read = |related: &Related| {
        let entity = rights.catalogue.entity(related.entity.as_str());
        entity.is_some_and(|entity| rights.decide(Action::Read, entity, None).is_granted())
    };
    shown.related.retain(is_read);
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
        restricted,
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
