//! What decision files mean.

mod common;

use common::{
    context,
    dmn::{NAMESPACE, decision, file, table},
    json, variables,
};
use kapok_protocol::Value;
use kapok_rules::{Cause, Decisions, EvaluationError, Values};
use proptest::prelude::*;

fn evaluate(xml: &str, decision: &str, values: &str) -> Result<Value, EvaluationError> {
    let decisions = Decisions::parse(xml).unwrap_or_else(|text| panic!("{xml}: {text}"));
    decisions.evaluate(decision, &Values::new(&variables(values), &context()))
}

fn decide(table: &str, values: &str) -> Result<Value, EvaluationError> {
    evaluate(&file(&decision("x", "The table", &[], table)), "x", values)
}

#[test]
fn cells_are_unary_tests() {
    let cases = [
        ("5", r#"{"i":5}"#, true),
        ("5", r#"{"i":"5"}"#, false),
        ("", r#"{"i":5}"#, true),
        ("-", r#"{"i":null}"#, true),
        ("-5", r#"{"i":-5}"#, true),
        ("< 5", r#"{"i":4.9}"#, true),
        (">= 5", r#"{"i":null}"#, false),
        (">= 5", "{}", false),
        ("= 5", r#"{"i":5}"#, true),
        ("!= 5", r#"{"i":4}"#, true),
        ("[1..5)", r#"{"i":1}"#, true),
        ("[1..5)", r#"{"i":5}"#, false),
        ("]1..5]", r#"{"i":1}"#, false),
        ("(1..5)", r#"{"i":3}"#, true),
        ("1, 2, > 10", r#"{"i":2}"#, true),
        ("1, 2, > 10", r#"{"i":11}"#, true),
        ("1, 2, > 10", r#"{"i":3}"#, false),
        ("\"a\",\"b\"", r#"{"i":"b"}"#, true),
        ("[\"a\",\"b\"]", r#"{"i":"b"}"#, true),
        ("not(\"a\",\"b\")", r#"{"i":"b"}"#, false),
        ("not(\"a\",\"b\")", r#"{"i":"c"}"#, true),
        ("not(> 5)", r#"{"i":5}"#, true),
        ("not(> 5)", r#"{"i":"x"}"#, false),
        ("not(null)", r#"{"i":1}"#, true),
        ("null", r#"{"i":null}"#, true),
        ("true", r#"{"i":true}"#, true),
        ("true", r#"{"i":null}"#, false),
        ("true", r#"{"i":1}"#, false),
        ("false", r#"{"i":true}"#, false),
        ("not(true)", r#"{"i":false}"#, true),
        ("other", r#"{"i":1,"other":1}"#, true),
        ("< other * 2", r#"{"i":1,"other":1}"#, true),
        ("limits", r#"{"i":1,"limits":[1,2]}"#, true),
        ("? > 5 and ? < 10", r#"{"i":7}"#, true),
        ("contains(?, \"x\")", r#"{"i":"axb"}"#, true),
        ("not(contains(?, \"x\"))", r#"{"i":"axb"}"#, false),
        ("other > 5", r#"{"i":null,"other":6}"#, true),
        ("starts with(?, \"A\") or ends with(?, \"Z\")", r#"{"i":"Az"}"#, true),
        ("> today()", r#"{"i":"x"}"#, false),
    ];
    for (cell, values, expected) in cases {
        let rule = format!("{cell} => \"hit\"");
        let table = table("", &["i"], &["o"], &[&rule]);
        let expected = if expected { json("\"hit\"") } else { Value::Null };
        assert_eq!(decide(&table, values), Ok(expected), "{cell} on {values}");
    }
}

#[test]
fn inputs_are_read_in_their_declared_type() {
    let cases = [
        ("i: number", "> 5", r#"{"i":"6"}"#, Ok(true)),
        ("i: integer", "6", r#"{"i":"6"}"#, Ok(true)),
        ("i: double", "< 7", r#"{"i":6.5}"#, Ok(true)),
        ("i: boolean", "true", r#"{"i":"true"}"#, Ok(true)),
        ("i: string", "\"6\"", r#"{"i":"6"}"#, Ok(true)),
        ("i: date", "< date(\"2026-12-01\")", r#"{"i":"2026-11-23"}"#, Ok(true)),
        ("i: date", "< date(\"2026-12-01\")", r#"{"i":"2026-12-01"}"#, Ok(false)),
        ("i: date", "= today()", r#"{"i":"2026-11-23"}"#, Ok(true)),
        (
            "i: feel:dateTime",
            "< date and time(\"2026-12-01T00:00:00\")",
            r#"{"i":"2026-11-23T10:00:00"}"#,
            Ok(true),
        ),
        (
            "i: dayTimeDuration",
            ">= duration(\"P1D\")",
            r#"{"i":"PT36H"}"#,
            Ok(true),
        ),
        ("i: tAmount", "> 5", r#"{"i":"6"}"#, Ok(true)),
        ("i: number", "> 5", r#"{"i":null}"#, Ok(false)),
        ("i: number", "> 5", r#"{"i":"six"}"#, Err(())),
        ("i: date", "-", r#"{"i":"23.11.2026"}"#, Err(())),
        ("i + 1: number", "> 5", r#"{"i":5}"#, Ok(true)),
    ];
    for (input, cell, values, expected) in cases {
        let rule = format!("{cell} => true");
        let declared = r#"<itemDefinition name="tAmount"><typeRef>number</typeRef></itemDefinition>"#;
        let logic = table("", &[input], &["o"], &[&rule]);
        let xml = file(&(declared.to_owned() + &*decision("x", "x", &[], &logic)));
        let result = evaluate(&xml, "x", values);
        let result = result.map(|value| value == Value::from(true)).map_err(|error| {
            assert!(error.text().en.contains("declared type"), "{error}");
        });
        assert_eq!(result, expected, "{input} {cell} on {values}");
    }
}

#[test]
fn hit_policies_choose() {
    let rules = [
        "> 1 => \"low\"",
        "> 10 => \"high\"",
        "> 10 => \"high\"",
        "> 100 => \"low\"",
    ];
    let values = ["o: \"high\", \"low\""];
    let cases = [
        ("hitPolicy=\"UNIQUE\"", 5, "\"low\""),
        ("", 5, "\"low\""),
        ("hitPolicy=\"FIRST\"", 200, "\"low\""),
        ("hitPolicy=\"ANY\"", 5, "\"low\""),
        ("hitPolicy=\"PRIORITY\"", 200, "\"high\""),
        ("hitPolicy=\"PRIORITY\"", 5, "\"low\""),
        ("hitPolicy=\"RULE ORDER\"", 200, r#"["low","high","high","low"]"#),
        ("hitPolicy=\"OUTPUT ORDER\"", 200, r#"["high","high","low","low"]"#),
        ("hitPolicy=\"COLLECT\"", 200, r#"["low","high","high","low"]"#),
        ("hitPolicy=\"COLLECT\"", 5, r#"["low"]"#),
        ("hitPolicy=\"COLLECT\" aggregation=\"COUNT\"", 200, "4"),
        ("hitPolicy=\"COLLECT\" aggregation=\"COUNT\"", 0, "0"),
        ("hitPolicy=\"COLLECT\" aggregation=\"MIN\"", 200, "\"high\""),
        ("hitPolicy=\"COLLECT\" aggregation=\"SUM\"", 200, "null"),
        ("hitPolicy=\"COLLECT\"", 0, "null"),
        ("hitPolicy=\"RULE ORDER\"", 0, "null"),
        ("hitPolicy=\"UNIQUE\"", 0, "null"),
        ("hitPolicy=\"FIRST\"", 0, "null"),
    ];
    for (policy, input, expected) in cases {
        let table = table(policy, &["i"], &values, &rules);
        assert_eq!(
            decide(&table, &format!(r#"{{"i":{input}}}"#)),
            Ok(json(expected)),
            "{policy} {input}"
        );
    }
    for (aggregation, expected) in [("SUM", "6"), ("MIN", "1"), ("MAX", "3"), ("COUNT", "3")] {
        let policy = format!("hitPolicy=\"COLLECT\" aggregation=\"{aggregation}\"");
        let table = table(&policy, &[], &["o"], &["=> 3", "=> 1", "=> 1 + 1"]);
        assert_eq!(decide(&table, "{}"), Ok(json(expected)), "{aggregation}");
    }
    for (policy, input, part) in [
        ("UNIQUE", 50, "rules 1 and 2 both match"),
        ("ANY", 50, "rules 1 and 2 both match with different results"),
    ] {
        let table = table(&format!("hitPolicy=\"{policy}\""), &["i"], &values, &rules);
        let error = decide(&table, &format!(r#"{{"i":{input}}}"#)).unwrap_err();
        assert!(
            error.text().en.contains(part) && error.text().en.contains("The table"),
            "{error}"
        );
    }
    let agreeing = table(
        "hitPolicy=\"ANY\"",
        &["i"],
        &["o"],
        &["> 1 => [1, 2]", "> 2 => [1.0, 2]"],
    );
    assert_eq!(decide(&agreeing, r#"{"i":3}"#), Ok(json("[1,2]")));
}

#[test]
fn several_outputs_are_a_map_and_defaults_stand_in() {
    let outputs = ["level: \"A\", \"B\"", "discount: 20, 10"];
    let rules = [
        "\"gold\" | > 5 => \"B\" | 10",
        "\"gold\" | - => \"B\" | 20",
        "- | 7 => \"A\" |",
    ];
    let cases = [
        ("FIRST", r#"{"kind":"gold","n":6}"#, r#"{"level":"B","discount":10}"#),
        ("PRIORITY", r#"{"kind":"gold","n":6}"#, r#"{"level":"B","discount":20}"#),
        (
            "PRIORITY",
            r#"{"kind":"gold","n":7}"#,
            r#"{"level":"A","discount":null}"#,
        ),
        (
            "COLLECT",
            r#"{"kind":"gold","n":6}"#,
            r#"[{"level":"B","discount":10},{"level":"B","discount":20}]"#,
        ),
        ("FIRST", r#"{"kind":"x","n":1}"#, "null"),
    ];
    for (policy, values, expected) in cases {
        let table = table(&format!("hitPolicy=\"{policy}\""), &["kind", "n"], &outputs, &rules);
        assert_eq!(decide(&table, values), Ok(json(expected)), "{policy} {values}");
    }
    let with_default = r#"<decisionTable><input><inputExpression><text>i</text></inputExpression></input>
        <output name="o"><defaultOutputEntry><text>"none"</text></defaultOutputEntry></output>
        <rule><inputEntry><text>1</text></inputEntry><outputEntry><text>"one"</text></outputEntry>
        <annotationEntry><text>why</text></annotationEntry></rule></decisionTable>"#;
    assert_eq!(decide(with_default, r#"{"i":1}"#), Ok("one".into()));
    assert_eq!(decide(with_default, r#"{"i":2}"#), Ok("none".into()));
}

#[test]
fn required_decisions_come_first() {
    let season = decision(
        "season",
        "Season of year",
        &[],
        &table(
            "",
            &["month"],
            &["time"],
            &["[6..8] => \"summer\"", "not([6..8]) => \"winter\""],
        ),
    );
    let count = decision(
        "count",
        "Guest Count",
        &[],
        r#"<variable name="Guest Count" typeRef="number"/><literalExpression><text>adults + children</text></literalExpression>"#,
    );
    let inputs = r#"<inputData id="i1" name="Party Size"><variable name="Party Size" typeRef="number"/></inputData>"#;
    for (name, values) in [
        ("season", "{}"),
        ("Season of year", "{}"),
        ("time", "{}"),
        ("time", r#"{"time":"nonsense"}"#),
    ] {
        let dish = decision(
            "dish",
            "Dish",
            &["season", "count"],
            &table(
                "",
                &[name, "Guest  Count", "Party Size"],
                &["dish"],
                &[
                    "\"summer\" | <= 4 | - => \"salad\"",
                    "\"summer\" | > 4 | - => \"stew for \" + string(Guest Count)",
                    "- | - | 9 => 9",
                ],
            ),
        );
        let xml = file(&(inputs.to_owned() + &*dish + &*season + &*count));
        let mut case = variables(r#"{"month":7,"adults":4,"children":1}"#);
        case.extend(variables(values));
        let decisions = Decisions::parse(&xml).unwrap_or_else(|text| panic!("{name}: {text}"));
        let context = context();
        let scope = Values::new(&case, &context);
        assert_eq!(decisions.evaluate("dish", &scope), Ok("stew for 5".into()), "{name}");
        assert_eq!(decisions.evaluate("Dish", &scope), Ok("stew for 5".into()));
        assert_eq!(decisions.evaluate("Guest Count", &scope), Ok(5.into()));
        let names: Vec<_> = decisions.names().collect();
        assert_eq!(
            names,
            [("dish", "Dish"), ("season", "Season of year"), ("count", "Guest Count")]
        );
        let error = decisions.evaluate("desert", &scope).unwrap_err();
        assert!(error.text().en.contains("only: dish, season, count"), "{error}");
    }
}

#[test]
fn files_of_all_versions_and_tools_are_read() {
    for namespace in [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ] {
        let xml = format!(
            r#"<?xml version="1.0"?><!-- drawn --><dmn:definitions xmlns:dmn="{namespace}" xmlns:t="http://tool" t:id="9" id="d"
            expressionLanguage="http://www.omg.org/spec/FEEL/20140401">
            <dmn:decision id="x" t:id="no"><dmn:extensionElements><t:decision id="y"/></dmn:extensionElements>
            <dmn:literalExpression><dmn:text><![CDATA[1 < 2]]> and &quot;&#x6728;&quot; = "木"</dmn:text></dmn:literalExpression>
            </dmn:decision><t:DMNDI><dmn:decision id="z"/></t:DMNDI></dmn:definitions>"#
        );
        assert_eq!(evaluate(&xml, "x", "{}"), Ok(true.into()), "{namespace}");
    }
}

#[test]
fn what_cannot_work_is_refused_with_its_place() {
    let literal = |text: &str| format!("<literalExpression>\n<text>{text}</text></literalExpression>");
    let one = |logic: &str| file(&decision("x", "x", &[], logic));
    let table_with = |attributes: &str| one(&table(attributes, &["i"], &["o"], &["1 => 1"]));
    let row: String = (0..40)
        .map(|i| {
            decision(
                &format!("x{i}"),
                "n",
                if i > 0 { &["x0"][..] } else { &[] },
                &literal("1"),
            )
            .replace("#x0", &format!("#x{}", i.max(1) - 1))
        })
        .collect();
    let cases = [
        ("".to_owned(), "definitions"),
        ("<a/>".to_owned(), "no DMN file"),
        ("<definitions/>".to_owned(), "no DMN file"),
        (file(""), "no decisions"),
        (file("<decision/>"), "no id"),
        (file(&decision("x", "x", &[], "")), "is empty"),
        (file(&decision("x", "x", &[], "<context/>")), "is a context"),
        (one(&literal("1 +")), "line 1: Expression “1 +”, line 1, character 4"),
        (one(&literal("")), "expression is empty"),
        (
            one("<literalExpression expressionLanguage=\"juel\"><text>1</text></literalExpression>"),
            "not in juel",
        ),
        (
            file(&(decision("x", "x", &[], &literal("1")) + &*decision("x", "y", &[], &literal("1")))),
            "two decisions",
        ),
        (file(&decision("x", "x", &["y"], &literal("1"))), "required decision #y"),
        (file(&decision("x", "x", &["x"], &literal("1"))), "circle"),
        (
            file(&(decision("x", "x", &["y"], &literal("1")) + &*decision("y", "y", &["x"], &literal("1")))),
            "circle",
        ),
        (file(&row), "in a row"),
        (one(&(literal("1") + "<knowledgeRequirement/>")), "knowledge models"),
        (table_with("hitPolicy=\"MOST\""), "MOST"),
        (table_with("hitPolicy=\"COLLECT\" aggregation=\"AVERAGE\""), "AVERAGE"),
        (table_with("hitPolicy=\"PRIORITY\""), "outputValues"),
        (one(&table("", &["i"], &[], &["1 => 1"])), "no output column"),
        (
            one(&table("", &["i"], &["o"], &["1 | 2 => 1"])),
            "2 conditions and 1 results",
        ),
        (
            one(&table("", &["i"], &["o"], &["1 => 1 | 2"])),
            "1 conditions and 2 results",
        ),
        (
            one(&table("", &["i"], &["o"], &["< => 1"])),
            "Expression “&lt;”".trim_end_matches('x'),
        ),
        (
            one(&table("", &["i"], &["o", "o"], &["1 => 1 | 2"])),
            "names of their own",
        ),
        (
            one(&table(
                "hitPolicy=\"COLLECT\" aggregation=\"SUM\"",
                &["i"],
                &["o", "p"],
                &["1 => 1 | 2"],
            )),
            "single output",
        ),
        (format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{}", file("")), "DOCTYPE"),
        (file("&a;"), "entity"),
        (file("<decision>"), "well formed"),
        (file("<decision id=\"x\" id=\"y\"/>"), "well formed"),
        (format!("<x:definitions xmlns=\"{NAMESPACE}\"/>"), "no DMN file"),
        (
            file(&("<a>".repeat(100) + &*"</a>".repeat(100))),
            "nests them too deeply",
        ),
        (file(&"<a/>".repeat(200_001)), "too many elements"),
        (
            file(&format!(
                "<a {}/>",
                (0..65).map(|i| format!("a{i}=\"\" ")).collect::<String>()
            )),
            "more than 64 attributes",
        ),
    ];
    for (xml, part) in cases {
        let shown: String = xml.chars().take(300).collect();
        let text = Decisions::parse(&xml).expect_err(&shown);
        let part = part.replace("&lt;", "<");
        assert!(text.en.contains(&part) || part == "definitions", "{shown}: {text}");
        assert!(!text.zh.is_empty());
    }
}

#[test]
fn a_large_table_has_room_and_a_hostile_one_has_not() {
    let rules: Vec<String> = (0..3_000).map(|i| format!("{i} | [0..{i}] | - => {i}")).collect();
    let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
    let large = table("hitPolicy=\"FIRST\"", &["a", "b", "c"], &["o"], &rules);
    assert_eq!(decide(&large, r#"{"a":2999,"b":1,"c":1}"#), Ok(2999.into()));
    let hostile = table("", &["i"], &["o"], &["some x in 1..1000000 satisfies x < 0 => 1"]);
    let error = decide(&hostile, "{}").unwrap_err();
    assert!(matches!(error.cause, Cause::TooManyOperations(_)), "{error}");
}

#[test]
fn each_name_is_asked_for_once() {
    use std::{borrow::Cow, cell::RefCell};
    struct Recording(RefCell<Vec<String>>, kapok_rules::Context);
    impl kapok_rules::Scope for Recording {
        fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
            self.0.borrow_mut().push(name.to_owned());
            Some(Cow::Owned(Value::from(1)))
        }
        fn context(&self) -> &kapok_rules::Context {
            &self.1
        }
    }
    let literal = |text: &str| format!("<literalExpression><text>{text}</text></literalExpression>");
    let xml = file(
        &(decision("x", "x", &["y"], &literal("a + b + y"))
            + &*decision("y", "y", &[], &literal("a + c"))
            + &*decision("z", "z", &[], &literal("d"))),
    );
    let decisions = Decisions::parse(&xml).unwrap();
    let recording = Recording(RefCell::default(), context());
    assert_eq!(decisions.evaluate("x", &recording), Ok(4.into()));
    assert_eq!(recording.0.into_inner(), ["a", "c", "b"]);
}

proptest! {
    /// Whatever the file: reading it ends in an answer.
    #[test]
    fn any_text_can_be_read(text in ".{0,60}", inside in prop::collection::vec(prop::sample::select(vec![
        "<decision id=\"x\">", "</decision>", "<decisionTable>", "</decisionTable>", "<literalExpression>", "<text>1</text>",
        "</literalExpression>", "<input>", "</input>", "<output/>", "<rule>", "</rule>", "<inputEntry/>", "<outputEntry/>",
        "<![CDATA[", "]]>", "&lt;", "&#0;", "&#x110000;", "<!--", "-->", "<?x", "?>", "<a:b/>", "xmlns:a=\"\"", "\"",
    ]), 0..20)) {
        let _ = Decisions::parse(&text);
        let _ = Decisions::parse(&file(&inside.concat()));
    }

    /// Whatever stands in the cells: deciding ends in an answer.
    #[test]
    fn any_cells_can_be_tried(
        cells in prop::collection::vec("[a-c0-9.+*/=<>!(){}\"?,\\[\\]-]{0,12}|[0-9]|\"[a-c]\"|[<>]=?[0-9]|not\\([0-9],[0-9]\\)", 6),
        policy in prop::sample::select(vec!["UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT"]),
    ) {
        let rules: Vec<String> = cells.chunks(2).map(|pair| format!("{} => {}", pair[0].replace("=>", ""), pair[1].replace("=>", ""))).collect();
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        let xml = file(&decision("x", "x", &[], &table(&format!("hitPolicy=\"{policy}\""), &["a"], &["o: 1, 2"], &rules)));
        if let Ok(decisions) = Decisions::parse(&xml) {
            let _ = decisions.evaluate("x", &Values::new(&variables(r#"{"a":1,"b":"a","c":[1]}"#), &context()));
        }
    }
}
