//! A scenario: what it shows, what is done, and what must come of it.
//!
//!     # What it shows.
//!     $ --var n=1
//!     $ --complete a={"n": 2}
//!
//!     p started
//!     a activated
//!     …
//!     completed {"n":2}
//!
//! Lines with `#` say what it shows, lines with `$` are arguments of `kapok run`, one option a line. The others are the
//! trace without ids: `at +PT1H` comes before what happens an hour after the beginning, `[2]` before what happens in the
//! second case. The last lines say how it stands: the state, the variables, what waits, what is stuck or refused.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use kapok::protocol::Timestamp;
use serde_json::Value;

/// The moment at which the clock of `kapok run` begins.
const BEGINNING: &str = "2026-01-05T01:00:00Z";

pub struct Scenario {
    /// `SUBJECT/MODEL.CASE`.
    pub name: String,
    pub file: PathBuf,
    pub model: PathBuf,
    pub text: String,
}

/// What came of it.
pub struct Played {
    pub steps: Vec<Step>,
    pub end: Value,
    /// The rules that refuse the model, and where.
    pub rules: Vec<(String, String)>,
    /// What the command said on its way.
    said: Vec<String>,
}

pub struct Step {
    at: String,
    pub case: String,
    pub element: String,
    kind: String,
    pub event: String,
    data: Value,
}

impl Scenario {
    pub fn read(file: PathBuf) -> Self {
        let text = fs::read_to_string(&file).unwrap();
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        let folder = file.parent().unwrap();
        let subject = folder.file_name().unwrap().to_string_lossy();
        let model = stem.split('.').next().unwrap_or(&stem);
        Self {
            name: format!("{subject}/{stem}"),
            model: folder.join(format!("{model}.bpmn")),
            text,
            file,
        }
    }

    /// What it shows.
    pub fn title(&self) -> String {
        let lines = self.text.lines().filter_map(|line| line.strip_prefix("# "));
        lines.collect::<Vec<_>>().join(" ")
    }

    fn arguments(&self) -> Vec<&str> {
        let lines = self.text.lines().filter_map(|line| line.strip_prefix("$ "));
        lines.flat_map(|line| line.splitn(2, ' ')).collect()
    }

    pub fn play(&self) -> Played {
        let folder: &Path = self.file.parent().unwrap();
        let run = Command::new(env!("CARGO_BIN_EXE_kapok"))
            .arg("run")
            .arg(self.model.file_name().unwrap())
            .arg("--json")
            .args(self.arguments())
            .current_dir(folder)
            .output()
            .unwrap();
        let (out, err) = (
            String::from_utf8(run.stdout).unwrap(),
            String::from_utf8(run.stderr).unwrap(),
        );
        let mut lines: Vec<Value> = out.lines().map(|line| json(line, &self.name)).collect();
        let end = lines.pop().unwrap_or_else(|| panic!("{}: {err}", self.name));
        let mut played = Played {
            steps: lines.iter().map(Step::read).collect(),
            end,
            rules: Vec::new(),
            said: Vec::new(),
        };
        for line in err.lines() {
            match serde_json::from_str::<Value>(line) {
                Ok(found) if found["severity"] == "error" => {
                    played.rules.push((text(&found, "rule"), text(&found, "element")));
                }
                Ok(_) => {}
                Err(_) => played.said.push(line.to_owned()),
            }
        }
        played
    }
}

fn json(line: &str, name: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{name}: {error}: {line}"))
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

impl Step {
    fn read(value: &Value) -> Self {
        Self {
            at: text(value, "at"),
            case: text(value, "instance"),
            element: text(value, "element"),
            kind: text(value, "type"),
            event: text(value, "event"),
            data: value["data"].clone(),
        }
    }

    /// What people's to-dos do while their step is active is told in the tests of `process`.
    fn is_about_to_dos(&self) -> bool {
        match self.event.as_str() {
            "task-created" | "nobody-found" => true,
            "task-completed" => self.more().is_empty(),
            _ => false,
        }
    }

    /// The number of a repetition, the code of an error, the end of a case: what people would ask for.
    fn more(&self) -> String {
        let Some(data) = self.data.as_object() else {
            return String::new();
        };
        let shown = data.iter().filter(|(_, value)| !value.is_null());
        let shown = shown.map(|(name, value)| match (name.as_str(), value.as_str()) {
            ("loopCounter", _) => format!(" #{value}"),
            (_, Some(text)) => format!(" {text}"),
            _ => format!(" {value}"),
        });
        shown.collect()
    }
}

impl Played {
    /// The whole file, as it should be.
    pub fn text(&self, scenario: &Scenario) -> String {
        let is_head = |line: &&str| line.starts_with('#') || line.starts_with('$');
        let mut lines: Vec<String> = scenario.text.lines().filter(is_head).map(str::to_owned).collect();
        lines.push(String::new());
        lines.extend(self.trace());
        lines.push(self.ending());
        for (name, what) in [("tasks", "waits for"), ("incidents", "stuck at")] {
            for at in self.end[name].as_array().into_iter().flatten() {
                let at = at.as_str().or(at["element"].as_str()).unwrap_or_default();
                lines.push(format!("{what} {at}"));
            }
        }
        lines.extend(
            self.rules
                .iter()
                .map(|(rule, element)| format!("{rule} {element}").trim().to_owned()),
        );
        lines.extend(self.said.iter().cloned());
        lines.join("\n") + "\n"
    }

    fn trace(&self) -> Vec<String> {
        let mut cases: BTreeMap<&str, usize> = BTreeMap::new();
        let mut now = BEGINNING;
        let mut lines = Vec::new();
        for step in self.steps.iter().filter(|step| !step.is_about_to_dos()) {
            if step.at != now {
                now = &step.at;
                lines.push(format!("at {}", since_beginning(now)));
            }
            let next = cases.len() + 1;
            let case = match *cases.entry(&step.case).or_insert(next) {
                1 => String::new(),
                case => format!("[{case}] "),
            };
            let repeats = match step.kind.as_str() {
                "multiInstanceLoopCharacteristics" | "standardLoopCharacteristics" => " (all)",
                _ => "",
            };
            lines.push(format!("{case}{}{repeats} {}{}", step.element, step.event, step.more()));
        }
        lines
    }

    fn ending(&self) -> String {
        let variables = self.end["variables"].as_object();
        let variables = variables.filter(|variables| !variables.is_empty());
        let variables = variables.map(|_| format!(" {}", self.end["variables"]));
        format!("{}{}", text(&self.end, "state"), variables.unwrap_or_default())
    }
}

/// How long after the beginning, as an ISO duration.
fn since_beginning(at: &str) -> String {
    let millis = |text: &str| serde_json::from_value::<Timestamp>(text.into()).unwrap().millis();
    let seconds = (millis(at) - millis(BEGINNING)) / 1_000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let part = |count: i64, sign: &str| {
        if count == 0 {
            String::new()
        } else {
            format!("{count}{sign}")
        }
    };
    let time = [part(hours, "H"), part(minutes, "M"), part(seconds % 60, "S")].concat();
    let time = if time.is_empty() { time } else { format!("T{time}") };
    format!("+P{}{time}", part(days, "D"))
}
