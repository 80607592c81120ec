//! Whether the rows agree with each other and with the models that were deployed.

use std::{collections::HashMap, sync::Arc};

use kapok_model::{NodeIndex, NodeKind, ProcessGraph, SubProcess};
use kapok_protocol::DefinitionId;
use kapok_store::View;
use kapok_tables::{
    Queries,
    verify::{Drawings, Drawn, Report, definitions, verify},
};

use crate::{Error, Kapok};

impl Kapok {
    /// Checks that all rows can be read and agree with each other, as of now. It reads everything there is; while much is
    /// being saved it may fail because its view of the data has become too old.
    pub fn verify(&self) -> Result<Report, Error> {
        check(&self.shared.store.view())
    }
}

/// Checks all rows of a view.
pub(super) fn check(view: &View) -> Result<Report, Error> {
    Ok(verify(view, &Models::read(view)?)?)
}

/// The models that were deployed.
struct Models(HashMap<DefinitionId, Arc<ProcessGraph>>);

impl Models {
    fn read(view: &View) -> Result<Self, Error> {
        let mut found = HashMap::new();
        let mut last: Option<(String, Vec<Arc<ProcessGraph>>)> = None;
        for definition in definitions(view)? {
            let Some(xml) = Queries(view).definition_xml(definition.id)? else {
                continue;
            };
            // The processes of one file are deployed one after the other.
            let processes = match last.take() {
                Some((read, processes)) if read == xml => processes,
                _ => kapok_model::read(&xml, &kapok_model::Unchecked).processes,
            };
            if let Some(graph) = processes.iter().find(|graph| graph.key == definition.key) {
                found.insert(definition.id, graph.clone());
            }
            last = Some((xml, processes));
        }
        Ok(Self(found))
    }
}

impl Drawings for Models {
    fn can_read(&self, definition: DefinitionId) -> bool {
        self.0.contains_key(&definition)
    }

    fn node(&self, definition: DefinitionId, node: NodeIndex) -> Option<Drawn> {
        let graph = self.0.get(&definition)?;
        let node = graph.node(node)?;
        Some(Drawn {
            scope: node.scope,
            counted: graph.looks_upstream(node.scope),
            is_handler: matches!(node.kind, NodeKind::SubProcess(SubProcess::Event)),
        })
    }
}
