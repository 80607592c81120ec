//! `kapok plugin new`: a folder with a plugin that works, to begin from.

use std::{path::Path, process::ExitCode};

use super::sdk;

const FILES: [(&str, &str); 5] = [
    ("Cargo.toml", include_str!("template/Cargo.toml.txt")),
    ("plugin.toml", include_str!("template/plugin.toml.txt")),
    ("src/lib.rs", include_str!("template/lib.rs.txt")),
    ("tests/item.toml", include_str!("template/item.toml.txt")),
    (".gitignore", include_str!("template/gitignore.txt")),
];

/// Makes the folder.
pub(super) fn new(name: &str) -> Result<ExitCode, String> {
    let folder = Path::new(name);
    let id = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_name = id.starts_with(|first: char| first.is_ascii_lowercase())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !is_name {
        return Err(format!(
            "“{id}”不能作为插件的名称：请用小写字母开头，只含小写字母、数字和连字符 / “{id}” is no name for a plugin: begin with a \
             small letter, and use small letters, digits and hyphens only"
        ));
    }
    if folder.exists() {
        return Err(format!(
            "{name} 已经存在，请换一个名称 / {name} is there already; choose another name"
        ));
    }
    for (path, text) in FILES {
        sdk::write_file(&folder.join(path), &text.replace("{name}", id))?;
    }
    sdk::write_file(&folder.join("Cargo.lock"), sdk::lock_file())?;
    sdk::write(folder)?;
    println!("插件在 {name} 中。接下来 / The plugin is in {name}. What to do next:");
    println!("  cd {name}");
    println!("  kapok plugin test      构建并按 tests 中的场景测试 / build it, and run the scenarios in tests");
    println!("  kapok plugin dev       边改边试 / try it while you change it");
    println!("  kapok plugin build     生成一个文件 / make one file of it");
    println!("  kapok plugin install dist/{id}-0.1.0.kapok --data FOLDER");
    Ok(ExitCode::SUCCESS)
}
