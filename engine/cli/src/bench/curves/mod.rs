//! `kapok bench --curves`: what a step costs as everything around it grows.
//!
//! A step must not cost more because there are more cases, to-dos, timers or definitions, nor because its model or its case
//! is larger. A curve that rises with the size is a fault. Nothing here is measured against a limit.

mod amounts;
mod growth;
mod long_run;
mod point;
mod shapes;

pub(super) use long_run::run as run_long;

use super::{Failure, counts, session::Session};
use growth::Growth;
use point::Point;

/// A curve: its name, what is measured, and the sizes at which.
struct Curve {
    name: &'static str,
    about: &'static str,
    sizes: &'static [u64],
    kind: Kind,
}

/// How its points are made.
enum Kind {
    /// One folder of data that grows from point to point.
    Growing(fn() -> Box<dyn Growth>),
    /// A new folder for each point.
    Fresh(shapes::Measure),
}

const MILLION: &[u64] = &[0, 1_000, 10_000, 100_000, 1_000_000];

/// In the order in which they are drawn; what takes long comes last.
const CURVES: &[Curve] = &[
    Curve {
        name: "elements",
        about: "a script of a chain, by the length of the chain",
        sizes: &[50, 500, 5_000],
        kind: Kind::Fresh(shapes::chain),
    },
    Curve {
        name: "to-dos-of-a-case",
        about: "completing a to-do, by the number of them in its case",
        sizes: &[100, 1_000, 10_000],
        kind: Kind::Fresh(shapes::to_dos),
    },
    Curve {
        name: "repetitions",
        about: "a script repeated one after another, by the number of times",
        sizes: &[100, 1_000, 10_000],
        kind: Kind::Fresh(shapes::repetitions),
    },
    Curve {
        name: "branches",
        about: "completing a to-do before an inclusive join, by the number of branches",
        sizes: &[10, 100, 1_000],
        kind: Kind::Fresh(shapes::branches),
    },
    Curve {
        name: "definitions",
        about: "a straight-through case, by the number of definitions",
        sizes: &[0, 100, 1_000, 10_000],
        kind: Kind::Growing(|| Box::new(amounts::Definitions::default())),
    },
    Curve {
        name: "messages",
        about: "a message for one case, by the number of cases that wait for one",
        sizes: &[1_000, 10_000, 100_000, 1_000_000],
        kind: Kind::Growing(|| Box::new(amounts::Messages::default())),
    },
    Curve {
        name: "to-dos",
        about: "completing a to-do, by the number of open ones",
        sizes: &[1_000, 10_000, 100_000, 1_000_000],
        kind: Kind::Growing(|| Box::new(amounts::ToDos::default())),
    },
    Curve {
        name: "timers",
        about: "a timer that fires, by the number of those that do not",
        sizes: MILLION,
        kind: Kind::Growing(|| Box::new(amounts::Timers)),
    },
    Curve {
        name: "waiting",
        about: "a straight-through case, by the number of cases that wait for timers",
        sizes: MILLION,
        kind: Kind::Growing(|| Box::new(amounts::Waiting)),
    },
    Curve {
        name: "finished",
        about: "a straight-through case, by the number of finished ones",
        sizes: MILLION,
        kind: Kind::Growing(|| Box::new(amounts::Finished)),
    },
];

/// The names of all curves.
pub(super) fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    CURVES.iter().map(|curve| (curve.name, curve.about))
}

/// Draws a curve up to the size `cap`.
pub(super) fn draw(session: &mut Session, name: &str, cap: Option<u64>) -> Result<(), Failure> {
    let curve = CURVES
        .iter()
        .find(|curve| curve.name == name)
        .ok_or("there is no such curve")?;
    session.report.begin(curve.name, curve.about);
    let mut sizes = curve.sizes.to_vec();
    if let Some(cap) = cap {
        sizes.retain(|size| *size <= cap);
        if sizes.is_empty() {
            sizes.push(cap);
        }
    }
    draw_one(session, curve, &sizes)
}

fn draw_one(session: &mut Session, curve: &Curve, sizes: &[u64]) -> Result<(), Failure> {
    session.report.heading(&Point::heading(curve.name, curve.about))?;
    let mut smallest: Option<Point> = None;
    let mut show = |session: &mut Session, mut point: Point| -> Result<(), Failure> {
        point.curve = curve.name;
        let first = smallest.get_or_insert_with(|| point.clone());
        session.report.line(&point, || point.text(first))
    };
    match curve.kind {
        Kind::Growing(begin) => growth::points(session, begin().as_mut(), curve.name, sizes, &mut show)?,
        Kind::Fresh(measure) => {
            for size in sizes {
                let kapok = session.open(curve.name)?;
                let cost = measure(&kapok, usize::try_from(*size)?)?;
                drop(kapok);
                let written = counts::written(&session.place.folder(curve.name), 0)?;
                session.place.clear(curve.name)?;
                show(session, Point::new(*size, &cost).written(written))?;
            }
        }
    }
    Ok(())
}
