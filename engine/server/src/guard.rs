//! The only way from a request to the engine.
//!
//! The engine is private to this module. A route asks for [`Signed`] or [`Admin`] among its arguments and gets the
//! rights of whoever sent the request, or the request ends here. What may be asked without signing in is written out
//! below, one method each.

mod elsewhere;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
};
use kapok::{Administrator, DemoPerson, Health, Kapok, Staff, Worker, operate::Overview};
use tokio::sync::{Semaphore, watch};
use url::Url;

use crate::{
    Config, idempotency::RequestName, origin, pending::Pending, problem::Problem, session, throttle::Throttle,
};

pub(crate) use elsewhere::{Ended, Return};

/// Engine calls at one time; more wait their turn.
const CALLS: usize = 64;
/// Passwords checked at one time: each takes some 20 MiB and a moment of a core.
const PASSWORD_CHECKS: usize = 2;

/// The door: what every request shares.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Inner>);

struct Inner {
    kapok: Kapok,
    config: Config,
    throttle: Throttle,
    pending: Pending,
    calls: Arc<Semaphore>,
    password_checks: Semaphore,
    stopping: watch::Receiver<bool>,
}

impl Gate {
    pub(crate) fn new(kapok: Kapok, config: Config, stopping: watch::Receiver<bool>) -> Self {
        Self(Arc::new(Inner {
            kapok,
            config,
            throttle: Throttle::default(),
            pending: Pending::default(),
            calls: Arc::new(Semaphore::new(CALLS)),
            password_checks: Semaphore::new(PASSWORD_CHECKS),
            stopping,
        }))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    /// Turns true when the server stops: what would go on for ever ends then.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.clone()
    }

    /// Signs a person in; answers the secret of the session.
    pub(crate) async fn sign_in(
        &self,
        login: String,
        password: String,
        address: IpAddr,
    ) -> Result<(Signed, String), Problem> {
        let inner = &self.0;
        let now = || inner.config.clock.now();
        let too_often = || {
            Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "session.throttled",
                "登录失败次数太多，请 15 分钟后再试。",
                "Signing in has failed too often. Try again in 15 minutes.",
            )
        };
        if !inner.throttle.allows(&login, address, now()) {
            return Err(too_often());
        }
        let _turn = inner
            .password_checks
            .acquire()
            .await
            .map_err(|error| Problem::internal(&error))?;
        // Whoever waited for a turn may have failed elsewhere meanwhile.
        if !inner.throttle.allows(&login, address, now()) {
            return Err(too_often());
        }
        let (kapok, name) = (inner.kapok.clone(), login.clone());
        let signed_in = self.call(move || kapok.sign_in(&name, &password)).await;
        match signed_in {
            Ok((staff, secret)) => {
                inner.throttle.succeeded(&login, address);
                Ok((
                    Signed {
                        staff,
                        gate: self.clone(),
                    },
                    secret.reveal().to_owned(),
                ))
            }
            Err(problem) => {
                if problem.status() == StatusCode::UNAUTHORIZED {
                    inner.throttle.failed(&login, address, now());
                }
                Err(problem)
            }
        }
    }

    /// Ends the session of a cookie, if it is one.
    pub(crate) async fn sign_out(&self, secret: String) -> Result<(), Problem> {
        let kapok = self.0.kapok.clone();
        self.call(move || kapok.sign_out(&secret)).await
    }

    /// The people of a demonstration; nobody otherwise.
    pub(crate) fn demo_people(&self) -> Option<Vec<DemoPerson>> {
        self.0.config.demo.then(|| self.0.kapok.demo_people())
    }

    /// Whether the engine takes commands.
    pub(crate) fn health(&self) -> Health {
        self.0.kapok.health()
    }

    /// The number of the last commit.
    pub(crate) fn sequence(&self) -> u64 {
        self.0.kapok.sequence()
    }

    /// Whose request it is.
    pub(crate) async fn identify(&self, credentials: &Credentials) -> Result<Option<Signed>, Problem> {
        let (kapok, credentials) = (self.0.kapok.clone(), credentials.clone());
        let staff = self.call(move || match &credentials {
            Credentials::Session(secret) => kapok.session(secret),
            Credentials::Token(secret) => kapok.token(secret),
        });
        Ok(staff.await?.map(|staff| Signed {
            staff,
            gate: self.clone(),
        }))
    }

    /// Whether a request is somebody's: a person's, or an outside worker's.
    pub(crate) async fn knows(&self, credentials: &Credentials) -> bool {
        matches!(self.identify(credentials).await, Ok(Some(_)))
            || matches!(self.outside(credentials).await, Ok(Some(_)))
    }

    /// The outside worker whose token it is.
    async fn outside(&self, credentials: &Credentials) -> Result<Option<Worker>, Problem> {
        let Credentials::Token(secret) = credentials.clone() else {
            return Ok(None);
        };
        let kapok = self.0.kapok.clone();
        self.call(move || kapok.worker(&secret)).await
    }

    /// Calls the engine, which may wait for the disk, on a thread that may wait.
    async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> Result<T, kapok::Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self
            .0
            .calls
            .clone()
            .acquire_owned()
            .await
            .map_err(|error| Problem::internal(&error))?;
        let called = tokio::task::spawn_blocking(move || {
            // Held until the call ends, even when the request is given up meanwhile.
            let _turn = turn;
            call()
        });
        Ok(called.await.map_err(|error| Problem::internal(&error))??)
    }
}

/// How a request says who sends it.
#[derive(Clone)]
pub(crate) enum Credentials {
    /// A browser's cookie.
    Session(String),
    /// A program's token.
    Token(String),
}

impl Credentials {
    /// The credentials of a request; a token counts before a cookie, because it was sent on purpose.
    pub(crate) fn of(headers: &HeaderMap, gate: &Gate) -> Option<Self> {
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if let Some(authorization) = authorization {
            let (scheme, token) = authorization.split_once(' ')?;
            return scheme
                .eq_ignore_ascii_case("bearer")
                .then(|| Self::Token(token.trim().to_owned()));
        }
        session::secret(headers, gate.config()).map(Self::Session)
    }
}

/// A person who is signed in, or a program in that person's name.
#[derive(Clone)]
pub(crate) struct Signed {
    staff: Staff,
    gate: Gate,
}

impl Signed {
    /// Asks or commands the engine with this person's rights.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Staff) -> Result<T, kapok::Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let staff = self.staff.clone();
        self.gate.call(move || call(&staff)).await
    }

    /// The person's rights, for what never waits: hints.
    pub(crate) fn staff(&self) -> &Staff {
        &self.staff
    }
}

impl FromRequestParts<Gate> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Problem> {
        let credentials = Credentials::of(&parts.headers, gate).ok_or_else(Problem::signed_out)?;
        // A browser sends its cookie whoever asks it to; a token is only sent by who has it.
        if matches!(credentials, Credentials::Session(_)) {
            refuse_foreign_pages(parts, gate)?;
        }
        let Some(mut signed) = gate.identify(&credentials).await? else {
            return Err(match gate.outside(&credentials).await? {
                Some(_) => only_external_tasks(),
                None => Problem::signed_out(),
            });
        };
        if let Some(name) = parts.extensions.get::<RequestName>() {
            signed.staff = signed.staff.once(&name.key, &name.hash)?;
        }
        Ok(signed)
    }
}

fn only_external_tasks() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "token.only-external-tasks",
        "这个令牌只能用来办理外部任务。",
        "This token is for external tasks only.",
    )
}

/// A program outside that does work of some topics; administrators may try everything it may.
pub(crate) struct Outside {
    worker: Worker,
    gate: Gate,
}

impl Outside {
    /// Asks or commands the engine with this worker's rights.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Worker) -> Result<T, kapok::Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let worker = self.worker.clone();
        self.gate.call(move || call(&worker)).await
    }

    /// Changes when there may be something new to do.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.worker.changes()
    }

    /// Turns true when the server stops.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.gate.stopping()
    }
}

impl FromRequestParts<Gate> for Outside {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Problem> {
        let worker = match Credentials::of(&parts.headers, gate) {
            Some(credentials) => gate.outside(&credentials).await?,
            None => None,
        };
        let mut worker = match worker {
            Some(worker) => worker,
            None => Admin::from_request_parts(parts, gate).await?.administrator.worker(),
        };
        if let Some(name) = parts.extensions.get::<RequestName>() {
            worker = worker.once(&name.key, &name.hash)?;
        }
        Ok(Self {
            worker,
            gate: gate.clone(),
        })
    }
}

/// An administrator.
pub(crate) struct Admin {
    administrator: Administrator,
    gate: Gate,
}

impl Admin {
    /// Asks or commands the engine with an administrator's rights.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Administrator) -> Result<T, kapok::Error> + Send + 'static,
    ) -> Result<T, Problem> {
        let administrator = self.administrator.clone();
        self.gate.call(move || call(&administrator)).await
    }
}

impl FromRequestParts<Gate> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Problem> {
        let signed = Signed::from_request_parts(parts, gate).await?;
        Ok(Self {
            administrator: signed.staff.administrator()?,
            gate: gate.clone(),
        })
    }
}

/// Whoever watches over the server: a program on this machine, or an administrator's. They see numbers only.
pub(crate) struct Watcher {
    gate: Gate,
}

impl Watcher {
    /// How the engine does.
    pub(crate) async fn overview(&self) -> Result<Overview, Problem> {
        let kapok = self.gate.0.kapok.clone();
        self.gate.call(move || kapok.overview()).await
    }
}

impl FromRequestParts<Gate> for Watcher {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Problem> {
        if !is_local(parts, gate) {
            Admin::from_request_parts(parts, gate).await?;
        }
        Ok(Self { gate: gate.clone() })
    }
}

/// Whether a request was made on this machine. Behind a proxy all of them seem to be, so then none is taken for one; and
/// it must call the server by this machine's own name, which what a browser is made to send does not.
fn is_local(parts: &Parts, gate: &Gate) -> bool {
    let is_passed_on = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];
    let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let name = host.map(|host| match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    });
    gate.config().base_url.is_none()
        && connection.is_some_and(|connection| connection.0.ip().to_canonical().is_loopback())
        && matches!(name, Some("localhost" | "127.0.0.1" | "[::1]"))
        && !is_passed_on.iter().any(|header| parts.headers.contains_key(*header))
}

/// A request of one of our own pages, or of a program; and where it comes from.
pub(crate) struct Visitor {
    pub(crate) address: IpAddr,
    /// Where browsers reach this server: as the configuration says, or as this machine's own browser has just done.
    pub(crate) origin: Option<Url>,
}

impl FromRequestParts<Gate> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gate: &Gate) -> Result<Self, Problem> {
        refuse_foreign_pages(parts, gate)?;
        let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let here = || {
            let host = parts.headers.get(header::HOST)?.to_str().ok()?;
            is_local(parts, gate).then(|| Url::parse(&format!("http://{host}/")).ok())?
        };
        Ok(Self {
            address: connection.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |connection| connection.0.ip()),
            origin: gate.config().base_url.clone().or_else(here),
        })
    }
}

/// Refuses what another site's page makes a browser send.
fn refuse_foreign_pages(parts: &Parts, gate: &Gate) -> Result<(), Problem> {
    let safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || origin::is_own(&parts.headers, gate.config().base_url.as_ref()) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "request.foreign",
        "请求不是从本系统的页面发出的。请刷新页面再试；程序请使用令牌。",
        "This request does not come from one of our pages. Reload the page; programs use a token.",
    ))
}
