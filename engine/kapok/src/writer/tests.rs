//! Groups that are decided while the one before is on its way to the disk.

use std::{
    io,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use kapok_protocol::{Effect, Page, PageKind, PersonId, Text};
use kapok_sim::disk::SimDisk;
use kapok_store::{Disk, DiskFile, Options, Store};
use kapok_tables::Queries;

use super::{Reply, Step};
use crate::{Error, Kapok};

/// Whoever waits longer waits for ever.
const FOR_EVER: Duration = Duration::from_secs(60);

/// The next write tells that it has begun, and waits to be told how it ends.
type Gate = Arc<Mutex<Option<(mpsc::Sender<()>, mpsc::Receiver<io::Result<()>>)>>>;

/// A disk with a gate before its writes.
struct Gated(SimDisk, Gate);

struct GatedFile(Box<dyn DiskFile>, Gate);

impl Gated {
    fn file(&self, file: io::Result<Box<dyn DiskFile>>) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(GatedFile(file?, self.1.clone())))
    }
}

impl Disk for Gated {
    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        self.file(self.0.create(name))
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        self.file(self.0.open(name))
    }

    fn create_dir(&self, name: &str) -> io::Result<()> {
        self.0.create_dir(name)
    }

    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        self.0.list(dir)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove(name)
    }

    fn sync_dir(&self, dir: &str) -> io::Result<()> {
        self.0.sync_dir(dir)
    }

    fn available(&self) -> io::Result<u64> {
        self.0.available()
    }
}

impl DiskFile for GatedFile {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.0.read_at(offset, buffer)
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let gate = self.1.lock().expect("no thread died").take();
        if let Some((begun, end)) = gate {
            begun.send(()).expect("the test waits");
            end.recv().expect("the test tells")?;
        }
        self.0.write_at(offset, bytes)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.0.truncate(length)
    }
}

/// An engine whose next commit stays on its way until it is told how to end.
struct Scene {
    kapok: Kapok,
    begun: mpsc::Receiver<()>,
    end: mpsc::Sender<io::Result<()>>,
}

impl Scene {
    fn set() -> Self {
        let gate = Gate::default();
        let store = Store::open_with(Gated(SimDisk::default(), gate.clone()), Options::default()).expect("opens");
        let kapok = Kapok::builder().open_store(store).expect("opens");
        // From here on there is room written ahead, and a commit is one write.
        page(&kapok).wait().expect("is committed");
        let ((begin, begun), (end, ended)) = (mpsc::channel(), mpsc::channel());
        *gate.lock().expect("no thread died") = Some((begin, ended));
        Self { kapok, begun, end }
    }

    fn pages(&self) -> Vec<Page> {
        pages(&Queries(&self.kapok.shared.store.view()))
    }
}

fn person() -> PersonId {
    "7".parse().expect("a person")
}

fn pages(queries: &Queries<'_>) -> Vec<Page> {
    queries.pages(person(), None, 10).expect("reads").items
}

/// Writes a page, and answers how many were there.
fn page(kapok: &Kapok) -> Reply<usize> {
    kapok.writer.submit(write_page)
}

fn write_page(step: &mut Step<'_>) -> Result<usize, Error> {
    let before = pages(&step.queries()).len();
    let effect = Effect::Page {
        to: person(),
        kind: PageKind::Page,
        text: Text::new("一", "one"),
        task: None,
        instance: None,
    };
    step.effect(None, effect)?;
    Ok(before)
}

/// Hands in a page that is decided on another one, which is on its way.
fn two_groups(scene: &Scene) -> (Reply<usize>, Reply<usize>) {
    let first = page(&scene.kapok);
    scene.begun.recv_timeout(FOR_EVER).expect("the first one is written");
    let (decided, told) = mpsc::channel();
    let second = scene.kapok.writer.submit(move |step| {
        let before = write_page(step)?;
        decided.send(()).expect("the test waits");
        Ok(before)
    });
    told.recv_timeout(FOR_EVER)
        .expect("the second one is decided meanwhile");
    (first, second)
}

#[test]
fn what_is_decided_on_the_way_is_answered_behind() {
    let scene = Scene::set();
    let (first, second) = two_groups(&scene);
    assert!(first.0.try_recv().is_err(), "answered before it is on the disk");
    assert!(second.0.try_recv().is_err(), "answered before it is on the disk");
    assert_eq!(scene.pages().len(), 1, "shown before it is on the disk");
    scene.end.send(Ok(())).expect("the disk waits");
    assert_eq!(
        (first.wait().expect("commits"), second.wait().expect("commits")),
        (1, 2)
    );
    assert_eq!(scene.pages().len(), 3);
}

#[test]
fn what_is_decided_on_what_fails_fails_with_it() {
    let scene = Scene::set();
    let (first, second) = two_groups(&scene);
    // Refused because of what is not there after all.
    let refused = scene.kapok.writer.submit(|step| {
        Err::<(), _>(match pages(&step.queries()).len() {
            3 => Error::not_found("页", "page"),
            found => Error::Data(format!("{found} pages")),
        })
    });
    scene
        .end
        .send(Err(io::ErrorKind::StorageFull.into()))
        .expect("the disk waits");
    for answer in [first.wait(), second.wait()] {
        let error = answer.expect_err("there was no room");
        assert!(error.to_string().contains("disk is full"), "{error}");
    }
    // It may have come too late to share their fate.
    let error = refused.wait().expect_err("is refused either way").to_string();
    assert!(error.contains("disk is full") || error.contains("1 pages"), "{error}");
    assert_eq!(scene.pages().len(), 1);
    let last = scene.pages()[0].id;
    assert_eq!(page(&scene.kapok).wait().expect("there is room again"), 1);
    let ids: Vec<_> = scene.pages().into_iter().map(|page| page.id).collect();
    assert_eq!(ids.len(), 2);
    assert!(
        ids.iter().any(|id| id.get() > last.get() + 2),
        "an id was drawn twice: {ids:?}"
    );
}
