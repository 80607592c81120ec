//! The folder of a plugin that somebody writes.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use kapok::{Manifest, PluginPackage, PluginSource};

/// A plugin's folder.
pub(super) struct Project {
    pub(super) folder: PathBuf,
    pub(super) manifest: Manifest,
    text: String,
}

impl Project {
    /// Reads the manifest of a folder.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let file = folder.join("plugin.toml");
        let text = fs::read_to_string(&file).map_err(|error| {
            format!(
                "{}: {error}. 请在插件的文件夹中运行，或先用 kapok plugin new 建一个 / run this in the folder of a plugin, or make one \
                 with kapok plugin new",
                file.display()
            )
        })?;
        let manifest = Manifest::parse(&file.display().to_string(), &text).map_err(|errors| {
            let lines: Vec<_> = errors.iter().map(ToString::to_string).collect();
            lines.join("\n")
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            manifest,
            text,
        })
    }

    /// Whether it is written in Rust; others are built by their own tools into `dist/plugin.wasm`.
    pub(super) fn is_rust(&self) -> bool {
        self.folder.join("Cargo.toml").is_file()
    }

    /// Where what is built lies.
    pub(super) fn dist(&self) -> PathBuf {
        self.folder.join("dist")
    }

    /// Packs what was built.
    pub(super) fn package(&self) -> Result<PluginPackage, String> {
        let component = self.dist().join("plugin.wasm");
        let component = match component.is_file() {
            true => Some(fs::read(&component).map_err(|error| format!("{}: {error}", component.display()))?),
            false => None,
        };
        let source = PluginSource {
            origin: self.folder.join("plugin.toml").display().to_string(),
            manifest: self.text.clone(),
            component,
            pages: PluginSource::read_pages(&self.folder).map_err(|error| error.to_string())?,
        };
        PluginPackage::build(source, self.workflows()?).map_err(|error| error.to_string())
    }

    /// The processes and decisions that come with it.
    fn workflows(&self) -> Result<Vec<(String, String)>, String> {
        let mut found = Vec::new();
        for path in files(&self.folder.join("workflows"))? {
            let is_one = path
                .extension()
                .is_some_and(|extension| extension == "bpmn" || extension == "dmn");
            if let (true, Some(name)) = (is_one, path.file_name().and_then(OsStr::to_str)) {
                let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                found.push((name.to_owned(), text));
            }
        }
        Ok(found)
    }

    /// The scenarios that test it.
    pub(super) fn scenarios(&self) -> Result<Vec<PathBuf>, String> {
        let mut files = files(&self.folder.join("tests"))?;
        files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        Ok(files)
    }

    /// The newest moment at which one of its sources was changed.
    pub(super) fn changed_at(&self) -> Option<std::time::SystemTime> {
        let mut newest = None;
        let mut waiting = vec![self.folder.clone()];
        while let Some(folder) = waiting.pop() {
            for path in files(&folder).unwrap_or_default() {
                let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
                if name.starts_with('.') || ["target", "dist", "node_modules"].contains(&name) {
                    continue;
                }
                if path.is_dir() {
                    waiting.push(path);
                } else if let Ok(changed) = fs::metadata(&path).and_then(|metadata| metadata.modified()) {
                    newest = newest.max(Some(changed));
                }
            }
        }
        newest
    }
}

/// What lies in a folder, in order; nothing when it is not there.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry.map_err(|error| format!("{}: {error}", folder.display()))?.path());
    }
    files.sort();
    Ok(files)
}
