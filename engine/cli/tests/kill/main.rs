//! The real program, killed again and again: while it starts, at any moment of its work, and at the moments when a
//! client has its answer, or a mail or an SMS has left and it does not know so yet. Clients play stories over HTTP and note
//! what they were answered; mail and SMS reach servers in this test. Whatever happened in between: what was answered is
//! there, once; nothing is there by halves, as this test and `kapok verify` see it; every story comes to its end with nobody's help; no SMS comes twice, and a
//! mail only when its sender could not know that it had come. Webhooks, when they come, belong beside mail here.
//!
//! `KAPOK_KILLS` says how many kills. A failure prints its seed; `KAPOK_KILL_SEED=… cargo test -p kapok-cli --test kill`
//! kills at the same moments again, as far as the machine plays along.

mod clients;
mod compare;
mod data;
mod http;
mod mail_server;
mod moments;
mod random;
mod server;
mod sms_gateway;
mod stories;

use std::{
    env,
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use clients::{Client, Surroundings};
use compare::Found;
use data::Folder;
use kapok::protocol::Delivery;
use mail_server::MailServer;
use moments::{Moment, Trap};
use random::Random;
use server::Server;
use sms_gateway::SmsGateway;

const KILLS: u64 = 50;
const CLIENTS: u64 = 8;
/// Of ten kills so many come before the program serves.
const STARTING: u64 = 3;
/// So often the folder is looked into, the last time after the last kill. What there is to look at grows with the kills.
const LOOKS: u64 = 10;
/// Nothing takes so long that is not stuck.
const PATIENCE: Duration = Duration::from_secs(120);
/// What is waited for to kill at may never happen.
const TRAP: Duration = Duration::from_secs(2);
/// Between two questions of a client.
const PAUSE: Duration = Duration::from_millis(30);

#[test]
fn nothing_answered_is_lost_and_nothing_is_done_twice() {
    let kills = number("KAPOK_KILLS").unwrap_or(KILLS);
    let seed = number("KAPOK_KILL_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        now.as_nanos() as u64
    });
    say(&format!("{kills} kills, KAPOK_KILL_SEED={seed}"));
    let mut random = Random::new(seed);
    let trap = Arc::new(Trap::default());
    let mail = MailServer::start(random.split(), trap.clone());
    let sms = SmsGateway::start(random.split(), trap.clone());
    let folder = Folder::new(mail.port(), sms.port());
    let (server, closing) = (Arc::new(Server::default()), Arc::new(AtomicBool::new(false)));
    let around = Surroundings {
        tokens: folder.tokens.clone(),
        server: server.clone(),
        notes: Arc::default(),
        trap: trap.clone(),
    };
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let client = Client::new(number, random.split(), around.clone());
            let closing = closing.clone();
            thread::spawn(move || client.work(|| closing.load(Ordering::SeqCst)))
        })
        .collect();

    let mut starts = vec![server.start(&folder)];
    server.kill();
    let (mut starting, mut serving) = (kills * STARTING / 10, kills - kills * STARTING / 10);
    let mut killed_while_starting = 0;
    while starting + serving > 0 {
        let moment = match random.within(0..starting + serving) {
            drawn if drawn < starting => Moment::starting(&mut random),
            _ => Moment::serving(&mut random),
        };
        let before_it_serves = kill(&server, &folder, &trap, moment, &mut starts);
        killed_while_starting += u64::from(before_it_serves);
        // One that came too late is a kill like the others, as long as those are not all done.
        match (before_it_serves, serving) {
            (true, _) => starting -= 1,
            (false, 0) => {}
            (false, _) => serving -= 1,
        }
        mail.sender_died();
        if (starting + serving) % (kills / LOOKS).max(1) == 0 {
            say(&format!("{} kills to go", starting + serving));
            folder.look(|kapok| {
                let found = Found::new(kapok);
                found.nothing_by_halves();
                found.nothing_lost(&around.notes.answered());
                mail.compare(&found.messages);
                sms.compare(&found.messages);
            });
        }
        assert!(
            clients.iter().all(|client| !client.is_finished()),
            "a client has given up"
        );
    }
    starts.push(server.start(&folder));
    closing.store(true, Ordering::SeqCst);
    for client in clients {
        client.join().expect("every story comes to its end");
    }
    let begun = Instant::now();
    while !folder.all_is_sent(&server) {
        assert!(begun.elapsed() < PATIENCE, "a message is stuck");
        thread::sleep(PAUSE);
    }
    let status = server.stop();
    assert!(status.success(), "it stops in order: {status:?}");
    data::verify(&folder.data(), &["--deep"]);

    let answered = around.notes.answered();
    let (messages, unknown, came, (mails, again)) = folder.look(|kapok| {
        let found = Found::new(kapok);
        found.nothing_by_halves();
        found.nothing_lost(&answered);
        found.all_ended(&answered);
        let unknown = found
            .messages
            .values()
            .filter(|row| matches!(row.delivery, Delivery::Unknown { .. }));
        (
            found.messages.len(),
            unknown.count(),
            sms.compare(&found.messages),
            mail.compare_all(&found.messages),
        )
    });
    starts.sort();
    let (median, p99) = (starts[starts.len() / 2], starts[starts.len() * 99 / 100]);
    say(&format!(
        "{kills} kills, {killed_while_starting} of them at the start; {} stories, none lost, none by halves; {messages} \
         messages: {came} SMS, none twice, the fate of {unknown} unknown; {mails} mails, {again} of them again; restart \
         {} ms, p99 {} ms",
        answered.len(),
        median.as_millis(),
        p99.as_millis()
    ));
    // What the product promises is promised of what is shipped.
    assert!(
        cfg!(debug_assertions) || p99 < Duration::from_secs(2),
        "it restarts too slowly"
    );
}

/// One life of the program. Whether it ended before it served.
fn kill(server: &Server, folder: &Folder, trap: &Trap, moment: Moment, starts: &mut Vec<Duration>) -> bool {
    if let Moment::Starting(thousandths) = moment {
        let shortest = *starts.iter().min().expect("it has served once");
        let took = server.start_and_kill(folder, shortest * thousandths / 1_000);
        starts.extend(took);
        return took.is_none();
    }
    starts.push(server.start(folder));
    match moment {
        Moment::When(what, times) => drop(trap.wait(what, times, TRAP)),
        Moment::After(millis) => thread::sleep(Duration::from_millis(millis)),
        Moment::Starting(_) => {}
    }
    server.kill();
    trap.open();
    false
}

fn number(variable: &str) -> Option<u64> {
    let value = env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// Says it whether or not the test fails.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
