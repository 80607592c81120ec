//! Listeners: what is computed unseen when a step begins or ends.

use super::{juel, values};
use crate::{
    Listener, ListenerAction,
    catalogue::settings as setting_rules,
    read::{Context, dialects::fates},
    xml::Element,
};

pub(in crate::read::dialects) fn read_listeners<'a>(element: &'a Element, context: &mut Context<'a>) -> Vec<Listener> {
    let mut listeners = Vec::new();
    let settings = element.extensions().filter(|setting| fates::is_listener(setting));
    for setting in settings {
        // The others, and those at other moments, were refused.
        let Some(at_end) = fates::listener_moment(setting) else {
            continue;
        };
        if let Some(expression) = setting.stated("expression") {
            let expression = juel(element, setting.line, expression, context);
            listeners.push(Listener {
                at_end,
                action: ListenerAction::Expression(expression),
            });
        } else if let Some(script) = setting.dialect_children().find(|child| child.name == "script") {
            let action = read_script(element, script, context);
            listeners.push(Listener { at_end, action });
        }
    }
    listeners
}

fn read_script<'a>(element: &'a Element, script: &'a Element, context: &mut Context<'a>) -> ListenerAction {
    if script.stated("scriptFormat") != Some("rhai") {
        return ListenerAction::Expression(values::read_script(element, script, context));
    }
    let text = script.text.trim();
    if let Err(reason) = context.environment.check_script(text) {
        let words: &[&dyn crate::catalogue::Words] = &[&element.label(), &reason];
        context
            .findings
            .report_inside(&setting_rules::SCRIPT_INVALID, element, script.line, words);
    }
    ListenerAction::Script(text.to_owned())
}
