//! Importing a file of 100,000 rows as a person does it: validity, rights, a unique rule and a reference are looked at for
//! every row.

use std::{
    fmt::Write,
    thread,
    time::{Duration, Instant},
};

use kapok::{
    Company, ImportOptions, ImportState, Kapok, PluginSource, Staff,
    protocol::{Entity, ImportId},
};

use super::{Failure, figures::Figure, process, session::Session};

const NAME: &str = "import";
const ORDER: &str = "bench.order";
/// Customers that the rows name.
const CUSTOMERS: u64 = 5_000;
const PEOPLE: &str = "login,name,phone,email,department,superior,roles\nclerk,clerk,,,,,bench-import\n";
const HEADINGS: &str = "订单号,客户,金额,数量,阶段,日期,电话,邮箱,加急,备注";
const STAGES: [&str; 3] = ["新建", "已发货", "已付款"];

/// The file is read, looked at without storing anything, imported, and the import is undone.
pub(super) fn run(session: &mut Session) -> Result<(), Failure> {
    let rows = session.amount(100_000);
    let kapok = Kapok::builder()
        .plugins(vec![PluginSource {
            origin: "bench".into(),
            manifest: include_str!("plugin.toml").into(),
            component: None,
            pages: Default::default(),
        }])
        .open(session.place.folder(NAME))?;
    kapok.load_company(&company(), "kapok-bench")?;
    let staff = kapok
        .token(kapok.create_token("clerk", "")?.reveal())?
        .ok_or("the clerk is gone")?;
    kapok.catch_up()?;

    let file = file(rows)?;
    let begin = Instant::now();
    let mut upload = staff.upload()?;
    upload.write(file.as_bytes())?;
    let uploaded = upload.finish("orders.csv")?;
    let new = staff.begin_import(&Entity::new(ORDER), &uploaded.hash, "orders.csv")?;
    let reading = begin.elapsed();
    if new.suggestion.iter().any(Option::is_none) {
        return Err(format!("a column was not recognised: {:?}", new.suggestion).into());
    }
    let id = new.import.id;
    let options = ImportOptions {
        columns: new.suggestion,
        ..ImportOptions::default()
    };

    let begin = Instant::now();
    staff.check_import(id, &options)?;
    wait(&staff, id, ImportState::Checked, rows)?;
    let checking = begin.elapsed();

    let (begin, processor) = (Instant::now(), process::processor_time());
    staff.run_import(id, &options)?;
    wait(&staff, id, ImportState::Done, rows)?;
    let saved = begin.elapsed();
    kapok.catch_up()?;
    let (took, processor) = (begin.elapsed(), process::processor_time().saturating_sub(processor));

    let begin = Instant::now();
    staff.undo_import(id)?;
    wait(&staff, id, ImportState::Undone, rows)?;
    let undoing = begin.elapsed();

    let rate = |time: Duration| rows as f64 / time.as_secs_f64();
    let note = "saved, in the state files and in the index";
    let report = &mut session.report;
    report.add(&Figure::new(NAME, rate(took), "1/s", rows).note(note))?;
    report.add(
        &Figure::new(format!("{NAME}.saved"), rate(saved), "1/s", rows).note("until the last row was on the disk"),
    )?;
    report.add(&Figure::processor(NAME, processor, rows))?;
    report
        .add(&Figure::new(format!("{NAME}.read"), rate(reading), "1/s", rows).note("the file, as it was brought in"))?;
    report.add(&Figure::new(format!("{NAME}.check"), rate(checking), "1/s", rows).note("looked at, nothing stored"))?;
    report.add(&Figure::new(format!("{NAME}.undo"), rate(undoing), "1/s", rows).note("put into the trash"))?;
    drop((staff, kapok));
    session.place.clear(NAME)
}

/// Waits until an import has come to a state, with all its rows taken.
fn wait(staff: &Staff, id: ImportId, state: ImportState, rows: u64) -> Result<(), Failure> {
    loop {
        let import = staff.import(id)?;
        if import.state == state {
            let counts = import.counts;
            return match counts.created == rows && counts.failed == 0 && counts.kept == 0 {
                true => Ok(()),
                false => Err(format!("{counts:?} of {rows} rows").into()),
            };
        }
        if import.state == ImportState::Stopped {
            return Err(format!("the import was stopped: {:?}", import.reason).into());
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn company() -> Company<'static> {
    let mut customers = "code,name\n".to_owned();
    for number in 0..CUSTOMERS {
        customers.push_str(&format!("C{number:05},客户{number}\n"));
    }
    Company {
        departments: "code,name,parent,head\n",
        roles: "code,name\nbench-import,clerk\n",
        people: PEOPLE,
        // Lives as long as the program, which ends soon.
        records: Box::leak(Box::new([("bench.customer", &*customers.leak(), None)])),
    }
}

fn file(rows: u64) -> Result<String, Failure> {
    let mut file = format!("{HEADINGS}\r\n");
    for row in 0..rows {
        // Steps that are prime to what they go round in, so that neighbours differ.
        let mixed = row.wrapping_mul(7_919);
        writeln!(
            file,
            "SO-{row:08},C{:05},\"{},{:03}.50\",{},{},2026-{:02}-{:02},138{:08},buyer{}@example.com,{},\"第 {row} 行，送到门口\"\r",
            mixed % CUSTOMERS,
            1 + mixed % 900,
            mixed % 1_000,
            1 + mixed % 50,
            STAGES[(mixed % 3) as usize],
            1 + mixed % 12,
            1 + mixed % 28,
            mixed % 100_000_000,
            mixed % 10_000,
            if mixed % 7 == 0 { "是" } else { "否" },
        )?;
    }
    Ok(file)
}
