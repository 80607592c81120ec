//! What an expression may ask of the process it stands in: `execution`, `task`, `variables`, and functions. All of it
//! is decided when the expression is compiled, so that a model that needs more is refused by name and not in the
//! middle of a case.

use super::{
    methods,
    parser::Parser,
    tree::{Expr, Step},
};
use crate::syntax::Fault;
use kapok_protocol::Value;

/// What is known of an execution.
const EXECUTION: [&str; 5] = [
    "id",
    "processInstanceId",
    "processBusinessKey",
    "currentActivityId",
    "processDefinitionId",
];
/// What can be asked of a task with a getter.
const TASK: [&str; 3] = ["id", "name", "assignee"];

/// A name at the beginning of a path, with as many steps as belong to it.
pub(super) fn root(parser: &mut Parser<'_>, name: String, at: usize) -> Result<Expr, Fault> {
    match name.as_str() {
        "execution" => {
            if !parser.take(".") {
                return Err(nothing_in(&name, &EXECUTION, at));
            }
            match member(parser, &name)? {
                Member::Expr(expr) => Ok(expr),
                Member::Key(key, _) if EXECUTION.contains(&key.as_str()) => Ok(field(parser, name, key)),
                Member::Key(key, at) => Err(nothing_in(&format!("execution.{key}"), &EXECUTION, at)),
                Member::Method(method, _, at) => Err(nothing_in(&format!("execution.{method}()"), &EXECUTION, at)),
            }
        }
        // A variable may have this name too, such as the item of a loop, so any key may be asked for.
        "task" if parser.take(".") => match member(parser, &name)? {
            Member::Expr(expr) => Ok(expr),
            Member::Key(key, _) => Ok(field(parser, name, key)),
            Member::Method(method, arguments, at) => {
                let call = methods::known(&method, arguments.len())
                    .ok_or_else(|| nothing_in(&format!("task.{method}()"), &TASK, at))?;
                parser.mention(&name);
                Ok(Expr::Path(
                    Box::new(Expr::Name(name)),
                    vec![Step::Call(call, arguments)],
                ))
            }
        },
        "variables" | "variableContainer" => {
            if parser.take("[") {
                let key = parser.argument()?;
                parser.expect("]")?;
                return Ok(variable(parser, key));
            }
            if !parser.take(".") {
                return Err(nothing_in(&name, &[], at));
            }
            match member(parser, &name)? {
                Member::Expr(expr) => Ok(expr),
                Member::Key(key, _) => {
                    parser.mention(&key);
                    Ok(Expr::Name(key))
                }
                Member::Method(method, _, at) => Err(nothing_in(&format!("{name}.{method}()"), &[], at)),
            }
        }
        _ => {
            parser.mention(&name);
            Ok(Expr::Name(name))
        }
    }
}

/// A call of a function that belongs to nothing.
pub(super) fn function(parser: &mut Parser<'_>, name: &str, at: usize) -> Result<Expr, Fault> {
    let arguments = parser.arguments()?.unwrap_or_default();
    match name {
        "currentUser" if arguments.is_empty() => Ok(Expr::CurrentUser),
        "now" | "dateTime" => Err(Fault::new(
            at,
            format!("{name}() 不可用：表达式看不到时钟。请改用定时事件，或 FEEL 的 now()、today()。"),
            format!(
                "{name}() does not exist: an expression sees no clock. Use a timer event, or now() and today() in FEEL."
            ),
        )),
        _ => Err(Fault::new(
            at,
            format!("没有函数 {name}()。可以用运算符、值的方法（例如 x.contains('a')）和 currentUser()。"),
            format!(
                "there is no function {name}(). Use operators, methods of values (such as x.contains('a')) and currentUser()."
            ),
        )),
    }
}

/// A call of a method of a value.
pub(super) fn method(name: &str, arguments: Vec<Expr>, at: usize) -> Result<Step, Fault> {
    if let Some(known) = methods::known(name, arguments.len()) {
        return Ok(Step::Call(known, arguments));
    }
    if let Some(counts) = methods::counts(name) {
        return Err(Fault::new(
            at,
            format!("方法 {name}() 的参数个数应当是 {counts}。"),
            format!("the method {name}() takes {counts} arguments."),
        ));
    }
    Err(Fault::new(
        at,
        format!("没有方法 {name}()。这里没有 Java Bean：请改用服务任务并绑定处理程序，由它把结果写入变量。"),
        format!(
            "there is no method {name}(). Java beans do not exist here: use a service task and bind a handler, which writes its result to a variable."
        ),
    ))
}

enum Member {
    Expr(Expr),
    Key(String, usize),
    Method(String, Vec<Expr>, usize),
}

/// What stands after `execution.`, `task.` or `variables.`.
fn member(parser: &mut Parser<'_>, owner: &str) -> Result<Member, Fault> {
    let at = parser.at();
    let name = parser.name()?;
    let Some(mut arguments) = parser.arguments()? else {
        let key = match (owner, name.as_str()) {
            ("execution", "businessKey") => "processBusinessKey".to_owned(),
            _ => name,
        };
        return Ok(Member::Key(key, at));
    };
    let is_variables = !matches!(owner, "execution" | "task");
    match name.as_str() {
        "getVariable" | "getVariableLocal" | "hasVariable" | "hasVariableLocal" | "get" | "containsKey"
            if arguments.len() == 1 && (name.ends_with("Variable") || name.ends_with("Local") || is_variables) =>
        {
            let argument = arguments.pop().unwrap_or(Expr::Literal(Value::Null));
            let variable = variable(parser, argument);
            return Ok(Member::Expr(match variable {
                Expr::Variable(key) if name.starts_with("has") || name == "containsKey" => Expr::HasVariable(key),
                other => other,
            }));
        }
        _ if name.starts_with("set") || name.starts_with("remove") => {
            return Err(Fault::new(
                at,
                format!("表达式不能修改任何东西，因此没有 {owner}.{name}()。修改变量请用脚本任务，或元素的输出映射。"),
                format!(
                    "an expression changes nothing, so there is no {owner}.{name}(). Change variables in a script task or with an output mapping."
                ),
            ));
        }
        _ => {}
    }
    let key = name.strip_prefix("get").and_then(|rest| {
        let first = rest.chars().next()?;
        Some(first.to_lowercase().chain(rest.chars().skip(1)).collect::<String>())
    });
    match (owner, key) {
        ("execution", Some(key)) if arguments.is_empty() && key == "businessKey" => {
            Ok(Member::Key("processBusinessKey".to_owned(), at))
        }
        ("execution", Some(key)) if arguments.is_empty() && EXECUTION.contains(&key.as_str()) => {
            Ok(Member::Key(key, at))
        }
        ("task", Some(key)) if arguments.is_empty() && TASK.contains(&key.as_str()) => Ok(Member::Key(key, at)),
        _ => Ok(Member::Method(name, arguments, at)),
    }
}

/// A variable whose name an expression says.
fn variable(parser: &mut Parser<'_>, key: Expr) -> Expr {
    if let Expr::Literal(Value::Text(name)) = &key {
        parser.mention(name);
    }
    Expr::Variable(Box::new(key))
}

fn field(parser: &mut Parser<'_>, owner: String, key: String) -> Expr {
    parser.mention(&owner);
    Expr::Path(Box::new(Expr::Name(owner)), vec![Step::Key(key)])
}

fn nothing_in(what: &str, known: &[&str], at: usize) -> Fault {
    let known: String = known.iter().map(|key| format!(", .{key}")).collect();
    Fault::new(
        at,
        format!("这里没有 {what}。可以用 .getVariable('x'), .hasVariable('x'){known}。其他事情请绑定处理程序。"),
        format!(
            "there is no {what} here. Use .getVariable('x'), .hasVariable('x'){known}. For anything else bind a handler."
        ),
    )
}
