//! One command for each habit: `cargo xtask demo`, `cargo xtask test`, and the parts they are made of.
//!
//! A newcomer should need one command to see Kapok and one to trust a change, on a machine with nothing but Rust and
//! Node. The program has no dependencies, so that it is there a moment after it is asked for.

mod demo;
mod mutants;
mod needs;
mod place;
mod plugins;
mod run;
mod test;
mod tidy;
mod web;

use std::process::ExitCode;

use test::Profile;

const HELP: &str = "\
cargo xtask <habit>

  demo [--release] [ARGUMENTS]  build everything and serve a sample company; arguments go to `kapok serve`
  test [--deep]                 everything that has to pass, from an empty clone; --deep looks longer, for hours
  mutants [NAME…]               mistakes in a copy of the sources, which the tests must catch
  tidy                          the style that a program can check
  plugins                       plugins → plugins/dist
  web                           the web app → designer/dist
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((habit, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    };
    let outcome = match (habit.as_str(), rest) {
        ("demo", rest) => demo::demo(rest),
        ("test", []) => return test::test(Profile::Quick),
        ("test", [deep]) if deep == "--deep" => return test::test(Profile::Deep),
        ("mutants", names) => mutants::named(names),
        ("tidy", []) => tidy::tidy(),
        ("plugins", []) => plugins::build(),
        ("web", []) => web::install().and_then(|()| web::build()),
        ("help" | "--help" | "-h", _) => {
            print!("{HELP}");
            Ok(())
        }
        _ => Err(format!("there is no `{}`\n\n{HELP}", arguments.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}
