//! What JUEL expressions mean.

mod common;

use common::{context, json, variables};
use kapok_protocol::{Expression, Value};
use kapok_rules::{Cause, EvaluationError, Limits, Sandbox, Values};
use proptest::prelude::*;

const CASE: &str = r#"{"a":10,"b":4,"price":12.50,"digits":"10","n":null,"yes":true,"no":false,"word":"true",
    "name":"李娜","blank":"","none":[],"loopCounter":1,"天数":5,"var_1$":7,
    "tags":["vip","new"],"numbers":[3,1,2],"map":{"level":"A","x y":1,"phone":null,"0":"zero"},"void":{},
    "record":{"total":50000.00,"note":null,"lines":[{"quantity":2,"price":9.9}]},
    "injected":"${a}","task":{"id":"t1","name":"Check","assignee":"kermit"},
    "execution":{"id":"e1","processInstanceId":"p1","processBusinessKey":"K-7","currentActivityId":"act",
    "processDefinitionId":"order:1"}}"#;

fn evaluate(source: &str) -> Result<Value, EvaluationError> {
    let sandbox = Sandbox::new(Limits::WRITER);
    let compiled = sandbox
        .compile(&Expression::juel(source))
        .unwrap_or_else(|text| panic!("{source}: {text}"));
    compiled.evaluate(&sandbox, &Values::new(&variables(CASE), &context()))
}

#[test]
fn expressions_have_the_values_of_el() {
    let cases = [
        ("${a}", "10"),
        ("#{a}", "10"),
        ("${ a + b }", "14"),
        ("${10 / 4}", "2.5"),
        ("${a div b}", "2.5"),
        ("${a mod b + a % b}", "4"),
        ("${1 + 2 * 3 - 4 / 2}", "5"),
        ("${(1 + 2) * 3}", "9"),
        ("${10 - 4 - 3}", "3"),
        ("${-a + 1}", "-9"),
        ("${- -a}", "10"),
        ("${0.1 + 0.2 == 0.3}", "true"),
        ("${.5 + 1e2}", "100.5"),
        ("${digits + 1}", "11"),
        ("${digits * 2}", "20"),
        ("${-digits}", "-10"),
        ("${'5' + '6'}", "11"),
        ("${'No. ' + a}", "\"No. 10\""),
        ("${name + '!'}", "\"李娜!\""),
        ("${'x' + yes}", "\"xtrue\""),
        // Comparison, in signs and in words.
        ("${a > 9 && a >= 10 && b < 5 && b <= 4}", "true"),
        ("${a gt 9 and a ge 10 and b lt 5 and b le 4}", "true"),
        ("${a == 10.0}", "true"),
        ("${a eq 10}", "true"),
        ("${a ne 10}", "false"),
        ("${a != b}", "true"),
        ("${digits == 10}", "true"),
        ("${digits == '10'}", "true"),
        ("${digits > 9}", "true"),
        ("${digits > '9'}", "false"),
        ("${'abc' < 'abd'}", "true"),
        ("${yes == true}", "true"),
        ("${yes == 'true'}", "true"),
        ("${word == true}", "true"),
        ("${'no' == true}", "false"),
        ("${n == null}", "true"),
        ("${null == n}", "true"),
        ("${a == null}", "false"),
        ("${a != null}", "true"),
        ("${tags == tags}", "true"),
        ("${tags == 'vip'}", "false"),
        ("${1 < 2 == true}", "true"),
        // Logic.
        ("${!yes}", "false"),
        ("${not no}", "true"),
        ("${! (a > 20)}", "true"),
        ("${yes and not no}", "true"),
        ("${no || yes && yes}", "true"),
        ("${no && unknown}", "false"),
        ("${yes || unknown}", "true"),
        ("${word && yes}", "true"),
        ("${a > 5 ? 'big' : 'small'}", "\"big\""),
        ("${a < 5 ? unknown : b > 5 ? 1 : 2}", "2"),
        ("${(yes ? 1 : 2) + 1}", "2"),
        ("${empty n}", "true"),
        ("${empty blank}", "true"),
        ("${empty none}", "true"),
        ("${empty void}", "true"),
        ("${empty a}", "false"),
        ("${not empty tags}", "true"),
        ("${!empty tags}", "true"),
        ("${empty nobody}", "true"),
        ("${empty (nobody)}", "true"),
        ("${empty nobody.name}", "true"),
        ("${empty map.nothing.at.all}", "true"),
        ("${empty tags[9]}", "true"),
        ("${not empty nobody and nobody > 5}", "false"),
        ("${empty record.note || record.note.length() > 3}", "true"),
        // Names and paths.
        ("${天数 + var_1$}", "12"),
        ("${map.level}", "\"A\""),
        ("${map['level']}", "\"A\""),
        ("${map[\"x y\"]}", "1"),
        ("${map[0]}", "\"zero\""),
        ("${map.phone}", "null"),
        ("${map.phone.area}", "null"),
        ("${tags[0]}", "\"vip\""),
        ("${tags[b - 3]}", "\"new\""),
        ("${record.lines[0].price * record.lines[0]['quantity']}", "19.8"),
        ("${loopCounter}", "0"),
        ("${tags[loopCounter]}", "\"vip\""),
        ("${execution.getVariable('loopCounter')}", "0"),
        // Texts.
        ("plain", "\"plain\""),
        ("costs $5 and #1", "\"costs $5 and #1\""),
        ("foo-${a}-bar", "\"foo-10-bar\""),
        ("${a}${b}", "\"104\""),
        ("${price}/#{yes}/${n}", "\"12.5/true/\""),
        ("\\${a} is ${a}", "\"${a} is 10\""),
        ("C:\\dir", "\"C:\\\\dir\""),
        ("${injected}", "\"${a}\""),
        ("x${injected}", "\"x${a}\""),
        ("${'}'}${\"{\"}", "\"}{\""),
        ("${'it\\'s'}", "\"it's\""),
        ("${\"a\\\"b\\\\c\"}", "\"a\\\"b\\\\c\""),
        // Methods.
        ("${name.length()}", "2"),
        ("${'abc'.length() + 1}", "4"),
        (
            "${blank.isEmpty() && tags.isEmpty() == false && void.isEmpty()}",
            "true",
        ),
        ("${map.level.equals('A')}", "true"),
        ("${'A'.equals(n)}", "false"),
        ("${'a'.equalsIgnoreCase(map.level)}", "true"),
        (
            "${name.contains('娜') && name.startsWith('李') && name.endsWith('娜')}",
            "true",
        ),
        ("${'aB'.toLowerCase().concat('aB'.toUpperCase())}", "\"abAB\""),
        ("${'  x '.trim()}", "\"x\""),
        ("${'木棉花'.substring(1)}", "\"棉花\""),
        ("${'木棉花'.substring(0, 2)}", "\"木棉\""),
        ("${'木棉花'.indexOf('花')}", "2"),
        ("${'abc'.indexOf('x')}", "-1"),
        ("${'a-b-c'.replace('-', '+')}", "\"a+b+c\""),
        ("${'abc'.charAt(1)}", "\"b\""),
        ("${a.toString() == '10'}", "true"),
        ("${tags.size() + map.size()}", "6"),
        ("${tags.contains('vip')}", "true"),
        ("${tags.get(1)}", "\"new\""),
        ("${tags.indexOf('new')}", "1"),
        ("${map.get('level')}", "\"A\""),
        ("${map.get('missing') == null}", "true"),
        ("${map.getOrDefault('missing', 3)}", "3"),
        ("${map.containsKey('level')}", "true"),
        ("${record.lines[0].keySet()}", "[\"price\",\"quantity\"]"),
        ("${record.lines[0].values()}", "[9.9,2]"),
        ("${price.intValue()}", "12"),
        ("${digits.intValue() + 1}", "11"),
        ("${price.doubleValue()}", "12.5"),
        ("${a.equals(10)}", "true"),
        ("${a.compareTo(b)}", "1"),
        ("${'a'.compareTo('b')}", "-1"),
        ("${yes.toString()}", "\"true\""),
        // The process.
        ("${execution.getVariable('a')}", "10"),
        ("${execution.getVariable('na' + 'me')}", "\"李娜\""),
        ("${execution.getVariable('nobody')}", "null"),
        ("${execution.getVariable('nobody') == null}", "true"),
        ("${execution.getVariableLocal('tags').size()}", "2"),
        ("${execution.getVariable('map').level}", "\"A\""),
        ("${execution.hasVariable('n')}", "true"),
        ("${execution.hasVariable('nobody')}", "false"),
        ("${execution.processBusinessKey}", "\"K-7\""),
        ("${execution.businessKey}", "\"K-7\""),
        ("${execution.getProcessBusinessKey()}", "\"K-7\""),
        ("${execution.getProcessInstanceId().concat('!')}", "\"p1!\""),
        ("${execution.id}-${execution.currentActivityId}", "\"e1-act\""),
        ("${execution.processDefinitionId.startsWith('order')}", "true"),
        ("${task.name}", "\"Check\""),
        ("${task.getAssignee() == 'kermit'}", "true"),
        ("${task.getVariable('a')}", "10"),
        ("${task.get('id')}", "\"t1\""),
        ("${variables.a + variables.get('b')}", "14"),
        ("${variables['a']}", "10"),
        ("${variableContainer.getVariable('a')}", "10"),
        ("${variableContainer.hasVariable('nobody')}", "false"),
        ("${currentUser()}", "\"7\""),
    ];
    for (source, expected) in cases {
        assert_eq!(evaluate(source), Ok(json(expected)), "{source}");
    }
}

#[test]
fn what_has_no_value_says_why() {
    let unknown = |name: &str| Cause::UnknownName(name.to_owned());
    let unfit = |signature: &str| Cause::Operation(signature.to_owned());
    let cases = [
        ("${nobody}", unknown("nobody")),
        ("${nobody == null}", unknown("nobody")),
        ("${empty a[nobody]}", unknown("nobody")),
        ("${empty nobody + 1}", unfit("+ (boolean, number)")),
        ("${variables.nobody}", unknown("nobody")),
        ("${map.nothing}", unknown("nothing")),
        ("${tags[2]}", unknown("[2]")),
        ("${tags[-1]}", unknown("[-1]")),
        ("${a.b}", unknown("b")),
        ("${n.equals('x')}", unfit("null.equals(text)")),
        ("${n > 5}", unfit("> (null, number)")),
        ("${n + 1}", unfit("+ (null, number)")),
        ("${!n}", unfit("! (null)")),
        ("${n ? 1 : 2}", unfit("? (null)")),
        ("${a && yes}", unfit("&& (number)")),
        ("${name || yes}", unfit("|| (text)")),
        ("${name == 5}", unfit("== (text, number)")),
        ("${blank > 5}", unfit("> (text, number)")),
        ("${yes > no}", unfit("> (boolean, boolean)")),
        ("${yes == 1}", unfit("== (boolean, number)")),
        ("${tags + 1}", unfit("+ (list, number)")),
        ("${name - 1}", unfit("- (text, number)")),
        ("x${tags}", unfit("${…} (list)")),
        ("x${map}", unfit("${…} (map)")),
        ("${tags.get(2)}", unfit("list.get(2) (size() == 2)")),
        ("${'abc'.substring(4)}", unfit("text.substring(number)")),
        ("${'abc'.substring(2, 1)}", unfit("text.substring(number, number)")),
        ("${a.length()}", unfit("number.length()")),
        ("${1 / 0}", Cause::Arithmetic("除数为零 / division by zero".to_owned())),
        (
            "${1 % (a - 10)}",
            Cause::Arithmetic("除数为零 / division by zero".to_owned()),
        ),
        (
            "${79228162514264337593543950335 * 10}",
            Cause::Arithmetic("数字过大 / the number is too large".to_owned()),
        ),
    ];
    for (source, expected) in cases {
        let error = evaluate(source).expect_err(source);
        assert_eq!(error.cause, expected, "{source}");
        assert!(
            error.text().zh.contains(source) && error.text().en.contains(source),
            "{error}"
        );
    }
}

#[test]
fn a_condition_is_true_or_false_and_nothing_else() {
    let sandbox = Sandbox::new(Limits::WRITER);
    let (variables, context) = (variables(CASE), context());
    for (source, expected) in [
        ("${a > b}", Ok(true)),
        ("${no}", Ok(false)),
        ("${n}", Err(Cause::Null)),
        ("${a}", Err(Cause::NotACondition("number"))),
        ("true", Err(Cause::NotACondition("text"))),
    ] {
        let condition = sandbox.compile(&Expression::juel(source)).unwrap();
        let holds = condition.condition(&sandbox, &Values::new(&variables, &context));
        assert_eq!(holds.map_err(|error| error.cause), expected, "{source}");
    }
}

#[test]
fn what_cannot_work_is_refused_when_it_is_compiled() {
    let sandbox = Sandbox::new(Limits::WRITER);
    for (source, part) in [
        ("", "empty"),
        ("${", "closing"),
        ("${a", "closing"),
        ("${}", "cannot stand here"),
        ("${a b}", "line 1, character 5"),
        ("one\n${a +}", "line 2, character 6"),
        ("${(a}", "should stand here"),
        ("${'a}", "quote"),
        ("${'\\x'}", "after"),
        ("${a ? b}", "should stand here"),
        ("${eq}", "cannot stand here"),
        ("${a ~ b}", "“~”"),
        ("${a = 5}", "may not assign"),
        ("${1e400}", "1e400"),
        ("${myBean.doIt(execution)}", ".getVariable('x')"),
        (
            "${myBean.doIt(a)}",
            "beans do not exist here: use a service task and bind a handler",
        ),
        ("${orderService.calculate()}", "beans do not exist here"),
        ("${execution.setVariable('a', 1)}", "script task"),
        ("${execution.removeVariable('a')}", "script task"),
        ("${task.setAssignee('x')}", "script task"),
        ("${execution.engineServices.runtimeService}", "execution.engineServices"),
        ("${execution}", ".getVariable('x')"),
        ("${now()}", "no clock"),
        ("${dateTime().plusDays(3)}", "no clock"),
        ("${fancy(1)}", "no function fancy()"),
        ("${name.matches('x')}", "no method matches()"),
        ("${name.length(1)}", "takes 0 arguments"),
    ] {
        let text = sandbox.compile(&Expression::juel(source)).expect_err(source);
        assert!(text.en.contains(part), "{source}: {text}");
        assert!(!text.zh.is_empty());
    }
}

#[test]
fn a_hostile_expression_is_stopped() {
    let sandbox = Sandbox::new(Limits::WRITER);
    let wrap = |inside: String| format!("${{{inside}}}");
    for source in [
        wrap(format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000))),
        wrap("!".repeat(5_000) + "yes"),
        wrap("-".repeat(5_000) + "1"),
        wrap("empty ".repeat(5_000) + "a"),
        wrap("a[".repeat(5_000) + "0" + &*"]".repeat(5_000)),
        wrap("a?".repeat(5_000) + "1" + &*":1".repeat(5_000)),
        wrap("a.get(".repeat(5_000) + "0" + &*")".repeat(5_000)),
        " ".repeat(70_000) + "${a}",
    ] {
        assert!(
            sandbox.compile(&Expression::juel(&source)).is_err(),
            "{}…",
            &source[..20]
        );
    }
    let long = "x".repeat(500);
    let data: fn(&Cause) -> bool = |cause| matches!(cause, Cause::TooMuchData(_));
    let operations: fn(&Cause) -> bool = |cause| matches!(cause, Cause::TooManyOperations(10_000));
    let cases = [
        (
            wrap(format!("'{long}'") + &*".replace('x', 'xxxxxxxxxx')".repeat(3)),
            data,
        ),
        (wrap(format!("'{long}'.replace('', '{long}')")), data),
        (wrap(vec!["1"; 15_000].join("+")), operations),
        (
            wrap(format!("'{long}'.toString()") + &*".trim()".repeat(6_000)),
            operations,
        ),
        ("${name}".repeat(9_000), data),
    ];
    for (source, expected) in cases {
        let error = evaluate(&source).expect_err(&source[..40]);
        assert!(expected(&error.cause), "{}…: {error:?}", &source[..40]);
    }
    let deepest = "(a ? -a : ".repeat(15) + "1" + &*")".repeat(15);
    assert_eq!(evaluate(&wrap("no ? 1 : ".repeat(30) + "2")), Ok(Value::from(2)));
    assert!(sandbox.compile(&Expression::juel(wrap(deepest))).is_ok());
    let deepest = "1 + tags.indexOf(".repeat(31) + "1" + &*")".repeat(31);
    assert_eq!(evaluate(&wrap(deepest)), Ok(Value::from(0)));
    // Wide is not deep.
    assert_eq!(evaluate(&wrap(vec!["1"; 1_000].join("+"))), Ok(Value::from(1_000)));
    assert_eq!(
        evaluate(&wrap(vec!["a == 1"; 500].join(" || "))),
        Ok(Value::from(false))
    );
}

#[test]
fn only_the_names_it_mentions_are_asked_for() {
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
    let sandbox = Sandbox::new(Limits::WRITER);
    let source = "${a + a + execution.getVariable('b') + variables.c}";
    let compiled = sandbox.compile(&Expression::juel(source)).unwrap();
    let recording = Recording(RefCell::default(), context());
    assert_eq!(compiled.evaluate(&sandbox, &recording), Ok(Value::from(4)));
    assert_eq!(recording.0.into_inner(), ["a", "b", "c"]);
}

#[test]
fn asking_about_a_large_list_is_cheap() {
    let sandbox = Sandbox::new(Limits::WRITER);
    let items: Vec<Value> = (0..50_000).map(Value::from).collect();
    let (values, context) = ([("list".to_owned(), Value::List(items))].into(), context());
    let evaluate = |source: &str| {
        let compiled = sandbox.compile(&Expression::juel(source)).unwrap();
        compiled
            .evaluate(&sandbox, &Values::new(&values, &context))
            .map_err(|error| error.cause)
    };
    for source in [
        "${list != null && !list.isEmpty() && not empty list}",
        "${list.size() == 50000}",
        "${list[49999] == 49999 && list.get(1) == 1}",
        "${list.contains(49999)}",
    ] {
        assert_eq!(evaluate(source), Ok(Value::from(true)), "{source}");
    }
    assert_eq!(evaluate("${list == list}"), Err(Cause::TooManyOperations(10_000)));
    let computed = "execution.getVariable('li' + 'st').size() + ".repeat(100) + "1";
    assert_eq!(
        evaluate(&format!("${{{computed}}}")),
        Err(Cause::TooManyOperations(10_000))
    );
}

fn try_it(source: String) {
    let sandbox = Sandbox::new(Limits { operations: 500 });
    if let Ok(compiled) = sandbox.compile(&Expression::juel(source)) {
        let (values, context) = (variables(CASE), context());
        let _ = compiled.condition(&sandbox, &Values::new(&values, &context));
    }
}

proptest! {
    /// Whatever is written: compiling and evaluating it ends in an answer.
    #[test]
    fn any_text_can_be_tried(source in ".{0,30}", inside in "[a-c0-9.+*/%=<>!|&()\\[\\]\"'?:\\\\ 木]{0,40}") {
        try_it(format!("${{{inside}}}"));
        try_it(format!("{source}${{{source}"));
        try_it(source);
    }

    /// As above, with what has a chance to be an expression.
    #[test]
    fn any_words_can_be_tried(words in prop::collection::vec(prop::sample::select(vec![
        "a", "n", "name", "tags", "map", "nobody", "yes", "digits", "execution", "task", "variables", "'木x'", "''", "1",
        "-1", "0.5", "99999999999999999999", ".get", ".substring", ".replace", ".indexOf", ".level", ".length()", "(", ")",
        "[", "]", ",", "+", "-", "*", "/", "%", "==", "<", "&&", "||", "!", "empty ", "?", ":", " eq ", " or ",
    ]), 0..14)) {
        try_it(format!("${{{}}}", words.concat()));
    }
}
