//! Tracking: what whoever has a task records of a contact moves the task (R29).
//!
//! A sum over contact records would show them to everybody who reads the task, so the task has fields of its own instead:
//! when the person responsible for it last had contact, and how far it has come. What was said stays in the record.

mod course;

use kapok_plugin_sdk::{Actor, Failure, Plugin, Saved, records};

const TASK: &str = "tracking.task";

struct Tracking;

impl Plugin for Tracking {
    fn after_save(actor: Actor, saved: Saved) -> Result<(), Failure> {
        let Some(contact) = saved.now else {
            return Ok(());
        };
        let Some(task) = course::task_of(&contact.fields) else {
            return Ok(());
        };
        if let Some(task) = records::get(TASK, task)?
            && course::moves(actor, task.owner)
            && let Some(set) = course::moved(&task.fields, &contact.fields)
        {
            records::update(TASK, task.id, &set)?;
        }
        Ok(())
    }
}

kapok_plugin_sdk::export!(Tracking);
