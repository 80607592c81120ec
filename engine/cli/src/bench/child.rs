//! The program once more, in a process of its own: to measure a start without what came before it, and to be killed.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child as Process, Command, Stdio},
    time::{Duration, Instant},
};

use clap::ValueEnum;
use kapok::Kapok;
use serde::{Deserialize, Serialize};

use super::{
    Bench, Failure,
    clients::{self, Goal, MANY},
    process,
    report::Report,
    straight_through,
};

/// What the child does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Role {
    /// Runs one of several workloads, so that what one leaves in memory is not the next one's.
    Part,
    /// Opens the folder, says how long that took, and closes it.
    Open,
    /// Starts cases until it is killed, and says so when it has begun.
    Work,
}

/// What the child says when it is ready.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Opened {
    /// How long it took to open the folder.
    pub(super) seconds: f64,
    /// The memory in use then, in bytes.
    pub(super) memory: u64,
}

/// The child's own part.
pub(super) fn act(options: &Bench) -> Result<(), Failure> {
    let begin = Instant::now();
    let kapok = Kapok::open(&options.data)?;
    let opened = Opened {
        seconds: begin.elapsed().as_secs_f64(),
        memory: process::memory_bytes(),
    };
    let say = || -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", serde_json::to_string(&opened)?)?;
        Ok(out.flush()?)
    };
    match options.child {
        Some(Role::Open) => {
            say()?;
            // Until the parent has seen it.
            std::io::stdin().lock().read_line(&mut String::new())?;
        }
        _ => {
            clients::run(MANY, Goal::time(Duration::from_millis(300)), |_, number| {
                straight_through::start(&kapok, number).map(drop)
            })?;
            say()?;
            clients::run(MANY, Goal::time(Duration::from_secs(60)), |_, number| {
                straight_through::start(&kapok, number).map(drop)
            })?;
        }
    }
    Ok(())
}

/// Runs each of these in a process of its own; goes on when one fails.
pub(super) fn parts(options: &Bench, names: &[&str]) -> Result<(), Failure> {
    let mut report = Report::new(options.json, false);
    report.place(&options.data);
    if !options.curves {
        report.begin_figures()?;
    }
    let mut failed = Vec::new();
    for name in names {
        let mut part = command(Role::Part, &options.data)?;
        part.args(["--only", name]);
        part.args(options.json.then_some("--json"));
        part.args(options.curves.then_some("--curves"));
        part.args(options.seconds.map(|seconds| format!("--seconds={seconds}")));
        part.args(options.instances.map(|instances| format!("--instances={instances}")));
        if !part.status()?.success() {
            failed.push(*name);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("未能完成：{0}\nnot finished: {0}", failed.join(", ")).into())
    }
}

/// The benchmark once more.
fn command(role: Role, folder: &Path) -> Result<Command, Failure> {
    let role = role.to_possible_value().ok_or("a role without a name")?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["bench", "--child", role.get_name(), "--data"])
        .arg(folder);
    Ok(command)
}

/// A child that has said what it had to say.
pub(super) struct Child {
    process: Process,
    pub(super) opened: Opened,
}

impl Child {
    /// Starts one on a folder, and waits until it is ready.
    pub(super) fn start(role: Role, folder: &Path) -> Result<Self, Failure> {
        let mut process = command(role, folder)?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let out = process.stdout.take().ok_or("a child without a voice")?;
        let read = BufReader::new(out).read_line(&mut line);
        match read.map(|_| serde_json::from_str(&line)) {
            Ok(Ok(opened)) => Ok(Self { process, opened }),
            _ => {
                let _ = process.kill();
                let status = process.wait()?;
                Err(format!("a process of its own could not open {}: {status}", folder.display()).into())
            }
        }
    }

    /// Lets it end in order.
    pub(super) fn finish(mut self) -> Result<Opened, Failure> {
        drop(self.process.stdin.take());
        let status = self.process.wait()?;
        if status.success() {
            Ok(self.opened)
        } else {
            Err(format!("a process of its own ended with {status}").into())
        }
    }

    /// Ends it as a power cut would.
    pub(super) fn kill(mut self) -> Result<(), Failure> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

/// Opens a folder in a process of its own and closes it again.
pub(super) fn open(folder: &Path) -> Result<Opened, Failure> {
    Child::start(Role::Open, folder)?.finish()
}
