//! `kapok bench`: how fast this machine lets the engine be, beside what the machine can do without it.
//!
//! Every workload runs on an engine over a real folder, as durable as in daily work, and prints one line for each figure.
//! `engine/PERFORMANCE.md` says what each figure means.

mod clients;
mod counts;
mod figures;
mod machine;
mod models;
mod place;
mod process;
mod report;
mod session;
mod straight_through;

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use report::Report;
use session::Session;

/// Whatever stops a measurement.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A workload: its name, what it is, and how it is run.
struct Workload {
    name: &'static str,
    about: &'static str,
    run: fn(&mut Session) -> Result<(), Failure>,
}

/// In the order in which they run.
const WORKLOADS: &[Workload] = &[
    Workload {
        name: "straight-through",
        about: "cases of three scripts, a choice, a fork and a join, started by 64 clients",
        run: straight_through::many,
    },
    Workload {
        name: "straight-through-1",
        about: "the same, started by one client",
        run: straight_through::one,
    },
];

/// Measure how fast it is on this machine, beside the machine's own limits
#[derive(Args)]
#[command(after_help = help())]
pub(crate) struct Bench {
    /// Run this workload only; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Where to make the temporary folder of data; the disk beneath it is what is measured [default: the current folder]
    #[arg(long, value_name = "DIR", default_value = ".", hide_default_value = true)]
    data: PathBuf,
    /// How long each workload runs [default: what it needs to be believed]
    #[arg(long, value_name = "N")]
    seconds: Option<f64>,
    /// How many cases each workload has, instead of its own number
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    instances: Option<u64>,
}

fn help() -> String {
    let mut help = "Workloads:\n".to_owned();
    for workload in WORKLOADS {
        help += &format!("  {:<20} {}\n", workload.name, workload.about);
    }
    help += "\nNot there yet: records, import (they come with search and with the import of records).";
    help
}

/// Runs the workloads that are asked for.
pub(crate) fn bench(options: &Bench) -> Result<ExitCode, String> {
    let known = |name: &&String| WORKLOADS.iter().any(|workload| workload.name == **name);
    if let Some(unknown) = options.only.iter().find(|name| !known(name)) {
        return Err(format!("there is no workload {unknown}\n{}", help()));
    }
    let told = |error: Failure| error.to_string();
    let mut session = Session::begin(
        &options.data,
        options.seconds,
        options.instances,
        Report::new(options.json),
    )
    .map_err(told)?;
    for workload in WORKLOADS {
        if options.only.is_empty() || options.only.iter().any(|name| name == workload.name) {
            session.report.begin(workload.name, workload.about);
            (workload.run)(&mut session).map_err(|error| format!("{}: {error}", workload.name))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
