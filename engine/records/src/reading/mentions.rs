//! Fields that are named by something else.

use kapok_protocol::{Filter, Value};

use super::{Reader, SYSTEM_FIELDS};
use crate::{
    definition::{Field, FieldKind},
    document::Part,
};

/// The fields of an entity.
pub(crate) struct Names<'f> {
    pub(crate) entity: &'f str,
    pub(crate) fields: &'f [Field],
    pub(crate) disabled: &'f [Field],
}

impl Names<'_> {
    pub(crate) fn is_system(name: &str) -> bool {
        SYSTEM_FIELDS.contains(&name)
    }

    pub(crate) fn is_disabled(&self, name: &str) -> bool {
        self.disabled.iter().any(|field| field.id == name)
    }

    fn find(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == name)
    }
}

impl Reader<'_> {
    /// Whether there is such a field, in use, and it fits. One that is out of use is passed over in silence: whoever
    /// disables it need not look for all that names it.
    pub(crate) fn field_named(
        &mut self,
        part: &Part<'_>,
        name: &str,
        names: &Names<'_>,
        zh: &str,
        en: &str,
        fits: impl Fn(&Field) -> bool,
    ) -> bool {
        match names.find(name) {
            Some(field) if fits(field) => true,
            Some(field) => {
                let kind = field.kind.name();
                self.problem(
                    part,
                    format!("“{name}”的类型是 {kind}，不能用作{zh}。"),
                    format!("“{name}” is of type {kind}, which cannot be {en}."),
                );
                false
            }
            None => {
                if !names.is_disabled(name) {
                    self.no_such_field(part, name, names.entity);
                }
                false
            }
        }
    }

    pub(crate) fn no_such_field(&mut self, part: &Part<'_>, name: &str, entity: &str) {
        self.problem(
            part,
            format!("实体“{entity}”没有字段“{name}”。"),
            format!("the entity “{entity}” has no field “{name}”."),
        );
    }

    /// Checks that a condition only asks for what there is.
    pub(crate) fn filter_fields(&mut self, part: &Part<'_>, filter: &Filter, names: &Names<'_>) {
        let mut paths = Vec::new();
        mentioned(filter, &mut paths);
        for path in paths {
            let (name, rest) = path
                .split_once('.')
                .map_or((path, None), |(name, rest)| (name, Some(rest)));
            let known = match names.find(name) {
                Some(field) => match (&field.kind, rest) {
                    (FieldKind::Lines { .. }, _) => false,
                    (_, None) => true,
                    (FieldKind::Address { .. }, Some(part)) => ["region", "detail", "postcode"].contains(&part),
                    (_, Some(_)) => false,
                },
                None => (rest.is_none() && Names::is_system(name)) || names.is_disabled(name),
            };
            if !known {
                self.no_such_field(part, path, names.entity);
            }
        }
    }
}

/// The paths a condition asks for.
fn mentioned<'f>(filter: &'f Filter, paths: &mut Vec<&'f str>) {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|part| mentioned(part, paths)),
        Filter::Not(part) => mentioned(part, paths),
        Filter::Test(test) => paths.push(&test.field),
    }
}

/// Whether a condition compares with something that depends on who asks and when.
pub(crate) fn has_words(filter: &Filter) -> bool {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().any(has_words),
        Filter::Not(part) => has_words(part),
        Filter::Test(test) => {
            matches!(&test.value, Value::Text(text) if text.starts_with('$') && !text.starts_with("$$"))
        }
    }
}
