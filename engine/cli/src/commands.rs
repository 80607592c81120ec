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
    /// Write, build and try plugins, and look after those of an installation
    Plugin(Plugin),
    /// Say whether a folder of data, or a backup, is sound; exit 1 if not
    Verify(Verify),
    /// Copy the data to another folder, also while a server runs
    Backup(Backup),
    /// Make a folder of data from a backup
    Restore(Restore),
    /// Make the state files of a folder of data anew from its journal
    Rebuild(Rebuild),
    /// Write all data to a text file that does not depend on how it is stored
    Export(Export),
    /// Make a folder of data from such a file
    Import(Import),
    /// Run Kapok as a service of this machine
    Service(Service),
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
        /// Good for fetching external tasks of this topic, and for nothing else; may be repeated
        #[arg(long = "topic")]
        topics: Vec<String>,
    },
}

#[derive(Args)]
pub(crate) struct Plugin {
    #[command(subcommand)]
    pub(crate) action: PluginAction,
}

#[derive(Subcommand)]
pub(crate) enum PluginAction {
    /// Make a folder with a plugin that works, to begin from
    New {
        /// The folder, whose name is the plugin's: small letters, digits and hyphens
        name: String,
    },
    /// Build a plugin and pack it into one file, dist/NAME-VERSION.kapok
    Build {
        /// The plugin's folder
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    /// Run the scenarios in tests/*.toml: the plugin in an engine of its own, without a server
    Test {
        /// The plugin's folder
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// Take what was built before
        #[arg(long)]
        no_build: bool,
    },
    /// Serve the sample company with the plugin, and load it again whenever its sources change
    Dev(Dev),
    /// Print the JSON Schema of plugin.toml, for editors
    Schema,
    /// Install a plugin, or upgrade it: shows what it asks for and what changes, and asks
    Install {
        /// A file that `kapok plugin build` made
        file: PathBuf,
        /// Agree without being asked
        #[arg(long)]
        yes: bool,
        /// Also when data is lost, or taken from sight
        #[arg(long)]
        confirm: bool,
        #[command(flatten)]
        at: At,
    },
    /// List the plugins
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: At,
    },
    /// Switch a plugin on
    Enable {
        /// Its name
        id: String,
        #[command(flatten)]
        at: At,
    },
    /// Switch a plugin off: its records can be read but not saved
    Disable {
        /// Its name
        id: String,
        #[command(flatten)]
        at: At,
    },
    /// Remove a plugin that was installed; its data is kept
    Remove {
        /// Its name
        id: String,
        /// Also when data is taken from sight
        #[arg(long)]
        confirm: bool,
        #[command(flatten)]
        at: At,
    },
}

/// Which installation is meant: a folder of data that no server uses, or a running server.
#[derive(Args)]
pub(crate) struct At {
    /// The folder of data; no server may be using it
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub(crate) data: PathBuf,
    /// A running server, such as http://127.0.0.1:7654
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    pub(crate) server: Option<String>,
    /// A token of an administrator there [default: KAPOK_TOKEN of the environment]
    #[arg(long, value_name = "TOKEN", requires = "server")]
    pub(crate) token: Option<String>,
}

#[derive(Args)]
pub(crate) struct Dev {
    /// The plugin's folder
    #[arg(default_value = ".")]
    pub(crate) folder: PathBuf,
    /// The folder of data [default: target/kapok-dev-data in the plugin's folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7655")]
    pub(crate) listen: SocketAddr,
}

/// Where data lies when nobody says.
const DATA: &str = "kapok-data";

#[derive(Args)]
pub(crate) struct Verify {
    /// A backup, or a folder of data
    #[arg(value_name = "BACKUP", conflicts_with = "data")]
    pub(crate) backup: Option<PathBuf>,
    /// The folder of data
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub(crate) data: PathBuf,
    /// Also compare everything with what the journal says; a backup is restored for that among the temporary files
    #[arg(long)]
    pub(crate) deep: bool,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Backup {
    /// The folder of data
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub(crate) data: PathBuf,
    /// Where the copy goes: a folder that is not there yet, or is empty
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Restore {
    /// The backup
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: PathBuf,
    /// The folder of data to make: it is not there yet, or is empty
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Leave out what was committed after this number
    #[arg(long, value_name = "N")]
    pub(crate) to_seq: Option<u64>,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Rebuild {
    /// The folder of data
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub(crate) data: PathBuf,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Export {
    /// The folder of data
    #[arg(long, value_name = "DIR", default_value = DATA)]
    pub(crate) data: PathBuf,
    /// The file to write; it must not be there yet
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Import {
    /// A file that `kapok export` wrote
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The folder of data to make: it is not there yet, or is empty
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Service {
    #[command(subcommand)]
    pub(crate) action: ServiceAction,
}

#[derive(Subcommand)]
pub(crate) enum ServiceAction {
    /// Write a unit for systemd, and say what to do next
    Install(ServiceInstall),
}

#[derive(Args)]
pub(crate) struct ServiceInstall {
    /// The folder of data
    #[arg(long, value_name = "DIR", default_value = "/var/lib/kapok")]
    pub(crate) data: PathBuf,
    /// Settings, in TOML
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The user of the machine that it runs as
    #[arg(long, value_name = "NAME", default_value = "kapok")]
    pub(crate) user: String,
    /// The name of the service
    #[arg(long, value_name = "NAME", default_value = "kapok")]
    pub(crate) name: String,
    /// Only print the unit
    #[arg(long)]
    pub(crate) print: bool,
}
