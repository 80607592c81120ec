//! The whole engine on a disk that loses power: whatever was answered is there, whatever was asked twice was done once,
//! and nothing leaves before the disk knows of it.
//!
//! A run is told by its seed. `KAPOK_POWER_POINTS` says how many there are, `KAPOK_POWER_SEED` repeats one.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};

use kapok::{
    Administrator, CaseFilter, ChannelFailure, Clock, Error, Health, Kapok, MailSettings, ManualClock, Outgoing,
    Receipt, RecordSave, Staff, TaskCompletion,
    notify::Transport,
    process::state::InstanceState,
    protocol::{
        Delivery, Entity, InstanceId, JobOutcome, Message, OutboxId, PersonId, RecordRef, TaskId, Text, Timestamp,
    },
    records::PERSON,
    store::{Options, Store, StoreError},
};
use kapok_sim::{
    Chance,
    disk::{SimDisk, Survival},
};
use kapok_tables::Queries;

use crate::support::{fields, no_variables};

const QUICK: u64 = 120;

/// A job, an SMS, a mail, something for a person to do, and another SMS.
const ORDER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kapok="urn:kapok:bpmn:1"
    id="definitions" targetNamespace="urn:test">
  <bpmn:process id="order" name="order" isExecutable="true">
    <bpmn:startEvent id="start"/>
    <bpmn:serviceTask id="work"><bpmn:extensionElements><kapok:handler name="test.work"/></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:serviceTask id="sms"><bpmn:extensionElements><kapok:message channel="sms" template="order">
      <kapok:to><kapok:person login="boss"/></kapok:to><kapok:text>请办理。</kapok:text></kapok:message></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:serviceTask id="mail"><bpmn:extensionElements><kapok:message channel="mail" title="请办理">
      <kapok:to><kapok:person login="boss"/></kapok:to><kapok:text>请办理。</kapok:text></kapok:message></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:userTask id="sign" name="办理"><bpmn:extensionElements><kapok:assignees><kapok:person login="boss"/></kapok:assignees></bpmn:extensionElements></bpmn:userTask>
    <bpmn:serviceTask id="done"><bpmn:extensionElements><kapok:message channel="sms" template="done">
      <kapok:to><kapok:person login="boss"/></kapok:to><kapok:text>已办理。</kapok:text></kapok:message></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:endEvent id="end"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="work"/>
    <bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="sms"/>
    <bpmn:sequenceFlow id="f3" sourceRef="sms" targetRef="mail"/>
    <bpmn:sequenceFlow id="f4" sourceRef="mail" targetRef="sign"/>
    <bpmn:sequenceFlow id="f5" sourceRef="sign" targetRef="done"/>
    <bpmn:sequenceFlow id="f6" sourceRef="done" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>"#;

fn number_from(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable}={text} is no number")),
    )
}

#[test]
fn a_power_cut_loses_no_answer_and_repeats_no_sms() {
    let seeds = match number_from("KAPOK_POWER_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number_from("KAPOK_POWER_POINTS").unwrap_or(QUICK),
    };
    let mails = tempfile::tempdir().expect("a folder");
    let company = Company::new(mails.path());
    let mut tally = Tally::default();
    for seed in seeds.clone() {
        let _told = Seed(seed);
        Run::new(seed, &company).play(&mut tally);
    }
    println!("{tally:?}");
    if seeds.end - seeds.start >= QUICK {
        // What never happens proves nothing.
        let all = [
            tally.cuts,
            tally.in_doubt,
            tally.repeated,
            tally.sent,
            tally.retried,
            tally.unknown,
        ];
        assert!(all.iter().all(|&count| count > 20), "{tally:?}");
    }
}

/// Tells how to see a failure again.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("to see this again: KAPOK_POWER_SEED={}", self.0);
        }
    }
}

/// How often what happened, in all runs.
#[derive(Debug, Default)]
struct Tally {
    cuts: u32,
    /// Commands that got no answer, and those that were asked for again after they had got one.
    in_doubt: u32,
    repeated: u32,
    /// What became of SMS: sent at once, sent after a failure, or nobody knows.
    sent: u32,
    retried: u32,
    unknown: u32,
}

/// What every run begins with.
struct Company {
    disk: SimDisk,
    boss: PersonId,
    outgoing: Outgoing,
    start: Timestamp,
}

impl Company {
    fn new(mails: &Path) -> Self {
        let mut company = Self {
            disk: SimDisk::default(),
            boss: PersonId::new(1).expect("not zero"),
            outgoing: Outgoing {
                mail: Some(MailSettings {
                    transport: Transport::Folder(mails.to_owned()),
                    from: "Kapok <kapok@example.com>".to_owned(),
                    host: "example.com".to_owned(),
                }),
                ..Outgoing::default()
            },
            start: Timestamp::from_millis(1_795_420_800_000),
        };
        let clock = Arc::new(ManualClock::new(company.start));
        let kapok = open(&company, &company.disk, &clock, &Arc::default()).expect("opens");
        company.boss = kapok
            .add_person("boss", "陈国栋", &["administrator".to_owned()])
            .expect("a person");
        let fields = fields([("email", "boss@example.com".into()), ("phone", "13800000000".into())]);
        let person = RecordRef {
            entity: Entity::new(PERSON),
            id: company.boss.into(),
        };
        let contact = RecordSave::change(person, 1, fields);
        kapok
            .staff(company.boss)
            .and_then(|boss| boss.save(contact))
            .expect("saves");
        kapok.deploy(ORDER).unwrap_or_else(|error| panic!("{error}"));
        company
    }
}

fn open_store(disk: &SimDisk) -> Result<Store, StoreError> {
    let options = Options {
        reserve_bytes: 0,
        segment_bytes: 4_000,
        ..Options::default()
    };
    Store::open_with(disk.clone(), options)
}

fn open(
    company: &Company,
    disk: &SimDisk,
    clock: &Arc<ManualClock>,
    outside: &Arc<Mutex<Outside>>,
) -> Result<Kapok, Error> {
    let (outside, lost) = (outside.clone(), disk.clone());
    Kapok::builder()
        .clock(clock.clone())
        .outgoing(company.outgoing.clone())
        .handler("test.work", |_| JobOutcome::Completed(Default::default()))
        .channel("sms", move |message| lock(&outside).take(&message.key, &lost))
        .open_store(open_store(disk)?)
}

fn lock(outside: &Mutex<Outside>) -> MutexGuard<'_, Outside> {
    outside.lock().expect("no panic while locked")
}

/// The world outside, which a power cut does not change.
struct Outside {
    chance: Chance,
    /// What became of each attempt of each SMS.
    attempts: BTreeMap<String, Vec<Attempt>>,
    /// What must never happen.
    wrong: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Sent,
    NotTaken,
    Unknown,
}

impl Default for Outside {
    fn default() -> Self {
        Self {
            chance: Chance::new(0),
            attempts: BTreeMap::new(),
            wrong: Vec::new(),
        }
    }
}

impl Outside {
    /// An SMS arrives at the gateway.
    fn take(&mut self, key: &str, disk: &SimDisk) -> Result<Receipt, ChannelFailure> {
        if self.chance.once_in(5) && !is_leased(key, disk) {
            self.wrong
                .push(format!("SMS {key} left before its lease was on the disk"));
        }
        let attempts = self.attempts.entry(key.to_owned()).or_default();
        if attempts.iter().any(|attempt| *attempt != Attempt::NotTaken) {
            self.wrong.push(format!("SMS {key} was sent again after {attempts:?}"));
        }
        let text = Text::new("网关", "the gateway");
        match self.chance.below(8) {
            0 | 1 => {
                attempts.push(Attempt::NotTaken);
                Err(ChannelFailure::Retry(text))
            }
            2 => {
                attempts.push(Attempt::Unknown);
                Err(ChannelFailure::Unknown(text))
            }
            _ => {
                attempts.push(Attempt::Sent);
                Ok(Receipt { id: key.to_owned() })
            }
        }
    }
}

/// Whether a message would be known to have left if the power went just now.
fn is_leased(key: &str, disk: &SimDisk) -> bool {
    let store = open_store(&disk.restarted(Survival::Lost)).expect("opens");
    let id: OutboxId = key.parse().expect("an id");
    let row = Queries(&store.view()).outbox_row(id).expect("readable");
    row.is_some_and(|row| matches!(row.delivery, Delivery::Leased { .. }))
}

/// What a client asked for, under a key of its own.
struct Asked {
    key: String,
    what: What,
    /// The case that was started or finished, once it was answered.
    answer: Option<InstanceId>,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Start,
    Complete(TaskId, InstanceId),
}

struct Run<'a> {
    company: &'a Company,
    chance: Chance,
    disk: SimDisk,
    clock: Arc<ManualClock>,
    outside: Arc<Mutex<Outside>>,
    asked: Vec<Asked>,
}

impl<'a> Run<'a> {
    fn new(seed: u64, company: &'a Company) -> Self {
        let outside = Outside {
            chance: Chance::new(!seed),
            ..Outside::default()
        };
        Self {
            company,
            chance: Chance::new(seed),
            disk: company.disk.copy(),
            clock: Arc::new(ManualClock::new(company.start)),
            outside: Arc::new(Mutex::new(outside)),
            asked: Vec::new(),
        }
    }

    fn play(mut self, tally: &mut Tally) {
        for _ in 0..3 {
            let calls = self.chance.below(60);
            if self.chance.once_in(6) {
                self.disk.fail_in(calls);
            } else {
                self.disk.cut_power_in(calls);
            }
            // A start may fail because the disk does.
            if let Ok(kapok) = self.open()
                && self.check(&kapok, tally).is_ok()
            {
                self.live(&kapok, tally);
            }
            tally.cuts += u32::from(self.disk.is_cut());
            self.disk = self.disk.restarted(Survival::Mixed(self.chance.number()));
        }
        let kapok = self.open().unwrap_or_else(|error| panic!("{error}"));
        self.check(&kapok, tally).unwrap_or_else(|error| panic!("{error}"));
        self.finish(&kapok, tally);
    }

    fn open(&self) -> Result<Kapok, Error> {
        open(self.company, &self.disk, &self.clock, &self.outside)
    }

    fn boss(&self, kapok: &Kapok) -> Staff {
        kapok.staff(self.company.boss).expect("active")
    }

    fn admin(&self, kapok: &Kapok) -> Administrator {
        self.boss(kapok).administrator().expect("an administrator")
    }

    /// Lets people and time do something, until the disk fails.
    fn live(&mut self, kapok: &Kapok, tally: &mut Tally) {
        for step in 0..18 {
            let done = match self.chance.below(8) {
                0..3 => self.ask(kapok, What::Start),
                3 | 4 => match self.boss(kapok).inbox(None, 50).expect("reads").0 {
                    tasks if tasks.is_empty() => Ok(()),
                    tasks => {
                        let task = &tasks[self.chance.below(tasks.len())].task;
                        self.ask(kapok, What::Complete(task.id, task.instance))
                    }
                },
                5 => kapok.run_due(),
                6 => kapok.send_due(),
                _ => {
                    // Answers are kept for a day.
                    let seconds = self.chance.one_of(&[1, 10, 400, 2_000]);
                    self.clock.move_to(self.clock.now().plus_millis(seconds * 1_000));
                    Ok(())
                }
            };
            assert_eq!(lock(&self.outside).wrong, [""; 0]);
            if let Err(error) = done {
                let poisoned = matches!(kapok.health(), Health::Poisoned { .. });
                assert!(poisoned, "step {step}: {error}");
                // Nothing is answered from now on.
                assert!(self.ask(kapok, What::Start).is_err());
                tally.in_doubt += self.asked.iter().filter(|asked| asked.answer.is_none()).count() as u32;
                return;
            }
        }
    }

    /// Asks for something new.
    fn ask(&mut self, kapok: &Kapok, what: What) -> Result<(), Error> {
        self.asked.push(Asked {
            key: format!("key {}", self.asked.len()),
            what,
            answer: None,
        });
        self.ask_again(kapok, self.asked.len() - 1)
    }

    fn ask_again(&mut self, kapok: &Kapok, number: usize) -> Result<(), Error> {
        let asked = &self.asked[number];
        let boss = self.boss(kapok).once(&asked.key, "hash")?;
        let answer = match asked.what {
            What::Start => boss.start("order", no_variables(), None, None)?,
            What::Complete(task, instance) => {
                boss.complete(task, TaskCompletion::default())?;
                instance
            }
        };
        assert!(
            asked.answer.is_none_or(|first| first == answer),
            "{} was answered otherwise",
            asked.key
        );
        self.asked[number].answer = Some(answer);
        Ok(())
    }

    /// After a start: what was answered is there. Then every client asks again, and each thing was done once.
    fn check(&mut self, kapok: &Kapok, tally: &mut Tally) -> Result<(), Error> {
        for asked in self.asked.iter().filter(|asked| asked.answer.is_some()) {
            let Some(case) = asked.answer else { continue };
            let state = kapok
                .instance(case)
                .unwrap_or_else(|error| panic!("{} is lost: {error}", asked.key));
            if let What::Complete(..) = asked.what {
                assert_eq!(state.view.instance.state, InstanceState::Completed, "{}", asked.key);
            }
            tally.repeated += 1;
        }
        for number in 0..self.asked.len() {
            self.ask_again(kapok, number)?;
        }
        let started = self.asked.iter().filter(|asked| matches!(asked.what, What::Start));
        let started: BTreeSet<_> = started.filter_map(|asked| asked.answer).collect();
        let list = self.boss(kapok).instances(&CaseFilter::All, None, 1_000)?;
        let there: BTreeSet<_> = list.items.iter().map(|case| case.instance.id).collect();
        assert_eq!(there, started, "the cases there are those that were started");
        Ok(())
    }

    /// Brings everything to its end, and looks at what became of the messages.
    fn finish(&mut self, kapok: &Kapok, tally: &mut Tally) {
        for _ in 0..30 {
            kapok.run_due().expect("runs");
            kapok.send_due().expect("sends");
            for task in self.boss(kapok).inbox(None, 100).expect("reads").0 {
                self.ask(kapok, What::Complete(task.task.id, task.task.instance))
                    .expect("completes");
            }
            self.clock.move_to(self.clock.now().plus_millis(3_600_000));
        }
        let outside = lock(&self.outside);
        assert_eq!(outside.wrong, [""; 0]);
        let rows = self.admin(kapok).outbox(None, 1_000).expect("reads").items;
        let cases = self
            .asked
            .iter()
            .filter(|asked| matches!(asked.what, What::Start))
            .count();
        assert_eq!(rows.len(), 3 * cases, "each case sends two SMS and a mail");
        for message in rows {
            let row = message.row;
            let attempts = outside.attempts.get(&row.id.to_string());
            let last = attempts.and_then(|attempts| attempts.last()).copied();
            match (&row.message, &row.delivery, last) {
                (Message::Mail(_), Delivery::Sent { .. }, None) => {}
                (Message::Sms(_), Delivery::Sent { .. }, Some(Attempt::Sent)) => {
                    tally.sent += 1;
                    tally.retried += u32::from(row.attempts > 1);
                }
                // Whether it was sent, or the power went before or after, only a person can find out.
                (Message::Sms(_), Delivery::Unknown { .. }, _) => tally.unknown += 1,
                (Message::Sms(_), Delivery::Failed { .. }, Some(Attempt::NotTaken)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
