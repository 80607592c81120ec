//! What happens to a case, said so that it can be said before anybody knows what the case will wait for.

use std::collections::BTreeMap;

use kapok_protocol::Value;

use super::Chance;
use crate::reference::{Command, World};

/// Something to be done about whatever there is then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    sort: usize,
    pick: usize,
}

/// So many wishes.
pub fn wishes(seed: u64, count: usize) -> Vec<Wish> {
    let mut chance = Chance::new(seed ^ 0x5741_4e54);
    let wish = |_| Wish {
        sort: chance.below(16),
        pick: chance.below(1 << 20),
    };
    (0..count).map(wish).collect()
}

const HOUR: i64 = 3_600_000;

impl Wish {
    /// The first command: a case begins.
    pub fn start(process: &str, seed: u64) -> Command {
        let mut chance = Chance::new(seed ^ 0x5354_4152);
        let mut number = || Value::from(chance.below(5) as i64);
        Command::Start {
            process: process.to_owned(),
            variables: BTreeMap::from([
                ("a".to_owned(), number()),
                ("b".to_owned(), number()),
                ("c".to_owned(), number()),
                (
                    "items".to_owned(),
                    Value::List(vec![Value::from(1), Value::from(2), Value::from(3)]),
                ),
            ]),
        }
    }

    /// The command that the wish becomes in this world.
    pub fn command(self, world: &World) -> Option<Command> {
        let pick = self.pick;
        let waiting = world.waiting();
        let nth = |at: usize| waiting[..at].iter().filter(|it| it.0 == waiting[at].0).count();
        match self.sort {
            0..9 if !waiting.is_empty() => {
                let at = pick % waiting.len();
                let (element, id) = waiting[at].clone();
                let nth = nth(at);
                if self.sort == 0 && world.can_throw(id) {
                    let code = ["E1", "E2"][pick % 2].to_owned();
                    return Some(Command::Throw { element, nth, code });
                }
                let variables = match pick % 3 {
                    0 => BTreeMap::from([(["a", "b", "c"][pick % 3].to_owned(), Value::from((pick % 7) as i64))]),
                    _ => BTreeMap::new(),
                };
                Some(Command::Complete {
                    element,
                    nth,
                    variables,
                })
            }
            9..12 => {
                let awaited = world.awaited_messages();
                let name = match awaited.len() {
                    0 => return Some(Self::hours(pick)),
                    count => awaited[pick % count].clone(),
                };
                Some(Command::Publish {
                    name,
                    key: None,
                    variables: BTreeMap::new(),
                })
            }
            12 => Some(Command::Signal {
                name: ["S1", "S2"][pick % 2].to_owned(),
            }),
            _ => Some(Self::hours(pick)),
        }
    }

    fn hours(pick: usize) -> Command {
        let halves = [1, 2, 3, 5][pick % 4];
        Command::Advance {
            millis: halves * HOUR / 2,
        }
    }

    /// What brings a case to its end: all that waits is done, what is awaited comes, and time passes.
    pub fn helpful(world: &World, round: usize) -> Command {
        let waiting = world.waiting();
        let awaited = world.awaited_messages();
        match (
            round % 6,
            waiting.first(),
            awaited.get(round / 6 % awaited.len().max(1)),
        ) {
            (0 | 2, Some((element, _)), _) => Command::Complete {
                element: element.clone(),
                nth: 0,
                variables: BTreeMap::new(),
            },
            (1, _, Some(name)) => Command::Publish {
                name: name.clone(),
                key: None,
                variables: BTreeMap::new(),
            },
            (3, ..) => Command::Signal { name: "S1".to_owned() },
            (4, ..) => Command::Signal { name: "S2".to_owned() },
            _ => Command::Advance { millis: 3 * HOUR },
        }
    }
}
