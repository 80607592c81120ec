//! Random drawings and random commands: the rows make sense after each, every case can come to its end, and one long
//! working set gives what many short ones give.

use std::{num::NonZeroU64, sync::Arc};

use crate::support::{
    drawing::{boundary_error, boundary_timer, persons, process, script, service, user},
    engine::{Deployed, Engine, actor, complete, context, map, start},
    state::Memory,
};
use kapok_model::ProcessGraph;
use kapok_process::{
    Limits, decide,
    state::{InstanceState, Work},
};
use kapok_protocol::{Command, Decision, InstanceId, JobOutcome, Principal, Timestamp, Value};
use proptest::prelude::*;

/// A part of a drawing with one way in and one way out.
#[derive(Debug, Clone)]
enum Block {
    Script,
    BrokenScript,
    User(&'static str, &'static str),
    Service {
        caught: bool,
    },
    Wait,
    Sequence(Vec<Block>),
    Choice(Box<Block>, Box<Block>),
    Parallel(Vec<Block>),
    Sub {
        inside: Box<Block>,
        watched: bool,
    },
    /// The whole scope may end here, as this end event does: a path that only ended itself could starve a join.
    MayEnd(&'static str),
}

const TERMINATE: &str = "<terminateEventDefinition/>";
const ERROR: &str = "<errorEventDefinition errorRef='E1'/>";
const LADDER: &str = "<kapok:reminders><kapok:remind after='PT1H' channels='page' repeat='R2/PT1H'/>\
                      <kapok:escalate after='PT4H' to='superior'/></kapok:reminders>";

fn block() -> impl Strategy<Value = Block> {
    let approvals = ["", "<kapok:approval/>", "<kapok:approval mode='all'/>"];
    let leaf = prop_oneof![
        Just(Block::Script),
        Just(Block::BrokenScript),
        (
            prop::sample::select(approvals.to_vec()),
            prop::sample::select(vec!["", LADDER])
        )
            .prop_map(|(approval, ladder)| Block::User(approval, ladder)),
        any::<bool>().prop_map(|caught| Block::Service { caught }),
        Just(Block::Wait),
        prop::sample::select(vec![TERMINATE, ERROR]).prop_map(Block::MayEnd),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Block::Sequence),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| Block::Choice(Box::new(left), Box::new(right))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Block::Parallel),
            (inner, any::<bool>()).prop_map(|(inside, watched)| Block::Sub {
                inside: Box::new(inside),
                watched
            }),
        ]
    })
}

/// Draws blocks; ids are counted.
#[derive(Default)]
struct Pen {
    elements: String,
    flows: String,
    count: usize,
}

impl Pen {
    fn id(&mut self, letter: char) -> String {
        self.count += 1;
        format!("{letter}{}", self.count)
    }

    fn flow(&mut self, from: &str, to: &str, condition: &str) {
        self.flows += &format!("{from} -> {to} {condition};");
    }

    /// A gateway; a choosing one has a default flow to this node.
    fn gateway(&mut self, letter: char, default: Option<&str>) -> String {
        let id = self.id(letter);
        let kind = if letter == 'p' {
            "parallelGateway"
        } else {
            "exclusiveGateway"
        };
        let default = default
            .map(|target| format!(" default='{id}-{target}'"))
            .unwrap_or_default();
        self.elements += &format!("<{kind} id='{id}'{default}/>");
        id
    }

    fn element(&mut self, letter: char, draw: impl FnOnce(&str) -> String) -> (String, String) {
        let id = self.id(letter);
        self.elements += &draw(&id);
        (id.clone(), id)
    }

    /// Draws a block and answers with its way in and its way out.
    fn block(&mut self, block: &Block) -> (String, String) {
        match block {
            Block::Script => self.element('a', |id| script(id, "n = n + 1")),
            Block::BrokenScript => self.element('a', |id| script(id, "n = n + unknown")),
            Block::User(approval, ladder) => self.element('u', |id| {
                user(id, &format!("{approval}{}{ladder}", persons(&["ann", "bob"])))
            }),
            Block::Service { caught } => {
                let (activity, _) = self.element('j', |id| service(id, "retries='1'", ""));
                let merge = self.gateway('m', None);
                self.flow(&activity, &merge, "");
                if *caught {
                    let (event, _) = self.element('b', |id| boundary_error(id, &activity, "E1"));
                    self.flow(&event, &merge, "");
                }
                (activity, merge)
            }
            Block::Wait => self.element('t', |id| {
                format!(
                    "<intermediateCatchEvent id='{id}'><timerEventDefinition><timeDuration>PT1H</timeDuration>\
                     </timerEventDefinition></intermediateCatchEvent>"
                )
            }),
            Block::Sequence(parts) => {
                let ends: Vec<_> = parts.iter().map(|part| self.block(part)).collect();
                for pair in ends.windows(2) {
                    self.flow(&pair[0].1, &pair[1].0, "");
                }
                (ends[0].0.clone(), ends[ends.len() - 1].1.clone())
            }
            Block::Choice(left, right) => {
                let (left, right) = (self.block(left), self.block(right));
                let split = self.gateway('x', Some(&right.0));
                let merge = self.gateway('m', None);
                self.flow(&split, &left.0, "? n > 2");
                self.flow(&split, &right.0, "");
                self.flow(&left.1, &merge, "");
                self.flow(&right.1, &merge, "");
                (split, merge)
            }
            Block::Parallel(parts) => {
                let ends: Vec<_> = parts.iter().map(|part| self.block(part)).collect();
                let (fork, join) = (self.gateway('p', None), self.gateway('p', None));
                for (entry, exit) in ends {
                    self.flow(&fork, &entry, "");
                    self.flow(&exit, &join, "");
                }
                (fork, join)
            }
            Block::Sub { inside, watched } => self.sub_process(inside, *watched),
            Block::MayEnd(result) => {
                let (end, _) = self.element('e', |id| format!("<endEvent id='{id}'>{result}</endEvent>"));
                let merge = self.gateway('m', None);
                let split = self.gateway('x', Some(&merge));
                self.flow(&split, &end, "? n > 3");
                self.flow(&split, &merge, "");
                (split, merge)
            }
        }
    }

    fn sub_process(&mut self, inside: &Block, watched: bool) -> (String, String) {
        let mut inner = Pen {
            count: self.count,
            ..Pen::default()
        };
        inner.whole(inside);
        self.count = inner.count;
        let id = self.id('q');
        let flows = crate::support::drawing::draw(&inner.flows);
        self.elements += &format!("<subProcess id='{id}'>{}{flows}</subProcess>", inner.elements);
        let merge = self.gateway('m', None);
        self.flow(&id, &merge, "");
        let (caught, _) = self.element('b', |event| boundary_error(event, &id, ""));
        self.flow(&caught, &merge, "");
        if watched {
            let cycle = "<timeCycle>R3/PT1H</timeCycle>";
            let (event, _) = self.element('b', |event| boundary_timer(event, &id, false, cycle));
            let (end, _) = self.element('e', |id| format!("<endEvent id='{id}'/>"));
            self.flow(&event, &end, "");
        }
        (id, merge)
    }

    /// Draws a block between a start and an end.
    fn whole(&mut self, block: &Block) {
        let (start, _) = self.element('s', |id| format!("<startEvent id='{id}'/>"));
        let (entry, exit) = self.block(block);
        let (end, _) = self.element('e', |id| format!("<endEvent id='{id}'/>"));
        self.flow(&start, &entry, "");
        self.flow(&exit, &end, "");
    }
}

fn draw(block: &Block) -> Arc<ProcessGraph> {
    let mut pen = Pen::default();
    pen.whole(block);
    process(&pen.elements, &pen.flows)
}

/// A command to be, and the number that picks what it is about.
type Wish = (u8, usize);

/// What was carried out: when, by whom, with which ids.
type Done = (Timestamp, Principal, Command, u64);

/// Makes a command of a wish, about something that is there.
fn command(engine: &Engine, (sort, pick): Wish) -> Option<(Principal, Command)> {
    fn nth<T: Copy>(of: impl Iterator<Item = T>, pick: usize) -> Option<T> {
        let all: Vec<T> = of.collect();
        all.get(pick % all.len().max(1)).copied()
    }
    let who = actor(["", "ann", "bob", "head", "admin"][pick % 5]);
    let task = || nth(engine.open_tasks().map(|task| task.id), pick);
    let job = || nth(engine.state.jobs.keys().copied(), pick);
    let finish = |outcome| Some((Principal::System, Command::FinishJob { job: job()?, outcome }));
    match sort {
        0..4 => Some((Principal::System, complete(task()?, None))),
        4..10 => Some((Principal::System, complete(task()?, Some(Decision::Approve)))),
        10 => Some((Principal::System, complete(task()?, Some(Decision::Reject)))),
        11..14 => Some((Principal::System, Command::FireTimer(engine.next_timer()?.1))),
        14..17 => finish(JobOutcome::Completed(map(&[("n", Value::from(pick as i64 % 5))]))),
        17 => finish(JobOutcome::Failed {
            message: "no".to_owned(),
            retry: pick % 2 == 0,
        }),
        18 => finish(JobOutcome::Error {
            code: "E1".to_owned(),
            message: "no".to_owned(),
        }),
        19 => Some((who, Command::Retry(nth(engine.state.incidents.keys().copied(), pick)?))),
        20 => Some((who, Command::Urge(task()?))),
        21 => Some((who, complete(task()?, None))),
        22 => Some((who, start(&[("n", Value::from(pick as i64 % 5))]))),
        23 => Some((who, nonsense(pick))),
        _ if pick % 8 == 0 => Some((who, cancel(nth(engine.state.instances.keys().copied(), pick)?))),
        _ => None,
    }
}

/// A command about something that may not be there, or not be what the command takes it for.
fn nonsense(pick: usize) -> Command {
    let number = NonZeroU64::MIN.saturating_add(100 + pick as u64 % 30);
    match pick % 7 {
        0 => Command::Claim(number.into()),
        1 => Command::Release(number.into()),
        2 => complete(number.into(), None),
        3 => Command::Urge(number.into()),
        4 => Command::FinishJob {
            job: number.into(),
            outcome: JobOutcome::Completed(map(&[])),
        },
        5 => Command::Retry(number.into()),
        _ => cancel(number.into()),
    }
}

fn cancel(instance: InstanceId) -> Command {
    Command::Cancel {
        instance,
        reason: "enough".to_owned(),
    }
}

fn carry_out(engine: &mut Engine, who: Principal, command: Command, log: &mut Vec<Done>) -> bool {
    if let Command::FireTimer(timer) = &command {
        engine.now = engine.now.max(engine.state.timers[timer].due);
    }
    let (now, first_id) = (engine.now, engine.next_id);
    let done = engine.command(who, &command).is_ok();
    if done {
        log.push((now, who, command, first_id));
    }
    done
}

/// Does all that waits to be done, until nothing is live; what is stuck is cancelled.
fn bring_to_an_end(engine: &mut Engine, log: &mut Vec<Done>) {
    for _ in 0..1_000 {
        if engine.live() == [0; 5] {
            return;
        }
        if let Some(incident) = engine.state.incidents.values().next() {
            let instance = incident.instance;
            assert!(carry_out(engine, Principal::System, cancel(instance), log));
            continue;
        }
        let helped = [(4, 0), (0, 0), (14, 0), (11, 0)]
            .into_iter()
            .any(|wish| command(engine, wish).is_some_and(|(who, command)| carry_out(engine, who, command, log)));
        assert!(
            helped,
            "something is live and nothing can be done about it: {:#?}",
            engine.state
        );
    }
    panic!("a case that does not end: {:?}", engine.live());
}

/// Carries everything out again on one working set.
fn replay(graph: &Arc<ProcessGraph>, log: &[Done]) -> (Memory, String) {
    let graphs = [Arc::clone(graph)];
    let definitions = Deployed(&graphs);
    let nothing = Memory::default();
    let mut work = Work::new(&nothing);
    for (now, who, command, first_id) in log {
        let mut next_id = *first_id;
        let mut ids = || {
            next_id += 1;
            NonZeroU64::new(next_id).expect("counted from 100")
        };
        let mut context = context(*now, *who, &mut ids, &definitions, Limits::default(), 1);
        decide(command, &mut work, &mut context).expect("it was carried out before");
    }
    let changes = work.into_changes();
    let told = format!(
        "{:#?}{:#?}",
        changes.events,
        changes.effects.iter().map(|(.., effect)| effect).collect::<Vec<_>>()
    );
    let mut memory = Memory::default();
    memory.apply(changes);
    (memory, told)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_every_case_can_end(
        block in block(),
        first in 0i64..6,
        wishes in prop::collection::vec((0u8..25, any::<usize>()), 0..30),
    ) {
        let graph = draw(&block);
        let mut engine = Engine::new(Arc::clone(&graph));
        let mut log = Vec::new();
        carry_out(&mut engine, Principal::System, start(&[("n", Value::from(first))]), &mut log);
        for wish in wishes {
            if let Some((who, command)) = command(&engine, wish) {
                carry_out(&mut engine, who, command, &mut log);
            }
        }
        bring_to_an_end(&mut engine, &mut log);
        prop_assert!(engine.state.instances.values().all(|instance| instance.state != InstanceState::Active));

        let (rows, told) = replay(&graph, &log);
        prop_assert_eq!(rows, engine.state);
        prop_assert_eq!(told, format!("{:#?}{:#?}", engine.events, engine.effects));
    }
}
