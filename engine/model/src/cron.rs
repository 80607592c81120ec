//! Cron expressions: repetition by the calendar, as `timeCycle` of Camunda, Flowable and Zeebe has it.
//!
//! Five fields (minute, hour, day of month, month, day of week), six with seconds before them, or seven with years behind
//! them, as in Quartz; `?` stands for any day.

use chrono::{DateTime, FixedOffset};
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};
use kapok_protocol::Timestamp;

/// Whether the text is a cron expression.
pub fn is_valid(text: &str) -> bool {
    parse(text).is_some()
}

/// The first moment after `now` that the expression means, in a company time that is so far ahead of UTC; `None` when it
/// means no moment, or is none.
pub fn next_after(text: &str, now: Timestamp, utc_offset_minutes: i32) -> Option<Timestamp> {
    let zone = FixedOffset::east_opt(utc_offset_minutes.checked_mul(60)?)?;
    let local: DateTime<FixedOffset> = now.to_utc().with_timezone(&zone);
    let next = parse(text)?.find_next_occurrence(&local, false).ok()?;
    Some(next.to_utc().into())
}

fn parse(text: &str) -> Option<Cron> {
    let fields = text.split_whitespace().count();
    if !(5..=7).contains(&fields) || text.len() > 200 {
        return None;
    }
    CronParser::builder()
        .seconds(Seconds::Optional)
        .year(Year::Optional)
        // Quartz counts days of the week from 1; whoever writes it gives itself away by its `?` or its years.
        .alternative_weekdays(fields == 7 || text.contains('?'))
        .build()
        .parse(&with_ends(text, fields))
        .ok()
}

/// Quartz writes `0/5` for every fifth from the first on; the end, which goes without saying there, is put in.
fn with_ends(text: &str, fields: usize) -> String {
    const ENDS: [&str; 7] = ["59", "59", "23", "31", "12", "7", "2099"];
    let ends = ENDS.iter().skip(usize::from(fields == 5));
    let fields = text.split_whitespace().zip(ends).map(|(field, end)| {
        let parts = field.split(',').map(|part| match part.split_once('/') {
            Some((from, step)) if !from.is_empty() && from.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{from}-{end}/{step}")
            }
            _ => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join(",")
    });
    fields.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_from_a_first_one_on_go_to_the_end() {
        for (text, expected) in [
            ("0 0/5 * * * ?", "0 0-59/5 * * * ?"),
            ("0 9 1/5 * *", "0 9 1-31/5 * *"),
            ("*/15 8-18/2 * * 1,3", "*/15 8-18/2 * * 1,3"),
        ] {
            assert_eq!(with_ends(text, text.split_whitespace().count()), expected);
            assert!(is_valid(text), "{text}");
        }
    }
}
