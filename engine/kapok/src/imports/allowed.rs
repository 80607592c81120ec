//! What whoever imports may do with a row.

use kapok_process::Directory;
use kapok_protocol::{PersonId, Record, Text};
use kapok_records::{
    Access, FieldAccess, Fields, Owners,
    sheet::{Found, OWNER},
};

use super::rows::{Examiner, Reason};
use crate::Error;

impl Examiner<'_> {
    /// Who is to be responsible for a new record.
    pub(super) fn owner_of(
        &self,
        cells: &[String],
        is_change: bool,
    ) -> Result<Result<Option<PersonId>, Reason>, Error> {
        if is_change {
            return Ok(Ok(None));
        }
        let text = self.owner.and_then(|index| cells.get(index)).map(|text| text.trim());
        let owner = match text.filter(|text| !text.is_empty()) {
            None => self.options.owner,
            Some(text) => match self.names.person(text)? {
                Found::One(id) => Some(id.into()),
                Found::Several => {
                    return Ok(Err((
                        Some(OWNER.to_owned()),
                        Text::new(
                            format!("负责人：有多个人叫“{text}”，请改写登录名。"),
                            format!("Owner: more than one person is called “{text}”; write the sign-in name."),
                        ),
                    )));
                }
                Found::Nothing => {
                    return Ok(Err((
                        Some(OWNER.to_owned()),
                        Text::new(
                            format!("负责人：找不到“{text}”。"),
                            format!("Owner: there is no “{text}”."),
                        ),
                    )));
                }
            },
        };
        Ok(match owner {
            Some(owner) if !self.viewing.organisation.exists(owner) => Err((
                Some(OWNER.to_owned()),
                Text::new(
                    "负责人不存在或已停用，请另选一位。",
                    "There is no such active person; choose another one.",
                ),
            )),
            Some(owner) if owner != self.person && !self.is_within(owner) => Err((
                Some(OWNER.to_owned()),
                Text::new("您不能为这个人新建记录。", "You may not make records for this person."),
            )),
            owner => Ok(owner),
        })
    }

    fn is_within(&self, owner: PersonId) -> bool {
        match &self.owners {
            Owners::All => true,
            Owners::These(people) => people.contains(&owner),
            Owners::None | Owners::Nobody => false,
        }
    }

    /// Why the person may not do this.
    pub(super) fn refused(&self, before: Option<&Record>, fields: &Fields) -> Vec<Reason> {
        let access = match before {
            None if !self.create.is_granted() => {
                let text = Text::new("您没有权限新建这种记录。", "You may not make such records.");
                return vec![(None, text)];
            }
            None => self.create.clone(),
            Some(before) => match self.update.decide(before) {
                Access::Denied => {
                    let text = Text::new("您没有权限修改这条记录。", "You may not change this record.");
                    return vec![(None, text)];
                }
                granted => granted,
            },
        };
        let unchanged = |name: &String| before.is_some_and(|before| before.fields.get(name) == fields.get(name));
        let refused = fields.keys().filter(|name| match access.of(name) {
            FieldAccess::Edit => false,
            FieldAccess::Read => !unchanged(name),
            FieldAccess::Hidden | FieldAccess::Masked => true,
        });
        let reason = |name: &String| {
            let label = self
                .definition
                .field(name)
                .map(|field| field.label.clone())
                .unwrap_or_default();
            let text = Text::new(
                format!("您没有权限修改“{}”。", label.zh),
                format!("You may not change “{}”.", label.en),
            );
            (Some(name.clone()), text)
        };
        refused.map(reason).collect()
    }
}
