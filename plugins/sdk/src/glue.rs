//! From the contract's exports to the [`Plugin`] trait.

use std::marker::PhantomData;

use crate::{
    Failure, Plugin, Refusal, ServiceFailure,
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
        let save = convert::save(save).ok_or_else(bad_input)?;
        P::before_save(actor, save).map(|fields| convert::text(&fields))
    }

    fn after_save(actor: wire::Actor, saved: wire::Saved) -> Result<(), wire::TechnicalFailure> {
        log_panics();
        let saved = convert::saved(saved).ok_or_else(unreadable)?;
        P::after_save(actor, saved).map_err(convert::technical)
    }

    fn run_action(actor: wire::Actor, action: wire::Action) -> Result<wire::ActionAnswer, Vec<wire::Refusal>> {
        log_panics();
        let action = convert::action(action).ok_or_else(bad_input)?;
        P::run_action(actor, action).map(|text| wire::ActionAnswer { text })
    }

    fn run_service(actor: wire::Actor, job: wire::Job) -> Result<String, wire::ServiceFailure> {
        log_panics();
        convert::job(job)
            .ok_or_else(|| ServiceFailure::permanent(NOT_JSON))
            .and_then(|job| P::run_service(actor, job))
            .map(|fields| convert::text(&fields))
            .map_err(convert::failure)
    }

    fn find_assignees(actor: wire::Actor, rule: wire::Rule) -> Result<Vec<u64>, wire::TechnicalFailure> {
        log_panics();
        let rule = convert::rule(rule).ok_or_else(unreadable)?;
        P::find_assignees(actor, rule).map_err(convert::technical)
    }

    fn run_report(actor: wire::Actor, report: wire::Report) -> Result<Vec<String>, Vec<wire::Refusal>> {
        log_panics();
        let report = convert::report(report).ok_or_else(bad_input)?;
        P::run_report(actor, report).map(|rows| rows.into_iter().map(convert::row).collect())
    }

    fn send_message(message: wire::Message) -> Result<wire::Receipt, wire::ChannelFailure> {
        log_panics();
        P::send_message(message)
    }

    fn run_schedule(name: String) -> Result<(), wire::TechnicalFailure> {
        log_panics();
        P::run_schedule(&name).map_err(convert::technical)
    }

    fn migrate_data(from: String, position: Option<String>) -> Result<Option<String>, wire::TechnicalFailure> {
        log_panics();
        P::migrate_data(&from, position).map_err(convert::technical)
    }

    fn sign_in_address(sign_in: wire::SignIn) -> Result<String, wire::TechnicalFailure> {
        log_panics();
        P::sign_in_address(sign_in).map_err(convert::technical)
    }

    fn who_signed_in(came_back: wire::CameBack) -> Result<wire::Identity, wire::SignInFailure> {
        log_panics();
        P::who_signed_in(came_back)
    }

    fn read_organisation(
        source: String,
        from: Option<String>,
    ) -> Result<wire::OrganisationPart, wire::TechnicalFailure> {
        log_panics();
        P::read_organisation(&source, from).map_err(convert::technical)
    }
}

fn bad_input() -> Vec<wire::Refusal> {
    vec![Refusal::new("plugin.bad-input", "主机传来的字段无法读取。", NOT_JSON)]
}

fn unreadable() -> wire::TechnicalFailure {
    convert::technical(Failure::permanent(NOT_JSON))
}

/// There is no standard error to print to, so what a panic says goes to the log.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| log::write(log::Level::Error, &panic.to_string())));
}
