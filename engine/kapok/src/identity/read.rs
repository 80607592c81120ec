//! Reading an organisation from its source, part by part and outside the writer.

use kapok_plugin_host::TechnicalFailure;
use kapok_protocol::{Refusal, RefusalKind};

use super::{Outside, failed};
use crate::{
    Error, Kapok, Secret,
    plugins::{Caller, faulty},
};

/// So many parts are read.
const PARTS: usize = 500;
/// So many people and departments are taken.
const ENTRIES: usize = 100_000;

impl Kapok {
    /// Everything that a source says of the organisation.
    pub(crate) fn read_organisation(&self, source: &str) -> Result<Outside, Error> {
        self.ask_organisation(source)?.map_err(|failure| failed(&failure))
    }

    /// The same, as the plugin answers it.
    pub fn ask_organisation(&self, source: &str) -> Result<Result<Outside, TechnicalFailure>, Error> {
        let (plugin, name) = self.source(source, |source| source.organisation)?;
        let mut session = plugin.session();
        let drawn = Secret::draw()?;
        let mut outside = Outside::default();
        let mut from: Option<String> = None;
        for number in 0..PARTS {
            let call = self.shared.plugins.call(&self.shared, &plugin, Caller::System);
            let key = format!("{}-{number}", drawn.reveal());
            let part = session.read_organisation(&call, &name, from.as_deref(), &key);
            let part = match part.map_err(faulty)? {
                Ok(part) => part,
                Err(failure) => return Ok(Err(failure)),
            };
            outside.departments.extend(part.departments);
            outside.people.extend(part.people);
            if outside.departments.len() + outside.people.len() > ENTRIES {
                return Err(too_large());
            }
            from = part.next;
            if from.is_none() {
                return Ok(Ok(outside));
            }
        }
        Err(too_large())
    }
}

fn too_large() -> Error {
    Refusal::new(
        RefusalKind::Limit,
        "sync.too-large",
        format!("外部组织超过 {ENTRIES} 个人员和部门，或分成超过 {PARTS} 部分，无法同步。请缩小应用的可见范围。"),
        format!(
            "The organisation has more than {ENTRIES} people and departments, or more than {PARTS} parts, and cannot be taken over. Let \
             the other side show less of it."
        ),
    )
    .into()
}
