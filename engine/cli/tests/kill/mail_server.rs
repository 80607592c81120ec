//! A mail server that takes everything, though it does not always say so.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
};

use kapok::protocol::OutboxRow;

use crate::{
    data::{is_sent, of_kind},
    moments::{Happening, Trap},
    random::Random,
};

pub struct MailServer {
    port: u16,
    desk: Arc<Desk>,
}

struct Desk {
    trap: Arc<Trap>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The mails that were taken whole, as they came.
    received: Vec<Received>,
    /// Connections that are open.
    open: usize,
    /// The sender's present life.
    life: usize,
    /// How often those had come, by Message-ID, that the sender knew to be sent when it was last looked at.
    known: BTreeMap<String, usize>,
}

struct Received {
    id: String,
    /// All of it but the moment of sending.
    text: String,
    /// The sender's life.
    life: usize,
    /// Whether it was told so.
    answered: bool,
}

impl MailServer {
    pub fn start(mut random: Random, trap: Arc<Trap>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listens");
        let port = listener.local_addr().expect("known").port();
        let desk = Arc::new(Desk {
            trap,
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let there = desk.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                there.state().open += 1;
                let (desk, silent) = (there.clone(), random.within(0..100) == 0);
                thread::spawn(move || {
                    desk.converse(&stream, silent);
                    desk.state().open -= 1;
                    desk.changed.notify_all();
                });
            }
        });
        Self { port, desk }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The sender is dead: reads to the end what it had sent.
    pub fn sender_died(&self) {
        // Connections are accepted in their order: when this one is greeted, all before it are counted.
        let own = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        BufReader::new(&own).read_line(&mut String::new()).expect("a greeting");
        drop(own);
        let mut state = self.desk.state();
        while state.open > 0 {
            state = self
                .desk
                .changed
                .wait(state)
                .unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        state.life += 1;
    }

    /// What is called sent came, and what was already called sent at the last look did not come again.
    pub fn compare(&self, messages: &BTreeMap<u64, OutboxRow>) {
        let mut state = self.desk.state();
        let mut came: BTreeMap<_, usize> = BTreeMap::new();
        for mail in &state.received {
            *came.entry(mail.id.clone()).or_default() += 1;
        }
        for (id, times) in &state.known {
            assert_eq!(
                came[id], *times,
                "mail {id} came again although it was known to be sent"
            );
        }
        for (id, row) in of_kind(messages, true).filter(|(_, row)| is_sent(row)) {
            let id = message_id(id);
            let times = *came.get(&id).unwrap_or_else(|| panic!("never came: {row:?}"));
            state.known.insert(id, times);
        }
    }

    /// At the end every mail has come; one that came again is the same mail under the same Message-ID, and came again
    /// only after its sender could not know. Answers how many came, and how many of them again.
    pub fn compare_all(&self, messages: &BTreeMap<u64, OutboxRow>) -> (usize, usize) {
        self.compare(messages);
        let state = self.desk.state();
        let mut by_id: BTreeMap<&str, &Received> = BTreeMap::new();
        for mail in &state.received {
            let Some(before) = by_id.insert(&mail.id, mail) else {
                continue;
            };
            assert_eq!(before.text, mail.text, "two mails under one Message-ID");
            assert!(
                !before.answered || before.life < mail.life,
                "{} came again although its sender was told that it had come",
                mail.id
            );
        }
        let expected: BTreeSet<_> = of_kind(messages, true)
            .map(|(id, row)| {
                assert!(is_sent(row), "{row:?}");
                message_id(id)
            })
            .collect();
        assert_eq!(
            by_id.keys().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>(),
            expected
        );
        (state.received.len(), state.received.len() - by_id.len())
    }
}

fn message_id(id: u64) -> String {
    format!("<outbox-{id}@example.com>")
}

impl Desk {
    fn converse(&self, stream: &TcpStream, silent: bool) {
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
                    let text = mail.take().unwrap_or_default();
                    let answered = !self.trap.happened(Happening::Mail) && !silent;
                    self.take(&text, answered);
                    if !answered {
                        return;
                    }
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

    fn take(&self, text: &str, answered: bool) {
        let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: "));
        let id = id.expect("a Message-ID").to_owned();
        let lines: Vec<_> = text.lines().filter(|line| !line.starts_with("Date: ")).collect();
        let mut state = self.state();
        let life = state.life;
        state.received.push(Received {
            id,
            text: lines.join("\n"),
            life,
            answered,
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
