//! Requests that are drawn, tried over HTTP against a server that listens.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::mpsc,
    thread,
};

use kapok::{Kapok, Outgoing, OutgoingSecret, notify::AllowedOrigin};
use serde_json::{Value, json};

use super::browser::{Answer, Server};

/// The other side: answers each request alike, and hands on the text of what arrived.
struct Other {
    origin: String,
    seen: mpsc::Receiver<String>,
}

impl Other {
    fn answering(status: u16, body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (tell, seen) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(&stream);
                let mut text = String::new();
                while reader.read_line(&mut text).is_ok_and(|read| read > 2) {}
                let length = text.lines().find_map(|line| {
                    let (name, value) = line.split_once(": ")?;
                    name.eq_ignore_ascii_case("content-length")
                        .then(|| value.parse().ok())?
                });
                let mut sent = vec![0; length.unwrap_or(0)];
                let _ = reader.read_exact(&mut sent);
                text += &String::from_utf8_lossy(&sent);
                let told = tell.send(text);
                let length = body.len();
                let _ = write!(
                    &stream,
                    "HTTP/1.1 {status} X\r\nX-Stock: 3\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
                if told.is_err() {
                    return;
                }
            }
        });
        Self { origin, seen }
    }

    /// A server that may call it, with a secret that is for it and one that is not.
    fn server(&self) -> Server {
        let secret = |value: &str, origin: &str| OutgoingSecret {
            value: value.to_owned(),
            origins: vec![origin.to_owned()],
        };
        let outgoing = Outgoing {
            allowed: vec![AllowedOrigin {
                origin: self.origin.clone(),
                private: true,
            }],
            secrets: BTreeMap::from([
                ("erp".to_owned(), secret("s3cret", &self.origin)),
                ("bank".to_owned(), secret("m0ney", "https://bank.example.com")),
            ]),
            ..Outgoing::default()
        };
        Server::over(Kapok::builder().outgoing(outgoing).memory().unwrap())
    }

    async fn asked(&self, server: &Server, login: &str, request: &str, variables: Value) -> Answer {
        let cookie = server.cookie(login).await;
        let request = request.replace("ORIGIN", &self.origin);
        let body = json!({ "request": request, "variables": variables });
        server.ask("POST", "/requests/try", &cookie, Some(body)).await
    }
}

#[tokio::test]
async fn a_request_is_tried_as_it_is_drawn() {
    let other = Other::answering(201, r#"{"id":"A-7"}"#.to_owned());
    let server = other.server();
    let request = r#"<kapok:request method="POST" url="ORIGIN/orders/{record.number}">
        <kapok:query name="wait">true</kapok:query>
        <kapok:header name="Authorization" secret="erp" prefix="Bearer "/>
        <kapok:body>#{ total: total * 2 }</kapok:body>
        <kapok:output variable="order">body.id</kapok:output>
        <kapok:output variable="lost">body.no.such</kapok:output>
    </kapok:request>"#;
    let values = json!({ "record": { "number": "a/b" }, "total": 50 });
    let answer = other.asked(&server, "root", request, values).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let seen = other.seen.try_recv().unwrap();
    assert!(seen.starts_with("POST /orders/a%2Fb?wait=true HTTP/1.1\r\n"), "{seen}");
    assert!(
        seen.contains("Bearer s3cret") && seen.ends_with(r#"{"total":100}"#),
        "{seen}"
    );
    let tried = &answer.body;
    assert_eq!(tried["url"], format!("{}/orders/a%2Fb?wait=true", other.origin));
    assert_eq!(
        [&tried["status"], &tried["verdict"], &tried["body"], &tried["cut"]],
        [&json!(201), &json!("success"), &json!(r#"{"id":"A-7"}"#), &json!(false)]
    );
    assert!(
        tried["headers"]
            .as_array()
            .unwrap()
            .contains(&json!({ "name": "x-stock", "value": "3" }))
    );
    assert_eq!(tried["outputs"][0]["value"], "A-7");
    assert!(tried["outputs"][1]["problem"]["zh"].is_string(), "{tried}");
    assert!(!answer.text.contains("s3cret"), "a secret is sent, and never shown");
}

#[tokio::test]
async fn what_an_answer_would_mean_is_said_and_long_ones_are_cut() {
    let other = Other::answering(404, "木".repeat(40_000));
    let server = other.server();
    for (errors, verdict, code) in [
        (r#"<kapok:error status="404" code="gone"/>"#, "error", json!("gone")),
        ("", "refused", Value::Null),
    ] {
        let request = format!(r#"<kapok:request method="GET" url="ORIGIN/x">{errors}</kapok:request>"#);
        let answer = other.asked(&server, "root", &request, json!({})).await;
        let tried = &answer.body;
        assert_eq!((&tried["verdict"], &tried["error"]), (&json!(verdict), &code));
        let shown = tried["body"].as_str().unwrap();
        assert!(shown.len() <= 64 << 10 && shown.len() > 64_000 && shown.ends_with('木'));
        assert_eq!(tried["cut"], true);
    }
}

#[tokio::test]
async fn what_a_process_may_not_send_is_not_tried_either() {
    let other = Other::answering(200, String::new());
    let server = other.server();
    for (login, request, status, code, words) in [
        (
            "li.na",
            r#"<kapok:request method="GET" url="ORIGIN/x"/>"#,
            403,
            "forbidden",
            "",
        ),
        (
            "root",
            r#"<kapok:request method="GET" url="https://elsewhere.example.com/x"/>"#,
            422,
            "request.not-sent",
            "not among the addresses",
        ),
        (
            "root",
            r#"<kapok:request method="GET" url="ORIGIN/x"><kapok:header name="A" secret="bank"/></kapok:request>"#,
            422,
            "request.not-sent",
            "not for this address",
        ),
        (
            "root",
            r#"<kapok:request method="GET" url="ORIGIN/{nothing}"/>"#,
            422,
            "request.value",
            "nothing",
        ),
        (
            "root",
            r#"<kapok:request method="GET" url="ORIGIN/x"><kapok:query name="a">1 +</kapok:query></kapok:request>"#,
            422,
            "request.wrong",
            "",
        ),
        ("root", "", 422, "request.wrong", ""),
    ] {
        let answer = other.asked(&server, login, request, json!({})).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["code"]),
            (status, &json!(code)),
            "{request} {}",
            answer.body
        );
        assert!(answer.text.contains(words), "{}", answer.text);
        assert!(!answer.text.contains("m0ney"));
    }
    assert!(other.seen.try_recv().is_err(), "nothing has arrived");
}
