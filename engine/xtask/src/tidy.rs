//! The style that a program can check, beyond what clippy and oxlint do.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{place, run};

/// A file that is longer holds more than one idea.
const LONGEST: usize = 800;
/// Files that people write; everything else (drawings, test material, pictures) is left alone.
const WRITTEN: [&str; 9] = ["rs", "ts", "mjs", "vue", "css", "html", "toml", "md", "wit"];
const CODE: [&str; 4] = ["rs", "ts", "mjs", "vue"];

/// Fails with one line for each place that is not tidy.
pub fn tidy() -> Result<(), String> {
    let root = place::root();
    let mut files = Vec::new();
    collect(root, &mut files)?;
    let mut findings = Vec::new();
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        if !root.join(name).is_file() {
            findings.push(format!("{name}: the licence is missing"));
        }
    }
    for file in files {
        let shown = file.strip_prefix(root).unwrap_or(&file).to_owned();
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", shown.display()))?;
        findings.extend(
            check(&shown, &text)
                .into_iter()
                .map(|finding| format!("{}:{finding}", shown.display())),
        );
    }
    if let Err(why) = run::run(run::cargo()?.args(["fmt", "--all", "--", "--check", "--files-with-diff"])) {
        findings.push(format!("{why}: run `cargo fmt --all`"));
    }
    if findings.is_empty() {
        Ok(())
    } else {
        Err(format!("not tidy:\n{}", findings.join("\n")))
    }
}

/// What is not tidy in a file: `line: sentence`.
fn check(path: &Path, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let lines = text.lines().count();
    if has(path, &CODE) && lines > LONGEST {
        findings.push(format!("{lines}: more than {LONGEST} lines; split the file by idea"));
    }
    for (index, line) in text.lines().enumerate() {
        if line.contains('\t') {
            findings.push(format!("{}: a tab; indent with spaces", index + 1));
        }
        if line.ends_with(char::is_whitespace) {
            findings.push(format!("{}: white space at the end of the line", index + 1));
        }
        if let Some(folder) = foreign_path(line) {
            findings.push(format!("{}: {folder} is a folder of one machine", index + 1));
        }
    }
    if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
        findings.push(format!("{lines}: the file must end with one line break"));
    }
    if ["src/lib.rs", "src/main.rs"].iter().any(|root| path.ends_with(root)) && !text.starts_with("//!") {
        findings.push("1: a crate begins with `//!` and says what it is for".into());
    }
    if path.ends_with("Cargo.toml") && text.contains("[package]") {
        for inherited in ["license.workspace = true", "[lints]\nworkspace = true"] {
            if !text.contains(inherited) {
                findings.push(format!("1: `{}` is missing", inherited.replace('\n', " ")));
            }
        }
    }
    findings
}

/// A path that exists only where somebody happened to work.
fn foreign_path(line: &str) -> Option<String> {
    let folders = ["root", "home", "Users", "work"].map(|name| format!("/{name}/"));
    folders.into_iter().find(|folder| {
        line.match_indices(folder.as_str()).any(|(at, _)| {
            // Within a longer path or an address it is something else.
            !line[..at].ends_with(|before: char| before.is_alphanumeric() || "./_-}".contains(before))
        })
    })
}

fn has(path: &Path, extensions: &[&str]) -> bool {
    path.extension()
        .is_some_and(|own| extensions.iter().any(|extension| own == *extension))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(told)? {
        let path = entry.map_err(told)?.path();
        if path.is_dir() {
            let built = path.join("CACHEDIR.TAG").exists();
            if !built
                && !["target", "node_modules", "dist", ".git", "test-results"]
                    .iter()
                    .any(|name| path.ends_with(name))
            {
                collect(&path, files)?;
            }
        } else if has(&path, &WRITTEN) {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_untidy_and_nothing_else() {
        let crate_text = "[package]\nname = \"a\"\n";
        let cases = [
            ("a/src/lib.rs", "//! A crate.\n".to_owned(), 0),
            ("a/src/lib.rs", "pub fn a() {}\n".to_owned(), 1),
            ("a.rs", "let a = 1; \n".to_owned(), 1),
            ("a.rs", "\tlet a = 1;\n".to_owned(), 1),
            ("a.rs", "let a = 1;".to_owned(), 1),
            ("a.rs", "let a = 1;\n\n".to_owned(), 1),
            ("a.rs", "//\n".repeat(LONGEST), 0),
            ("a.rs", "//\n".repeat(LONGEST + 1), 1),
            ("a.md", "line\n".repeat(LONGEST + 1), 0),
            ("a.md", ["see /ho", "me/me/notes\n"].concat(), 1),
            ("a.ts", "import a from '../work/a'\n".to_owned(), 0),
            ("Cargo.toml", "[workspace]\n".to_owned(), 0),
            ("a/Cargo.toml", crate_text.to_owned(), 2),
            (
                "a/Cargo.toml",
                format!("{crate_text}license.workspace = true\n\n[lints]\nworkspace = true\n"),
                0,
            ),
        ];
        for (path, text, expected) in cases {
            let findings = check(Path::new(path), &text);
            assert_eq!(findings.len(), expected, "{path}: {findings:?}");
        }
    }
}
