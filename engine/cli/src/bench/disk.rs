//! What a finished case takes on the disk for good.

use kapok::store::Store;

use super::{
    Failure,
    clients::{self, MANY},
    figures::Figure,
    models,
    place::disk_bytes,
    session::Session,
    straight_through,
};

const NAME: &str = "disk";

/// Straight-through cases with all their history, after the engine was closed: what `du` says, by folder.
pub(super) fn run(session: &mut Session) -> Result<(), Failure> {
    let goal = session.goal(1_000_000, 0.0);
    let kapok = session.open(NAME)?;
    kapok.deploy(&models::straight_through())?;
    let cases = clients::run(MANY, goal, |_, number| {
        straight_through::start(&kapok, number).map(drop)
    })?
    .len() as u64;
    drop(kapok);
    let folder = session.place.folder(NAME);
    let each = |bytes: u64| bytes as f64 / cases as f64;
    let whole = each(disk_bytes(&folder)?);
    session.report.add(&Figure::new(NAME, whole, "B/case", cases))?;
    for part in ["journal", "snapshots", "state"] {
        let bytes = each(disk_bytes(&folder.join(part))?);
        session
            .report
            .add(&Figure::new(format!("{NAME}.{part}"), bytes, "B/case", cases))?;
    }
    // The oldest journal may go when two snapshots have passed it; how much is kept meanwhile depends on the moment.
    let store = Store::open(&folder)?;
    store.snapshot()?;
    drop(store);
    let bytes = each(disk_bytes(&folder)?);
    let figure = Figure::new(format!("{NAME}.after-snapshot"), bytes, "B/case", cases);
    session.report.add(&figure.note("after one more snapshot than usual"))?;
    session.place.clear(NAME)
}
