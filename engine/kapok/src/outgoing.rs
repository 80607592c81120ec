//! How messages leave, and whom plugins may call.

use std::collections::BTreeMap;

use kapok_notify::{AllowedOrigin, Transport};

/// The ways out. None is set unless the configuration says so.
#[derive(Debug, Clone, Default)]
pub struct Outgoing {
    /// How mail leaves; without it a mail waits.
    pub mail: Option<MailSettings>,
    /// The addresses that plugins may call.
    pub allowed: Vec<AllowedOrigin>,
    /// The settings of each plugin, by its id, secrets included.
    pub plugins: BTreeMap<String, BTreeMap<String, String>>,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The server, or a folder.
    pub transport: Transport,
    /// The sender, such as `Kapok <kapok@example.com>`.
    pub from: String,
    /// The name the company's mail goes by; part of every Message-ID.
    pub host: String,
}
