//! The engine behind all plugins: one configuration, one pool of instances, one clock that stops the slow.

use std::{thread, time::Duration};

use kapok_protocol::Text;
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig,
    component::{Component, Linker},
};

use crate::{Capabilities, Limits, LoadError, Manifest, Plugin, bindings::PluginPre, imports, plugin::Program, wasi};

/// How often running plugins look at the time.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// The largest component that is loaded: larger ones take too long to compile.
const MAX_COMPONENT: usize = 32 << 20;

/// Runs plugins. One per process is enough; it is cheap to share.
pub struct PluginHost {
    engine: Engine,
    limits: Limits,
}

impl PluginHost {
    /// A host whose calls are bounded by `limits`.
    ///
    /// # Errors
    /// When the operating system does not give the address space or the thread it needs.
    pub fn new(limits: Limits) -> Result<Self, LoadError> {
        let unavailable = |error: &dyn std::fmt::Display| LoadError {
            plugin: String::new(),
            text: Text::new(
                format!("无法启动插件环境：{error}"),
                format!("The plugin environment cannot be started: {error}"),
            ),
        };
        let engine = Engine::new(&configuration(limits)).map_err(|error| unavailable(&format!("{error:#}")))?;
        let ticking = engine.weak();
        // The thread ends by itself when the last plugin and the host are gone.
        thread::Builder::new()
            .name("plugin-clock".to_owned())
            .spawn(move || {
                while let Some(engine) = ticking.upgrade() {
                    engine.increment_epoch();
                    drop(engine);
                    thread::sleep(TICK);
                }
            })
            .map_err(|error| unavailable(&error))?;
        Ok(Self { engine, limits })
    }

    /// Makes a plugin ready to be called. It may do what its manifest asks for and `granted` says; what it does not grant
    /// is denied when the plugin asks for it. `component` is `None` for a plugin that only declares entities.
    ///
    /// Compiling takes up to seconds for a large component: do it away from the writer.
    ///
    /// # Errors
    /// When the component is not one, wants more than its manifest asks for, or is missing although the manifest
    /// declares hooks, handlers or channels.
    pub fn load(
        &self,
        manifest: Manifest,
        granted: &Capabilities,
        component: Option<&[u8]>,
    ) -> Result<Plugin, LoadError> {
        let error = |zh: String, en: String| LoadError {
            plugin: manifest.id.clone(),
            text: Text::new(zh, en),
        };
        let program = match component {
            Some(bytes) if bytes.len() > MAX_COMPONENT => {
                let (size, most) = (bytes.len() >> 20, MAX_COMPONENT >> 20);
                return Err(error(
                    format!("plugin.wasm 有 {size} MB，最多 {most} MB。"),
                    format!("plugin.wasm is {size} MB; at most {most} MB are loaded."),
                ));
            }
            Some(bytes) => Some(self.compile(&manifest, bytes).map_err(|reason| {
                error(
                    format!("plugin.wasm 无法使用：{reason}"),
                    format!("plugin.wasm cannot be used: {reason}"),
                )
            })?),
            None if manifest.needs_component() => {
                return Err(error(
                    "plugin.toml 声明了要由代码完成的事，但没有 plugin.wasm。请先构建插件：kapok plugin build。".to_owned(),
                    "plugin.toml declares what only code can do, but there is no plugin.wasm. Build the plugin first: kapok \
                     plugin build."
                        .to_owned(),
                ));
            }
            None => None,
        };
        let granted = manifest.capabilities.within(granted);
        Ok(Plugin::new(manifest, granted, program, self.limits))
    }

    fn compile(&self, manifest: &Manifest, bytes: &[u8]) -> Result<Program, String> {
        let words = |error: wasmtime::Error| format!("{error:#}");
        // Only binaries: text would be compiled too if that feature were on.
        let component = Component::from_binary(&self.engine, bytes).map_err(words)?;
        imports::check(manifest, &component)?;
        let mut linker = Linker::new(&self.engine);
        imports::define(&mut linker, manifest, &component).map_err(words)?;
        wasi::define(&mut linker, &component).map_err(words)?;
        let prepared = linker
            .instantiate_pre(&component)
            .and_then(PluginPre::new)
            .map_err(words)?;
        Ok(Program {
            engine: self.engine.clone(),
            prepared,
        })
    }
}

fn configuration(limits: Limits) -> Config {
    let calls = limits.concurrent_calls;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(calls)
        .total_core_instances(calls.saturating_mul(8))
        .total_memories(calls.saturating_mul(2))
        .total_tables(calls.saturating_mul(4))
        .max_core_instances_per_component(8)
        .max_memories_per_component(2)
        .max_tables_per_component(4)
        .max_memory_size(limits.memory)
        .table_elements(limits.table_elements)
        // What is kept warm is cleared in place instead of being mapped anew: most calls touch little.
        .linear_memory_keep_resident(1 << 16)
        .table_keep_resident(1 << 14);
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .max_wasm_stack(512 << 10)
        .wasm_memory64(false)
        .wasm_relaxed_simd(false)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}
