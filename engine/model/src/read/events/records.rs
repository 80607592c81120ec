//! Starts by a saved record: `kapok:recordTrigger`.

use kapok_protocol::RecordEvent;

use crate::{
    RecordTrigger,
    catalogue::{Words, elements as element_rules},
    read::{Context, expressions::read_filter, settings::check_entity},
    xml::Element,
};

pub(super) fn read_record_trigger(event: &Element, setting: &Element, context: &mut Context<'_>) -> RecordTrigger {
    let entity = setting.attribute("entity").unwrap_or_default().trim().to_owned();
    check_entity(event, setting.line, &entity, context);
    let mut on = Vec::new();
    for word in setting.attribute("on").unwrap_or_default().split_whitespace() {
        match word {
            "created" => on.push(RecordEvent::Created),
            "updated" => on.push(RecordEvent::Updated),
            other => {
                let words: &[&dyn Words] = &[&event.label(), &setting.name, &"on", &other];
                context
                    .findings
                    .report_inside(&element_rules::EXTENSION_VALUE, event, setting.line, words);
            }
        }
    }
    on.dedup();
    let when = setting
        .kapok_children()
        .find(|child| child.name == "when")
        .and_then(|when| read_filter(event, when.line, &when.text, context));
    RecordTrigger { entity, on, when }
}
