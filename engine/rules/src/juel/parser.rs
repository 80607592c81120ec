//! Reads JUEL into a tree.

use std::collections::BTreeSet;

use kapok_protocol::Value;

use super::{
    lexer::{Token, lex},
    members,
    tree::{Expr, Operator, Part, Step},
};
use crate::{meter::DEPTH, syntax::Fault};

/// The pieces of a text, and the names that stand in it.
pub(super) fn parse(source: &str) -> Result<(Vec<Part>, BTreeSet<String>), Fault> {
    let mut parts = Vec::new();
    let mut names = BTreeSet::new();
    let mut literal = String::new();
    let mut at = 0;
    while let Some(brace) = source[at..].find(['$', '#', '\\']).map(|index| at + index) {
        literal.push_str(&source[at..brace]);
        let rest = &source[brace..];
        if rest.starts_with("\\${") || rest.starts_with("\\#{") {
            literal.push_str(&rest[1..3]);
            at = brace + 3;
        } else if rest.starts_with("${") || rest.starts_with("#{") {
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            let (tokens, after) = lex(source, brace + 2)?;
            let mut parser = Parser {
                tokens,
                next: 0,
                depth: 0,
                names: &mut names,
            };
            parts.push(Part::Value(parser.whole()?));
            at = after;
        } else {
            literal.push_str(&rest[..1]);
            at = brace + 1;
        }
    }
    literal.push_str(&source[at..]);
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok((parts, names))
}

pub(super) struct Parser<'n> {
    tokens: Vec<(Token, usize)>,
    next: usize,
    depth: usize,
    names: &'n mut BTreeSet<String>,
}

/// Operators from the loosest to the tightest, with their signs and words.
const LEVELS: [&[(&str, &str, Operator)]; 4] = [
    &[("==", "eq", Operator::Equal), ("!=", "ne", Operator::NotEqual)],
    &[
        ("<", "lt", Operator::Less),
        ("<=", "le", Operator::LessOrEqual),
        (">", "gt", Operator::Greater),
        (">=", "ge", Operator::GreaterOrEqual),
    ],
    &[("+", "", Operator::Add), ("-", "", Operator::Subtract)],
    &[
        ("*", "", Operator::Multiply),
        ("/", "div", Operator::Divide),
        ("%", "mod", Operator::Remainder),
    ],
];

impl Parser<'_> {
    fn whole(&mut self) -> Result<Expr, Fault> {
        let expr = self.expression()?;
        match self.peek() {
            Token::End => Ok(expr),
            Token::Symbol("=") => Err(Fault::new(
                self.at(),
                "表达式不能赋值。比较请用 ==，修改变量请用脚本任务。",
                "an expression may not assign. Compare with ==; change variables in a script task.",
            )),
            other => Err(Fault::unexpected(self.at(), &other.shown())),
        }
    }

    fn expression(&mut self) -> Result<Expr, Fault> {
        self.nested(|parser| {
            let condition = parser.any()?;
            if !parser.take("?") {
                return Ok(condition);
            }
            let then = parser.expression()?;
            parser.expect(":")?;
            let otherwise = parser.expression()?;
            Ok(Expr::Choice(Box::new([condition, then, otherwise])))
        })
    }

    fn any(&mut self) -> Result<Expr, Fault> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.take("||") || self.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Expr::Any))
    }

    fn all(&mut self) -> Result<Expr, Fault> {
        let first = self.level(0)?;
        let mut parts = vec![first];
        while self.take("&&") || self.take_word("and") {
            parts.push(self.level(0)?);
        }
        Ok(one_or(parts, Expr::All))
    }

    fn level(&mut self, level: usize) -> Result<Expr, Fault> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let first = self.level(level + 1)?;
        let mut rest = Vec::new();
        while let Some((_, _, operator)) = operators
            .iter()
            .find(|(sign, word, _)| self.take(sign) || self.take_word(word))
        {
            rest.push((*operator, self.level(level + 1)?));
        }
        Ok(if rest.is_empty() {
            first
        } else {
            Expr::Chain(Box::new(first), rest)
        })
    }

    fn unary(&mut self) -> Result<Expr, Fault> {
        let wrap = if self.take("!") || self.take_word("not") {
            Expr::Not
        } else if self.take("-") {
            Expr::Negate
        } else if self.take_word("empty") {
            Expr::Empty
        } else {
            return self.path();
        };
        self.nested(|parser| parser.unary().map(|inner| wrap(Box::new(inner))))
    }

    fn path(&mut self) -> Result<Expr, Fault> {
        let at = self.at();
        let root = match self.advance() {
            Token::Number(number) => Expr::Literal(Value::Number(number)),
            Token::Text(text) => Expr::Literal(Value::Text(text)),
            Token::Symbol("(") => {
                let inner = self.expression()?;
                self.expect(")")?;
                inner
            }
            Token::Name(name) => match name.as_str() {
                "true" => Expr::Literal(Value::Bool(true)),
                "false" => Expr::Literal(Value::Bool(false)),
                "null" => Expr::Literal(Value::Null),
                "and" | "or" | "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "div" | "mod" | "instanceof" => {
                    return Err(Fault::unexpected(at, &format!("“{name}”")));
                }
                _ if *self.peek() == Token::Symbol("(") => members::function(self, &name, at)?,
                _ => members::root(self, name, at)?,
            },
            other => return Err(Fault::unexpected(at, &other.shown())),
        };
        let steps = self.steps()?;
        Ok(if steps.is_empty() {
            root
        } else {
            Expr::Path(Box::new(root), steps)
        })
    }

    fn steps(&mut self) -> Result<Vec<Step>, Fault> {
        let mut steps = Vec::new();
        loop {
            if self.take("[") {
                steps.push(Step::Index(self.expression()?));
                self.expect("]")?;
            } else if self.take(".") {
                let at = self.at();
                let name = self.name()?;
                steps.push(match self.arguments()? {
                    Some(arguments) => members::method(&name, arguments, at)?,
                    None => Step::Key(name),
                });
            } else {
                return Ok(steps);
            }
        }
    }

    /// What stands inside of brackets.
    pub(super) fn argument(&mut self) -> Result<Expr, Fault> {
        self.expression()
    }

    /// The arguments of a call, if one stands here.
    pub(super) fn arguments(&mut self) -> Result<Option<Vec<Expr>>, Fault> {
        if !self.take("(") {
            return Ok(None);
        }
        let mut arguments = Vec::new();
        if self.take(")") {
            return Ok(Some(arguments));
        }
        loop {
            arguments.push(self.expression()?);
            if self.take(")") {
                return Ok(Some(arguments));
            }
            self.expect(",")?;
        }
    }

    /// Notes that a name is mentioned.
    pub(super) fn mention(&mut self, name: &str) {
        self.names.insert(name.to_owned());
    }

    pub(super) fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(0, |(_, at)| *at)
    }

    pub(super) fn name(&mut self) -> Result<String, Fault> {
        let at = self.at();
        match self.advance() {
            Token::Name(name) => Ok(name),
            other => Err(Fault::unexpected(at, &other.shown())),
        }
    }

    pub(super) fn take(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Token::Symbol(here) if *here == symbol);
        self.next += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, symbol: &'static str) -> Result<(), Fault> {
        if self.take(symbol) {
            return Ok(());
        }
        let found = self.peek().shown();
        Err(Fault::new(
            self.at(),
            format!("这里应当是 “{symbol}”，而不是 {found}。"),
            format!("“{symbol}” should stand here instead of {found}."),
        ))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Name(here) if here == word);
        self.next += usize::from(found);
        found
    }

    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(token, _)| token)
    }

    fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        if token != Token::End {
            self.next += 1;
        }
        token
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Fault::too_deep(self.at()));
        }
        let result = read(self);
        self.depth -= 1;
        result
    }
}

fn one_or(mut parts: Vec<Expr>, many: fn(Vec<Expr>) -> Expr) -> Expr {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            many(parts)
        }
    }
}
