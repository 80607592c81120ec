//! Which names a script mentions, found once when it is compiled.
//!
//! Asking the scope only for these is what makes evaluation cheap: rhai's own hook for unknown names would need an
//! engine per evaluation. The set may hold a name that is only local, such as a closure's parameter; the scope is then
//! asked for one name too many, and nothing else happens.

use std::collections::BTreeSet;

use rhai::{AST, ASTNode, Expr, Stmt};

/// The map through which a script makes new variables: `vars.x = …`.
pub(crate) const VARS: &str = "vars";

/// The names a script mentions.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Variables that are read or written.
    pub(crate) mentioned: BTreeSet<String>,
    /// Keys of `vars` that stand in the script.
    pub(crate) vars: BTreeSet<String>,
    /// Names the script declares itself, anywhere.
    declared: BTreeSet<String>,
    /// Names that closures take from outside of them, and get as parameters of their own.
    captured: BTreeSet<String>,
    /// Parameters of functions and closures.
    parameters: BTreeSet<String>,
    /// Names the script assigns to, or to a part of.
    assigned: BTreeSet<String>,
}

impl Names {
    pub(crate) fn of(ast: &AST) -> Self {
        let mut names = Self::default();
        for function in ast.iter_functions() {
            names.parameters.extend(function.params.iter().map(ToString::to_string));
        }
        ast.walk(&mut |path: &[ASTNode]| {
            match path.last() {
                Some(ASTNode::Stmt(stmt)) => names.statement(stmt),
                Some(ASTNode::Expr(expr)) => names.expression(expr),
                _ => {}
            }
            true
        });
        names.declared.extend(names.parameters.iter().cloned());
        names
    }

    /// A name that is assigned to without being declared: something outside that would change.
    pub(crate) fn changed_outside(&self) -> Option<&str> {
        self.assigned.difference(&self.declared).next().map(String::as_str)
    }

    /// The names that are mentioned without being declared.
    pub(crate) fn mentioned_outside(&self) -> Vec<&str> {
        let outside = |name: &&String| !self.declared.contains(*name) || self.captured.contains(*name);
        self.mentioned.iter().filter(outside).map(String::as_str).collect()
    }

    fn statement(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Var(variable, ..) => {
                self.declared.insert(variable.0.name.to_string());
            }
            Stmt::For(variables, ..) => {
                self.declared.insert(variables.0.name.to_string());
                self.declared
                    .extend(variables.1.iter().map(|counter| counter.name.to_string()));
            }
            Stmt::Assignment(assignment) => {
                if let Some(name) = root(&assignment.1.lhs) {
                    self.assigned.insert(name.to_owned());
                }
            }
            // What a closure takes from outside.
            Stmt::Share(captured) => {
                let captured = captured.iter().map(|(variable, _)| variable.name.to_string());
                // What the script itself declared before is not from outside of it.
                let captured: Vec<String> = captured.filter(|name| !self.declared.contains(name)).collect();
                self.captured.extend(captured.iter().cloned());
                self.mentioned.extend(captured);
            }
            _ => {}
        }
    }

    fn expression(&mut self, expr: &Expr) {
        match expr {
            Expr::Variable(variable, ..) => {
                self.mentioned.insert(variable.1.to_string());
            }
            Expr::Dot(pair, ..) | Expr::Index(pair, ..) if root(&pair.lhs) == Some(VARS) => {
                // In `vars.a.b` the right side is again a pair, and its left side is the key.
                let key = match &pair.rhs {
                    Expr::Dot(inner, ..) | Expr::Index(inner, ..) => &inner.lhs,
                    key => key,
                };
                match key {
                    Expr::Property(property, ..) => self.vars.insert(property.2.to_string()),
                    Expr::StringConstant(text, ..) => self.vars.insert(text.to_string()),
                    _ => false,
                };
            }
            _ => {}
        }
    }
}

/// The variable that a place such as `record.lines[0].price` is part of.
fn root(place: &Expr) -> Option<&str> {
    match place {
        Expr::Variable(variable, ..) => Some(&variable.1),
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => root(&pair.lhs),
        _ => None,
    }
}
