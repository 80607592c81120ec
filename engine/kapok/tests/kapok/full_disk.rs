//! A disk that is full, and one that fails: what people are told, and that it goes on.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use kapok::{
    Health, Kapok,
    process::state::InstanceState,
    protocol::InstanceId,
    store::{Options, RealDisk, Store},
};
use kapok_sim::disk::{SimDisk, Survival};

use crate::support::{code, no_variables, process, task_for};

/// An engine with a process whose cases wait for the person who began them.
fn engine(store: Store) -> Kapok {
    let kapok = Kapok::builder().open_store(store).expect("opens");
    if kapok.start("errand", no_variables()).is_err() {
        kapok
            .deploy(&process("errand", &task_for("<kapok:role code=\"administrator\"/>")))
            .unwrap_or_else(|error| panic!("{error}"));
    }
    kapok
}

/// Starts cases until the disk takes no more; those that were answered.
fn start_until_full(kapok: &Kapok) -> Vec<InstanceId> {
    let mut started = Vec::new();
    loop {
        match kapok.start("errand", no_variables()) {
            Ok(case) => started.push(case),
            Err(error) => {
                assert_eq!(code::<()>(Err(error)), "disk-full");
                return started;
            }
        }
    }
}

fn check(kapok: &Kapok, cases: &[InstanceId]) {
    for case in cases {
        let state = kapok.instance(*case).expect("readable").view.instance.state;
        assert_eq!(state, InstanceState::Active);
    }
}

/// Fills the disk, makes room again, and starts the engine once more; the disk has room at the beginning and the end.
fn live_through_a_full_disk(open: &dyn Fn() -> Store, fill: &dyn Fn(), make_room: &dyn Fn()) {
    let kapok = engine(open());
    let mut cases = vec![kapok.start("errand", no_variables()).expect("starts")];
    fill();
    cases.extend(start_until_full(&kapok));
    assert!(
        matches!(kapok.health(), Health::ReadOnly { .. }),
        "{:?}",
        kapok.health()
    );
    // Reading works.
    check(&kapok, &cases);
    make_room();
    cases.push(kapok.start("errand", no_variables()).expect("goes on by itself"));
    assert_eq!(kapok.health(), Health::Writable);
    check(&kapok, &cases);
    drop(kapok);
    check(&engine(open()), &cases);
}

/// A small file system in memory, while this lives.
struct SmallDisk {
    at: PathBuf,
    _folder: tempfile::TempDir,
}

impl SmallDisk {
    /// None where mounting is not allowed.
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path().join("disk");
        fs::create_dir(&at).expect("creates");
        let options = format!("size={size}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(&at)
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self { at, _folder: folder }),
            Ok(output) => {
                println!("not run: {}", String::from_utf8_lossy(&output.stderr).trim());
                None
            }
            Err(error) => {
                println!("not run: mount: {error}");
                None
            }
        }
    }

    fn data(&self) -> PathBuf {
        self.at.join("data")
    }

    /// Writes a file until only so many bytes are left, or none.
    fn fill(&self, leave: u64) {
        let mut file = File::create(self.filler()).expect("creates");
        let disk = RealDisk::new(&self.at);
        while kapok::store::Disk::available(&disk).expect("known") > leave {
            if file.write_all(&[1; 4096]).is_err() {
                return;
            }
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.filler()).expect("removes");
    }

    fn filler(&self) -> PathBuf {
        self.at.join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.at).status();
    }
}

#[test]
fn with_little_room_left_on_a_real_disk_it_is_read_only_and_goes_on() {
    let Some(disk) = SmallDisk::mount("24m") else { return };
    let open = || {
        let options = Options {
            reserve_bytes: 8 << 20,
            ..Options::default()
        };
        Store::open_folder(&disk.data(), options).expect("opens")
    };
    // What is left is less than the reserve, and enough to end what was begun.
    live_through_a_full_disk(&open, &|| disk.fill(6 << 20), &|| disk.make_room());
}

#[test]
fn with_no_room_at_all_on_a_real_disk_it_is_read_only_and_goes_on() {
    let Some(disk) = SmallDisk::mount("8m") else { return };
    let open = || open_journal(&disk.data());
    live_through_a_full_disk(&open, &|| disk.fill(0), &|| disk.make_room());
}

/// A store that holds its rows in memory and finds out by itself that there is no room.
fn open_journal(folder: &Path) -> Store {
    fs::create_dir_all(folder).expect("creates");
    let options = Options {
        reserve_bytes: 0,
        ..Options::default()
    };
    Store::open_with(RealDisk::new(folder), options).expect("opens")
}

fn open_simulated(disk: &SimDisk) -> Store {
    let options = Options {
        reserve_bytes: 0,
        ..Options::default()
    };
    Store::open_with(disk.clone(), options).expect("opens")
}

#[test]
fn a_full_simulated_disk_means_read_only_and_it_goes_on() {
    for room in [0, 1, 300, 5_000] {
        let disk = SimDisk::default();
        let open = || open_simulated(&disk);
        let fill = || disk.set_capacity(Some(disk.used() + room));
        live_through_a_full_disk(&open, &fill, &|| disk.set_capacity(None));
    }
}

#[test]
fn after_a_failed_sync_nothing_is_answered_until_the_next_start() {
    let disk = SimDisk::default();
    let kapok = engine(open_simulated(&disk));
    let case = kapok.start("errand", no_variables()).expect("starts");
    disk.fail_next_sync();
    assert!(kapok.start("errand", no_variables()).is_err());
    let Health::Poisoned { reason } = kapok.health() else {
        panic!("{:?}", kapok.health())
    };
    assert!(reason.contains("sync"), "{reason}");
    let calls = disk.calls();
    for _ in 0..3 {
        let error = kapok.start("errand", no_variables()).expect_err("not answered");
        assert!(error.to_string().contains("start again"), "{error}");
    }
    assert!(kapok.add_person("boss", "陈国栋", &[]).is_err());
    assert_eq!(disk.calls(), calls, "the disk is left alone");
    // Looking is allowed.
    check(&kapok, &[case]);
    drop(kapok);
    for survival in [Survival::Lost, Survival::Kept] {
        let kapok = engine(open_simulated(&disk.restarted(survival)));
        check(&kapok, &[case]);
        kapok.start("errand", no_variables()).expect("starts");
        assert_eq!(kapok.health(), Health::Writable);
    }
}
