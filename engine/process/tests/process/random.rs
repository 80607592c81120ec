//! Random drawings and random commands: the rows make sense after each, every case can come to its end, and one long
//! working set gives what many short ones give.

use std::{num::NonZeroU64, sync::Arc};

use crate::support::{
    drawing::{
        boundary, boundary_error, boundary_timer, catch, end, event_sub, expression, persons, processes, script,
        service, sub, throw, undo, undone_by, user, with,
    },
    engine::{Deployed, Engine, actor, complete, context, map, message, start},
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
    /// Waits for any or all of these.
    Catch(&'static str),
    /// Waits for a signal or a moment, whichever comes first.
    Race,
    Throw(&'static str),
    /// Can be undone.
    Undoable,
    Call,
    AdHoc(&'static str, &'static str),
    /// Done again and again, or several times, in one of these ways.
    Repeated(Box<Block>, &'static str),
    Inclusive(Vec<Block>),
    Transaction(Box<Block>),
    Sequence(Vec<Block>),
    Choice(Box<Block>, Box<Block>),
    Parallel(Vec<Block>),
    Sub {
        inside: Box<Block>,
        watched: bool,
        beside: Option<(bool, &'static str)>,
    },
    /// The whole scope may end here, as this end event does: a path that only ended itself could starve a join.
    MayEnd(&'static str),
}

const TERMINATE: &str = "<terminateEventDefinition/>";
const ERROR: &str = "<errorEventDefinition errorRef='E1'/>";
const LADDER: &str = "<kapok:reminders><kapok:remind after='PT1H' channels='page' repeat='R2/PT1H'/>\
                      <kapok:escalate after='PT4H' to='superior'/></kapok:reminders>";

const CATCHES: [&str; 3] = [
    "signal S1",
    "signal S1, message M1, after PT2H",
    "all: signal S1, after PT1H",
];
const THROWS: [&str; 7] = [
    "signal S1",
    "message M1",
    "escalation X1",
    "compensate",
    "leave",
    "signal S1, escalation X2, message M2",
    "",
];
const BESIDE: [&str; 5] = [
    "message M2",
    "escalation X1",
    "error E1",
    "all: signal S1, after PT1H",
    "when n > 2",
];
const REPEATS: [&str; 6] = [
    "<standardLoopCharacteristics loopMaximum='2'/>",
    "<multiInstanceLoopCharacteristics isSequential='true'><loopDataInputRef>items</loopDataInputRef>\
     <inputDataItem name='item'/><loopDataOutputRef>results</loopDataOutputRef><outputDataItem name='n'/>\
     </multiInstanceLoopCharacteristics>",
    "<multiInstanceLoopCharacteristics><loopDataInputRef>items</loopDataInputRef><inputDataItem name='item'/>\
     <loopDataOutputRef>results</loopDataOutputRef><outputDataItem name='n'/></multiInstanceLoopCharacteristics>",
    "<multiInstanceLoopCharacteristics><loopDataInputRef>items</loopDataInputRef><inputDataItem name='n'/>\
     <completionCondition language='rhai'>numberOfCompletedInstances == 2</completionCondition>\
     </multiInstanceLoopCharacteristics>",
    "<multiInstanceLoopCharacteristics isSequential='true'><loopDataInputRef>items</loopDataInputRef>\
     <inputDataItem name='n'/><completionCondition language='rhai'>n > 2</completionCondition>\
     </multiInstanceLoopCharacteristics>",
    "<multiInstanceLoopCharacteristics><loopDataInputRef>nothing</loopDataInputRef><inputDataItem name='n'/>\
     </multiInstanceLoopCharacteristics>",
];

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
        prop::sample::select(CATCHES.to_vec()).prop_map(Block::Catch),
        Just(Block::Race),
        prop::sample::select(THROWS.to_vec()).prop_map(Block::Throw),
        Just(Block::Undoable),
        Just(Block::Call),
        (
            prop::sample::select(vec!["", "ordering='Sequential'", "cancelRemainingInstances='false'"]),
            prop::sample::select(vec!["", "2 > 1", "n > 0", "n"])
        )
            .prop_map(|(attributes, completion)| Block::AdHoc(attributes, completion)),
        prop::sample::select(vec![TERMINATE, ERROR]).prop_map(Block::MayEnd),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Block::Sequence),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| Block::Choice(Box::new(left), Box::new(right))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Block::Parallel),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Block::Inclusive),
            inner.clone().prop_map(|inside| Block::Transaction(Box::new(inside))),
            (inner.clone(), prop::sample::select(REPEATS.to_vec()))
                .prop_map(|(inside, how)| Block::Repeated(Box::new(inside), how)),
            (
                inner,
                any::<bool>(),
                prop::option::of((any::<bool>(), prop::sample::select(BESIDE.to_vec())))
            )
                .prop_map(|(inside, watched, beside)| Block::Sub {
                    inside: Box::new(inside),
                    watched,
                    beside
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
        let kind = match letter {
            'p' => "parallelGateway",
            'i' => "inclusiveGateway",
            _ => "exclusiveGateway",
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
            Block::Catch(triggers) => self.element('t', |id| catch(id, triggers)),
            Block::Race => self.race(),
            Block::Throw(results) => self.element('h', |id| throw(id, results)),
            Block::Undoable => self.element('a', |id| {
                let (event, handler) = (format!("b{id}"), format!("u{id}"));
                script(id, "n = n + 1")
                    + &boundary(&event, id, true, "compensate")
                    + &undo(&handler, "n = n + 1")
                    + &undone_by(&event, &handler)
            }),
            Block::Call => {
                let (activity, _) = self.element('c', |id| format!("<callActivity id='{id}' calledElement='q'/>"));
                let merge = self.gateway('m', None);
                self.flow(&activity, &merge, "");
                let (caught, _) = self.element('b', |event| boundary_error(event, &activity, "E1"));
                self.flow(&caught, &merge, "");
                (activity, merge)
            }
            Block::AdHoc(attributes, completion) => self.ad_hoc(attributes, completion),
            Block::Inclusive(parts) => {
                let ends: Vec<_> = parts.iter().map(|part| self.block(part)).collect();
                let (fork, join) = (self.gateway('i', Some(&ends[0].0)), self.gateway('i', None));
                for (number, (entry, exit)) in ends.into_iter().enumerate() {
                    let condition = if number == 0 {
                        String::new()
                    } else {
                        format!("? n > {number}")
                    };
                    self.flow(&fork, &entry, &condition);
                    self.flow(&exit, &join, "");
                }
                (fork, join)
            }
            Block::Transaction(inside) => self.transaction(inside),
            Block::Repeated(inside, how) => {
                let inner = self.inside(inside);
                self.element('r', |id| {
                    with(&sub("subProcess", id, "", &inner.elements, &inner.flows), how)
                })
            }
            Block::Sub {
                inside,
                watched,
                beside,
            } => self.sub_process(inside, *watched, *beside),
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

    /// A block between a start and an end, to be put inside something.
    fn inside(&mut self, block: &Block) -> Pen {
        let mut inner = Pen {
            count: self.count,
            ..Pen::default()
        };
        inner.whole(block);
        self.count = inner.count;
        inner
    }

    fn race(&mut self) -> (String, String) {
        let (gateway, _) = self.element('g', |id| format!("<eventBasedGateway id='{id}'/>"));
        let merge = self.gateway('m', None);
        for triggers in ["signal S1", "after PT3H"] {
            let (event, _) = self.element('t', |id| catch(id, triggers));
            self.flow(&gateway, &event, "");
            self.flow(&event, &merge, "");
        }
        (gateway, merge)
    }

    fn ad_hoc(&mut self, attributes: &str, completion: &str) -> (String, String) {
        let (one, other) = (self.id('u'), self.id('a'));
        let completion = match completion {
            "" => String::new(),
            condition => expression("completionCondition", condition),
        };
        let steps = user(&one, &persons(&["ann"])) + &script(&other, "n = n + 1") + &completion;
        self.element('k', |id| sub("adHocSubProcess", id, attributes, &steps, ""))
    }

    /// A transaction that gives itself up when `n` is large.
    fn transaction(&mut self, inside: &Block) -> (String, String) {
        let mut inner = Pen {
            count: self.count,
            ..Pen::default()
        };
        let (start, _) = inner.element('s', |id| format!("<startEvent id='{id}'/>"));
        let (entry, exit) = inner.block(inside);
        let (done, _) = inner.element('e', |id| end(id, ""));
        let (given_up, _) = inner.element('e', |id| end(id, "cancel"));
        let choice = inner.gateway('x', Some(&done));
        inner.flow(&start, &entry, "");
        inner.flow(&exit, &choice, "");
        inner.flow(&choice, &given_up, "? n > 2");
        inner.flow(&choice, &done, "");
        self.count = inner.count;
        let (id, _) = self.element('y', |id| sub("transaction", id, "", &inner.elements, &inner.flows));
        let merge = self.gateway('m', None);
        self.flow(&id, &merge, "");
        let (cancelled, _) = self.element('b', |event| boundary(event, &id, true, "cancel"));
        self.flow(&cancelled, &merge, "");
        (id, merge)
    }

    fn sub_process(&mut self, inside: &Block, watched: bool, beside: Option<(bool, &str)>) -> (String, String) {
        let mut inner = self.inside(inside);
        if let Some((interrupting, triggers)) = beside {
            let interrupting = interrupting || triggers.starts_with("error");
            inner.elements += &event_sub(&self.id('v'), interrupting, triggers, "");
        }
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
            let (event, _) = self.element('b', |event| boundary(event, &id, false, "escalation X2, when n > 1"));
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

/// The drawing, and the process that it may call.
fn draw(block: &Block) -> Vec<Arc<ProcessGraph>> {
    let mut pen = Pen::default();
    pen.whole(block);
    let called = "<startEvent id='qs'/><exclusiveGateway id='qx' default='qx-qu'/>".to_owned()
        + &user("qu", &persons(&["ann"]))
        + &throw("qt", "escalation X1")
        + &end("qe", "")
        + &end("qbad", "error E1");
    processes(&[
        ("p", &pen.elements, &pen.flows),
        (
            "q",
            &called,
            "qs -> qt; qt -> qx; qx -> qbad ? n > 3; qx -> qu; qu -> qe",
        ),
    ])
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
            variables: Default::default(),
        }),
        19 => Some((who, Command::Retry(nth(engine.state.incidents.keys().copied(), pick)?))),
        20 => Some((who, Command::Urge(task()?))),
        21 => Some((who, complete(task()?, None))),
        22 => Some((who, begin(pick as i64 % 5))),
        23 => Some((who, nonsense(pick))),
        24 => Some((Principal::System, signal())),
        25 => Some((
            Principal::System,
            Command::Publish(message(["M1", "M2"][pick % 2], None)),
        )),
        26 => Some((
            Principal::System,
            Command::Reconsider(nth(engine.state.instances.keys().copied(), pick)?),
        )),
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

/// The command that starts a case.
fn begin(n: i64) -> Command {
    let items: Vec<Value> = [1, 2, 3].map(Value::from).to_vec();
    start(&[
        ("n", Value::from(n)),
        ("items", items.into()),
        ("nothing", Value::List(Vec::new())),
    ])
}

fn signal() -> Command {
    Command::Broadcast {
        signal: "S1".to_owned(),
        variables: map(&[]),
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
        let helped =
            helped || !engine.state.subscriptions.is_empty() && carry_out(engine, Principal::System, signal(), log);
        assert!(
            helped,
            "something is live and nothing can be done about it: {:#?}",
            engine.state
        );
    }
    panic!("a case that does not end: {:?}", engine.live());
}

/// Carries everything out again on one working set.
fn replay(graphs: &[Arc<ProcessGraph>], log: &[Done]) -> (Memory, String) {
    let definitions = Deployed(graphs);
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
        wishes in prop::collection::vec((0u8..28, any::<usize>()), 0..30),
    ) {
        let graphs = draw(&block);
        let mut engine = Engine::with(graphs.clone());
        let mut log = Vec::new();
        carry_out(&mut engine, Principal::System, begin(first), &mut log);
        for wish in wishes {
            if let Some((who, command)) = command(&engine, wish) {
                carry_out(&mut engine, who, command, &mut log);
            }
        }
        bring_to_an_end(&mut engine, &mut log);
        prop_assert!(engine.state.instances.values().all(|instance| instance.state != InstanceState::Active));

        let (rows, told) = replay(&graphs, &log);
        prop_assert_eq!(rows, engine.state);
        prop_assert_eq!(told, format!("{:#?}{:#?}", engine.events, engine.effects));
    }
}
