//! People who play the story, patient with a server that keeps dying: whoever gets no answer asks again with the same
//! key.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    PATIENCE,
    data::Tokens,
    http::{Answer, Request, ask},
    random::Random,
    server::Server,
};

/// A story as far as it was answered.
#[derive(Debug, Clone)]
pub struct Story {
    /// The quote's title, which no other has.
    pub title: String,
    pub record: String,
    pub instance: String,
    /// What was decided, once that was answered.
    pub decision: Option<&'static str>,
}

/// What the clients were answered.
#[derive(Default)]
pub struct Notes(Mutex<Vec<Story>>);

impl Notes {
    pub fn answered(&self) -> Vec<Story> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Story>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

pub struct Client {
    number: u64,
    random: Random,
    tokens: Tokens,
    server: Arc<Server>,
    notes: Arc<Notes>,
}

impl Client {
    pub fn new(number: u64, random: Random, tokens: Tokens, server: Arc<Server>, notes: Arc<Notes>) -> Self {
        Self {
            number,
            random,
            tokens,
            server,
            notes,
        }
    }

    /// Plays one story after another until it is to close.
    pub fn play(mut self, closing: impl Fn() -> bool) {
        for count in 0.. {
            self.story(&format!("{}-{count}", self.number));
            if closing() {
                return;
            }
        }
    }

    fn story(&mut self, name: &str) {
        let title = format!("视觉检测项目 {name}");
        let fields = json!({
            "title": title, "customer": self.tokens.customer,
            "lines": [{ "product": "减速机", "quantity": 2, "price": self.random.within(1..90_000) }],
        });
        let saved = self.post(
            "/records/quotes.quote",
            &self.tokens.seller,
            &format!("save-{name}"),
            json!({ "fields": fields }),
        );
        assert_eq!(saved.status, 201, "{saved:?}");
        let record = saved.body["id"].as_str().expect("an id").to_owned();
        let instance = saved.started.expect("its save starts a case");
        self.notes.lock().push(Story {
            title: title.clone(),
            record,
            instance: instance.clone(),
            decision: None,
        });

        // The manager decides at once, or forgets it, and then the superior does.
        let (forgotten, decision) = match self.random.within(0..4) {
            0 => (false, "reject"),
            1 => (false, "approve"),
            _ => (true, "approve"),
        };
        let task = self.until(&instance, |case| {
            let task = case["tasks"].as_array()?.iter().find(|task| task["state"] == "open")?;
            let escalated = task["assignee"]["name"] == "赵建华";
            (escalated || !forgotten).then_some(task["id"].as_str()?.to_owned())
        });
        let body = json!({ "decision": decision, "comment": title, "variables": {} });
        let path = format!("/tasks/{task}/complete");
        let key = format!("decide-{name}");
        let mut answer = self.post(&path, &self.tokens.manager, &key, body.clone());
        // Forgotten, or too late because nothing answered for so long: the superior has it.
        if answer.status == 403 {
            answer = self.post(&path, &self.tokens.superior, &key, body);
        }
        assert_eq!(answer.status, 204, "{answer:?}");
        if let Some(story) = self.notes.lock().iter_mut().find(|story| story.title == title) {
            story.decision = Some(decision);
        }
        let end = if decision == "reject" { "rejected" } else { "completed" };
        self.until(&instance, |case| (case["state"] == end).then_some(()));
    }

    /// Looks at a case until what is looked for is there.
    fn until<T>(&self, instance: &str, found: impl Fn(&Value) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            let case = self.ask(&Request {
                method: "GET",
                path: format!("/instances/{instance}"),
                token: self.tokens.seller.clone(),
                key: None,
                body: None,
            });
            assert_eq!(case.status, 200, "{case:?}");
            if let Some(found) = found(&case.body) {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "the story is stuck: {}", case.body);
            thread::sleep(Duration::from_millis(30));
        }
    }

    fn post(&self, path: &str, token: &str, key: &str, body: Value) -> Answer {
        let (path, token, key) = (path.to_owned(), token.to_owned(), Some(key.to_owned()));
        self.ask(&Request {
            method: "POST",
            path,
            token,
            key,
            body: Some(body),
        })
    }

    /// Asks until there is an answer.
    fn ask(&self, request: &Request) -> Answer {
        let begun = Instant::now();
        loop {
            let answer = self.server.address().and_then(|address| ask(address, request));
            if let Some(answer) = answer.filter(|answer| answer.status < 500) {
                return answer;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "no answer to {} {}",
                request.method,
                request.path
            );
            thread::sleep(Duration::from_millis(10));
        }
    }
}
