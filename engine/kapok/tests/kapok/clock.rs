//! What timers do when time is not as it should be: after a long downtime, and when somebody sets the clock.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use kapok::{
    Clock, Kapok, ManualClock,
    protocol::{JobOutcome, PersonId, Text, Timestamp},
};

use crate::support::{no_variables, process};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// 2026-11-23T08:00:00Z
const START: Timestamp = Timestamp::from_millis(1_795_420_800_000);

/// A task with a timer every 7 hours, one every day, and one after 10 days; each says that it fired.
fn watched() -> String {
    watched_by(&[
        timer("seven", "<bpmn:timeCycle>R/PT7H</bpmn:timeCycle>"),
        timer("daily", "<bpmn:timeCycle>R/PT24H</bpmn:timeCycle>"),
        timer("once", "<bpmn:timeDuration>P10D</bpmn:timeDuration>"),
    ])
}

fn watched_by(timers: &[String]) -> String {
    let task = r#"<bpmn:userTask id="step" name="办理"><bpmn:extensionElements><kapok:assignees><kapok:person login="boss"/></kapok:assignees></bpmn:extensionElements></bpmn:userTask>"#;
    process("watched", &format!("{task}{}", timers.concat()))
}

fn timer(name: &str, time: &str) -> String {
    format!(
        r#"<bpmn:boundaryEvent id="{name}" attachedToRef="step" cancelActivity="false">
          <bpmn:timerEventDefinition>{time}</bpmn:timerEventDefinition></bpmn:boundaryEvent>
        <bpmn:sequenceFlow id="{name}-1" sourceRef="{name}" targetRef="{name}-fires"/>
        <bpmn:serviceTask id="{name}-fires"><bpmn:extensionElements><kapok:handler name="test.{name}"/></bpmn:extensionElements></bpmn:serviceTask>
        <bpmn:sequenceFlow id="{name}-2" sourceRef="{name}-fires" targetRef="{name}-end"/>
        <bpmn:endEvent id="{name}-end"/>"#
    )
}

/// A task with a timer that fires every evening at six, company time: two hours after [`START`].
fn nightly() -> String {
    watched_by(&[timer("nightly", "<bpmn:timeCycle>0 0 18 * * ?</bpmn:timeCycle>")])
}

/// A step that puts the clock back by an hour.
const TURN: &str = r#"<bpmn:serviceTask id="step"><bpmn:extensionElements><kapok:handler name="test.turn"/></bpmn:extensionElements></bpmn:serviceTask>"#;

/// An engine over a folder, and the clock it goes by.
struct World {
    kapok: Kapok,
    clock: Arc<ManualClock>,
    fired: Arc<Mutex<Vec<&'static str>>>,
    boss: PersonId,
}

impl World {
    /// With one watched case, begun at [`START`].
    fn new(folder: &Path) -> Self {
        Self::of(folder, &watched())
    }

    /// With one case of this process, begun at [`START`].
    fn of(folder: &Path, watched: &str) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let (kapok, fired) = open(folder, &clock);
        let boss = kapok
            .add_person("boss", "陈国栋", &["administrator".to_owned()])
            .expect("a person");
        for xml in [watched, &process("turn", TURN)] {
            kapok.deploy(xml).unwrap_or_else(|error| panic!("{error}"));
        }
        kapok.start("watched", no_variables()).expect("starts");
        Self {
            kapok,
            clock,
            fired,
            boss,
        }
    }

    /// Stops the engine until so many milliseconds after the start.
    fn down_until(self, folder: &Path, millis: i64) -> Self {
        let Self { kapok, clock, boss, .. } = self;
        drop(kapok);
        clock.move_to(START.plus_millis(millis));
        let (kapok, fired) = open(folder, &clock);
        Self {
            kapok,
            clock,
            fired,
            boss,
        }
    }

    /// Lets time pass until then; answers what fired, in order.
    fn pass_until(&self, millis: i64) -> Vec<&'static str> {
        self.clock.move_to(START.plus_millis(millis));
        self.fired()
    }

    /// Somebody sets the clock; answers what fired at once, in order.
    fn set(&self, millis: i64) -> Vec<&'static str> {
        self.clock.set(START.plus_millis(millis));
        self.fired()
    }

    fn fired(&self) -> Vec<&'static str> {
        self.kapok.run_due().expect("runs");
        std::mem::take(&mut *self.fired.lock().expect("no panic while locked"))
    }

    /// What the administrator was told of the clock, newest first.
    fn alerts(&self) -> Vec<Text> {
        let boss = self.kapok.staff(self.boss).expect("active");
        let pages = boss.unread_pages(50).expect("reads");
        let texts = pages.into_iter().map(|page| page.text);
        texts.filter(|text| text.en.contains("clock")).collect()
    }
}

fn open(folder: &Path, clock: &Arc<ManualClock>) -> (Kapok, Arc<Mutex<Vec<&'static str>>>) {
    let fired = Arc::new(Mutex::new(Vec::new()));
    let turned = clock.clone();
    let mut builder = Kapok::builder().clock(clock.clone()).handler("test.turn", move |_| {
        turned.set(turned.now().plus_millis(-HOUR));
        JobOutcome::Completed(Default::default())
    });
    for name in ["seven", "daily", "once", "nightly"] {
        let fired = fired.clone();
        builder = builder.handler(format!("test.{name}"), move |_| {
            fired.lock().expect("no panic while locked").push(name);
            JobOutcome::Completed(Default::default())
        });
    }
    (builder.open(folder).expect("opens"), fired)
}

#[test]
fn after_thirty_days_down_each_timer_fires_once_in_order_and_goes_on_as_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::new(folder.path());
    // At 7, 14 and 21 hours, and after a day: those of the same timer that were missed are one.
    assert_eq!(world.pass_until(25 * HOUR), ["seven", "daily"]);

    let world = world.down_until(folder.path(), (25 + 30 * 24) * HOUR);
    assert_eq!(world.fired(), ["seven", "daily", "once"]);
    assert_eq!(world.fired(), [""; 0]);
    // The next ones are where they would have been anyway: at 107 times 7 hours, and after 32 days.
    assert_eq!(world.pass_until(749 * HOUR - 1), [""; 0]);
    assert_eq!(world.pass_until(749 * HOUR), ["seven"]);
    assert_eq!(world.pass_until(768 * HOUR - 1), ["seven"]);
    assert_eq!(world.pass_until(768 * HOUR), ["daily"]);
    assert_eq!(world.alerts(), [], "time has passed, and nobody set the clock");
}

#[test]
fn a_clock_put_back_loses_no_timer_and_fires_none_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::new(folder.path());
    assert_eq!(world.pass_until(7 * HOUR + 30 * MINUTE), ["seven"]);
    assert_eq!(world.set(6 * HOUR + 30 * MINUTE), [""; 0]);
    let [alert] = &world.alerts()[..] else {
        panic!("one alert: {:?}", world.alerts())
    };
    assert!(
        alert.en.contains("60 minutes back") && alert.zh.contains("向后跳了 60 分钟"),
        "{alert:?}"
    );
    // Seven o'clock comes again, and has been.
    assert_eq!(world.pass_until(14 * HOUR - 1), [""; 0]);
    assert_eq!(world.pass_until(14 * HOUR), ["seven"]);
    assert_eq!(world.pass_until(24 * HOUR), ["seven", "daily"]);
    assert_eq!(world.alerts().len(), 1, "it is told once");
}

#[test]
fn a_clock_put_a_day_ahead_fires_what_is_due_then_once_and_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::new(folder.path());
    assert_eq!(world.set(24 * HOUR), ["seven", "daily"]);
    let [alert] = &world.alerts()[..] else {
        panic!("one alert: {:?}", world.alerts())
    };
    assert!(
        alert.en.contains("1440 minutes ahead") && alert.zh.contains("向前跳了 1440 分钟"),
        "{alert:?}"
    );
    // And put right again, what has fired stays so.
    assert_eq!(world.set(0), [""; 0]);
    assert_eq!(world.alerts().len(), 2);
    assert_eq!(world.pass_until(28 * HOUR - 1), [""; 0]);
    assert_eq!(world.pass_until(28 * HOUR), ["seven"]);
    assert_eq!(world.pass_until(48 * HOUR), ["seven", "daily"]);
}

#[test]
fn a_clock_put_back_while_timers_fire_fires_none_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::new(folder.path());
    world.clock.move_to(START.plus_millis(7 * HOUR));
    // The job comes first, and the timers that were due before it after it.
    world.kapok.start("turn", no_variables()).expect("starts");
    assert_eq!(world.fired(), ["seven"]);
    assert_eq!(world.clock.now(), START.plus_millis(6 * HOUR));
    assert_eq!(world.pass_until(14 * HOUR - 1), [""; 0]);
    assert_eq!(world.pass_until(14 * HOUR), ["seven"]);
}

#[test]
fn a_timer_by_the_calendar_keeps_its_hour_whatever_is_done_to_the_clock() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::of(folder.path(), &nightly());
    assert_eq!(world.pass_until(2 * HOUR - 1), [""; 0]);
    assert_eq!(world.pass_until(2 * HOUR), ["nightly"]);
    // Six o'clock comes again, and has been.
    assert_eq!(world.set(HOUR), [""; 0]);
    assert_eq!(world.pass_until(26 * HOUR - 1), [""; 0]);
    assert_eq!(world.pass_until(26 * HOUR), ["nightly"]);
    // Three days ahead, three evenings are one; put right again, they have been.
    assert_eq!(world.set(98 * HOUR), ["nightly"]);
    assert_eq!(world.set(26 * HOUR), [""; 0]);
    assert_eq!(world.pass_until(98 * HOUR), [""; 0]);
    assert_eq!(world.pass_until(122 * HOUR), ["nightly"]);
}

#[test]
fn small_corrections_are_no_jump() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::new(folder.path());
    for second in [59, 0, 60, 119, 60] {
        assert_eq!(world.set(second * 1_000), [""; 0]);
    }
    assert_eq!(world.alerts(), []);
    world.set(121_001);
    assert_eq!(world.alerts().len(), 1);
}
