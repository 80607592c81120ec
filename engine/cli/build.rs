//! Embeds the plugins of `plugins/dist` when they have been built; without them the binary works with what a
//! configuration names.

use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
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
                "    ({id:?}, include_str!({:?}), {component}),\n",
                to.join("plugin.toml")
            ));
        }
    }
    entries.sort();
    fs::write(
        out.join("plugins.rs"),
        format!(
            "/// Each plugin's id, manifest and component.\nstatic PLUGINS: &[(&str, &str, Option<&[u8]>)] = &[\n{}];\n",
            entries.concat()
        ),
    )
}
