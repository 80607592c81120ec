//! Work that programs outside do: fetching, locks by the engine's clock, what they may, and a real one.

use std::{path::Path, process::Stdio, sync::Arc};

use axum::http::StatusCode;
use kapok::{Clock, Kapok, ManualClock, protocol::Timestamp};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::browser::{Answer, Server};
use crate::Config;

const RATING: &str = include_str!("../../../../examples/worker-python/rating.bpmn");

/// A server whose clock is moved by hand, and the case that waits for a worker.
struct World {
    server: Server,
    clock: Arc<ManualClock>,
    token: String,
    root: String,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
        let kapok = Kapok::builder().clock(clock.clone()).memory().unwrap();
        let server = Server::over(kapok);
        server.kapok.deploy(RATING).unwrap();
        let topics = ["rate-customer".to_owned()];
        let token = server.kapok.create_worker_token("root", "rating", &topics).unwrap();
        let root = server.cookie("root").await;
        Self {
            server,
            clock,
            token: token.reveal().to_owned(),
            root,
        }
    }

    fn start(&self, revenue: i64) -> String {
        self.server
            .kapok
            .start("rating", [("revenue", revenue)])
            .unwrap()
            .to_string()
    }

    fn pass(&self, seconds: i64) {
        self.clock.move_to(self.clock.now().plus_millis(seconds * 1000));
        self.server.kapok.run_due().unwrap();
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        let path = format!("/external-tasks/{path}");
        self.server.ask_with_token("POST", &path, &self.token, Some(body)).await
    }

    async fn fetch(&self, worker: &str) -> Vec<Value> {
        let topics = json!([{ "topic": "rate-customer", "lock_seconds": 30, "variables": [] }]);
        let answer = self
            .post("fetch", json!({ "worker": worker, "topics": topics, "limit": 10 }))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body["items"].as_array().unwrap().clone()
    }

    async fn case(&self, id: &str) -> Value {
        // The clock may have passed the end of an earlier session.
        let root = self.server.cookie("root").await;
        let answer = self.server.ask("GET", &format!("/instances/{id}"), &root, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    fn variable(&self, case: &str, name: &str) -> Option<kapok::protocol::Value> {
        self.server.kapok.variables(case.parse().unwrap()).unwrap().remove(name)
    }
}

#[tokio::test]
async fn a_task_is_fetched_once_and_done() {
    let world = World::new().await;
    let case = world.start(5_000_000);
    let tasks = world.fetch("one").await;
    let [task] = tasks.as_slice() else { panic!("{tasks:?}") };
    assert_eq!(
        (
            &task["topic"],
            &task["process"],
            &task["element"],
            &task["failures"],
            &task["retries"]
        ),
        (
            &json!("rate-customer"),
            &json!("rating"),
            &json!("rate"),
            &json!(0),
            &json!(2)
        )
    );
    assert_eq!(
        task["variables"],
        json!({ "revenue": 5_000_000 }),
        "the inputs that are drawn always come"
    );
    assert_eq!(world.fetch("two").await, [Value::Null; 0], "somebody has it");
    let id = task["id"].as_str().unwrap();
    let done = world
        .post(
            &format!("{id}/complete"),
            json!({ "worker": "one", "variables": { "rating": "A" } }),
        )
        .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
    assert_eq!(world.case(&case).await["state"], "completed");
    assert_eq!(world.variable(&case, "rating"), Some("A".into()));
    let again = world.post(&format!("{id}/complete"), json!({ "worker": "one" })).await;
    assert_eq!(
        (again.status.as_u16(), &again.body["code"]),
        (404, &json!("external-task.gone"))
    );
}

#[tokio::test]
async fn a_lock_ends_by_the_clock_and_who_comes_too_late_is_told() {
    let world = World::new().await;
    let case = world.start(1);
    let id = world.fetch("slow").await[0]["id"].as_str().unwrap().to_owned();
    world.pass(29);
    assert!(world.fetch("quick").await.is_empty());
    let longer = world
        .post(&format!("{id}/extend"), json!({ "worker": "slow", "lock_seconds": 30 }))
        .await;
    assert_eq!(longer.status, StatusCode::OK, "{}", longer.body);
    world.pass(29);
    assert!(world.fetch("quick").await.is_empty(), "it was kept longer");
    world.pass(1);
    assert_eq!(world.fetch("quick").await[0]["id"], id.as_str(), "the same job");
    for (action, body) in [
        ("complete", json!({ "worker": "slow", "variables": { "rating": "Z" } })),
        ("fail", json!({ "worker": "slow", "message": "no" })),
        ("error", json!({ "worker": "slow", "code": "rating.negative" })),
        ("extend", json!({ "worker": "slow", "lock_seconds": 30 })),
        ("complete", json!({ "worker": "somebody" })),
    ] {
        let late = world.post(&format!("{id}/{action}"), body).await;
        assert_eq!(
            (late.status.as_u16(), &late.body["code"]),
            (409, &json!("external-task.lost")),
            "{action}"
        );
        assert!(
            late.body["detail"]["en"].as_str().unwrap().contains("quick"),
            "{}",
            late.body
        );
    }
    assert_eq!(world.case(&case).await["state"], "active", "nothing of it was taken");
    let done = world
        .post(
            &format!("{id}/complete"),
            json!({ "worker": "quick", "variables": { "rating": "C" } }),
        )
        .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);
    assert_eq!(world.variable(&case, "rating"), Some("C".into()));
}

#[tokio::test]
async fn what_fails_is_tried_again_and_then_waits_for_a_person() {
    let world = World::new().await;
    let case = world.start(1);
    let fail = async |more: Value| {
        let tasks = world.fetch("one").await;
        let [task] = tasks.as_slice() else { panic!("{tasks:?}") };
        let mut body = json!({ "worker": "one", "message": "no line", "details": "at line 7" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let failed = world
            .post(&format!("{}/fail", task["id"].as_str().unwrap()), body)
            .await;
        assert_eq!(failed.status, StatusCode::NO_CONTENT, "{}", failed.body);
        (task["failures"].clone(), task["retries"].clone())
    };
    // The model says two more tries, the first after ten seconds.
    assert_eq!(fail(json!({})).await, (json!(0), json!(2)));
    world.pass(9);
    assert!(world.fetch("one").await.is_empty());
    world.pass(1);
    // The worker says itself how often and when.
    assert_eq!(
        fail(json!({ "retries": 1, "retry_seconds": 300 })).await,
        (json!(1), json!(1))
    );
    world.pass(299);
    assert!(world.fetch("one").await.is_empty());
    world.pass(1);
    assert_eq!(fail(json!({})).await, (json!(2), json!(0)));
    assert!(world.fetch("one").await.is_empty());
    let incidents = world.server.ask("GET", "/incidents", &world.root, None).await.body;
    let text = incidents["items"][0]["text"]["en"].as_str().unwrap();
    assert!(text.contains("no line") && text.contains("at line 7"), "{text}");
    // A person repairs it.
    let incident = incidents["items"][0]["id"].as_str().unwrap();
    let path = format!("/incidents/{incident}/retry");
    assert_eq!(
        world.server.ask("POST", &path, &world.root, None).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(fail(json!({ "retries": 0 })).await, (json!(0), json!(2)));
    world.pass(100_000);
    assert!(world.fetch("one").await.is_empty(), "no more tries");
    assert_eq!(world.case(&case).await["state"], "active");
}

#[tokio::test]
async fn an_error_goes_the_way_that_is_drawn() {
    let world = World::new().await;
    let case = world.start(-1);
    let id = world.fetch("one").await[0]["id"].as_str().unwrap().to_owned();
    let body = json!({ "worker": "one", "code": "rating.negative", "message": "?", "variables": { "rating": "?" } });
    assert_eq!(
        world.post(&format!("{id}/error"), body).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.case(&case).await["state"], "completed");
    assert_eq!(world.variable(&case, "rating"), Some("?".into()));
}

/// Who may what: (what is sent, with whose token, the status, the code).
#[tokio::test]
async fn a_token_is_good_for_its_topics_and_for_nothing_else() {
    let world = World::new().await;
    world.start(1);
    let seller = world.server.kapok.create_token("li.na", "test").unwrap();
    let root = world.server.kapok.create_token("root", "test").unwrap();
    let fetch = |topic: &str| json!({ "worker": "one", "topics": [{ "topic": topic }] });
    let worker = world.token.as_str();
    for (method, path, body, token, status, code) in [
        (
            "POST",
            "/external-tasks/fetch",
            fetch("other"),
            worker,
            403,
            "external-task.topic",
        ),
        (
            "POST",
            "/external-tasks/fetch",
            fetch("rate-customer"),
            seller.reveal(),
            403,
            "forbidden",
        ),
        (
            "POST",
            "/external-tasks/fetch",
            fetch("rate-customer"),
            "made-up",
            401,
            "session.none",
        ),
        ("GET", "/tasks", Value::Null, worker, 403, "token.only-external-tasks"),
        (
            "GET",
            "/external-tasks/topics",
            Value::Null,
            worker,
            403,
            "token.only-external-tasks",
        ),
        (
            "POST",
            "/external-tasks/fetch",
            json!({ "worker": "", "topics": [] }),
            worker,
            422,
            "external-task.worker",
        ),
        (
            "POST",
            "/external-tasks/1/complete",
            json!({ "worker": "one" }),
            worker,
            404,
            "external-task.gone",
        ),
    ] {
        let body = (!body.is_null()).then_some(body);
        let answer = world.server.ask_with_token(method, path, token, body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (status, &json!(code)),
            "{path} {}",
            answer.body
        );
    }
    let all = world.server.ask_with_token(
        "POST",
        "/external-tasks/fetch",
        root.reveal(),
        Some(fetch("rate-customer")),
    );
    assert_eq!(
        all.await.body["items"].as_array().unwrap().len(),
        1,
        "an administrator may try it"
    );
}

#[tokio::test]
async fn administrators_see_the_topics_that_nobody_asks_for() {
    let world = World::new().await;
    let topics = async || {
        let answer = world
            .server
            .ask("GET", "/external-tasks/topics", &world.root, None)
            .await;
        answer.body["items"].as_array().unwrap().clone()
    };
    let shown = |topic: &Value| {
        (
            topic["waiting"].clone(),
            topic["locked"].clone(),
            topic["asked_by"].clone(),
            topic["oldest"].clone(),
        )
    };
    let now = || json!(world.clock.now().to_string());
    let nobody = Value::Null;
    assert_eq!(
        shown(&topics().await[0]),
        (json!(0), json!(0), nobody.clone(), Value::Null)
    );
    let first = now();
    world.start(1);
    world.pass(60);
    let second = now();
    world.start(2);
    assert_eq!(shown(&topics().await[0]), (json!(2), json!(0), nobody, first.clone()));
    let one = json!({ "worker": "one", "topics": [{ "topic": "rate-customer", "lock_seconds": 30 }] });
    world.post("fetch", one).await;
    assert_eq!(shown(&topics().await[0]), (json!(1), json!(1), json!("one"), second));
    world.pass(30);
    assert_eq!(shown(&topics().await[0]), (json!(2), json!(0), json!("one"), first));
}

#[tokio::test]
async fn who_waits_is_answered_as_soon_as_there_is_something() {
    let world = World::new().await;
    let topics = json!([{ "topic": "rate-customer" }]);
    let waiting = world.post(
        "fetch",
        json!({ "worker": "one", "topics": topics, "wait_seconds": 25 }),
    );
    let starting = async {
        // Let the other one begin to wait.
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        world.start(1);
    };
    let (answer, ()) = tokio::join!(waiting, starting);
    assert_eq!(answer.body["items"].as_array().unwrap().len(), 1);
}

/// The example, as somebody runs it: python3 against a server that listens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worker_in_python_does_its_work() {
    let world = World::new().await;
    let cases = [2_000_000, 200_000, -1].map(|revenue| world.start(revenue));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(crate::serve(
        world.server.kapok.clone(),
        Config::default(),
        listener,
        async move { drop(stopped.await) },
    ));
    let worker = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/worker-python/worker.py");
    let token = world.token.clone();
    let ran = tokio::task::spawn_blocking(move || {
        std::process::Command::new("python3")
            .arg(worker)
            .args(["--url", &url, "--tasks", "3"])
            .env("KAPOK_TOKEN", token)
            .stdin(Stdio::null())
            .output()
    });
    let ran = ran.await.unwrap().expect("python3 is installed");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let ratings = cases.clone().map(|case| world.variable(&case, "rating"));
    assert_eq!(ratings, ["A", "B", "?"].map(|rating| Some(rating.into())));
    for case in cases {
        assert_eq!(world.case(&case).await["state"], "completed");
    }
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}
