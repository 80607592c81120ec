//! From the contract's exports to the [`Plugin`] trait.

use std::marker::PhantomData;

use crate::{
    Plugin, Refusal,
    bindings::{Guest, kapok::plugin::types as wire},
    convert, log,
};

/// The exports of a plugin; named by [`crate::export!`] only.
pub struct Glue<P>(PhantomData<P>);

/// What the host never sends.
const NOT_JSON: &str = "the host sent fields that are not a JSON object";

impl<P: Plugin> Guest for Glue<P> {
    fn before_save(actor: wire::Actor, save: wire::Save) -> Result<String, Vec<wire::Refusal>> {
        log_panics();
        let Some(save) = convert::save(save) else {
            return Err(vec![Refusal::new(
                "plugin.bad-input",
                "主机传来的字段无法读取。",
                NOT_JSON,
            )]);
        };
        P::before_save(actor, save).map(|fields| convert::text(&fields))
    }

    fn run_service(actor: wire::Actor, job: wire::Job) -> Result<wire::Answer, wire::ServiceFailure> {
        log_panics();
        convert::job(job)
            .ok_or_else(|| crate::ServiceFailure::permanent(NOT_JSON))
            .and_then(|job| P::run_service(actor, job))
            .map(convert::answer)
            .map_err(convert::failure)
    }

    fn send_message(message: wire::Message) -> Result<wire::Receipt, wire::ChannelFailure> {
        log_panics();
        P::send_message(message)
    }
}

/// There is no standard error to print to, so what a panic says goes to the log.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| log::write(log::Level::Error, &panic.to_string())));
}
