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
    /// They may take it: nobody has it, or whoever has it is away and they stand in.
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
        Some(assignee) if stand_ins(context, task, assignee).contains(&person) => Standing::MayTake(person),
        None if is_candidate(context.directory, person, &task.candidates) => Standing::MayTake(person),
        _ => Standing::Stranger,
    }
}

fn stand_ins(context: &Context<'_>, task: &Task, person: PersonId) -> Vec<PersonId> {
    let graph = context.definitions.graph(task.definition);
    let process = graph.as_ref().map_or("", |graph| graph.key.as_str());
    context.directory.stand_ins(person, process, context.now)
}

fn is_candidate(directory: &dyn Directory, person: PersonId, candidates: &[Candidate]) -> bool {
    candidates.iter().any(|group| directory.is_member(person, group))
}

/// The persons who could act on a to-do now: its handler and whoever stands in, or the first `most` members of its groups.
pub(crate) fn handlers(context: &Context<'_>, task: &Task, most: usize) -> Vec<PersonId> {
    let directory = context.directory;
    if let Some(assignee) = task.assignee {
        let mut handlers = vec![assignee];
        handlers.extend(stand_ins(context, task, assignee));
        return handlers;
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
