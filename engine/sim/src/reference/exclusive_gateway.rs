//! The exclusive gateway: each token goes its way, the first whose condition holds (13.4.2).

use super::state::{Id, World};

impl World {
    pub(super) fn exclusive_split(&mut self, id: Id) {
        let flows = self.flows_out_of(id);
        if flows.is_empty() {
            return self.leave(id);
        }
        let mut default = None;
        for (flow, it) in flows {
            let holds = match &it.condition {
                _ if it.is_default => {
                    default = Some(flow);
                    Ok(false)
                }
                None => Ok(true),
                Some(condition) => self.holds(id, condition),
            };
            match holds {
                Ok(true) => return self.leave_by(id, vec![flow]),
                Ok(false) => {}
                Err(text) => return self.incident(id, text),
            }
        }
        match default {
            Some(flow) => self.leave_by(id, vec![flow]),
            None => self.incident(id, "no condition holds"),
        }
    }
}
