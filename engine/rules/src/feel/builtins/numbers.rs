//! Functions on numbers.

use rust_decimal::{Decimal, MathematicalOps, RoundingStrategy};

use super::{Answer, Arguments, Builtin, Feel, builtin};
use crate::feel::arithmetic::square_root;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin("decimal", &["n", "scale"], 2, |a| {
        round(a, RoundingStrategy::MidpointNearestEven)
    }),
    builtin("floor", &["n", "scale"], 1, |a| {
        round(a, RoundingStrategy::ToNegativeInfinity)
    }),
    builtin("ceiling", &["n", "scale"], 1, |a| {
        round(a, RoundingStrategy::ToPositiveInfinity)
    }),
    builtin("round up", &["n", "scale"], 1, |a| {
        round(a, RoundingStrategy::AwayFromZero)
    }),
    builtin("round down", &["n", "scale"], 1, |a| round(a, RoundingStrategy::ToZero)),
    builtin("round half up", &["n", "scale"], 1, |a| {
        round(a, RoundingStrategy::MidpointAwayFromZero)
    }),
    builtin("round half down", &["n", "scale"], 1, |a| {
        round(a, RoundingStrategy::MidpointTowardZero)
    }),
    builtin("abs", &["n"], 1, |a| {
        Ok(match a.get(0) {
            Feel::Number(number) => number.abs().into(),
            Feel::Days(days) => Feel::Days(days.abs()),
            Feel::Months(months) => months.checked_abs().map_or(Feel::Null, Feel::Months),
            _ => Feel::Null,
        })
    }),
    builtin("modulo", &["dividend", "divisor"], 2, |a| {
        Ok(a.number(0).zip(a.number(1)).and_then(|(a, b)| modulo(a, b)).into())
    }),
    builtin("sqrt", &["number"], 1, |a| Ok(a.number(0).and_then(square_root).into())),
    builtin("odd", &["number"], 1, |a| Ok(is_odd(a).into())),
    builtin("even", &["number"], 1, |a| Ok(is_odd(a).map(|odd| !odd).into())),
];

/// Rounds to so many digits after the point, or before it when negative.
fn round(a: &Arguments<'_>, strategy: RoundingStrategy) -> Answer {
    let places = match a.is_given(1) {
        true => a.whole(1),
        false => Some(0),
    };
    let (Some(number), Some(places)) = (a.number(0), places) else {
        return Ok(Feel::Null);
    };
    if let Ok(places) = u32::try_from(places) {
        let places = places.min(Decimal::MAX_SCALE);
        return Ok(number.round_dp_with_strategy(places, strategy).into());
    }
    let unit = Decimal::TEN.checked_powi(places.saturating_neg());
    let rounded = unit.and_then(|unit| {
        let units = number.checked_div(unit)?.round_dp_with_strategy(0, strategy);
        units.checked_mul(unit)
    });
    Ok(rounded.into())
}

/// The remainder with the sign of the divisor.
fn modulo(dividend: Decimal, divisor: Decimal) -> Option<Decimal> {
    if divisor.is_zero() {
        return None;
    }
    let rest = dividend.checked_rem(divisor)?;
    if !rest.is_zero() && rest.is_sign_negative() != divisor.is_sign_negative() {
        return rest.checked_add(divisor);
    }
    Some(rest)
}

fn is_odd(a: &Arguments<'_>) -> Option<bool> {
    let number = a.number(0).filter(Decimal::is_integer)?;
    Some(!number.checked_rem(Decimal::TWO)?.is_zero())
}
