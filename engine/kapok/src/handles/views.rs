//! Views of lists that people made: for themselves, or, administrators, for everybody.

use kapok_protocol::{Entity, PersonId, Refusal, RefusalKind};
use kapok_records::{Action, EntityDefinition, View};
use kapok_tables::ListView;

use super::{Administrator, Staff};
use crate::{Error, writer::entity};

/// A view, and whose it is.
#[derive(Debug, Clone)]
pub struct ListViewEntry {
    /// What it shows.
    pub view: View,
    /// Whose it is.
    pub scope: ViewScope,
}

/// Whose a view is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewScope {
    /// It came with a plugin.
    Shipped,
    /// An administrator made it for everybody.
    Company,
    /// The person made it.
    Mine,
}

/// The most views one person makes of one list.
const VIEWS: usize = 50;
/// The longest id of a view, in characters.
const LONGEST: usize = 100;

impl Staff {
    /// The views of an entity's list that the person may use: shipped ones, then everybody's, then their own.
    pub fn list_views(&self, entity_id: &Entity) -> Result<Vec<ListViewEntry>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let definition = entity(&viewing.catalogue, entity_id)?;
        let hidden = self.unreadable(definition)?;
        let shipped = definition.views.iter().map(|view| ListViewEntry {
            view: view.clone(),
            scope: if view.shipped {
                ViewScope::Shipped
            } else {
                ViewScope::Company
            },
        });
        let mut found: Vec<_> = shipped.collect();
        for (person, scope) in [(None, ViewScope::Company), (Some(self.person), ViewScope::Mine)] {
            for row in viewing.queries.list_views(person, entity_id)? {
                // One that can no longer be read is as good as gone.
                if let Ok(view) = serde_json::from_str::<View>(&row.json) {
                    found.push(ListViewEntry { view, scope });
                }
            }
        }
        for entry in &mut found {
            entry.view.columns.retain(|column| !hidden.contains(column));
        }
        Ok(found)
    }

    /// Keeps a view of the person's own.
    pub fn put_list_view(&self, entity_id: &Entity, view: View) -> Result<(), Error> {
        self.put_view(Some(self.person), entity_id, view)
    }

    /// Removes one of the person's own.
    pub fn delete_list_view(&self, entity_id: &Entity, id: &str) -> Result<(), Error> {
        self.delete_view(Some(self.person), entity_id, id)
    }

    fn put_view(&self, person: Option<PersonId>, entity_id: &Entity, view: View) -> Result<(), Error> {
        {
            let catalogue = self.kapok.shared.catalogue();
            check(entity(&catalogue, entity_id)?, &view)?;
        }
        let json = serde_json::to_string(&view).map_err(|error| Error::Data(error.to_string()))?;
        let entity = entity_id.clone();
        self.submit(move |step| {
            let known = step.queries().list_views(person, &entity)?;
            if known.len() >= VIEWS && !known.iter().any(|known| known.id == view.id) {
                return Err(Refusal::new(
                    RefusalKind::Limit,
                    "view.too-many",
                    format!("每个列表最多保存 {VIEWS} 个视图，请先删除一些。"),
                    format!("At most {VIEWS} views of one list are kept; remove some first."),
                )
                .into());
            }
            Ok(step.tx.put_list_view(&ListView {
                person,
                entity,
                id: view.id,
                json,
                changed_at: step.now,
            })?)
        })
    }

    fn delete_view(&self, person: Option<PersonId>, entity_id: &Entity, id: &str) -> Result<(), Error> {
        let (entity, id) = (entity_id.clone(), id.to_owned());
        self.submit(move |step| {
            let row = step.queries().list_view(person, &entity, &id)?;
            let row = row.ok_or_else(|| Error::not_found("视图", "view"))?;
            Ok(step.tx.delete_list_view(&row)?)
        })
    }

    /// The fields of an entity that the person never sees.
    fn unreadable(&self, definition: &EntityDefinition) -> Result<Vec<String>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let access = self.seeing(&viewing)?.rights().decide(Action::Read, definition, None);
        if !access.is_granted() {
            return Err(Error::not_found("实体", "entity"));
        }
        let shown = self.entity(&definition.id)?.definition;
        let fields = definition.fields.iter().map(|field| field.id.clone());
        Ok(fields.filter(|field| shown.field(field).is_none()).collect())
    }
}

impl Administrator {
    /// Keeps a view for everybody.
    pub fn put_company_view(&self, entity_id: &Entity, view: View) -> Result<(), Error> {
        self.put_view(None, entity_id, view)
    }

    /// Removes one of everybody's.
    pub fn delete_company_view(&self, entity_id: &Entity, id: &str) -> Result<(), Error> {
        self.delete_view(None, entity_id, id)
    }
}

/// A view names fields that are there, and a filter that can be read.
fn check(definition: &EntityDefinition, view: &View) -> Result<(), Error> {
    let wrong = |code: &str, zh: String, en: String, at: &str| -> Result<(), Error> {
        Err(Refusal::new(RefusalKind::Invalid, code, zh, en).at(at).into())
    };
    let is_id = |id: &str| {
        let plain = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_';
        !id.is_empty() && id.len() <= LONGEST && id.chars().all(plain)
    };
    if !is_id(&view.id) {
        return wrong(
            "view.id",
            "视图的编号只能由字母、数字、横线和下划线组成。".into(),
            "The id of a view is made of letters, digits, - and _.".into(),
            "id",
        );
    }
    if let Some(filter) = &view.filter {
        kapok_rules::Condition::new(filter).map_err(|text| Error::invalid("filter.wrong", text, "filter"))?;
    }
    let sorted = view.sort.as_ref().map(|sort| ("sort", &sort.field));
    let named = view
        .columns
        .iter()
        .map(|column| ("columns", column))
        .chain(sorted)
        .chain(view.field.as_ref().map(|field| ("field", field)))
        .chain(view.end_field.as_ref().map(|field| ("end_field", field)));
    for (at, name) in named {
        if definition.field(name).is_none() && !SYSTEM_FIELDS.contains(&name.as_str()) {
            return wrong(
                "view.field",
                format!("没有字段“{name}”，请在视图中去掉它。"),
                format!("There is no field “{name}”; take it out of the view."),
                at,
            );
        }
    }
    Ok(())
}

/// What every record has besides its fields.
const SYSTEM_FIELDS: [&str; 6] = ["id", "owner", "created_at", "created_by", "updated_at", "version"];
