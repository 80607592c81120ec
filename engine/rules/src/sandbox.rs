//! The rhai engine with nothing in it but what is meant to be there.

use std::sync::atomic::{AtomicU64, Ordering};

use kapok_protocol::{Expression, Filter, Language, Text};
use rhai::{
    AST, Engine, ParseError,
    packages::{
        BasicArrayPackage, BasicFnPackage, BasicIteratorPackage, BasicMapPackage, BasicStringPackage,
        MoreStringPackage, Package,
    },
};

use crate::{
    Cause, Compiled, Condition, Position, bounded, budget, columns, error::EvaluationError, feel, juel, names::Names,
    nulls, numbers,
};

/// How much a script may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Operations of one evaluation.
    pub operations: u64,
}

impl Limits {
    /// What is allowed in the writer, where everybody waits: 10,000 operations.
    pub const WRITER: Self = Self { operations: 10_000 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::WRITER
    }
}

/// Compiles and runs expressions within limits. Build one and share it.
///
/// It starts from an empty rhai engine and adds texts, lists, maps, iteration and exact numbers. There is no `eval`,
/// no import, no file, network, environment, clock, sleep or output; nothing of that kind can be reached, because it
/// was never registered.
pub struct Sandbox {
    engine: Engine,
    limits: Limits,
    /// Tells it from other sandboxes, whose functions are not its own.
    id: u64,
}

/// How many sandboxes there were.
static COUNT: AtomicU64 = AtomicU64::new(0);

/// The most bytes of source text.
const SOURCE: usize = 64 * 1024;

impl Sandbox {
    /// A sandbox with these limits.
    pub fn new(limits: Limits) -> Self {
        let mut engine = Engine::new_raw();
        BasicStringPackage::new().register_into_engine(&mut engine);
        BasicIteratorPackage::new().register_into_engine(&mut engine);
        BasicFnPackage::new().register_into_engine(&mut engine);
        BasicArrayPackage::new().register_into_engine(&mut engine);
        BasicMapPackage::new().register_into_engine(&mut engine);
        MoreStringPackage::new().register_into_engine(&mut engine);
        numbers::register(&mut engine);
        nulls::register(&mut engine);
        columns::register(&mut engine);
        engine.register_fn("!", |value: bool| !value);
        bounded::register(&mut engine);
        budget::limit(&mut engine, limits.operations);
        for absent in ["eval", "print", "debug"] {
            engine.disable_symbol(absent);
        }
        engine
            // Otherwise rhai's own `10 / 4` comes before ours; see `numbers`.
            .set_fast_operators(false)
            // A misspelt field must not be null in silence.
            .set_fail_on_invalid_map_property(true)
            .set_max_call_levels(16)
            .set_max_expr_depths(32, 32)
            .set_max_string_size(16 * 1024)
            .set_max_array_size(2_000)
            .set_max_map_size(500)
            .set_max_variables(256)
            .set_max_functions(64)
            // Folding constants would use rhai's arithmetic instead of ours.
            .set_optimization_level(rhai::OptimizationLevel::None);
        #[allow(
            deprecated,
            reason = "rhai marks it so because the tokens may change between versions"
        )]
        engine.on_parse_token(|token, _, _| numbers::canonical_literal(token));
        Self {
            engine,
            limits,
            id: COUNT.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Compiles an expression: something that has a value and changes nothing.
    ///
    /// # Errors
    ///
    /// What is wrong with it and where, for the person who wrote it.
    pub fn compile(&self, expression: &Expression) -> Result<Compiled, Text> {
        match expression.language {
            Language::Filter => {
                let filter: Filter = serde_json::from_str(&expression.text).map_err(|error| {
                    Text::new(
                        format!("条件格式不正确：{error}"),
                        format!("the condition is not well formed: {error}"),
                    )
                })?;
                Ok(Compiled::condition_rows(&expression.text, Condition::new(&filter)?))
            }
            Language::Juel => {
                juel::Program::parse(&expression.text).map(|program| Compiled::juel(&expression.text, program))
            }
            Language::Feel => {
                feel::Program::parse(&expression.text).map(|program| Compiled::feel(&expression.text, program))
            }
            Language::Rhai => {
                let (ast, names) = self.parse(&expression.text)?;
                if let Some(name) = names.changed_outside() {
                    return Err(EvaluationError::new(&expression.text, Cause::Changes(name.to_owned())).text());
                }
                Ok(Compiled::script(&expression.text, ast, names))
            }
        }
    }

    /// Compiles a script, which may also change variables.
    ///
    /// # Errors
    ///
    /// What is wrong with it and where, for the person who wrote it.
    pub fn compile_script(&self, source: &str) -> Result<Compiled, Text> {
        let (ast, names) = self.parse(source)?;
        Ok(Compiled::script(source, ast, names))
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    fn parse(&self, source: &str) -> Result<(AST, Names), Text> {
        if source.trim().is_empty() {
            return Err(Text::new("表达式是空的。", "the expression is empty."));
        }
        if source.len() > SOURCE {
            return Err(Text::new(
                format!("脚本超过 {SOURCE} 字节。"),
                format!("the script is longer than {SOURCE} bytes."),
            ));
        }
        let ast = self
            .engine
            .compile(source)
            .map_err(|error| syntax_error(source, &error))?;
        let names = Names::of(&ast);
        Ok((ast, names))
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

pub(crate) fn position(position: rhai::Position) -> Option<Position> {
    Some(Position {
        line: position.line()?,
        column: position.position().unwrap_or(1),
    })
}

fn syntax_error(source: &str, error: &ParseError) -> Text {
    let message = error.err_type().to_string();
    EvaluationError::new(source, Cause::Syntax(message))
        .at(position(error.position()))
        .text()
}
