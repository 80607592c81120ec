//! Escalations (BPMN 2.0.2, 10.5.5): a call upwards. Nobody has to hear it, and whoever throws it goes on unless it is
//! interrupted.

use std::collections::BTreeMap;

use kapok_model::EventDefinition;
use kapok_protocol::{ElementInstanceId, Value};

use super::catching::{self, Found, code_fits};
use crate::{
    Stop,
    agenda::Agenda,
    case::Case,
    flow,
    state::{EventKind, InstanceState},
};

/// Calls upwards with a code.
pub(crate) fn throw(case: &mut Case, thrower: ElementInstanceId, code: &str) -> Result<(), Stop> {
    case.log(thrower, EventKind::Thrown(code.to_owned()))?;
    let fit = |trigger: &EventDefinition| match trigger {
        EventDefinition::Escalation(named) => code_fits(named.as_deref(), code),
        _ => None,
    };
    let content = BTreeMap::from([("escalationCode".to_owned(), Value::from(code))]);
    match catching::find(case, thrower, &fit)? {
        Some(Found {
            instance: None,
            catcher,
            ..
        }) => catching::catch(case, catcher, false, content),
        Some(Found {
            instance: Some(instance),
            catcher,
            interrupts,
        }) => {
            case.work.agenda.push_back(Agenda::Catch {
                instance,
                catcher,
                is_error: false,
                content,
            });
            if interrupts {
                // The call ends, and this case with it; nothing in it goes on until then.
                flow::end_case(case, InstanceState::Cancelled)?;
            }
            Ok(())
        }
        None => Ok(()),
    }
}
