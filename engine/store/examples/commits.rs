//! How many commits a second this disk takes, beside what the disk alone can do.
//!
//! `cargo run --release -p kapok-store --example commits [FOLDER]`

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use kapok_store::{Batch, Store};

const TIME: Duration = Duration::from_secs(3);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let parent = std::env::args().nth(1).unwrap_or_else(|| ".".into());
    let folder = Path::new(&parent).join("commits-example");
    std::fs::create_dir(&folder)?;
    let measured = measure(&folder);
    std::fs::remove_dir_all(&folder)?;
    measured
}

fn measure(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let file = File::create(folder.join("appended"))?;
    let mut end = 0;
    report("append of 200 bytes and fdatasync", 1, || {
        file.write_all_at(&[1; 200], end)?;
        end += 200;
        Ok(file.sync_data()?)
    })?;
    let file = File::create(folder.join("overwritten"))?;
    file.write_all_at(&vec![0; 16 << 20], 0)?;
    file.sync_all()?;
    let mut end = 0;
    report("overwrite of 200 bytes and fdatasync", 1, || {
        file.write_all_at(&[1; 200], end)?;
        end = (end + 200) % (16 << 20);
        Ok(file.sync_data()?)
    })?;

    let store = Store::open(&folder.join("store"))?;
    let mut number = 0u64;
    for rows in [1, 40, 2560] {
        report(&format!("commit of {rows} rows of 100 bytes"), rows, || {
            let mut batch = Batch::new();
            for _ in 0..rows {
                number += 1;
                batch.put((number % 1_000_000).to_be_bytes(), [1; 100]);
            }
            store.commit(batch, 0)?;
            Ok(())
        })?;
        let start = Instant::now();
        store.catch_up()?;
        println!(
            "  the state files caught up after {:.2} s",
            start.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

fn report(
    what: &str,
    rows: usize,
    mut act: impl FnMut() -> Result<(), Box<dyn std::error::Error>>,
) -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let mut times = Vec::new();
    while start.elapsed() < TIME {
        let before = Instant::now();
        act()?;
        times.push(before.elapsed());
    }
    times.sort_unstable();
    let rate = times.len() as f64 / start.elapsed().as_secs_f64();
    let (middle, slow) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!(
        "{what}: {rate:.0}/s ({:.0} rows/s), p50 {middle:?}, p99 {slow:?}",
        rate * rows as f64
    );
    Ok(())
}
