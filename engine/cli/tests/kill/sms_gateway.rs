//! An SMS gateway as `plugins/sms-http/README.md` describes it. It forgets nothing, takes its time, and does not always
//! say that it has taken an SMS.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use hmac::{Hmac, KeyInit, Mac};
use kapok::protocol::OutboxRow;
use sha2::{Digest, Sha256};

use crate::{
    data::{is_sent, of_kind},
    moments::{Happening, Trap},
    random::Random,
};

pub const PATH: &str = "/v1/sms";
pub const SECRET: &str = "s3cret";

pub struct SmsGateway {
    port: u16,
    /// The keys as they came, and what was wrong with requests.
    received: Arc<Mutex<Vec<Result<String, String>>>>,
}

impl SmsGateway {
    pub fn start(mut random: Random, trap: Arc<Trap>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listens");
        let port = listener.local_addr().expect("known").port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let there = received.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (received, trap) = (there.clone(), trap.clone());
                let (delay, silent) = (random.within(0..60), random.within(0..50) == 0);
                thread::spawn(move || {
                    let Some(answer) = take(&stream, &received) else { return };
                    thread::sleep(Duration::from_millis(delay));
                    if !trap.happened(Happening::Sms) && !silent {
                        let _ = (&stream).write_all(answer.as_bytes());
                    }
                });
            }
        });
        Self { port, received }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// No SMS came twice, and those that are called sent came. Answers how many came.
    pub fn compare(&self, messages: &BTreeMap<u64, OutboxRow>) -> usize {
        let received = self.received.lock().expect("whole");
        let mut keys = BTreeSet::new();
        for key in received.iter() {
            let key = key.as_ref().expect("a request as it should be");
            assert!(keys.insert(key.clone()), "SMS {key} came twice");
        }
        for (id, row) in of_kind(messages, false).filter(|(_, row)| is_sent(row)) {
            assert!(keys.contains(&id.to_string()), "never came: {row:?}");
        }
        keys.len()
    }
}

/// Takes a request; what to answer, if there was a whole one.
fn take(stream: &TcpStream, received: &Mutex<Vec<Result<String, String>>>) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut line) = (Vec::new(), String::new());
    while reader.read_line(&mut line).is_ok_and(|read| read > 0) && line != "\r\n" {
        head.push(std::mem::take(&mut line).trim_end().to_owned());
    }
    let header = |name: &str| {
        let found = head
            .iter()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned()).unwrap_or_default()
    };
    let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
    // A sender that dies before it has said everything has sent nothing.
    if head.is_empty() || reader.read_exact(&mut body).is_err() {
        return None;
    }
    let key = header("x-kapok-key");
    let taken = if is_signed(&head[0], &header, &body) {
        Ok(key.clone())
    } else {
        Err(head.join("\n"))
    };
    received.lock().expect("whole").push(taken);
    let answer = format!("{{\"id\":\"gateway-{key}\"}}");
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        answer.len()
    );
    Some(format!("{head}{answer}"))
}

fn is_signed(request: &str, header: &impl Fn(&str) -> String, body: &[u8]) -> bool {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let timestamp = header("x-kapok-timestamp");
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    let fresh = timestamp.parse::<u64>().is_ok_and(|then| then.abs_diff(now) < 300);
    let signed = format!(
        "POST\n{PATH}\n{timestamp}\n{}\n{}",
        header("x-kapok-key"),
        hex(&Sha256::digest(body))
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length");
    mac.update(signed.as_bytes());
    fresh
        && request.starts_with(&format!("POST {PATH} "))
        && hex(&mac.finalize().into_bytes()) == header("x-kapok-signature")
}
