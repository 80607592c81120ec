//! Errors (BPMN 2.0.2, 10.5.5, 13.5.3): something failed, and whoever watches for that takes over.

use std::collections::BTreeMap;

use kapok_model::EventDefinition;
use kapok_protocol::{ElementInstanceId, Text, Value};

use super::catching::{self, Found, code_fits};
use crate::{Stop, agenda::Agenda, case::Case, incident, state::EventKind};

/// An activation failed: the nearest event outwards that watches for the code takes over, and what it watches ends. When
/// there is none, the activation is stuck: an error that nobody expected is for a person to look at.
pub(crate) fn throw(case: &mut Case, failed: ElementInstanceId, code: &str, message: &str) -> Result<(), Stop> {
    case.log(failed, EventKind::Failed(code.to_owned()))?;
    let fit = |trigger: &EventDefinition| match trigger {
        EventDefinition::Error(named) => code_fits(named.as_deref(), code),
        _ => None,
    };
    let found = catching::find(case, failed, &fit)?;
    let content = BTreeMap::from([
        ("errorCode".to_owned(), Value::from(code)),
        ("errorMessage".to_owned(), Value::from(message)),
    ]);
    match found {
        Some(Found {
            instance: None,
            catcher,
            ..
        }) => catching::catch(case, catcher, true, content),
        Some(Found {
            instance: Some(instance),
            catcher,
            ..
        }) => {
            // This case ends with the call that the error leaves; nothing in it goes on until then.
            case.queue.clear();
            case.moved.clear();
            case.work.agenda.push_back(Agenda::Catch {
                instance,
                catcher,
                is_error: true,
                content,
            });
            Ok(())
        }
        None => Ok(incident::raise(case, failed, uncaught(code, message))?),
    }
}

fn uncaught(code: &str, message: &str) -> Text {
    Text::new(
        format!(
            "出现错误“{code}”：{message}。流程图中没有处理这个错误的边界事件。请排除原因后重试，或在流程图上添加错误边界事件。"
        ),
        format!(
            "Error `{code}`: {message}. No boundary event catches it. Remove the cause and retry, or draw an error \
             boundary event."
        ),
    )
}
