//! The command line. What each argument means is also its help.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::bench::Bench;

/// Processes, to-dos and records: one binary, one folder of data.
#[derive(Parser)]
#[command(name = "kapok", version, about)]
pub(crate) struct Kapok {
    #[command(subcommand)]
    pub(crate) command: Commands,
}

#[derive(Subcommand)]
pub(crate) enum Commands {
    /// Serve the web app and the HTTP API
    Serve(Serve),
    /// Say whether models may be deployed; exit 1 if not
    Check(Check),
    /// Run a model in memory on a virtual clock and print its trace
    Run(Run),
    /// Ask a decision of a DMN file
    Decide(Decide),
    /// People and their ways in
    User(User),
    /// Measure how fast it is on this machine, beside the machine's own limits
    Bench(Bench),
}

#[derive(Args)]
pub(crate) struct Serve {
    /// Begin with a sample company, and shorten drawn times: an hour passes in six seconds
    #[arg(long)]
    pub(crate) demo: bool,
    /// The folder of data
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Where to listen [default: 127.0.0.1:7654]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Settings, in TOML
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Check {
    /// BPMN 2.0 files
    #[arg(required_unless_present = "explain", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Print the page of a rule, such as gateway.condition-missing, instead
    #[arg(long, value_name = "RULE")]
    pub(crate) explain: Option<String>,
    /// Check against the people, plugins and entities of this folder of data
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// `--complete`, `--message`, `--signal` and `--advance` are steps: they happen in the order in which they stand.
#[derive(Args)]
pub(crate) struct Run {
    /// A BPMN 2.0 file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Start a case of this process; without it, of every executable process that can be started by hand
    #[arg(long, value_name = "ID")]
    pub(crate) process: Vec<String>,
    /// A variable to start with: JSON if it parses, else text
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub(crate) vars: Vec<String>,
    /// Variables to start with: a JSON object
    #[arg(long, value_name = "FILE")]
    pub(crate) vars_file: Option<PathBuf>,
    /// Complete what waits at an element, by its BPMN id, with variables; an approval takes "decision" and "comment",
    /// a service task ends in an error with "$error": its code
    #[arg(long, value_name = "TASK[=JSON]")]
    pub(crate) complete: Vec<String>,
    /// Hand a message to the case that waits for it, or start one: JSON holds its variables, or "key" and "variables"
    #[arg(long, value_name = "NAME[=JSON]")]
    pub(crate) message: Vec<String>,
    /// Tell a signal to everybody who waits for it, with variables
    #[arg(long, value_name = "NAME[=JSON]")]
    pub(crate) signal: Vec<String>,
    /// Decisions (DMN) that the model's business rule tasks ask
    #[arg(long, value_name = "FILE")]
    pub(crate) decisions: Vec<PathBuf>,
    /// Let time pass: an ISO 8601 duration such as PT8H
    #[arg(long, value_name = "DURATION")]
    pub(crate) advance: Vec<String>,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Decide {
    /// A DMN file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The decision, by id or name
    #[arg(long, value_name = "NAME")]
    pub(crate) decision: String,
    /// What it is asked with: a JSON object
    #[arg(long, value_name = "JSON", default_value = "{}")]
    pub(crate) input: String,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct User {
    #[command(subcommand)]
    pub(crate) action: UserAction,
    /// The folder of data
    #[arg(long, value_name = "DIR", default_value = "kapok-data", global = true)]
    pub(crate) data: PathBuf,
}

#[derive(Subcommand)]
pub(crate) enum UserAction {
    /// Add a person; prints a password unless one is given
    Add {
        /// The name to sign in with
        login: String,
        /// The person's name [default: the name to sign in with]
        #[arg(long)]
        name: Option<String>,
        /// The code of a role; may be repeated
        #[arg(long = "role", value_name = "CODE")]
        roles: Vec<String>,
        /// Give the role of administrators
        #[arg(long)]
        administrator: bool,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Set a person's password; prints a new one unless one is given
    Password {
        /// The name to sign in with
        login: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Make a token with which a program acts in a person's name, and print it
    Token {
        /// The name to sign in with
        login: String,
        /// What the token is for
        #[arg(long, default_value = "")]
        label: String,
    },
}
