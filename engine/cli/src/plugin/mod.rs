//! `kapok plugin`: writing plugins, and looking after those of an installation.

mod build;
mod client;
mod dev;
mod manage;
mod new;
mod project;
mod scenario;
mod sdk;
mod test;

use std::process::ExitCode;

use crate::commands::{Plugin, PluginAction};

/// Does what the command line says.
pub(crate) fn plugin(options: Plugin) -> Result<ExitCode, String> {
    match options.action {
        PluginAction::New { name } => new::new(&name),
        PluginAction::Build { folder } => build::build(&folder).map(|_| ExitCode::SUCCESS),
        PluginAction::Test { folder, no_build } => test::test(&folder, no_build),
        PluginAction::Dev(options) => dev::dev(&options),
        PluginAction::Schema => {
            println!("{:#}", kapok::records::Definitions::schema());
            Ok(ExitCode::SUCCESS)
        }
        PluginAction::Install { file, yes, confirm, at } => manage::install(&file, yes, confirm, &at),
        PluginAction::List { json, at } => manage::list(json, &at),
        PluginAction::Enable { id, at } => manage::enable(&id, true, &at),
        PluginAction::Disable { id, at } => manage::enable(&id, false, &at),
        PluginAction::Remove { id, confirm, at } => manage::remove(&id, confirm, &at),
    }
}
