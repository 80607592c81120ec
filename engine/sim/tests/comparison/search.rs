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
//! not do.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::ProcessGraph;
use kapok_sim::reference::{Command, Event, Picture, Refused, Step, What, World, is_compared};

/// So many steps are tried for one command.
const MOST_TRIES: usize = 6_000;

/// An event, as it is compared.
type Seen = (String, What, bool);

pub struct Search<'s> {
    graphs: &'s [Arc<ProcessGraph>],
    picture: &'s Picture,
    tries: usize,
    order: Vec<Seen>,
}

/// The answer of a search.
pub enum Found {
    /// The world after an order of steps that agrees.
    Agrees(Box<World>),
    /// There is none; the world after the order that the reference itself prefers, if it comes to rest.
    Differs(Box<World>),
}

impl<'s> Search<'s> {
    pub fn new(graphs: &'s [Arc<ProcessGraph>], events: &'s [Event], picture: &'s Picture) -> Self {
        let order = events
            .iter()
            .filter(|event| is_compared(graphs, event))
            .map(seen)
            .collect();
        Self {
            graphs,
            picture,
            tries: 0,
            order,
        }
    }

    /// Looks for an order of the steps after a command.
    pub fn find(&mut self, world: &World, command: &Command) -> Result<Found, Refused> {
        let mut begun = world.clone();
        begun.clear_trace();
        begun.begin(command)?;
        if let Some(found) = self.from(&begun) {
            return Ok(Found::Agrees(Box::new(found)));
        }
        let mut preferred = world.clone();
        preferred.clear_trace();
        preferred.run(command)?;
        Ok(Found::Differs(Box::new(preferred)))
    }

    fn from(&mut self, world: &World) -> Option<World> {
        let left = self.left(world)?;
        let enabled = world.enabled();
        if enabled.is_empty() {
            let agrees = left.is_empty() && world.picture() == *self.picture;
            return agrees.then(|| world.clone());
        }
        let mut next: Vec<(usize, World)> = Vec::new();
        for step in &enabled {
            self.tries += 1;
            if self.tries > MOST_TRIES {
                return None;
            }
            let mut after = world.clone();
            let from = after.trace().len();
            after.step(step);
            let first = after.trace()[from..].iter().find(|event| is_compared(self.graphs, event));
            let place = match first.map(seen) {
                None => silent(step),
                Some(first) => match left.iter().position(|event| *event == first) {
                    Some(place) => place + 1,
                    None => continue,
                },
            };
            next.push((place, after));
            if place <= 1 {
                break; // It is what the engine did next.
            }
        }
        next.sort_by_key(|(place, _)| *place);
        let tried = next.len();
        for (_, after) in next {
            if let Some(found) = self.from(&after) {
                return Some(found);
            }
        }
        if tried == enabled.len() || self.tries > MOST_TRIES {
            return None;
        }
        // The short cut was none: look at all of them.
        for step in &enabled {
            self.tries += 1;
            let mut after = world.clone();
            after.step(step);
            if let Some(found) = self.from(&after) {
                return Some(found);
            }
            if self.tries > MOST_TRIES {
                return None;
            }
        }
        None
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

/// Steps without events that are compared: those that must wait for nothing are taken at once.
fn silent(step: &Step) -> usize {
    match step {
        Step::Wait | Step::Tell(_) | Step::Receive(_) | Step::Look(_) | Step::Ask(_) => 2,
        _ => 1,
    }
}

fn seen(event: &Event) -> Seen {
    (event.element.clone(), event.what.clone(), event.instance)
}
