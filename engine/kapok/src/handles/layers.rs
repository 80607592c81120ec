//! The definitions as administrators see and change them.

use kapok_protocol::{Refusal, RefusalKind};
use kapok_records::Definitions;
use serde_json::Value as Json;

use super::Administrator;
use crate::{
    Error,
    layers::{self, DefinitionChange, DefinitionLayer, DefinitionPlan},
};

/// So often a change is tried when others change the definitions at the same time.
const ATTEMPTS: usize = 3;

impl Administrator {
    /// The administrator's layer: what was made by mouse, as one document.
    pub fn definition_layer(&self) -> Result<DefinitionLayer, Error> {
        let view = self.view();
        let items = layers::items(&self.viewing(&view).queries)?;
        Ok(DefinitionLayer {
            document: layers::document(&items),
            version: layers::version_of(&items),
        })
    }

    /// What holds for an entity, and what it was before administrators changed it.
    pub fn effective_definition(&self, entity: &str) -> Result<Json, Error> {
        let found = self.kapok.shared.catalogue().document_of(entity);
        found.ok_or_else(|| Error::not_found("实体", "entity"))
    }

    /// All definitions: those that hold, and those that were there before administrators changed them.
    pub fn effective_definitions(&self) -> Json {
        let catalogue = self.kapok.shared.catalogue();
        serde_json::json!({ "effective": catalogue.document(false), "shipped": catalogue.document(true) })
    }

    /// What changes of the layer would do.
    pub fn plan_definitions(&self, changes: &[DefinitionChange]) -> Result<DefinitionPlan, Error> {
        check_kinds(changes)?;
        let view = self.view();
        let items = layers::items(&self.viewing(&view).queries)?;
        Ok(layers::plan_of(&self.kapok.shared, items, changes))
    }

    /// Changes the layer, in one commit; answers what was changed. What loses data, or takes it from sight, is only done
    /// when it is confirmed.
    ///
    /// `base` is the version of the layer that the changes were made on: when it is another one by now, nothing is done,
    /// for a change replaces the whole of an item.
    pub fn change_definitions(
        &self,
        changes: &[DefinitionChange],
        confirm: bool,
        base: Option<&str>,
    ) -> Result<DefinitionPlan, Error> {
        check_kinds(changes)?;
        let actor = self.principal();
        for _ in 0..ATTEMPTS {
            let seen = {
                let view = self.view();
                layers::items(&self.viewing(&view).queries)?
            };
            let shared = &self.kapok.shared;
            let mut planned = layers::plan_of(shared, seen.clone(), changes);
            if base.is_some_and(|base| base != planned.version) {
                return Err(Refusal::new(
                    RefusalKind::Conflict,
                    "definition.changed",
                    "其他管理员刚刚修改了定义，您的修改没有生效。请查看最新的定义后再试。",
                    "Another administrator has just changed the definitions; yours were not applied. Look at them as they \
                     are now, and try again.",
                )
                .into());
            }
            if !planned.errors.is_empty() {
                return Err(refused(&planned).into());
            }
            if !confirm && planned.changes.iter().any(|change| change.destructive) {
                let texts = planned.changes.iter().filter(|change| change.destructive);
                let (zh, en): (Vec<_>, Vec<_>) = texts
                    .map(|change| (change.text.zh.as_str(), change.text.en.as_str()))
                    .unzip();
                return Err(Refusal::new(
                    RefusalKind::Conflict,
                    "definition.confirm",
                    format!("这些修改会丢失数据或使数据不可见，请确认：{}", zh.join("")),
                    format!("This loses data or takes it from sight; confirm it: {}", en.join(" ")),
                )
                .into());
            }
            let items = layers::with(seen.clone(), changes);
            planned.version = layers::version_of(&items);
            let new = layers::catalogue(shared, &items);
            let new = new.map_err(|errors| Error::Data(crate::plugins::lines(errors.iter())))?;
            let changes = changes.to_vec();
            let done = self
                .kapok
                .writer
                .submit(move |step| step.change_layer(actor, &seen, &changes, new))
                .wait()?;
            if done {
                return Ok(planned);
            }
        }
        Err(Refusal::new(
            RefusalKind::Conflict,
            "definition.busy",
            "其他管理员正在修改定义，请稍后再试。",
            "Another administrator is changing the definitions; try again in a moment.",
        )
        .into())
    }
}

fn check_kinds(changes: &[DefinitionChange]) -> Result<(), Error> {
    let unknown = changes
        .iter()
        .find(|change| !Definitions::KINDS.contains(&change.kind.as_str()));
    match unknown {
        None => Ok(()),
        Some(change) => Err(Refusal::new(
            RefusalKind::Invalid,
            "definition.kind",
            format!("定义中没有“{}”这一类。", change.kind),
            format!("There is no table “{}” in definitions.", change.kind),
        )
        .at("kind")
        .into()),
    }
}

fn refused(plan: &DefinitionPlan) -> Vec<Refusal> {
    let refusals = plan.errors.iter().map(|error| {
        let text = &error.text;
        Refusal::new(RefusalKind::Invalid, "definition.wrong", &text.zh, &text.en).at(error.path.clone())
    });
    refusals.collect()
}
