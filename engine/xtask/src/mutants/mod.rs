//! Proof that the tests see what they are there for: mistakes are put into a copy of the sources, one at a time, and for
//! each the test that must catch it must fail. The product itself has no switch that breaks it.

mod copy;
mod ended;
mod list;
mod target;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use crate::{place, run};
use copy::Copy;
use ended::Ended;
use list::{MUTANTS, Mutant, Test};

/// Tries those that are named, or all.
pub fn named(names: &[String]) -> Result<(), String> {
    if let Some(unknown) = names
        .iter()
        .find(|name| MUTANTS.iter().all(|mutant| mutant.name != **name))
    {
        let known: Vec<_> = MUTANTS.iter().map(|mutant| mutant.name).collect();
        return Err(format!(
            "there is no mutant `{unknown}`; there are {}",
            known.join(", ")
        ));
    }
    try_all(
        MUTANTS
            .iter()
            .filter(|mutant| names.is_empty() || names.iter().any(|name| name == mutant.name)),
    )
}

/// Tries the few that stand for the others: they are tried with every change.
pub fn quick() -> Result<(), String> {
    try_all(MUTANTS.iter().filter(|mutant| mutant.quick))
}

fn try_all(mutants: impl Iterator<Item = &'static Mutant>) -> Result<(), String> {
    let folder = place::target()?.join("mutants");
    // Two at once would mend each other's mistakes.
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    let lock = folder.join("lock");
    let turn = fs::File::create(&lock).and_then(|file| file.lock().map(|()| file));
    let _turn = turn.map_err(|error| failed(&lock, &error))?;
    let build = folder.join("target");
    target::seed(&place::target()?, &build)?;
    let workshop = Workshop {
        copy: Copy::fresh(folder.join("sources"))?,
        build,
        said: folder.join("said.txt"),
    };
    let mut unmutated: Vec<Test> = Vec::new();
    let mut wrong = Vec::new();
    for mutant in mutants {
        // A test that fails anyway catches nothing.
        if !unmutated.contains(&mutant.test) {
            workshop.passes(&mutant.test)?;
            unmutated.push(mutant.test);
        }
        let begin = Instant::now();
        match workshop.catches(mutant) {
            Ok(how) => println!("caught    {} ({} s): {how}", mutant.name, begin.elapsed().as_secs()),
            Err(why) => {
                println!("{why}");
                wrong.push(mutant.name);
            }
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("not caught: {}", wrong.join(", ")))
    }
}

/// The copy of the sources, and where it is built.
struct Workshop {
    copy: Copy,
    build: PathBuf,
    /// What cargo says last.
    said: PathBuf,
}

impl Workshop {
    /// The test passes as things are.
    fn passes(&self, test: &Test) -> Result<(), String> {
        println!("building  {} of {}", test.name, test.package);
        self.build(test)?;
        let ended = self.run(test)?;
        // A name that no test has would pass.
        if ended.well && ended.said.contains("test result: ok. 1 passed") {
            return Ok(());
        }
        Err(format!(
            "{} does not pass without a mistake:\n{}",
            test.name, ended.said
        ))
    }

    /// What the test said of the mistake.
    fn catches(&self, mutant: &Mutant) -> Result<String, String> {
        let stale = |why| format!("stale     {}: {why}", mutant.name);
        let original = self
            .copy
            .replace(mutant.file, mutant.find, mutant.replace)
            .map_err(stale)?;
        let ended = self.build(&mutant.test).map_err(stale);
        let ended = ended.and_then(|()| self.run(&mutant.test));
        self.copy.restore(mutant.file, &original)?;
        let ended = ended?;
        if ended.well {
            return Err(format!(
                "survived  {}: {} of {} did not see that {}",
                mutant.name, mutant.test.name, mutant.test.package, mutant.mistake
            ));
        }
        Ok(first_panic(&ended.said))
    }

    fn build(&self, test: &Test) -> Result<(), String> {
        let ended = ended::wait_for(self.cargo(test)?.arg("--no-run"), &self.said)?;
        if ended.well {
            Ok(())
        } else {
            Err(format!("it cannot be built:\n{}", ended.said))
        }
    }

    fn run(&self, test: &Test) -> Result<Ended, String> {
        let mut cargo = self.cargo(test)?;
        cargo.args(["--", "--exact", test.name]);
        cargo.envs(test.env.iter().copied());
        ended::wait_for(&mut cargo, &self.said)
    }

    fn cargo(&self, test: &Test) -> Result<Command, String> {
        let mut cargo = run::cargo()?;
        cargo
            .current_dir(self.copy.root())
            .env("CARGO_TARGET_DIR", &self.build)
            // The same crates are built again and again here.
            .env("CARGO_INCREMENTAL", "1")
            .env("RUST_BACKTRACE", "0")
            .args(["test", "--locked", "--quiet"]);
        match test.target {
            // Of the whole workspace, since that decides with which features others' crates are built.
            Some(target) => cargo.args(["--workspace", "--test", target]),
            None => cargo.args(["--package", test.package, "--lib"]),
        };
        Ok(cargo)
    }
}

/// What the first panic of a test says: `left` and `right` are two lines more.
fn first_panic(said: &str) -> String {
    let lines = said.lines().skip_while(|line| !line.contains("panicked at")).skip(1);
    let message: Vec<_> = lines
        .take_while(|line| !line.is_empty())
        .take(3)
        .map(str::trim)
        .collect();
    match &message[..] {
        [] => "it did not end".into(),
        message => message.join(" ").chars().take(200).collect(),
    }
}

fn failed(what: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", what.display())
}
