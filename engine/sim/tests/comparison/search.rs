//! Whether what the engine did is something that the standard allows.
//!
//! The standard leaves the order of concurrent tokens free, so there may be several right answers: a script of one branch
//! may run before a condition of another is asked, or after. So the engine is right about a command if there is *some*
//! order of the reference's steps after which
//!
//! - the same has happened as often: the multisets of (element, event) are equal, but for what `is_compared` leaves out;
//! - the same elements are active, each case is as far, and has the same variables.
//!
//! The order of events within a command is not compared directly: the engine may well write down the end of a sub-process
//! before or after what an unrelated branch did. What must come after what follows from the steps: no step of the
//! reference is possible before those that cause it, and the next command is compared with a world that has taken just
//! these steps. So an engine that did the right things in a wrong order would be found by the multisets of a shorter run,
//! or by what it does next.
//!
//! The search follows the order of the engine's events, and steps back where that leads to something that the engine did
//! not do. Worlds with the same future are looked at once. Several may agree, and differ in what cannot be seen; the next
//! command is tried in each.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kapok_model::ProcessGraph;
use kapok_sim::reference::{Command, Event, Picture, Refused, Step, What, World, is_compared};

/// So many steps are tried for one command; and so many more when one order was found, in search of others.
const MOST_TRIES: usize = 8_000;
const MORE_TRIES: usize = 300;

/// So many different worlds are kept: those that look the same now and may go on differently.
const MOST_WORLDS: usize = 6;

/// An event, as it is compared.
type Seen = (String, What, bool);

/// Looks for orders of steps after a command.
pub struct Search<'s> {
    graphs: &'s [Arc<ProcessGraph>],
    picture: &'s Picture,
    order: Vec<Seen>,
    tries: usize,
    known: BTreeSet<String>,
    found: Vec<World>,
}

impl<'s> Search<'s> {
    pub fn new(graphs: &'s [Arc<ProcessGraph>], events: &'s [Event], picture: &'s Picture) -> Self {
        let order = events.iter().filter(|event| is_compared(graphs, event));
        Self {
            graphs,
            picture,
            order: order.map(seen).collect(),
            tries: 0,
            known: BTreeSet::new(),
            found: Vec::new(),
        }
    }

    /// The worlds that agree with the engine after a command, begun in one of several that agreed with it before.
    pub fn find(mut self, worlds: &[World], command: &Command) -> Result<Vec<World>, Refused> {
        let mut refused = Refused::NothingWaits;
        let mut accepted = false;
        for world in worlds {
            let mut begun = world.clone();
            begun.clear_trace();
            match begun.begin(command) {
                Ok(()) => {
                    accepted = true;
                    self.tries = 0;
                    self.explore(begun);
                }
                Err(why) => refused = why,
            }
        }
        if accepted { Ok(self.found) } else { Err(refused) }
    }

    fn explore(&mut self, world: World) {
        let Some(left) = self.left(&world) else { return };
        if !self.known.insert(format!("{left:?}{}", world.description())) {
            return;
        }
        let enabled = world.enabled();
        if enabled.is_empty() {
            if left.is_empty() && compared(world.picture()) == *self.picture {
                self.tries = self.tries.max(MOST_TRIES.saturating_sub(MORE_TRIES));
                self.found.push(world);
            }
            return;
        }
        let mut next: Vec<(usize, World)> = Vec::new();
        for step in &enabled {
            let mut after = world.clone();
            let from = after.trace().len();
            after.step(step);
            let mut fresh = after.trace()[from..].iter();
            let first = fresh.find(|event| is_compared(self.graphs, event)).map(seen);
            let place = match first {
                None => silent(step),
                Some(first) => match left.iter().position(|event| *event == first) {
                    Some(place) => place + 1,
                    None => continue,
                },
            };
            next.push((place, after));
        }
        next.sort_by_key(|(place, _)| *place);
        for (_, after) in next {
            self.tries += 1;
            if self.tries > MOST_TRIES || self.found.len() >= MOST_WORLDS {
                return;
            }
            self.explore(after);
        }
    }

    /// What the engine did and the world has not done yet, in the engine's order; `None` when the world has done
    /// something that the engine did not.
    fn left(&self, world: &World) -> Option<Vec<Seen>> {
        let mut done: BTreeMap<Seen, usize> = BTreeMap::new();
        for event in world.trace().iter().filter(|event| is_compared(self.graphs, event)) {
            *done.entry(seen(event)).or_default() += 1;
        }
        let mut left = Vec::new();
        for event in &self.order {
            match done.get_mut(event) {
                Some(count) if *count > 0 => *count -= 1,
                _ => left.push(event.clone()),
            }
        }
        done.values().all(|count| *count == 0).then_some(left)
    }
}

/// Steps without events that are compared: most are best taken at once, some when nothing else is left.
fn silent(step: &Step) -> usize {
    match step {
        Step::Wait | Step::Tell(_) | Step::Receive(_) | Step::Look(_) | Step::Escalate(_) => 2,
        _ => 1,
    }
}

fn seen(event: &Event) -> Seen {
    (event.element.clone(), event.what.clone(), event.instance)
}

/// Variables that the engine makes of what an error or escalation says; the reference knows no such words.
const NOT_COMPARED: [&str; 3] = ["errorCode", "errorMessage", "escalationCode"];

/// A picture without what is not compared.
pub fn compared(mut picture: Picture) -> Picture {
    for (_, variables) in &mut picture.cases {
        variables.retain(|name, _| !NOT_COMPARED.contains(&name.as_str()));
    }
    picture
}
