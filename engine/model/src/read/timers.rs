//! Timers (BPMN 2.0.2, table 10.101): ISO 8601, literally or from an expression.

use kapok_protocol::{Expression, IsoDuration, Timestamp};

use super::{Context, expressions::read_expression};
use crate::{TimerDefinition, catalogue::flow as rules, xml::Element};

/// Reads a timer event definition; after a fault, which was reported, a timer that nobody will run.
pub(super) fn read_timer<'a>(
    event: &'a Element,
    definition: &'a Element,
    may_repeat: bool,
    context: &mut Context<'a>,
) -> TimerDefinition {
    const FAULTY: TimerDefinition = TimerDefinition::After(IsoDuration::from_millis(0));
    let times: Vec<&Element> = definition
        .bpmn_children()
        .filter(|child| matches!(child.name.as_str(), "timeDate" | "timeDuration" | "timeCycle"))
        .collect();
    let time = match times.as_slice() {
        [time] if !time.text.trim().is_empty() => *time,
        [] | [_] => {
            context
                .findings
                .report_inside(&rules::TIMER_MISSING, event, definition.line, &[&event.label()]);
            return FAULTY;
        }
        _ => {
            context
                .findings
                .report_inside(&rules::TIMER_SEVERAL, event, definition.line, &[&event.label()]);
            return FAULTY;
        }
    };
    if time.name == "timeCycle" && !may_repeat {
        context
            .findings
            .report_inside(&rules::TIMER_CYCLE_NOT_ALLOWED, event, time.line, &[&event.label()]);
        return FAULTY;
    }
    let text = time.text.trim();
    if time.attribute("language").is_some() || text.starts_with("${") || text.starts_with('=') {
        let expression = read_expression(event, time, context);
        return match time.name.as_str() {
            "timeDate" => TimerDefinition::Date(expression),
            "timeDuration" => TimerDefinition::Duration(expression),
            _ => TimerDefinition::Cycle(expression),
        };
    }
    let (literal, rule) = match time.name.as_str() {
        // The text is digits and a few signs only, so it is its own literal in rhai.
        "timeDate" => (
            moment(text).map(|moment| TimerDefinition::Date(Expression::rhai(format!("\"{moment}\"")))),
            &rules::TIMER_DATE,
        ),
        "timeDuration" => (text.parse().ok().map(TimerDefinition::After), &rules::TIMER_DURATION),
        _ => (
            cycle(text).map(|(times, every)| TimerDefinition::Every(times, every)),
            &rules::TIMER_CYCLE,
        ),
    };
    literal.unwrap_or_else(|| {
        context
            .findings
            .report_inside(rule, event, time.line, &[&event.label(), &text]);
        FAULTY
    })
}

/// A repetition `R/P1D` or `R3/PT1H`: how often (`None` = for ever), and the interval, which is not zero.
pub(super) fn cycle(text: &str) -> Option<(Option<u32>, IsoDuration)> {
    let (times, interval) = text.trim().strip_prefix('R')?.split_once('/')?;
    let times = match times {
        "" => None,
        times if times.bytes().all(|byte| byte.is_ascii_digit()) => Some(times.parse().ok().filter(|n| *n > 0)?),
        _ => return None,
    };
    let interval: IsoDuration = interval.parse().ok()?;
    (!interval.is_zero()).then_some((times, interval))
}

/// A date and time, with or without an offset (without one it is company time), completed to seconds.
fn moment(text: &str) -> Option<String> {
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00"));
    let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let seconds = if clock.len() == "hh:mm".len() { ":00" } else { "" };
    let moment = format!("{date}T{clock}{seconds}");
    let checked = format!("{moment}{}", if zone.is_empty() { "Z" } else { zone });
    serde_json::from_value::<Timestamp>(checked.into()).ok()?;
    Some(moment + zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_completed_or_refused() {
        for (text, expected) in [
            ("2026-11-23T09:00:00Z", Some("2026-11-23T09:00:00Z")),
            ("2026-11-23T09:00+08:00", Some("2026-11-23T09:00:00+08:00")),
            ("2026-11-23T09:00:00.5", Some("2026-11-23T09:00:00.5")),
            ("2026-11-23", Some("2026-11-23T00:00:00")),
            ("2026-02-30", None),
            ("2026-11-23T25:00", None),
            ("tomorrow", None),
            ("2026-11-23T09:00:00\"", None),
        ] {
            assert_eq!(moment(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn cycles_say_how_often_and_how_far_apart() {
        let hour = IsoDuration::from_millis(3_600_000);
        for (text, expected) in [
            ("R/PT1H", Some((None, hour))),
            ("R3/PT1H", Some((Some(3), hour))),
            ("R0/PT1H", None),
            ("R-1/PT1H", None),
            ("R+1/PT1H", None),
            ("R/PT0S", None),
            ("PT1H", None),
            ("0 0 * * *", None),
        ] {
            assert_eq!(cycle(text), expected, "{text}");
        }
    }
}
