//! Embeds the SDK and the contract of plugins, and the plugins of `plugins/dist` when they have been built; without them the binary works with what a
//! configuration names.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    embed_plugins()?;
    embed_sdk()
}

/// What a plugin is written with: the sources of the SDK and the contract, so that nobody needs a clone.
fn embed_sdk() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let plugins = root.join("plugins");
    let mut entries = Vec::new();
    for folder in ["sdk/src", "wit/kapok-plugin@0.2.0"] {
        println!("cargo::rerun-if-changed={}", plugins.join(folder).display());
        for entry in fs::read_dir(plugins.join(folder))? {
            let path = entry?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            entries.push(format!(
                "    ({:?}, include_str!({path:?})),\n",
                format!("{folder}/{name}")
            ));
        }
    }
    // Outside of the workspace its manifest stands by itself, with the workspace's versions.
    let workspace = fs::read_to_string(root.join("Cargo.toml"))?;
    println!("cargo::rerun-if-changed={}", root.join("Cargo.toml").display());
    let mut manifest = "[package]\nname = \"kapok-plugin-sdk\"\nversion = \"0.1.0\"\nedition = \"2024\"\nlicense = \"MIT OR Apache-2.0\"\npublish = \
                        false\n\n[dependencies]\n"
        .to_owned();
    for name in ["rust_decimal", "serde_json", "wit-bindgen"] {
        let begin = format!("{name} = ");
        let line = workspace.lines().find(|line| line.starts_with(&begin));
        manifest.push_str(line.ok_or_else(|| io::Error::other(format!("the workspace does not name {name}")))?);
        manifest.push('\n');
    }
    entries.push(format!("    (\"sdk/Cargo.toml\", {manifest:?}),\n"));
    entries.sort();
    let lock = root.join("Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    fs::write(
        out.join("sdk.rs"),
        format!(
            "/// The files by their names in a project's folder.\nstatic FILES: &[(&str, &str)] = &[\n{}];\nstatic LOCK: &str = \
             include_str!({lock:?});\n",
            entries.concat()
        ),
    )
}

fn embed_plugins() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let dist = root.join("../../plugins/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    // Copies, because plugins may be built anew while this crate is being compiled.
    let copy = out.join("plugins");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    let mut entries = Vec::new();
    if dist.is_dir() {
        for entry in fs::read_dir(&dist)? {
            let folder = entry?.path();
            let Some(id) = folder.file_name().and_then(|name| name.to_str()).map(str::to_owned) else {
                continue;
            };
            if !folder.join("plugin.toml").is_file() {
                continue;
            }
            let to = copy.join(&id);
            fs::create_dir_all(&to)?;
            fs::copy(folder.join("plugin.toml"), to.join("plugin.toml"))?;
            let component = if folder.join("plugin.wasm").is_file() {
                fs::copy(folder.join("plugin.wasm"), to.join("plugin.wasm"))?;
                format!("Some(include_bytes!({:?}))", to.join("plugin.wasm"))
            } else {
                "None".to_owned()
            };
            entries.push(format!(
                "    ({id:?}, include_str!({:?}), {component}, &[{}]),\n",
                to.join("plugin.toml"),
                embed_pages(&folder.join("pages"), &to)?
            ));
        }
    }
    entries.sort();
    fs::write(
        out.join("plugins.rs"),
        format!(
            "/// Each plugin's id, manifest, component, and files of frames.\n#[allow(clippy::type_complexity, reason = \"it is \
             written by a program\")]\nstatic PLUGINS: &[(&str, &str, Option<&[u8]>, &[(&str, &str)])] = &[\n{}];\n",
            entries.concat()
        ),
    )
}

/// The files of a plugin's frames, copied, as entries of a list.
fn embed_pages(from: &Path, to: &Path) -> io::Result<String> {
    if !from.is_dir() {
        return Ok(String::new());
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            fs::copy(&path, to.join(name))?;
            entries.push(format!(
                "({:?}, include_str!({:?}))",
                format!("pages/{name}"),
                to.join(name)
            ));
        }
    }
    entries.sort();
    Ok(entries.join(", "))
}
