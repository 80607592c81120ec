//! Timers (10.5.5, table 10.101).

use std::collections::BTreeMap;

use kapok_model::TimerDefinition;
use kapok_protocol::{Expression, IsoDuration, Timestamp};

use super::state::{Id, Wait, World};

impl World {
    /// When a timer that is armed now fires.
    pub(super) fn wait_for_timer(&self, owner: Id, timer: &TimerDefinition) -> Result<Wait, String> {
        match timer {
            TimerDefinition::After(duration) => Ok(self.once(*duration)),
            TimerDefinition::Every(times, interval) => self.cycle(*times, *interval),
            TimerDefinition::Duration(expression) => {
                let text = self.time_text(owner, expression)?;
                match text.parse() {
                    Ok(duration) => Ok(self.once(duration)),
                    Err(_) => Err(format!("{text} is not a duration")),
                }
            }
            TimerDefinition::Cycle(expression) => {
                let text = self.time_text(owner, expression)?;
                let (times, interval) = text
                    .strip_prefix('R')
                    .and_then(|rest| rest.split_once('/'))
                    .ok_or_else(|| format!("{text} is not a cycle"))?;
                match (times.parse().ok(), interval.parse()) {
                    (None, _) if !times.is_empty() => Err(format!("{text} is not a cycle")),
                    (times, Ok(interval)) => self.cycle(times, interval),
                    _ => Err(format!("{text} is not a cycle")),
                }
            }
            TimerDefinition::Date(_) | TimerDefinition::Cron(_) => {
                Err("moments of the calendar are not modelled here".to_owned())
            }
            #[allow(unreachable_patterns)]
            _ => Err("this timer is not modelled here".to_owned()),
        }
    }

    fn time_text(&self, owner: Id, expression: &Expression) -> Result<String, String> {
        match self.value(owner, expression)? {
            kapok_protocol::Value::Text(text) => Ok(text),
            other => Err(format!("{other} is not a time")),
        }
    }

    fn once(&self, duration: IsoDuration) -> Wait {
        Wait::Timer {
            due: self.now + millis(duration),
            again: None,
        }
    }

    fn cycle(&self, times: Option<u32>, interval: IsoDuration) -> Result<Wait, String> {
        if times == Some(0) || millis(interval) == 0 {
            return Err("a cycle that never comes or never ends".to_owned());
        }
        Ok(Wait::Timer {
            due: self.now + millis(interval),
            again: match times {
                Some(1) => None,
                times => Some((times.map(|times| times - 1), millis(interval))),
            },
        })
    }

    /// The timers that are due first, and may fire; the one that was armed first comes first.
    pub(super) fn timers_that_are_next(&self) -> Vec<usize> {
        let mut due: Vec<(i64, usize)> = self
            .armed
            .iter()
            .filter(|armed| self.is_waiting(armed))
            .filter_map(|armed| match armed.wait {
                Wait::Timer { due, .. } if due <= self.until.max(self.now) => Some((due, armed.age)),
                _ => None,
            })
            .collect();
        due.sort();
        let first = due.first().map(|(due, _)| *due);
        due.into_iter()
            .filter(|(due, _)| Some(*due) == first)
            .map(|(_, age)| age)
            .collect()
    }

    /// A timer fires: time has passed up to when it is due.
    pub(super) fn fire(&mut self, age: usize) {
        let due = self
            .armed
            .iter()
            .find(|armed| armed.age == age)
            .map(|armed| &armed.wait);
        if let Some(Wait::Timer { due, .. }) = due {
            self.now = self.now.max(*due);
            self.occur(age, &BTreeMap::new());
        }
    }

    /// Sets a timer that fires to its next time; answers whether there is none.
    pub(super) fn next_firing(&mut self, at: usize) -> bool {
        match &mut self.armed[at].wait {
            Wait::Timer {
                due,
                again: again @ Some(_),
            } => {
                if let Some((left, interval)) = *again {
                    *due += interval;
                    *again = match left {
                        Some(1) => None,
                        left => Some((left.map(|left| left - 1), interval)),
                    };
                }
                false
            }
            Wait::Timer { again: None, .. } => true,
            _ => false,
        }
    }
}

fn millis(duration: IsoDuration) -> i64 {
    duration.after(Timestamp::from_millis(0)).millis()
}
