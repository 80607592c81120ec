//! Pages that are put together from the host's widgets, as they are offered to a person. No data stands in them: each widget
//! asks for its own through the same functions as every other page, so rights are decided in one place (P11).

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::Value;
use kapok_records::{Action, Page, Rights, WidgetKind};
use kapok_rules::{Context, resolve};

use super::Staff;
use crate::Error;

impl Staff {
    /// The pages that the person is offered, in their order: without the widgets over what they may not read (or, of a new
    /// record, make), and without the pages on which nothing is left.
    pub fn plugin_pages(&self) -> Result<Vec<Page>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let seeing = self.seeing(&viewing)?;
        let context = self.context();
        let roles = self.kapok.shared.organisation().roles_of(self.person);
        let offered = viewing.catalogue.pages().filter(|page| {
            let is_for = |role: &String| page.roles.contains(role);
            page.roles.is_empty() || roles.iter().any(is_for)
        });
        let pages = offered.map(|page| {
            let mut page = page.clone();
            page.widgets
                .retain(|widget| self.is_offered(seeing.rights(), &roles, &widget.kind));
            for widget in &mut page.widgets {
                if let WidgetKind::NewRecord { values, .. } = &mut widget.kind {
                    resolve_words(values, &context);
                }
            }
            page
        });
        Ok(pages.filter(|page| !page.widgets.is_empty()).collect())
    }

    /// One of them.
    pub(super) fn plugin_page(&self, id: &str) -> Result<Page, Error> {
        let mut pages = self.plugin_pages()?.into_iter();
        let found = pages.find(|page| page.id == id);
        found.ok_or_else(|| Error::not_found("页面", "page"))
    }

    fn is_offered(&self, rights: Rights<'_>, roles: &BTreeSet<String>, widget: &WidgetKind) -> bool {
        let action = match widget {
            WidgetKind::NewRecord { .. } => Action::Create,
            WidgetKind::Total { total } => {
                let total = rights.catalogue.total(total);
                return total.is_some_and(|total| roles.contains(&total.role));
            }
            WidgetKind::Report { report, .. } => return self.kapok.shared.plugins.report(report).is_some(),
            _ => Action::Read,
        };
        let Some(entity) = widget.entity() else { return true };
        let definition = rights.catalogue.entity(entity.as_str());
        definition.is_some_and(|definition| rights.decide(action, definition, None).is_granted())
    }
}

/// What a new record begins with, as it is for this person today.
fn resolve_words(values: &mut BTreeMap<String, Value>, context: &Context) {
    values.retain(|_, value| match resolve(value, context) {
        Ok(resolved) => {
            *value = resolved;
            true
        }
        Err(_) => false,
    });
}
