//! What people type finds what they mean, and only in fields that they may read.

use std::collections::BTreeSet;

use kapok_search::{Change, Index, Keyword, Position, Query, Rights};

use crate::support::{context, entity, index, record};

fn found(index: &Index, text: &str, fields: &[&str]) -> Vec<u64> {
    let entity = entity();
    let query = Query {
        entity: &entity,
        keyword: Some(Keyword::new(
            text,
            fields.iter().map(|field| (*field).to_owned()).collect::<BTreeSet<_>>(),
        )),
        filter: None,
        sort: &[],
        after: None,
        limit: 20,
        count_to: 20,
    };
    let found = index.find(&query, &Rights::all(), &context(), &()).expect("found");
    assert_eq!(found.count, found.ids.len());
    let mut ids: Vec<u64> = found.ids.iter().map(|id| id.get()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn names_are_found_as_people_type_them() {
    let records = [
        record(1, None, r#"{"name":"中国银行股份有限公司"}"#),
        record(2, None, r#"{"name":"重庆小面","note":"老板王小明，电话 13812345678"}"#),
        record(3, None, r#"{"name":"Café Müller GmbH 上海分公司"}"#),
        record(4, None, r#"{"name":"张三丰","note":"向上海的银行申请了一笔贷款"}"#),
        record(5, None, r#"{"name":"西安贸易","number":"XS-2026-0042"}"#),
    ];
    let (index, _) = index(&entity(), &records, 2);
    let all = ["name", "note", "number"];
    let cases: [(&str, &[u64]); 33] = [
        ("中国", &[1]),
        ("国银", &[1]),
        ("银行", &[1, 4]),
        ("国", &[1]),
        ("中国 公司", &[1]),
        ("上海银行贷款", &[4]),
        ("zg", &[1]),
        ("ZG", &[1]),
        ("zgyh", &[1]),
        ("zgyhgf", &[1]),
        ("zhongguo", &[1]),
        ("zhongg", &[1]),
        ("zhongguoyinhang", &[1]),
        ("yinhang", &[1, 4]),
        ("guoyin", &[1]),
        ("cq", &[2]),
        ("chongqing", &[2]),
        ("zhongqing", &[2]),
        ("小明", &[2]),
        ("1381", &[2]),
        ("13812345678", &[2]),
        ("5678", &[2]),
        ("cafe", &[3]),
        ("MULLER", &[3]),
        ("ＧｍｂＨ", &[3]),
        ("mul", &[3]),
        ("mul 上海", &[3]),
        ("zsf", &[4]),
        ("zhangsan", &[4]),
        // 有限 and 向上海 begin so too.
        ("xian", &[1, 4, 5]),
        ("xs-2026", &[5]),
        ("0042", &[5]),
        ("没有的词", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(found(&index, text, &all), expected, "{text}");
    }
    assert_eq!(
        found(&index, "小明", &["name"]),
        [0; 0],
        "in a field that is not searched"
    );
    assert_eq!(found(&index, "——", &all).len(), 5, "nothing to look for");
}

#[test]
fn what_is_changed_or_gone_is_not_found_as_it_was() {
    let before = [
        record(1, None, r#"{"name":"中国银行"}"#),
        record(2, None, r#"{"name":"中国电信"}"#),
    ];
    let (index, _) = index(&entity(), &before, 1);
    assert_eq!(found(&index, "中国", &["name"]), [1, 2]);
    let position = Position {
        sequence: Some(9),
        mark: "a mark".into(),
    };
    index
        .apply([
            crate::support::saved(&entity(), &record(1, None, r#"{"name":"上海银行"}"#)),
            Change::Gone(crate::support::id(2)),
        ])
        .expect("applied");
    assert_eq!(found(&index, "中国", &["name"]), [1, 2], "not before it is committed");
    index.commit(&position).expect("committed");
    assert_eq!(found(&index, "中国", &["name"]), [0; 0]);
    assert_eq!(found(&index, "上海", &["name"]), [1]);
    assert_eq!(index.position().expect("a position"), position);
    assert_eq!(index.count(), 1);
}

#[test]
fn an_index_is_opened_as_it_was_committed_and_never_when_it_is_damaged() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(Index::open(folder.path()).is_err(), "there is none");
    let position = Position {
        sequence: Some(3),
        mark: "x".into(),
    };
    {
        let index = Index::create(folder.path()).expect("an index");
        index
            .apply([crate::support::saved(
                &entity(),
                &record(1, None, r#"{"name":"中国银行"}"#),
            )])
            .expect("applied");
        index.commit(&position).expect("committed");
        index
            .apply([crate::support::saved(
                &entity(),
                &record(2, None, r#"{"name":"中国电信"}"#),
            )])
            .expect("applied");
    }
    assert_eq!(Index::position_in(folder.path()).expect("a position"), position);
    {
        let index = Index::open(folder.path()).expect("an index");
        assert_eq!(index.position().expect("a position"), position);
        assert_eq!(
            found(&index, "中国", &["name"]),
            [1],
            "what was not committed is not there"
        );
    }
    let mut files: Vec<_> = std::fs::read_dir(folder.path())
        .expect("the files")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| std::fs::metadata(path).expect("a size").len() > 0)
        .filter(|path| {
            path.extension()
                .is_some_and(|kind| ["fast", "idx", "term"].iter().any(|wanted| kind == *wanted))
        })
        .collect();
    files.sort();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let whole = std::fs::read(&file).expect("read");
        let mut damaged = whole.clone();
        let middle = damaged.len() / 3;
        damaged[middle] ^= 0x40;
        std::fs::write(&file, &damaged).expect("written");
        assert!(Index::open(folder.path()).is_err(), "{} is damaged", file.display());
        std::fs::write(&file, &whole[..whole.len() / 2]).expect("written");
        assert!(Index::open(folder.path()).is_err(), "{} is cut", file.display());
        std::fs::write(&file, &whole).expect("written");
    }
    assert!(Index::open(folder.path()).is_ok());
}
