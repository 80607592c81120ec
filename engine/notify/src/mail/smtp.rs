//! Sending through a mail server, one stage after the other, so that a failure says whether the mail had left.

use std::{future::Future, time::Duration};

use kapok_protocol::Text;
use lettre::{
    Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        extension::ClientId,
    },
};
use serde::Deserialize;
use tokio::time::timeout;

use super::{Receipt, SendError};

/// How long one stage may take. RFC 5321 grants servers minutes, but a lease waits for us.
const STAGE: Duration = Duration::from_secs(30);

/// A mail server.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// Its name; its certificate must be for it.
    pub host: String,
    /// Its port: 465 with `tls`, 587 with `starttls`.
    pub port: u16,
    /// How the connection is secured.
    pub tls: Tls,
    /// The account, if it wants one.
    #[serde(default)]
    pub user: Option<String>,
    /// The account's password or authorisation code.
    #[serde(default)]
    pub password: Option<String>,
}

/// Without the password, so that it reaches no log.
impl std::fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// How a connection is secured. Certificates are always verified, and nothing falls back to plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// Not at all: for a server on the same machine.
    None,
    /// Plain at first, then TLS before anything else is said.
    StartTls,
    /// From the first byte.
    Tls,
}

/// Sends the message.
pub(super) async fn send(config: &SmtpConfig, message: &Message) -> Result<Receipt, SendError> {
    let envelope = message.envelope();
    let domain = envelope.from().map_or("localhost", |address| address.domain());
    let mut connection = connect(config, domain).await?;
    // What the server says to QUIT changes nothing: it has the mail, or it has not.
    let sent = stage(connection.send(envelope, &message.formatted())).await;
    let _ = stage(connection.quit()).await;
    match sent {
        Ok(response) => Ok(Receipt {
            id: response.message().collect::<Vec<_>>().join(" "),
        }),
        Err(Some(error)) if error.is_permanent() || error.is_client() => Err(SendError::Refused(Text::new(
            format!("邮件服务器拒收这封邮件：{error}。请核对收件人地址。"),
            format!("The mail server refuses this mail: {error}. Check the recipient's address."),
        ))),
        Err(Some(error)) if error.is_transient() => Err(SendError::Retry(Text::new(
            format!("邮件服务器暂时不收这封邮件：{error}。稍后会再试。"),
            format!("The mail server does not take this mail at present: {error}. It is tried again later."),
        ))),
        Err(error) => {
            let reason = reason(error);
            Err(SendError::Unknown(Text::new(
                format!("发送途中连接中断（{reason}），不知道邮件服务器是否已收下。"),
                format!("The connection broke while sending ({reason}); whether the mail server has it is unknown."),
            )))
        }
    }
}

/// A connection that is ready for mail. Whatever fails here, no mail has left.
async fn connect(config: &SmtpConfig, own_domain: &str) -> Result<AsyncSmtpConnection, SendError> {
    let SmtpConfig { host, port, .. } = config;
    let connecting = |error: Option<Error>| {
        let reason = reason(error);
        SendError::Retry(Text::new(
            format!("连不上邮件服务器 {host}:{port}：{reason}。请核对邮件设置；稍后会再试。"),
            format!(
                "The mail server {host}:{port} cannot be reached: {reason}. Check the mail settings; it is tried \
                 again later."
            ),
        ))
    };
    let hello = ClientId::Domain(own_domain.to_owned());
    let parameters = match config.tls {
        Tls::None => None,
        Tls::StartTls | Tls::Tls => {
            Some(TlsParameters::new_rustls(host.clone()).map_err(|error| connecting(Some(error)))?)
        }
    };
    let implicit = parameters.clone().filter(|_| config.tls == Tls::Tls);
    let opening = AsyncSmtpConnection::connect_tokio1((host.as_str(), *port), Some(STAGE), &hello, implicit, None);
    let mut connection = stage(opening).await.map_err(connecting)?;
    if let (Tls::StartTls, Some(parameters)) = (config.tls, parameters) {
        stage(connection.starttls(parameters, &hello))
            .await
            .map_err(connecting)?;
    }
    if let (Some(user), Some(password)) = (&config.user, &config.password) {
        let credentials = Credentials::new(user.clone(), password.clone());
        stage(connection.auth(DEFAULT_MECHANISMS, &credentials))
            .await
            .map_err(|error| {
                let reason = reason(error);
                SendError::Retry(Text::new(
                    format!("邮件服务器 {host} 不接受帐号 {user}：{reason}。请核对邮件设置；稍后会再试。"),
                    format!(
                        "The mail server {host} does not accept the account {user}: {reason}. Check the mail settings; \
                     it is tried again later."
                    ),
                ))
            })?;
    }
    Ok(connection)
}

/// One stage of the conversation; `None` when it took too long.
async fn stage<T>(doing: impl Future<Output = Result<T, Error>>) -> Result<T, Option<Error>> {
    match timeout(STAGE, doing).await {
        Ok(result) => result.map_err(Some),
        Err(_) => Err(None),
    }
}

fn reason(error: Option<Error>) -> String {
    match error {
        Some(error) => error.to_string(),
        None => format!("no answer within {} s", STAGE.as_secs()),
    }
}
