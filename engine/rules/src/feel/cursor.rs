//! Goes through the words of an expression.

use std::collections::BTreeSet;

use super::{
    lexer::{Token, lex},
    tree::Comparison,
};
use crate::{meter::DEPTH, syntax::Fault};

const COMPARISONS: [(&str, Comparison); 6] = [
    ("=", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// Reads an expression; `parser` has its operators and `terms` what stands between them.
pub(super) struct Parser {
    pub(super) tokens: Vec<(Token, usize)>,
    pub(super) next: usize,
    pub(super) depth: usize,
    pub(super) names: BTreeSet<String>,
    /// How often `?` was read.
    pub(super) inputs: usize,
}

impl Parser {
    pub(super) fn new(source: &str, known: &[String]) -> Result<Self, Fault> {
        Ok(Self {
            tokens: lex(source, known)?,
            next: 0,
            depth: 0,
            names: BTreeSet::new(),
            inputs: 0,
        })
    }

    pub(super) fn end(&self) -> Result<(), Fault> {
        match self.peek() {
            Token::End => Ok(()),
            other => Err(Fault::unexpected(self.at(), &other.shown())),
        }
    }

    pub(super) fn name(&mut self) -> Result<String, Fault> {
        let at = self.at();
        match self.advance() {
            Token::Name(name) | Token::Quoted(name) => Ok(name),
            other => Err(Fault::unexpected(at, &other.shown())),
        }
    }

    pub(super) fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(0, |(_, at)| *at)
    }

    pub(super) fn peek(&self) -> &Token {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> &Token {
        self.tokens
            .get(self.next + ahead)
            .map_or(&Token::End, |(token, _)| token)
    }

    pub(super) fn peek_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Name(here) if here == word)
    }

    pub(super) fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        if token != Token::End {
            self.next += 1;
        }
        token
    }

    pub(super) fn take(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Token::Symbol(here) if *here == symbol);
        self.next += usize::from(found);
        found
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek_word(word);
        self.next += usize::from(found);
        found
    }

    pub(super) fn take_comparison(&mut self) -> Option<Comparison> {
        COMPARISONS
            .into_iter()
            .find(|(sign, _)| self.take(sign))
            .map(|(_, comparison)| comparison)
    }

    pub(super) fn expect(&mut self, symbol: &'static str) -> Result<(), Fault> {
        if self.take(symbol) {
            Ok(())
        } else {
            Err(self.missing(symbol))
        }
    }

    pub(super) fn expect_word(&mut self, word: &'static str) -> Result<(), Fault> {
        if self.take_word(word) {
            Ok(())
        } else {
            Err(self.missing(word))
        }
    }

    pub(super) fn missing(&self, expected: &str) -> Fault {
        let found = self.peek().shown();
        Fault::new(
            self.at(),
            format!("这里应当是 “{expected}”，而不是 {found}。名称里有空格时请写在反引号里：`名称`。"),
            format!(
                "“{expected}” should stand here instead of {found}. A name with spaces is written in backquotes: `the name`."
            ),
        )
    }

    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Fault::too_deep(self.at()));
        }
        let result = read(self);
        self.depth -= 1;
        result
    }
}
