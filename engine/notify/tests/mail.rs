//! Mail against a real conversation: a small mail server on a real socket, and a folder.

use kapok_notify::{OutgoingMail, SendError, SmtpConfig, Tls, Transport, message_id};
use kapok_protocol::OutboxId;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::JoinHandle,
};

/// Serves one connection. `answer` says what to reply to a command; `None` closes the connection. The task ends with
/// everything the client said.
async fn server(answer: fn(&str) -> Option<&'static str>) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (reader, mut writer) = stream.into_split();
        let (mut lines, mut said, mut in_data) = (BufReader::new(reader).lines(), Vec::new(), false);
        writer.write_all(b"220 test\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            said.push(line.clone());
            if in_data && line != "." {
                continue;
            }
            let Some(reply) = answer(&line) else { break };
            in_data = line == "DATA" && reply.starts_with('3');
            writer.write_all(format!("{reply}\r\n").as_bytes()).await.unwrap();
        }
        said
    });
    (port, task)
}

fn well(line: &str) -> Option<&'static str> {
    Some(match line {
        "DATA" => "354 go on",
        "." => "250 queued as 42",
        "QUIT" => "221 bye",
        _ => "250 ok",
    })
}

fn through(port: u16) -> Transport {
    Transport::Smtp(SmtpConfig {
        host: "127.0.0.1".to_owned(),
        port,
        tls: Tls::None,
        user: None,
        password: None,
    })
}

fn mail() -> OutgoingMail {
    OutgoingMail {
        message_id: message_id(OutboxId::new(12).unwrap(), "example.com"),
        from: "Kapok <kapok@example.com>".to_owned(),
        to_address: "li@example.com".to_owned(),
        to_name: "李雷".to_owned(),
        subject: "报价已批准".to_owned(),
        body: "您好：\n报价已批准。\n".to_owned(),
    }
}

#[tokio::test]
async fn a_mail_reaches_the_server_whole() {
    let (port, server) = server(well).await;
    let receipt = through(port).send(&mail()).await.unwrap();
    assert_eq!(receipt.id, "queued as 42");
    let said = server.await.unwrap();
    let has = |start: &str| said.iter().any(|line| line.starts_with(start));
    assert!(has("EHLO example.com") && has("MAIL FROM:<kapok@example.com>") && has("RCPT TO:<li@example.com>"));
    assert!(
        has("Message-ID: <outbox-12@example.com>") && has("Auto-Submitted: auto-generated"),
        "{said:?}"
    );
    // 报价已批准, as RFC 2047 writes it.
    assert!(has("Subject: =?utf-8?b?5oql5Lu35bey5om55YeG?="), "{said:?}");
}

#[tokio::test]
async fn every_way_to_fail_says_whether_the_mail_left() {
    type Case = (&'static str, fn(&str) -> Option<&'static str>, fn(&SendError) -> bool);
    let cases: [Case; 5] = [
        (
            "an address that does not exist",
            |line| {
                if line.starts_with("RCPT") {
                    Some("550 no such user")
                } else {
                    well(line)
                }
            },
            |error| matches!(error, SendError::Refused(_)),
        ),
        (
            "greylisting",
            |line| {
                if line.starts_with("RCPT") {
                    Some("451 later")
                } else {
                    well(line)
                }
            },
            |error| matches!(error, SendError::Retry(_)),
        ),
        (
            "a server that hangs up at the start",
            |_| None,
            |error| matches!(error, SendError::Retry(_)),
        ),
        (
            "a server that hangs up after the mail",
            |line| if line == "." { None } else { well(line) },
            |error| matches!(error, SendError::Unknown(_)),
        ),
        (
            "a mail taken for spam",
            |line| if line == "." { Some("554 spam") } else { well(line) },
            |error| matches!(error, SendError::Refused(_)),
        ),
    ];
    for (name, answer, expected) in cases {
        let (port, server) = server(answer).await;
        let error = through(port).send(&mail()).await.unwrap_err();
        assert!(expected(&error), "{name}: {error:?}");
        server.await.unwrap();
    }
}

#[tokio::test]
async fn without_a_server_a_mail_waits() {
    let port = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    assert!(matches!(through(port).send(&mail()).await, Err(SendError::Retry(_))));
}

#[tokio::test]
async fn a_server_that_cannot_do_tls_gets_no_mail_in_plain_text() {
    let (port, server) = server(well).await;
    let Transport::Smtp(config) = through(port) else {
        unreachable!()
    };
    let error = Transport::Smtp(SmtpConfig {
        tls: Tls::StartTls,
        ..config
    })
    .send(&mail())
    .await
    .unwrap_err();
    assert!(matches!(error, SendError::Retry(_)), "{error:?}");
    assert!(!server.await.unwrap().iter().any(|line| line.starts_with("MAIL")));
}

#[tokio::test]
async fn nobody_can_add_headers() {
    let folder = tempfile::tempdir().unwrap();
    let injection = "x\r\nBcc: everybody@example.com";
    let cases: [fn(&mut OutgoingMail, &str); 5] = [
        |mail, text| mail.subject = text.to_owned(),
        |mail, text| mail.to_name = text.to_owned(),
        |mail, text| mail.to_address = text.to_owned(),
        |mail, text| mail.from = text.to_owned(),
        |mail, text| mail.message_id = text.to_owned(),
    ];
    for inject in cases {
        for text in [injection, "x\nBcc: everybody@example.com", "x\rBcc: y"] {
            let mut mail = mail();
            inject(&mut mail, text);
            let result = Transport::Folder(folder.path().to_owned()).send(&mail).await;
            assert!(matches!(result, Err(SendError::Refused(_))), "{result:?}");
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn the_folder_holds_one_file_per_mail_however_often_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let transport = Transport::Folder(folder.path().join("sent"));
    for _ in 0..2 {
        assert_eq!(transport.send(&mail()).await.unwrap().id, "outbox-12@example.com.eml");
    }
    let files: Vec<_> = std::fs::read_dir(folder.path().join("sent")).unwrap().collect();
    assert_eq!(files.len(), 1);
    let text = std::fs::read_to_string(files[0].as_ref().unwrap().path()).unwrap();
    assert!(text.contains("Message-ID: <outbox-12@example.com>"));
}
