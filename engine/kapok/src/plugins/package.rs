//! A plugin as one file: `NAME-VERSION.kapok`, a zip archive of `plugin.toml`, `plugin.wasm`, the processes and decisions that
//! come with it, and the files of its frames.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Read, Write},
    path::Path,
};

use kapok_plugin_host::Manifest;
use kapok_protocol::{Refusal, RefusalKind};
use kapok_records::Definitions;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{PluginSource, lines};
use crate::Error;

const MANIFEST: &str = "plugin.toml";
const COMPONENT: &str = "plugin.wasm";
/// Where processes and decisions lie in it.
const WORKFLOWS: &str = "workflows/";
/// Where the files of frames lie in it.
const PAGES: &str = "pages/";
/// The largest file of a frame, in bytes.
const LARGEST_PAGE: usize = 1 << 20;
/// The largest package that is read, and the most that all of it may hold when it is unpacked.
const LARGEST: usize = 64 << 20;
/// More files are in none.
const FILES: usize = 200;

/// A plugin as one file.
#[derive(Debug, Clone)]
pub struct PluginPackage {
    bytes: Vec<u8>,
    source: PluginSource,
    workflows: Vec<(String, String)>,
}

impl PluginPackage {
    /// Packs a plugin; `workflows` are the names and texts of the BPMN and DMN files that come with it.
    pub fn build(source: PluginSource, workflows: Vec<(String, String)>) -> Result<Self, Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Data(format!("the package cannot be made: {error}"));
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        // No times and no owners: the same plugin is the same file.
        let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        let mut add = |name: &str, content: &[u8]| -> Result<(), Error> {
            archive.start_file(name, options).map_err(|error| failed(&error))?;
            archive.write_all(content).map_err(|error| failed(&error))
        };
        add(MANIFEST, source.manifest.as_bytes())?;
        if let Some(component) = &source.component {
            add(COMPONENT, component)?;
        }
        for (name, text) in &workflows {
            add(&format!("{WORKFLOWS}{name}"), text.as_bytes())?;
        }
        for (name, text) in &source.pages {
            add(name, text.as_bytes())?;
        }
        let bytes = archive.finish().map_err(|error| failed(&error))?.into_inner();
        let package = Self {
            bytes,
            source,
            workflows,
        };
        package.manifest()?;
        package.definitions()?;
        package.check_pages()?;
        Ok(package)
    }

    /// Reads a package. `origin` is its name for messages.
    pub fn read(origin: &str, bytes: Vec<u8>) -> Result<Self, Error> {
        let refused = |zh: &str, en: &str| {
            Error::from(Refusal::new(
                RefusalKind::Invalid,
                "plugin.package",
                format!("{origin} 不是插件文件（.kapok）：{zh}。请用 kapok plugin build 生成。"),
                format!("{origin} is not a plugin's file (.kapok): {en}. Make one with kapok plugin build."),
            ))
        };
        let broken = |error: &dyn std::fmt::Display| refused(&format!("{error}"), &format!("{error}"));
        if bytes.len() > LARGEST {
            return Err(refused("文件太大", "it is too large"));
        }
        let mut archive = ZipArchive::new(Cursor::new(&bytes)).map_err(|error| broken(&error))?;
        if archive.len() > FILES {
            return Err(refused("文件太多", "it holds too many files"));
        }
        let (mut manifest, mut component, mut workflows) = (None, None, Vec::new());
        let mut pages = BTreeMap::new();
        let mut left = LARGEST as u64;
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).map_err(|error| broken(&error))?;
            let name = file.name().map_err(|error| broken(&error))?.into_owned();
            let mut content = Vec::new();
            // What it says of its own size is not believed.
            let read = (&mut file)
                .take(left + 1)
                .read_to_end(&mut content)
                .map_err(|error| broken(&error))?;
            left = match left.checked_sub(read as u64) {
                Some(left) => left,
                None => return Err(refused("解压后太大", "it is too large when it is unpacked")),
            };
            let text = |content| String::from_utf8(content).map_err(|error| broken(&error));
            match name.as_str() {
                MANIFEST => manifest = Some(text(content)?),
                COMPONENT => component = Some(content),
                page if page.starts_with(PAGES) && page.ends_with(".html") => {
                    pages.insert(name.clone(), text(content)?);
                }
                _ => {
                    if let Some(name) = name.strip_prefix(WORKFLOWS).filter(|name| !name.is_empty()) {
                        workflows.push((name.to_owned(), text(content)?));
                    }
                }
            }
        }
        let manifest = manifest.ok_or_else(|| refused("缺少 plugin.toml", "there is no plugin.toml in it"))?;
        let source = PluginSource {
            origin: format!("{origin}/{MANIFEST}"),
            manifest,
            component,
            pages,
        };
        let package = Self {
            bytes,
            source,
            workflows,
        };
        package.manifest()?;
        package.definitions()?;
        package.check_pages()?;
        Ok(package)
    }

    /// Reads a package from a file.
    pub fn read_file(path: &Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(|error| Error::Data(format!("{}: {error}", path.display())))?;
        Self::read(&path.display().to_string(), bytes)
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What is in it.
    pub fn source(&self) -> &PluginSource {
        &self.source
    }

    /// The processes and decisions that come with it: names and texts.
    pub fn workflows(&self) -> &[(String, String)] {
        &self.workflows
    }

    /// What the plugin says of itself.
    pub fn manifest(&self) -> Result<Manifest, Error> {
        Manifest::parse(&self.source.origin, &self.source.manifest).map_err(|errors| wrong(&lines(errors.iter())))
    }

    /// What it declares of records.
    pub(crate) fn definitions(&self) -> Result<Definitions, Error> {
        Definitions::parse(&self.source.origin, &self.source.manifest).map_err(|errors| wrong(&lines(errors.iter())))
    }

    fn check_pages(&self) -> Result<(), Error> {
        match self.source.pages.iter().find(|(_, text)| text.len() > LARGEST_PAGE) {
            None => Ok(()),
            Some((name, _)) => Err(Refusal::new(
                RefusalKind::Invalid,
                "plugin.page-too-large",
                format!("{name} 太大：插件的页面文件最多 1 MB。"),
                format!("{name} is too large: a file of a plugin's page has 1 MB at most."),
            )
            .into()),
        }
    }

    /// The hash of the file.
    pub(crate) fn hash(&self) -> String {
        blake3::hash(&self.bytes).to_hex().to_string()
    }

    /// What the file is called: `NAME-VERSION.kapok`.
    pub fn file_name(&self) -> Result<String, Error> {
        let manifest = self.manifest()?;
        Ok(format!("{}-{}.kapok", manifest.id, manifest.version))
    }
}

fn wrong(reasons: &str) -> Error {
    Refusal::new(
        RefusalKind::Invalid,
        "plugin.manifest",
        format!("plugin.toml 有错误：{reasons}"),
        format!("plugin.toml has mistakes: {reasons}"),
    )
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST_TEXT: &str = "[plugin]\nid = 'hello'\nversion = '0.2.0'\nlabel = { zh = '你好', en = 'Hello' }\n";

    fn source(manifest: &str) -> PluginSource {
        PluginSource {
            origin: "hello/plugin.toml".into(),
            manifest: manifest.into(),
            component: Some(vec![1, 2, 3]),
            pages: BTreeMap::from([("pages/a.html".to_owned(), "<p>木棉</p>".to_owned())]),
        }
    }

    #[test]
    fn what_is_packed_is_read_again_and_the_same_is_the_same_file() {
        let build = || PluginPackage::build(source(MANIFEST_TEXT), vec![("a.bpmn".into(), "<木棉/>".into())]);
        let packed = build().unwrap();
        assert_eq!(packed.file_name().unwrap(), "hello-0.2.0.kapok");
        let read = PluginPackage::read("x.kapok", packed.bytes().to_vec()).unwrap();
        assert_eq!(read.source().component.as_deref(), Some(&[1, 2, 3][..]));
        assert_eq!(read.workflows(), packed.workflows());
        assert_eq!(read.source().pages, packed.source().pages);
        assert_eq!(read.hash(), build().unwrap().hash());
    }

    #[test]
    fn what_is_no_package_is_refused_in_words() {
        let refused = |bytes: &[u8]| PluginPackage::read("x.kapok", bytes.to_vec()).unwrap_err().to_string();
        assert!(refused(b"nothing").contains("kapok plugin build"));
        assert!(PluginPackage::build(source("[plugin]\nid = 'Hello'\n"), Vec::new()).is_err());
        let mut large = source(MANIFEST_TEXT);
        large.pages.insert("pages/b.html".into(), " ".repeat(LARGEST_PAGE + 1));
        let error = PluginPackage::build(large, Vec::new()).unwrap_err();
        assert!(error.to_string().contains("pages/b.html"), "{error}");
        let mut cut = PluginPackage::build(source(MANIFEST_TEXT), Vec::new())
            .unwrap()
            .bytes()
            .to_vec();
        cut.truncate(cut.len() / 2);
        assert!(refused(&cut).contains("x.kapok"));
    }
}
