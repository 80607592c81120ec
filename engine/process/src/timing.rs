//! When timers fall due (BPMN 2.0.2, table 10.101).

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use kapok_model::TimerDefinition;
use kapok_protocol::{ElementInstanceId, Expression, IsoDuration, Text, TimerId, Timestamp, Value};

use crate::{
    Context,
    case::Case,
    halt::Halt,
    scope,
    state::{StateError, Timer, TimerKind},
};

/// When a timer fires, and how often again.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Schedule {
    pub(crate) due: Timestamp,
    pub(crate) repeat: Option<(Option<u32>, IsoDuration)>,
    pub(crate) cron: Option<String>,
}

impl Schedule {
    /// At one moment.
    pub(crate) fn once(due: Timestamp) -> Self {
        Self {
            due,
            repeat: None,
            cron: None,
        }
    }
}

impl Context<'_> {
    /// The moment a drawn duration after `start`, shortened as this engine shortens.
    pub(crate) fn after(&self, duration: IsoDuration, start: Timestamp) -> Timestamp {
        if self.shorten <= 1 {
            return duration.after(start);
        }
        start.plus_millis(duration.after(start).millis().saturating_sub(start.millis()) / i64::from(self.shorten))
    }

    /// A moment as people in the company write it.
    pub(crate) fn local(&self, moment: Timestamp) -> String {
        let local = moment.plus_millis(i64::from(self.utc_offset_minutes) * 60_000).to_utc();
        local.format("%Y-%m-%d %H:%M").to_string()
    }
}

/// Works out a timer's schedule, from now.
pub(crate) fn schedule(
    case: &mut Case,
    scope: Option<ElementInstanceId>,
    definition: &TimerDefinition,
) -> Result<Schedule, Halt> {
    let given = match expression(definition) {
        Some(expression) => scope::value(case, scope, expression)?,
        None => Value::Null,
    };
    Ok(schedule_from(case.context, definition, &given)?)
}

/// The expression of a definition, when it is not a literal duration or cycle.
pub(crate) fn expression(definition: &TimerDefinition) -> Option<&Expression> {
    match definition {
        TimerDefinition::Date(expression)
        | TimerDefinition::Duration(expression)
        | TimerDefinition::Cycle(expression) => Some(expression),
        TimerDefinition::After(_) | TimerDefinition::Every(..) | TimerDefinition::Cron(_) => None,
    }
}

/// The schedule of a definition whose expression has the value `given`.
pub(crate) fn schedule_from(
    context: &Context<'_>,
    definition: &TimerDefinition,
    given: &Value,
) -> Result<Schedule, Text> {
    let found = match definition {
        TimerDefinition::After(duration) => Some(once(context, *duration)),
        TimerDefinition::Every(times, interval) => again(context, *times, *interval),
        TimerDefinition::Cron(cron) => by_calendar(context, cron),
        _ => given.as_text().and_then(|text| read(context, definition, text)),
    };
    found.ok_or_else(|| not_a_time(definition, given))
}

/// The schedule that a text means, where the definition expects it.
fn read(context: &Context<'_>, definition: &TimerDefinition, text: &str) -> Option<Schedule> {
    let text = text.trim();
    match definition {
        TimerDefinition::Date(_) => moment(text, context.utc_offset_minutes).map(Schedule::once),
        TimerDefinition::Duration(_) => text.parse().ok().map(|duration| once(context, duration)),
        TimerDefinition::Cycle(_) if text.starts_with('R') => {
            let cycle = cycle(text)?;
            let schedule = again(context, cycle.times, cycle.interval)?;
            let bound = |text: Option<&str>| text.map(|text| moment(text, context.utc_offset_minutes));
            match (bound(cycle.start), bound(cycle.end)) {
                (None, None) => Some(schedule),
                (Some(start), _) => Some(Schedule {
                    due: start?,
                    ..schedule
                }),
                (None, Some(end)) => until(context, schedule, cycle.interval, end?),
            }
        }
        TimerDefinition::Cycle(_) => by_calendar(context, text),
        TimerDefinition::After(_) | TimerDefinition::Every(..) | TimerDefinition::Cron(_) => None,
    }
}

/// The moment that a computed due date means: a date and time, or a duration from now.
pub(crate) fn due_from(context: &Context<'_>, expression: &Expression, given: &Value) -> Result<Timestamp, Text> {
    let text = given.as_text().map(str::trim);
    let found = text.and_then(|text| {
        let from_now = || text.parse().ok().map(|duration| context.after(duration, context.now));
        moment(text, context.utc_offset_minutes).or_else(from_now)
    });
    found.ok_or_else(|| not_a_time(&TimerDefinition::Date(expression.clone()), given))
}

fn once(context: &Context<'_>, duration: IsoDuration) -> Schedule {
    Schedule::once(context.after(duration, context.now))
}

/// By the calendar: a cron expression, in company time.
fn by_calendar(context: &Context<'_>, cron: &str) -> Option<Schedule> {
    Some(Schedule {
        due: next_by_calendar(context, cron, context.now)?,
        repeat: None,
        cron: Some(cron.to_owned()),
    })
}

/// The first moment after another that a cron expression means; `None` when it means none.
fn next_by_calendar(context: &Context<'_>, cron: &str, after: Timestamp) -> Option<Timestamp> {
    kapok_model::cron::next_after(cron, after, context.utc_offset_minutes)
}

/// A cycle of no length would fire without end in one moment, and one of no times never: neither is a time.
fn again(context: &Context<'_>, times: Option<u32>, interval: IsoDuration) -> Option<Schedule> {
    if interval.is_zero() || times == Some(0) {
        return None;
    }
    let repeat = match times {
        Some(1) => None,
        Some(times) => Some((Some(times - 1), interval)),
        None => Some((None, interval)),
    };
    Some(Schedule {
        due: context.after(interval, context.now),
        repeat,
        cron: None,
    })
}

/// A repetition as ISO 8601 writes it.
struct Cycle<'t> {
    times: Option<u32>,
    start: Option<&'t str>,
    interval: IsoDuration,
    end: Option<&'t str>,
}

/// `R4/PT10S`, `R/PT10S` for ever, `R4/2026-05-01T09:00:00/PT10S` from a moment on, `R/PT10S/2026-05-01T09:00:00` until
/// one.
fn cycle(text: &str) -> Option<Cycle<'_>> {
    let (times, rest) = text.strip_prefix('R')?.split_once('/')?;
    let (start, interval, end) = match rest.split_once('/') {
        Some((start, interval)) if !start.starts_with('P') => (Some(start), interval, None),
        Some((interval, end)) => (None, interval, Some(end)),
        None => (None, rest, None),
    };
    Some(Cycle {
        times: if times.is_empty() {
            None
        } else {
            Some(times.parse().ok()?)
        },
        start,
        interval: interval.parse().ok()?,
        end,
    })
}

/// A repetition that ends at a moment: so many times as fit until then.
fn until(context: &Context<'_>, schedule: Schedule, interval: IsoDuration, end: Timestamp) -> Option<Schedule> {
    const MOST: u32 = 1_000_000;
    if schedule.due > end {
        return None;
    }
    let (mut fits, mut due) = (0, schedule.due);
    while due <= end && fits < MOST {
        fits += 1;
        due = context.after(interval, due);
    }
    let left = match schedule.repeat {
        Some((Some(left), _)) => left.min(fits - 1),
        _ => fits - 1,
    };
    Some(Schedule {
        repeat: (left > 0).then_some((Some(left), interval)),
        ..schedule
    })
}

/// An ISO 8601 date and time, or a date; without an offset it is meant in company time.
fn moment(text: &str, utc_offset_minutes: i32) -> Option<Timestamp> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.to_utc().into());
    }
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()
                .map(|day| day.and_time(NaiveTime::MIN))
        })?;
    Some(
        local
            .checked_sub_signed(TimeDelta::minutes(utc_offset_minutes.into()))?
            .and_utc()
            .into(),
    )
}

fn not_a_time(definition: &TimerDefinition, given: &Value) -> Text {
    let (zh, en, sample) = match definition {
        TimerDefinition::Date(_) => ("日期时间", "a date and time", "2026-05-01T09:00:00"),
        TimerDefinition::Duration(_) | TimerDefinition::After(_) => ("时长", "a duration", "PT8H"),
        TimerDefinition::Cycle(_) | TimerDefinition::Every(..) | TimerDefinition::Cron(_) => {
            ("循环", "a cycle", "R3/PT1H")
        }
    };
    let text = expression(definition).map_or("", |expression| expression.text.as_str());
    Text::new(
        format!("定时器的表达式“{text}”得到 {given}，不是{zh}（例如 {sample}）。请修改相关数据后重试。"),
        format!(
            "The timer's expression `{text}` gave {given}, which is not {en} such as {sample}. Mend the data and retry."
        ),
    )
}

/// Starts a timer that belongs to an activation, or to the case.
pub(crate) fn arm(
    case: &mut Case,
    owner: Option<ElementInstanceId>,
    schedule: Schedule,
    kind: TimerKind,
) -> Result<(), StateError> {
    let id: TimerId = case.new_id();
    case.work.timers.put(
        id,
        Timer {
            id,
            due: schedule.due,
            kind,
            repeat: schedule.repeat,
            cron: schedule.cron,
        },
    );
    timers_of(case, owner)?.push(id);
    Ok(())
}

/// The running timers of an activation, or of the case.
pub(crate) fn timers_of<'x>(
    case: &'x mut Case,
    owner: Option<ElementInstanceId>,
) -> Result<&'x mut Vec<TimerId>, StateError> {
    match owner {
        None => Ok(&mut case.instance_mut()?.timers),
        Some(id) => Ok(&mut case.element_mut(id)?.timers),
    }
}

/// The timer after it has fired; `None` when that was the last time. Times missed while the engine was down are one. The
/// clock may have been put back since the timer was found due; the next time is a later one all the same.
pub(crate) fn after_firing(context: &Context<'_>, timer: &Timer) -> Option<Timer> {
    if let Some(cron) = &timer.cron {
        return Some(Timer {
            due: next_by_calendar(context, cron, context.now.max(timer.due))?,
            ..timer.clone()
        });
    }
    let (mut left, interval) = timer.repeat?;
    let mut due = timer.due;
    loop {
        let step = context
            .after(interval, due)
            .millis()
            .saturating_sub(due.millis())
            .max(1);
        // Months differ in length, so long steps are taken one by one; short ones all at once, as there may be millions.
        let steps = if step < DAY_MILLIS {
            context.now.millis().saturating_sub(due.millis()).max(0) / step + 1
        } else {
            1
        };
        if let Some(times) = &mut left {
            *times = times.checked_sub(u32::try_from(steps).unwrap_or(u32::MAX))?;
        }
        due = due.plus_millis(step.saturating_mul(steps));
        if due > context.now {
            break;
        }
    }
    let repeat = (left != Some(0)).then_some((left, interval));
    Some(Timer {
        id: timer.id,
        due,
        kind: timer.kind.clone(),
        repeat,
        cron: None,
    })
}

const DAY_MILLIS: i64 = 86_400_000;
