//! Records, people and departments by what they are called.

use kapok_protocol::{RecordId, Text, Value};

use super::{Cells, Found, SEPARATORS};
use crate::definition::FieldKind;

impl Cells<'_> {
    /// What a name means; `#` and an id is the record with that id.
    pub(super) fn pointed(&self, kind: &FieldKind, text: &str) -> Result<Value, Text> {
        match self.names.find(kind, text) {
            Found::One(id) => return Ok(id.to_string().into()),
            Found::Several => {
                return Err(match kind {
                    FieldKind::Person { .. } => Text::new(
                        format!("有多个人叫“{text}”，请改写登录名。"),
                        format!("More than one person is called “{text}”; write the sign-in name."),
                    ),
                    _ => Text::new(
                        format!("有多条记录叫“{text}”，请改写编号等唯一的内容。"),
                        format!("More than one record is called “{text}”; write something that only one has."),
                    ),
                });
            }
            Found::Nothing => {}
        }
        let by_id = text.strip_prefix('#').and_then(|id| id.parse::<RecordId>().ok());
        match by_id.filter(|id| self.names.is_there(kind, *id)) {
            Some(id) => Ok(id.to_string().into()),
            None => Err(Text::new(
                format!("找不到“{text}”。请先建立，或改正这一格。"),
                format!("There is no “{text}”. Make it first, or mend this cell."),
            )),
        }
    }

    /// What something is called; by its id where a name would be read as several.
    pub(super) fn write_pointed(&self, kind: &FieldKind, value: &Value, in_list: bool) -> String {
        let Some(text) = value.as_text() else {
            return value.to_string();
        };
        let Ok(id) = text.parse::<RecordId>() else {
            return text.to_owned();
        };
        let name = self.names.name(kind, id);
        let name = name.filter(|name| !(name.trim().is_empty() || in_list && name.contains(SEPARATORS)));
        name.unwrap_or_else(|| format!("#{id}"))
    }
}
