//! The real program, killed at random moments. Clients play the story over HTTP and note what they were answered; mail
//! and SMS reach servers in this test. Whatever happened in between: what was answered is there, once; nothing is there
//! by halves; every story comes to its end; no SMS comes twice.
//!
//! A failure prints its seed; `KAPOK_SEED=… cargo test -p kapok-cli --test kill` plays with it again.

mod clients;
mod data;
mod http;
mod mail_server;
mod random;
mod server;
mod sms_gateway;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use clients::{Client, Notes};
use data::Folder;
use kapok::protocol::Delivery;
use mail_server::MailServer;
use random::Random;
use server::Server;
use sms_gateway::SmsGateway;

const KILLS: usize = 20;
const CLIENTS: u64 = 4;
/// How long a life lasts once it answers, in milliseconds: from nothing done yet to some stories at their end.
const LIFE: std::ops::Range<u64> = 20..1_800;
/// Nothing takes so long that is not stuck.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn nothing_answered_is_lost_and_nothing_is_done_twice() {
    let seed = match std::env::var("KAPOK_SEED") {
        Ok(seed) => seed.parse().expect("KAPOK_SEED is a number"),
        Err(_) => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970")
            .as_nanos() as u64,
    };
    // Shown only when the test fails.
    println!("KAPOK_SEED={seed}");
    let mut random = Random::new(seed);
    let (mail, sms) = (MailServer::start(), SmsGateway::start(random.split()));
    let folder = Folder::new(mail.port(), sms.port());
    let (server, notes, closing) = (
        Arc::new(Server::default()),
        Arc::new(Notes::default()),
        Arc::new(AtomicBool::new(false)),
    );

    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let client = Client::new(
                number,
                random.split(),
                folder.tokens.clone(),
                server.clone(),
                notes.clone(),
            );
            let closing = closing.clone();
            thread::spawn(move || client.play(|| closing.load(Ordering::SeqCst)))
        })
        .collect();
    for kill in 0..KILLS {
        server.start(&folder);
        thread::sleep(Duration::from_millis(random.within(LIFE)));
        server.kill();
        // What was answered before this moment must be there. Every other time the next life finds the folder just as
        // the killed one left it.
        if kill % 2 == 0 {
            folder.compare(&notes.answered());
        }
        assert!(
            clients.iter().all(|client| !client.is_finished()),
            "a client has given up"
        );
    }
    server.start(&folder);
    closing.store(true, Ordering::SeqCst);
    for client in clients {
        client.join().expect("every story comes to its end");
    }
    let begun = Instant::now();
    while !folder.all_is_sent(&server) {
        assert!(begun.elapsed() < PATIENCE, "a message is stuck");
        thread::sleep(Duration::from_millis(20));
    }
    server.kill();

    let answered = notes.answered();
    assert!(answered.len() >= CLIENTS as usize);
    let messages = folder.compare(&answered);
    folder.compare_ends(&answered);
    let (sms, mails) = (sms.compare(&messages), mail.compare(&messages));
    let unknown = messages
        .values()
        .filter(|row| matches!(row.delivery, Delivery::Unknown { .. }))
        .count();
    println!(
        "{} stories, {} messages; {sms} SMS and {mails} mails came, repeated ones too; the fate of {unknown} SMS is unknown",
        answered.len(),
        messages.len()
    );
}
