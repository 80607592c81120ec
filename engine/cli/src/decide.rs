//! `kapok decide`.

use std::{collections::BTreeMap, fs, process::ExitCode};

use kapok::{Clock, SystemClock, protocol::Value};
use serde::Serialize;

use crate::commands::Decide;

#[derive(Serialize)]
struct Answer<'a> {
    decision: &'a str,
    result: Value,
}

/// Asks a decision and prints its answer.
pub(crate) fn decide(options: &Decide) -> Result<ExitCode, String> {
    let file = options.file.display();
    let xml = fs::read(&options.file).map_err(|error| format!("{file}: {error}"))?;
    let xml = String::from_utf8(xml).map_err(|_| format!("{file}: this is not UTF-8 text"))?;
    let input: BTreeMap<String, Value> =
        serde_json::from_str(&options.input).map_err(|error| format!("--input should be a JSON object: {error}"))?;
    let result = kapok::decide(&xml, &options.decision, &input, SystemClock.now())
        .map_err(|error| format!("{file}: {error}"))?;
    if options.json {
        let answer = Answer {
            decision: &options.decision,
            result,
        };
        println!("{}", serde_json::to_string(&answer).map_err(|error| error.to_string())?);
    } else {
        println!("{result}");
    }
    Ok(ExitCode::SUCCESS)
}
