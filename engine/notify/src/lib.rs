//! Talks to the world outside: mail, and the one HTTP client that plugins get.
//!
//! What leaves cannot be taken back, so every function here says exactly how sure it is of its result: done, surely
//! not done, or unknown. What to do then (repeat, wait for a person) is decided by whoever keeps the outbox.

mod http;
mod mail;

pub use http::{
    address::is_public,
    client::{FetchError, HttpClient, HttpLimits, HttpRequest, HttpResponse},
    origin::{AllowedOrigin, OriginError},
};
pub use mail::{
    OutgoingMail, Receipt, SendError, Transport, message_id,
    smtp::{SmtpConfig, Tls},
};
