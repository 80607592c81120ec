//! The administrator's layer of definitions, above what plugins declare: read, planned, changed in one commit, after which
//! the whole catalogue is replaced and the records are put in order bit by bit.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, Principal, Text};
use kapok_records::{Catalogue, Change, DefinitionError, Definitions, EVERYONE, EntityDefinition, ROLE, plan};
use kapok_tables::{DefinitionItem, EntityState, Queries, RecordList, RecordTask};
use serde_json::{Value as Json, json};

use crate::{
    Error,
    hints::{Audience, HintKind},
    plugins::lines,
    shared::Shared,
    writer::Step,
};

/// Raised when records are stored in another way than before, whatever their definitions say.
const FORM: u32 = 2;

/// What the administrators made, by table and id.
pub(crate) type Items = BTreeMap<(String, String), Json>;

/// A change of one item of the administrator's layer.
#[derive(Debug, Clone, PartialEq)]
pub struct DefinitionChange {
    /// The table it stands in, such as `entities`.
    pub kind: String,
    /// Its id in that table.
    pub id: String,
    /// What it says; `None` takes it out of the layer.
    pub value: Option<Json>,
}

/// What a change of the definitions would do.
#[derive(Debug, Clone, Default)]
pub struct DefinitionPlan {
    /// What changes.
    pub changes: Vec<Change>,
    /// Why it cannot be done.
    pub errors: Vec<DefinitionError>,
    /// The version of the layer that it was planned on, or, when it was done, that came of it.
    pub version: String,
}

/// The administrators' layer, as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct DefinitionLayer {
    /// All that was made by mouse, as one document.
    pub document: Json,
    /// Its version: another one whenever something in it is another.
    pub version: String,
}

/// The version of the layer with these items.
pub(crate) fn version_of(items: &Items) -> String {
    let mut hash = blake3::Hasher::new();
    for ((kind, id), value) in items {
        for part in [kind, id, &value.to_string()] {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.finalize().to_hex().chars().take(32).collect()
}

/// The items of the layer.
pub(crate) fn items(queries: &Queries<'_>) -> Result<Items, Error> {
    let mut items = Items::new();
    for row in queries.definition_items()? {
        let value = serde_json::from_str(&row.json).map_err(|error| {
            Error::Data(format!(
                "the definition {} {} cannot be read: {error}",
                row.kind, row.id
            ))
        })?;
        items.insert((row.kind, row.id), value);
    }
    Ok(items)
}

/// The items as one document.
pub(crate) fn document(items: &Items) -> Json {
    let mut tables = serde_json::Map::new();
    for ((kind, id), value) in items {
        let table = tables.entry(kind.clone()).or_insert_with(|| json!({}));
        if let Json::Object(table) = table {
            table.insert(id.clone(), value.clone());
        }
    }
    Json::Object(tables)
}

/// The items with changes.
pub(crate) fn with(mut items: Items, changes: &[DefinitionChange]) -> Items {
    for change in changes {
        let key = (change.kind.clone(), change.id.clone());
        match &change.value {
            Some(value) => items.insert(key, value.clone()),
            None => items.remove(&key),
        };
    }
    items
}

/// Everything that is declared, the layer included, or what does not fit.
pub(crate) fn catalogue(shared: &Shared, items: &Items) -> Result<Catalogue, Vec<DefinitionError>> {
    catalogue_with(shared.plugins.declared(), items)
}

/// The same with what other plugins declare.
pub(crate) fn catalogue_with(
    declared: impl IntoIterator<Item = Definitions>,
    items: &Items,
) -> Result<Catalogue, Vec<DefinitionError>> {
    let layer = Definitions::from_items(
        items
            .iter()
            .map(|((kind, id), value)| (kind.as_str(), id.as_str(), value)),
    )?;
    Catalogue::new(declared.into_iter().chain([layer]))
}

/// The same when a program starts. A plugin may have changed so that something made by mouse fits no more: that is left
/// out and said, because a company must be able to work, and to put it right.
pub(crate) fn catalogue_at_start(shared: &Shared) -> Result<(Catalogue, Vec<Text>), Error> {
    let mut items = items(&Queries(&shared.store.view()))?;
    let mut told = Vec::new();
    loop {
        let errors = match catalogue(shared, &items) {
            Ok(catalogue) => return Ok((catalogue, told)),
            Err(errors) if items.is_empty() => return Err(Error::Data(lines(errors.iter()))),
            Err(errors) => errors,
        };
        let is_at_fault = |kind: &str, id: &str| {
            let (plain, quoted) = (format!("{kind}.{id}"), format!("{kind}.\"{id}\""));
            let begins = |path: &str, with: &str| {
                path.strip_prefix(with)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            errors
                .iter()
                .any(|error| begins(&error.path, &plain) || begins(&error.path, &quoted))
        };
        let before = items.len();
        items.retain(|(kind, id), _| !is_at_fault(kind, id));
        if items.len() == before {
            items.clear();
        }
        for error in &errors {
            tracing::error!("a definition made by mouse is left out: {error}");
            told.push(Text::new(
                format!(
                    "一项自定义与已安装的插件不相容，暂时不用：{}（{}）",
                    error.text.zh, error.path
                ),
                format!(
                    "Something made by mouse does not fit the installed plugins and is left out: {} ({})",
                    error.text.en, error.path
                ),
            ));
        }
    }
}

/// What changes of the layer would do.
pub(crate) fn plan_of(shared: &Shared, items: Items, changes: &[DefinitionChange]) -> DefinitionPlan {
    let version = version_of(&items);
    match catalogue(shared, &with(items, changes)) {
        Ok(new) => DefinitionPlan {
            changes: plan(&shared.catalogue(), &new),
            errors: Vec::new(),
            version,
        },
        Err(errors) => DefinitionPlan {
            changes: Vec::new(),
            errors,
            version,
        },
    }
}

impl Step<'_> {
    /// Changes the layer; `seen` is what it was when the new catalogue was made. Whether it still was.
    pub(crate) fn change_layer(
        &mut self,
        actor: Principal,
        seen: &Items,
        changes: &[DefinitionChange],
        new: Catalogue,
    ) -> Result<bool, Error> {
        if items(&self.queries())? != *seen {
            return Ok(false);
        }
        for change in changes {
            match &change.value {
                Some(value) => self.tx.put_definition_item(&DefinitionItem {
                    kind: change.kind.clone(),
                    id: change.id.clone(),
                    json: value.to_string(),
                    changed_at: self.now,
                    changed_by: actor,
                })?,
                None => self.tx.delete_definition_item(&change.kind, &change.id)?,
            }
        }
        self.add_roles(&new)?;
        self.settle(actor, &new)?;
        self.hint(HintKind::Definition, 0, Audience::Administrators);
        self.after_commit(move |shared| shared.replace_catalogue(new));
        Ok(true)
    }

    /// Roles that definitions name are records like all others, so that people can be given them.
    pub(crate) fn add_roles(&mut self, catalogue: &Catalogue) -> Result<(), Error> {
        let organisation = self.shared.organisation();
        for role in catalogue.roles() {
            if role.code == EVERYONE || organisation.has_role(&role.code) {
                continue;
            }
            let definition = crate::writer::entity(catalogue, &Entity::new(ROLE))?;
            let fields = [
                ("code".to_owned(), role.code.as_str().into()),
                ("name".to_owned(), role.label.zh.as_str().into()),
            ];
            let id = self.next_id().into();
            self.import(definition, id, None, fields.into())?;
        }
        Ok(())
    }

    /// Has the records of every entity put in order whose definition says something else about how they are stored and
    /// found than when they were last.
    pub(crate) fn settle(&mut self, actor: Principal, catalogue: &Catalogue) -> Result<(), Error> {
        let mut changed = Vec::new();
        for entity in catalogue.entities() {
            let hash = hash_of(entity)?;
            let known = self.queries().entity_state(&entity.id)?;
            if known.is_some_and(|known| known.hash == hash) {
                continue;
            }
            changed.push(&entity.id);
            self.tx.put_entity_state(&EntityState {
                entity: entity.id.clone(),
                hash: hash.clone(),
            })?;
            if self.has_records(&entity.id)? {
                let entity = entity.id.clone();
                self.begin_record_job(actor, RecordTask::BackFill { entity, hash })?;
            }
        }
        // After all records can be found by what they name.
        for entity in catalogue.entities() {
            let mut roll_ups = catalogue.roll_ups_of(&entity.id).peekable();
            let has_any = roll_ups.peek().is_some();
            let moved = changed.contains(&&entity.id) || roll_ups.any(|roll_up| changed.contains(&roll_up.source()));
            if has_any && moved && self.has_records(&entity.id)? {
                let entity = entity.id.clone();
                self.begin_record_job(actor, RecordTask::RollUps { entity })?;
            }
        }
        Ok(())
    }

    fn has_records(&self, entity: &Entity) -> Result<bool, Error> {
        let page = self.queries().records(&RecordList::All(entity.clone()), None, 1)?;
        Ok(!page.items.is_empty())
    }
}

/// The hash of what a definition says about how its records are stored and found. What people read is not in it.
fn hash_of(entity: &EntityDefinition) -> Result<String, Error> {
    let mut whole = serde_json::to_value(entity).map_err(|error| Error::Data(error.to_string()))?;
    let mut disabled = serde_json::to_value(&entity.disabled).map_err(|error| Error::Data(error.to_string()))?;
    for part in [&mut whole, &mut disabled] {
        strip(part);
    }
    let kept =
        ["fields", "sort", "parent", "opens", "unique", "duplicates", "indexes"].map(|key| whole.get(key).cloned());
    let text = serde_json::to_vec(&(FORM, kept, disabled)).map_err(|error| Error::Data(error.to_string()))?;
    Ok(blake3::hash(&text).to_hex().to_string())
}

/// Takes out what is only shown.
fn strip(value: &mut Json) {
    match value {
        Json::Object(entries) => {
            for shown in [
                "label",
                "help",
                "section",
                "default",
                "choices",
                "private",
                "required",
                "read_only",
            ] {
                entries.remove(shown);
            }
            entries.values_mut().for_each(strip);
        }
        Json::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}
