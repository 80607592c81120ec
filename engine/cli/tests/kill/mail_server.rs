//! A mail server that takes everything.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use kapok::protocol::OutboxRow;

use crate::data::{is_sent, of_kind};

pub struct MailServer {
    port: u16,
    /// The mails that were taken whole, as they came.
    received: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listens");
        let port = listener.local_addr().expect("known").port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let there = received.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let received = there.clone();
                thread::spawn(move || converse(&stream, &received));
            }
        });
        Self { port, received }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Every mail came; one that came again is the same mail under the same Message-ID. Answers how many came.
    pub fn compare(&self, messages: &BTreeMap<u64, OutboxRow>) -> usize {
        let received = self.received.lock().expect("whole");
        let mut by_id: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for mail in received.iter() {
            let id = mail
                .lines()
                .find_map(|line| line.strip_prefix("Message-ID: "))
                .expect("a Message-ID")
                .to_owned();
            // The moment of sending may differ.
            let text = mail
                .lines()
                .filter(|line| !line.starts_with("Date: "))
                .collect::<Vec<_>>()
                .join("\n");
            by_id.entry(id).or_default().insert(text);
        }
        assert!(
            by_id.values().all(|mails| mails.len() == 1),
            "two mails under one Message-ID: {by_id:?}"
        );
        let expected: BTreeSet<_> = of_kind(messages, true)
            .map(|(id, row)| {
                assert!(is_sent(row), "{row:?}");
                format!("<outbox-{id}@example.com>")
            })
            .collect();
        assert_eq!(by_id.into_keys().collect::<BTreeSet<_>>(), expected);
        received.len()
    }
}

fn converse(stream: &TcpStream, received: &Mutex<Vec<String>>) {
    let answer = |text: &str| {
        let mut stream = stream;
        stream.write_all(format!("{text}\r\n").as_bytes()).is_ok()
    };
    let (mut lines, mut mail) = (BufReader::new(stream).lines(), None::<String>);
    if !answer("220 test") {
        return;
    }
    while let Some(Ok(line)) = lines.next() {
        match (&mut mail, line.as_str()) {
            (Some(_), ".") => {
                received.lock().expect("whole").extend(mail.take());
                answer("250 taken");
            }
            (Some(text), line) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, "DATA") => {
                mail = Some(String::new());
                answer("354 go on");
            }
            (None, "QUIT") => {
                answer("221 bye");
            }
            (None, _) => {
                answer("250 ok");
            }
        }
    }
}
