//! The `kapok` command.

mod bench;
mod built_in;
mod check;
mod commands;
mod config;
mod data;
mod decide;
mod demo;
mod gateway;
mod operate;
mod plugin;
mod run;
mod serve;
mod service;
mod user;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use commands::{Commands, Kapok};

/// What one thread makes is freed by another most of the time: rows by the feeder, pages of the state files by whoever
/// comes by. The C library's allocator took a third of the processor time of a completed to-do for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let matches = Kapok::command().get_matches();
    let parsed = match Kapok::from_arg_matches(&matches) {
        Ok(parsed) => parsed,
        Err(error) => error.exit(),
    };
    let done = match parsed.command {
        Commands::Serve(options) => serve::serve(options),
        Commands::Check(options) => check::check(&options),
        Commands::Run(options) => match matches.subcommand() {
            Some((_, matches)) => run::run(&options, matches),
            None => Ok(ExitCode::FAILURE),
        },
        Commands::Decide(options) => decide::decide(&options),
        Commands::User(options) => user::user(options),
        Commands::Plugin(options) => plugin::plugin(options),
        Commands::Verify(options) => operate::verify(&options),
        Commands::Backup(options) => operate::backup(&options),
        Commands::Restore(options) => operate::restore(&options),
        Commands::Rebuild(options) => operate::rebuild(&options),
        Commands::Export(options) => operate::export(&options),
        Commands::Import(options) => operate::import(&options),
        Commands::Service(options) => service::service(&options),
        Commands::Bench(options) => bench::bench(&options),
    };
    done.unwrap_or_else(|message| {
        eprintln!("kapok: {message}");
        ExitCode::FAILURE
    })
}
