//! Every model in `tests/models` is read, and what is found is compared with the `.expected` file beside it: one line
//! `severity rule element line` a finding. Of a model that can be deployed, what was read stands in a `.graph` file too.
//! `UPDATE_EXPECTED=1 cargo test -p kapok-model` writes those files anew.
#![allow(clippy::disallowed_methods, reason = "the models are files")]

use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

use kapok_model::{Activity, Data, Environment, Known, ProcessGraph, Severity, read};
use kapok_protocol::{Expression, Text};

/// Knows a little: names beginning with `no-` are not there, and expressions containing `§` do not compile.
struct Company;

fn known(name: &str) -> Known {
    if name.starts_with("no-") { Known::No } else { Known::Yes }
}

fn compile(text: &str) -> Result<(), Text> {
    if text.contains('§') {
        Err(Text::new("第 1 列：不认识 §", "column 1: unknown §"))
    } else {
        Ok(())
    }
}

impl Environment for Company {
    fn check_expression(&self, expression: &Expression) -> Result<(), Text> {
        compile(&expression.text)
    }
    fn check_script(&self, script: &str) -> Result<(), Text> {
        compile(script)
    }
    fn handler(&self, name: &str) -> Known {
        known(name)
    }
    fn person(&self, login: &str) -> Known {
        known(login)
    }
    fn role(&self, code: &str) -> Known {
        known(code)
    }
    fn department(&self, code: &str) -> Known {
        known(code)
    }
    fn group(&self, name: &str) -> Known {
        known(name)
    }
    fn entity(&self, id: &str) -> Known {
        known(id)
    }
    fn process(&self, key: &str) -> Known {
        known(key)
    }
    fn decision(&self, name: &str) -> Known {
        known(name)
    }
}

/// All that was read, one node or flow a line.
fn describe(process: &ProcessGraph) -> String {
    let mut text = format!(
        "process {} {:?} executable: {}\n",
        process.key, process.name, process.executable
    );
    writeln!(text, "{:#?}", process.settings).unwrap();
    if let Some(tag) = &process.version_tag {
        writeln!(text, "version tag {tag}").unwrap();
    }
    if !process.locals.is_empty() {
        writeln!(text, "locals {:?}", process.locals).unwrap();
    }
    for (index, node) in process.nodes() {
        let scope = node
            .scope
            .and_then(|scope| process.node(scope))
            .map(|node| node.id.as_str());
        writeln!(
            text,
            "node {} {} {} in {scope:?}: {:?}",
            index.0,
            node.bpmn_name,
            node.label(),
            node.kind
        )
        .unwrap();
        if node.activity != Activity::default() {
            writeln!(text, "    {:?}", node.activity).unwrap();
        }
        if node.data != Data::default() {
            writeln!(text, "    {:?}", node.data).unwrap();
        }
        for listener in &node.listeners {
            writeln!(text, "    {listener:?}").unwrap();
        }
    }
    for (index, flow) in process.flows() {
        let end = |index| process.node(index).map_or("", |node| node.id.as_str());
        write!(
            text,
            "flow {} {}: {} → {}",
            index.0,
            flow.id,
            end(flow.source),
            end(flow.target)
        )
        .unwrap();
        writeln!(
            text,
            "{} {:?}",
            if flow.is_default { " by default" } else { "" },
            flow.condition
        )
        .unwrap();
    }
    text
}

#[test]
fn each_model_gives_exactly_the_findings_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/models");
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    let mut wrong = String::new();
    let mut models: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    models.sort();
    for model in models
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "bpmn"))
    {
        let reading = read(&fs::read_to_string(&model).unwrap(), &Company);
        let mut found = String::new();
        for diagnostic in &reading.diagnostics {
            let severity = if diagnostic.severity == Severity::Error {
                "error"
            } else {
                "warning"
            };
            let element = diagnostic.element.as_deref().unwrap_or("-");
            writeln!(found, "{severity} {} {element} {}", diagnostic.rule, diagnostic.line).unwrap();
            assert!(!diagnostic.message.zh.is_empty() && !diagnostic.message.en.is_empty());
        }
        assert_eq!(
            reading.processes.is_empty(),
            !reading.is_deployable(),
            "{}",
            model.display()
        );
        let mut compare = |ending: &str, found: &str| {
            let beside = model.with_extension(ending);
            if update {
                fs::write(&beside, found).unwrap();
                return;
            }
            let expected = fs::read_to_string(&beside).unwrap_or_default();
            if expected != found {
                writeln!(wrong, "{}\nexpected:\n{expected}found:\n{found}", beside.display()).unwrap();
            }
        };
        compare("expected", &found);
        if reading.is_deployable() {
            compare(
                "graph",
                &reading
                    .processes
                    .iter()
                    .map(|process| describe(process))
                    .collect::<String>(),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The rules that only a file of absurd size breaks, which `robust.rs` makes.
const BROKEN_ELSEWHERE: &[&str] = &[
    "xml.too-large",
    "xml.too-deep",
    "xml.too-many-elements",
    "xml.too-many-attributes",
    "check.too-many",
];

#[test]
fn every_rule_is_broken_by_some_model() {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read_all = |folder: &Path, ending: &str| -> String {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files = files.filter(|path| path.extension().is_some_and(|found| found == ending));
        files.map(|path| fs::read_to_string(path).unwrap()).collect()
    };
    let expected = read_all(&folder.join("tests/models"), "expected");
    let mut broken: BTreeSet<&str> = expected.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    // The page of a rule has a model that breaks it, as `pages.rs` sees to.
    let pages = fs::read_dir(folder.join("rules")).unwrap();
    let pages: Vec<String> = pages
        .map(|page| page.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    broken.extend(pages.iter().filter_map(|page| page.strip_suffix(".md")));
    let catalogue = read_all(&folder.join("src/catalogue"), "rs");
    let declared = catalogue.lines().filter_map(|line| {
        let (_, declaration) = line
            .split_once(" = error \"")
            .or_else(|| line.split_once(" = warning \""))?;
        declaration.strip_suffix("\" {")
    });
    let never: Vec<&str> = declared
        .filter(|rule| !broken.contains(rule) && !BROKEN_ELSEWHERE.contains(rule))
        .collect();
    assert!(never.is_empty(), "no model breaks {never:?}");
}
