//! One document laid over another, key by key.

use kapok_protocol::Text;

use crate::document::{Content, Node, Over, Problems, Shape, key_path};

/// Who lays something over what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// A plugin, which only adds.
    Plugin,
    /// An administrator, who also changes, as far as each key allows.
    Administrator,
}

/// Lays a node over another of the same shape. Tables are merged by key; everything else is replaced.
pub(super) fn merge(base: &mut Node, over: Node, shape: &Shape, by: By, path: &str, problems: &mut Problems) {
    match (shape, over.content) {
        (Shape::Table(keys), Content::Table(entries)) => {
            for (name, node) in entries {
                let path = key_path(path, &name);
                let Some(key) = keys.iter().find(|key| key.name == name) else {
                    continue;
                };
                match base.entries_mut().and_then(|known| known.get_mut(&name)) {
                    Some(known) if is_merged(key.shape) => merge(known, node, key.shape, by, &path, problems),
                    known => {
                        if may(key.over, by, known.as_deref(), &node) {
                            put(base, name, node);
                        } else {
                            refuse(&node, key.over, &path, problems);
                        }
                    }
                }
            }
        }
        (Shape::Map(_, inner), Content::Table(entries)) => {
            for (name, node) in entries {
                let path = key_path(path, &name);
                match base.entries_mut().and_then(|known| known.get_mut(&name)) {
                    None => put(base, name, node),
                    Some(_) if by == By::Plugin => problems.add(
                        &node.place,
                        &path,
                        Text::new(
                            format!("“{name}”已经有了，插件只能添加，不能修改别的插件的内容。"),
                            format!("there is a “{name}” already; a plugin can only add to what others declare."),
                        ),
                    ),
                    Some(known) if is_merged(inner) => merge(known, node, inner, by, &path, problems),
                    Some(known) => *known = node,
                }
            }
        }
        (_, content) => {
            base.place = over.place;
            base.content = content;
        }
    }
}

/// Whether its parts are merged; a condition or a list is one thing and is replaced.
fn is_merged(shape: &Shape) -> bool {
    matches!(shape, Shape::Table(_) | Shape::Map(..))
}

fn put(base: &mut Node, name: String, node: Node) {
    if let Some(entries) = base.entries_mut() {
        entries.insert(name, node);
    }
}

fn may(over: Over, by: By, known: Option<&Node>, new: &Node) -> bool {
    if known == Some(new) {
        return true;
    }
    match over {
        Over::Free => true,
        Over::On => known.and_then(Node::as_bool) != Some(true),
        // Where it was made by mouse there is nothing under it; what is shipped stays.
        Over::Never => by == By::Plugin && known.is_none(),
    }
}

fn refuse(node: &Node, over: Over, path: &str, problems: &mut Problems) {
    let name = path.rsplit('.').next().unwrap_or_default();
    let text = match over {
        Over::On => Text::new(
            format!("插件要求“{name}”，不能取消。"),
            format!("the plugin wants “{name}”; it cannot be switched off."),
        ),
        _ => Text::new(
            format!("“{name}”由插件规定，不能修改。"),
            format!("“{name}” is the plugin's to say and cannot be changed."),
        ),
    };
    problems.add(&node.place, path, text);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::{DOCUMENT, from_json, to_json};

    fn documents() -> impl Strategy<Value = serde_json::Value> {
        let label = prop::sample::select(vec!["甲", "乙", "丙"]);
        let field = (1..4i64, label, prop::option::of(any::<bool>())).prop_map(|(pos, label, disabled)| {
            serde_json::json!({"pos": pos, "label": {"zh": label, "en": label}, "disabled": disabled})
        });
        let fields = prop::collection::btree_map(prop::sample::select(vec!["a", "b", "c"]), field, 0..3);
        let filter = prop::sample::select(vec![
            serde_json::json!({"all": []}),
            serde_json::json!({"field": "a", "op": "empty"}),
        ]);
        let entity = (fields, prop::option::of(filter)).prop_map(
            |(fields, filter)| serde_json::json!({"fields": fields, "views": {"v": {"filter": filter}}, "sort": "a"}),
        );
        prop::collection::btree_map(prop::sample::select(vec!["x.a", "x.b"]), entity, 0..2)
            .prop_map(|entities| serde_json::json!({ "entities": entities }))
    }

    fn node(json: &serde_json::Value) -> Node {
        from_json("a", json).unwrap()
    }

    fn over(base: &serde_json::Value, over: &serde_json::Value) -> serde_json::Value {
        let (mut merged, mut problems) = (node(base), Problems::default());
        merge(&mut merged, node(over), &DOCUMENT, By::Administrator, "", &mut problems);
        to_json(&merged)
    }

    proptest! {
        /// It does not matter which of three layers are put together first.
        #[test]
        fn layers_are_put_together_in_any_grouping(a in documents(), b in documents(), c in documents()) {
            prop_assert_eq!(over(&over(&a, &b), &c), over(&a, &over(&b, &c)));
        }

        /// A layer laid over itself changes nothing, and an empty one neither.
        #[test]
        fn what_is_there_already_changes_nothing(a in documents()) {
            let merged = to_json(&node(&a));
            prop_assert_eq!(&over(&a, &a), &merged);
            prop_assert_eq!(&over(&a, &serde_json::json!({})), &merged);
        }
    }
}
