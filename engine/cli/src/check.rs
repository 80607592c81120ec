//! `kapok check`.

use std::{fs, io::Write, path::Path, process::ExitCode};

use kapok::model::{Diagnostic, Severity};
use serde::Serialize;

use crate::{commands::Check, data};

/// One finding, as one line of JSON.
#[derive(Serialize)]
struct Finding<'a> {
    file: &'a Path,
    #[serde(flatten)]
    diagnostic: &'a Diagnostic,
}

/// Says what is wrong with each file.
pub(crate) fn check(options: &Check) -> Result<ExitCode, String> {
    if let Some(rule) = &options.explain {
        let page = kapok::model::page(rule).ok_or_else(|| format!("there is no rule {rule}"))?;
        println!("{page}");
        return Ok(ExitCode::SUCCESS);
    }
    let kapok = options.data.as_deref().map(data::open_at_rest).transpose()?;
    let mut deployable = true;
    let mut out = std::io::stdout().lock();
    for file in &options.files {
        let xml = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        // What is no UTF-8 is refused by the reader of models, with its line.
        let xml = String::from_utf8_lossy(&xml);
        let found = match &kapok {
            Some(kapok) => kapok.check(&xml),
            None => kapok::check(&xml).map_err(|error| error.to_string())?,
        };
        deployable &= !found.iter().any(|found| found.severity == Severity::Error);
        print(&mut out, file, &found, options.json).map_err(|error| error.to_string())?;
    }
    Ok(if deployable {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Prints findings, one a line.
pub(crate) fn print(out: &mut dyn Write, file: &Path, found: &[Diagnostic], json: bool) -> std::io::Result<()> {
    for diagnostic in found {
        if json {
            serde_json::to_writer(&mut *out, &Finding { file, diagnostic })?;
            writeln!(out)?;
            continue;
        }
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let element = diagnostic
            .element
            .as_ref()
            .map(|id| format!(" {id}:"))
            .unwrap_or_default();
        let Diagnostic {
            line, rule, message, ..
        } = diagnostic;
        writeln!(
            out,
            "{}:{line}: {severity}:{element} {message} [{rule}]",
            file.display()
        )?;
    }
    Ok(())
}
