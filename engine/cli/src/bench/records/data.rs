//! The records: drawn from a seed, so that every run has the same.

use kapok::{Company, PluginSource, protocol::Filter};

use super::super::Failure;

/// Their entity.
pub(super) const ENTITY: &str = "bench.deal";

/// Those who look at them: the name they sign in with, and what they see.
pub(super) const VIEWERS: [(&str, &str); 3] = [("few", "10"), ("some", "300000"), ("all", "all")];

/// People who are responsible for records, and how many of them the second viewer stands above.
pub(super) const SELLERS: u64 = 1_000;
pub(super) const BELOW: u64 = 300;
/// Records of the first viewer.
const OWN: u64 = 10;

const STAGES: [&str; 6] = ["new", "contacted", "quoted", "negotiating", "won", "lost"];
const REGIONS: u64 = 30;
const PLACES: [&str; 24] = [
    "北京", "上海", "广州", "深圳", "杭州", "苏州", "南京", "成都", "重庆", "武汉", "西安", "天津", "青岛", "宁波",
    "长沙", "郑州", "无锡", "佛山", "合肥", "济南", "大连", "福州", "厦门", "昆明",
];
const NAMES: [&str; 32] = [
    "恒远", "华腾", "金源", "瑞丰", "天成", "博雅", "宏达", "永泰", "新宇", "东方", "盛世", "海纳", "中科", "锦程",
    "嘉禾", "云帆", "力拓", "德邦", "鑫汇", "远大", "凯旋", "鼎盛", "佳美", "广源", "明德", "同创", "兴业", "卓越",
    "长青", "万通", "星辰", "启航",
];
const TRADES: [&str; 20] = [
    "机械设备",
    "电子科技",
    "建筑材料",
    "食品加工",
    "物流运输",
    "医疗器械",
    "信息技术",
    "环保工程",
    "纺织服装",
    "汽车零部件",
    "新能源",
    "化工原料",
    "教育咨询",
    "智能制造",
    "家具装饰",
    "农业开发",
    "精密仪器",
    "包装印刷",
    "文化传媒",
    "钢铁贸易",
];

/// One record.
pub(super) struct Deal {
    /// The number of who is responsible; none for the first viewer.
    pub(super) seller: Option<u64>,
    pub(super) name: String,
    pub(super) cents: i64,
    pub(super) stage: &'static str,
    pub(super) region: String,
    pub(super) day: String,
}

/// All of them.
pub(super) struct Data {
    count: u64,
    tables: [String; 4],
}

impl Data {
    pub(super) fn of(count: u64) -> Self {
        let mut people = "login,name,phone,email,department,superior,roles\n\
                          few,few,,,there,,bench-own\nsome,some,,,here,,bench-tree\nall,all,,,top,,bench-all\n"
            .to_owned();
        for seller in 0..SELLERS {
            let department = if seller < BELOW { "below" } else { "there" };
            people.push_str(&format!("s{seller},s{seller},,,{department},,bench-own\n"));
        }
        let mut deals = "name,amount,stage,region,day,owner\n".to_owned();
        for number in 0..count {
            let deal = deal(number);
            let owner = deal
                .seller
                .map_or_else(|| "few".to_owned(), |seller| format!("s{seller}"));
            let (whole, part) = (deal.cents / 100, deal.cents % 100);
            let Deal {
                name,
                stage,
                region,
                day,
                ..
            } = deal;
            deals.push_str(&format!("{name},{whole}.{part:02},{stage},{region},{day},{owner}\n"));
        }
        let departments = "code,name,parent,head\ntop,top,,\nhere,here,top,\nbelow,below,here,\nthere,there,top,\n";
        let roles = "code,name\nbench-own,own\nbench-tree,tree\nbench-all,all\n";
        Self {
            count,
            tables: [departments.into(), roles.into(), people, deals],
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn company(&self) -> Company<'_> {
        let [departments, roles, people, deals] = &self.tables;
        Company {
            departments,
            roles,
            people,
            // Lives as long as the tables do.
            records: Box::leak(Box::new([(ENTITY, deals.as_str(), None)])),
        }
    }

    /// A region, and the amount above which.
    pub(super) fn region(number: u64) -> (String, i64) {
        let mut chance = Chance(number + 7);
        (format!("r{}", chance.below(REGIONS)), chance.below(900_000) as i64)
    }

    pub(super) fn filter(&self, number: u64) -> Result<Filter, Failure> {
        let (region, amount) = Self::region(number);
        let json = format!(
            r#"{{"all":[{{"field":"region","op":"=","value":"{region}"}},{{"field":"amount","op":">","value":{amount}}}]}}"#
        );
        Ok(serde_json::from_str(&json)?)
    }

    pub(super) fn stage_name(number: u64) -> &'static str {
        STAGES[number as usize % STAGES.len()]
    }

    pub(super) fn stage(&self, number: u64) -> Result<Filter, Failure> {
        let stage = Self::stage_name(number);
        Ok(serde_json::from_str(&format!(
            r#"{{"field":"stage","op":"=","value":"{stage}"}}"#
        ))?)
    }

    /// A word of at least three characters, as what SQLite is asked for needs.
    pub(super) fn word(number: u64) -> String {
        let mut chance = Chance(number + 99);
        match number % 3 {
            // One in about 500 records has it, one in 20, one in 15,000.
            0 => format!("{}{}", chance.of(&PLACES), chance.of(&NAMES)),
            1 => (*chance.of(&TRADES)).to_owned(),
            _ => format!("{}{}{}", chance.of(&PLACES), chance.of(&NAMES), chance.of(&TRADES)),
        }
    }

    /// Since which day.
    pub(super) fn first_day(number: u64) -> String {
        format!("202{}-0{}-01", number % 4, 1 + number % 9)
    }

    pub(super) fn since(number: u64) -> Result<Filter, Failure> {
        let day = Self::first_day(number);
        Ok(serde_json::from_str(&format!(
            r#"{{"field":"day","op":">=","value":"{day}"}}"#
        ))?)
    }
}

/// The record of this number.
pub(super) fn deal(number: u64) -> Deal {
    let mut chance = Chance(number.wrapping_mul(2) + 1);
    let name = format!(
        "{}{}{}有限公司{number}",
        chance.of(&PLACES),
        chance.of(&NAMES),
        chance.of(&TRADES)
    );
    Deal {
        seller: (number >= OWN).then(|| chance.below(SELLERS)),
        name,
        cents: chance.below(100_000_000) as i64,
        stage: chance.of(&STAGES),
        region: format!("r{}", chance.below(REGIONS)),
        day: format!(
            "202{}-{:02}-{:02}",
            chance.below(7),
            1 + chance.below(12),
            1 + chance.below(28)
        ),
    }
}

/// The cents of an amount as text.
pub(super) fn cents(text: &str) -> Result<i64, Failure> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<2}");
    Ok(whole.parse::<i64>()? * 100 + part[..2].parse::<i64>()?)
}

/// What is declared of the records.
pub(super) fn plugin() -> PluginSource {
    let choices = |ids: &[String]| -> String {
        let entry = |(pos, id): (usize, &String)| {
            format!(
                "{id} = {{ pos = {}, label = {{ zh = \"{id}\", en = \"{id}\" }} }}",
                pos + 1
            )
        };
        ids.iter().enumerate().map(entry).collect::<Vec<_>>().join(", ")
    };
    let regions: Vec<String> = (0..REGIONS).map(|number| format!("r{number}")).collect();
    let manifest = include_str!("plugin.toml")
        .replace("STAGES", &choices(&STAGES.map(str::to_owned)))
        .replace("REGIONS", &choices(&regions));
    PluginSource {
        origin: "bench".into(),
        manifest,
        component: None,
        pages: Default::default(),
    }
}

/// A number generator (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}
