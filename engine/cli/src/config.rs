//! The configuration file. An unknown key is an error that names file and line: a misspelt setting must not be one that
//! is not there.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use kapok::{
    BackupSettings, DailyTime, MailSettings, OutgoingSecret,
    notify::{AllowedOrigin, SmtpConfig, Tls, Transport},
};
use serde::Deserialize;

/// The settings of `kapok serve`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) engine: Engine,
    pub(crate) backup: Option<Backup>,
    pub(crate) keep: Keep,
    mail: Option<Mail>,
    plugins: Plugins,
    outbound: Vec<Outbound>,
    secrets: BTreeMap<String, RequestSecret>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Server {
    pub(crate) listen: Option<SocketAddr>,
    /// Where browsers reach it, such as `https://kapok.example.com`.
    pub(crate) base_url: Option<String>,
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Engine {
    /// Drawn durations are divided by this.
    pub(crate) shorten: Option<u32>,
    /// How far company time is ahead of UTC.
    pub(crate) utc_offset_minutes: Option<i32>,
}

/// How many days things are kept that nothing depends on any more; for ever, where nothing is said.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Keep {
    /// Cases that have ended, with their to-dos and their history.
    pub(crate) cases: Option<u32>,
    /// Mail and SMS that have left or failed.
    pub(crate) messages: Option<u32>,
    /// Records in the trash.
    pub(crate) trash: Option<u32>,
}

/// Backups that are made by themselves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Backup {
    /// When, in company time.
    at: String,
    /// How many are kept.
    #[serde(default = "Backup::usual_keep")]
    keep: usize,
    /// Where to: a folder that holds nothing else, best on another disk.
    pub(crate) to: PathBuf,
}

impl Backup {
    fn usual_keep() -> usize {
        7
    }
}

/// How mail leaves: a server, or a folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mail {
    from: String,
    host: Option<String>,
    port: Option<u16>,
    tls: Option<Tls>,
    user: Option<String>,
    password: Option<Secret>,
    folder: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
struct Plugins {
    /// Where plugins lie, instead of those that are built in.
    folder: Option<PathBuf>,
    /// The settings of each plugin, by its id.
    #[serde(flatten)]
    settings: BTreeMap<String, BTreeMap<String, Setting>>,
}

/// A setting of a plugin: a text, or a map of texts.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Setting {
    Text(Secret),
    Map(BTreeMap<String, Secret>),
}

/// A secret that drawn requests name: for every address that is allowed, or for some.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RequestSecret {
    Everywhere(Secret),
    For(ScopedSecret),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopedSecret {
    value: Secret,
    /// The origins to which it may be sent.
    origins: Vec<String>,
}

/// An address that plugins and drawn requests may call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Outbound {
    origin: String,
    /// Whether it is in the company's own network.
    #[serde(default)]
    private: bool,
}

/// A text that may be kept out of the file: `env:NAME` stands for an environment variable.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Secret {
    fn reveal(&self) -> Result<String, String> {
        match self.0.strip_prefix("env:") {
            None => Ok(self.0.clone()),
            Some(name) => std::env::var(name).map_err(|_| format!("the environment variable {name} is not set")),
        }
    }
}

impl Config {
    /// Reads a file; without one, everything is as it is by default.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, String> {
        let Some(file) = file else { return Ok(Self::default()) };
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = fs::read_to_string(file).map_err(|error| told(&error))?;
        toml::from_str(&text).map_err(|error| told(&error))
    }

    /// How backups are made by themselves, if it is said; `file` is where this was read from.
    pub(crate) fn backup(&self, file: Option<&Path>) -> Result<Option<BackupSettings>, String> {
        let Some(backup) = &self.backup else { return Ok(None) };
        let at = DailyTime::parse(&backup.at)
            .ok_or_else(|| format!("[backup] at: {:?} is no time of day such as \"02:30\"", backup.at))?;
        if backup.keep == 0 {
            return Err("[backup] keep: at least 1 is kept".to_owned());
        }
        Ok(Some(BackupSettings {
            at,
            keep: backup.keep,
            to: backup.to.clone(),
            configuration: file.map(Path::to_path_buf),
        }))
    }

    /// How mail leaves, if it is said.
    pub(crate) fn mail(&self) -> Result<Option<MailSettings>, String> {
        let Some(mail) = &self.mail else { return Ok(None) };
        let transport = match (&mail.folder, &mail.host) {
            (Some(folder), None) => Transport::Folder(folder.clone()),
            (None, Some(host)) => {
                let tls = mail.tls.unwrap_or(Tls::Tls);
                let usual = match tls {
                    Tls::Tls => 465,
                    Tls::StartTls => 587,
                    Tls::None => 25,
                };
                Transport::Smtp(SmtpConfig {
                    host: host.clone(),
                    port: mail.port.unwrap_or(usual),
                    tls,
                    user: mail.user.clone(),
                    password: mail.password.as_ref().map(Secret::reveal).transpose()?,
                })
            }
            _ => return Err("[mail] needs either host (a mail server) or folder".to_owned()),
        };
        Ok(Some(MailSettings {
            transport,
            host: host_of(&mail.from),
            from: mail.from.clone(),
        }))
    }

    /// The addresses that plugins may call.
    pub(crate) fn allowed(&self) -> Vec<AllowedOrigin> {
        let outbound = self.outbound.iter();
        outbound
            .map(|one| AllowedOrigin {
                origin: one.origin.clone(),
                private: one.private,
            })
            .collect()
    }

    /// What drawn requests may carry, by name.
    pub(crate) fn secrets(&self) -> Result<BTreeMap<String, OutgoingSecret>, String> {
        let secrets = self.secrets.iter().map(|(name, secret)| {
            let (value, origins) = match secret {
                RequestSecret::Everywhere(value) => (value, Vec::new()),
                RequestSecret::For(scoped) => (&scoped.value, scoped.origins.clone()),
            };
            let value = value.reveal()?;
            Ok((name.clone(), OutgoingSecret { value, origins }))
        });
        secrets.collect()
    }

    /// Where plugins lie, when those that are built in are not wanted.
    pub(crate) fn plugin_folder(&self) -> Option<&Path> {
        self.plugins.folder.as_deref()
    }

    /// The settings of each plugin; an entry of a map is named `setting.entry`.
    pub(crate) fn plugin_settings(&self) -> Result<BTreeMap<String, BTreeMap<String, String>>, String> {
        let mut all = BTreeMap::new();
        for (plugin, settings) in &self.plugins.settings {
            let mut flat = BTreeMap::new();
            for (name, setting) in settings {
                match setting {
                    Setting::Text(text) => {
                        flat.insert(name.clone(), text.reveal()?);
                    }
                    Setting::Map(entries) => {
                        for (entry, text) in entries {
                            flat.insert(format!("{name}.{entry}"), text.reveal()?);
                        }
                    }
                }
            }
            all.insert(plugin.clone(), flat);
        }
        Ok(all)
    }
}

/// The name behind the `@` of a sender.
fn host_of(from: &str) -> String {
    let host = from.rsplit_once('@').map_or("localhost", |(_, host)| host);
    host.trim_end_matches('>').trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        toml::from_str(text).map_err(|error: toml::de::Error| error.to_string())
    }

    #[test]
    fn what_is_misspelt_is_named_with_its_line() {
        for (text, key) in [
            ("[server]\nlistn = \"127.0.0.1:1\"", "listn"),
            ("[serwer]\n", "serwer"),
            ("[engine]\nshorten = 2\ncalendar = 1", "calendar"),
            ("[backup]\nat = \"02:30\"\nto = \"x\"\nkeeep = 1", "keeep"),
            ("[mail]\nfrom = \"a@b\"\nfolder = \"x\"\nhosst = \"y\"", "hosst"),
            ("[[outbound]]\norigin = \"http://a\"\nprivat = true", "privat"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(key) && error.contains("line"), "{error}");
        }
    }

    #[test]
    fn settings_of_plugins_are_flat() {
        let config = read(
            "[plugins]\nfolder = \"p\"\n[plugins.sms-http]\nurl = \"http://a/\"\ntemplate = { reminder = \"SMS_1\" }",
        )
        .unwrap();
        let settings = &config.plugin_settings().unwrap()["sms-http"];
        assert_eq!(settings["url"], "http://a/");
        assert_eq!(settings["template.reminder"], "SMS_1");
        assert_eq!(config.plugin_folder(), Some(Path::new("p")));
    }

    #[test]
    fn secrets_are_for_all_addresses_or_for_some() {
        let config =
            read("[secrets]\nerp = \"a\"\nbank = { value = \"b\", origins = [\"https://bank.example.com\"] }").unwrap();
        let secrets = config.secrets().unwrap();
        assert_eq!((secrets["erp"].value.as_str(), secrets["erp"].origins.len()), ("a", 0));
        assert_eq!(secrets["bank"].origins, ["https://bank.example.com"]);
        assert!(
            !format!("{config:?}{secrets:?}").contains("\"b\""),
            "they are never shown"
        );
        assert!(read("[secrets]\nbank = { value = \"b\", origin = \"x\" }").is_err());
    }

    #[test]
    fn backups_have_a_time_and_a_place() {
        let backup = |text: &str| read(text).unwrap().backup(Some(Path::new("kapok.toml")));
        assert!(backup("").unwrap().is_none());
        let settings = backup("[backup]\nat = \"02:30\"\nto = \"/mnt/backup\"")
            .unwrap()
            .unwrap();
        assert_eq!((settings.keep, settings.to.as_path()), (7, Path::new("/mnt/backup")));
        assert_eq!(settings.configuration.as_deref(), Some(Path::new("kapok.toml")));
        for wrong in ["at = \"2:30\"\nto = \"x\"", "at = \"02:30\"\nto = \"x\"\nkeep = 0"] {
            let error = backup(&format!("[backup]\n{wrong}")).unwrap_err();
            assert!(error.contains("[backup]"), "{error}");
        }
        assert!(read("[backup]\nat = \"02:30\"").is_err());
    }

    #[test]
    fn mail_goes_to_a_server_or_to_a_folder() {
        let mail = |text: &str| read(text).unwrap().mail();
        assert!(mail("").unwrap().is_none());
        assert!(mail("[mail]\nfrom = \"a@b\"").is_err());
        assert!(mail("[mail]\nfrom = \"a@b\"\nhost = \"c\"\nfolder = \"d\"").is_err());
        let settings = mail("[mail]\nfrom = \"Kapok <kapok@example.com>\"\nhost = \"mx\"")
            .unwrap()
            .unwrap();
        assert_eq!(settings.host, "example.com");
        assert!(matches!(
            settings.transport,
            Transport::Smtp(SmtpConfig {
                port: 465,
                tls: Tls::Tls,
                ..
            })
        ));
        assert!(mail("[mail]\nfrom = \"a@b\"\nhost = \"c\"\npassword = \"env:KAPOK_TEST_IS_NOT_SET\"").is_err());
    }
}
