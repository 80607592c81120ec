//! One request, one answer.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, Uri,
    body::Bytes,
    client::conn::http1,
    header::{HOST, HeaderName, HeaderValue},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    runtime::Handle,
    task::JoinSet,
    time::{error::Elapsed, timeout},
};
use tokio_rustls::TlsConnector;
use url::Url;

use super::{
    address::is_public,
    origin::{AllowList, AllowedOrigin, OriginError},
};

/// Headers that belong to the connection, not to the caller.
const OWN_HEADERS: [&str; 8] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "upgrade",
];

/// How long and how large a request may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpLimits {
    /// Until a connection stands, TLS included.
    pub connect: Duration,
    /// From the first byte of the request to the last of the answer.
    pub exchange: Duration,
    /// Bytes of an answer's body.
    pub body: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            exchange: Duration::from_secs(20),
            body: 1 << 20,
        }
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Such as `POST`.
    pub method: String,
    /// An absolute URL.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body; may be empty.
    pub body: Vec<u8>,
}

/// An answer, whatever its status; a redirect is an answer too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values; values that are not text are left out.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer. The words are English, for logs and whoever set the address up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchError {
    /// Not allowed, or not a request; trying again does not help.
    Refused(String),
    /// The request surely did not leave.
    NotSent(String),
    /// The request may have arrived, but there is no whole answer.
    Unknown(String),
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Refused(reason) | Self::NotSent(reason) | Self::Unknown(reason)) = self;
        f.write_str(reason)
    }
}

impl std::error::Error for FetchError {}

/// The client. Clones share everything.
#[derive(Clone)]
pub struct HttpClient {
    allowed: Arc<AllowList>,
    limits: HttpLimits,
    tls: TlsConnector,
}

impl HttpClient {
    /// A client that talks to these origins and to no other.
    ///
    /// # Errors
    /// When an origin is not written as one.
    pub fn new(allowed: &[AllowedOrigin], limits: HttpLimits) -> Result<Self, OriginError> {
        let roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(rustls::DEFAULT_VERSIONS)
            .map_err(|error| OriginError(kapok_protocol::Text::same(format!("TLS: {error}"))))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            allowed: Arc::new(AllowList::new(allowed)?),
            limits,
            tls: TlsConnector::from(Arc::new(tls)),
        })
    }

    /// The same client with another time for the exchange.
    #[must_use]
    pub fn within(&self, exchange: Duration) -> Self {
        Self {
            limits: HttpLimits {
                exchange,
                ..self.limits
            },
            ..self.clone()
        }
    }

    /// Whether requests may be sent to where a URL leads.
    pub fn allows(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| self.allowed.find(&url).is_some())
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let (url, private) = self.check(&request.url)?;
        let request = prepare(request, &url)?;
        let stream = timeout(self.limits.connect, self.connect(&url, private))
            .await
            .map_err(|_: Elapsed| FetchError::NotSent(format!("no connection within {:?}", self.limits.connect)))??;
        timeout(self.limits.exchange, exchange(stream, request, self.limits.body))
            .await
            .map_err(|_: Elapsed| FetchError::Unknown(format!("no whole answer within {:?}", self.limits.exchange)))?
    }

    /// The same for a thread that may block. Must not be called from within an async task.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub fn fetch_blocking(&self, runtime: &Handle, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        runtime.block_on(self.fetch(request))
    }

    fn check(&self, url: &str) -> Result<(Url, bool), FetchError> {
        let parsed = Url::parse(url).map_err(|error| FetchError::Refused(format!("{url} is not a URL: {error}")))?;
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(FetchError::Refused(
                "a URL with a user name or password is not sent".to_owned(),
            ));
        }
        match self.allowed.find(&parsed) {
            Some(private) => Ok((parsed, private)),
            None => Err(FetchError::Refused(format!(
                "{} is not among the addresses that the administrator allows",
                parsed.origin().ascii_serialization()
            ))),
        }
    }

    async fn connect(&self, url: &Url, private: bool) -> Result<Box<dyn Stream>, FetchError> {
        let host = url.host_str().unwrap_or_default();
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let port = url.port_or_known_default().unwrap_or_default();
        let not_sent = |error: std::io::Error| FetchError::NotSent(format!("{host}:{port}: {error}"));
        let found: Vec<SocketAddr> = lookup_host((name, port)).await.map_err(not_sent)?.collect();
        // One private address among public ones is how a name is turned against the network it is asked from.
        if let Some(address) = found.iter().find(|address| !private && !is_public(address.ip())) {
            let ip = address.ip();
            return Err(FetchError::Refused(format!(
                "{host} is at {ip}, which is not public; it needs private = true"
            )));
        }
        // The checked addresses themselves, not the name again: it could answer differently the second time.
        let stream = TcpStream::connect(&found[..]).await.map_err(not_sent)?;
        if url.scheme() == "http" {
            return Ok(Box::new(stream));
        }
        let server = ServerName::try_from(name.to_owned())
            .map_err(|_| FetchError::Refused(format!("{host} cannot have a certificate")))?;
        Ok(Box::new(self.tls.connect(server, stream).await.map_err(not_sent)?))
    }
}

/// Anything bytes travel on.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

fn prepare(request: HttpRequest, url: &Url) -> Result<Request<Full<Bytes>>, FetchError> {
    let refused = |what: &dyn fmt::Display| FetchError::Refused(format!("the request is not well formed: {what}"));
    let target: Uri = url[url::Position::BeforePath..url::Position::AfterQuery]
        .parse()
        .map_err(|e| refused(&e))?;
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let mut prepared = Request::new(Full::new(Bytes::from(request.body)));
    *prepared.method_mut() = request.method.parse().map_err(|e| refused(&e))?;
    *prepared.uri_mut() = target;
    if prepared.method() == hyper::Method::CONNECT {
        return Err(refused(&"the method CONNECT"));
    }
    for (name, value) in &request.headers {
        let name: HeaderName = name
            .parse()
            .map_err(|_| refused(&format_args!("the header name {name:?}")))?;
        if OWN_HEADERS.contains(&name.as_str()) {
            return Err(refused(&format_args!("the header {name} is set by the client")));
        }
        // Line breaks are no part of a header value, so none can be smuggled in.
        let value: HeaderValue = value
            .parse()
            .map_err(|_| refused(&format_args!("the value of {name}")))?;
        prepared.headers_mut().append(name, value);
    }
    prepared
        .headers_mut()
        .insert(HOST, authority.parse().map_err(|_| refused(&authority))?);
    Ok(prepared)
}

/// Everything from here on may have reached the other side.
async fn exchange(
    stream: Box<dyn Stream>,
    request: Request<Full<Bytes>>,
    most: usize,
) -> Result<HttpResponse, FetchError> {
    let unknown = |error: &dyn fmt::Display| FetchError::Unknown(format!("no whole answer: {error}"));
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|e| unknown(&e))?;
    // Dropped with this function, and the connection with it, however it ends.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let (head, body) = sender
        .send_request(request)
        .await
        .map_err(|e| unknown(&e))?
        .into_parts();
    let body = Limited::new(body, most)
        .collect()
        .await
        .map_err(|e| unknown(&e))?
        .to_bytes();
    let headers = head.headers.iter().filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    Ok(HttpResponse {
        status: head.status.as_u16(),
        headers: headers.collect(),
        body: body.into(),
    })
}
