//! The rows as one viewer may see them: whoever shows a record to a person, or names one, does it here.

use std::{
    cell::{RefCell, RefMut},
    collections::BTreeMap,
    sync::Arc,
};

use kapok_protocol::{Entity, PersonId, Record, RecordId, RecordRef, Value};
use kapok_records::{
    Access, Action, Catalogue, EntityDefinition, FieldKind, Fields, Formulas, Judge, Reach, Rights, Viewer, as_seen,
    visible_fields,
};
use kapok_tables::Queries;

use crate::{
    Error,
    organisation::today,
    rights::{self, Viewpoint},
    views::{RecordMay, RecordView, Viewing, title_of},
};

/// What stands for the name of a record that the viewer may not see.
const UNSEEN: &str = "***";

/// One viewer's sight of the rows.
pub(crate) struct Seeing<'v> {
    viewing: &'v Viewing<'v>,
    point: Viewpoint<'v>,
    titles: RefCell<BTreeMap<RecordRef, Option<String>>>,
    /// The records of an entity that bear a word in their title, found out once.
    bearers: RefCell<BTreeMap<(Entity, String), Vec<String>>>,
}

/// The same for the records of one entity: what does not depend on the record is found out once.
pub(crate) struct EntitySight<'s> {
    seeing: &'s Seeing<'s>,
    pub(crate) definition: &'s EntityDefinition,
    pub(crate) judge: Judge<'s>,
    update: Reach,
    delete: Reach,
    share: Reach,
    transfer: Reach,
}

impl<'v> Seeing<'v> {
    /// What a person sees; refused for somebody who does not work here.
    pub(crate) fn by_person(viewing: &'v Viewing<'v>, person: PersonId) -> Result<Self, Error> {
        let day = today(viewing.now, viewing.shared.settings.utc_offset_minutes).to_string();
        let viewer = rights::viewer(
            viewing.shared,
            &viewing.organisation,
            &viewing.catalogue,
            &viewing.queries,
            person,
            viewing.now,
            &day,
        )?;
        let viewer = viewer.ok_or_else(|| Error::forbidden("该账号已停用。", "This account is not active."))?;
        Ok(Self::by(viewing, viewer))
    }

    pub(crate) fn by(viewing: &'v Viewing<'v>, viewer: Viewer) -> Self {
        Self {
            viewing,
            point: Viewpoint::new(viewer, &viewing.catalogue, Queries(viewing.queries.0)),
            titles: RefCell::default(),
            bearers: RefCell::default(),
        }
    }

    /// What kinds of records there are.
    pub(crate) fn catalogue(&self) -> &Arc<Catalogue> {
        &self.viewing.catalogue
    }

    /// The definition of an entity.
    pub(crate) fn definition(&self, entity: &Entity) -> Option<&EntityDefinition> {
        self.viewing.catalogue.entity(entity.as_str())
    }

    /// What was found out about words in titles.
    pub(crate) fn bearers(&self) -> RefMut<'_, BTreeMap<(Entity, String), Vec<String>>> {
        self.bearers.borrow_mut()
    }

    pub(crate) fn rights(&self) -> Rights<'_> {
        self.point.rights()
    }

    /// Whether something may be done with a record; what may not even be seen is not there.
    pub(crate) fn allow(
        &self,
        action: Action,
        definition: &EntityDefinition,
        record: &Record,
    ) -> Result<Access, Error> {
        let rights = self.rights();
        if !rights.decide(Action::Read, definition, Some(record)).is_granted() {
            return Err(Error::not_found("记录", "record"));
        }
        let access = rights.decide(action, definition, Some(record));
        if access.is_granted() {
            Ok(access)
        } else {
            Err(Error::forbidden("您没有权限这样做。", "You may not do this."))
        }
    }

    /// The records of one entity.
    pub(crate) fn entity<'s>(&'s self, definition: &'s EntityDefinition) -> EntitySight<'s> {
        let rights = self.rights();
        EntitySight {
            seeing: self,
            definition,
            judge: rights.judge(Action::Read, definition),
            update: rights.reach(Action::Update, definition),
            delete: rights.reach(Action::Delete, definition),
            share: rights.reach(Action::Share, definition),
            transfer: rights.reach(Action::Transfer, definition),
        }
    }

    /// A record, with its definition; `None` when there is none that may be seen.
    pub(crate) fn record(&self, reference: &RecordRef) -> Result<Option<(RecordView, EntityDefinition)>, Error> {
        let Some(definition) = self.viewing.catalogue.entity(reference.entity.as_str()) else {
            return Ok(None);
        };
        let Some(row) = self.viewing.queries.record(&reference.entity, reference.id)? else {
            return Ok(None);
        };
        let sight = self.entity(definition);
        let view = sight.present(sight.whole(row.record)?)?;
        Ok(view.map(|view| (view, definition.clone())))
    }

    /// Whether a record is shown only because nobody is responsible for it.
    pub(crate) fn is_merely_found(&self, definition: &EntityDefinition, id: RecordId) -> Result<bool, Error> {
        let row = self.viewing.queries.record(&definition.id, id)?;
        let judge = self.rights().judge(Action::Read, definition);
        Ok(row.is_some_and(|row| judge.is_merely_found(&row.record)))
    }

    /// What a record is called, as the viewer may know it; `None` when there is no such record.
    pub(crate) fn title(&self, reference: &RecordRef) -> Result<Option<String>, Error> {
        if let Some(known) = self.titles.borrow().get(reference) {
            return Ok(known.clone());
        }
        let title = match self.viewing.catalogue.entity(reference.entity.as_str()) {
            None => None,
            Some(definition) => {
                let row = self.viewing.queries.record(&reference.entity, reference.id)?;
                row.map(|row| {
                    let access = self.rights().decide(Action::Read, definition, Some(&row.record));
                    match access.is_granted() {
                        true => title_of(definition, &as_seen(definition, &row.record, &access).fields),
                        false => UNSEEN.to_owned(),
                    }
                })
            }
        };
        self.titles.borrow_mut().insert(reference.clone(), title.clone());
        Ok(title)
    }

    /// What the fields of a record that point at something show.
    pub(crate) fn display(
        &self,
        definition: &EntityDefinition,
        fields: &Fields,
    ) -> Result<BTreeMap<String, String>, Error> {
        let mut display = BTreeMap::new();
        for field in &definition.fields {
            let Some(value) = fields.get(&field.id) else { continue };
            let mut names = Vec::new();
            for id in value.as_list().unwrap_or(std::slice::from_ref(value)) {
                if let Some(id) = id.as_text().and_then(|id| id.parse::<RecordId>().ok()) {
                    names.extend(self.named(&field.kind, id)?);
                }
            }
            if !names.is_empty() {
                display.insert(field.id.clone(), names.join("、"));
            }
        }
        Ok(display)
    }

    /// What something that a field points at is called.
    pub(crate) fn named(&self, kind: &FieldKind, id: RecordId) -> Result<Option<String>, Error> {
        Ok(match kind {
            FieldKind::Person { .. } => Some(self.viewing.organisation.name_of(id.into())),
            FieldKind::Department { .. } => self.viewing.organisation.department_name(id),
            FieldKind::Reference { entity, .. } => self.title(&RecordRef {
                entity: entity.clone(),
                id,
            })?,
            _ => None,
        })
    }
}

impl EntitySight<'_> {
    /// The records that nobody is responsible for, for those who find such records.
    pub(crate) fn of_unowned(&self) -> Self {
        let sight = self.seeing.entity(self.definition);
        Self {
            judge: sight.judge.of_unowned(),
            ..sight
        }
    }

    /// Who sees, and everything else there is to see.
    pub(crate) fn seeing(&self) -> &Seeing<'_> {
        self.seeing
    }

    /// The formulas of all entities.
    pub(crate) fn formulas(&self) -> &Formulas {
        self.seeing.viewing.catalogue.formulas()
    }

    /// A record with what is computed from others beside it.
    pub(crate) fn whole(&self, record: Record) -> Result<Record, Error> {
        self.seeing.viewing.whole(self.definition, record)
    }

    /// What may be seen of a record; `None` when that is nothing.
    pub(crate) fn seen(&self, record: &Record) -> Option<Record> {
        let access = self.judge.decide(record);
        access.is_granted().then(|| as_seen(self.definition, record, &access))
    }

    /// A record as it is shown; `None` when it may not be seen.
    pub(crate) fn present(&self, record: Record) -> Result<Option<RecordView>, Error> {
        let access = self.judge.decide(&record);
        if !access.is_granted() {
            return Ok(None);
        }
        let seeing = self.seeing;
        let records = seeing.rights().records;
        let may = |reach: &Reach| reach.admits(&record, records);
        let may = RecordMay {
            update: may(&self.update),
            delete: may(&self.delete),
            share: may(&self.share),
            transfer: may(&self.transfer),
        };
        let shown = visible_fields(self.definition, &record.fields, &access);
        let parent = self.definition.parent_of().and_then(|(field, entity)| {
            let id = shown.fields.get(field).and_then(Value::as_text)?.parse().ok()?;
            let entity = entity.clone();
            Some(RecordRef { entity, id })
        });
        let who = |person| seeing.viewing.who(person);
        Ok(Some(RecordView {
            reference: RecordRef {
                entity: self.definition.id.clone(),
                id: record.id,
            },
            version: record.version,
            owner: record.owner.map(who),
            created_at: record.created_at,
            created_by: record.created_by.map(who),
            updated_at: record.updated_at,
            display: seeing.display(self.definition, &shown.fields)?,
            title: title_of(self.definition, &shown.fields),
            fields: shown.fields,
            masked: shown.masked,
            parent,
            may,
        }))
    }
}
