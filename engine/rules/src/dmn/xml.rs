//! The XML of a decision file as a tree, without what is not DMN's own.

use kapok_protocol::Text;
use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_xml_entity,
    events::{BytesStart, Event},
    name::{NamespaceResolver, ResolveResult},
};

/// The largest file, in bytes of UTF-8.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// How deep elements may be nested.
const MAX_DEPTH: usize = 64;
/// How many elements there may be.
const MAX_ELEMENTS: usize = 200_000;
/// How many attributes one element may have.
const MAX_ATTRIBUTES: usize = 64;

/// How the namespaces of all versions of DMN begin.
const DMN: [&str; 2] = ["http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/"];

/// An element of DMN.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    pub(super) text: String,
    pub(super) line: usize,
    /// Whether it is DMN's own; others are read and dropped.
    is_dmn: bool,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children(name).next()
    }

    pub(super) fn children(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The trimmed text of the child `text`.
    pub(super) fn words(&self) -> &str {
        self.child("text").map_or("", |text| text.text.trim())
    }
}

/// Reads the root element of a document, or says what is wrong and where.
pub(super) fn parse(source: &str) -> Result<Element, Text> {
    if source.len() > MAX_BYTES {
        return Err(Text::new(
            "决策文件超过 16 MiB。",
            "the decision file is larger than 16 MiB.",
        ));
    }
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let mut reader = Reader::from_str(source);
    reader.config_mut().check_comments = true;
    let mut tree = Tree {
        namespaces: NamespaceResolver::default(),
        open: Vec::new(),
        root: None,
        elements: 0,
        line: 1,
    };
    let mut counted = 0;
    loop {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        if let Some(passed) = source.as_bytes().get(counted..offset) {
            tree.line += passed.iter().filter(|byte| **byte == b'\n').count();
            counted = offset;
        }
        let event = reader.read_event().map_err(|error| tree.malformed(&error))?;
        if matches!(event, Event::Eof) {
            break;
        }
        tree.take(event)?;
    }
    if let Some(element) = tree.open.last() {
        return Err(at(
            element.line,
            format!("元素 {} 没有结束。", element.name),
            format!("the element {} is never closed.", element.name),
        ));
    }
    tree.root
        .filter(|root| root.is_dmn && root.name == "definitions")
        .ok_or_else(|| {
            Text::new(
                "这不是 DMN 文件（缺少 definitions）。",
                "this is no DMN file (it has no definitions).",
            )
        })
}

/// A sentence with its place.
pub(super) fn at(line: usize, zh: impl std::fmt::Display, en: impl std::fmt::Display) -> Text {
    Text::new(format!("第 {line} 行：{zh}"), format!("line {line}: {en}"))
}

struct Tree {
    namespaces: NamespaceResolver,
    /// The elements that are open, outermost first.
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
    line: usize,
}

impl Tree {
    fn take(&mut self, event: Event<'_>) -> Result<(), Text> {
        match event {
            Event::Start(tag) => {
                let element = self.element(&tag)?;
                self.open.push(element);
                Ok(())
            }
            Event::Empty(tag) => {
                let element = self.element(&tag)?;
                self.close(element)
            }
            Event::End(_) => match self.open.pop() {
                Some(element) => self.close(element),
                None => Ok(()),
            },
            Event::Text(text) => self.characters(&text.xml10_content()),
            Event::CData(text) => self.characters(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| self.malformed(&error))?;
                match (character, resolve_xml_entity(&reference.xml10_content())) {
                    (Some(character), _) => self.characters(character.encode_utf8(&mut [0; 4])),
                    (None, Some(text)) => self.characters(text),
                    _ => Err(at(
                        self.line,
                        "不认识的字符实体，请直接写出这个字符。",
                        "an entity that is not known; write the character itself.",
                    )),
                }
            }
            Event::DocType(_) => Err(at(
                self.line,
                "文件含有 DOCTYPE 声明，为了安全不能读取：请删去这一行。",
                "the file has a DOCTYPE declaration, which is refused for safety: remove that line.",
            )),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn element(&mut self, tag: &BytesStart<'_>) -> Result<Element, Text> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS || self.open.len() >= MAX_DEPTH {
            return Err(at(
                self.line,
                "决策文件的元素过多（200,000 个）或嵌套过深（64 层）。",
                "the decision file has too many elements (200,000) or nests them too deeply (64).",
            ));
        }
        // Counted before anything looks at them: looking for duplicates takes the square of their number.
        if tag.attributes().with_checks(false).take(MAX_ATTRIBUTES + 1).count() > MAX_ATTRIBUTES {
            return Err(at(
                self.line,
                "元素的属性超过 64 个。",
                "an element has more than 64 attributes.",
            ));
        }
        self.namespaces.push(tag).map_err(|error| self.malformed(&error))?;
        let (namespace, name) = self.namespaces.resolve_element(tag.name());
        let is_dmn = match namespace {
            ResolveResult::Bound(namespace) => {
                let namespace = namespace.into_inner();
                DMN.iter().any(|start| namespace.starts_with(start)) && !namespace.contains("DMNDI")
            }
            _ => false,
        };
        let name = name.into_inner().to_owned();
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.malformed(&error))?;
            let (namespace, name) = self.namespaces.resolve_attribute(attribute.key);
            if attribute.key.as_namespace_binding().is_some() || !matches!(namespace, ResolveResult::Unbound) {
                continue;
            }
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|error| self.malformed(&error))?;
            attributes.push((name.into_inner().to_owned(), value.into_owned()));
        }
        Ok(Element {
            name,
            attributes,
            children: Vec::new(),
            text: String::new(),
            line: self.line,
            is_dmn,
        })
    }

    fn close(&mut self, element: Element) -> Result<(), Text> {
        self.namespaces.pop();
        match self.open.last_mut() {
            Some(parent) if element.is_dmn => parent.children.push(element),
            Some(_) => {}
            None if self.root.is_some() => {
                return Err(at(
                    element.line,
                    "文件有两个根元素。",
                    "the file has two outermost elements.",
                ));
            }
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn characters(&mut self, text: &str) -> Result<(), Text> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(self.malformed(&"text outside of the outermost element")),
        }
        Ok(())
    }

    fn malformed(&self, error: &dyn std::fmt::Display) -> Text {
        at(
            self.line,
            format!("XML 格式有误：{error}"),
            format!("the XML is not well formed: {error}"),
        )
    }
}
