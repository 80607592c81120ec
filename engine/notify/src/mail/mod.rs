//! E-mail: one message to one person.

mod compose;
mod folder;
pub mod smtp;

use std::{fmt, path::PathBuf};

use kapok_protocol::{OutboxId, Text};

use self::smtp::SmtpConfig;

/// A mail that is ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMail {
    /// The Message-ID with its angle brackets, see [`message_id`]: the same in every attempt, so that a mail that was
    /// sent twice is one mail to its reader.
    pub message_id: String,
    /// The sender, such as `Kapok <kapok@example.com>`.
    pub from: String,
    /// The recipient's address.
    pub to_address: String,
    /// The recipient's name.
    pub to_name: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// The Message-ID of an outbox row. `host` is the name the company's mail goes by.
pub fn message_id(row: OutboxId, host: &str) -> String {
    format!("<outbox-{row}@{host}>")
}

/// That a mail was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What the other side said, or where the file is.
    pub id: String,
}

/// Why a mail was not taken, or perhaps not. The text says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// It never will be: the address or the mail itself is at fault.
    Refused(Text),
    /// It surely was not; trying again later can help.
    Retry(Text),
    /// The connection broke after the mail was on its way.
    Unknown(Text),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Refused(text) | Self::Retry(text) | Self::Unknown(text)) = self;
        text.fmt(f)
    }
}

impl std::error::Error for SendError {}

/// How mail leaves.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Through a mail server.
    Smtp(SmtpConfig),
    /// As `.eml` files in a folder: for trying things out without writing to anybody.
    Folder(PathBuf),
}

impl Transport {
    /// Sends a mail, and answers when the other side has it.
    ///
    /// # Errors
    /// See [`SendError`]. A line break in a header value is refused: it would let a name or a subject add recipients.
    pub async fn send(&self, mail: &OutgoingMail) -> Result<Receipt, SendError> {
        let message = compose::compose(mail).map_err(SendError::Refused)?;
        match self {
            Self::Smtp(config) => smtp::send(config, &message).await,
            Self::Folder(folder) => folder::write(folder, &mail.message_id, &message.formatted()).await,
        }
    }
}
