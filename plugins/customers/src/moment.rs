//! Moments as the host writes them: UTC, to the second. Alike, so that texts compare as moments do.

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The text of a moment, given in milliseconds since 1970.
pub(crate) fn moment(millis: i64) -> String {
    let seconds = millis.div_euclid(1_000);
    let (day, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, of_month) = date(day);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{of_month:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The moment so many days before another one.
pub(crate) fn days_before(millis: i64, days: u32) -> i64 {
    millis - i64::from(days) * DAY * 1_000
}

/// The date of a day counted from 1970-01-01. Counted in eras of 400 years that begin on March 1, so that the leap day is
/// the last of its year.
fn date(day: i64) -> (i64, i64, i64) {
    let from_march = day + 719_468;
    let (era, of_era) = (from_march.div_euclid(146_097), from_march.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year + i64::from(month <= 2);
    (year, month, of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_host_writes_them() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (951_868_799_999, "2000-02-29T23:59:59Z"),
            (1_795_888_800_000, "2026-11-28T18:00:00Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(moment(millis), text);
        }
        assert_eq!(moment(days_before(1_795_888_800_000, 28)), "2026-10-31T18:00:00Z");
    }
}
