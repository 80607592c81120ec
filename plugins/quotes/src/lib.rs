//! Quotes: checks a quote before it is saved and adds it up, and marks it as approved at the end of its process.

mod approve;
mod check;
mod total;

use kapok_plugin_sdk::{Actor, Fields, Job, Plugin, Refusal, Save, ServiceFailure, records};

struct Quotes;

impl Plugin for Quotes {
    fn before_save(_: Actor, save: Save) -> Result<Fields, Vec<Refusal>> {
        let lines = check::check(&save.after)?;
        total::add_up(save.after, &lines)
    }

    fn run_service(_: Actor, job: Job) -> Result<Fields, ServiceFailure> {
        match job.handler.as_str() {
            "quotes.mark-approved" => {
                let id = approve::quote(&job.inputs)?;
                if let Some(set) = approve::approve(id, records::get(approve::ENTITY, id)?)? {
                    records::update(approve::ENTITY, id, &set)?;
                }
                Ok(Fields::new())
            }
            other => Err(ServiceFailure::permanent(format!("there is no handler {other}"))),
        }
    }
}

kapok_plugin_sdk::export!(Quotes);
