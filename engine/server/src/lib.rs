//! The HTTP API and the web app.
//!
//! A route cannot reach the engine: `guard` holds it and hands out the rights of whoever sent the request. What is read
//! from requests and written in answers are the types of `dto`, so that no row of the engine leaks by being serialised.

mod assets;
mod dto;
mod extract;
mod guard;
mod headers;
mod idempotency;
mod metrics;
mod openapi;
mod origin;
mod paging;
mod pending;
mod problem;
mod routes;
mod session;
mod throttle;

use std::{future::Future, io, net::SocketAddr, sync::Arc};

use axum::Router;
use kapok::{Clock, Kapok, SystemClock};
use tokio::{net::TcpListener, sync::watch};
use url::Url;

pub use openapi::document as openapi;

/// How the server behaves.
#[derive(Clone)]
pub struct Config {
    /// Where browsers reach it, when that is known: links and cookies depend on it, never on what a request says.
    pub base_url: Option<Url>,
    /// Whether the sign-in page lists people and their password.
    pub demo: bool,
    /// Takes the time for counting failures.
    pub clock: Arc<dyn Clock>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            base_url: None,
            demo: false,
            clock: Arc::new(SystemClock),
        }
    }
}

impl Config {
    fn is_secure(&self) -> bool {
        self.base_url.as_ref().is_some_and(|base| base.scheme() == "https")
    }
}

/// Serves an engine until `shutdown` is over: then nothing new is taken, and what was begun is finished.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    kapok: Kapok,
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stop, stopping) = watch::channel(false);
    let app = app(kapok, config, stopping).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            shutdown.await;
            // Streams would go on for ever.
            let _ = stop.send(true);
        })
        .await
}

fn app(kapok: Kapok, config: Config, stopping: watch::Receiver<bool>) -> Router {
    routes::router(guard::Gate::new(kapok, config, stopping))
}

#[cfg(test)]
mod tests;
