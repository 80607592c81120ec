//! Service tasks that are HTTP requests, against a server that listens.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
};

use kapok::{
    Clock, Kapok, ManualClock, Outgoing, OutgoingSecret,
    notify::AllowedOrigin,
    process::state::InstanceState,
    protocol::{InstanceId, Timestamp, Value},
};

use crate::support::process;

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
struct Seen {
    line: String,
    headers: BTreeMap<String, String>,
    body: String,
}

/// What the other side answers: a status and a body, or nothing at all.
type Script = Arc<Mutex<Vec<Option<(u16, &'static str)>>>>;

/// A server that answers as it is told, once for each request.
struct Other {
    origin: String,
    script: Script,
    seen: mpsc::Receiver<Seen>,
}

impl Other {
    fn answering(answers: &[Option<(u16, &'static str)>]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listens");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let script: Script = Arc::new(Mutex::new(answers.iter().rev().copied().collect()));
        let (tell, seen) = mpsc::channel();
        let answers = script.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(request) = read(&stream) else { continue };
                let answer = answers.lock().expect("no thread died").pop().flatten();
                if tell.send(request).is_err() {
                    return;
                }
                if let Some((status, body)) = answer {
                    let length = body.len();
                    let _ = write!(
                        &stream,
                        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
                         Connection: close\r\n\r\n{body}"
                    );
                }
            }
        });
        Self { origin, script, seen }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.try_iter().collect()
    }
}

fn read(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let mut seen = Seen::default();
    reader.read_line(&mut seen.line).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => seen.headers.insert(name.to_ascii_lowercase(), value.to_owned()),
            None => break,
        };
    }
    let length = seen
        .headers
        .get("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    seen.body = String::from_utf8(body).ok()?;
    seen.line = seen.line.trim_end().to_owned();
    Some(seen)
}

struct World {
    kapok: Kapok,
    clock: Arc<ManualClock>,
    other: Other,
}

impl World {
    fn new(answers: &[Option<(u16, &'static str)>]) -> Self {
        let other = Other::answering(answers);
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
        let secret = |value: &str, origins: &[&str]| OutgoingSecret {
            value: value.to_owned(),
            origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        };
        let outgoing = Outgoing {
            allowed: vec![AllowedOrigin {
                origin: other.origin.clone(),
                private: true,
            }],
            secrets: BTreeMap::from([
                ("erp".to_owned(), secret("s3cret", &[&other.origin])),
                ("bank".to_owned(), secret("m0ney", &["https://bank.example.com"])),
            ]),
            ..Outgoing::default()
        };
        let kapok = Kapok::builder().clock(clock.clone()).outgoing(outgoing).memory();
        Self {
            kapok: kapok.expect("opens"),
            clock,
            other,
        }
    }

    /// A case of one step that is this request.
    fn start(&self, request: &str, more: &str, variables: &[(&str, Value)]) -> InstanceId {
        let request = request.replace("ORIGIN", &self.other.origin);
        let step = format!(
            "<bpmn:serviceTask id=\"step\" name=\"问\"><bpmn:extensionElements>{request}</bpmn:extensionElements></bpmn:serviceTask>{more}"
        );
        let key = format!("p{}", self.kapok.sequence());
        let error = "<bpmn:error id=\"gone\" errorCode=\"gone\"/><bpmn:process ";
        let xml = process(&key, &step).replace("<bpmn:process ", error);
        let deployed = self.kapok.deploy(&xml);
        let deployed = deployed.unwrap_or_else(|error| panic!("{error}"));
        assert!(deployed.diagnostics.is_empty(), "{:?}", deployed.diagnostics);
        let case = self.kapok.start(&key, variables.iter().cloned()).expect("starts");
        self.kapok.run_due().expect("runs");
        case
    }

    fn pass(&self, seconds: i64) {
        self.clock.move_to(self.clock.now().plus_millis(seconds * 1000));
        self.kapok.run_due().expect("runs");
    }

    fn state(&self, case: InstanceId) -> InstanceState {
        self.kapok.instance(case).expect("a case").view.instance.state
    }

    fn variables(&self, case: InstanceId) -> BTreeMap<String, Value> {
        self.kapok.variables(case).expect("reads")
    }

    /// The texts of what is stuck.
    fn stuck(&self, case: InstanceId) -> Vec<String> {
        let incidents = self.kapok.instance(case).expect("a case").incidents.into_iter();
        incidents.map(|incident| incident.row.text.en).collect()
    }
}

#[test]
fn a_request_is_sent_as_drawn_and_its_answer_becomes_variables() {
    let world = World::new(&[Some((201, r#"{"id":"A-7","lines":[{"price":12.5}]}"#))]);
    let request = r#"<kapok:request method="POST" url="ORIGIN/orders/{number}/lines" result="answer">
        <kapok:query name="wait">true</kapok:query>
        <kapok:query name="none">()</kapok:query>
        <kapok:query name="q">"a&amp;b"</kapok:query>
        <kapok:header name="Authorization" secret="erp" prefix="Bearer "/>
        <kapok:header name="X-Count">2 + 1</kapok:header>
        <kapok:body>#{ total: total, name: "木棉" }</kapok:body>
        <kapok:output variable="order">body.id</kapok:output>
        <kapok:output variable="price">body.lines[0].price * 2</kapok:output>
        <kapok:output variable="how">status</kapok:output>
    </kapok:request>"#;
    let number: Value = "../7?x=1".into();
    let case = world.start(request, "", &[("number", number), ("total", 100.into())]);
    assert_eq!(world.stuck(case), [""; 0]);
    assert_eq!(world.state(case), InstanceState::Completed);
    let seen = world.other.seen();
    let [seen] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(
        seen.line, "POST /orders/..%2F7%3Fx%3D1/lines?wait=true&q=a%26b HTTP/1.1",
        "no value reaches beyond its place"
    );
    assert_eq!(seen.body, r#"{"name":"木棉","total":100}"#);
    for (header, value) in [
        ("authorization", "Bearer s3cret"),
        ("x-count", "3"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(seen.headers[header], value);
    }
    assert!(seen.headers["idempotency-key"].parse::<u64>().is_ok());
    let variables = world.variables(case);
    assert_eq!(variables["order"], "A-7".into());
    assert_eq!(variables["price"], 25.into());
    assert_eq!(variables["how"], 201.into());
    assert_eq!(variables["answer"].as_map().expect("a map")["status"], 201.into());
    assert!(
        !format!("{variables:?}").contains("s3cret"),
        "no process holds a secret"
    );
}

/// What is answered, one after the other; how often the same request is sent, what the state is then, and what is stuck.
#[test]
fn answers_are_successes_errors_later_tries_or_a_persons_business() {
    let errors = r#"<kapok:error status="404 409" code="gone"/>"#;
    let caught = r#"<bpmn:boundaryEvent id="is-gone" attachedToRef="step"><bpmn:errorEventDefinition errorRef="gone"/></bpmn:boundaryEvent>
        <bpmn:sequenceFlow id="then" sourceRef="is-gone" targetRef="gone-end"/><bpmn:endEvent id="gone-end"/>"#;
    let done = InstanceState::Completed;
    let active = InstanceState::Active;
    type Case<'c> = (
        &'c str,
        &'c [Option<(u16, &'static str)>],
        usize,
        InstanceState,
        Option<&'c str>,
    );
    let cases: [Case<'_>; 10] = [
        ("", &[Some((204, ""))], 1, done, None),
        ("", &[Some((302, ""))], 1, active, Some("HTTP 302")),
        (r#"success="2xx 3xx""#, &[Some((302, ""))], 1, done, None),
        ("", &[Some((404, "{}"))], 1, done, None),
        (
            "",
            &[Some((422, "no such product"))],
            1,
            active,
            Some("HTTP 422: no such product"),
        ),
        (
            "",
            &[Some((503, "")), Some((429, "")), Some((200, "{}"))],
            3,
            done,
            None,
        ),
        (
            r#"retries="1""#,
            &[Some((500, "a")), Some((500, "b"))],
            2,
            active,
            Some("HTTP 500: b"),
        ),
        // Whether it arrived is unknown: it comes again under the same key.
        ("", &[None, Some((200, "{}"))], 2, done, None),
        (r#"unknown="ask""#, &[None], 1, active, Some("ask the other side")),
        (r#"retries="0""#, &[None], 1, active, Some("no whole answer")),
    ];
    for (index, (attributes, answers, sent, state, stuck)) in cases.into_iter().enumerate() {
        let world = World::new(answers);
        let request = format!(
            r#"<kapok:request method="PUT" url="ORIGIN/stock" {attributes}><kapok:body>1</kapok:body>{errors}</kapok:request>"#
        );
        let case = world.start(&request, caught, &[]);
        for _ in 0..5 {
            world.pass(3_600);
        }
        let seen = world.other.seen();
        assert_eq!(seen.len(), sent, "case {index}: {:?}", world.stuck(case));
        assert!(
            seen.windows(2)
                .all(|pair| pair[0].headers["idempotency-key"] == pair[1].headers["idempotency-key"]),
            "case {index}"
        );
        assert_eq!(world.state(case), state, "case {index}: {:?}", world.stuck(case));
        match stuck {
            None => assert_eq!(world.stuck(case), [""; 0], "case {index}"),
            Some(words) => assert!(
                world.stuck(case)[0].contains(words),
                "case {index}: {:?}",
                world.stuck(case)
            ),
        }
        assert!(
            world.other.script.lock().expect("no thread died").is_empty(),
            "case {index}"
        );
    }
}

#[test]
fn what_is_not_allowed_is_not_sent() {
    let world = World::new(&[]);
    for (request, rule, words) in [
        (
            r#"<kapok:request method="GET" url="https://elsewhere.example.com/x"/>"#,
            "request.not-allowed",
            "not among the addresses",
        ),
        (
            r#"<kapok:request method="GET" url="ORIGIN/x"><kapok:header name="A" secret="none"/></kapok:request>"#,
            "request.secret",
            "no secret `none`",
        ),
        (
            r#"<kapok:request method="GET" url="ORIGIN/x"><kapok:header name="A" secret="bank"/></kapok:request>"#,
            "",
            "not for this address",
        ),
    ] {
        let request = request.replace("ORIGIN", &world.other.origin);
        let step = format!(
            "<bpmn:serviceTask id=\"step\"><bpmn:extensionElements>{request}</bpmn:extensionElements></bpmn:serviceTask>"
        );
        let key = format!("p{}", world.kapok.sequence());
        let deployed = world.kapok.deploy(&process(&key, &step));
        let found = deployed.unwrap_or_else(|error| panic!("{error}")).diagnostics;
        let rules: Vec<&str> = found.iter().map(|found| found.rule).collect();
        assert_eq!(rules.first().copied().unwrap_or_default(), rule);
        let case = world.kapok.start(&key, crate::support::no_variables()).expect("starts");
        world.kapok.run_due().expect("runs");
        let stuck = world.stuck(case);
        assert!(stuck[0].contains(words), "{stuck:?}");
        assert!(!stuck[0].contains("m0ney"));
    }
    assert!(world.other.seen().is_empty());
}

#[test]
fn forms_and_texts_are_sent_as_they_are_meant() {
    for (body, kind, sent) in [
        (
            r##"<kapok:body type="form">#{ a: "x y", b: 2, none: () }</kapok:body>"##,
            "application/x-www-form-urlencoded",
            "a=x%20y&b=2",
        ),
        (
            r#"<kapok:body type="text">"plain " + 1</kapok:body>"#,
            "text/plain; charset=utf-8",
            "plain 1",
        ),
        (
            r#"<kapok:header name="content-type">"application/vnd.erp+json"</kapok:header><kapok:body>[1, true]</kapok:body>"#,
            "application/vnd.erp+json",
            "[1,true]",
        ),
    ] {
        let world = World::new(&[Some((200, "not json"))]);
        let request = format!(
            r#"<kapok:request method="POST" url="ORIGIN/x">{body}<kapok:output variable="said">body</kapok:output></kapok:request>"#
        );
        let case = world.start(&request, "", &[]);
        let seen = world.other.seen().remove(0);
        assert_eq!(
            (seen.body.as_str(), seen.headers["content-type"].as_str()),
            (sent, kind)
        );
        assert_eq!(world.variables(case)["said"], "not json".into());
    }
}
