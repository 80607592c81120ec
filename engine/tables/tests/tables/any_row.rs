//! A row of any kind, written and read through what the crate offers.

use kapok_process::state::{
    Changes, Compensation, CompensationKey, ElementInstance, Event, Gathering, GatheringKey, Incident, Instance,
    ItemKey, Job, KeptMessage, State, StateError, Subscription, Task, Timer, TokenKey, VariableKey,
};
use kapok_protocol::{OutboxRow, Page, Value};
use kapok_store::{Batch, Store};
use kapok_tables::{
    Credential, Definition, DefinitionItem, EntityState, HistoryEntry, IdentityLink, Import, ImportPart, ListView,
    PluginRow, PluginSchedule, PluginWork, Preference, ProcessState, Queries, Read, RecordJob, RecordRow, RollUps,
    Session, Share, Shortcuts, StoredAnswer, StoredFile, TableError, Token, Transaction, TrashedRecord,
};

#[derive(Debug, Clone, PartialEq)]
pub enum AnyRow {
    Definition(Definition),
    Instance(Instance),
    Element(ElementInstance),
    Variable(VariableKey, Value),
    Task(Task),
    Timer(Timer),
    Job(Job),
    Incident(Incident),
    Event(Event),
    Subscription(Subscription),
    Kept(KeptMessage),
    Compensation(CompensationKey, Compensation),
    Gathering(GatheringKey, Gathering),
    Item(ItemKey, Value),
    Tokens(TokenKey, u32),
    Page(Page),
    Outbox(OutboxRow),
    Record(RecordRow),
    History(HistoryEntry),
    Credential(Credential),
    Session(Session),
    Token(Token),
    Answer(StoredAnswer),
    Preference(Preference),
    IdentityLink(IdentityLink),
    Share(Share),
    DefinitionItem(DefinitionItem),
    EntityState(EntityState),
    Trashed(TrashedRecord),
    RollUps(RollUps),
    RecordJob(RecordJob),
    Import(Import),
    ImportPart(ImportPart),
    StoredFile(StoredFile),
    ListView(ListView),
    Shortcuts(Shortcuts),
    Plugin(PluginRow),
    PluginWork(PluginWork),
    PluginSchedule(PluginSchedule),
}

use AnyRow as Any;

impl AnyRow {
    pub fn write(&self, tx: &mut Transaction<'_>) -> Result<(), TableError> {
        match self.clone() {
            Any::Definition(row) => tx.put_definition(&row),
            Any::Page(row) => tx.put_page(&row),
            Any::Outbox(row) => tx.put_outbox(&row),
            Any::Record(row) => tx.put_record(&row),
            Any::History(row) => tx.put_record_history(&row),
            Any::Credential(row) => tx.put_credential(&row),
            Any::Session(row) => tx.put_session(&row),
            Any::Token(row) => tx.put_token(&row),
            Any::Answer(row) => tx.put_stored_answer(&row),
            Any::Preference(row) => tx.put_preference(&row),
            Any::IdentityLink(row) => tx.put_identity_link(&row),
            Any::Share(row) => tx.put_share(&row),
            Any::DefinitionItem(row) => tx.put_definition_item(&row),
            Any::EntityState(row) => tx.put_entity_state(&row),
            Any::Trashed(row) => tx.put_trashed(&row),
            Any::RollUps(row) => tx.put_roll_ups(&row),
            Any::RecordJob(row) => tx.put_record_job(&row),
            Any::Import(row) => tx.put_import(&row),
            Any::ImportPart(row) => tx.put_import_part(&row),
            Any::StoredFile(row) => tx.put_stored_file(&row),
            Any::ListView(row) => tx.put_list_view(&row),
            Any::Shortcuts(row) => tx.put_shortcuts(&row),
            Any::Plugin(row) => tx.put_plugin(&row),
            Any::PluginWork(row) => tx.put_plugin_work(&row),
            Any::PluginSchedule(row) => tx.put_plugin_schedule(&row),
            of_a_process => tx.write_process(&of_a_process.change(true)),
        }
    }

    /// Deletes the row, when rows of its kind can be.
    pub fn delete(&self, tx: &mut Transaction<'_>) -> Result<bool, TableError> {
        match self {
            Any::Record(row) => tx.delete_record(&row.entity, row.record.id)?,
            Any::Session(row) => tx.delete_session(&row.hash)?,
            Any::Share(row) => tx.delete_share(row.id)?,
            Any::IdentityLink(row) => tx.delete_identity_link(row)?,
            Any::DefinitionItem(row) => tx.delete_definition_item(&row.kind, &row.id)?,
            Any::Trashed(row) => tx.delete_trashed(&row.row.entity, row.row.record.id)?,
            Any::RollUps(row) => tx.delete_roll_ups(&row.entity, row.record)?,
            Any::StoredFile(row) => tx.delete_stored_file(&row.hash)?,
            Any::ImportPart(row) => tx.delete_import_part(row.import, row.number)?,
            Any::ListView(row) => tx.delete_list_view(row)?,
            Any::Plugin(row) => tx.delete_plugin(&row.id)?,
            Any::PluginWork(row) => tx.delete_plugin_work(row.id)?,
            Any::Instance(_) | Any::Element(_) | Any::Variable(..) | Any::Task(_) => {
                tx.write_process(&self.change(false))?;
            }
            Any::Timer(_) | Any::Job(_) | Any::Incident(_) | Any::Subscription(_) | Any::Kept(_) => {
                tx.write_process(&self.change(false))?;
            }
            Any::Compensation(..) | Any::Gathering(..) | Any::Item(..) | Any::Tokens(..) => {
                tx.write_process(&self.change(false))?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn change(&self, keep: bool) -> Changes {
        let mut changes = Changes::default();
        match self.clone() {
            Any::Instance(row) => changes.instances.push((row.id, keep.then_some(row))),
            Any::Element(row) => changes.elements.push(((row.instance, row.id), keep.then_some(row))),
            Any::Variable(key, value) => changes.variables.push((key, keep.then_some(value))),
            Any::Task(row) => changes.tasks.push((row.id, keep.then_some(row))),
            Any::Timer(row) => changes.timers.push((row.id, keep.then_some(row))),
            Any::Job(row) => changes.jobs.push((row.id, keep.then_some(row))),
            Any::Incident(row) => changes.incidents.push((row.id, keep.then_some(row))),
            Any::Event(row) => changes.events.push(row),
            Any::Subscription(row) => changes.subscriptions.push((row.id, keep.then_some(row))),
            Any::Kept(row) => changes.messages.push((row.id, keep.then_some(row))),
            Any::Compensation(key, row) => changes.compensations.push((key, keep.then_some(row))),
            Any::Gathering(key, row) => changes.gatherings.push((key, keep.then_some(row))),
            Any::Item(key, value) => changes.items.push((key, keep.then_some(value))),
            Any::Tokens(key, count) => changes.tokens.push((key, keep.then_some(count))),
            _ => {}
        }
        changes
    }

    /// What is read where this row was written.
    pub fn read(&self, read: &dyn Read) -> Result<Option<AnyRow>, String> {
        let (queries, state) = (Queries(read), ProcessState::new(read));
        let table = |error: TableError| error.to_string();
        let process = |error: StateError| error.0;
        Ok(match self {
            Any::Definition(row) => queries.definition(row.id).map_err(table)?.map(Any::Definition),
            Any::Instance(row) => queries.instance(row.id).map_err(table)?.map(Any::Instance),
            Any::Element(row) => state.element(row.instance, row.id).map_err(process)?.map(Any::Element),
            Any::Variable(key, _) => {
                let value = state.variable(key.0, key.1, &key.2).map_err(process)?;
                value.map(|value| Any::Variable(key.clone(), value))
            }
            Any::Task(row) => queries.task(row.id).map_err(table)?.map(Any::Task),
            Any::Timer(row) => queries.timer(row.id).map_err(table)?.map(Any::Timer),
            Any::Job(row) => queries.job(row.id).map_err(table)?.map(Any::Job),
            Any::Incident(row) => queries.incident(row.id).map_err(table)?.map(Any::Incident),
            Any::Event(row) => {
                let mut events = queries.events(row.instance, usize::MAX).map_err(table)?.into_iter();
                events.find(|event| event.sequence == row.sequence).map(Any::Event)
            }
            Any::Subscription(row) => state.subscription(row.id).map_err(process)?.map(Any::Subscription),
            Any::Kept(row) => state.message(row.id).map_err(process)?.map(Any::Kept),
            Any::Compensation(key, _) => {
                let row = state.compensation(key).map_err(process)?;
                row.map(|row| Any::Compensation(*key, row))
            }
            Any::Gathering(key, _) => {
                let row = state.gathering(key).map_err(process)?;
                row.map(|row| Any::Gathering(key.clone(), row))
            }
            Any::Item(key, _) => state.item(key).map_err(process)?.map(|value| Any::Item(*key, value)),
            Any::Tokens(key, _) => state
                .tokens(key)
                .map_err(process)?
                .map(|count| Any::Tokens(*key, count)),
            Any::Page(row) => queries.page(row.to, row.id).map_err(table)?.map(Any::Page),
            Any::Outbox(row) => queries.outbox_row(row.id).map_err(table)?.map(Any::Outbox),
            Any::Record(row) => queries
                .record(&row.entity, row.record.id)
                .map_err(table)?
                .map(Any::Record),
            Any::History(row) => {
                let entries = queries
                    .record_history(&row.entity, row.record, usize::MAX)
                    .map_err(table)?;
                entries
                    .into_iter()
                    .find(|entry| entry.sequence == row.sequence)
                    .map(Any::History)
            }
            Any::Credential(row) => queries.credential(row.person).map_err(table)?.map(Any::Credential),
            Any::Session(row) => queries.session(&row.hash).map_err(table)?.map(Any::Session),
            Any::Token(row) => queries.token(&row.hash).map_err(table)?.map(Any::Token),
            Any::Answer(row) => queries
                .stored_answer(row.principal, &row.key)
                .map_err(table)?
                .map(Any::Answer),
            Any::Preference(row) => queries.preference(row.person).map_err(table)?.map(Any::Preference),
            Any::IdentityLink(row) => {
                let of_record = queries.identity_links_of(row.kind, row.record).map_err(table)?;
                let found = queries
                    .identity_link(row.kind, &row.source, &row.external)
                    .map_err(table)?;
                found.filter(|found| of_record.contains(found)).map(Any::IdentityLink)
            }
            Any::Share(row) => queries.share(row.id).map_err(table)?.map(Any::Share),
            Any::DefinitionItem(row) => {
                let mut items = queries.definition_items().map_err(table)?.into_iter();
                let same = |item: &DefinitionItem| item.kind == row.kind && item.id == row.id;
                items.find(same).map(Any::DefinitionItem)
            }
            Any::EntityState(row) => queries.entity_state(&row.entity).map_err(table)?.map(Any::EntityState),
            Any::Trashed(row) => queries
                .trashed(&row.row.entity, row.row.record.id)
                .map_err(table)?
                .map(Any::Trashed),
            Any::RollUps(row) => queries
                .roll_ups(&row.entity, row.record)
                .map_err(table)?
                .map(Any::RollUps),
            Any::RecordJob(row) => queries.record_job(row.id).map_err(table)?.map(Any::RecordJob),
            Any::Import(row) => queries.import(row.id).map_err(table)?.map(Any::Import),
            Any::ImportPart(row) => queries
                .last_import_part(row.import, Some(row.number + 1))
                .map_err(table)?
                .map(Any::ImportPart),
            Any::StoredFile(row) => queries.stored_file(&row.hash).map_err(table)?.map(Any::StoredFile),
            Any::ListView(row) => queries
                .list_view(row.person, &row.entity, &row.id)
                .map_err(table)?
                .map(Any::ListView),
            Any::Shortcuts(row) => queries.shortcuts(row.person).map_err(table)?.map(Any::Shortcuts),
            Any::Plugin(row) => queries.plugin(&row.id).map_err(table)?.map(Any::Plugin),
            Any::PluginWork(row) => queries.plugin_work(row.id).map_err(table)?.map(Any::PluginWork),
            Any::PluginSchedule(row) => queries
                .plugin_schedule(&row.plugin, &row.name)
                .map_err(table)?
                .map(Any::PluginSchedule),
        })
    }
}

/// A store that holds what `write` writes.
pub fn store_with(write: impl FnOnce(&mut Transaction<'_>) -> Result<(), TableError>) -> Store {
    let store = Store::memory();
    let view = store.view();
    let mut tx = Transaction::new(&view);
    write(&mut tx).expect("writes");
    store.commit(Batch::from(tx.into_writes()), 0).expect("commits");
    store
}

/// Everything that is in a store.
pub fn everything(store: &Store) -> Vec<(Vec<u8>, Vec<u8>)> {
    let rows = Read::scan(&store.view(), &[], None, usize::MAX).expect("reads");
    rows.into_iter()
        .map(|(key, value)| (key.to_vec(), value.to_vec()))
        .collect()
}
