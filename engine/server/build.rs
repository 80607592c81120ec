//! Embeds the web app when it has been built, so that one binary is the whole product; without it the server says how
//! to build it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let dist = root.join("../../designer/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    // Copies, because the web app may be built anew while this crate is being compiled.
    let copy = out.join("web");
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        collect(&dist, &dist, &copy, &mut files)?;
    }
    files.sort();
    let entries: String = files
        .iter()
        .map(|(path, copy)| format!("    ({path:?}, include_bytes!({copy:?})),\n"))
        .collect();
    fs::write(
        out.join("web.rs"),
        format!(
            "/// The files of the web app by path; none when it was not built.\nstatic FILES: &[(&str, &[u8])] = &[\n{entries}];\n"
        ),
    )
}

fn collect(root: &Path, folder: &Path, copy: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let Some(relative) = path.strip_prefix(root).ok().filter(|_| !hidden) else {
            continue;
        };
        if path.is_dir() {
            collect(root, &path, copy, files)?;
            continue;
        }
        let to = copy.join(relative);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(&path, &to)?;
        let name: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        files.push((format!("/{}", name.join("/")), to));
    }
    Ok(())
}
