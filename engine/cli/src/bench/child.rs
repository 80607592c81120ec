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
    Failure,
    clients::{self, Goal, MANY},
    process, straight_through,
};

/// What the child does.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Role {
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
pub(super) fn act(role: Role, folder: &Path) -> Result<(), Failure> {
    let begin = Instant::now();
    let kapok = Kapok::open(folder)?;
    let opened = Opened {
        seconds: begin.elapsed().as_secs_f64(),
        memory: process::memory_bytes(),
    };
    let say = || -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", serde_json::to_string(&opened)?)?;
        Ok(out.flush()?)
    };
    match role {
        Role::Open => {
            say()?;
            // Until the parent has seen it.
            std::io::stdin().lock().read_line(&mut String::new())?;
        }
        Role::Work => {
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

/// A child that has said what it had to say.
pub(super) struct Child {
    process: Process,
    pub(super) opened: Opened,
}

impl Child {
    /// Starts one on a folder, and waits until it is ready.
    pub(super) fn start(role: Role, folder: &Path) -> Result<Self, Failure> {
        let role = role.to_possible_value().ok_or("a role without a name")?;
        let mut process = Command::new(std::env::current_exe()?)
            .args(["bench", "--child", role.get_name(), "--data"])
            .arg(folder)
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
