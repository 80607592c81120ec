//! `kapok service install`: a unit for systemd.

use std::{
    env,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use kapok::protocol::Text;

use crate::{
    commands::{Service, ServiceAction, ServiceInstall},
    config::Config,
};

const UNITS: &str = "/etc/systemd/system";
/// It is there when systemd runs the machine.
const RUNNING: &str = "/run/systemd/system";

/// What the unit is made of.
struct Unit<'a> {
    name: &'a str,
    binary: &'a Path,
    data: &'a Path,
    config: Option<&'a Path>,
    /// Where scheduled backups go.
    backups: Option<&'a Path>,
    user: &'a str,
    /// Whether it listens on a port that only the system may use.
    low_port: bool,
}

/// Writes or prints a unit.
pub(crate) fn service(options: &Service) -> Result<ExitCode, String> {
    let ServiceAction::Install(install) = &options.action;
    let config = Config::read(install.config.as_deref())?;
    let absolute = |path: &Path| std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()));
    let (data, binary) = (
        absolute(&install.data)?,
        env::current_exe().map_err(|error| error.to_string())?,
    );
    let settings = install.config.as_deref().map(absolute).transpose()?;
    let backups = config.backup.as_ref().map(|backup| absolute(&backup.to)).transpose()?;
    if !is_name(&install.name) || !is_name(&install.user) {
        return Err(Text::new(
            "--name 和 --user 只能由字母、数字、“-”和“_”组成。",
            "--name and --user are made of letters, digits, “-” and “_”.",
        )
        .to_string());
    }
    let unit = unit(&Unit {
        name: &install.name,
        binary: &binary,
        data: &data,
        config: settings.as_deref(),
        backups: backups.as_deref(),
        user: &install.user,
        low_port: config.server.listen.is_some_and(|listen| listen.port() < 1024),
    });
    if install.print {
        print!("{unit}");
        return Ok(ExitCode::SUCCESS);
    }
    let file = write(install, &unit)?;
    println!("{}", next_steps(install, &file, &data));
    Ok(ExitCode::SUCCESS)
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !name.is_empty() && !name.starts_with('-') && name.bytes().all(plain)
}

fn write(install: &ServiceInstall, unit: &str) -> Result<PathBuf, String> {
    if !Path::new(RUNNING).is_dir() {
        return Err(Text::new(
            "这台机器不由 systemd 管理，没有写入任何内容。--print 只显示服务文件。",
            "This machine is not run by systemd, so nothing was written. --print shows the unit.",
        )
        .to_string());
    }
    let file = Path::new(UNITS).join(format!("{}.service", install.name));
    let made = OpenOptions::new().write(true).create_new(true).open(&file);
    let shown = file.display();
    let mut made = made.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Text::new(
            format!("{shown} 已存在。请先删除它，或用 --name 换一个名字。"),
            format!("{shown} is there already. Remove it first, or choose another --name."),
        )
        .to_string(),
        ErrorKind::PermissionDenied => Text::new(
            format!("没有写入 {shown} 的权限，请用 sudo 运行。"),
            format!("{shown} may not be written: run this with sudo."),
        )
        .to_string(),
        _ => format!("{shown}: {error}"),
    })?;
    let written = made.write_all(unit.as_bytes()).and_then(|()| made.sync_all());
    written.map_err(|error| {
        let _ = fs::remove_file(&file);
        format!("{shown}: {error}")
    })?;
    Ok(file)
}

/// The unit. It may write where its data and backups are and nowhere else. Memory may become code in it, since plugins
/// are compiled when they are loaded.
fn unit(unit: &Unit<'_>) -> String {
    let mut command = format!("{} serve --data {}", quoted(unit.binary), quoted(unit.data));
    if let Some(config) = unit.config {
        command += &format!(" --config {}", quoted(config));
    }
    let mut writable = quoted(unit.data);
    if let Some(backups) = unit.backups {
        writable += &format!(" {}", quoted(backups));
    }
    let secrets = environment(unit.name);
    let (user, port) = (unit.user, if unit.low_port { "CAP_NET_BIND_SERVICE" } else { "" });
    format!(
        "[Unit]
Description=Kapok
After=network-online.target
Wants=network-online.target

[Service]
User={user}
ExecStart={command}
EnvironmentFile=-{secrets}
Restart=on-failure
RestartSec=2
TimeoutStopSec=120
UMask=0077
LimitNOFILE=65536
AmbientCapabilities={port}
CapabilityBoundingSet={port}
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={writable}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service

[Install]
WantedBy=multi-user.target
"
    )
}

/// Where what the configuration takes from the environment is written, one `NAME=value` a line.
fn environment(name: &str) -> String {
    format!("/etc/{name}.env")
}

/// A path as systemd reads it back.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('%', "%%")
        .replace('$', "$$");
    if escaped.contains([' ', '\'']) || escaped != text {
        format!("\"{escaped}\"")
    } else {
        escaped
    }
}

fn next_steps(install: &ServiceInstall, file: &Path, data: &Path) -> Text {
    let secrets = environment(&install.name);
    let (user, name, data, file) = (&install.user, &install.name, data.display(), file.display());
    let steps = format!(
        "
  useradd --system --shell /usr/sbin/nologin {user}
  install -d -o {user} -g {user} -m 700 {data}
  sudo -u {user} kapok user add admin --administrator --data {data}
  systemctl daemon-reload
  systemctl enable --now {name}
  systemctl status {name}"
    );
    Text::new(
        format!("已写入 {file}。配置中的 env:NAME 请写入 {secrets}（权限 600）。接下来（已做过的可跳过）：{steps}\n"),
        format!(
            "{file} is written. What the configuration takes from the environment (env:NAME) goes to {secrets}, mode 600. \
             Next (leave out what is done already):{steps}"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(data: &str, config: Option<&str>, backups: Option<&str>, low_port: bool) -> String {
        unit(&Unit {
            name: "kapok",
            binary: Path::new("/usr/local/bin/kapok"),
            data: Path::new(data),
            config: config.map(Path::new),
            backups: backups.map(Path::new),
            user: "kapok",
            low_port,
        })
    }

    #[test]
    fn a_unit_serves_the_data_and_writes_nowhere_else() {
        let plain = made("/var/lib/kapok", None, None, false);
        for line in [
            "ExecStart=/usr/local/bin/kapok serve --data /var/lib/kapok",
            "User=kapok",
            "EnvironmentFile=-/etc/kapok.env",
            "ReadWritePaths=/var/lib/kapok",
            "ProtectSystem=strict",
            "CapabilityBoundingSet=",
        ] {
            assert!(plain.lines().any(|found| found == line), "{line}: {plain}");
        }
        let more = made("/srv/my data", Some("/etc/100%.toml"), Some("/mnt/backup"), true);
        for line in [
            "ExecStart=/usr/local/bin/kapok serve --data \"/srv/my data\" --config \"/etc/100%%.toml\"",
            "ReadWritePaths=\"/srv/my data\" /mnt/backup",
            "AmbientCapabilities=CAP_NET_BIND_SERVICE",
        ] {
            assert!(more.lines().any(|found| found == line), "{line}: {more}");
        }
        // Plugins could not be compiled with it.
        assert!(!plain.contains("MemoryDenyWriteExecute"));
    }

    #[test]
    fn names_cannot_reach_out_of_their_place() {
        for (name, good) in [
            ("kapok", true),
            ("kapok-2_b", true),
            ("", false),
            ("../x", false),
            ("a b", false),
            ("-x", false),
        ] {
            assert_eq!(is_name(name), good, "{name}");
        }
    }
}
