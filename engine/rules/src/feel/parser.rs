//! Reads FEEL into a tree.

use std::collections::BTreeSet;

use super::{
    cursor::Parser,
    lexer::Token,
    tree::{Expr, Interval, Operator, Step, Test, Tests, Type},
};
use crate::syntax::Fault;

/// Operators from the loosest to the tightest.
const LEVELS: [&[(&str, Operator)]; 3] = [
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide)],
    &[("**", Operator::Power)],
];

/// What was read: the tree, and the names that stand in it.
pub(super) type Read<T> = (T, BTreeSet<String>);

/// Reads an expression. `known` are names that may have spaces.
pub(super) fn parse(source: &str, known: &[String]) -> Result<Read<Expr>, Fault> {
    let mut parser = Parser::new(source, known)?;
    let expr = parser.expression()?;
    parser.end()?;
    Ok((expr, parser.names))
}

/// Reads unary tests.
pub(super) fn parse_tests(source: &str, known: &[String]) -> Result<Read<Tests>, Fault> {
    let mut parser = Parser::new(source, known)?;
    if matches!(parser.peek(), Token::End) || (parser.take("-") && matches!(parser.peek(), Token::End)) {
        return Ok((Tests::Any, parser.names));
    }
    parser.next = 0;
    if parser.peek_word("not") && parser.peek_at(1) == &Token::Symbol("(") {
        // `not(a) and b` is an expression; `not(a, b)` is not one.
        parser.next = 2;
        let tests = parser.tests();
        if let Ok(tests) = tests
            && parser.take(")")
            && matches!(parser.peek(), Token::End)
        {
            return Ok((Tests::Not(tests), parser.names));
        }
        parser.next = 0;
        parser.depth = 0;
    }
    let tests = parser.tests()?;
    parser.end()?;
    Ok((Tests::Of(tests), parser.names))
}

impl Parser {
    pub(super) fn expression(&mut self) -> Result<Expr, Fault> {
        self.nested(|parser| {
            let parts = parser.separated("or", Self::conjunction)?;
            Ok(one_or(parts, Expr::Any))
        })
    }

    fn conjunction(&mut self) -> Result<Expr, Fault> {
        let parts = self.separated("and", Self::comparison)?;
        Ok(one_or(parts, Expr::All))
    }

    fn separated(&mut self, word: &str, part: fn(&mut Self) -> Result<Expr, Fault>) -> Result<Vec<Expr>, Fault> {
        let mut parts = vec![part(self)?];
        while self.take_word(word) {
            parts.push(part(self)?);
        }
        Ok(parts)
    }

    fn comparison(&mut self) -> Result<Expr, Fault> {
        let left = self.arithmetic(0)?;
        if let Some(comparison) = self.take_comparison() {
            let right = self.arithmetic(0)?;
            return Ok(Expr::Compare(Box::new(left), comparison, Box::new(right)));
        }
        if self.take_word("between") {
            let low = self.arithmetic(0)?;
            self.expect_word("and")?;
            let high = self.arithmetic(0)?;
            return Ok(Expr::Between(Box::new([left, low, high])));
        }
        if self.take_word("in") {
            let tests = if self.take("(") {
                self.tests_in_parentheses()?
            } else {
                vec![self.test()?]
            };
            return Ok(Expr::In(Box::new(left), tests));
        }
        Ok(left)
    }

    /// What follows `in (`: tests, or a range without its start.
    fn tests_in_parentheses(&mut self) -> Result<Vec<Test>, Fault> {
        let mut tests = self.tests()?;
        if tests.len() == 1
            && self.take("..")
            && let Some(Test::Value { expr, about_input }) = tests.pop()
        {
            let end = self.arithmetic(0)?;
            let end_included = self.range_end()?;
            let range = Expr::Range(Box::new(Interval {
                start: expr,
                end,
                start_included: false,
                end_included,
            }));
            return Ok(vec![Test::Value {
                expr: range,
                about_input,
            }]);
        }
        self.expect(")")?;
        Ok(tests)
    }

    fn tests(&mut self) -> Result<Vec<Test>, Fault> {
        let mut tests = vec![self.test()?];
        while self.take(",") {
            tests.push(self.test()?);
        }
        Ok(tests)
    }

    fn test(&mut self) -> Result<Test, Fault> {
        if let Some(comparison) = self.take_comparison() {
            return self.nested(|parser| Ok(Test::Compare(comparison, parser.arithmetic(0)?)));
        }
        let inputs = self.inputs;
        let expr = self.expression()?;
        Ok(Test::Value {
            expr,
            about_input: self.inputs > inputs,
        })
    }

    pub(super) fn arithmetic(&mut self, level: usize) -> Result<Expr, Fault> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let first = self.arithmetic(level + 1)?;
        let mut rest = Vec::new();
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| self.take(sign)) {
            rest.push((*operator, self.arithmetic(level + 1)?));
        }
        Ok(if rest.is_empty() {
            first
        } else {
            Expr::Chain(Box::new(first), rest)
        })
    }

    fn unary(&mut self) -> Result<Expr, Fault> {
        if self.take("-") {
            return self.nested(|parser| Ok(Expr::Negate(Box::new(parser.unary()?))));
        }
        let value = self.path()?;
        if !self.take_word("instance") {
            return Ok(value);
        }
        self.expect_word("of")?;
        let kind = self.kind()?;
        Ok(Expr::InstanceOf(Box::new(value), kind))
    }

    /// The name of a type; what stands in `<…>` is read over.
    fn kind(&mut self) -> Result<Type, Fault> {
        let at = self.at();
        let mut name = self.name()?;
        while let (Token::Name(_), true) = (self.peek(), Type::named(&name).is_none() || self.continues(&name)) {
            name = format!("{name} {}", self.name()?);
        }
        let kind = Type::named(&name).ok_or_else(|| Fault::unexpected(at, &format!("“{name}”")))?;
        let mut open = 0_usize;
        while self.peek() == &Token::Symbol("<") || open > 0 {
            match self.advance() {
                Token::Symbol("<") => open += 1,
                Token::Symbol(">") => open -= 1,
                Token::End => return Err(Fault::unexpected(self.at(), &Token::End.shown())),
                _ => {}
            }
        }
        Ok(kind)
    }

    /// Whether `date` goes on as `date and time`.
    fn continues(&self, name: &str) -> bool {
        name == "date" && self.peek_word("and") && matches!(self.peek_at(1), Token::Name(word) if word == "time")
            || name == "date and"
    }

    fn path(&mut self) -> Result<Expr, Fault> {
        let root = self.primary()?;
        let mut steps = Vec::new();
        loop {
            if !self.is_range_end() && self.take("[") {
                steps.push(Step::Filter(self.expression()?));
                self.expect("]")?;
            } else if self.take(".") {
                let mut key = self.name()?;
                // The only properties with a space.
                for (first, second) in [("time", "offset"), ("start", "included"), ("end", "included")] {
                    if key == first && self.take_word(second) {
                        key = format!("{first} {second}");
                    }
                }
                steps.push(Step::Key(key));
            } else if steps.is_empty() {
                return Ok(root);
            } else {
                return Ok(Expr::Path(Box::new(root), steps));
            }
        }
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
