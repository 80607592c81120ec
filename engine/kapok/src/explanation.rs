//! "View as this person": why somebody may do something with a record, in words.

use kapok_protocol::{PersonId, Record, RecordRef, Text};
use kapok_records::{Action, EntityDefinition, Level, Reason, Sharing};

use crate::{
    Error,
    handles::receiver_name,
    organisation::today,
    rights::receivers,
    seeing::Seeing,
    views::{Viewing, Who},
};

/// What a person may do with a record, and why.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The person.
    pub person: Who,
    /// What they may do, each with its reasons; what is not named they may not do.
    pub may: Vec<(Action, Vec<AccessReason>)>,
}

/// One reason.
#[derive(Debug, Clone)]
pub struct AccessReason {
    /// What kind of reason: `role`, `unowned`, `share`, `task`, `below`, `parent`, `grant`.
    pub kind: &'static str,
    /// The reason as a sentence.
    pub text: Text,
    /// For `parent`: that record, what it is called for whoever asks, and why it may be seen.
    pub parent: Option<(RecordRef, String, Vec<AccessReason>)>,
}

const ACTIONS: [Action; 6] = [
    Action::Read,
    Action::Update,
    Action::Delete,
    Action::Share,
    Action::Transfer,
    Action::Export,
];

/// So many shares of a record are looked at.
const SHARES: usize = 200;

struct Explaining<'e> {
    viewing: &'e Viewing<'e>,
    asking: &'e Seeing<'e>,
    person: PersonId,
}

/// Explains what a person may do with a record to somebody else, or to themselves.
pub(crate) fn explain(
    viewing: &Viewing<'_>,
    asking: &Seeing<'_>,
    asked: &Seeing<'_>,
    person: PersonId,
    definition: &EntityDefinition,
    record: &Record,
) -> Result<Explanation, Error> {
    let explaining = Explaining {
        viewing,
        asking,
        person,
    };
    let mut may = Vec::new();
    for action in ACTIONS {
        let reasons = asked.rights().explain(action, definition, record);
        if !reasons.is_empty() {
            may.push((action, explaining.reasons(&definition.id.clone(), record, &reasons)?));
        }
    }
    Ok(Explanation {
        person: viewing.who(person),
        may,
    })
}

impl Explaining<'_> {
    fn reasons(
        &self,
        entity: &kapok_protocol::Entity,
        record: &Record,
        reasons: &[Reason],
    ) -> Result<Vec<AccessReason>, Error> {
        let mut found = Vec::new();
        for reason in reasons {
            let plain = |kind, text| AccessReason {
                kind,
                text,
                parent: None,
            };
            match reason {
                Reason::Role { role, level } => found.push(plain("role", self.by_role(role, *level, record))),
                Reason::Unowned { role } => found.push(plain("unowned", self.unowned(role))),
                Reason::Granted(level) => found.push(plain("grant", by_grant(*level))),
                Reason::Shared(Sharing::Task) => found.push(plain(
                    "task",
                    Text::new("有一个关于这条记录的待办。", "There is an open task about this record."),
                )),
                Reason::Shared(Sharing::TaskBelow) => found.push(plain(
                    "task",
                    Text::new(
                        "有一个关于其下级记录的待办。",
                        "There is an open task about a record below this one.",
                    ),
                )),
                Reason::Shared(Sharing::Below) => found.push(plain(
                    "below",
                    Text::new(
                        "负责其下的一条记录，或有其下的记录共享给本人。",
                        "They are responsible for a record below this one, or one is shared with them.",
                    ),
                )),
                Reason::Shared(Sharing::Read | Sharing::Update) => found.extend(self.by_shares(entity, record)?),
                Reason::Parent { parent, reasons, .. } => found.push(self.by_parent(parent, reasons)?),
            }
        }
        // A record may be shared in several ways with one person, all of which are told at once.
        found.dedup_by(|a, b| a.text == b.text);
        Ok(found)
    }

    fn by_role(&self, role: &str, level: Level, record: &Record) -> Text {
        let organisation = &self.viewing.organisation;
        let role = organisation.role_name(role);
        let owner = record.owner.map(|owner| organisation.name_of(owner));
        let (zh, en) = match (level, owner) {
            (Level::All, _) => ("可处理全部记录".to_owned(), "reaches all records".to_owned()),
            (_, Some(owner)) if record.owner == Some(self.person) => {
                (format!("{owner}是负责人"), format!("{owner} is responsible for it"))
            }
            (Level::Subordinates, Some(owner)) => {
                let line = self.line_from(record.owner);
                (
                    format!("负责人{owner}是其下属（汇报线：{line}）"),
                    format!("{owner}, who is responsible for it, is below them ({line})"),
                )
            }
            (_, Some(owner)) => (
                format!("负责人{owner}在其部门范围内"),
                format!("{owner}, who is responsible for it, is in their departments or below them"),
            ),
            (_, None) => ("在其范围内".to_owned(), "it is within its reach".to_owned()),
        };
        Text::new(format!("角色“{role}”：{zh}。"), format!("Role “{role}”: {en}."))
    }

    fn unowned(&self, role: &str) -> Text {
        let role = self.viewing.organisation.role_name(role);
        Text::new(
            format!("角色“{role}”：无人负责，可以找到它并看到基本信息。"),
            format!(
                "Role “{role}”: nobody is responsible for it, so it can be found, with what is shown of such records."
            ),
        )
    }

    /// From the owner up to the person.
    fn line_from(&self, owner: Option<PersonId>) -> String {
        let organisation = &self.viewing.organisation;
        let Some(owner) = owner else { return String::new() };
        let mut names = vec![organisation.name_of(owner)];
        for superior in organisation.superiors(owner) {
            names.push(organisation.name_of(superior));
            if superior == self.person {
                break;
            }
        }
        names.join(" → ")
    }

    fn by_shares(&self, entity: &kapok_protocol::Entity, record: &Record) -> Result<Vec<AccessReason>, Error> {
        let organisation = &self.viewing.organisation;
        let receivers = receivers(organisation, self.person);
        let today = today(self.viewing.now, self.viewing.shared.settings.utc_offset_minutes).to_string();
        let shares = self.viewing.queries.shares_of(entity, record.id, SHARES)?.into_iter();
        let holding = shares.filter(|share| share.holds_on(&today) && receivers.contains(&share.to));
        let told = holding.map(|share| {
            let to = receiver_name(organisation, &share.to);
            let (by_zh, by_en) = match share.actor.person() {
                Some(person) => {
                    let name = organisation.name_of(person);
                    (name.clone(), name)
                }
                None => ("系统".to_owned(), "the system".to_owned()),
            };
            let (until_zh, until_en) = match &share.until {
                Some(day) => (format!("，到 {day} 为止"), format!(", until {day}")),
                None => Default::default(),
            };
            AccessReason {
                kind: "share",
                text: Text::new(
                    format!("{by_zh}把它共享给了{to}{until_zh}。"),
                    format!("{by_en} shared it with {to}{until_en}."),
                ),
                parent: None,
            }
        });
        Ok(told.collect())
    }

    fn by_parent(&self, parent: &RecordRef, reasons: &[Reason]) -> Result<AccessReason, Error> {
        let title = self.asking.title(parent)?.unwrap_or_default();
        let row = self.viewing.queries.record(&parent.entity, parent.id)?;
        let reasons = match &row {
            Some(row) => self.reasons(&parent.entity, &row.record, reasons)?,
            None => Vec::new(),
        };
        Ok(AccessReason {
            kind: "parent",
            text: Text::new(
                format!("可以查看上级记录“{title}”，因此也能查看它。"),
                format!("They may see “{title}”, which it belongs to."),
            ),
            parent: Some((parent.clone(), title, reasons)),
        })
    }
}

fn by_grant(level: Level) -> Text {
    let (zh, en) = match level {
        Level::All => ("全部", "all"),
        _ => ("部分", "some"),
    };
    Text::new(
        format!("发布流程时授予了{zh}记录的权限。"),
        format!("It was granted {en} records when the process was published."),
    )
}
