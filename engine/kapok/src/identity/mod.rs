//! Identity sources: what plugins say of who somebody is and who works here, and what comes of it. Whose account that is, only
//! links say (`tables::IdentityLink`); no phone number and no e-mail address ever lets anybody in.

mod plan;
mod read;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use kapok_plugin_host::{CameBack, IdentitySource, Plugin, SignInCall, SignInFailure, TechnicalFailure};
use kapok_protocol::{Refusal, RefusalKind, Text, Timestamp};
use kapok_tables::{LinkedKind, Queries};

pub(crate) use plan::{Here, Plan, Planned};
pub use plan::{MatchedBy, Outside};

use crate::{
    Clock, Error, Kapok, Secret, Staff,
    plugins::{Caller, faulty},
};

/// Where people sign in, or where the organisation is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceView {
    /// Its name, such as `wecom.wecom`: the plugin's and its own.
    pub id: String,
    /// What people call it.
    pub label: Text,
}

/// What was last read of an organisation: what an administrator looks at is what is applied, without asking again.
#[derive(Default)]
pub(crate) struct LastRead {
    kept: Mutex<Option<Kept>>,
    /// Held by who reads.
    reading: Mutex<()>,
}

struct Kept {
    source: String,
    at: Timestamp,
    outside: Outside,
    /// Whether reading took so long that whoever asked has been told to look again.
    is_late: bool,
}

/// It is forgotten after this long, in milliseconds.
const KEPT: i64 = 3_600_000;
/// Nobody waits longer for an answer, in milliseconds: what comes later is there when they look again.
const PATIENCE: i64 = 50_000;

impl LastRead {
    /// Reads, one at a time; or finds what came too late the last time.
    pub(crate) fn read(
        &self,
        source: &str,
        clock: &dyn Clock,
        read: impl FnOnce() -> Result<Outside, Error>,
    ) -> Result<Outside, Error> {
        let _turn = match self.reading.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(still_reading()),
        };
        let begun = clock.now();
        if let Some(kept) = self
            .kept()
            .as_mut()
            .filter(|kept| kept.is_late && kept.holds(source, begun))
        {
            kept.is_late = false;
            return Ok(kept.outside.clone());
        }
        let outside = read()?;
        let at = clock.now();
        *self.kept() = Some(Kept {
            source: source.to_owned(),
            at,
            outside: outside.clone(),
            is_late: at >= begun.plus_millis(PATIENCE),
        });
        Ok(outside)
    }

    /// Gives it away: it is applied once.
    pub(crate) fn take(&self, source: &str, now: Timestamp) -> Option<Outside> {
        let kept = self.kept().take()?;
        kept.holds(source, now).then_some(kept.outside)
    }

    fn kept(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn holds(&self, source: &str, now: Timestamp) -> bool {
        self.source == source && now < self.at.plus_millis(KEPT)
    }
}

fn still_reading() -> Error {
    Refusal::new(
        RefusalKind::Conflict,
        "sync.reading",
        "正在读取组织，人多时要几分钟。请稍候再看。",
        "The organisation is being read, which takes some minutes when it is large. Look again in a moment.",
    )
    .into()
}

impl Kapok {
    /// Where people can sign in.
    pub fn sign_in_sources(&self) -> Vec<SourceView> {
        self.sources(|source| source.sign_in)
    }

    /// The sources that are ready for something: their plugin runs, and everything it needs to know has been set.
    pub(crate) fn sources(&self, offers: impl Fn(&IdentitySource) -> bool) -> Vec<SourceView> {
        let plugins = &self.shared.plugins;
        let mut found = Vec::new();
        for entry in plugins.now().entries() {
            let Some(plugin) = &entry.plugin else { continue };
            let is_set = |setting: &crate::PluginSetting| setting.is_set || !setting.setting.required;
            if !plugins.state_of(entry).settings.iter().all(is_set) {
                continue;
            }
            let sources = plugin.manifest().identity_sources.iter();
            found.extend(
                sources
                    .filter(|(_, source)| offers(source))
                    .map(|(name, source)| SourceView {
                        id: format!("{}.{name}", entry.id),
                        label: source.label.clone(),
                    }),
            );
        }
        found
    }

    /// The plugin of a source, and the source's name in its manifest.
    pub(crate) fn source(
        &self,
        source: &str,
        offers: impl Fn(&IdentitySource) -> bool,
    ) -> Result<(Plugin, String), Error> {
        let unknown = || {
            Error::from(Refusal::new(
                RefusalKind::NotFound,
                "sign-in.source",
                "没有这个登录方式，或者它还没有设置好。请联系管理员。",
                "There is no such way to sign in, or it is not set up. Ask the administrator.",
            ))
        };
        if !self.sources(offers).iter().any(|known| known.id == source) {
            return Err(unknown());
        }
        let (plugin, name) = source.split_once('.').ok_or_else(unknown)?;
        let plugin = self.shared.plugins.by_id(plugin).ok_or_else(unknown)?;
        Ok((plugin, name.to_owned()))
    }

    /// Where the browser of somebody who wants to sign in is sent, to come back to `return_to` with the same state.
    pub fn sign_in_address(&self, source: &str, return_to: &str, state: &str) -> Result<String, Error> {
        let answered = self.ask_sign_in_address(source, return_to, state)?;
        answered.map_err(|failure| failed(&failure))
    }

    /// The same, as the plugin answers it.
    pub fn ask_sign_in_address(
        &self,
        source: &str,
        return_to: &str,
        state: &str,
    ) -> Result<Result<String, TechnicalFailure>, Error> {
        let (plugin, name) = self.source(source, |source| source.sign_in)?;
        let call = self.shared.plugins.call(&self.shared, &plugin, Caller::System);
        let asked = SignInCall {
            source: name,
            return_to: return_to.to_owned(),
            state: state.to_owned(),
        };
        plugin.sign_in_address(&call, &asked).map_err(faulty)
    }

    /// Who the other side says has signed in, by its own id.
    pub fn who_signed_in(&self, source: &str, return_to: &str, query: Vec<(String, String)>) -> Result<String, Error> {
        let answered = self.ask_who_signed_in(source, return_to, query)?;
        answered.map_err(|failure| match failure {
            SignInFailure::Refused(text) => {
                Refusal::new(RefusalKind::Forbidden, "sign-in.refused", text.zh, text.en).into()
            }
            SignInFailure::Failed(failure) => failed(&failure),
        })
    }

    /// The same, as the plugin answers it.
    pub fn ask_who_signed_in(
        &self,
        source: &str,
        return_to: &str,
        query: Vec<(String, String)>,
    ) -> Result<Result<String, SignInFailure>, Error> {
        let (plugin, name) = self.source(source, |source| source.sign_in)?;
        let call = self.shared.plugins.call(&self.shared, &plugin, Caller::System);
        let asked = CameBack {
            source: name,
            return_to: return_to.to_owned(),
            query,
            key: Secret::draw()?.reveal().to_owned(),
        };
        plugin.who_signed_in(&call, &asked).map_err(faulty)
    }

    /// Signs in whoever is linked with somebody of a source, and nobody else.
    pub fn sign_in_as(&self, source: &str, external: &str) -> Result<(Staff, Secret), Error> {
        let link = Queries(&self.shared.store.view()).identity_link(LinkedKind::Person, source, external)?;
        let link = link.ok_or_else(|| {
            Refusal::new(
                RefusalKind::Forbidden,
                "sign-in.unlinked",
                "这个外部账号还没有连接到系统里的人员。请先用密码登录，再在账号菜单里连接，或请管理员同步组织。",
                "This account is not connected with anybody here. Sign in with a password and connect it in the account menu, or ask \
                 the administrator to synchronise the organisation.",
            )
        })?;
        let inactive = |_| {
            Error::from(Refusal::new(
                RefusalKind::Forbidden,
                "sign-in.inactive",
                "该账号已停用。请联系管理员。",
                "This account is not active. Ask the administrator.",
            ))
        };
        let staff = self.staff(link.record.into()).map_err(inactive)?;
        let secret = self.begin_session(link.record.into())?;
        Ok((staff, secret))
    }
}

/// That the other side could not be asked. What it says is for whoever repairs it.
fn failed(failure: &TechnicalFailure) -> Error {
    let message = &failure.message;
    Refusal::new(
        RefusalKind::Unavailable,
        "sign-in.failed",
        format!("外部系统没有给出可用的答复：{message}"),
        format!("The other system could not be asked: {message}"),
    )
    .into()
}
