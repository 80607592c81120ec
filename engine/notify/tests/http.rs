//! The outbound client against real sockets.

use kapok_notify::{AllowedOrigin, FetchError, HttpClient, HttpLimits, HttpRequest};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

/// Serves one connection with these bytes; the task ends with the request.
async fn server(answer: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
            assert!(stream.read_buf(&mut request).await.unwrap() > 0);
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(request).unwrap()
    });
    (origin, task)
}

fn client(origin: &str, private: bool) -> HttpClient {
    let limits = HttpLimits {
        body: 16,
        ..HttpLimits::default()
    };
    HttpClient::new(
        &[AllowedOrigin {
            origin: origin.to_owned(),
            private,
        }],
        limits,
    )
    .unwrap()
}

fn get(url: String) -> HttpRequest {
    HttpRequest {
        method: "GET".to_owned(),
        url,
        headers: vec![("x-key".to_owned(), "7".to_owned())],
        body: vec![],
    }
}

#[tokio::test]
async fn a_request_and_its_answer_arrive_whole() {
    let (origin, server) = server("HTTP/1.1 201 Created\r\nX-Id: 5\r\nContent-Length: 2\r\n\r\nok").await;
    let answer = client(&origin, true)
        .fetch(get(format!("{origin}/a/b?c=d#e")))
        .await
        .unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (201, &b"ok"[..]));
    assert!(answer.headers.contains(&("x-id".to_owned(), "5".to_owned())));
    let request = server.await.unwrap().to_lowercase();
    assert!(request.starts_with("get /a/b?c=d http/1.1\r\n"), "{request}");
    assert!(
        request.contains("x-key: 7") && request.contains(&origin.replace("http://", "host: ")),
        "{request}"
    );
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let (origin, server) =
        server("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n").await;
    let answer = client(&origin, true).fetch(get(origin.clone())).await.unwrap();
    assert_eq!(answer.status, 302);
    server.await.unwrap();
}

#[tokio::test]
async fn a_request_that_left_without_a_whole_answer_is_unknown() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n12345678901234567",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        "not HTTP at all\r\n\r\n",
        "",
    ] {
        let (origin, server) = server(answer).await;
        let result = client(&origin, true).fetch(get(origin.clone())).await;
        assert!(matches!(result, Err(FetchError::Unknown(_))), "{answer:?}: {result:?}");
        server.await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_refused_means_not_sent() {
    let origin = format!(
        "http://{}",
        TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
    );
    assert!(matches!(
        client(&origin, true).fetch(get(origin)).await,
        Err(FetchError::NotSent(_))
    ));
}

#[tokio::test]
async fn nothing_is_said_before_the_other_side_has_shown_its_certificate() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("https://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = vec![0; 5];
        stream.read_exact(&mut hello).await.unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .await
            .unwrap();
        hello
    });
    let result = client(&origin, true).fetch(get(origin)).await;
    assert!(matches!(result, Err(FetchError::NotSent(_))), "{result:?}");
    // The first byte of a TLS handshake record.
    assert_eq!(server.await.unwrap()[0], 0x16);
}

#[tokio::test]
async fn what_is_not_allowed_is_refused_before_anything_is_asked() {
    let allowed = "http://localhost:9";
    let cases = [
        ("http://localhost:9/", "an address that is not public"),
        ("http://localhost:10/", "another port"),
        ("https://localhost:9/", "another scheme"),
        ("http://127.0.0.1:9/", "another name for it"),
        ("http://user:password@localhost:9/", "a password in the URL"),
        ("file:///etc/passwd", "a file"),
        ("localhost", "no URL"),
    ];
    for (url, name) in cases {
        let result = client(allowed, false).fetch(get(url.to_owned())).await;
        assert!(matches!(result, Err(FetchError::Refused(_))), "{name}: {result:?}");
    }
    // However the address is written, it is the address that counts.
    for origin in [
        "http://[::1]:9",
        "http://[::ffff:127.0.0.1]:9",
        "http://0x7f.1:9",
        "http://2130706433:9",
    ] {
        let result = client(origin, false).fetch(get(origin.to_owned())).await;
        assert!(
            matches!(&result, Err(FetchError::Refused(reason)) if reason.contains("not public")),
            "{result:?}"
        );
    }
}

#[tokio::test]
async fn headers_cannot_split_the_request() {
    let cases = [
        ("x", "a\r\nb: c"),
        ("x\r\ny", "a"),
        ("Host", "other"),
        ("Transfer-Encoding", "chunked"),
    ];
    for (name, value) in cases {
        let mut request = get("http://localhost:9/".to_owned());
        request.headers.push((name.to_owned(), value.to_owned()));
        let result = client("http://localhost:9", true).fetch(request).await;
        assert!(matches!(result, Err(FetchError::Refused(_))), "{name:?}: {result:?}");
    }
}

#[test]
fn an_origin_has_no_path() {
    for origin in [
        "https://a.example/path",
        "ftp://a.example",
        "a.example",
        "https://u@a.example",
        "https://a/?q",
    ] {
        let allowed = [AllowedOrigin {
            origin: origin.to_owned(),
            private: false,
        }];
        assert!(HttpClient::new(&allowed, HttpLimits::default()).is_err(), "{origin}");
    }
}
