//! Moments are compared as texts, like everything that is written; the index holds them as numbers.
//!
//! `12:00:00.5Z` stands before `12:00:00Z` in the order of texts. So a moment has a place in that order: its second, then
//! its milliseconds, where none at all come last.

use kapok_protocol::Timestamp;

/// The place of a moment in the order of texts.
pub(crate) fn place(millis: i64) -> i64 {
    let (second, part) = (millis.div_euclid(1000), millis.rem_euclid(1000));
    second * 1000 + if part == 0 { 999 } else { part - 1 }
}

fn moment(place: i64) -> i64 {
    let (second, part) = (place.div_euclid(1000), place.rem_euclid(1000));
    second * 1000 + if part == 999 { 0 } else { part + 1 }
}

/// The years 0 to 9999, whose texts all have the same length.
const FIRST: i64 = -62_167_219_200_000;
const LAST: i64 = 253_402_300_799_999;

/// The place of the first moment whose text is not less, and whether it is the text.
pub(crate) fn lower_bound(text: &str) -> (i64, bool) {
    let written = |place| Timestamp::from_millis(moment(place)).to_string();
    let (mut low, mut high) = (FIRST, LAST + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if written(middle).as_str() < text {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    (low, low <= LAST && written(low) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_the_order_of_texts() {
        let start = 1_795_420_800_000;
        let millis = [-3000, -1, 0, 1, 120, 500, 999, 1000, 1001, 2000];
        for a in millis {
            for b in millis {
                let text = |offset: i64| Timestamp::from_millis(start + offset).to_string();
                assert_eq!(
                    place(start + a).cmp(&place(start + b)),
                    text(a).cmp(&text(b)),
                    "{a} {b}"
                );
            }
            let text = Timestamp::from_millis(start + a).to_string();
            assert_eq!(lower_bound(&text), (place(start + a), true));
        }
        let (day, exact) = lower_bound("2026-11-23");
        assert!(!exact);
        assert_eq!(
            Timestamp::from_millis(moment(day)).to_string(),
            "2026-11-23T00:00:00.001Z"
        );
        assert_eq!(lower_bound(""), (FIRST, false));
        assert_eq!(lower_bound("9"), (lower_bound("9000").0, false));
        assert_eq!(lower_bound("x"), (LAST + 1, false));
    }
}
