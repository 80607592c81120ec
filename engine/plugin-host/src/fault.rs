//! What goes wrong, as data.

use std::fmt;

use kapok_protocol::Text;

use crate::imports::Undeclared;

/// A call that did not end as the contract says. The plugin's instance is gone; nothing it wanted was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginFault {
    /// The plugin's id.
    pub plugin: String,
    /// What it was called for, such as `before-save quotes.quote`.
    pub call: String,
    /// What sort of fault it is.
    pub kind: FaultKind,
    /// What happened and what to do, for the administrator.
    pub text: Text,
    /// Whether an HTTP request may have reached the world outside before the fault. Then nobody knows what it did, and
    /// a message must not be sent again.
    pub contacted: bool,
}

/// The sorts of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// It stopped itself: a panic, an access outside its memory, a WASI function that is not granted, a deep recursion.
    Trap,
    /// It took longer than it may.
    Timeout,
    /// It wanted more memory or table space than it may have.
    Memory,
    /// It handed over too much at once.
    OutputTooLarge,
    /// It called the host too often.
    TooManyHostCalls,
    /// Its answer is not what the contract says.
    BadAnswer,
    /// Too many plugin calls run at the same time; the plugin is not at fault, and a later attempt can succeed.
    Busy,
    /// The host asked for something that the plugin's manifest does not declare, or the plugin used such a thing.
    NotDeclared,
}

impl fmt::Display for PluginFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.plugin, self.call, self.text)
    }
}

impl std::error::Error for PluginFault {}

impl FaultKind {
    /// The sentence for an administrator; `detail` is in English, for whoever writes the plugin.
    pub(crate) fn text(self, detail: &str) -> Text {
        let (zh, en) = match self {
            Self::Trap => (
                "插件运行时出错而停止。请把详情告诉插件的作者",
                "The plugin stopped with an error. Tell its author the details",
            ),
            Self::Timeout => (
                "插件超过了允许的运行时间，已被停止",
                "The plugin took longer than it may and was stopped",
            ),
            Self::Memory => (
                "插件要的内存超过了上限，已被停止",
                "The plugin wanted more memory than it may have and was stopped",
            ),
            Self::OutputTooLarge => (
                "插件一次交出的数据超过了上限",
                "The plugin handed over too much data at once",
            ),
            Self::TooManyHostCalls => (
                "插件调用主机的次数超过了上限，已被停止",
                "The plugin called the host too often and was stopped",
            ),
            Self::BadAnswer => (
                "插件的回答不符合约定。请把详情告诉插件的作者",
                "The plugin's answer breaks the contract. Tell its author the details",
            ),
            Self::Busy => (
                "同时运行的插件调用太多，请稍后再试",
                "Too many plugin calls run at the same time; try again later",
            ),
            Self::NotDeclared => (
                "插件的 plugin.toml 没有声明这一项",
                "The plugin's plugin.toml does not declare this",
            ),
        };
        if detail.is_empty() {
            Text::new(format!("{zh}。"), format!("{en}."))
        } else {
            Text::new(format!("{zh}：{detail}"), format!("{en}: {detail}"))
        }
    }
}

/// Why a plugin cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// The plugin's id; empty when it is about the host itself.
    pub plugin: String,
    /// What happened and what to do.
    pub text: Text,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.plugin, self.text)
    }
}

impl std::error::Error for LoadError {}

/// Why the host stops a call: travels as an error through wasmtime.
#[derive(Debug)]
pub(crate) struct Stop(pub FaultKind);

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stopped by the host: {:?}", self.0)
    }
}

impl std::error::Error for Stop {}

/// Which sort of fault an error of wasmtime is.
pub(crate) fn kind_of(error: &wasmtime::Error) -> FaultKind {
    if let Some(Stop(kind)) = error.downcast_ref() {
        return *kind;
    }
    if error.is::<Undeclared>() {
        return FaultKind::NotDeclared;
    }
    if error.is::<wasmtime::PoolConcurrencyLimitError>() {
        return FaultKind::Busy;
    }
    match error.downcast_ref() {
        Some(wasmtime::Trap::Interrupt) => FaultKind::Timeout,
        Some(wasmtime::Trap::AllocationTooLarge) => FaultKind::Memory,
        Some(_) => FaultKind::Trap,
        // wasmtime keeps the type of this error to itself; a test holds on to its words.
        None if format!("{error:#}").contains("too much data is being copied") => FaultKind::OutputTooLarge,
        // A host function said no while the plugin was running, such as a part of WASI that is not granted.
        None if error.is::<wasmtime::WasmBacktrace>() => FaultKind::Trap,
        // It had returned already: strings that are not UTF-8, pointers outside memory, unknown discriminants.
        None => FaultKind::BadAnswer,
    }
}
