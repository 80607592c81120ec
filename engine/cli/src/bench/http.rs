//! The same work over HTTP: a server in this process, and clients that keep their connections.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use kapok::Kapok;
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Runtime, sync::oneshot, task::JoinHandle};

use super::{
    Failure,
    clients::{self, Goal, MANY},
    figures::Figure,
    models, people,
    session::Session,
    straight_through,
};

const NAME: &str = "http";

/// Straight-through cases over 64 connections, then human steps.
pub(super) fn run(session: &mut Session) -> Result<(), Failure> {
    let goal = session.goal(100_000, 20.0);
    let steps = session.amount(20_000);
    let kapok = session.open(NAME)?;
    kapok.deploy(&models::straight_through())?;
    kapok.deploy(&models::human_step())?;
    people::hire(&kapok, 1)?;
    let token = kapok.create_token("clerk-00", "")?;
    let server = Server::start(&kapok)?;
    let clients = Connections::open(&server, token.reveal(), MANY)?;

    let begin = Instant::now();
    let bare = clients.run(Goal::count(steps), |client, _| {
        client.ask("GET", "/healthz", None).map(drop)
    })?;
    let bare = bare.len() as f64 / begin.elapsed().as_secs_f64();
    let why = "requests that ask for nothing";

    let begin = Instant::now();
    let times = clients.run(goal, |client, number| {
        let variables: serde_json::Map<_, _> = straight_through::variables(number)
            .into_iter()
            .map(|(name, value)| Ok((name.to_owned(), serde_json::to_value(value)?)))
            .collect::<Result<_, Failure>>()?;
        let body = json!({ "process": "straight-through", "variables": variables });
        client.ask("POST", "/api/v1/instances", Some(&body)).map(drop)
    })?;
    kapok.catch_up()?;
    let figure = Figure::rate(NAME, times, begin.elapsed()).limit(bare, why);
    session.report.add(&figure)?;

    let tasks = Mutex::new(Vec::new());
    clients.run(Goal::count(steps), |client, _| {
        let case = client.ask("POST", "/api/v1/instances", Some(&json!({ "process": "human-step" })))?;
        let case = case["id"]
            .as_str()
            .and_then(|id| id.parse().ok())
            .ok_or("a case without an id")?;
        let open = kapok.tasks(case)?;
        let mut tasks = tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.extend(open.into_iter().map(|task| task.task.id));
        Ok(())
    })?;
    kapok.catch_up()?;
    let begin = Instant::now();
    let times = clients.run(Goal::count(steps), |client, _| {
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let path = format!("/api/v1/tasks/{}/complete", task.ok_or("no task is left")?);
        client.ask("POST", &path, Some(&json!({}))).map(drop)
    })?;
    kapok.catch_up()?;
    let figure = Figure::rate(format!("{NAME}.human-step"), times, begin.elapsed()).limit(bare, why);
    drop((clients, server, kapok));
    session.place.clear(NAME)?;
    session.report.add(&figure)
}

/// A server, until it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
    runtime: Runtime,
}

impl Server {
    pub(super) fn start(kapok: &Kapok) -> Result<Self, Failure> {
        let runtime = Runtime::new()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let kapok = kapok.clone();
        let serving = runtime.spawn(async move {
            let stopped = async move { drop(stopped.await) };
            let config = kapok_server::Config::default();
            if let Err(error) = kapok_server::serve(kapok, config, listener, stopped).await {
                eprintln!("kapok bench: the server ended: {error}");
            }
        });
        Ok(Self {
            address,
            stop: Some(stop),
            serving: Some(serving),
            runtime,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(serving) = self.serving.take() {
            // It only fails when it panicked, which has been reported.
            let _ = self.runtime.block_on(serving);
        }
    }
}

/// Connections that stay open, one for each client.
pub(super) struct Connections(Vec<Mutex<Client>>);

impl Connections {
    pub(super) fn open(server: &Server, token: &str, count: usize) -> Result<Self, Failure> {
        let clients = (0..count).map(|_| Client::connect(server.address, token).map(Mutex::new));
        Ok(Self(clients.collect::<Result<_, _>>()?))
    }

    /// Lets every client do `step` on its connection until the goal is reached.
    pub(super) fn run(
        &self,
        goal: Goal,
        step: impl Fn(&mut Client, u64) -> Result<(), Failure> + Sync,
    ) -> Result<Vec<Duration>, Failure> {
        clients::run(self.0.len(), goal, |client, number| {
            let mut client = self.0[client].lock().unwrap_or_else(PoisonError::into_inner);
            step(&mut client, number)
        })
    }
}

/// As much of HTTP/1.1 as a client needs that knows its server.
pub(super) struct Client {
    stream: BufReader<TcpStream>,
    heads: String,
}

impl Client {
    fn connect(address: SocketAddr, token: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self {
            stream: BufReader::new(stream),
            heads: format!("Host: {address}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"),
        })
    }

    /// Sends a request and reads the whole answer, which must be a good one.
    pub(super) fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{}Content-Length: {}\r\n\r\n{body}",
            self.heads,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        let mut length = 0;
        loop {
            let line = self.line()?;
            match line.split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.trim().parse()?,
                Some(_) => {}
                None => break,
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        if !status.starts_with("HTTP/1.1 2") {
            let answer = String::from_utf8_lossy(&answer);
            return Err(format!("{method} {path}: {status} {answer}").into());
        }
        Ok(serde_json::from_slice(&answer).unwrap_or_default())
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        line.truncate(line.trim_end().len());
        Ok(line)
    }
}
