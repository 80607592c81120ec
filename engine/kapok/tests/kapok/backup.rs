//! Backups that are made by themselves, on a clock that is moved by hand.

use std::{fs, path::Path, sync::Arc};

use kapok::{BackupSettings, BackupStatus, Clock, DailyTime, Kapok, ManualClock, Staff, operate, protocol::Timestamp};

/// 2026-11-23T16:00 in Shanghai.
const START: Timestamp = Timestamp::from_millis(1_795_420_800_000);

struct World {
    kapok: Kapok,
    clock: Arc<ManualClock>,
    boss: Staff,
}

impl World {
    fn open(data: &Path, to: &Path, start: Timestamp) -> Self {
        let clock = Arc::new(ManualClock::new(start));
        let settings = BackupSettings {
            at: DailyTime::parse("02:30").expect("a time"),
            keep: 2,
            to: to.to_path_buf(),
            configuration: Some(data.with_file_name("kapok.toml")),
        };
        let kapok = Kapok::builder().clock(clock.clone()).backup(settings).open(data);
        let kapok = kapok.unwrap_or_else(|error| panic!("{error}"));
        let roles = ["administrator".to_owned()];
        if !kapok.has_company() {
            kapok.add_person("boss", "陈国栋", &roles).expect("a person");
        }
        let token = kapok.create_token("boss", "test").expect("a token");
        let boss = kapok.token(token.reveal()).expect("reads").expect("active");
        Self { kapok, clock, boss }
    }

    fn pass(&self, minutes: i64) -> BackupStatus {
        self.clock.move_to(self.clock.now().plus_millis(minutes * 60_000));
        self.kapok.run_due().expect("runs");
        self.kapok.overview().expect("reads").backup.expect("set up")
    }

    /// What the administrator was paged, in English.
    fn told(&self) -> Vec<String> {
        let pages = self.boss.unread_pages(100).expect("reads");
        pages.into_iter().map(|page| page.text.en).collect()
    }
}

fn names(to: &Path) -> Vec<String> {
    let entries = fs::read_dir(to).expect("lists");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("lists").file_name().into_string().expect("text"))
        .collect();
    names.sort();
    names
}

#[test]
fn one_is_made_every_night_and_the_oldest_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("kapok.toml"), "[backup]\n").expect("writes");
    let world = World::open(&at("data"), &at("to"), START);
    // The first at once.
    let status = world.pass(0);
    assert_eq!((status.last, status.failed), (Some(START), None));
    assert_eq!(names(&at("to")), ["2026-11-23T16-00-00"]);
    // Nothing happens before half past two.
    let status = world.pass(10 * 60 + 29);
    assert_eq!(status.next, Some(START.plus_millis((10 * 60 + 30) * 60_000)));
    assert_eq!(names(&at("to")).len(), 1);
    world.pass(1);
    world.pass(60);
    assert_eq!(names(&at("to")), ["2026-11-23T16-00-00", "2026-11-24T02-30-00"]);
    world.pass(24 * 60);
    assert_eq!(names(&at("to")), ["2026-11-24T02-30-00", "2026-11-25T03-30-00"]);
    assert_eq!(world.told(), [""; 0]);

    // Each is a data folder that is sound, with the configuration.
    let newest = at("to").join("2026-11-25T03-30-00");
    assert_eq!(
        fs::read_to_string(newest.join("kapok.toml")).expect("a copy"),
        "[backup]\n"
    );
    let verified = operate::verify(&newest, true).unwrap_or_else(|text| panic!("{text}"));
    assert!(verified.is_sound() && verified.rows.is_some(), "{verified:#?}");
    operate::restore(&newest, &at("restored"), None).unwrap_or_else(|text| panic!("{text}"));
    let restored = World::open(&at("restored"), &at("elsewhere"), START);
    assert_eq!(restored.boss.me().expect("reads").name, "陈国栋");
}

#[test]
fn one_that_fails_is_told_once_a_day_and_tried_every_hour() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("kapok.toml"), "").expect("writes");
    // A file where the folder should be.
    fs::write(at("to"), "").expect("writes");
    let world = World::open(&at("data"), &at("to"), START);
    let status = world.pass(0);
    let (failed, reason) = status.failed.expect("it failed");
    assert_eq!((failed, status.last), (START, None));
    assert!(!reason.zh.is_empty() && reason.en.contains("/to"), "{reason}");
    assert_eq!(world.told().len(), 1);
    assert!(
        world.told()[0].contains("The scheduled backup failed"),
        "{:?}",
        world.told()
    );
    for _ in 0..5 {
        world.pass(60);
    }
    assert_eq!(world.told().len(), 1, "not every hour");
    fs::remove_file(at("to")).expect("removes");
    let status = world.pass(59);
    assert!(status.failed.is_some(), "not yet tried again");
    let status = world.pass(1);
    assert_eq!(
        (status.failed, status.last),
        (None, Some(START.plus_millis(6 * 3_600_000)))
    );
    assert_eq!(names(&at("to")).len(), 1);
}

#[test]
fn days_without_one_are_told_and_made_up_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("kapok.toml"), "").expect("writes");
    World::open(&at("data"), &at("to"), START).pass(0);
    let world = World::open(&at("data"), &at("to"), START.plus_millis(3 * 24 * 3_600_000));
    let status = world.pass(0);
    assert_eq!(status.last, Some(world.clock.now()));
    assert_eq!(world.told().len(), 1);
    assert!(world.told()[0].contains("2026-11-24 02:30"), "{:?}", world.told());
}
