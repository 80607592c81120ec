//! Reading `plugin.toml`: the form by serde, the names by hand, and every complaint with its line.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, Text};
use serde::{Deserialize, de::IgnoredAny};
use toml::Spanned;

use super::{
    Action, AssigneeRule, Capabilities, Channel, Handler, IdentitySource, Input, InputType, Manifest, ManifestError,
    Report, Schedule, Setting,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    plugin: Identity,
    #[serde(default)]
    capabilities: Capabilities,
    #[serde(default)]
    hooks: Hooks,
    #[serde(default)]
    actions: BTreeMap<Spanned<String>, Action>,
    #[serde(default)]
    handlers: BTreeMap<Spanned<String>, Handler>,
    #[serde(default)]
    assignee_rules: BTreeMap<Spanned<String>, AssigneeRule>,
    #[serde(default)]
    reports: BTreeMap<Spanned<String>, Report>,
    #[serde(default)]
    schedules: BTreeMap<Spanned<String>, Schedule>,
    #[serde(default)]
    channels: BTreeMap<Spanned<String>, Channel>,
    #[serde(default)]
    identity_sources: BTreeMap<Spanned<String>, IdentitySource>,
    #[serde(default)]
    settings: BTreeMap<Spanned<String>, Setting>,
    // Read by the record layer.
    #[serde(rename = "entities")]
    _entities: Option<IgnoredAny>,
    #[serde(rename = "roles")]
    _roles: Option<IgnoredAny>,
    #[serde(rename = "permissions")]
    _permissions: Option<IgnoredAny>,
    #[serde(rename = "extend")]
    _extend: Option<IgnoredAny>,
    #[serde(rename = "dictionaries")]
    _dictionaries: Option<IgnoredAny>,
    #[serde(rename = "field_rules")]
    _field_rules: Option<IgnoredAny>,
    #[serde(rename = "totals")]
    _totals: Option<IgnoredAny>,
    #[serde(rename = "pages")]
    _pages: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    id: Spanned<String>,
    version: Spanned<String>,
    label: Text,
    #[serde(default)]
    needs: Vec<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Hooks {
    before_save: Vec<Spanned<String>>,
    after_save: Vec<Spanned<String>>,
    migrate: bool,
}

impl Manifest {
    /// Reads a `plugin.toml`. `file` is its name for messages.
    ///
    /// # Errors
    /// Everything that is wrong with the names, or the first thing that is wrong with the form.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<ManifestError>> {
        let mut check = Check {
            file,
            text,
            errors: Vec::new(),
        };
        let parsed: File = match toml::from_str(text) {
            Ok(parsed) => parsed,
            Err(error) => {
                check.form(&error);
                return Err(check.errors);
            }
        };
        check.names(&parsed);
        if !check.errors.is_empty() {
            return Err(check.errors);
        }
        Ok(Self {
            id: parsed.plugin.id.into_inner(),
            version: parsed.plugin.version.into_inner(),
            label: parsed.plugin.label,
            needs: parsed.plugin.needs.into_iter().map(Spanned::into_inner).collect(),
            capabilities: parsed.capabilities,
            before_save: entities(parsed.hooks.before_save),
            after_save: entities(parsed.hooks.after_save),
            migrates: parsed.hooks.migrate,
            actions: unspanned(parsed.actions),
            handlers: unspanned(parsed.handlers),
            assignee_rules: unspanned(parsed.assignee_rules),
            reports: unspanned(parsed.reports),
            schedules: unspanned(parsed.schedules),
            channels: unspanned(parsed.channels),
            identity_sources: unspanned(parsed.identity_sources),
            settings: unspanned(parsed.settings),
        })
    }
}

fn entities(names: Vec<Spanned<String>>) -> Vec<Entity> {
    names.into_iter().map(|name| Entity::new(name.into_inner())).collect()
}

fn unspanned<T>(entries: BTreeMap<Spanned<String>, T>) -> BTreeMap<String, T> {
    entries
        .into_iter()
        .map(|(name, entry)| (name.into_inner(), entry))
        .collect()
}

/// Collects what is wrong, with the line it is on.
struct Check<'a> {
    file: &'a str,
    text: &'a str,
    errors: Vec<ManifestError>,
}

impl Check<'_> {
    fn form(&mut self, error: &toml::de::Error) {
        let span = error.span().unwrap_or(0..0);
        let key = error
            .message()
            .starts_with("unknown field")
            .then(|| self.text.get(span.clone()).unwrap_or_default().to_owned());
        let text = match &key {
            Some(key) => Text::new(
                format!("不认识的键 {key}。请核对拼写：{}", error.message()),
                format!("Unknown key {key}. Check its spelling: {}", error.message()),
            ),
            None => Text::new(
                format!("写法不对：{}", error.message()),
                format!("This is not written as it should be: {}", error.message()),
            ),
        };
        self.push(span.start, key, text);
    }

    fn names(&mut self, file: &File) {
        let id = file.plugin.id.get_ref();
        self.name(&file.plugin.id);
        for name in file
            .plugin
            .needs
            .iter()
            .chain(file.channels.keys())
            .chain(file.identity_sources.keys())
            .chain(file.schedules.keys())
            .chain(file.settings.keys())
        {
            self.name(name);
        }
        let version = file.plugin.version.get_ref();
        if version.split('.').count() != 3 || version.split('.').any(|part| part.parse::<u32>().is_err()) {
            self.refuse(
                &file.plugin.version,
                "版本号要写成 1.2.3 的样子",
                "A version is written like 1.2.3",
            );
        }
        for entity in file.hooks.before_save.iter().chain(&file.hooks.after_save) {
            if !entity
                .get_ref()
                .split_once('.')
                .is_some_and(|(plugin, name)| is_name(plugin) && is_name(name))
            {
                self.refuse(
                    entity,
                    "实体要写成 插件.名称，例如 quotes.quote",
                    "An entity is written like plugin.name, such as quotes.quote",
                );
            }
        }
        for (name, Handler { inputs, .. }) in &file.handlers {
            self.own(id, name, inputs);
        }
        for (name, Action { inputs, .. }) in &file.actions {
            self.own(id, name, inputs);
        }
        for (name, Report { inputs, columns, .. }) in &file.reports {
            self.own(id, name, inputs);
            if columns.is_empty() {
                self.refuse(name, "报表至少要有一列", "A report has at least one column");
            }
        }
        for (name, AssigneeRule { inputs, .. }) in &file.assignee_rules {
            self.own(id, name, inputs);
        }
        for (name, source) in &file.identity_sources {
            if !source.sign_in && !source.organisation {
                self.refuse(
                    name,
                    "身份来源至少要写 sign_in = true 或 organisation = true 之一",
                    "An identity source has at least one of sign_in = true and organisation = true",
                );
            }
        }
        for (name, schedule) in &file.schedules {
            if schedule.cron.split_whitespace().count() != 5 {
                self.refuse(
                    name,
                    "cron 要写五项：分 时 日 月 星期，例如 0 2 * * *",
                    "cron has five parts: minute, hour, day, month, day of the week, such as 0 2 * * *",
                );
            }
        }
    }

    /// The name of something that the plugin offers, and what it takes.
    fn own(&mut self, id: &str, name: &Spanned<String>, inputs: &BTreeMap<String, Input>) {
        let own = name.get_ref().strip_prefix(id).and_then(|rest| rest.strip_prefix('.'));
        if !own.is_some_and(is_name) {
            self.refuse(
                name,
                &format!("名称要以 {id}. 开头，后面是小写字母、数字和连字符"),
                &format!("The name starts with {id}. and goes on in small letters, digits and hyphens"),
            );
        }
        if inputs
            .values()
            .any(|input| (input.kind == InputType::Record) != input.entity.is_some())
        {
            self.refuse(
                name,
                "类型为 record 的输入要写 entity，其他类型不能写",
                "An input of type record names its entity; no other does",
            );
        }
    }

    fn name(&mut self, name: &Spanned<String>) {
        if !is_name(name.get_ref()) {
            self.refuse(
                name,
                "名称以小写字母开头，只含小写字母、数字、连字符和下划线",
                "A name starts with a small letter and has only small letters, digits, hyphens and underscores",
            );
        }
    }

    fn refuse(&mut self, key: &Spanned<String>, zh: &str, en: &str) {
        let name = key.get_ref();
        let text = Text::new(format!("{name}：{zh}。"), format!("{name}: {en}."));
        self.push(key.span().start, Some(name.clone()), text);
    }

    fn push(&mut self, offset: usize, key: Option<String>, text: Text) {
        let line = self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
        self.errors.push(ManifestError {
            file: self.file.to_owned(),
            line,
            key,
            text,
        });
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[plugin]\nid = 'quotes'\nversion = '0.1.0'\nlabel = { zh = '报价', en = 'Quotes' }\n";

    #[test]
    fn a_whole_manifest_is_read() {
        let text = format!(
            "{HEAD}needs = ['customers']\n[capabilities.records]\n'quotes.quote' = ['read']\n[hooks]\nbefore_save = ['quotes.quote']\n\
             [handlers.'quotes.mark-approved']\nlabel = {{ zh = '批', en = 'Approve' }}\n\
             [handlers.'quotes.mark-approved'.inputs.quote]\nlabel = {{ zh = '单', en = 'Quote' }}\n\
             type = 'record'\nentity = 'quotes.quote'\nrequired = true\n\
             [assignee_rules.'quotes.by-region']\nlabel = {{ zh = '区', en = 'Region' }}\n\
             records.'customers.customer' = {{ read = ['region'] }}\n\
             [entities.'quotes.quote']\nanything = 1\n[roles]\n[permissions]\n[extend]\n[dictionaries]\n[field_rules]\n[totals]\n[pages]\n"
        );
        let manifest = Manifest::parse("plugin.toml", &text).unwrap();
        assert_eq!(manifest.needs, ["customers"]);
        assert_eq!(manifest.before_save, [Entity::new("quotes.quote")]);
        assert!(
            manifest.capabilities.records.contains_key(&Entity::new("quotes.quote")) && !manifest.capabilities.http
        );
        assert!(manifest.handlers["quotes.mark-approved"].inputs["quote"].required);
        let rule = &manifest.assignee_rules["quotes.by-region"];
        assert_eq!(rule.records[&Entity::new("customers.customer")].read, ["region"]);
        assert!(manifest.needs_component());
    }

    #[test]
    fn a_plugin_may_be_entities_alone() {
        assert!(!Manifest::parse("plugin.toml", HEAD).unwrap().needs_component());
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let cases = [
            ("[capabilities]\nfiles = true\n", 6, Some("files")),
            ("[gadgets]\n", 5, Some("gadgets")),
            ("[hooks]\nbefore_save = ['quote']\n", 6, Some("quote")),
            (
                "[handlers.'other.run']\nlabel = { zh = 'a', en = 'b' }\n",
                5,
                Some("other.run"),
            ),
            ("[capabilities]\nrecords.'x.y' = ['look']\n", 6, None),
            // A rule changes nothing.
            (
                "[assignee_rules.'quotes.r']\nlabel = { zh = 'a', en = 'b' }\nrecords.'x.y' = { update = ['z'] }\n",
                7,
                Some("update"),
            ),
            (
                "[schedules.night]\nlabel = { zh = 'a', en = 'b' }\ncron = '5 *'\n",
                5,
                Some("night"),
            ),
            (
                "[reports.'quotes.r']\nlabel = { zh = 'a', en = 'b' }\ncolumns = {}\n",
                5,
                Some("quotes.r"),
            ),
            ("[channels.SMS]\nlabel = { zh = 'a', en = 'b' }\n", 5, Some("SMS")),
            ("[channels.sms]\nlabel = 'SMS'\n", 6, None),
            ("[identity_sources.x]\nlabel = { zh = 'a', en = 'b' }\n", 5, Some("x")),
            ("[settings.url\n", 5, None),
        ];
        for (rest, line, key) in cases {
            let errors = Manifest::parse("plugin.toml", &format!("{HEAD}{rest}")).unwrap_err();
            assert_eq!(
                (errors[0].line, errors[0].key.as_deref()),
                (line, key),
                "{rest}: {}",
                errors[0]
            );
        }
        assert_eq!(Manifest::parse("plugin.toml", "").unwrap_err().len(), 1);
    }
}
