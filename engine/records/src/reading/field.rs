use kapok_protocol::Value;

use super::{Reader, is_reserved};
use crate::{
    definition::{Field, FieldKind, Section},
    document::{Part, field_keys},
    validate::is_possible_default,
};

impl Reader<'_> {
    /// The fields at a key, in order: those in use, and the others.
    pub(super) fn fields(
        &mut self,
        part: &Part<'_>,
        key: &str,
        sections: &[Section],
        in_row: bool,
    ) -> (Vec<Field>, Vec<Field>) {
        let (mut used, mut disabled) = (Vec::new(), Vec::new());
        for (id, part) in part.in_order(key) {
            if let Some(field) = self.field(id, &part, sections, in_row) {
                if part.flag("disabled") {
                    disabled.push(field);
                } else {
                    used.push(field);
                }
            }
        }
        (used, disabled)
    }

    fn field(&mut self, id: &str, part: &Part<'_>, sections: &[Section], in_row: bool) -> Option<Field> {
        if is_reserved(id) {
            self.problem(
                part,
                format!("字段名“{id}”是系统保留名，请换一个。"),
                format!("a field cannot be named “{id}”: that is one of the system's names."),
            );
        }
        if let Some(section) = part.get("section")
            && let Some(name) = section.node.as_text()
            && !sections.iter().any(|known| known.id == name)
        {
            self.problem(
                &section,
                format!("表单没有名为“{name}”的部分。"),
                format!("the form has no section “{name}”."),
            );
        }
        let kind = self.kind(part, in_row)?;
        for key in field_keys() {
            if let Some(found) = part.get(key.name)
                && !key.types.is_empty()
                && !key.types.contains(&kind.name())
            {
                let (name, kind) = (key.name, kind.name());
                self.problem(
                    &found,
                    format!("类型 {kind} 没有“{name}”。"),
                    format!("a {kind} has no “{name}”."),
                );
            }
        }
        let default = self.default(part, &kind, in_row);
        let is_number = matches!(kind, FieldKind::AutoNumber { .. });
        if part.flag("unique") && (in_row || !kind.is_key()) {
            let kind = kind.name();
            self.problem(
                part,
                format!("类型 {kind} 的字段不能要求唯一。"),
                format!("a {kind} cannot be unique here."),
            );
        }
        Some(Field {
            id: id.to_owned(),
            label: part.label(),
            help: part.words("help"),
            required: part.flag("required"),
            read_only: part.flag("read_only") || kind.is_computed(),
            unique: part.flag("unique") || (is_number && !in_row),
            private: part.flag("private"),
            default,
            section: part.string("section"),
            kind,
        })
    }

    fn default(&mut self, part: &Part<'_>, kind: &FieldKind, in_row: bool) -> Option<Value> {
        let found = part.get("default")?;
        let value = found.node.to_value();
        // Without its dictionary nothing can be said of a choice.
        let is_known = self.dictionaries.is_some() || kind.dictionary().is_none();
        if is_known && (kind.is_computed() || !is_possible_default(kind, &value, in_row)) {
            self.problem(
                &found,
                format!("默认值不能是 {value}。"),
                format!("the field cannot begin as {value}."),
            );
        }
        Some(value)
    }
}
