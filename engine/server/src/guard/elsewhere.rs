//! Signing in through an identity source. What the other side says is believed only for a browser that was sent there.

use std::net::IpAddr;

use axum::http::StatusCode;
use kapok::{Secret, SourceView};
use url::Url;

use super::{Gate, Signed};
use crate::{
    pending::{self, Begun},
    problem::Problem,
};

/// Where a browser is to go, and the state it keeps.
pub(crate) struct Sent {
    pub(crate) address: String,
    pub(crate) state: String,
}

/// What came back from the other side.
pub(crate) struct Return {
    pub(crate) source: String,
    /// The state in the browser's cookie.
    pub(crate) cookie: Option<String>,
    pub(crate) query: Vec<(String, String)>,
}

/// How a sign-in ended.
pub(crate) struct Ended {
    /// The page of ours to show.
    pub(crate) to: String,
    /// Whether somebody connected their account, rather than signing in.
    pub(crate) connects: bool,
    /// The secret of the new session, if one began; or why not.
    pub(crate) outcome: Result<Option<String>, Problem>,
}

impl Gate {
    /// Where people can sign in elsewhere.
    pub(crate) async fn sign_in_sources(&self) -> Result<Vec<SourceView>, Problem> {
        let kapok = self.0.kapok.clone();
        self.call(move || Ok(kapok.sign_in_sources())).await
    }

    /// Begins a sign-in, or the connecting of somebody's account; `origin` is where browsers reach this server.
    pub(crate) async fn begin_elsewhere(
        &self,
        source: String,
        to: Option<&str>,
        origin: Option<Url>,
        address: IpAddr,
        connects: Option<Signed>,
    ) -> Result<Sent, Problem> {
        let inner = &self.0;
        let now = inner.config.clock.now();
        if !inner.throttle.allows_from(address, now) {
            return Err(too_often());
        }
        let return_to = origin
            .and_then(|origin| origin.join(&format!("/api/v1/sign-in/{source}/return")).ok())
            .ok_or_else(no_base_url)?;
        let state = Secret::draw()?.reveal().to_owned();
        let begun = Begun {
            source: source.clone(),
            return_to: return_to.to_string(),
            to: to.and_then(pending::local).unwrap_or("/").to_owned(),
            connects,
        };
        let (kapok, sent) = (inner.kapok.clone(), state.clone());
        let address = self.call(move || kapok.sign_in_address(&source, return_to.as_str(), &sent));
        let address = address.await?;
        if !inner.pending.begin(&state, begun, now) {
            return Err(too_often());
        }
        Ok(Sent { address, state })
    }

    /// Ends a sign-in with what the other side sent back.
    pub(crate) async fn end_elsewhere(&self, back: Return, address: IpAddr) -> Ended {
        let inner = &self.0;
        let now = inner.config.clock.now();
        let ended = |to: &str, connects, outcome| Ended {
            to: to.to_owned(),
            connects,
            outcome,
        };
        if !inner.throttle.allows_from(address, now) {
            return ended("/", false, Err(too_often()));
        }
        let state = back.query.iter().find(|(name, _)| name == "state");
        let begun = match (state, &back.cookie) {
            (Some((_, state)), Some(cookie)) => inner.pending.end(state, cookie, &back.source, now),
            _ => None,
        };
        let Some(begun) = begun else {
            inner.throttle.failed_from(address, now);
            return ended("/", false, Err(expired()));
        };
        let connects = begun.connects.is_some();
        let to = begun.to.clone();
        let outcome = self.believe(begun, back.query).await;
        if outcome
            .as_ref()
            .is_err_and(|problem| problem.status() == StatusCode::FORBIDDEN)
        {
            inner.throttle.failed_from(address, now);
        }
        ended(&to, connects, outcome)
    }

    async fn believe(&self, begun: Begun, query: Vec<(String, String)>) -> Result<Option<String>, Problem> {
        let kapok = self.0.kapok.clone();
        let Begun {
            source,
            return_to,
            connects,
            ..
        } = begun;
        self.call(move || {
            let external = kapok.who_signed_in(&source, &return_to, query)?;
            match connects {
                Some(signed) => signed.staff.connect(&source, &external).map(|()| None),
                None => {
                    let (_, secret) = kapok.sign_in_as(&source, &external)?;
                    Ok(Some(secret.reveal().to_owned()))
                }
            }
        })
        .await
    }
}

fn too_often() -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "sign-in.throttled",
        "登录失败次数太多，请 15 分钟后再试。",
        "Signing in has failed too often. Try again in 15 minutes.",
    )
}

fn expired() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "sign-in.expired",
        "这次登录已失效。请回到登录页重新开始。",
        "This sign-in is over. Begin again on the sign-in page.",
    )
}

fn no_base_url() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "sign-in.no-base-url",
        "服务器还没有设置访问地址，不能从外部登录。请管理员在配置文件里填写 [server] base_url。",
        "The server does not know its own address, so nobody can sign in from elsewhere. The administrator gives it in the configuration \
         as base_url under [server].",
    )
}
