//! `kapok plugin build`: from a plugin's folder to one file.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{project::Project, sdk};

const TARGET: &str = "wasm32-wasip2";

/// Builds a plugin and packs it; the file.
pub(super) fn build(folder: &Path) -> Result<PathBuf, String> {
    let project = Project::read(folder)?;
    compile(&project)?;
    let package = project.package()?;
    let file = project
        .dist()
        .join(package.file_name().map_err(|error| error.to_string())?);
    fs::create_dir_all(project.dist())
        .and_then(|()| fs::write(&file, package.bytes()))
        .map_err(|error| format!("{}: {error}", file.display()))?;
    println!("{}", file.display());
    Ok(file)
}

/// Builds the component, when the plugin has code in Rust. Others bring `dist/plugin.wasm` along.
pub(super) fn compile(project: &Project) -> Result<(), String> {
    if !project.is_rust() {
        let has_component = project.dist().join("plugin.wasm").is_file();
        return match has_component || !project.manifest.needs_component() {
            true => Ok(()),
            false => Err("没有 dist/plugin.wasm：请先用该语言的工具构建（见 plugins/README.md）/ there is no dist/plugin.wasm: build it \
                          first with the tools of its language (see plugins/README.md)"
                .to_owned()),
        };
    }
    if project.folder.join(sdk::FOLDER).is_dir() {
        // The contract must be that of the program which will run it.
        sdk::write(&project.folder)?;
    }
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args([
            "build",
            "--release",
            "--target",
            TARGET,
            "--message-format=json-render-diagnostics",
        ])
        .current_dir(&project.folder)
        .stderr(std::process::Stdio::inherit());
    let done = cargo.output().map_err(|error| {
        format!("无法运行 cargo：{error}。请从 https://rustup.rs 安装 Rust / cargo cannot be run: {error}. Install Rust from https://rustup.rs")
    })?;
    if !done.status.success() {
        return Err(format!(
            "构建失败。如果缺少目标平台，请运行 rustup target add {TARGET} / the build failed. If the target is missing, run rustup target \
             add {TARGET}"
        ));
    }
    let component = component_in(&String::from_utf8_lossy(&done.stdout))
        .ok_or("cargo 没有生成 .wasm 文件：Cargo.toml 的 [lib] 要有 crate-type = [\"cdylib\"] / cargo made no .wasm file: [lib] in Cargo.toml needs crate-type = [\"cdylib\"]")?;
    let to = project.dist().join("plugin.wasm");
    fs::create_dir_all(project.dist())
        .and_then(|()| fs::copy(&component, &to))
        .map(drop)
        .map_err(|error| format!("{}: {error}", component.display()))
}

/// The component that cargo says it has made; the last one, which is the plugin itself.
fn component_in(messages: &str) -> Option<PathBuf> {
    let mut files = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let files = message.get("filenames")?.as_array()?.clone();
        files
            .iter()
            .find_map(|file| file.as_str().filter(|file| file.ends_with(".wasm")).map(PathBuf::from))
    });
    files.next_back()
}
