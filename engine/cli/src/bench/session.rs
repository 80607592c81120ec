//! What all workloads of one run share: where they run, how long, and what the machine can do.

use std::{path::Path, time::Duration};

use kapok::Kapok;

use super::{Failure, clients::Goal, machine::Machine, place::Place, report::Report};

/// One run of the benchmark.
pub(super) struct Session {
    pub(super) place: Place,
    pub(super) report: Report,
    pub(super) machine: Machine,
    seconds: Option<f64>,
    instances: Option<u64>,
}

impl Session {
    /// Begins a run in a new folder inside `data`.
    pub(super) fn begin(
        data: &Path,
        seconds: Option<f64>,
        instances: Option<u64>,
        report: Report,
    ) -> Result<Self, Failure> {
        let place = Place::make(data)?;
        report.place(data);
        // A short run is a trial of the benchmark; its limits need not be exact either.
        let patience = match (seconds, instances) {
            (Some(seconds), _) if seconds < 5.0 => Duration::from_millis(200),
            (_, Some(instances)) if instances < 1_000 => Duration::from_millis(20),
            _ => Duration::from_secs(2),
        };
        Ok(Self {
            machine: Machine::new(place.folder("machine"), patience),
            place,
            report,
            seconds,
            instances,
        })
    }

    /// How long a workload runs that ends when both a number and a time are reached.
    pub(super) fn goal(&self, instances: u64, seconds: f64) -> Goal {
        match (self.instances, self.seconds) {
            (Some(instances), _) => Goal::count(instances),
            (None, Some(seconds)) => Goal::time(Duration::from_secs_f64(seconds)),
            (None, None) => Goal {
                count: instances,
                time: Duration::from_secs_f64(seconds),
            },
        }
    }

    /// How many of something a workload has that is about a number.
    pub(super) fn number(&self, usual: u64) -> u64 {
        self.instances.unwrap_or(usual)
    }

    /// The same where a tenth is enough for a quick look.
    pub(super) fn amount(&self, usual: u64) -> u64 {
        let usual = if self.seconds.is_some() { usual / 10 } else { usual };
        self.number(usual)
    }

    /// An engine over a folder of this name, with the same settings as any other.
    pub(super) fn open(&self, name: &str) -> Result<Kapok, Failure> {
        Ok(Kapok::open(self.place.folder(name))?)
    }
}
