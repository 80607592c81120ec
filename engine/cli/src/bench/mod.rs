//! `kapok bench`: how fast this machine lets the engine be, beside what the machine can do without it.
//!
//! Every workload runs on an engine over a real folder, as durable as in daily work, and prints one line for each figure.
//! `engine/PERFORMANCE.md` says what each figure means.

mod child;
mod clients;
mod clock;
mod cost;
mod counts;
mod curves;
mod decision_table;
mod disk;
mod figures;
mod http;
mod human_steps;
mod import;
mod inbox;
mod machine;
mod models;
mod people;
mod place;
mod plugin_call;
mod process;
mod records;
mod report;
mod session;
mod start;
mod straight_through;
mod timers;
mod waiting;

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use child::Role;
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
        name: "records",
        about: "1,000,000 records: lists, filters, sorts, counts, words and groups, for three viewers, beside SQLite",
        run: records::run,
    },
    Workload {
        name: "import",
        about: "a file of 100,000 rows becomes records: validity, rights, a unique rule and a reference for each",
        run: import::run,
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
    /// Run this workload, or draw this curve, only; may be repeated
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
    /// How many cases each workload has, instead of its own number; of curves, the largest size
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    instances: Option<u64>,
    /// Draw curves instead: what a step costs as everything around it grows
    #[arg(long)]
    curves: bool,
    /// Work for so long instead, and say once a minute how fast, and what it takes of memory and disk
    #[arg(long, value_name = "N", conflicts_with_all = ["curves", "only", "seconds", "instances"])]
    minutes: Option<f64>,
    /// Be a part of another run that needs a process of its own
    #[arg(long, hide = true)]
    child: Option<Role>,
}

fn help() -> String {
    let line = |(name, about): (&str, &str)| format!("  {name:<20} {about}\n");
    let workloads: String = WORKLOADS
        .iter()
        .map(|workload| line((workload.name, workload.about)))
        .collect();
    let curves: String = curves::names().map(line).collect();
    format!("Workloads:\n{workloads}\nCurves:\n{curves}")
}

/// Runs the workloads, or draws the curves, that are asked for.
pub(crate) fn bench(options: &Bench) -> Result<ExitCode, String> {
    let all: Vec<&str> = if options.curves {
        curves::names().map(|(name, _)| name).collect()
    } else {
        WORKLOADS.iter().map(|workload| workload.name).collect()
    };
    if let Some(unknown) = options.only.iter().find(|name| !all.contains(&name.as_str())) {
        return Err(format!(
            "没有名为“{unknown}”的项目，可选：{0}\nthere is no {unknown}, only: {0}",
            all.join(", ")
        ));
    }
    let is_asked_for = |name: &&str| options.only.is_empty() || options.only.iter().any(|only| only == name);
    let names: Vec<&str> = all.into_iter().filter(is_asked_for).collect();
    let done = match (options.child, names.as_slice()) {
        (Some(Role::Open | Role::Work), _) => child::act(options),
        (_, [name]) => measure(options, name),
        _ if options.minutes.is_some() => measure(options, ""),
        _ => child::parts(options, &names),
    };
    done.map(|()| ExitCode::SUCCESS).map_err(|error| error.to_string())
}

/// Runs one workload, draws one curve, or works for long.
fn measure(options: &Bench, name: &str) -> Result<(), Failure> {
    let report = Report::new(options.json, options.child.is_some());
    let mut session = Session::begin(&options.data, options.seconds, options.instances, report)?;
    if let Some(minutes) = options.minutes {
        return curves::run_long(&mut session, minutes);
    }
    let measured = match WORKLOADS.iter().find(|workload| workload.name == name) {
        Some(workload) if !options.curves => {
            session.report.begin(workload.name, workload.about);
            (workload.run)(&mut session)
        }
        _ => curves::draw(&mut session, name, options.instances),
    };
    measured.map_err(|error| format!("{name}: {error}").into())
}
