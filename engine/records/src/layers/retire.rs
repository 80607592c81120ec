use kapok_protocol::Text;

use crate::document::{Content, Node, Part, Problems};

/// A shipped field that the plugin relies on cannot be put out of use.
pub(super) fn check_retired(whole: &Node, shipped: &Node, problems: &mut Problems) {
    let (Some(entities), Some(before)) = (whole.get("entities"), shipped.get("entities")) else {
        return;
    };
    for (id, entity) in Part::new(entities, "entities").entries() {
        let Some(before) = before.get(id) else { continue };
        let Some(fields) = entity.get("fields") else { continue };
        for (name, field) in fields.entries().filter(|(_, field)| field.flag("disabled")) {
            let Some(known) = before.get("fields").and_then(|fields| fields.get(name)) else {
                continue;
            };
            if let Some((zh, en)) = reason(before, name, known) {
                let at = field.get("disabled").unwrap_or(field);
                problems.add(
                    &at.node.place,
                    &at.path,
                    Text::new(
                        format!("字段“{name}”{zh}，不能停用。"),
                        format!("the field “{name}” {en} and cannot be disabled."),
                    ),
                );
            }
        }
    }
}

fn reason(entity: &Node, name: &str, field: &Node) -> Option<(&'static str, &'static str)> {
    let is = |key: &str| field.get(key).and_then(Node::as_bool) == Some(true);
    let named_at = |key: &str| entity.get(key).and_then(Node::as_text) == Some(name);
    let in_unique = || {
        let rules = entity
            .get("unique")
            .into_iter()
            .flat_map(|rules| rules.entries().values());
        rules
            .filter_map(|rule| rule.get("fields"))
            .any(|fields| matches!(&fields.content, Content::List(items) if items.iter().any(|item| item.as_text() == Some(name))))
    };
    if is("required") {
        Some(("是插件规定的必填项", "is one the plugin requires"))
    } else if is("unique") || in_unique() {
        Some(("是插件规定的唯一项", "is one the plugin keeps unique"))
    } else if named_at("title") {
        Some(("是记录的标题", "is the title of the records"))
    } else if named_at("parent") {
        Some(("决定谁能看到记录", "decides who sees the records"))
    } else {
        None
    }
}
