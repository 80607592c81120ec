//! The parallel gateway opens when there is a token on each way in, and consumes one of each (13.4.1).

use kapok_model::NodeIndex;

use super::{
    run::Step,
    state::{Id, World},
};

impl World {
    pub(super) fn parallel_opens(&self, node: NodeIndex, scope: Id) -> Option<Step> {
        let filled = self.filled(node, scope);
        filled
            .values()
            .all(|count| *count > 0)
            .then(|| Step::Open(node, scope, filled.into_keys().collect()))
    }
}
