//! Signing in through another system: who gets in, and how nobody else does. The other system is 企业微信 as its plugin knows it,
//! played by a small server.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    sync::Arc,
    thread,
};

use axum::http::header;
use kapok::{Kapok, ManualClock, Outgoing, PluginSource, notify::AllowedOrigin, protocol::Timestamp};
use serde_json::json;

use super::browser::{Answer, PASSWORD, Server, request};
use crate::Config;

const SOURCE: &str = "wecom.wecom";

/// Answers what WeCom would: a code stands for the person whose name it is.
fn wecom() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(&stream);
            let mut head = String::new();
            while reader.read_line(&mut head).is_ok_and(|read| read > 2) {}
            let path = head.split_whitespace().nth(1).unwrap_or_default();
            let code = path.split("code=").nth(1).unwrap_or_default();
            let body = match path {
                path if path.contains("/gettoken?") => json!({ "errcode": 0, "access_token": "t" }),
                path if path.contains("/department/list?") => {
                    json!({ "errcode": 0, "department": [{ "id": 1, "name": "销售", "parentid": 0 }] })
                }
                path if path.contains("/user/list?") => json!({ "errcode": 0, "userlist": [
                    { "userid": "LiNa", "name": "李娜", "mobile": "13800000001", "department": [1], "status": 1 },
                    { "userid": "wang.wei", "name": "王伟", "department": [1], "status": 1 },
                    { "userid": "New", "name": "新人", "department": [1], "direct_leader": ["LiNa"], "status": 1 },
                ] }),
                _ if code == "used" => json!({ "errcode": 40029, "errmsg": "invalid code" }),
                _ if code == "broken" => json!({ "errcode": 40001, "errmsg": "invalid credential" }),
                _ => json!({ "errcode": 0, "userid": code }),
            };
            let body = body.to_string();
            let length = body.len();
            let _ = write!(
                &stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
    });
    origin
}

struct World {
    server: Server,
    clock: Arc<ManualClock>,
}

/// A browser on its way to the other system.
struct Away {
    /// The cookie that it holds.
    cookie: String,
    state: String,
    address: String,
}

impl World {
    fn new() -> Self {
        Self::at(Some("https://kapok.test"))
    }

    fn at(base_url: Option<&str>) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/dist");
        let plugins = PluginSource::read_folder(&folder).unwrap_or_default();
        let wecom_plugin = plugins.into_iter().find(|plugin| plugin.origin.contains("wecom"));
        let plugin = wecom_plugin.expect("the plugins are not built: run `cargo xtask plugins` once");
        let origin = wecom();
        let settings = [
            ("corp_id", "ww1"),
            ("agent_id", "7"),
            ("secret", "s"),
            ("api", origin.as_str()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let outgoing = Outgoing {
            allowed: vec![AllowedOrigin {
                origin: origin.clone(),
                private: true,
            }],
            plugins: [("wecom".to_owned(), settings)].into(),
            ..Outgoing::default()
        };
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(1_795_420_800_000)));
        let kapok = Kapok::builder()
            .plugins(vec![plugin])
            .outgoing(outgoing)
            .clock(clock.clone())
            .memory()
            .unwrap();
        let config = Config {
            base_url: base_url.map(|base| base.parse().unwrap()),
            clock: clock.clone(),
            ..Config::default()
        };
        Self {
            server: Server::of_company(kapok, config),
            clock,
        }
    }

    /// Connects somebody, as they would themselves.
    async fn connect(&self, login: &str, external: &str) -> Answer {
        let session = self.server.cookie(login).await;
        let path = format!("/sign-in/{SOURCE}/connect");
        let begun = self.server.ask("POST", &path, &session, None).await;
        assert_eq!(begun.status, 200, "{}", begun.body);
        let away = away(&begun, begun.body["address"].as_str().unwrap());
        // The session's cookie does not come back from another site.
        self.back(&away.cookie, SOURCE, &away.state, external).await
    }

    async fn leave(&self, to: &str) -> Away {
        let path = format!("/api/v1/sign-in/{SOURCE}{to}");
        let answer = self.server.send(request("GET", &path, None, None)).await;
        away(&answer, &location(&answer))
    }

    async fn back(&self, cookie: &str, source: &str, state: &str, code: &str) -> Answer {
        let path = format!("/api/v1/sign-in/{source}/return?code={code}&state={state}");
        let answer = self.server.send(request("GET", &path, Some(cookie), None)).await;
        assert_eq!(answer.status, 302, "{}", answer.text);
        answer
    }

    /// Leaves, and comes back as somebody.
    async fn sign_in(&self, to: &str, external: &str) -> Answer {
        let away = self.leave(to).await;
        self.back(&away.cookie, SOURCE, &away.state, external).await
    }
}

fn location(answer: &Answer) -> String {
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}

/// A cookie that an answer sets, as it is sent back.
fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.get_all(header::SET_COOKIE).iter();
    let mut cookies = set.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
    cookies
        .find(|cookie| cookie.contains(name) && !cookie.ends_with('='))
        .map(str::to_owned)
}

fn away(answer: &Answer, address: &str) -> Away {
    let state = address.split("state=").nth(1).unwrap().to_owned();
    Away {
        cookie: cookie(answer, "kapok_sign_in").unwrap(),
        state,
        address: address.to_owned(),
    }
}

#[tokio::test]
async fn whoever_is_connected_signs_in_and_lands_where_they_wanted() {
    let world = World::new();
    let sources = world
        .server
        .send(request("GET", "/api/v1/sign-in/sources", None, None))
        .await;
    assert_eq!(sources.body["items"][0]["id"], SOURCE, "{}", sources.body);
    let connected = world.connect("li.na", "LiNa").await;
    assert_eq!(location(&connected), "/?connection=done");

    let away = world.leave("?to=/tasks/12").await;
    assert!(
        away.address
            .contains("redirect_uri=https%3A%2F%2Fkapok.test%2Fapi%2Fv1%2Fsign-in%2Fwecom.wecom%2Freturn"),
        "{}",
        away.address
    );
    assert!(away.cookie.starts_with("__Host-kapok_sign_in="), "{}", away.cookie);
    let answer = world.back(&away.cookie, SOURCE, &away.state, "LiNa").await;
    assert_eq!(location(&answer), "/tasks/12");
    let set: Vec<&str> = answer
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .map(|cookie| cookie.to_str().unwrap())
        .collect();
    assert!(
        set.iter()
            .any(|cookie| cookie.contains("kapok_session") && cookie.contains("SameSite=Strict")),
        "{set:?}"
    );
    assert!(
        set.iter()
            .any(|cookie| cookie.contains("kapok_sign_in=;") && cookie.contains("Max-Age=0")),
        "{set:?}"
    );
    let session = cookie(&answer, "kapok_session").unwrap();
    let me = world.server.ask("GET", "/session", &session, None).await;
    assert_eq!(me.body["login"], "li.na", "{}", me.body);
}

#[tokio::test]
async fn a_state_is_good_for_one_browser_one_source_and_one_time() {
    let world = World::new();
    world.connect("li.na", "LiNa").await;
    let expired = |answer: &Answer| {
        assert_eq!(location(answer), "/sign-in?problem=expired");
        assert!(cookie(answer, "kapok_session").is_none());
    };
    // Somebody else's browser: without the cookie, or with one of its own.
    let (mine, theirs) = (world.leave("").await, world.leave("").await);
    assert_ne!(mine.state, theirs.state);
    assert_eq!(mine.state.len(), 43, "256 bits");
    expired(&world.back("other=1", SOURCE, &mine.state, "LiNa").await);
    expired(&world.back(&theirs.cookie, SOURCE, &mine.state, "LiNa").await);
    // Made up, though both agree.
    expired(
        &world
            .back("__Host-kapok_sign_in=made-up", SOURCE, "made-up", "LiNa")
            .await,
    );
    // Another source's.
    expired(&world.back(&theirs.cookie, "other.source", &theirs.state, "LiNa").await);
    // Missing.
    let path = format!("/api/v1/sign-in/{SOURCE}/return?code=LiNa");
    expired(&world.server.send(request("GET", &path, Some(&mine.cookie), None)).await);
    // Once, and not again.
    let done = world.back(&mine.cookie, SOURCE, &mine.state, "LiNa").await;
    assert_eq!(location(&done), "/");
    expired(&world.back(&mine.cookie, SOURCE, &mine.state, "LiNa").await);
    // Too late.
    let late = world.leave("").await;
    world
        .clock
        .move_to(Timestamp::from_millis(1_795_420_800_000 + 10 * 60_000));
    expired(&world.back(&late.cookie, SOURCE, &late.state, "LiNa").await);
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let world = World::new();
    world.connect("li.na", "LiNa").await;
    for to in [
        "//evil.test",
        "/%5Cevil.test",
        "https://evil.test",
        "/%09/evil.test",
        "/..//evil.test",
        "javascript:alert(1)",
        "/api/v1/session",
    ] {
        let answer = world.sign_in(&format!("?to={to}"), "LiNa").await;
        assert_eq!(location(&answer), "/", "{to}");
    }
    let refused = world.sign_in("?to=//evil.test", "Nobody").await;
    assert_eq!(location(&refused), "/sign-in?problem=unlinked");
}

#[tokio::test]
async fn who_is_not_connected_or_has_left_stays_outside() {
    let world = World::new();
    world.connect("li.na", "LiNa").await;
    // Neither the name nor anything else of a person lets anybody in.
    for (external, code) in [
        ("li.na", "unlinked"),
        ("root", "unlinked"),
        ("used", "refused"),
        ("broken", "failed"),
        ("", "refused"),
    ] {
        let answer = world.sign_in("?to=/tasks/12", external).await;
        let expected = format!("/sign-in?problem={code}&next=%2Ftasks%2F12");
        assert_eq!(location(&answer), expected, "{external}");
        assert!(cookie(&answer, "kapok_session").is_none());
    }
    let root = world.server.cookie("root").await;
    let person = |login: &'static str| {
        let (server, root) = (&world.server, root.clone());
        async move {
            let people = server.ask("GET", &format!("/people?q={login}"), &root, None).await;
            people.body["items"][0]["id"].as_str().unwrap().to_owned()
        }
    };
    let (li, wang) = (person("li.na").await, person("wang.wei").await);
    let path = format!("/people/{li}/leave");
    let left = world
        .server
        .ask("POST", &path, &root, Some(json!({ "hand_over_to": wang })))
        .await;
    assert_eq!(left.status, 200, "{}", left.body);
    let answer = world.sign_in("", "LiNa").await;
    assert_eq!(location(&answer), "/sign-in?problem=inactive");
    assert!(cookie(&answer, "kapok_session").is_none());
}

#[tokio::test]
async fn an_account_is_one_persons_and_ends_when_it_is_said() {
    let world = World::new();
    world.connect("li.na", "LiNa").await;
    assert_eq!(location(&world.connect("wang.wei", "LiNa").await), "/?connection=taken");
    assert_eq!(location(&world.connect("li.na", "Other").await), "/?connection=other");
    let (li, wang) = (
        world.server.cookie("li.na").await,
        world.server.cookie("wang.wei").await,
    );
    let me = world.server.ask("GET", "/session", &li, None).await;
    let id = me.body["id"].as_str().unwrap();
    let path = format!("/people/{id}/connections");
    let shown = world.server.ask("GET", &path, &li, None).await;
    assert_eq!(shown.body["items"][0]["external"], "LiNa", "{}", shown.body);
    assert_eq!(world.server.ask("GET", &path, &wang, None).await.status, 403);
    let one = format!("{path}/{SOURCE}");
    assert_eq!(world.server.ask("DELETE", &one, &wang, None).await.status, 403);
    let root = world.server.cookie("root").await;
    assert_eq!(world.server.ask("DELETE", &one, &root, None).await.status, 204);
    assert_eq!(world.server.ask("DELETE", &one, &li, None).await.status, 404);
    let history = world
        .server
        .ask("GET", &format!("/records/system.person/{id}/history"), &root, None)
        .await;
    let events: Vec<&str> = history.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item["event"].as_str().filter(|event| event.contains("connected")))
        .collect();
    assert_eq!(events, ["disconnected", "connected"], "{}", history.body);
    let answer = world.sign_in("", "LiNa").await;
    assert_eq!(location(&answer), "/sign-in?problem=unlinked");
}

#[tokio::test]
async fn a_link_goes_with_its_person() {
    let world = World::new();
    world.connect("zhou.li", "ZhouLi").await;
    let root = world.server.cookie("root").await;
    let people = world.server.ask("GET", "/people?q=zhou.li", &root, None).await;
    let path = format!(
        "/records/system.person/{}",
        people.body["items"][0]["id"].as_str().unwrap()
    );
    assert_eq!(world.server.ask("DELETE", &path, &root, None).await.status, 204);
    assert_eq!(
        location(&world.sign_in("", "ZhouLi").await),
        "/sign-in?problem=unlinked"
    );
    // Nor does it come back with them.
    let restored = world.server.ask("POST", &format!("{path}/restore"), &root, None).await;
    assert!(restored.status.is_success(), "{}", restored.body);
    assert_eq!(
        location(&world.sign_in("", "ZhouLi").await),
        "/sign-in?problem=unlinked"
    );
    assert_eq!(world.server.kapok.verify().unwrap().findings, []);
}

#[tokio::test]
async fn failures_close_the_door_to_an_address() {
    let world = World::new();
    world.connect("li.na", "LiNa").await;
    for _ in 0..50 {
        let answer = world.back("none=1", SOURCE, "x", "LiNa").await;
        assert_eq!(location(&answer), "/sign-in?problem=expired");
    }
    let path = format!("/api/v1/sign-in/{SOURCE}");
    let answer = world.server.send(request("GET", &path, None, None)).await;
    assert_eq!(location(&answer), "/sign-in?problem=throttled");
    let answer = world.back("none=1", SOURCE, "x", "LiNa").await;
    assert_eq!(location(&answer), "/sign-in?problem=throttled");
    world
        .clock
        .move_to(Timestamp::from_millis(1_795_420_800_000 + 15 * 60_000));
    assert_eq!(location(&world.sign_in("", "LiNa").await), "/");
}

#[tokio::test]
async fn without_its_own_address_a_server_says_so() {
    let world = World::at(None);
    let path = format!("/api/v1/sign-in/{SOURCE}");
    let answer = world.server.send(request("GET", &path, None, None)).await;
    assert_eq!(location(&answer), "/sign-in?problem=no-base-url");
    let unknown = World::new();
    let answer = unknown
        .server
        .send(request("GET", "/api/v1/sign-in/no.such", None, None))
        .await;
    assert_eq!(location(&answer), "/sign-in?problem=source");
}

/// Looked at, then applied; and then whoever was taken over signs in.
#[tokio::test]
async fn the_organisation_is_taken_over_as_it_was_looked_at() {
    let world = World::new();
    let root = world.server.cookie("root").await;
    let sync = |what: &'static str, body| {
        let (server, root) = (&world.server, root.clone());
        async move {
            let path = format!("/organisation/sources/{SOURCE}/{what}");
            server.ask("POST", &path, &root, body).await
        }
    };
    let looked = sync("preview", None).await;
    assert_eq!(looked.status, 200, "{}", looked.body);
    assert_eq!(looked.body["departments"]["connected"], 1, "{}", looked.body);
    let people = &looked.body["people"];
    // LiNa and New are new; wang.wei is found by the sign-in name, and was in the department already.
    assert_eq!([&people["created"], &people["connected"]], [2, 1], "{}", looked.body);
    assert_eq!(
        world.sign_in("", "wang.wei").await.headers[header::LOCATION],
        "/sign-in?problem=unlinked"
    );

    let plan = |text: &str| Some(json!({ "plan": text }));
    assert_eq!(sync("apply", plan("made-up")).await.status, 409);
    let looked = sync("preview", None).await;
    let name = looked.body["plan"].as_str().unwrap();
    let done = sync("apply", plan(name)).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(
        [&done.body["people"]["created"], &done.body["people"]["failed"]],
        [2, 0],
        "{}",
        done.body
    );
    // It is done once.
    assert_eq!(sync("apply", plan(name)).await.status, 409);
    for (external, login) in [("wang.wei", "wang.wei"), ("LiNa", "LiNa"), ("New", "New")] {
        let answer = world.sign_in("", external).await;
        let session = cookie(&answer, "kapok_session").unwrap_or_else(|| panic!("{external}: {}", location(&answer)));
        let me = world.server.ask("GET", "/session", &session, None).await;
        assert_eq!(me.body["login"], login);
    }
    let again = sync("preview", None).await;
    let counts = [&again.body["people"]["unchanged"], &again.body["people"]["created"]];
    assert_eq!(counts, [3, 0], "{}", again.body);
    assert_eq!(again.body["items"], json!([]), "{}", again.body);
    // The superior of somebody new was new too.
    let new = world
        .server
        .ask("GET", "/records/system.person?q=%E6%96%B0%E4%BA%BA", &root, None)
        .await;
    assert!(
        new.body["items"][0]["fields"]["superior"].is_string()
            || new.body["items"][0]["fields"]["superior"].is_object(),
        "{}",
        new.body
    );
    assert_eq!(
        world.server.sign_in("New", PASSWORD).await.status,
        401,
        "nobody has set a password"
    );
}
