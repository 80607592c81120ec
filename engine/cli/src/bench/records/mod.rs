//! A million records, seen by three people: one who sees ten, one who sees three in ten, one who sees all.
//!
//! Each question is asked of the engine as a person asks it, rights and names included, and of SQLite, which holds the
//! same records with the indexes that suit these questions.

mod data;
#[cfg(feature = "compare")]
mod sqlite;

use std::time::{Duration, Instant};

use kapok::{Kapok, ListQuery, Staff, StatisticsQuery, protocol::Entity, records::Sort};

use super::{
    Failure,
    figures::{Figure, percentile},
    session::Session,
};
use data::{Data, ENTITY, VIEWERS};

const NAME: &str = "records";
/// Records on a page.
pub(super) const PAGE: usize = 20;
/// How often each question is asked, each time in other words.
const TIMES: u64 = 200;

/// The questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// Newest first.
    List,
    /// Of one region, above an amount, newest first.
    Filter,
    /// By amount, greatest first.
    Sort,
    /// How many are of one stage, up to 1,000.
    Count,
    /// Those whose name contains a word.
    Keyword,
    /// Amounts by month.
    Group,
}

const QUESTIONS: [(Question, &str); 6] = [
    (Question::List, "list"),
    (Question::Filter, "filter"),
    (Question::Sort, "sort"),
    (Question::Count, "count"),
    (Question::Keyword, "keyword"),
    (Question::Group, "group"),
];

/// What came back, to be compared.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The names on the page.
    pub(super) names: Vec<String>,
    /// How many there are, up to 1,000; of groups, all of them.
    pub(super) count: usize,
    /// What they add up to, in cents.
    pub(super) cents: i64,
}

/// Lists, filters, sorts, counts, words and groups.
pub(super) fn run(session: &mut Session) -> Result<(), Failure> {
    let data = Data::of(session.number(1_000_000));
    let folder = session.place.folder(NAME);
    let kapok = Kapok::builder().plugins(vec![data::plugin()]).open(&folder)?;
    let begin = Instant::now();
    kapok.load_company(&data.company(), "kapok-bench")?;
    kapok.catch_up()?;
    let took = begin.elapsed();
    let rate = data.count() as f64 / took.as_secs_f64();
    let figure = Figure::new(format!("{NAME}.import"), rate, "1/s", data.count());
    session.report.add(&figure.note("saved, in the state files and in the index"))?;

    #[cfg(feature = "compare")]
    let other = sqlite::Other::make(&session.place.folder("records-sqlite"), &data)?;
    for (login, who) in VIEWERS {
        let staff = kapok.token(kapok.create_token(login, "")?.reveal())?.ok_or("the viewer is gone")?;
        for (question, name) in QUESTIONS {
            let times = TIMES;
            let ours = measure(times, |number| ask(&staff, &data, question, number))?;
            let mut figure = Figure::new(format!("{NAME}.{name}.{who}"), ours.p95, "ms", times).times(ours.times.clone());
            #[cfg(feature = "compare")]
            {
                let theirs = measure(times, |number| other.ask(login, &data, question, number))?;
                compare(question, &ours, &theirs)?;
                let note = format!(
                    "p95; SQLite p50 {:.3} p95 {:.3} ms; ratio of p95 {:.2}",
                    theirs.p50,
                    theirs.p95,
                    ours.p95 / theirs.p95.max(1e-6)
                );
                figure = figure.limit(theirs.p95, note);
            }
            #[cfg(not(feature = "compare"))]
            {
                figure = figure.note("p95; built without `--features compare`, so beside nothing");
            }
            session.report.add(&figure)?;
        }
    }
    drop(kapok);
    session.place.clear(NAME)
}

struct Measured {
    times: Vec<Duration>,
    p50: f64,
    p95: f64,
    #[cfg_attr(not(feature = "compare"), allow(dead_code))]
    answers: Vec<Answer>,
}

fn measure(times: u64, mut ask: impl FnMut(u64) -> Result<Answer, Failure>) -> Result<Measured, Failure> {
    // What is made when it is first asked for is not what people wait for daily.
    ask(0)?;
    let mut measured = Measured {
        times: Vec::new(),
        p50: 0.0,
        p95: 0.0,
        answers: Vec::new(),
    };
    for number in 0..times {
        let begin = Instant::now();
        let answer = ask(number)?;
        measured.times.push(begin.elapsed());
        measured.answers.push(answer);
    }
    let mut sorted = measured.times.clone();
    sorted.sort_unstable();
    let millis = |percent| percentile(&sorted, percent).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    (measured.p50, measured.p95) = (millis(50), millis(95));
    Ok(measured)
}

/// The same questions must have the same answers. What a word is differs, so of words only some are compared.
#[cfg(feature = "compare")]
fn compare(question: Question, ours: &Measured, theirs: &Measured) -> Result<(), Failure> {
    for (number, (ours, theirs)) in ours.answers.iter().zip(&theirs.answers).enumerate() {
        let same = match question {
            Question::Keyword => ours.count == theirs.count,
            _ => ours == theirs,
        };
        if !same {
            return Err(format!("{question:?} {number}: {ours:?} is not SQLite's {theirs:?}").into());
        }
    }
    Ok(())
}

/// Asks the engine.
fn ask(staff: &Staff, data: &Data, question: Question, number: u64) -> Result<Answer, Failure> {
    let mut list = ListQuery::all(Entity::new(ENTITY), PAGE);
    match question {
        Question::List => {}
        Question::Filter => list.filter = Some(data.filter(number)?),
        Question::Sort => {
            list.sort = vec![Sort {
                field: "amount".into(),
                descending: true,
            }];
        }
        Question::Count => {
            list.filter = Some(data.stage(number)?);
            list.limit = 1;
        }
        Question::Keyword => list.keyword = Some(Data::word(number)),
        Question::Group => return group(staff, number),
    }
    let page = staff.records(&list)?;
    let names = page.items.into_iter().map(|record| record.title);
    Ok(Answer {
        names: match question {
            Question::Count => Vec::new(),
            _ => names.collect(),
        },
        count: page.count,
        cents: 0,
    })
}

fn group(staff: &Staff, number: u64) -> Result<Answer, Failure> {
    let statistics = staff.statistics(&StatisticsQuery {
        entity: Entity::new(ENTITY),
        keyword: None,
        filter: Some(Data::since(number)?),
        groups: vec![kapok::Group {
            field: "day".into(),
            period: Some(kapok::Period::Month),
        }],
        sum: Some("amount".into()),
    })?;
    let names = statistics.rows.iter().filter_map(|row| Some(row.groups.first()?.0.as_text()?.to_owned()));
    let sum = statistics.total.sum.unwrap_or_default().to_string();
    Ok(Answer {
        names: names.collect(),
        count: usize::try_from(statistics.total.count)?,
        cents: data::cents(&sum)?,
    })
}
