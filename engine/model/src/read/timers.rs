//! Timers (BPMN 2.0.2, table 10.101): ISO 8601, literally or from an expression.

use kapok_protocol::{Expression, IsoDuration, Language, Timestamp};

use super::{Context, expressions::expression_of, values::is_computed};
use crate::{TimerDefinition, catalogue::flow as rules, cron, xml::Element};

/// Reads a timer event definition; after a fault, which was reported, a timer that nobody will run.
pub(super) fn read_timer<'a>(
    event: &'a Element,
    definition: &'a Element,
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
    let text = time.text.trim();
    // ISO 8601 is ISO 8601 whatever language the file says it is written in.
    let literal = match time.name.as_str() {
        // The text is digits and a few signs only, so it is its own literal in rhai.
        "timeDate" => moment(text).map(|moment| TimerDefinition::Date(Expression::rhai(format!("\"{moment}\"")))),
        "timeDuration" => text.parse().ok().map(TimerDefinition::After),
        _ => read_cycle(text),
    };
    if let Some(literal) = literal {
        return literal;
    }
    if time.stated("language").is_some() || is_computed(text) {
        // Text around the braces (`PT${hours}H`) makes it no other language.
        let stated = time.stated("language").unwrap_or(Language::Juel.uri());
        let expression = expression_of(event, time.line, text, Some(stated), context);
        return match time.name.as_str() {
            "timeDate" => TimerDefinition::Date(expression),
            "timeDuration" => TimerDefinition::Duration(expression),
            _ => TimerDefinition::Cycle(expression),
        };
    }
    let rule = match time.name.as_str() {
        "timeDate" => &rules::TIMER_DATE,
        "timeDuration" => &rules::TIMER_DURATION,
        _ => &rules::TIMER_CYCLE,
    };
    context
        .findings
        .report_inside(rule, event, time.line, &[&event.label(), &text]);
    FAULTY
}

fn read_cycle(text: &str) -> Option<TimerDefinition> {
    cycle(text)
        .map(|(times, every)| TimerDefinition::Every(times, every))
        .or_else(|| bounded_cycle(text).map(|cycle| TimerDefinition::Cycle(Expression::rhai(format!("\"{cycle}\"")))))
        .or_else(|| cron::is_valid(text).then(|| TimerDefinition::Cron(text.to_owned())))
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

/// A repetition that says when it begins (`R3/2026-01-01T00:00:00Z/PT1H`) or ends (`R/PT1H/2026-01-01`), with the
/// moment completed to seconds.
fn bounded_cycle(text: &str) -> Option<String> {
    let mut parts = text.trim().split('/');
    let (times, one, other) = (parts.next()?, parts.next()?, parts.next()?);
    let (date, interval, from_date) = if one.starts_with('P') {
        (other, one, false)
    } else {
        (one, other, true)
    };
    let date = moment(date)?;
    cycle(&format!("{times}/{interval}")).filter(|_| parts.next().is_none())?;
    Some(if from_date {
        format!("{times}/{date}/{interval}")
    } else {
        format!("{times}/{interval}/{date}")
    })
}

/// A date and time, with or without an offset (without one it is company time), completed to seconds.
pub(super) fn moment(text: &str) -> Option<String> {
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

    #[test]
    fn cycles_can_say_when_they_begin_or_end() {
        for (text, expected) in [
            ("R3/2026-01-01T00:00:00Z/PT1H", Some("R3/2026-01-01T00:00:00Z/PT1H")),
            ("R/2026-01-01/P1D", Some("R/2026-01-01T00:00:00/P1D")),
            ("R/P1D/2026-01-01T08:00", Some("R/P1D/2026-01-01T08:00:00")),
            ("R3/PT1H", None),
            ("R3/tomorrow/PT1H", None),
            ("R3/2026-01-01/PT0S", None),
            ("R3/2026-01-01/PT1H/PT1H", None),
            ("R3/2026-01-01T00:00:00\"/PT1H", None),
        ] {
            assert_eq!(bounded_cycle(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_repeats_is_a_cycle_or_cron() {
        for (text, fine) in [
            ("0 0 9 * * MON-FRI", true),
            ("0 9 * * 1-5", true),
            ("*/15 * * * *", true),
            ("0 0 12 1/5 * ? 2030", true),
            ("R/P1D", true),
            ("* * * *", false),
            ("* * * * * * * *", false),
            ("60 * * * *", false),
            ("0 0 9 * * NOP", false),
            ("a b c d e", false),
            ("", false),
        ] {
            assert_eq!(read_cycle(text).is_some(), fine, "{text}");
        }
    }
}
