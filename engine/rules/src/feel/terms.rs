//! Reads what stands between operators: literals, names, lists, contexts, ranges, calls, and `if`, `for`, `some`, `every`.

use super::{
    builtins,
    cursor::Parser,
    lexer::Token,
    temporal::{DateTime, Duration, Time, read_date, read_duration},
    tree::{Expr, Interval, Iteration},
    value::Feel,
};
use crate::syntax::Fault;

/// Words that are no names.
const WORDS: [&str; 17] = [
    "and",
    "between",
    "else",
    "every",
    "false",
    "for",
    "function",
    "if",
    "in",
    "instance",
    "null",
    "or",
    "return",
    "satisfies",
    "some",
    "then",
    "true",
];

/// The most iterators of one `for`, `some` or `every`.
const ITERATORS: usize = 8;

impl Parser {
    /// Whether a bracket here is the end of `]a..b[` and not the beginning of a filter: nothing that it could hold
    /// follows.
    pub(super) fn is_range_end(&self) -> bool {
        match self.peek_at(1) {
            Token::End => true,
            Token::Symbol(symbol) => matches!(*symbol, ")" | "]" | "}" | "," | ".." | "=" | "!="),
            Token::Name(word) => matches!(word.as_str(), "and" | "or" | "then" | "else" | "return" | "satisfies"),
            _ => false,
        }
    }

    pub(super) fn primary(&mut self) -> Result<Expr, Fault> {
        let at = self.at();
        match self.advance() {
            Token::Number(number) => Ok(Expr::Literal(number.into())),
            Token::Text(text) => Ok(Expr::Literal(text.as_str().into())),
            Token::At(text) => moment(&text).map(Expr::Literal).ok_or_else(|| {
                Fault::new(
                    at,
                    format!("@\"{text}\" 不是日期、时间或时长。"),
                    format!("@\"{text}\" is no date, time or duration."),
                )
            }),
            Token::Quoted(name) => Ok(self.named(name)),
            Token::Name(name) => self.word(name, at),
            Token::Symbol("?") => {
                self.inputs += 1;
                Ok(Expr::Input)
            }
            Token::Symbol("(") => {
                let inner = self.expression()?;
                if self.take("..") {
                    return self.range(inner, false);
                }
                self.expect(")")?;
                Ok(inner)
            }
            Token::Symbol("]") => {
                let start = self.expression()?;
                self.expect("..")?;
                self.range(start, false)
            }
            Token::Symbol("[") => self.list_or_range(),
            Token::Symbol("{") => self.context(),
            other => Err(Fault::unexpected(at, &other.shown())),
        }
    }

    pub(super) fn word(&mut self, name: String, at: usize) -> Result<Expr, Fault> {
        match name.as_str() {
            "true" => Ok(Expr::Literal(true.into())),
            "false" => Ok(Expr::Literal(false.into())),
            "null" => Ok(Expr::Literal(Feel::Null)),
            "if" => {
                let condition = self.expression()?;
                self.expect_word("then")?;
                let then = self.expression()?;
                self.expect_word("else")?;
                let otherwise = self.expression()?;
                Ok(Expr::If(Box::new([condition, then, otherwise])))
            }
            "for" => {
                let iterations = self.iterations()?;
                self.expect_word("return")?;
                Ok(Expr::For(iterations, Box::new(self.expression()?)))
            }
            "some" | "every" => {
                let iterations = self.iterations()?;
                self.expect_word("satisfies")?;
                let body = Box::new(self.expression()?);
                Ok(match name.as_str() {
                    "some" => Expr::Some(iterations, body),
                    _ => Expr::Every(iterations, body),
                })
            }
            "function" => Err(Fault::new(
                at,
                "不能在表达式里定义函数。",
                "functions cannot be defined in an expression.",
            )),
            word if WORDS.contains(&word) => Err(Fault::unexpected(at, &format!("“{word}”"))),
            _ if self.peek() == &Token::Symbol("(") => self.call(&name, at),
            _ => Ok(self.named(name)),
        }
    }

    pub(super) fn named(&mut self, name: String) -> Expr {
        self.names.insert(name.clone());
        Expr::Name(name)
    }

    pub(super) fn iterations(&mut self) -> Result<Vec<Iteration>, Fault> {
        let mut iterations = Vec::new();
        loop {
            let at = self.at();
            if iterations.len() == ITERATORS {
                return Err(Fault::too_deep(at));
            }
            let name = self.name()?;
            self.expect_word("in")?;
            let domain = self.expression()?;
            let end = match self.take("..") {
                true => Some(self.expression()?),
                false => None,
            };
            iterations.push(Iteration { name, domain, end });
            if !self.take(",") {
                return Ok(iterations);
            }
        }
    }

    pub(super) fn list_or_range(&mut self) -> Result<Expr, Fault> {
        let mut items = Vec::new();
        if self.take("]") {
            return Ok(Expr::List(items));
        }
        loop {
            items.push(self.expression()?);
            if items.len() == 1
                && self.take("..")
                && let Some(start) = items.pop()
            {
                return self.range(start, true);
            }
            if self.take("]") {
                return Ok(Expr::List(items));
            }
            self.expect(",")?;
        }
    }

    /// The end of a range, after its dots.
    pub(super) fn range(&mut self, start: Expr, start_included: bool) -> Result<Expr, Fault> {
        let end = self.expression()?;
        let end_included = self.range_end()?;
        Ok(Expr::Range(Box::new(Interval {
            start,
            end,
            start_included,
            end_included,
        })))
    }

    pub(super) fn range_end(&mut self) -> Result<bool, Fault> {
        if self.take("]") {
            return Ok(true);
        }
        if !self.take("[") {
            self.expect(")")?;
        }
        Ok(false)
    }

    pub(super) fn context(&mut self) -> Result<Expr, Fault> {
        let mut entries = Vec::new();
        if self.take("}") {
            return Ok(Expr::Context(entries));
        }
        loop {
            let key = match self.peek().clone() {
                Token::Text(text) => {
                    self.next += 1;
                    text
                }
                _ => self.words_before_colon()?,
            };
            self.expect(":")?;
            entries.push((key, self.expression()?));
            if self.take("}") {
                return Ok(Expr::Context(entries));
            }
            self.expect(",")?;
        }
    }

    /// A name whose words go on until a colon.
    pub(super) fn words_before_colon(&mut self) -> Result<String, Fault> {
        let mut name = self.name()?;
        while self.peek() != &Token::Symbol(":") {
            name = format!("{name} {}", self.name()?);
        }
        Ok(name)
    }

    pub(super) fn call(&mut self, name: &str, at: usize) -> Result<Expr, Fault> {
        self.expect("(")?;
        let mut positional = Vec::new();
        let mut named = Vec::new();
        while !self.take(")") {
            if !positional.is_empty() || !named.is_empty() {
                self.expect(",")?;
            }
            if self.is_named_argument() {
                let parameter = self.words_before_colon()?;
                self.expect(":")?;
                named.push((parameter, self.expression()?));
            } else {
                positional.push(self.expression()?);
            }
        }
        if name == "is defined" && named.is_empty() && positional.len() == 1 {
            return Ok(Expr::IsDefined(Box::new(positional.remove(0))));
        }
        let (builtin, arguments) = builtins::resolve(name, positional, named, at)?;
        Ok(Expr::Call(builtin, arguments))
    }

    pub(super) fn is_named_argument(&self) -> bool {
        let words = self.tokens[self.next..]
            .iter()
            .take_while(|(token, _)| matches!(token, Token::Name(_) | Token::Quoted(_)))
            .count();
        words > 0 && self.peek_at(words) == &Token::Symbol(":")
    }
}

/// The value of `@"…"`.
fn moment(text: &str) -> Option<Feel> {
    read_date(text)
        .map(Feel::Date)
        .or_else(|| Time::read(text).map(Feel::Time))
        .or_else(|| DateTime::read(text).map(Feel::DateTime))
        .or_else(|| read_duration(text).map(Feel::from))
}

impl From<Duration> for Feel {
    fn from(duration: Duration) -> Self {
        match duration {
            Duration::Days(days) => Self::Days(days),
            Duration::Months(months) => Self::Months(months),
        }
    }
}
