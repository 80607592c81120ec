//! `kapok plugin install | list | enable | disable | remove`: on a folder of data that no server uses, or through a running
//! server with the token of an administrator.

use std::{
    io::{BufRead, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

use kapok::{Capabilities, Kapok, PluginPackage};
use serde_json::{Value, json};

use super::client::{Body, Client, encoded};
use crate::{commands::At, data};

/// Where the plugins are that are meant.
enum Place {
    Folder(Kapok),
    Server(Client),
}

impl Place {
    fn open(at: &At) -> Result<Self, String> {
        match &at.server {
            Some(server) => Client::new(server, at.token.as_deref()).map(Self::Server),
            None => data::open_at_rest(&at.data).map(Self::Folder).map_err(|error| {
                format!(
                    "{error}\n如果服务器正在运行，请用 --server http://127.0.0.1:7654 --token … / if a server is running, use --server \
                     http://127.0.0.1:7654 --token …"
                )
            }),
        }
    }
}

fn told(error: kapok::Error) -> String {
    error.to_string()
}

/// Shows what a plugin asks for and what would change, and installs it when that is agreed to.
pub(super) fn install(file: &Path, yes: bool, confirm: bool, at: &At) -> Result<ExitCode, String> {
    let package = PluginPackage::read_file(file).map_err(told)?;
    let place = Place::open(at)?;
    let plan = match &place {
        Place::Folder(kapok) => {
            let plan = kapok.plan_plugin(&package).map_err(told)?;
            let both = |text: &kapok::protocol::Text| json!({ "zh": text.zh, "en": text.en });
            let changes = plan
                .changes
                .iter()
                .map(|change| json!({ "text": both(&change.text), "destructive": change.destructive }));
            let errors = plan
                .reasons
                .iter()
                .chain(plan.errors.iter().map(|error| &error.text))
                .map(both);
            json!({
                "plugin": { "id": plan.plugin.id, "version": plan.plugin.version },
                "from": plan.from, "capabilities": plan.capabilities, "migrates": plan.migrates, "workflows": plan.workflows,
                "changes": changes.collect::<Vec<_>>(), "errors": errors.collect::<Vec<_>>(),
            })
        }
        Place::Server(client) => client.ask("POST", "/plugins/plan", &Body::Package(package.bytes()))?,
    };
    show(&plan);
    if plan["errors"].as_array().is_some_and(|errors| !errors.is_empty()) {
        return Err("不能安装 / it cannot be installed".to_owned());
    }
    if !yes && !agreed()? {
        return Ok(ExitCode::FAILURE);
    }
    match place {
        Place::Folder(kapok) => {
            let granted: Capabilities =
                serde_json::from_value(plan["capabilities"].clone()).map_err(|error| error.to_string())?;
            kapok.install_plugin(&package, Some(&granted), confirm).map_err(told)?;
        }
        Place::Server(client) => {
            let granted = encoded(&plan["capabilities"].to_string());
            let path = format!("/plugins?granted={granted}&confirm={confirm}");
            client.ask("POST", &path, &Body::Package(package.bytes()))?;
        }
    }
    let plugin = &plan["plugin"];
    println!(
        "{} {} 已安装 / is installed",
        plugin["id"].as_str().unwrap_or_default(),
        plugin["version"].as_str().unwrap_or_default()
    );
    Ok(ExitCode::SUCCESS)
}

fn show(plan: &Value) {
    let text = |value: &Value| {
        let part = |language: &str| value[language].as_str().unwrap_or_default().to_owned();
        format!("{} / {}", part("zh"), part("en"))
    };
    let plugin = &plan["plugin"];
    let version = plugin["version"].as_str().unwrap_or_default();
    let id = plugin["id"].as_str().unwrap_or_default();
    match plan["from"].as_str() {
        Some(from) => println!("{id} {from} → {version}"),
        None => println!("{id} {version}"),
    }
    println!("它要求 / it asks for:");
    for line in asked(&plan["capabilities"]) {
        println!("  {line}");
    }
    for change in plan["changes"].as_array().into_iter().flatten() {
        let mark = if change["destructive"] == true { "!" } else { "·" };
        println!("{mark} {}", text(&change["text"]));
    }
    if plan["migrates"] == true && plan["from"].is_string() {
        println!("· 升级后由插件整理数据 / afterwards the plugin puts its data in order");
    }
    for workflow in plan["workflows"].as_array().into_iter().flatten() {
        println!("· 发布 / deploys {}", workflow.as_str().unwrap_or_default());
    }
    for error in plan["errors"].as_array().into_iter().flatten() {
        println!("× {}", text(error));
    }
}

/// What a plugin asks for, one thing a line.
fn asked(capabilities: &Value) -> Vec<String> {
    let words = |value: &Value| -> String {
        let words = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        words.collect::<Vec<_>>().join(", ")
    };
    let mut lines = Vec::new();
    for (entity, capability) in capabilities["records"].as_object().into_iter().flatten() {
        let fields = match capability["fields"].as_array() {
            Some(_) => format!(" ({})", words(&capability["fields"])),
            None => String::new(),
        };
        lines.push(format!("{entity}: {}{fields}", words(&capability["actions"])));
    }
    for name in ["start", "messages", "signals"] {
        let names = words(&capabilities["processes"][name]);
        if !names.is_empty() {
            lines.push(format!("processes {name}: {names}"));
        }
    }
    if capabilities["processes"]["tasks"] == true {
        lines.push("processes tasks".to_owned());
    }
    let ways = words(&capabilities["messages"]);
    if !ways.is_empty() {
        lines.push(format!("messages: {ways}"));
    }
    if capabilities["http"] == true {
        lines.push("http".to_owned());
    }
    if lines.is_empty() {
        lines.push("—".to_owned());
    }
    lines
}

fn agreed() -> Result<bool, String> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err("没有人可以确认：请加 --yes / there is nobody to agree: add --yes".to_owned());
    }
    print!("同意并安装？/ Agree and install? [y/N] ");
    std::io::stdout().flush().map_err(|error| error.to_string())?;
    let mut line = String::new();
    input.lock().read_line(&mut line).map_err(|error| error.to_string())?;
    Ok(line.trim().eq_ignore_ascii_case("y"))
}

/// The plugins, one a line.
pub(super) fn list(as_json: bool, at: &At) -> Result<ExitCode, String> {
    let plugins: Vec<Value> = match Place::open(at)? {
        Place::Folder(kapok) => {
            let state = |plugin: kapok::PluginState| {
                let state = match (plugin.is_disabled, plugin.fault.is_some()) {
                    (true, _) => "off",
                    (false, true) => "failed",
                    (false, false) => "on",
                };
                let reason = plugin.fault.map(|fault| json!({ "zh": fault.zh, "en": fault.en }));
                json!({ "id": plugin.id, "version": plugin.version, "state": state, "reason": reason, "installed": plugin.is_installed })
            };
            kapok.plugins().into_iter().map(state).collect()
        }
        Place::Server(client) => {
            let answer = client.ask("GET", "/plugins", &Body::Nothing)?;
            answer["items"].as_array().cloned().unwrap_or_default()
        }
    };
    for plugin in plugins {
        if as_json {
            println!("{plugin}");
            continue;
        }
        let word = |name: &str| plugin[name].as_str().unwrap_or_default();
        let reason = plugin["reason"]["en"]
            .as_str()
            .filter(|_| word("state") != "on")
            .unwrap_or_default();
        println!(
            "{:<20} {:<10} {:<7} {reason}",
            word("id"),
            word("version"),
            word("state")
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Switches a plugin on or off.
pub(super) fn enable(id: &str, enabled: bool, at: &At) -> Result<ExitCode, String> {
    match Place::open(at)? {
        Place::Folder(kapok) => kapok.enable_plugin(id, enabled).map(drop).map_err(told)?,
        Place::Server(client) => {
            let verb = if enabled { "enable" } else { "disable" };
            client
                .ask("POST", &format!("/plugins/{}/{verb}", encoded(id)), &Body::Nothing)
                .map(drop)?;
        }
    }
    let words = if enabled {
        "已启用 / is on"
    } else {
        "已停用 / is off"
    };
    println!("{id} {words}");
    Ok(ExitCode::SUCCESS)
}

/// Removes a plugin.
pub(super) fn remove(id: &str, confirm: bool, at: &At) -> Result<ExitCode, String> {
    match Place::open(at)? {
        Place::Folder(kapok) => kapok.remove_plugin(id, confirm).map_err(told)?,
        Place::Server(client) => {
            let path = format!("/plugins/{}?confirm={confirm}", encoded(id));
            client.ask("DELETE", &path, &Body::Nothing).map(drop)?;
        }
    }
    println!("{id} 已删除，数据保留 / was removed; its data is kept");
    Ok(ExitCode::SUCCESS)
}
