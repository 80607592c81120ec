//! The same records in SQLite, with the indexes that suit the questions.

use std::path::Path;

use rusqlite::{Connection, params};

use super::{
    super::Failure,
    Answer, PAGE, Question,
    data::{self, BELOW, Data, SELLERS},
};

const TABLES: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -131072;
    PRAGMA mmap_size = 4294967296;
    CREATE TABLE deal (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, name TEXT NOT NULL, cents INTEGER NOT NULL,
        stage TEXT NOT NULL, region TEXT NOT NULL, day TEXT NOT NULL);
    CREATE TABLE reach (viewer TEXT NOT NULL, owner INTEGER NOT NULL, PRIMARY KEY (viewer, owner)) WITHOUT ROWID;
    CREATE VIRTUAL TABLE words USING fts5(name, content='', tokenize='trigram');
";

const INDEXES: &str = "
    CREATE INDEX deal_owner ON deal (owner, id);
    CREATE INDEX deal_region ON deal (region, cents);
    CREATE INDEX deal_region_id ON deal (region, id, cents, owner);
    CREATE INDEX deal_cents ON deal (cents, id, owner);
    CREATE INDEX deal_stage ON deal (stage, owner);
    CREATE INDEX deal_day ON deal (day, owner, cents);
    ANALYZE;
";

/// The first viewer, as an owner.
const FEW: i64 = -1;
/// Nobody counts further.
const COUNTED: usize = 1_000;

pub(super) struct Other(Connection);

impl Other {
    pub(super) fn make(file: &Path, data: &Data) -> Result<Self, Failure> {
        let mut connection = Connection::open(file)?;
        connection.execute_batch(TABLES)?;
        let writing = connection.transaction()?;
        {
            let mut deal = writing.prepare("INSERT INTO deal VALUES (?, ?, ?, ?, ?, ?, ?)")?;
            let mut words = writing.prepare("INSERT INTO words (rowid, name) VALUES (?, ?)")?;
            for number in 0..data.count() {
                let one = data::deal(number);
                let (id, owner) = (number as i64 + 1, one.seller.map_or(FEW, |seller| seller as i64));
                deal.execute(params![id, owner, one.name, one.cents, one.stage, one.region, one.day])?;
                words.execute(params![id, one.name])?;
            }
            let mut reach = writing.prepare("INSERT INTO reach VALUES (?, ?)")?;
            reach.execute(params!["few", FEW])?;
            for seller in 0..SELLERS.min(BELOW) {
                reach.execute(params!["some", seller as i64])?;
            }
        }
        writing.commit()?;
        connection.execute_batch(INDEXES)?;
        Ok(Self(connection))
    }

    /// Asks what the engine is asked: a page, and how many there are.
    pub(super) fn ask(&self, viewer: &str, _: &Data, question: Question, number: u64) -> Result<Answer, Failure> {
        let seen = match viewer {
            "all" => "1".to_owned(),
            viewer => format!("owner IN (SELECT owner FROM reach WHERE viewer = '{viewer}')"),
        };
        let (region, amount) = Data::region(number);
        let (condition, order) = match question {
            Question::List => (seen, "id DESC"),
            Question::Filter => (
                format!("{seen} AND region = '{region}' AND cents > {}", amount * 100),
                "id DESC",
            ),
            Question::Sort => (seen, "cents DESC, id DESC"),
            Question::Count => (format!("{seen} AND stage = '{}'", Data::stage_name(number)), "id DESC"),
            Question::Keyword => {
                let word = Data::word(number);
                (
                    format!("{seen} AND id IN (SELECT rowid FROM words WHERE words MATCH '\"{word}\"')"),
                    "id DESC",
                )
            }
            Question::Group => return self.group(&seen, number),
        };
        let limit = if question == Question::Count { 1 } else { PAGE };
        let page = format!(
            "SELECT id, owner, name, cents, stage, region, day FROM deal WHERE {condition} ORDER BY {order} LIMIT {limit}"
        );
        let mut page = self.0.prepare_cached(&page)?;
        let names = page
            .query_map([], |row| row.get::<_, String>(2))?
            .collect::<Result<Vec<_>, _>>()?;
        let count = format!("SELECT count(*) FROM (SELECT 1 FROM deal WHERE {condition} LIMIT {COUNTED})");
        let count: i64 = self.0.prepare_cached(&count)?.query_row([], |row| row.get(0))?;
        Ok(Answer {
            names: if question == Question::Count { Vec::new() } else { names },
            count: usize::try_from(count)?,
            cents: 0,
        })
    }

    fn group(&self, seen: &str, number: u64) -> Result<Answer, Failure> {
        let text = format!(
            "SELECT substr(day, 1, 7) AS month, count(*), sum(cents) FROM deal WHERE {seen} AND day >= '{}' \
             GROUP BY month ORDER BY month",
            Data::first_day(number)
        );
        let mut answer = Answer {
            names: Vec::new(),
            count: 0,
            cents: 0,
        };
        let mut groups = self.0.prepare_cached(&text)?;
        let mut rows = groups.query([])?;
        while let Some(row) = rows.next()? {
            answer.names.push(row.get(0)?);
            answer.count += usize::try_from(row.get::<_, i64>(1)?)?;
            answer.cents += row.get::<_, i64>(2)?;
        }
        Ok(answer)
    }
}
