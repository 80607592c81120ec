//! `kapok plugin test`: the plugin in an engine of its own, in memory, without a server.

use std::{path::Path, process::ExitCode};

use super::{build, project::Project, scenario};

/// Builds the plugin and runs its scenarios.
pub(super) fn test(folder: &Path, no_build: bool) -> Result<ExitCode, String> {
    let project = Project::read(folder)?;
    if !no_build {
        build::compile(&project)?;
    }
    let package = project.package()?;
    let files = project.scenarios()?;
    if files.is_empty() {
        return Err(format!(
            "{} 中没有场景文件（*.toml）/ there are no scenarios (*.toml) in it",
            project.folder.join("tests").display()
        ));
    }
    let (mut passed, mut failed) = (0, 0);
    for file in files {
        let name = file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        for (step, outcome) in scenario::run(&file, package.source())? {
            match outcome {
                Ok(()) => {
                    passed += 1;
                    println!("ok      {name}: {step}");
                }
                Err(reason) => {
                    failed += 1;
                    println!("failed  {name}: {step}\n        {}", reason.replace('\n', "\n        "));
                }
            }
        }
    }
    println!("{passed} 通过 / passed, {failed} 失败 / failed");
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
