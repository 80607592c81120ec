//! Why an expression has no value.

use std::fmt;

use kapok_protocol::{Text, Value};

/// Where in an expression; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// An expression that could not be evaluated. It becomes the incident of the step it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationError {
    /// The expression as it was written, shortened when it is long.
    pub expression: String,
    /// Where in it, when that is known.
    pub position: Option<Position>,
    /// What went wrong.
    pub cause: Cause,
}

/// What went wrong in an evaluation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Cause {
    /// A name or field nobody knows.
    UnknownName(String),
    /// A function or operator that does not exist for these kinds of values, such as `+ (empty, number)`.
    UnknownFunction(String),
    /// An expression that would change something outside it; its name. Only scripts may.
    Changes(String),
    /// The value of a condition is null.
    Null,
    /// The value of a condition is neither true nor false; its kind.
    NotACondition(&'static str),
    /// A calculation without a result: division by zero, a number too large.
    Arithmetic(String),
    /// Too many operations; the limit.
    TooManyOperations(u64),
    /// Calls inside calls, or values inside values, too deep.
    TooDeep,
    /// A text, list or map grew too large; which.
    TooMuchData(String),
    /// The script itself gave up with `throw`.
    Thrown(Value),
    /// The result is of a kind that cannot be kept, such as a function; its type.
    NotAValue(String),
    /// It is not written as rhai wants it; found when it is compiled.
    Syntax(String),
    /// Anything else rhai reports.
    Script(String),
    /// An operation or method that does not fit these values, such as `> (null, number)`, in JUEL or FEEL.
    Operation(String),
    /// What JUEL, FEEL or a decision table may not do or say; the sentence says it whole.
    Refused(Text),
}

impl EvaluationError {
    /// The most characters of an expression that an error repeats.
    const SHOWN: usize = 200;

    pub(crate) fn new(expression: &str, cause: Cause) -> Self {
        let mut shown: String = expression.chars().take(Self::SHOWN).collect();
        if shown.len() < expression.len() {
            shown.push('…');
        }
        Self {
            expression: shown,
            position: None,
            cause,
        }
    }

    pub(crate) fn at(mut self, position: Option<Position>) -> Self {
        self.position = position;
        self
    }

    /// Whether it failed only because something has no value, or is not known at all: what waits for a value may take that
    /// for "not yet".
    pub fn lacks_a_value(&self) -> bool {
        match &self.cause {
            Cause::UnknownName(_) | Cause::Null => true,
            // A signature names the kinds of values that did not fit.
            Cause::UnknownFunction(signature) | Cause::Operation(signature) => {
                let kinds = signature.split_once('(').map_or("", |(_, kinds)| kinds);
                signature.starts_with("null.")
                    || kinds
                        .split([',', ')'])
                        .any(|kind| matches!(kind.trim(), "empty" | "null"))
            }
            _ => false,
        }
    }

    /// What happened, where, and what to do, for the person who repairs it.
    pub fn text(&self) -> Text {
        let Text { zh, en } = self.cause.text();
        let expression = &self.expression;
        match self.position {
            Some(Position { line, column }) => Text::new(
                format!("表达式“{expression}”第 {line} 行第 {column} 个字符：{zh}"),
                format!("Expression “{expression}”, line {line}, character {column}: {en}"),
            ),
            None => Text::new(
                format!("表达式“{expression}”：{zh}"),
                format!("Expression “{expression}”: {en}"),
            ),
        }
    }
}

impl Cause {
    fn text(&self) -> Text {
        match self {
            Self::UnknownName(name) => Text::new(
                format!("没有名为“{name}”的变量或字段，请检查写法。"),
                format!("there is no variable or field “{name}”; check its spelling."),
            ),
            Self::UnknownFunction(signature) => Text::new(
                format!("没有适用于这些值的函数或运算：{signature}。值可能为空（empty），请先用 == () 判断。"),
                format!(
                    "no function or operator takes these values: {signature}. One may be empty; test it with == () first."
                ),
            ),
            Self::Changes(name) => Text::new(
                format!("表达式不能修改“{name}”。比较请用 ==，修改变量请用脚本任务。"),
                format!("an expression may not change “{name}”. Compare with ==; change variables in a script task."),
            ),
            Self::Null => Text::new(
                "条件的结果为空，无法判断真假，请先处理空值。",
                "the condition came out empty, neither true nor false; handle the empty case first.",
            ),
            Self::NotACondition(kind) => Text::new(
                format!("条件的结果必须是真或假，得到的却是 {kind}。"),
                format!("a condition must come out true or false, but this is a {kind}."),
            ),
            Self::Arithmetic(detail) => Text::new(
                format!("无法算出结果：{detail}。"),
                format!("the calculation has no result: {detail}."),
            ),
            Self::TooManyOperations(limit) => Text::new(
                format!("运算超过 {limit} 步，已停止。请检查是否有死循环，或改为自动处理任务。"),
                format!("stopped after {limit} operations. Look for an endless loop, or use a service task instead."),
            ),
            Self::TooDeep => Text::new(
                "调用或数据嵌套过深，已停止。",
                "stopped: calls or values are nested too deeply.",
            ),
            Self::TooMuchData(what) => Text::new(
                format!("数据超过允许的大小（{what}），已停止。"),
                format!("stopped: the data grew beyond its limit ({what})."),
            ),
            Self::Thrown(Value::Text(message)) => Text::same(message.clone()),
            Self::Thrown(value) => Text::new(
                format!("脚本报告错误：{value}"),
                format!("the script reports an error: {value}"),
            ),
            Self::NotAValue(kind) => Text::new(
                format!("结果的类型（{kind}）不能保存。"),
                format!("a result of the type {kind} cannot be kept."),
            ),
            Self::Syntax(message) => Text::new(format!("写法有误：{message}"), format!("syntax error: {message}")),
            Self::Operation(signature) => Text::new(
                format!("{signature} 不适用于这些值。如果值可能为空（null），请先判断。"),
                format!("{signature} does not fit these values. If one may be empty (null), test that first."),
            ),
            Self::Refused(sentence) => sentence.clone(),
            Self::Script(message) => Text::new(format!("脚本出错：{message}"), format!("script error: {message}")),
        }
    }
}

impl fmt::Display for EvaluationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl std::error::Error for EvaluationError {}
