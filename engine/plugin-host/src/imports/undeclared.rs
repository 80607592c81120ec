//! What a component imports beyond its manifest, which is the upper bound.

use std::{collections::BTreeSet, fmt};

use wasmtime::component::{Component, Linker, types::ComponentItem};

use super::State;
use crate::Manifest;

/// The version of the contract that this host has.
const VERSION: &str = "@0.2.0";

/// The interfaces of the contract.
const CONTRACT: [&str; 9] = [
    "types",
    "log",
    "settings",
    "clock",
    "secrets",
    "records",
    "processes",
    "messages",
    "http",
];

/// What must stand in `plugin.toml` for a component to use an interface; `None` when it stands there, or need not.
fn missing(manifest: &Manifest, interface: &str) -> Option<&'static str> {
    let capabilities = &manifest.capabilities;
    match interface {
        "secrets" if !manifest.has_secrets() => Some("a setting with type = \"secret\" under [settings]"),
        "records" if capabilities.records.is_empty() => Some("its entities under [capabilities.records]"),
        "processes" if capabilities.processes.is_empty() => Some("what it does under [capabilities.processes]"),
        "messages" if capabilities.messages.is_empty() => Some("messages = [\"page\", …] under [capabilities]"),
        "http" if !capabilities.http => Some("http = true under [capabilities]"),
        _ => None,
    }
}

/// The interface of the contract that an import names.
fn interface(import: &str) -> Option<&str> {
    let name = import.split('@').next().unwrap_or(import);
    let name = name.strip_prefix("kapok:plugin/")?;
    CONTRACT.contains(&name).then_some(name)
}

/// Refuses a component that was built against another contract, or wants more than its manifest asks for.
///
/// What interprets its plugin (JavaScript, Python) imports the whole contract, whatever the plugin uses. So importing all of
/// it says nothing, and what the manifest does not ask for stops the call that uses it.
pub(crate) fn check(manifest: &Manifest, component: &Component) -> Result<(), String> {
    let component_type = component.component_type();
    let engine = component.engine();
    let mut used = BTreeSet::new();
    for (name, _) in component_type.imports(engine) {
        if name.starts_with("wasi:") {
            continue;
        }
        let Some(interface) = interface(name) else {
            return Err(format!("it imports {name}, which this host does not have"));
        };
        if !name.ends_with(VERSION) {
            let version = VERSION.trim_start_matches('@');
            return Err(format!(
                "it imports {name}; this host has version {version}: build it anew with this version's kapok"
            ));
        }
        used.insert(interface);
    }
    let wanted = used
        .iter()
        .find_map(|interface| missing(manifest, interface).map(|what| Undeclared::new(interface, what)));
    match wanted {
        Some(wanted) if used.len() < CONTRACT.len() => Err(wanted.to_string()),
        _ => Ok(()),
    }
}

/// Makes the functions of what the manifest does not ask for stop the call.
pub(super) fn define(linker: &mut Linker<State>, manifest: &Manifest, component: &Component) -> wasmtime::Result<()> {
    let engine = component.engine();
    for (name, import) in component.component_type().imports(engine) {
        let Some(interface) = interface(name) else { continue };
        let (Some(what), ComponentItem::ComponentInstance(functions)) = (missing(manifest, interface), import.ty)
        else {
            continue;
        };
        let mut instance = linker.instance(name)?;
        for (function, item) in functions.exports(engine) {
            if let ComponentItem::ComponentFunc(_) = item.ty {
                let undeclared = Undeclared::new(interface, what);
                instance.func_new(function, move |_, _, _, _| Err(undeclared.clone().into()))?;
            }
        }
    }
    Ok(())
}

/// That a component uses what its manifest does not ask for.
#[derive(Debug, Clone)]
pub(crate) struct Undeclared {
    interface: String,
    what: &'static str,
}

impl Undeclared {
    fn new(interface: &str, what: &'static str) -> Self {
        Self {
            interface: interface.to_owned(),
            what,
        }
    }
}

impl fmt::Display for Undeclared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { interface, what } = self;
        write!(f, "it uses kapok:plugin/{interface}; write {what} in plugin.toml")
    }
}

impl std::error::Error for Undeclared {}
