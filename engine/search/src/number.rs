//! Decimals as whole numbers of millionths: they sort, add up and take eight bytes.

use rust_decimal::{Decimal, prelude::ToPrimitive};

/// Digits after the point that are kept.
pub(crate) const SCALE: u32 = 6;

/// A decimal in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Millionths {
    /// The greatest number of millionths that is not above it, within what 64 bits hold.
    pub(crate) floor: i64,
    /// Whether that is the number itself.
    pub(crate) exact: bool,
}

/// A decimal in millionths. Order is kept: of two decimals, the greater one never has the smaller floor.
pub(crate) fn millionths(number: Decimal) -> Millionths {
    let factor = Decimal::from(10_i64.pow(SCALE));
    let clamped = if number.is_sign_negative() { i64::MIN } else { i64::MAX };
    let Some(scaled) = number.checked_mul(factor) else {
        return Millionths {
            floor: clamped,
            exact: false,
        };
    };
    let floor = scaled.floor();
    match floor.to_i64() {
        // The ends stand for everything beyond them.
        Some(whole) if whole != i64::MIN && whole != i64::MAX => Millionths {
            floor: whole,
            // A product of more than 28 digits is rounded; dividing shows it.
            exact: floor == scaled && scaled.checked_div(factor) == Some(number),
        },
        _ => Millionths {
            floor: clamped,
            exact: false,
        },
    }
}

/// The decimal of so many millionths, which may be a sum of many.
pub(crate) fn decimal(millionths: i128) -> Decimal {
    Decimal::try_from_i128_with_scale(millionths, SCALE).map_or(Decimal::MAX, |number| number.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_exact_and_order_is_kept() {
        let cases = [
            ("0", 0, true),
            ("1.5", 1_500_000, true),
            ("-1.5", -1_500_000, true),
            ("0.000001", 1, true),
            ("0.0000015", 1, false),
            ("-0.0000015", -2, false),
            ("9000000000000.25", 9_000_000_000_000_250_000, true),
            ("99999999999999999999", i64::MAX, false),
            ("-99999999999999999999", i64::MIN, false),
            ("1234567890123456789.123456789", i64::MAX, false),
            ("79228162514264337593543950335", i64::MAX, false),
        ];
        for (text, floor, exact) in cases {
            let number: Decimal = text.parse().expect("a decimal");
            assert_eq!(millionths(number), Millionths { floor, exact }, "{text}");
            if exact {
                assert_eq!(decimal(floor.into()), number.normalize(), "{text}");
            }
        }
    }
}
