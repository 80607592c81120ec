//! One kind of number for scripts.
//!
//! rhai has integers and decimals and keeps them apart: `10 / 4` would be 2, and `switch 2.0 { 2 => … }` would not
//! match. Kapok has decimals only. Inside rhai a number is therefore always in one canonical form, an integer when it
//! is whole and fits, otherwise a decimal, so that equal numbers are equal values wherever rhai compares, hashes or
//! indexes; and every operator that could leave that form is replaced by one that computes exactly and returns to it.

use std::any::TypeId;

use rhai::{Dynamic, Engine, EvalAltResult, INT, Token};
use rust_decimal::{Decimal, MathematicalOps, RoundingStrategy, prelude::ToPrimitive};

type Fallible = Result<Dynamic, Box<EvalAltResult>>;
type Binary = fn(Decimal, Decimal) -> Result<Decimal, &'static str>;

const TOO_LARGE: &str = "数字过大 / the number is too large";
const BY_ZERO: &str = "除数为零 / division by zero";

/// A number in the form scripts see it.
pub(crate) fn canonical(number: Decimal) -> Dynamic {
    if number.is_integer()
        && let Some(whole) = number.to_i64()
    {
        return Dynamic::from_int(whole);
    }
    Dynamic::from_decimal(number.normalize())
}

/// A literal in canonical form: `5.0` is read as `5`.
pub(crate) fn canonical_literal(token: Token) -> Token {
    match &token {
        Token::DecimalConstant(constant) => match canonical(constant.0).as_int() {
            Ok(whole) => Token::IntegerConstant(whole),
            Err(_) => token,
        },
        _ => token,
    }
}

/// Replaces the arithmetic of an engine, whose fast operators must be off, and adds the functions on numbers.
pub(crate) fn register(engine: &mut Engine) {
    operator(engine, "+", "+=", |a, b| a.checked_add(b).ok_or(TOO_LARGE));
    operator(engine, "-", "-=", |a, b| a.checked_sub(b).ok_or(TOO_LARGE));
    operator(engine, "*", "*=", |a, b| a.checked_mul(b).ok_or(TOO_LARGE));
    operator(engine, "/", "/=", |a, b| match b.is_zero() {
        true => Err(BY_ZERO),
        false => a.checked_div(b).ok_or(TOO_LARGE),
    });
    operator(engine, "%", "%=", |a, b| match b.is_zero() {
        true => Err(BY_ZERO),
        false => a.checked_rem(b).ok_or(TOO_LARGE),
    });
    operator(engine, "**", "**=", power);

    binary(engine, "min", |a, b| Ok(a.min(b)));
    binary(engine, "max", |a, b| Ok(a.max(b)));
    binary(engine, "round", |number, places| {
        Ok(round(number, places, RoundingStrategy::MidpointAwayFromZero))
    });
    binary(engine, "floor", |number, places| {
        Ok(round(number, places, RoundingStrategy::ToNegativeInfinity))
    });
    binary(engine, "ceiling", |number, places| {
        Ok(round(number, places, RoundingStrategy::ToPositiveInfinity))
    });
    unary(engine, "round", |number| {
        number.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
    });
    unary(engine, "floor", |number| number.floor());
    unary(engine, "ceiling", |number| number.ceil());
    unary(engine, "abs", |number| number.abs());
    unary(engine, "-", |number| -number);
    engine.register_fn("parse_number", |text: &str| -> Fallible {
        text.trim().parse().map(canonical).map_err(|_| {
            arithmetic(&format!(
                "“{}” 不是数字 / is not a number",
                text.chars().take(40).collect::<String>()
            ))
        })
    });
}

/// Rounds to so many digits after the point: half away from zero is what people mean by 四舍五入.
fn round(number: Decimal, places: Decimal, strategy: RoundingStrategy) -> Decimal {
    number.round_dp_with_strategy(places.to_u32().unwrap_or(0).min(Decimal::MAX_SCALE), strategy)
}

fn power(base: Decimal, exponent: Decimal) -> Result<Decimal, &'static str> {
    match exponent.to_i64() {
        Some(whole) if exponent.is_integer() => {
            if base.is_zero() && whole < 0 {
                return Err(BY_ZERO);
            }
            base.checked_powi(whole).ok_or(TOO_LARGE)
        }
        _ => Err("指数必须是整数 / the exponent must be a whole number"),
    }
}

fn operator(engine: &mut Engine, name: &'static str, assignment: &'static str, compute: Binary) {
    binary(engine, name, compute);
    // `a /= b` may turn an integer into a decimal, so it must replace the whole value: only a raw function can.
    let kinds = [TypeId::of::<INT>(), TypeId::of::<Decimal>()];
    for types in kinds.iter().flat_map(|a| kinds.map(|b| [*a, b])) {
        engine.register_raw_fn(
            assignment,
            types,
            move |_, arguments| -> Result<(), Box<EvalAltResult>> {
                if let [target, operand] = arguments
                    && let (Some(a), Some(b)) = (number(target), number(operand))
                {
                    **target = compute(a, b).map(canonical).map_err(arithmetic)?;
                }
                Ok(())
            },
        );
    }
}

fn number(value: &Dynamic) -> Option<Decimal> {
    value.as_int().map(Decimal::from).or_else(|_| value.as_decimal()).ok()
}

fn binary(engine: &mut Engine, name: &'static str, compute: Binary) {
    let compute = move |a: Decimal, b: Decimal| compute(a, b).map(canonical).map_err(arithmetic);
    engine.register_fn(name, move |a: INT, b: INT| compute(a.into(), b.into()));
    engine.register_fn(name, move |a: INT, b: Decimal| compute(a.into(), b));
    engine.register_fn(name, move |a: Decimal, b: INT| compute(a, b.into()));
    engine.register_fn(name, compute);
}

fn unary(engine: &mut Engine, name: &'static str, compute: fn(Decimal) -> Decimal) {
    engine.register_fn(name, move |a: INT| canonical(compute(a.into())));
    engine.register_fn(name, move |a: Decimal| canonical(compute(a)));
}

fn arithmetic(detail: &str) -> Box<EvalAltResult> {
    EvalAltResult::ErrorArithmetic(detail.to_owned(), rhai::Position::NONE).into()
}
