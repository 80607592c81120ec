//! Where figures go: standard output has nothing but them.

use std::io::{IsTerminal, Write};

use serde::Serialize;

use super::{Failure, figures::Figure};

/// Prints figures as they come.
pub(super) struct Report {
    json: bool,
    has_heading: bool,
}

impl Report {
    pub(super) fn new(json: bool) -> Self {
        Self {
            json,
            has_heading: false,
        }
    }

    /// Says what is measured now, to whoever waits at a terminal.
    pub(super) fn begin(&self, name: &str, about: &str) {
        if std::io::stderr().is_terminal() {
            eprintln!("… {name}: {about}");
        }
    }

    /// Says something that is no figure.
    pub(super) fn note(&self, text: &str) {
        if !self.json {
            eprintln!("kapok bench: {text}");
        }
    }

    /// Prints a figure.
    pub(super) fn add(&mut self, figure: &Figure) -> Result<(), Failure> {
        if !self.has_heading {
            self.heading(&Figure::heading())?;
            self.has_heading = true;
        }
        self.line(figure, || figure.text())
    }

    /// Prints what stands above lines for people.
    pub(super) fn heading(&self, text: &str) -> Result<(), Failure> {
        if !self.json {
            writeln!(std::io::stdout(), "{text}")?;
        }
        Ok(())
    }

    /// Prints a line, as an object or as text.
    pub(super) fn line(&self, line: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{}", serde_json::to_string(line)?)?;
        } else {
            writeln!(out, "{}", text())?;
        }
        Ok(out.flush()?)
    }
}
