//! People who are patient with a server that keeps dying: whoever gets no answer asks again with the same key.

use std::{sync::Arc, thread, time::Instant};

use serde_json::Value;

use crate::{
    PATIENCE, PAUSE,
    data::Tokens,
    http::{Answer, Request, ask},
    moments::{Happening, Trap},
    random::Random,
    server::Server,
    stories::{Notes, play},
};

/// What all clients share.
#[derive(Clone)]
pub struct Surroundings {
    pub tokens: Tokens,
    pub server: Arc<Server>,
    pub notes: Arc<Notes>,
    pub trap: Arc<Trap>,
}

pub struct Client {
    number: u64,
    pub random: Random,
    pub around: Surroundings,
    /// What was asked for in the present story and answered, to be asked for again.
    answered: Vec<(Request, Answer)>,
}

impl Client {
    pub fn new(number: u64, random: Random, around: Surroundings) -> Self {
        Self {
            number,
            random,
            around,
            answered: Vec::new(),
        }
    }

    /// Plays one story after another until it is to close.
    pub fn work(mut self, closing: impl Fn() -> bool) {
        for count in 0.. {
            let name = format!("{}-{count}", self.number);
            play(&mut self, &name);
            self.ask_again();
            if closing() {
                return;
            }
        }
    }

    /// A command with a key. Asked for again, be it in another life, it is answered as before.
    pub fn post(&mut self, path: &str, token: &str, key: String, body: Value) -> Answer {
        let request = Request {
            method: "POST",
            path: path.to_owned(),
            token: token.to_owned(),
            key: Some(key),
            body: Some(body),
        };
        let answer = self.ask(&request);
        // A refusal is not kept.
        if (200..300).contains(&answer.status) {
            self.answered.push((request, answer.clone()));
        }
        answer
    }

    fn ask_again(&mut self) {
        for (request, answer) in std::mem::take(&mut self.answered) {
            if self.random.within(0..2) == 0 {
                let again = self.ask(&request);
                // A record is shown as it is by then.
                let told = |answer: &Answer| (answer.status, answer.started.clone(), answer.body["id"].clone());
                assert_eq!(told(&again), told(&answer), "{} {:?}", request.path, request.key);
            }
        }
    }

    /// Looks at a case until what is looked for is there.
    pub fn until<T>(&self, instance: &str, found: impl Fn(&Value) -> Option<T>) -> T {
        let request = Request {
            method: "GET",
            path: format!("/instances/{instance}"),
            token: self.around.tokens.seller.clone(),
            key: None,
            body: None,
        };
        let begun = Instant::now();
        loop {
            let case = self.ask(&request);
            assert_eq!(case.status, 200, "{case:?}");
            if let Some(found) = found(&case.body) {
                return found;
            }
            assert!(begun.elapsed() < PATIENCE, "the story is stuck: {}", case.body);
            thread::sleep(PAUSE);
        }
    }

    /// Asks until there is an answer.
    fn ask(&self, request: &Request) -> Answer {
        let begun = Instant::now();
        loop {
            let answer = self.around.server.address().and_then(|address| ask(address, request));
            if let Some(answer) = answer.filter(|answer| answer.status < 500) {
                self.around.trap.happened(Happening::Answer);
                return answer;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "no answer to {} {}",
                request.method,
                request.path
            );
            thread::sleep(PAUSE / 2);
        }
    }
}
