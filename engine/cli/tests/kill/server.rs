//! The real program, one life after another.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::Mutex,
};

use crate::data::Folder;

/// The program while it lives, and where it listens.
#[derive(Default)]
pub struct Server(Mutex<Option<(Child, SocketAddr)>>);

impl Server {
    /// Starts it and waits until it says where it listens.
    pub fn start(&self, folder: &Folder) {
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
        let mut lines = BufReader::new(child.stdout.take().expect("piped"));
        let mut address = None;
        let mut said = String::new();
        while address.is_none() && lines.read_line(&mut said).expect("reads") > 0 {
            let line = said.lines().last().unwrap_or_default();
            address = line
                .strip_prefix("Kapok: http://")
                .and_then(|address| address.parse().ok());
        }
        let Some(address) = address else {
            let status = child.wait();
            panic!("it ended at its start: {status:?} {said}");
        };
        // Whatever else it says must not fill the pipe.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        *self.lock() = Some((child, address));
    }

    /// Ends it as a power cut would.
    pub fn kill(&self) {
        let (mut child, _) = self.lock().take().expect("it lives");
        assert_eq!(child.try_wait().expect("known"), None, "it ended by itself");
        child.kill().expect("killed");
        child.wait().expect("dead");
    }

    /// Where it listens, while it does.
    pub fn address(&self) -> Option<SocketAddr> {
        self.lock().as_ref().map(|(_, address)| *address)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Child, SocketAddr)>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some((mut child, _)) = self.lock().take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
