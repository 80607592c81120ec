//! Numbers and amounts as people write them.

use kapok_protocol::{Text, Value};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::width::half_width;

/// What may stand before or behind an amount.
const CURRENCIES: [&str; 12] = [
    "人民币",
    "RMB",
    "CNY",
    "USD",
    "EUR",
    "HKD",
    "¥",
    "￥",
    "$",
    "€",
    "£",
    "元",
];

/// A number: `1,234.50`, `（1,234.50）` for one below zero, `1.2E+05`; an amount with its currency too. `scale` is how many
/// digits it may have after the point.
pub(super) fn number(text: &str, currency: Option<&str>, scale: Option<u32>) -> Result<Value, Text> {
    let number = read(text, currency).map(|number| scale.map_or(number, |scale| meant(number, scale)));
    number.map(Value::Number).ok_or_else(|| {
        Text::new(
            format!("“{text}”不是数字，请只写数字，例如 1234.50。"),
            format!("“{text}” is not a number; write it like 1234.50."),
        )
    })
}

fn read(text: &str, currency: Option<&str>) -> Option<Decimal> {
    let text = half_width(text);
    let mut text = text.trim();
    let mut negative = false;
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        (text, negative) = (inner.trim(), true);
    }
    if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
        if negative {
            return None;
        }
        (text, negative) = (rest.trim(), true);
    }
    if currency.is_some() {
        let signs = || CURRENCIES.into_iter().chain(currency);
        text = signs().find_map(|sign| text.strip_prefix(sign)).unwrap_or(text).trim();
        text = signs().find_map(|sign| text.strip_suffix(sign)).unwrap_or(text).trim();
    }
    let text = text.strip_prefix('+').filter(|_| !negative).unwrap_or(text);
    let plain = without_groups(text)?;
    let number = match plain.contains(['e', 'E']) {
        true => Decimal::from_scientific(&plain).ok()?,
        false => plain.parse().ok()?,
    };
    Some(if negative { -number } else { number })
}

/// The number that another program meant which keeps numbers as floating point: `32.3800011` and `0.30000000000000004` are
/// 32.38 and 0.3. Only what such a program adds by itself is taken away: less than a tenth of the last digit wanted, and
/// less than the error of single precision. More digits than that somebody wrote, and they are left to be refused.
fn meant(number: Decimal, scale: u32) -> Decimal {
    let rounded = number.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero);
    let error = (number - rounded).abs();
    let is_noise = error < Decimal::new(1, (scale + 1).min(Decimal::MAX_SCALE))
        && error
            .checked_mul(SINGLE_PRECISION)
            .is_some_and(|error| error <= number.abs());
    if is_noise { rounded } else { number }
}

/// 2 to the power of 23: a number of single precision has so many steps from one power of two to the next.
const SINGLE_PRECISION: Decimal = Decimal::from_parts(8_388_608, 0, 0, false, 0);

/// The digits without what groups them by three; nothing when they are not grouped so, for then a comma could be a point.
fn without_groups(text: &str) -> Option<String> {
    if !text.contains(',') {
        let is_number = text
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_digit() || byte == b'.');
        return is_number.then(|| text.to_owned());
    }
    let (whole, rest) = text
        .split_once('.')
        .map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let mut groups = whole.split(',');
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().is_some_and(|group| is_digits(group) && group.len() <= 3);
    if !first || !groups.all(|group| is_digits(group) && group.len() == 3) {
        return None;
    }
    let whole = whole.replace(',', "");
    Some(rest.map_or_else(|| whole.clone(), |rest| format!("{whole}.{rest}")))
}
