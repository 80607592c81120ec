//! The organisation as people manage it: who stands in for them; and as administrators do: passwords, leaving.

use chrono::NaiveDate;
use kapok_process::{Directory, state::Task};
use kapok_protocol::{Command, Entity, PersonId, Principal, RecordId, RecordRef, Refusal, RefusalKind, Value};
use kapok_records::{Fields, PERSON, STAND_IN};
use kapok_tables::{RecordList, TaskList};

use super::{Administrator, Staff};
use crate::{
    Error,
    organisation::today,
    views::Who,
    writer::{Step, entity},
};

/// Somebody acts for somebody else for some days.
#[derive(Debug, Clone)]
pub struct StandInView {
    /// The record.
    pub id: RecordId,
    /// Who acts.
    pub stand_in: Who,
    /// The first day, `YYYY-MM-DD`.
    pub from: String,
    /// The last day.
    pub until: String,
    /// The key of the only process it is for; all when absent.
    pub process: Option<String>,
    /// Whether it is over.
    pub ended: bool,
}

/// A stand-in as it is asked for.
#[derive(Debug, Clone)]
pub struct NewStandIn {
    /// Who acts.
    pub stand_in: PersonId,
    /// The first day, `YYYY-MM-DD`.
    pub from: String,
    /// The last day.
    pub until: String,
    /// The key of the only process it is for; all when absent.
    pub process: Option<String>,
}

/// What was handed over by somebody who left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct HandedOver {
    /// Open tasks.
    pub tasks: usize,
    /// Records.
    pub records: usize,
}

/// So many stand-ins of one person are looked at.
const STAND_INS: usize = 1_000;
/// Tasks or records handed over in one commit.
const CHUNK: usize = 200;

impl Staff {
    /// Who stands in for a person; everybody may ask it about themselves, administrators about anybody.
    pub fn stand_ins(&self, person: PersonId) -> Result<Vec<StandInView>, Error> {
        self.refuse_others(person)?;
        let view = self.view();
        let viewing = self.viewing(&view);
        let list = RecordList::OwnedBy(Entity::new(STAND_IN), Some(person));
        let today = today(viewing.now, self.kapok.shared.settings.utc_offset_minutes).to_string();
        let rows = viewing.queries.records(&list, None, STAND_INS)?.items.into_iter();
        let shown = rows.filter_map(|row| {
            let text = |field: &str| row.record.fields.get(field).and_then(Value::as_text).map(str::to_owned);
            let until = text("until")?;
            Some(StandInView {
                id: row.record.id,
                stand_in: viewing.who(text("stand_in")?.parse().ok()?),
                from: text("from")?,
                ended: until < today,
                until,
                process: text("process"),
            })
        });
        Ok(shown.collect())
    }

    /// Lets somebody act for a person who will be away.
    pub fn add_stand_in(&self, person: PersonId, new: NewStandIn) -> Result<RecordId, Error> {
        self.refuse_others(person)?;
        let organisation = self.kapok.shared.organisation();
        let refuse = |field: &str, zh: &str, en: &str| {
            Err(Error::from(
                Refusal::new(RefusalKind::Invalid, "stand-in.invalid", zh, en).at(field),
            ))
        };
        if !organisation.exists(person) {
            return Err(Error::not_found("人员", "person"));
        }
        if !organisation.exists(new.stand_in) || new.stand_in == person {
            let zh = "请选择另一位在职人员作为代理人。";
            return refuse("stand_in", zh, "Choose another active person to stand in.");
        }
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        match (day(&new.from), day(&new.until)) {
            (Some(from), Some(until)) if from <= until => {}
            _ => {
                let zh = "请填写开始和结束日期，结束不早于开始。";
                return refuse("until", zh, "Give the first and the last day, in this order.");
            }
        }
        if let Some(process) = &new.process
            && self.kapok.latest(process).is_err()
        {
            return refuse("process", "没有这个流程。", "There is no such process.");
        }
        let mut fields = Fields::from([
            ("person".to_owned(), person.to_string().into()),
            ("stand_in".to_owned(), new.stand_in.to_string().into()),
            ("from".to_owned(), new.from.into()),
            ("until".to_owned(), new.until.into()),
        ]);
        fields.extend(new.process.map(|process| ("process".to_owned(), process.into())));
        let actor = self.principal();
        self.submit(move |step| {
            let catalogue = step.shared.catalogue();
            let definition = entity(&catalogue, &Entity::new(STAND_IN))?;
            let id = step.next_id().into();
            step.store_new(actor, definition, id, Some(person), fields)?;
            Ok(id)
        })
    }

    /// Ends a stand-in.
    pub fn end_stand_in(&self, person: PersonId, id: RecordId) -> Result<(), Error> {
        self.refuse_others(person)?;
        let actor = self.principal();
        self.submit(move |step| {
            let entity_id = Entity::new(STAND_IN);
            let row = step.queries().record(&entity_id, id)?;
            if row.is_none_or(|row| row.record.owner != Some(person)) {
                return Err(Error::not_found("代理", "stand-in"));
            }
            let catalogue = step.shared.catalogue();
            step.delete_record(actor, entity(&catalogue, &entity_id)?, id)
        })
    }

    fn refuse_others(&self, person: PersonId) -> Result<(), Error> {
        if person == self.person || self.is_administrator() {
            Ok(())
        } else {
            Err(Error::forbidden(
                "只能查看和设置自己的代理人。",
                "Stand-ins are everybody's own business, and the administrators'.",
            ))
        }
    }
}

impl Administrator {
    /// Sets a person's password. Browsers in which the person is signed in are signed out.
    pub fn set_password_of(&self, person: PersonId, password: &str) -> Result<(), Error> {
        let organisation = self.kapok.shared.organisation();
        let member = organisation.member(person);
        let login = member.ok_or_else(|| Error::not_found("人员", "person"))?.login.clone();
        self.kapok.set_password(&login, password)
    }

    /// Lets a person leave: no sign-in any more, open tasks and records go to somebody else. Interrupted, it goes on when
    /// it is asked for again, or when the engine starts.
    pub fn leave(&self, person: PersonId, hand_over_to: PersonId) -> Result<HandedOver, Error> {
        let organisation = self.kapok.shared.organisation();
        if person == self.person {
            return Err(Error::forbidden(
                "不能给自己办理离职，请由另一位管理员办理。",
                "Nobody lets themselves leave; ask another administrator.",
            ));
        }
        if !organisation.is_known(person) {
            return Err(Error::not_found("人员", "person"));
        }
        if !organisation.exists(hand_over_to) || hand_over_to == person {
            let (zh, en) = (
                "请选择另一位在职人员接手工作。",
                "Choose another active person to take over.",
            );
            return Err(Refusal::new(RefusalKind::Invalid, "leave.successor", zh, en)
                .at("hand_over_to")
                .into());
        }
        let actor = self.principal();
        self.kapok
            .writer
            .submit(move |step| depart(step, actor, person, hand_over_to))
            .wait()?;
        self.kapok.hand_over(actor, person, hand_over_to)
    }
}

impl crate::Kapok {
    /// Hands over what is left of those who left.
    pub(crate) fn finish_departures(&self) -> Result<(), Error> {
        for (person, successor) in self.shared.organisation().departures() {
            self.hand_over(Principal::System, person, successor)?;
        }
        Ok(())
    }

    /// Hands over open tasks and records, some in each commit.
    pub(crate) fn hand_over(&self, actor: Principal, from: PersonId, to: PersonId) -> Result<HandedOver, Error> {
        let mut done = HandedOver::default();
        loop {
            let tasks = self.writer.submit(move |step| hand_over_tasks(step, from, to)).wait()?;
            done.tasks += tasks;
            if tasks == 0 {
                break;
            }
        }
        let entities: Vec<Entity> = self
            .shared
            .catalogue()
            .entities()
            .map(|entity| entity.id.clone())
            .collect();
        for entity_id in entities {
            let mut behind = None;
            loop {
                let entity_id = entity_id.clone();
                let work = move |step: &mut Step<'_>| hand_over_records(step, actor, &entity_id, from, to, behind);
                let (moved, next) = self.writer.submit(work).wait()?;
                done.records += moved;
                behind = next;
                if behind.is_none() {
                    break;
                }
            }
        }
        Ok(done)
    }
}

/// Marks a person as gone.
fn depart(step: &mut Step<'_>, actor: Principal, person: PersonId, to: PersonId) -> Result<(), Error> {
    let today = today(step.now, step.shared.settings.utc_offset_minutes).to_string();
    let reference = RecordRef {
        entity: Entity::new(PERSON),
        id: person.into(),
    };
    let row = step.queries().record(&reference.entity, reference.id)?;
    let fields = row.ok_or_else(|| Error::not_found("人员", "person"))?.record.fields;
    // Asked for again, the day stays.
    let left = fields.get("left").cloned().unwrap_or_else(|| today.into());
    let set = [
        ("active".to_owned(), false.into()),
        ("left".to_owned(), left),
        ("successor".to_owned(), to.to_string().into()),
    ];
    step.set_fields(actor, &reference, set)
}

/// Lets the successor take some of the open tasks; how many.
fn hand_over_tasks(step: &mut Step<'_>, from: PersonId, to: PersonId) -> Result<usize, Error> {
    let tasks: Vec<Task> = step.queries().tasks(&TaskList::Assigned(from), None, CHUNK)?.items;
    for task in &tasks {
        step.process(Principal::Person(to), &Command::Claim(task.id))?;
    }
    Ok(tasks.len())
}

/// Hands some records of an entity over: how many, and behind which one to go on. Who is responsible is no part of what an
/// approval locks.
fn hand_over_records(
    step: &mut Step<'_>,
    actor: Principal,
    entity_id: &Entity,
    from: PersonId,
    to: PersonId,
    behind: Option<RecordId>,
) -> Result<(usize, Option<RecordId>), Error> {
    // Who was away and who stood in is nobody else's.
    if entity_id.as_str() == STAND_IN {
        return Ok((0, None));
    }
    let catalogue = step.shared.catalogue();
    let definition = entity(&catalogue, entity_id)?;
    let list = RecordList::OwnedBy(entity_id.clone(), Some(from));
    let ids = step.queries().record_ids(&list, behind, CHUNK)?;
    for id in &ids {
        step.transfer_record(actor, definition, *id, to)?;
    }
    let next = if ids.len() == CHUNK { ids.last().copied() } else { None };
    Ok((ids.len(), next))
}
