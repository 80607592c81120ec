//! The real program, one life after another.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use crate::{PATIENCE, data::Folder};

/// Where the program listens, while it serves; and the program while it lives.
#[derive(Default)]
pub struct Server(Mutex<Serving>);

#[derive(Default)]
struct Serving {
    life: Option<Life>,
    address: Option<SocketAddr>,
}

/// The program from its start.
struct Life {
    child: Child,
    begun: Instant,
    /// When it said that it serves, and where.
    serves: mpsc::Receiver<(Instant, SocketAddr)>,
}

impl Server {
    /// Starts it and waits until it serves; answers how long that took.
    pub fn start(&self, folder: &Folder) -> Duration {
        let mut life = Life::begin(folder);
        let Ok((at, address)) = life.serves.recv_timeout(PATIENCE) else {
            let _ = life.child.kill();
            panic!("it does not serve again by itself: {:?}", life.child.wait());
        };
        let took = at - life.begun;
        *self.lock() = Serving {
            life: Some(life),
            address: Some(address),
        };
        took
    }

    /// Starts it and kills it after a while; answers how long it took to serve, if it did before its death.
    pub fn start_and_kill(&self, folder: &Folder, after: Duration) -> Option<Duration> {
        let mut life = Life::begin(folder);
        thread::sleep(after);
        life.kill();
        // The line may have been written and not yet read.
        life.serves.recv().ok().map(|(at, _)| at - life.begun)
    }

    /// Ends it as a power cut would end the process.
    pub fn kill(&self) {
        self.take().kill();
    }

    /// Stops it in order.
    pub fn stop(&self) -> ExitStatus {
        let mut life = self.take();
        let stopped = Command::new("kill")
            .args(["-TERM", &life.child.id().to_string()])
            .status();
        assert!(stopped.expect("`kill` is there").success());
        life.child.wait().expect("it ends")
    }

    /// Where it listens, while it does.
    pub fn address(&self) -> Option<SocketAddr> {
        self.lock().address
    }

    fn take(&self) -> Life {
        let serving = std::mem::take(&mut *self.lock());
        serving.life.expect("it lives")
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Serving> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Life {
    fn begin(folder: &Folder) -> Self {
        let begun = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_kapok"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .arg("--data")
            .arg(folder.data())
            .arg("--config")
            .arg(folder.config())
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let (say, serves) = mpsc::channel();
        // To the end, for whatever else it says must not fill the pipe.
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let address = line.strip_prefix("Kapok: http://");
                if let Some(address) = address.and_then(|address| address.parse().ok()) {
                    let _ = say.send((Instant::now(), address));
                }
            }
        });
        Self { child, begun, serves }
    }

    fn kill(&mut self) {
        assert_eq!(self.child.try_wait().expect("known"), None, "it ended by itself");
        self.child.kill().expect("killed");
        self.child.wait().expect("dead");
    }
}

/// A test that fails leaves no program behind.
impl Drop for Life {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
