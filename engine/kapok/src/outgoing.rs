//! How messages leave, and whom plugins and drawn requests may call.

use std::{collections::BTreeMap, fmt};

use kapok_notify::{AllowedOrigin, Transport};

/// The ways out. None is set unless the configuration says so.
#[derive(Debug, Clone, Default)]
pub struct Outgoing {
    /// How mail leaves; without it a mail waits.
    pub mail: Option<MailSettings>,
    /// The addresses that plugins and drawn requests may call.
    pub allowed: Vec<AllowedOrigin>,
    /// The settings of each plugin, by its id, secrets included.
    pub plugins: BTreeMap<String, BTreeMap<String, String>>,
    /// What drawn requests may carry in their headers, by name.
    pub secrets: BTreeMap<String, OutgoingSecret>,
}

/// A secret that drawn requests name. It is never shown again, and no process holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingSecret {
    /// The secret.
    pub value: String,
    /// The origins to which it may be sent; empty: to all that are allowed.
    pub origins: Vec<String>,
}

impl fmt::Debug for OutgoingSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutgoingSecret")
            .field("origins", &self.origins)
            .finish_non_exhaustive()
    }
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
