//! `kapok run`.

use std::{
    collections::BTreeMap,
    fmt, fs,
    io::{StdoutLock, Write},
    process::ExitCode,
};

use clap::ArgMatches;
use kapok::{
    Outcome, Simulation, Transition,
    protocol::{IsoDuration, PublishedMessage, Timestamp, Value},
};

use crate::{check, commands::Run};

/// Where the virtual clock begins: always the same moment, so that a trace is always the same. A Monday, nine o'clock
/// in Shanghai.
const BEGINNING: Timestamp = Timestamp::from_millis(1_767_574_800_000);

type Variables = BTreeMap<String, Value>;

/// What happens after the start.
#[derive(Debug)]
enum Step {
    Complete(String, Variables),
    Advance(IsoDuration),
    Message(PublishedMessage),
    Signal(String, Variables),
}

impl Step {
    fn perform(&self, simulation: &mut Simulation) -> Result<(), kapok::Error> {
        match self {
            Self::Complete(element, input) => simulation.complete(element, input.clone()),
            Self::Advance(duration) => simulation.advance(*duration),
            Self::Message(message) => simulation.message(message.clone()),
            Self::Signal(name, variables) => simulation.signal(name, variables.clone()),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete(element, _) => write!(f, "--complete {element}"),
            Self::Advance(_) => f.write_str("--advance"),
            Self::Message(message) => write!(f, "--message {}", message.name),
            Self::Signal(name, _) => write!(f, "--signal {name}"),
        }
    }
}

/// Runs a model and prints what happens.
pub(crate) fn run(options: &Run, matches: &ArgMatches) -> Result<ExitCode, String> {
    let xml = fs::read(&options.file).map_err(|error| format!("{}: {error}", options.file.display()))?;
    let xml = String::from_utf8_lossy(&xml);
    let (variables, steps) = (variables(options)?, steps(options, matches)?);
    let mut printer = Printer {
        out: std::io::stdout().lock(),
        json: options.json,
    };

    let (mut simulation, keys) = match Simulation::new(&xml, BEGINNING) {
        Ok(ready) => ready,
        Err(error) => {
            match &error {
                kapok::Error::Model(found) => {
                    check::print(&mut std::io::stderr().lock(), &options.file, found, options.json)
                        .map_err(|error| error.to_string())?;
                }
                other => eprintln!("kapok: {other}"),
            }
            return printer.outcome(&refused());
        }
    };
    for file in &options.decisions {
        let xml = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let deployed = simulation.deploy_decisions(&xml);
        deployed.map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let started = if options.process.is_empty() {
        keys.into_iter().filter(|key| simulation.can_start(key)).collect()
    } else {
        options.process.clone()
    };
    if started.is_empty() && steps.is_empty() {
        return Err("no process of this file can simply be started; name one with --process, or start it with --message, --signal or --advance".to_owned());
    }
    let done = perform(&mut simulation, &started, &variables, &steps, &mut printer);
    if let Err(error) = done {
        eprintln!("kapok: {error}");
    }
    printer.transitions(&mut simulation)?;
    let outcome = simulation.outcome().map_err(|error| error.to_string())?;
    if cfg!(debug_assertions) {
        // Whatever a test runs also shows that the check of rows agrees with the engine.
        let report = simulation.verify().map_err(|error| error.to_string())?;
        for found in report.findings {
            eprintln!("kapok: the row {} ({}): {}", found.key, found.kind, found.text);
        }
    }
    printer.outcome(&outcome)
}

fn perform(
    simulation: &mut Simulation,
    processes: &[String],
    variables: &Variables,
    steps: &[Step],
    printer: &mut Printer,
) -> Result<(), String> {
    for process in processes {
        simulation
            .start(process, variables.clone())
            .map_err(|error| error.to_string())?;
        printer.transitions(simulation)?;
    }
    for step in steps {
        step.perform(simulation).map_err(|error| format!("{step}: {error}"))?;
        printer.transitions(simulation)?;
    }
    Ok(())
}

fn refused() -> Outcome {
    Outcome {
        state: "refused",
        variables: BTreeMap::new(),
        tasks: Vec::new(),
        incidents: Vec::new(),
    }
}

struct Printer {
    out: StdoutLock<'static>,
    json: bool,
}

impl Printer {
    fn transitions(&mut self, simulation: &mut Simulation) -> Result<(), String> {
        for transition in simulation.transitions().map_err(|error| error.to_string())? {
            let line = if self.json {
                json(&transition)?
            } else {
                words(&transition)
            };
            writeln!(self.out, "{line}").map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn outcome(&mut self, outcome: &Outcome) -> Result<ExitCode, String> {
        let line = if self.json { json(outcome)? } else { ending(outcome) };
        writeln!(self.out, "{line}").map_err(|error| error.to_string())?;
        Ok(if outcome.state == "refused" {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}

fn words(transition: &Transition) -> String {
    let Transition {
        at,
        element,
        kind,
        event,
        instance,
        data,
    } = transition;
    let data = if data.is_empty() {
        String::new()
    } else {
        format!("  {data}")
    };
    format!("{at}  {instance}  {element} ({kind}): {event}{data}")
}

fn ending(outcome: &Outcome) -> String {
    let mut text = format!("state: {}", outcome.state);
    for (name, value) in &outcome.variables {
        text += &format!("\n  {name} = {value}");
    }
    for task in &outcome.tasks {
        text += &format!("\n  waits for: {task}");
    }
    for incident in &outcome.incidents {
        text += &format!("\n  stuck: {incident}");
    }
    text
}

/// The variables to start with; those named one by one count over those of the file.
fn variables(options: &Run) -> Result<Variables, String> {
    let mut variables = Variables::new();
    if let Some(file) = &options.vars_file {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        variables = object(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    for var in &options.vars {
        let (name, value) = var
            .split_once('=')
            .ok_or_else(|| format!("--var {var}: write NAME=VALUE"))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        variables.insert(name.to_owned(), value);
    }
    Ok(variables)
}

/// The steps in the order of the command line.
fn steps(options: &Run, matches: &ArgMatches) -> Result<Vec<Step>, String> {
    let mut steps: Vec<(usize, Step)> = Vec::new();
    for (index, text) in matches
        .indices_of("complete")
        .into_iter()
        .flatten()
        .zip(&options.complete)
    {
        let (element, input) = named(text, "--complete")?;
        steps.push((index, Step::Complete(element, input)));
    }
    for (index, text) in matches
        .indices_of("advance")
        .into_iter()
        .flatten()
        .zip(&options.advance)
    {
        let duration = text.parse().map_err(|error| format!("--advance {text}: {error}"))?;
        steps.push((index, Step::Advance(duration)));
    }
    for (index, text) in matches
        .indices_of("message")
        .into_iter()
        .flatten()
        .zip(&options.message)
    {
        steps.push((index, Step::Message(message(text)?)));
    }
    for (index, text) in matches.indices_of("signal").into_iter().flatten().zip(&options.signal) {
        let (name, variables) = named(text, "--signal")?;
        steps.push((index, Step::Signal(name, variables)));
    }
    steps.sort_by_key(|(index, _)| *index);
    Ok(steps.into_iter().map(|(_, step)| step).collect())
}

/// `NAME` or `NAME=JSON`.
fn named(text: &str, option: &str) -> Result<(String, Variables), String> {
    match text.split_once('=') {
        Some((name, json)) => {
            let variables = object(json).map_err(|error| format!("{option} {name}: {error}"))?;
            Ok((name.to_owned(), variables))
        }
        None => Ok((text.to_owned(), Variables::new())),
    }
}

/// A message: its JSON holds its variables, or `key` and `variables` as the HTTP API has them.
fn message(text: &str) -> Result<PublishedMessage, String> {
    let (name, mut json) = named(text, "--message")?;
    let is_whole = !json.is_empty()
        && json.keys().all(|key| matches!(key.as_str(), "key" | "variables"))
        && json
            .get("variables")
            .is_none_or(|variables| variables.as_map().is_some());
    let (key, variables) = if is_whole {
        let key = json.remove("key").map(|key| match key {
            Value::Text(key) => key,
            other => other.to_string(),
        });
        let variables = json
            .remove("variables")
            .and_then(|variables| variables.as_map().cloned());
        (key, variables.unwrap_or_default())
    } else {
        (None, json)
    };
    Ok(PublishedMessage {
        name,
        key,
        variables,
        ttl_millis: None,
    })
}

fn object(text: &str) -> Result<Variables, String> {
    serde_json::from_str(text).map_err(|error| format!("this should be a JSON object: {error}"))
}
