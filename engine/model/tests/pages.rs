//! Each rule has a page, and what the page shows is so: its first model breaks the rule, its second does not.
#![allow(clippy::disallowed_methods, reason = "the pages are files")]

use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

use kapok_model::{Diagnostic, Environment, Known, Severity, catalogue, page, read};
use kapok_protocol::{Expression, Text};

/// Only a file of absurd size breaks these, which no page shows.
const WITHOUT_MODEL: &[&str] = &[
    "xml.too-large",
    "xml.too-deep",
    "xml.too-many-elements",
    "xml.too-many-attributes",
    "check.too-many",
];

/// A company that has just what the pages speak of, and a language in which parentheses match.
struct Company;

const THERE: &[&str] = &[
    "li.na",
    "finance-manager",
    "sales-1",
    "quotes.quote",
    "quotes.mark-approved",
    "shipping",
    "discount",
    "https://erp.example.com",
    "erp",
];

fn known(name: &str) -> Known {
    if THERE.contains(&name) { Known::Yes } else { Known::No }
}

fn compile(text: &str) -> Result<(), Text> {
    if text.matches('(').count() == text.matches(')').count() {
        Ok(())
    } else {
        Err(Text::new("括号不配对", "a parenthesis has no partner"))
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
    fn origin(&self, origin: &str) -> Known {
        known(origin)
    }
    fn secret(&self, name: &str) -> Known {
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

/// The models on a page, made whole: each block says what it is a piece of.
fn models(page: &str) -> Vec<String> {
    let mut blocks = page.split("```xml ");
    blocks.next();
    let definitions = |inside: &str| {
        format!(
            "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:kapok=\"urn:kapok:bpmn:1\">\n\
             {inside}\n</definitions>"
        )
    };
    let process = |inside: &str| {
        definitions(&format!(
            "<process id=\"p\" isExecutable=\"true\">\n{inside}\n</process>"
        ))
    };
    blocks
        .map(|block| {
            let (piece_of, rest) = block.split_once('\n').unwrap();
            let (xml, _) = rest.split_once("\n```").unwrap();
            match piece_of {
                "file" => xml.to_owned(),
                "definitions" => definitions(xml),
                "process" => process(xml),
                other => panic!("a piece of {other}?"),
            }
        })
        .collect()
}

fn list(found: &[Diagnostic]) -> String {
    found.iter().fold(String::new(), |list, found| {
        list + &format!(
            "  line {} {:?} {} {}\n",
            found.line, found.severity, found.rule, found.message.en
        )
    })
}

#[test]
fn each_rule_has_a_page_and_each_page_a_rule() {
    let rules: BTreeSet<String> = catalogue().map(|(rule, _)| rule.to_owned()).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
    let files: BTreeSet<String> = files.map(|file| file.to_string_lossy().replace(".md", "")).collect();
    assert_eq!(rules, files);
    for rule in &rules {
        let page = page(rule).unwrap_or_else(|| panic!("{rule} is not in src/pages.rs"));
        assert!(page.starts_with(&format!("# {rule}\n")), "{rule}");
        assert!(
            page.contains("\n## 中文\n") && page.contains("\n## English\n"),
            "{rule}"
        );
    }
    assert_eq!(page("no.such-rule"), None);
}

#[test]
fn the_first_model_of_a_page_breaks_its_rule_and_the_second_is_mended() {
    let mut wrong = String::new();
    for (rule, severity) in catalogue().filter(|(rule, _)| !WITHOUT_MODEL.contains(rule)) {
        let models = models(page(rule).unwrap());
        let [broken, mended] = models.as_slice() else {
            panic!("{rule} has {} models", models.len());
        };
        let found = read(broken, &Company).diagnostics;
        let others = found
            .iter()
            .any(|found| found.severity == Severity::Error && found.rule != rule);
        if others
            || !found
                .iter()
                .any(|found| found.rule == rule && found.severity == severity)
        {
            writeln!(wrong, "{rule}, the first model:\n{}", list(&found)).unwrap();
        }
        let found = read(mended, &Company).diagnostics;
        let errors = found.iter().any(|found| found.severity == Severity::Error);
        if errors || found.iter().any(|found| found.rule == rule) {
            writeln!(wrong, "{rule}, mended:\n{}", list(&found)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
