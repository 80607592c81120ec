//! How long questions to an index of many records take, without anything around it.
//!
//!     cargo run --release -p kapok-search --example million -- 1000000

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use kapok_protocol::{Entity, Filter, PersonId, Record, RecordId, Timestamp, Value};
use kapok_records::Sort;
use kapok_rules::Context;
use kapok_search::{Change, Group, Grouping, Index, Keyword, Period, Position, Query, Rights, Whose};

const PLACES: [&str; 8] = ["北京", "上海", "广州", "深圳", "杭州", "苏州", "南京", "成都"];
const NAMES: [&str; 12] = [
    "恒远", "华腾", "金源", "瑞丰", "天成", "博雅", "宏达", "永泰", "新宇", "东方", "盛世", "海纳",
];
const TRADES: [&str; 6] = ["机械设备", "电子科技", "建筑材料", "食品加工", "物流运输", "医疗器械"];
const TIMES: u64 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(100_000), |text| text.parse())?;
    let entity = Entity::new("bench.deal");
    let index = Index::memory()?;
    let begin = Instant::now();
    for chunk in (0..count).collect::<Vec<_>>().chunks(2_000) {
        index.add(chunk.iter().map(|number| Change::Saved {
            entity: entity.clone(),
            record: record(*number),
        }))?;
    }
    index.commit(&Position::default())?;
    let took = begin.elapsed();
    println!(
        "{count} records in {took:?}, {:.0}/s",
        count as f64 / took.as_secs_f64()
    );

    let these = |from: u64, to: u64| Rights {
        whose: Whose::These(Arc::new((from..to).filter_map(PersonId::new).collect())),
        shared: BTreeSet::new(),
        inherited: None,
    };
    for (who, rights) in [
        ("10", these(5, 6)),
        ("3 in 10", these(100, 400)),
        ("all", Rights::all()),
    ] {
        let list = |filter: Option<&str>, sort: &[Sort], word: Option<&str>| -> Result<usize, Box<dyn Error>> {
            let filter: Option<Filter> = filter.map(serde_json::from_str).transpose()?;
            let query = Query {
                entity: &entity,
                keyword: word.map(|text| Keyword::new(text, ["name".to_owned()].into())),
                filter: filter.as_ref(),
                sort,
                after: None,
                limit: 20,
                count_to: 1_000,
            };
            Ok(index.find(&query, &rights, &Context::default(), &())?.count)
        };
        let by_amount = [Sort {
            field: "amount".into(),
            descending: true,
        }];
        let by_both = [
            Sort {
                field: "region".into(),
                descending: false,
            },
            Sort {
                field: "day".into(),
                descending: true,
            },
        ];
        time(who, "list", |_| list(None, &[], None))?;
        time(who, "sort", |_| list(None, &by_amount, None))?;
        time(who, "sort by two", |_| list(None, &by_both, None))?;
        time(who, "filter", |number| {
            let filter = format!(
                r#"{{"all":[{{"field":"region","op":"=","value":"r{}"}},{{"field":"amount","op":">","value":{}}}]}}"#,
                number % 30,
                number * 10_000
            );
            list(Some(&filter), &[], None)
        })?;
        time(who, "filter for few, sorted", |number| {
            let filter = format!(r#"{{"field":"amount","op":"<","value":{}}}"#, number % 7);
            list(Some(&filter), &by_both[1..], None)
        })?;
        time(who, "word in few", |number| {
            let word = format!("{}{}", PLACES[number as usize % 8], NAMES[number as usize % 12]);
            list(None, &[], Some(&word))
        })?;
        time(who, "word in many", |number| {
            list(None, &[], Some(TRADES[number as usize % 6]))
        })?;
        time(who, "initials", |_| list(None, &[], Some("bjhy")))?;
        time(who, "months and sums", |_| {
            let groups = [Group {
                field: "day".into(),
                period: Some(Period::Month),
            }];
            let grouping = Grouping {
                entity: &entity,
                keyword: None,
                filter: None,
                groups: &groups,
                measured: &["amount"],
                utc_offset_minutes: 480,
            };
            Ok(index
                .statistics(&grouping, &rights, &Context::default(), &())?
                .rows
                .len())
        })?;
    }
    Ok(())
}

fn time(
    who: &str,
    what: &str,
    mut ask: impl FnMut(u64) -> Result<usize, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let begin = Instant::now();
    let found = ask(0)?;
    let first = begin.elapsed();
    let mut times: Vec<Duration> = Vec::new();
    for number in 0..TIMES {
        let begin = Instant::now();
        ask(number)?;
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    println!(
        "{who:<8} {what:<24} p50 {:>9.3} ms, p95 {:>9.3} ms, first {:>9.3} ms, found {found}",
        times[times.len() / 2].as_secs_f64() * 1e3,
        times[times.len() * 95 / 100].as_secs_f64() * 1e3,
        first.as_secs_f64() * 1e3
    );
    Ok(())
}

fn record(number: u64) -> Record {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678;
    let mut below = |end: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    let name = format!(
        "{}{}{}有限公司{number}",
        PLACES[below(8) as usize],
        NAMES[below(12) as usize],
        TRADES[below(6) as usize]
    );
    let owner = if number < 10 { 5 } else { 100 + below(1_000) };
    let fields: [(&str, Value); 5] = [
        ("name", name.into()),
        ("amount", Value::Number(below(1_000_000).into())),
        ("region", format!("r{}", below(30)).into()),
        ("stage", format!("s{}", below(6)).into()),
        (
            "day",
            format!("202{}-{:02}-{:02}", below(7), 1 + below(12), 1 + below(28)).into(),
        ),
    ];
    Record {
        id: RecordId::new(number + 10_000).unwrap_or_else(|| unreachable!()),
        version: 1,
        owner: PersonId::new(owner),
        created_at: Timestamp::from_millis(1_795_420_800_000 + number as i64),
        created_by: None,
        updated_at: Timestamp::from_millis(1_795_420_800_000),
        fields: fields
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect::<BTreeMap<_, _>>(),
    }
}
