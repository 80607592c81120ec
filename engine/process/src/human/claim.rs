//! Whose to-do it is.

use kapok_protocol::{PersonId, Principal};

use crate::{
    Context, Directory,
    state::{Candidate, Task},
};

/// What somebody is to a to-do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is theirs, or they are the engine itself.
    Handler,
    /// Nobody has it, and they may take it.
    MayTake(PersonId),
    /// It is none of their business.
    Stranger,
}

/// What the actor of a command is to a to-do.
pub(crate) fn standing(context: &Context<'_>, task: &Task) -> Standing {
    let person = match context.actor {
        Principal::System => return Standing::Handler,
        Principal::Process(_) => return Standing::Stranger,
        Principal::Person(person) => person,
    };
    match task.assignee {
        Some(assignee) if assignee == person => Standing::Handler,
        None if is_candidate(context.directory, person, &task.candidates) => Standing::MayTake(person),
        _ => Standing::Stranger,
    }
}

fn is_candidate(directory: &dyn Directory, person: PersonId, candidates: &[Candidate]) -> bool {
    candidates.iter().any(|group| directory.is_member(person, group))
}

/// The persons who could act on a to-do now: its handler, or the first `most` members of its groups.
pub(crate) fn handlers(directory: &dyn Directory, task: &Task, most: usize) -> Vec<PersonId> {
    if let Some(assignee) = task.assignee {
        return vec![assignee];
    }
    let mut handlers = Vec::new();
    for person in task.candidates.iter().flat_map(|group| directory.members(group)) {
        if handlers.len() >= most {
            break;
        }
        if !handlers.contains(&person) {
            handlers.push(person);
        }
    }
    handlers
}
