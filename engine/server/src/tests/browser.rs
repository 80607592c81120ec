//! What the tests use to talk to the server, and the small company they talk about.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use kapok::{Company, Kapok};
use serde_json::Value;
use tokio::sync::watch;
use tower::ServiceExt;

use crate::{Config, app};

pub(super) const PASSWORD: &str = "a good password";

/// 王伟 is 李娜's superior; 周丽 has nothing to do with either; `root` is the administrator.
const COMPANY: Company<'static> = Company {
    departments: "code,name,parent,head\nsales,销售,,wang.wei\n",
    roles: "code,name\nadministrator,管理员\n",
    people: "login,name,phone,email,department,superior,roles\nroot,管理员,,,,,administrator\nwang.wei,王伟,,,sales,,\n\
             li.na,李娜,,,sales,wang.wei,\nzhou.li,周丽,,,,,\n",
    records: &[],
};

/// The server, and the engine behind it.
pub(super) struct Server {
    app: Router,
    pub(super) kapok: Kapok,
    // Streams end when it is gone.
    _stop: watch::Sender<bool>,
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
    pub(super) text: String,
}

impl Server {
    pub(super) fn with(config: Config) -> Self {
        Self::of_company(Kapok::memory().unwrap(), config)
    }

    /// The same with an engine that has more in it.
    pub(super) fn over(kapok: Kapok) -> Self {
        Self::of_company(kapok, Config::default())
    }

    /// The same, and behaves in another way too.
    pub(super) fn of_company(kapok: Kapok, config: Config) -> Self {
        kapok.load_company(&COMPANY, PASSWORD).unwrap();
        kapok
            .deploy(include_str!("../../../../workflows/leave/leave.bpmn"))
            .unwrap();
        Self::on(kapok, config)
    }

    /// A server of an engine.
    pub(super) fn on(kapok: Kapok, config: Config) -> Self {
        let (stop, stopping) = watch::channel(false);
        Self {
            app: app(kapok.clone(), config, stopping),
            kapok,
            _stop: stop,
        }
    }

    pub(super) fn new() -> Self {
        Self::with(Config::default())
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let is_stream = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind == "text/event-stream");
        let bytes = if is_stream {
            Default::default()
        } else {
            body.collect().await.unwrap().to_bytes()
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
            text,
        }
    }

    /// Signs in; the cookie to send.
    pub(super) async fn sign_in(&self, login: &str, password: &str) -> Answer {
        let body = serde_json::json!({ "user": login, "password": password });
        self.send(request("POST", "/api/v1/session", None, Some(body))).await
    }

    pub(super) async fn cookie(&self, login: &str) -> String {
        let answer = self.sign_in(login, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    pub(super) async fn ask(&self, method: &str, path: &str, cookie: &str, body: Option<Value>) -> Answer {
        self.send(request(method, &format!("/api/v1{path}"), Some(cookie), body))
            .await
    }

    /// Asks as a program with a token.
    pub(super) async fn ask_with_token(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Answer {
        let mut request = request(method, &format!("/api/v1{path}"), None, body);
        let value = format!("Bearer {token}").parse().unwrap();
        request.headers_mut().insert(header::AUTHORIZATION, value);
        self.send(request).await
    }

    /// 李娜 asks for leave; the case, and 王伟's task.
    pub(super) async fn leave(&self) -> (String, String) {
        let cookie = self.cookie("li.na").await;
        let variables = serde_json::json!({ "kind": "年假", "from": "2026-12-01", "to": "2026-12-02", "days": 2 });
        let body = serde_json::json!({ "process": "leave", "variables": variables });
        let started = self.ask("POST", "/instances", &cookie, Some(body)).await;
        assert_eq!(started.status, StatusCode::CREATED, "{}", started.body);
        let case = started.body["id"].as_str().unwrap().to_owned();
        let tasks = self
            .ask(
                "GET",
                "/tasks?assignee=me&limit=20",
                &self.cookie("wang.wei").await,
                None,
            )
            .await;
        assert_eq!(tasks.body["count"], 1, "{}", tasks.body);
        (case, tasks.body["items"][0]["id"].as_str().unwrap().to_owned())
    }
}

/// A request as a page of ours sends it.
pub(super) fn request(method: &str, path: &str, cookie: Option<&str>, body: Option<Value>) -> Request<Body> {
    let mut builder = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "kapok.test");
    if method != Method::GET.as_str() {
        builder = builder
            .header("X-Kapok", "1")
            .header(header::ORIGIN, "http://kapok.test");
    }
    if let Some(cookie) = cookie {
        builder = builder.header(header::COOKIE, cookie);
    }
    let body = match body {
        None => Body::empty(),
        Some(body) => {
            builder = builder.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        }
    };
    builder.body(body).unwrap()
}
