//! `kapok bench`: how fast this machine lets the engine be, beside what the machine can do without it.
//!
//! Every workload runs on an engine over a real folder, as durable as in daily work, and prints one line for each figure.
//! `engine/PERFORMANCE.md` says what each figure means.

mod child;
mod clients;
mod counts;
mod decision_table;
mod disk;
mod figures;
mod http;
mod human_steps;
mod inbox;
mod machine;
mod models;
mod people;
mod place;
mod plugin_call;
mod process;
mod report;
mod session;
mod start;
mod straight_through;
mod timers;
mod waiting;

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
    Workload {
        name: "human-steps",
        about: "completing one of 10,000 open to-dos, and starting cases that wait for one, by 64 people",
        run: human_steps::run,
    },
    Workload {
        name: "inbox",
        about: "a page of 20 of a person with 1,000 to-dos and 10 groups of 10,000, in process and over HTTP",
        run: inbox::run,
    },
    Workload {
        name: "waiting",
        about: "1,000,000 cases that wait for timers: start, memory, disk, and what a step costs beside them",
        run: waiting::run,
    },
    Workload {
        name: "timers",
        about: "100,000 timers that fall due in one second, until all have fired",
        run: timers::run,
    },
    Workload {
        name: "decision-table",
        about: "100 rules of 4 inputs, first hit, one thread",
        run: decision_table::run,
    },
    Workload {
        name: "plugin-call",
        about: "a plugin's check of a small record, a new instance each time",
        run: plugin_call::run,
    },
    Workload {
        name: "disk",
        about: "what a finished straight-through case takes on the disk",
        run: disk::run,
    },
    Workload {
        name: "http",
        about: "straight-through cases and human steps over 64 connections",
        run: http::run,
    },
    Workload {
        name: "start",
        about: "opening a folder after a stop in order, and after a kill",
        run: start::run,
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
    /// Be a part of another run that needs a process of its own
    #[arg(long, hide = true)]
    child: Option<child::Role>,
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
    if let Some(role) = options.child {
        child::act(role, &options.data).map_err(told)?;
        return Ok(ExitCode::SUCCESS);
    }
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
