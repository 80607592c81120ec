use serde_json::Value as Json;

use crate::{
    DefinitionError,
    document::{self, DOCUMENT, MANIFEST, Node, Part, Problems, check, from_json, from_toml, to_json},
    reading::Reader,
};

/// Who declares something. What comes later may change what came before, within limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The system itself.
    System,
    /// A plugin.
    Plugin,
    /// The administrators of a company, by mouse.
    Administrator,
}

/// What one layer declares: a plugin's file, or all that the administrators of a company made.
///
/// The sections a plugin's manifest has besides are left to the plugin host.
#[derive(Debug, Clone, PartialEq)]
pub struct Definitions {
    /// The file's name, for messages.
    pub file: String,
    /// Whose it is.
    pub layer: Layer,
    pub(crate) document: Node,
}

/// What stands for a file in messages about the administrators' layer.
const BY_MOUSE: &str = "administrator";

impl Definitions {
    /// Reads a plugin's definition file.
    ///
    /// # Errors
    ///
    /// All that is wrong with it by itself. A file that is not TOML is one error.
    pub fn parse(file: &str, source: &str) -> Result<Self, Vec<DefinitionError>> {
        Self::read(Layer::Plugin, file, source)
    }

    pub(crate) fn system() -> Result<Self, Vec<DefinitionError>> {
        Self::read(Layer::System, "system.toml", include_str!("../system.toml"))
    }

    fn read(layer: Layer, file: &str, source: &str) -> Result<Self, Vec<DefinitionError>> {
        let mut problems = Problems::default();
        let Some(document) = from_toml(file, source, &mut problems) else {
            return Err(problems.0);
        };
        check(&document, &MANIFEST, "", true, &mut problems);
        read_alone(&document, &mut problems);
        problems.into_result(Self {
            file: file.to_owned(),
            layer,
            document,
        })
    }

    /// Reads what the administrators of a company made: the same tables as in a plugin's file, as JSON. An entity that
    /// is shipped stands here with what is different.
    ///
    /// # Errors
    ///
    /// Keys that nobody knows, and values of the wrong kind. The rest is said when all layers are put together.
    pub fn administrator(json: &Json) -> Result<Self, Vec<DefinitionError>> {
        let mut problems = Problems::default();
        let empty = Json::Object(serde_json::Map::new());
        let json = if json.is_null() { &empty } else { json };
        let document = from_json(BY_MOUSE, json).or_else(|| from_json(BY_MOUSE, &empty));
        let Some(document) = document else {
            return Err(problems.0);
        };
        check(&document, &DOCUMENT, "", false, &mut problems);
        problems.into_result(Self {
            file: BY_MOUSE.to_owned(),
            layer: Layer::Administrator,
            document,
        })
    }

    /// The same from single items, such as those that a table keeps: the table, the id within it, the value.
    ///
    /// # Errors
    ///
    /// As [`Definitions::administrator`].
    pub fn from_items<'i>(
        items: impl IntoIterator<Item = (&'i str, &'i str, &'i Json)>,
    ) -> Result<Self, Vec<DefinitionError>> {
        let mut document = serde_json::Map::new();
        for (kind, id, value) in items {
            let table = document
                .entry(kind)
                .or_insert_with(|| Json::Object(serde_json::Map::new()));
            if let Json::Object(table) = table {
                table.insert(id.to_owned(), value.clone());
            }
        }
        Self::administrator(&Json::Object(document))
    }

    /// The tables that an administrator's layer can have, which are the kinds of its items.
    pub const KINDS: [&'static str; 8] = [
        "entities",
        "extend",
        "dictionaries",
        "roles",
        "permissions",
        "field_rules",
        "totals",
        "pages",
    ];

    /// The document as JSON.
    pub fn to_json(&self) -> Json {
        to_json(&self.document)
    }

    /// The JSON Schema of a plugin's definition file, for editors.
    pub fn schema() -> Json {
        document::schema()
    }
}

/// Reads the entities of one file without the others, for the mistakes that are in each by itself.
fn read_alone(document: &Node, problems: &mut Problems) {
    let root = Part::new(document, "");
    let mut reader = Reader {
        dictionaries: None,
        problems,
    };
    for (id, part) in root.get("entities").iter().flat_map(Part::entries) {
        reader.entity(id, &part);
    }
    for (id, part) in root.get("dictionaries").iter().flat_map(Part::entries) {
        crate::reading::dictionary(&mut reader, id, &part);
    }
}
