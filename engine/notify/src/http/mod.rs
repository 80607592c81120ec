//! The one outbound HTTP client.
//!
//! Its requests come from plugins and from processes drawn in the browser, so it must not become a way into the
//! company's network: it talks to allowed origins only, checks the address behind the name, connects to that very
//! address, follows no redirect, and bounds time and size.

pub mod address;
pub mod client;
pub mod origin;
