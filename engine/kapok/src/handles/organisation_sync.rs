//! The organisation from another system: read, looked at, and then taken over. What an administrator looked at is what is
//! done, or nothing is.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::{Entity, Record, RecordId, Refusal, RefusalKind, Text};
use kapok_records::{DEPARTMENT, Fields, PERSON};
use kapok_tables::{LinkedKind, Queries, RecordList};

use super::{
    Administrator,
    identity_links::link,
    taking::{Fate, Taken},
};
use crate::{
    Error, MatchedBy, SourceView,
    identity::{Here, Plan, Planned},
    views::Who,
};

/// What a synchronisation would do, or has done.
#[derive(Debug, Clone, Default)]
pub struct SyncReport {
    /// Stands for what was looked at.
    pub plan: String,
    /// How it goes with departments.
    pub departments: SyncCounts,
    /// How it goes with people.
    pub people: SyncCounts,
    /// Those of whom there is something to say; what cannot be taken first.
    pub items: Vec<SyncItem>,
    /// Whether there are more of them than are listed.
    pub more: bool,
    /// Those who are connected and not there any more. Nobody is switched off by itself.
    pub gone: Vec<Who>,
}

/// How many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyncCounts {
    /// New ones.
    pub created: usize,
    /// Changed ones.
    pub changed: usize,
    /// Connected, and otherwise as they were.
    pub connected: usize,
    /// As they were.
    pub unchanged: usize,
    /// Those that cannot be taken.
    pub failed: usize,
}

/// One of whom there is something to say.
#[derive(Debug, Clone)]
pub struct SyncItem {
    /// Whether it is a person; a department otherwise.
    pub is_person: bool,
    /// The other side's id.
    pub external: String,
    /// The name there.
    pub name: String,
    /// Who it is here, by name.
    pub here: Option<String>,
    /// By what they were found.
    pub by: Option<MatchedBy>,
    /// Whether it is new.
    pub is_new: bool,
    /// What changes, by the names of the fields.
    pub changed: Vec<Text>,
    /// Why it cannot be taken.
    pub problems: Vec<Text>,
}

/// So many are listed.
const LISTED: usize = 1_000;
/// So many links are written in one commit.
const LINKS: usize = 200;

impl Administrator {
    /// Where the organisation can be taken from.
    pub fn organisation_sources(&self) -> Vec<SourceView> {
        self.kapok.sources(|source| source.organisation)
    }

    /// Reads the organisation and says what would be done.
    pub fn preview_sync(&self, source: &str) -> Result<SyncReport, Error> {
        let shared = &self.kapok.shared;
        let read = || self.kapok.read_organisation(source);
        let outside = shared.last_read.read(source, &*shared.clock, read)?;
        let here = self.here(source)?;
        let plan = Plan::new(prefix(source), &outside, &here);
        self.synchronise(source, &plan, &here, true)
    }

    /// Does what was looked at.
    pub fn apply_sync(&self, source: &str, looked_at: &str) -> Result<SyncReport, Error> {
        let shared = &self.kapok.shared;
        let look_again = || {
            Error::from(Refusal::new(
                RefusalKind::Conflict,
                "sync.look-again",
                "看过之后情况有变，什么都没有做。请重新读取并核对。",
                "Something has changed since it was looked at, and nothing was done. Read it again and look.",
            ))
        };
        let outside = shared
            .last_read
            .take(source, shared.clock.now())
            .ok_or_else(look_again)?;
        let here = self.here(source)?;
        let plan = Plan::new(prefix(source), &outside, &here);
        if name_of(source, &plan) != looked_at {
            return Err(look_again());
        }
        let report = self.synchronise(source, &plan, &here, false)?;
        tracing::info!(
            source,
            by = self.person.get(),
            "the organisation was synchronised: {:?}, {:?}",
            report.departments,
            report.people
        );
        Ok(report)
    }

    /// What is here.
    fn here(&self, source: &str) -> Result<Here, Error> {
        let view = self.view();
        let queries = Queries(&view);
        let all = |entity: &str| -> Result<BTreeMap<RecordId, Record>, Error> {
            let rows = queries.records(&RecordList::All(Entity::new(entity)), None, usize::MAX)?;
            Ok(rows.items.into_iter().map(|row| (row.record.id, row.record)).collect())
        };
        let mut links = queries.identity_links(LinkedKind::Department, source)?;
        links.extend(queries.identity_links(LinkedKind::Person, source)?);
        Ok(Here {
            departments: all(DEPARTMENT)?,
            people: all(PERSON)?,
            links,
        })
    }

    fn synchronise(&self, source: &str, plan: &Plan, here: &Here, dry_run: bool) -> Result<SyncReport, Error> {
        let mut work = Work::new(plan);
        for item in &plan.items {
            let before = item.record.and_then(|id| stored(here, item.kind, id));
            let (fields, later) = work.fields(item);
            let taken = match &item.problem {
                Some(problem) => Err(vec![problem.clone()]),
                None => self
                    .take(entity_of(item.kind), before, fields, dry_run)
                    .map_err(|reasons| reasons.into_iter().map(|reason| reason.text).collect()),
            };
            work.note(item, taken, later);
        }
        if !dry_run {
            self.name_others(&mut work)?;
            self.connect_all(source, &work.links)?;
        }
        let organisation = self.kapok.shared.organisation();
        let gone = plan.gone.iter().map(|gone| {
            let id = gone.record.into();
            let name = organisation.name_of(id);
            Who { id, name }
        });
        let mut report = self.report(work, here);
        report.gone = gone.collect();
        report.plan = name_of(source, plan);
        Ok(report)
    }

    /// What names others who were new: superiors, heads.
    fn name_others(&self, work: &mut Work<'_>) -> Result<(), Error> {
        for (index, names) in std::mem::take(&mut work.later) {
            let Some((item, taken)) = work.done.get(index) else {
                continue;
            };
            let Ok(Taken { record: Some(id), .. }) = taken else {
                continue;
            };
            let known = names
                .into_iter()
                .filter_map(|field| Some((field.to_owned(), work.known(item.names.get(field)?)?.to_string().into())));
            let fields: Fields = known.collect();
            let entity = item.kind.entity();
            let before = Queries(&self.view()).record(&entity, *id)?.map(|row| row.record);
            if let Err(reasons) = self.take(entity_of(item.kind), before.as_ref(), fields, false) {
                let texts: Vec<Text> = reasons.into_iter().map(|reason| reason.text).collect();
                if let Some((_, taken)) = work.done.get_mut(index) {
                    *taken = Err(texts);
                }
            }
        }
        Ok(())
    }

    fn connect_all(&self, source: &str, links: &[(LinkedKind, String, RecordId)]) -> Result<(), Error> {
        let actor = self.principal();
        for some in links.chunks(LINKS) {
            let (source, some) = (source.to_owned(), some.to_vec());
            self.each().submit(move |step| {
                some.iter()
                    .try_for_each(|(kind, external, record)| link(step, actor, *kind, &source, external, *record))
            })?;
        }
        Ok(())
    }

    fn report(&self, work: Work<'_>, here: &Here) -> SyncReport {
        let catalogue = self.kapok.shared.catalogue();
        let label = |kind: LinkedKind, field: &String| {
            let definition = catalogue.entity(entity_of(kind));
            let field = definition.and_then(|definition| definition.field(field));
            field.map_or_else(Text::default, |field| field.label.clone())
        };
        let mut report = SyncReport::default();
        let mut groups: [Vec<SyncItem>; 3] = Default::default();
        for (item, taken) in work.done {
            let counts = match item.kind {
                LinkedKind::Person => &mut report.people,
                LinkedKind::Department => &mut report.departments,
            };
            let is_connected = item.by != Some(MatchedBy::Link);
            let (count, group, changed, problems) = match taken {
                Err(problems) => (&mut counts.failed, 0, Vec::new(), problems),
                Ok(Taken { fate: Fate::New, .. }) => (&mut counts.created, 2, Vec::new(), Vec::new()),
                Ok(Taken {
                    fate: Fate::Changed(fields),
                    ..
                }) => {
                    let labels = fields.iter().map(|field| label(item.kind, field)).collect();
                    (
                        &mut counts.changed,
                        if is_connected { 1 } else { 2 },
                        labels,
                        Vec::new(),
                    )
                }
                Ok(_) if is_connected => (&mut counts.connected, 1, Vec::new(), Vec::new()),
                Ok(_) => {
                    counts.unchanged += 1;
                    continue;
                }
            };
            *count += 1;
            let record = item.record.and_then(|id| stored(here, item.kind, id));
            let name = record.and_then(|record| record.fields.get("name")?.as_text().map(str::to_owned));
            if let Some(group) = groups.get_mut(group) {
                group.push(SyncItem {
                    is_person: item.kind == LinkedKind::Person,
                    external: item.external.clone(),
                    name: item.name.clone(),
                    here: name,
                    by: item.by,
                    is_new: item.record.is_none() && problems.is_empty(),
                    changed,
                    problems,
                });
            }
        }
        // What has to be looked at comes first: who cannot be taken, then who is taken for whom.
        report.items = groups.into_iter().flatten().collect();
        report.more = report.items.len() > LISTED;
        report.items.truncate(LISTED);
        report
    }
}

/// What a synchronisation has come to.
struct Work<'a> {
    /// Who is who here, as far as it is known.
    known: BTreeMap<(LinkedKind, String), RecordId>,
    /// Who will be.
    coming: BTreeSet<(LinkedKind, &'a str)>,
    done: Vec<(&'a Planned, Result<Taken, Vec<Text>>)>,
    /// Which fields name somebody who is not there yet.
    later: Vec<(usize, Vec<&'static str>)>,
    links: Vec<(LinkedKind, String, RecordId)>,
}

impl<'a> Work<'a> {
    fn new(plan: &'a Plan) -> Self {
        let good = plan.items.iter().filter(|item| item.problem.is_none());
        Self {
            known: plan
                .items
                .iter()
                .filter_map(|item| Some(((item.kind, item.external.clone()), item.record?)))
                .collect(),
            coming: good.map(|item| (item.kind, item.external.as_str())).collect(),
            done: Vec::new(),
            later: Vec::new(),
            links: Vec::new(),
        }
    }

    fn known(&self, of: &(LinkedKind, String)) -> Option<RecordId> {
        self.known.get(of).copied()
    }

    /// What is saved of an item now, and which of its fields have to wait.
    fn fields(&self, item: &Planned) -> (Fields, Vec<&'static str>) {
        let (mut fields, mut later) = (item.fields.clone(), Vec::new());
        for (field, of) in &item.names {
            match self.known(of) {
                Some(id) => {
                    fields.insert((*field).to_owned(), id.to_string().into());
                }
                None if self.coming.contains(&(of.0, of.1.as_str())) => later.push(*field),
                // Nobody who could be named: it stays as it is.
                None => {}
            }
        }
        (fields, later)
    }

    fn note(&mut self, item: &'a Planned, taken: Result<Taken, Vec<Text>>, later: Vec<&'static str>) {
        let mut taken = taken;
        if let Ok(taken) = &mut taken {
            if let Some(id) = taken.record {
                self.known.insert((item.kind, item.external.clone()), id);
                if item.by != Some(MatchedBy::Link) {
                    self.links.push((item.kind, item.external.clone(), id));
                }
            }
            let waiting = later.iter().map(|field| (*field).to_owned());
            match &mut taken.fate {
                Fate::Changed(fields) => fields.extend(waiting),
                Fate::Unchanged if !later.is_empty() => taken.fate = Fate::Changed(waiting.collect()),
                _ => {}
            }
            if !later.is_empty() {
                self.later.push((self.done.len(), later));
            }
        }
        self.done.push((item, taken));
    }
}

fn entity_of(kind: LinkedKind) -> &'static str {
    match kind {
        LinkedKind::Person => PERSON,
        LinkedKind::Department => DEPARTMENT,
    }
}

fn stored(here: &Here, kind: LinkedKind, id: RecordId) -> Option<&Record> {
    match kind {
        LinkedKind::Person => here.people.get(&id),
        LinkedKind::Department => here.departments.get(&id),
    }
}

/// How the codes of new departments begin.
fn prefix(source: &str) -> &str {
    source.split_once('.').map_or(source, |(_, name)| name)
}

/// Stands for a plan: another one has another name.
fn name_of(source: &str, plan: &Plan) -> String {
    blake3::hash(format!("{source} {plan:?}").as_bytes())
        .to_hex()
        .to_string()
}
