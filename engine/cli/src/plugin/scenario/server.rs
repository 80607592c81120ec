//! The other system that a plugin calls: it answers what the scenario says, and remembers what it was asked.

use std::{
    collections::{BTreeMap, VecDeque},
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use kapok::protocol::Value;
use serde::Deserialize;

/// Who says nothing for so long has gone.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest body that is taken.
const BODY: usize = 4 << 20;

/// What it answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<toml::Value>,
    /// Whether it takes the request and says nothing.
    #[serde(default)]
    closes: bool,
}

fn ok() -> u16 {
    200
}

/// What it is expected to be asked, as far as that is said.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    method: Option<String>,
    path: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<toml::Value>,
}

/// What it was asked.
struct Asked {
    method: String,
    path: String,
    /// Names in lower case.
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
    was_expected: bool,
}

#[derive(Default)]
struct Script {
    answers: VecDeque<Answer>,
    asked: Vec<Asked>,
}

/// A server on this machine. It ends when it is dropped.
pub(super) struct OtherSystem {
    address: SocketAddr,
    origin: String,
    script: Arc<Mutex<Script>>,
    is_over: Arc<AtomicBool>,
}

impl OtherSystem {
    pub(super) fn start() -> Result<Self, String> {
        let told = |error: io::Error| format!("127.0.0.1: {error}");
        let listener = TcpListener::bind("127.0.0.1:0").map_err(told)?;
        let address = listener.local_addr().map_err(told)?;
        let (script, is_over) = (Arc::<Mutex<Script>>::default(), Arc::<AtomicBool>::default());
        let (theirs, over) = (script.clone(), is_over.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                // Whoever breaks off gets no answer; what it was asked is known.
                let _ = serve(&stream, &theirs);
            }
        });
        Ok(Self {
            address,
            origin: format!("http://{address}"),
            script,
            is_over,
        })
    }

    /// Its address, as it stands in settings and on the list of what may be called.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Answers this to what comes next.
    pub(super) fn will_answer(&self, answers: &[Answer]) {
        let mut script = locked(&self.script);
        script.answers = answers.iter().cloned().collect();
        script.asked.clear();
    }

    /// Whether it was asked what it was to be asked, and nothing else.
    pub(super) fn compare(&self, expected: Option<&[Request]>) -> Result<(), String> {
        let script = locked(&self.script);
        if let Some(asked) = script.asked.iter().find(|asked| !asked.was_expected) {
            return Err(format!(
                "the step has no answer to {} {}: add one to answers",
                asked.method, asked.path
            ));
        }
        if !script.answers.is_empty() {
            return Err(format!("{} of the answers were not asked for", script.answers.len()));
        }
        let Some(expected) = expected else { return Ok(()) };
        if script.asked.len() != expected.len() {
            return Err(format!("{} requests instead of {}", script.asked.len(), expected.len()));
        }
        let mut pairs = script.asked.iter().zip(expected);
        pairs.try_for_each(|(asked, expected)| asked.compare(expected))
    }
}

impl Drop for OtherSystem {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // It waits for the next caller.
        let _ = TcpStream::connect(self.address);
    }
}

impl Asked {
    fn compare(&self, expected: &Request) -> Result<(), String> {
        let of = |what: &str| format!("{} {}: {what}", self.method, self.path);
        let differs =
            |what: &str, found: &str, expected: &str| Err(of(&format!("{what} {found} instead of {expected}")));
        if let Some(method) = expected.method.as_ref().filter(|method| **method != self.method) {
            return differs("method", &self.method, method);
        }
        if let Some(path) = expected.path.as_ref().filter(|path| **path != self.path) {
            return differs("path", &self.path, path);
        }
        for (name, value) in &expected.headers {
            let found = self.headers.get(&name.to_ascii_lowercase());
            if found != Some(value) {
                return differs(name, found.map_or("nothing", String::as_str), value);
            }
        }
        let text = String::from_utf8_lossy(&self.body);
        match &expected.body {
            None => Ok(()),
            Some(toml::Value::String(body)) => match text == *body {
                true => Ok(()),
                false => differs("body", &text, body),
            },
            Some(body) => {
                let expected = json(body)?;
                let found: Value = serde_json::from_str(&text)
                    .map_err(|error| of(&format!("the body is no JSON ({error}): {text}")))?;
                match contains(&found, &expected) {
                    true => Ok(()),
                    false => differs("body", &found.to_string(), &expected.to_string()),
                }
            }
        }
    }
}

/// Whether a value is as expected, as far as its tables say.
fn contains(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Map(found), Value::Map(expected)) => expected
            .iter()
            .all(|(name, value)| found.get(name).is_some_and(|found| contains(found, value))),
        _ => found == expected,
    }
}

fn json(value: &toml::Value) -> Result<Value, String> {
    let text = serde_json::to_string(value).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

fn serve(stream: &TcpStream, script: &Mutex<Script>) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut asked = read(stream)?;
    let answer = {
        let mut script = locked(script);
        let answer = script.answers.pop_front();
        asked.was_expected = answer.is_some();
        script.asked.push(asked);
        answer
    };
    let Some(answer) = answer else {
        return write(stream, 500, &BTreeMap::new(), b"the scenario has no answer to this");
    };
    if answer.closes {
        return Ok(());
    }
    let body = match &answer.body {
        None => Vec::new(),
        Some(toml::Value::String(text)) => text.clone().into_bytes(),
        Some(value) => serde_json::to_vec(value)?,
    };
    write(stream, answer.status, &answer.headers, &body)
}

fn read(stream: &TcpStream) -> io::Result<Asked> {
    let broken = || io::Error::from(io::ErrorKind::InvalidData);
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Err(broken());
    };
    let (method, path) = (method.to_owned(), path.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Err(broken());
        }
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(Ok(0), |length| length.parse());
    let length: usize = length.map_err(|_| broken())?;
    if length > BODY {
        return Err(broken());
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Asked {
        method,
        path,
        headers,
        body,
        was_expected: false,
    })
}

fn write(mut stream: &TcpStream, status: u16, headers: &BTreeMap<String, String>, body: &[u8]) -> io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {status} Answer\r\nContent-Length: {}\r\nConnection: close\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}

fn locked(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}
