//! Plugins: each folder under `plugins` with a manifest becomes one under `plugins/dist`, which is where the product
//! takes them from.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{demo, needs, place, run};

const TARGET: &str = "wasm32-wasip2";

/// Builds every plugin. One without code is its manifest alone.
pub fn build() -> Result<(), String> {
    let plugins = found()?;
    let with_code: Vec<&Plugin> = plugins.iter().filter(|plugin| plugin.has_code).collect();
    if !with_code.is_empty() {
        needs::wasm_target(TARGET)?;
        let mut cargo = run::cargo()?;
        cargo.args(["build", "--locked", "--release", "--target", TARGET]);
        for plugin in with_code {
            cargo.args(["--package", &plugin.package()]);
        }
        run::run(&mut cargo)?;
    }
    let built = place::target()?.join(TARGET).join("release");
    let dist = place::root().join("plugins/dist");
    remove_others(&dist, &plugins)?;
    for plugin in &plugins {
        // An example is no part of the product: it lies beside its sources.
        let to = if plugin.is_example {
            plugin.folder.join("dist")
        } else {
            dist.join(&plugin.id)
        };
        fs::create_dir_all(&to).map_err(|error| told(&to, &error))?;
        copy(&plugin.folder.join("plugin.toml"), &to.join("plugin.toml"))?;
        if plugin.has_code {
            let component = format!("{}.wasm", plugin.package().replace('-', "_"));
            copy(&built.join(component), &to.join("plugin.wasm"))?;
        }
        copy_pages(&plugin.folder.join("pages"), &to.join("pages"))?;
        println!("plugin {} → {}", plugin.id, to.display());
    }
    Ok(())
}

/// Builds the example in JavaScript from its lock file, and runs its scenarios with the binary that was built before.
pub fn javascript() -> Result<(), String> {
    let folder = place::root().join("examples/plugin-javascript");
    run::npm_install(&folder)?;
    let dist = folder.join("dist");
    fs::create_dir_all(&dist).map_err(|error| told(&dist, &error))?;
    run::run(run::npm_in(&folder).args(["run", "--silent", "build"]))?;
    let kapok = demo::built(false)?;
    run::run(
        run::command(&kapok.display().to_string())
            .args(["plugin", "test"])
            .arg(&folder),
    )
}

struct Plugin {
    id: String,
    folder: PathBuf,
    has_code: bool,
    is_example: bool,
}

impl Plugin {
    fn package(&self) -> String {
        format!("kapok-plugin-{}", self.id)
    }
}

/// The plugins that ship, and those of the examples that are built like them.
fn found() -> Result<Vec<Plugin>, String> {
    let mut plugins = found_in(&place::root().join("plugins"), "")?;
    plugins.extend(found_in(&place::root().join("examples"), EXAMPLE)?);
    plugins.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(plugins)
}

/// How the folders of examples begin that are plugins.
const EXAMPLE: &str = "plugin-";

fn found_in(folder: &Path, begin: &str) -> Result<Vec<Plugin>, String> {
    let mut plugins = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| told(folder, &error))? {
        let folder = entry.map_err(|error| told(folder, &error))?.path();
        let name = folder.file_name().and_then(|name| name.to_str());
        let Some(id) = name.and_then(|name| name.strip_prefix(begin)).map(str::to_owned) else {
            continue;
        };
        // Others are built by their own tools.
        if folder.join("plugin.toml").is_file() && (begin.is_empty() || folder.join("Cargo.toml").is_file()) {
            plugins.push(Plugin {
                id,
                has_code: folder.join("Cargo.toml").is_file(),
                is_example: !begin.is_empty(),
                folder,
            });
        }
    }
    Ok(plugins)
}

/// What is not a plugin any more must not be shipped.
fn remove_others(dist: &Path, plugins: &[Plugin]) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(dist) else { return Ok(()) };
    for path in entries.flatten().map(|entry| entry.path()) {
        let still = plugins
            .iter()
            .any(|plugin| !plugin.is_example && path.ends_with(&plugin.id));
        if path.is_dir() && !still {
            fs::remove_dir_all(&path).map_err(|error| told(&path, &error))?;
        }
    }
    Ok(())
}

/// Copies what differs: an untouched file keeps cargo from building again what embeds it.
/// Copies the files of a plugin's frames, and removes those that are there no more.
fn copy_pages(from: &Path, to: &Path) -> Result<(), String> {
    if to.is_dir() {
        fs::remove_dir_all(to).map_err(|error| told(to, &error))?;
    }
    if !from.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(to).map_err(|error| told(to, &error))?;
    for entry in fs::read_dir(from).map_err(|error| told(from, &error))? {
        let entry = entry.map_err(|error| told(from, &error))?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let content = fs::read(from).map_err(|error| told(from, &error))?;
    if fs::read(to).is_ok_and(|there| there == content) {
        return Ok(());
    }
    fs::write(to, content).map_err(|error| told(to, &error))
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
