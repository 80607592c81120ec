//! Sharing records with others, and why somebody sees a record.

use chrono::NaiveDate;
use kapok_process::{Directory, state::Candidate};
use kapok_protocol::{Entity, PersonId, Principal, RecordRef, Refusal, RefusalKind, ShareId, Timestamp};
use kapok_records::{Action, Level, Rights};
use kapok_tables::{HistoryEntry, Receiver, RecordChange, Share, ShareLevel};

use super::Staff;
use crate::{
    Error,
    explanation::{Explanation, explain},
    hints::{Audience, HintKind},
    organisation::{Organisation, today},
    seeing::Seeing,
    views::Who,
    writer::{Step, entity},
};

/// A share as a person asks for it.
#[derive(Debug, Clone)]
pub struct NewShare {
    /// With whom.
    pub to: Receiver,
    /// What they may do.
    pub level: ShareLevel,
    /// The last day on which it holds, `YYYY-MM-DD`.
    pub until: Option<String>,
    /// Why.
    pub reason: String,
}

/// A share as people see it.
#[derive(Debug, Clone)]
pub struct ShareView {
    /// Its id.
    pub id: ShareId,
    /// With whom.
    pub to: Receiver,
    /// What those are called.
    pub name: String,
    /// What they may do.
    pub level: ShareLevel,
    /// The last day on which it holds.
    pub until: Option<String>,
    /// Whether it holds no longer.
    pub ended: bool,
    /// Who shared it, when a person did.
    pub by: Option<Who>,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// So many shares one record may have.
const SHARES: usize = 200;
/// The longest reason, in characters.
const REASON: usize = 500;

impl Staff {
    /// With whom a record is shared, for those who may see it.
    pub fn shares(&self, reference: &RecordRef) -> Result<Vec<ShareView>, Error> {
        self.allow(Action::Read, reference)?;
        let view = self.view();
        let viewing = self.viewing(&view);
        let shares = viewing.queries.shares_of(&reference.entity, reference.id, SHARES)?;
        let today = self.today();
        let shown = shares.into_iter().map(|share| ShareView {
            name: receiver_name(&viewing.organisation, &share.to),
            ended: !share.holds_on(&today),
            by: share.actor.person().map(|person| viewing.who(person)),
            id: share.id,
            to: share.to,
            level: share.level,
            until: share.until,
            at: share.at,
            reason: share.reason,
        });
        Ok(shown.collect())
    }

    /// Shares a record.
    pub fn share(&self, reference: &RecordRef, new: NewShare) -> Result<ShareId, Error> {
        let record = self.allow(Action::Share, reference)?;
        // Nobody gives what they do not have.
        if new.level == ShareLevel::Update {
            self.allow(Action::Update, reference)?;
        }
        self.check_share(&reference.entity, record.owner, &new)?;
        let (actor, reference) = (self.principal(), reference.clone());
        self.submit(move |step| {
            let known = step.queries().shares_of(&reference.entity, reference.id, SHARES)?;
            if known.len() == SHARES {
                return Err(Refusal::new(
                    RefusalKind::Limit,
                    "share.too-many",
                    format!("一条记录最多共享 {SHARES} 次。请改为共享给部门或角色，或先取消一些。"),
                    format!("A record has at most {SHARES} shares. Share it with a department or role, or end some."),
                )
                .into());
            }
            // The same receiver has one share: the new one stands for the old.
            for old in known.iter().filter(|old| old.to == new.to) {
                step.tx.delete_share(old.id)?;
            }
            let id = ShareId::from(step.next_id());
            let share = Share {
                id,
                entity: reference.entity.clone(),
                record: reference.id,
                to: new.to.clone(),
                level: new.level,
                until: new.until,
                actor,
                at: step.now,
                reason: new.reason,
                while_open: false,
            };
            step.tx.put_share(&share)?;
            let change = RecordChange::Shared {
                to: new.to.clone(),
                level: new.level,
            };
            note(step, actor, &reference, change)?;
            tell(step, &reference, &new.to);
            Ok(id)
        })
    }

    /// Ends a share of a record.
    pub fn end_share(&self, reference: &RecordRef, id: ShareId) -> Result<(), Error> {
        self.allow(Action::Share, reference)?;
        let (actor, reference) = (self.principal(), reference.clone());
        self.submit(move |step| {
            let share = step.queries().share(id)?.filter(|share| share.reference() == reference);
            let share = share.ok_or_else(|| Error::not_found("共享", "share"))?;
            step.tx.delete_share(id)?;
            note(step, actor, &reference, RecordChange::Unshared(share.to.clone()))?;
            tell(step, &reference, &share.to);
            Ok(())
        })
    }

    /// What the person may do with a record, and why. The administrators' way to ask it about somebody else is
    /// [`Administrator::access_of`](super::Administrator::access_of).
    pub fn access(&self, reference: &RecordRef) -> Result<Explanation, Error> {
        self.allow(Action::Read, reference)?;
        self.explanation(reference, self.person)
    }

    pub(super) fn explanation(&self, reference: &RecordRef, person: PersonId) -> Result<Explanation, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let definition = entity(&viewing.catalogue, &reference.entity)?;
        let row = viewing.queries.record(&reference.entity, reference.id)?;
        let record = row.ok_or_else(|| Error::not_found("记录", "record"))?.record;
        if !viewing.organisation.exists(person) {
            return Err(Error::not_found("人员", "person"));
        }
        // Titles are shown to whoever asks, not to whom is asked about.
        let (asking, asked) = (self.seeing(&viewing)?, Seeing::by_person(&viewing, person)?);
        explain(&viewing, &asking, &asked, person, definition, &record)
    }

    pub(super) fn today(&self) -> String {
        let shared = &self.kapok.shared;
        today(shared.clock.now(), shared.settings.utc_offset_minutes).to_string()
    }

    fn check_share(&self, entity_id: &Entity, owner: Option<PersonId>, new: &NewShare) -> Result<(), Error> {
        let (organisation, catalogue) = (self.kapok.shared.organisation(), self.kapok.shared.catalogue());
        let refuse = |code: &str, field: &str, zh: &str, en: &str| {
            Err(Error::from(Refusal::new(RefusalKind::Invalid, code, zh, en).at(field)))
        };
        let exists = match &new.to {
            Receiver::Person(person) => organisation.exists(*person),
            Receiver::Department(department) => organisation.department_name(*department).is_some(),
            Receiver::Role(code) => organisation.has_role(code) || code == kapok_records::EVERYONE,
        };
        if !exists {
            let (zh, en) = (
                "共享对象不存在或已停用。",
                "There is no such active person, department or role.",
            );
            return refuse("share.receiver", "to", zh, en);
        }
        if new.reason.chars().count() > REASON {
            return refuse("share.reason", "reason", "共享原因太长。", "The reason is too long.");
        }
        if let Some(until) = &new.until {
            let is_date = NaiveDate::parse_from_str(until, "%Y-%m-%d").is_ok_and(|date| date.to_string() == *until);
            if !is_date || *until < self.today() {
                let (zh, en) = ("截止日期应为今天或以后的日期。", "A share ends today or later.");
                return refuse("share.until", "until", zh, en);
            }
        }
        if let Receiver::Person(person) = new.to {
            if owner == Some(person) {
                let (zh, en) = (
                    "该人员就是负责人，无需共享。",
                    "That person is responsible for the record already.",
                );
                return refuse("share.owner", "to", zh, en);
            }
            let definition = entity(&catalogue, entity_id)?;
            let level = organisation
                .viewer(person)
                .map(|viewer| Rights::new(&viewer, &catalogue, &()).level(Action::Read, definition));
            if level.unwrap_or_default() < Level::Shared {
                let zh = "按该人员的角色，这种记录不能共享给他。请先在角色权限中给“共享”级别。";
                let en = "By their roles, such records cannot be shared with this person. Give a role the level “shared” first.";
                return refuse("share.without-effect", "to", zh, en);
            }
        }
        Ok(())
    }
}

/// What a receiver is called.
pub(crate) fn receiver_name(organisation: &Organisation, receiver: &Receiver) -> String {
    match receiver {
        Receiver::Person(person) => organisation.name_of(*person),
        Receiver::Department(department) => organisation
            .department_name(*department)
            .unwrap_or_else(|| department.to_string()),
        Receiver::Role(code) => organisation.role_name(code),
    }
}

pub(super) fn note(
    step: &mut Step<'_>,
    actor: Principal,
    reference: &RecordRef,
    change: RecordChange,
) -> Result<(), Error> {
    let sequence = step.next_id().get();
    Ok(step.tx.put_record_history(&HistoryEntry {
        entity: reference.entity.clone(),
        record: reference.id,
        sequence,
        at: step.now,
        actor,
        before: Default::default(),
        after: Default::default(),
        change: Some(change),
        plugins: Vec::new(),
        instance: None,
    })?)
}

/// Tells those whom a share is about that something changed for them.
fn tell(step: &mut Step<'_>, reference: &RecordRef, to: &Receiver) {
    let audience = match to {
        Receiver::Person(person) => Audience::Person(*person),
        Receiver::Role(code) => Audience::Group(Candidate::Role(code.clone())),
        Receiver::Department(id) => match step.shared.organisation().department_code(*id) {
            Some(code) => Audience::Group(Candidate::Department(code)),
            None => return,
        },
    };
    step.hint(HintKind::Record, reference.id.get(), audience);
}
