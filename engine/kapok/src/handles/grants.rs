//! What processes may do with records, as administrators see and confirm it.

use kapok_model::Diagnostic;
use kapok_process::Definitions;
use kapok_protocol::{DefinitionId, Entity, Refusal, RefusalKind, Text};
use kapok_records::{FieldSet, ProcessGrants};
use kapok_tables::{ConfirmedGrants, Queries};

use super::Administrator;
use crate::{
    Error, definitions,
    grants::{self, GrantsView},
    hints::{Audience, HintKind},
    views::Who,
};

impl Administrator {
    /// Checks a model as deployment would, and says what each of its processes asks for.
    pub fn examine(&self, xml: &str) -> (Vec<Diagnostic>, Vec<GrantsView>) {
        let shared = &self.kapok.shared;
        let reading = definitions::check(shared, xml);
        let asking = reading.processes.iter().filter(|graph| graph.executable).map(|graph| {
            let had = shared
                .definitions
                .latest(&graph.key)
                .map(|before| shared.definitions.grants(before));
            let had = had.unwrap_or_default();
            grants::view(shared, graph, &had, &had)
        });
        let asking = asking.collect();
        (reading.diagnostics, asking)
    }

    /// What a version asks for, and what was confirmed.
    pub fn grants(&self, id: DefinitionId) -> Result<GrantsView, Error> {
        let shared = &self.kapok.shared;
        let view = self.view();
        let queries = Queries(&view);
        let nothing = || Error::not_found("流程", "process");
        let definition = queries.definition(id)?.ok_or_else(nothing)?;
        let graph = shared.definitions.graph(id).ok_or_else(nothing)?;
        let versions = queries.versions(&definition.key, usize::MAX)?;
        let before = versions.into_iter().find(|before| before.version < definition.version);
        let had = before
            .map(|before| shared.definitions.grants(before.id))
            .unwrap_or_default();
        let has = shared.definitions.grants(id);
        let organisation = shared.organisation();
        let confirmed = definition.grants.map(|confirmed| {
            let by = confirmed.by.map(|person| Who {
                id: person,
                name: organisation.name_of(person),
            });
            (by, confirmed.at)
        });
        Ok(GrantsView {
            confirmed,
            ..grants::view(shared, &graph, &had, &has)
        })
    }

    /// Confirms what a version may do with records, instead of what was confirmed before.
    pub fn confirm_grants(&self, id: DefinitionId, confirmed: ProcessGrants) -> Result<(), Error> {
        self.check_grants(&confirmed)?;
        let by = self.principal().person();
        self.submit(move |step| {
            let definition = step.queries().definition(id)?;
            let mut definition = definition.ok_or_else(|| Error::not_found("流程", "process"))?;
            definition.grants = Some(ConfirmedGrants {
                grants: confirmed,
                by,
                at: step.now,
            });
            step.tx.put_definition(&definition)?;
            step.hint(HintKind::Definition, id.get(), Audience::Administrators);
            step.after_commit(move |shared| shared.definitions.replace_grants(&definition));
            Ok(())
        })
    }

    /// Only what there is can be granted.
    fn check_grants(&self, confirmed: &ProcessGrants) -> Result<(), Error> {
        let catalogue = self.kapok.shared.catalogue();
        let unknown = |entity: &Entity, field: Option<&String>| {
            let name = field.map_or_else(|| entity.to_string(), |field| format!("{entity}.{field}"));
            let text = Text::new(
                format!("没有“{name}”，不能授权。请核对名称。"),
                format!("There is no “{name}” that could be granted; check the name."),
            );
            Error::from(Refusal::new(RefusalKind::Invalid, "grant.unknown", text.zh, text.en).at("grants"))
        };
        for (entity, grant) in &confirmed.0 {
            let definition = catalogue.entity(entity.as_str()).ok_or_else(|| unknown(entity, None))?;
            for fields in [&grant.read, &grant.update] {
                if let FieldSet::These(fields) = fields
                    && let Some(field) = fields.iter().find(|field| definition.field(field).is_none())
                {
                    return Err(unknown(entity, Some(field)));
                }
            }
        }
        Ok(())
    }
}
