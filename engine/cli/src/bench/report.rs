//! Where figures go: standard output has nothing but them.

use std::{
    io::{IsTerminal, Write},
    path::Path,
};

use serde::Serialize;

use super::{Failure, figures::Figure};

/// Prints figures as they come.
pub(super) struct Report {
    json: bool,
    /// Whether somebody else says what is not a figure.
    is_part: bool,
    has_heading: bool,
}

impl Report {
    pub(super) fn new(json: bool, is_part: bool) -> Self {
        Self {
            json,
            is_part,
            has_heading: is_part,
        }
    }

    /// Says what is measured now, to whoever waits at a terminal.
    pub(super) fn begin(&self, name: &str, about: &str) {
        if std::io::stderr().is_terminal() {
            eprintln!("… {name}: {about}");
        }
    }

    /// Says where it is measured.
    pub(super) fn place(&self, folder: &Path) {
        if !self.json && !self.is_part {
            eprintln!("kapok bench: the folder of data is made in {}", folder.display());
        }
    }

    /// Says something that is no figure.
    pub(super) fn note(&self, text: &str) {
        if !self.json {
            eprintln!("kapok bench: {text}");
        }
    }

    /// Prints what stands above figures.
    pub(super) fn begin_figures(&mut self) -> Result<(), Failure> {
        if !std::mem::replace(&mut self.has_heading, true) {
            self.heading(&Figure::heading())?;
        }
        Ok(())
    }

    /// Prints a figure.
    pub(super) fn add(&mut self, figure: &Figure) -> Result<(), Failure> {
        self.begin_figures()?;
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
