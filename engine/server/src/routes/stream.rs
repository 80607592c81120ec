//! The live stream: hints that something changed. They carry no content; whoever gets one asks for what they may see.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, Sse},
};
use futures_util::{Stream, stream};
use kapok::Hint;
use tokio::{
    sync::{broadcast, watch},
    time::{Interval, MissedTickBehavior},
};

use crate::{
    dto::HintView,
    guard::{Credentials, Gate, Signed},
    problem::Problem,
};

/// How often a silent stream shows that it lives, and looks whether its session does.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Hints for the caller, as server-sent events `hint`. `reset` says that some may have been missed.
#[utoipa::path(get, path = "/stream", tag = "stream",
    responses((status = 200, body = HintView, content_type = "text/event-stream")))]
pub(crate) async fn stream(
    State(gate): State<Gate>,
    signed: Signed,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let credentials = Credentials::of(&headers, &gate).ok_or_else(Problem::signed_out)?;
    // Listening begins before the position is compared, so that nothing falls in between.
    let hints = signed.staff().hints();
    let seen = headers
        .get("last-event-id")
        .map(|id| id.to_str().ok().and_then(|id| id.parse::<u64>().ok()));
    let reset = seen.is_some_and(|seen| seen != Some(gate.sequence()));
    let mut heartbeat = tokio::time::interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let stopping = gate.stopping();
    let listener = Listener {
        gate,
        signed,
        credentials,
        hints,
        heartbeat,
        stopping,
        reset,
    };
    Ok(Sse::new(stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    })))
}

struct Listener {
    gate: Gate,
    signed: Signed,
    credentials: Credentials,
    hints: broadcast::Receiver<Hint>,
    heartbeat: Interval,
    stopping: watch::Receiver<bool>,
    reset: bool,
}

impl Listener {
    /// The next event; `None` when the session or the server ends.
    async fn next(&mut self) -> Option<Event> {
        if std::mem::take(&mut self.reset) {
            return Some(reset());
        }
        loop {
            tokio::select! {
                hint = self.hints.recv() => match hint {
                    Ok(hint) if self.signed.staff().may_hear(&hint) => return event(&hint),
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => return Some(reset()),
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
                _ = self.heartbeat.tick() => {
                    // Whoever signed out, or left the company, hears no more.
                    self.signed = self.gate.identify(&self.credentials).await.ok()??;
                    return Some(Event::default().comment(""));
                }
                _ = self.stopping.changed() => return None,
            }
        }
    }
}

fn reset() -> Event {
    Event::default().event("reset").data("{}")
}

fn event(hint: &Hint) -> Option<Event> {
    Event::default()
        .event("hint")
        .id(hint.seq.to_string())
        .json_data(HintView::from(hint))
        .ok()
}
