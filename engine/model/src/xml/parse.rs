//! From text to the tree.

use std::{collections::BTreeSet, sync::Arc};

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_xml_entity,
    events::{BytesStart, Event},
    name::{NamespaceResolver, ResolveResult},
};

use super::{Attribute, Dialect, Element, Namespace};
use crate::{
    Diagnostic,
    catalogue::{Rule, Words, xml as rules},
};

/// The largest model, in bytes of UTF-8.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// How deep elements may be nested.
const MAX_DEPTH: usize = 64;
/// How many elements there may be.
const MAX_ELEMENTS: usize = 200_000;
/// How many attributes one element may have.
const MAX_ATTRIBUTES: usize = 64;

const BPMN: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const KAPOK: &str = "urn:kapok:bpmn:1";

/// Reads the root element of a document, or says what is wrong and where.
pub(crate) fn parse(text: &str) -> Result<Element, Diagnostic> {
    if text.len() > MAX_BYTES {
        return Err(rules::TOO_LARGE.at(1, &[]));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(offset) = text.find(|c: char| !is_xml_char(c)) {
        let line = 1 + text[..offset].bytes().filter(|byte| *byte == b'\n').count();
        return Err(rules::MALFORMED.at(line as u32, &[&"a control character that XML does not allow"]));
    }
    Parser::new(text).run()
}

struct Parser<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    namespaces: NamespaceResolver,
    /// Namespaces met before, so that each name is kept once.
    known: BTreeSet<Arc<str>>,
    /// The elements that are open, outermost first.
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
    /// The line of the last event, and the offset up to which lines were counted.
    line: u32,
    counted: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_comments = true;
        Self {
            text,
            reader,
            namespaces: NamespaceResolver::default(),
            known: BTreeSet::new(),
            open: Vec::new(),
            root: None,
            elements: 0,
            line: 1,
            counted: 0,
        }
    }

    fn run(mut self) -> Result<Element, Diagnostic> {
        loop {
            self.count_lines(self.reader.buffer_position());
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    self.count_lines(self.reader.error_position());
                    return Err(self.malformed(&error));
                }
            };
            match event {
                Event::Start(tag) => {
                    let element = self.element(&tag)?;
                    self.open.push(element);
                }
                Event::Empty(tag) => {
                    let element = self.element(&tag)?;
                    self.close(element)?;
                }
                Event::End(_) => {
                    if let Some(element) = self.open.pop() {
                        self.close(element)?;
                    }
                }
                Event::Text(text) => self.characters(&text.xml10_content())?,
                Event::CData(text) => self.characters(&text.xml10_content())?,
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().map_err(|error| self.malformed(&error))?;
                    match (character, resolve_xml_entity(&reference.xml10_content())) {
                        (Some(character), _) if is_xml_char(character) => {
                            self.characters(character.encode_utf8(&mut [0; 4]))?;
                        }
                        (None, Some(text)) => self.characters(text)?,
                        _ => return Err(self.refuse(&rules::ENTITY, &[&reference.xml10_content().into_owned()])),
                    }
                }
                Event::Decl(declaration) => {
                    if let Some(encoding) = declaration.encoding() {
                        let encoding = encoding.map_err(|error| self.malformed(&error))?;
                        // All encodings in use agree on ASCII, and many tools declare one they do not write.
                        let is_utf_8 = ["utf-8", "utf8"].iter().any(|name| encoding.eq_ignore_ascii_case(name));
                        if !is_utf_8 && !self.text.is_ascii() {
                            return Err(self.refuse(&rules::ENCODING, &[&encoding.into_owned()]));
                        }
                    }
                }
                Event::DocType(_) => return Err(self.refuse(&rules::DOCTYPE, &[])),
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if let Some(element) = self.open.last() {
            return Err(rules::UNCLOSED.at(element.line, &[&element.name]));
        }
        self.root.take().ok_or_else(|| self.refuse(&rules::EMPTY, &[]))
    }

    fn element(&mut self, tag: &BytesStart<'_>) -> Result<Element, Diagnostic> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(self.refuse(&rules::TOO_MANY_ELEMENTS, &[]));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self.refuse(&rules::TOO_DEEP, &[]));
        }
        // Counted before anything looks at them: looking for duplicates takes the square of their number.
        if tag.attributes().with_checks(false).take(MAX_ATTRIBUTES + 1).count() > MAX_ATTRIBUTES {
            return Err(self.refuse(&rules::TOO_MANY_ATTRIBUTES, &[]));
        }
        self.namespaces.push(tag).map_err(|error| self.malformed(&error))?;
        let (namespace, name) = self.namespaces.resolve_element(tag.name());
        let name = name.into_inner().to_owned();
        let namespace = owned(namespace);
        let mut element = Element {
            namespace: self.namespace(namespace)?,
            name,
            attributes: Vec::new(),
            children: Vec::new(),
            extension_elements: Vec::new(),
            text: String::new(),
            line: self.line,
        };
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.malformed(&error))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let value = attribute
                .normalized_value(XmlVersion::Explicit1_0)
                .map_err(|error| self.malformed(&error))?
                .into_owned();
            if value.contains(|c| !is_xml_char(c)) {
                return Err(self.malformed(&"a control character that XML does not allow"));
            }
            let (namespace, name) = self.namespaces.resolve_attribute(attribute.key);
            let (namespace, name) = (owned(namespace), name.into_inner().to_owned());
            element.attributes.push(Attribute {
                namespace: self.namespace(namespace)?,
                name,
                value,
            });
        }
        Ok(element)
    }

    fn close(&mut self, element: Element) -> Result<(), Diagnostic> {
        self.namespaces.pop();
        match self.open.last_mut() {
            Some(parent) => {
                if element.is_bpmn("extensionElements") {
                    parent.extension_elements.push(parent.children.len());
                }
                parent.children.push(element);
            }
            None if self.root.is_some() => return Err(rules::SECOND_ROOT.at(element.line, &[&element.name])),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn characters(&mut self, text: &str) -> Result<(), Diagnostic> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(self.malformed(&"text outside the outermost element")),
        }
        Ok(())
    }

    fn namespace(&mut self, name: Result<Option<String>, String>) -> Result<Namespace, Diagnostic> {
        let name = match name {
            Err(prefix) => return Err(self.refuse(&rules::PREFIX, &[&prefix])),
            Ok(None) => return Ok(Namespace::None),
            Ok(Some(name)) => name,
        };
        Ok(match name.as_str() {
            BPMN => Namespace::Bpmn,
            KAPOK => Namespace::Kapok,
            other if let Some(dialect) = Dialect::of(other) => Namespace::Dialect(dialect),
            other => Namespace::Other(match self.known.get(other) {
                Some(known) => known.clone(),
                None => {
                    let name: Arc<str> = name.into();
                    self.known.insert(name.clone());
                    name
                }
            }),
        })
    }

    /// Moves `line` on to the line of this offset.
    fn count_lines(&mut self, offset: u64) {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(self.text.len());
        if let Some(passed) = self.text.as_bytes().get(self.counted..offset) {
            self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u32;
            self.counted = offset;
        }
    }

    fn refuse(&self, rule: &Rule, words: &[&dyn Words]) -> Diagnostic {
        rule.at(self.line, words)
    }

    fn malformed(&self, error: &dyn std::fmt::Display) -> Diagnostic {
        self.refuse(&rules::MALFORMED, &[&error.to_string()])
    }
}

/// A resolved namespace without its borrow: `None` when unbound, or the prefix that nothing declares.
fn owned(namespace: ResolveResult<'_>) -> Result<Option<String>, String> {
    match namespace {
        ResolveResult::Unbound => Ok(None),
        ResolveResult::Bound(namespace) => Ok(Some(namespace.into_inner().to_owned())),
        ResolveResult::Unknown(prefix) => Err(prefix),
    }
}

/// XML 1.0, production 2.
fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
