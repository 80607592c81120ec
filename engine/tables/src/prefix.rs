//! Every kind of row there is.

/// The first byte of a key. Numbers are never reused: a retired one stays here, marked so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Prefix {
    /// Single values of the engine: the id counter, the format.
    Meta = 1,

    /// A deployed version of a process, by id.
    Definition = 8,
    /// Its XML, apart because it is large.
    DefinitionXml = 9,
    /// (process key, version) → definition.
    DefinitionByKey = 10,
    /// A file of decisions, by id; its XML lies beside those of processes.
    DecisionFile = 11,
    /// (kind, id): an item of the administrator's layer of definitions.
    DefinitionItem = 12,
    /// (entity): for which definition its records were last put in order.
    EntityState = 13,

    /// A case, by id.
    Instance = 16,
    /// (case, activation).
    Element = 17,
    /// (case, scope, activation): the live ones only.
    LiveElement = 18,
    /// (case, scope, name).
    Variable = 19,
    /// A task, by id.
    Task = 20,
    /// A timer, by id.
    Timer = 21,
    /// (due time, timer).
    TimerByDue = 22,
    /// A job, by id.
    Job = 23,
    /// Jobs that may run now, by id.
    JobReady = 24,
    /// An incident, by id.
    Incident = 25,
    /// (case, sequence): history.
    Event = 26,
    /// (definition, timer): the timers that start cases of a version.
    TimerByDefinition = 27,
    /// Something that waits for a message, a signal or a condition, by id.
    Subscription = 28,
    /// (name, key or none, subscription).
    SubscriptionByMessage = 29,
    /// (name, subscription).
    SubscriptionBySignal = 30,
    /// (case, subscription): the conditions it waits for.
    ConditionByInstance = 31,

    /// (person, due time, task): open tasks of a person.
    TaskByAssignee = 32,
    /// (kind of group, code, due time, task): open tasks nobody has claimed.
    TaskByCandidate = 33,
    /// (person, newest first, task): tasks a person finished.
    TaskByFinisher = 34,
    /// (case, task).
    TaskByInstance = 35,
    /// (person, newest first, case): cases a person started.
    InstanceByInitiator = 36,
    /// (definition, active or not, newest first, case).
    InstanceByDefinition = 37,
    /// (entity, record, newest first, case): cases about a record.
    InstanceByRecord = 38,
    /// (case, incident).
    IncidentByInstance = 39,
    /// Retired: cases, newest first. The first format listed them so; their ids say the same.
    InstanceByStart = 40,
    /// A message that nobody has taken yet, by id.
    KeptMessage = 41,
    /// (name, message).
    KeptMessageByName = 42,
    /// (case, scope, latest first): what can be undone.
    Compensation = 43,
    /// (case, activity, result or not, number): items of multi-instance activities.
    Item = 44,
    /// (case, scope, node): how many tokens stand there.
    Tokens = 45,
    /// (definition, start event, key or none): what a parallel multiple start event has gathered.
    Gathering = 46,

    /// (topic, when it is free, job): jobs that outside workers fetch.
    JobByTopic = 47,

    /// (person, newest first): pages that were opened. The first versions kept all here.
    Page = 48,
    /// (person, newest first): those of them that were not opened yet.
    PageUnread = 49,
    /// A message on its way out, newest first.
    Outbox = 50,
    /// (moment, message): messages to be looked at again at that moment.
    OutboxByMoment = 51,
    /// (person, newest first): pages not opened yet.
    UnreadPage = 52,

    /// (entity, newest first).
    Record = 64,
    /// (entity, field, value) → record.
    RecordByUnique = 65,
    /// (entity, owner, record).
    RecordByOwner = 66,
    /// (entity, field, period): the last number given out.
    RecordNumber = 67,
    /// (entity, record, sequence): who changed what.
    RecordHistory = 68,

    /// That a record is shared with somebody, by id.
    Share = 100,
    /// (entity, record, share).
    ShareByRecord = 101,
    /// (kind of receiver, receiver, share): what is shared with a person, a department or a role.
    ShareByReceiver = 102,
    /// An import of records, by id.
    Import = 104,
    /// Imports that go on, by id.
    ImportOpen = 105,
    /// (import, number): what came of some of its rows.
    ImportPart = 106,
    /// (file, import): the stored tables that imports go on with.
    ImportByFile = 107,
    /// (entity, newest first): records that were deleted.
    Trash = 112,
    /// (entity, latest first, record): the same by the moment of deletion.
    TrashByMoment = 113,
    /// (file, entity, record): files that deleted records name.
    TrashByFile = 114,
    /// (entity, record): values computed from the records that name it.
    RollUp = 115,
    /// (entity, field, target, newest first, record): the records that name a record.
    RecordByReference = 116,
    /// (entity, rule, value, record): records that may be the same.
    RecordByLikeness = 117,
    /// (file, entity, record): the records that name a file.
    RecordByFile = 118,
    /// Work on many records, by id.
    RecordJob = 119,
    /// Work that goes on, by id.
    RecordJobOpen = 120,
    /// A stored file, by the hash of its content.
    StoredFile = 121,
    /// (person or nobody, entity, id): views that people made of lists.
    ListView = 122,
    /// (person): the records a person marked or has seen lately.
    Shortcuts = 123,
    /// (entity, owner, parent, record): records that open what is above them.
    RecordOpening = 124,

    /// (plugin): that it is known here, and how it stands.
    Plugin = 136,
    /// A call of a plugin that is still to be made, by id.
    PluginWork = 137,
    /// (moment, call): calls to be made at that moment.
    PluginWorkByMoment = 138,
    /// (plugin, name): when it does next what is scheduled.
    PluginSchedule = 139,

    /// How a person signs in.
    Credential = 80,
    /// A browser's session, by the hash of its cookie.
    Session = 81,
    /// A program's token, by its hash.
    Token = 82,
    /// (principal, key): the first answer to a command that named a key.
    StoredAnswer = 83,
    /// (expiry, principal, key).
    StoredAnswerByExpiry = 84,
    /// (person): what a person chose for themselves.
    Preference = 85,
    /// (person or department, source, id there): which record somebody or something is on the other side.
    IdentityLink = 86,
    /// (person or department, record, source, id there).
    IdentityLinkByRecord = 87,
}

/// What one of the numbers is that stand right behind the prefix of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    /// An id drawn from the counter.
    Id,
    /// One too, but so that larger ones come first.
    NewestFirst,
    /// Anything else.
    Other,
}

impl Prefix {
    /// What the numbers are right behind the prefix of a key, up to the last id among them.
    pub(crate) fn numbers_in_front(kind: u8) -> &'static [Number] {
        const ONE: [Prefix; 16] = [
            Prefix::Instance,
            Prefix::LiveElement,
            Prefix::Variable,
            Prefix::Task,
            Prefix::Timer,
            Prefix::Job,
            Prefix::Incident,
            Prefix::Event,
            Prefix::Subscription,
            Prefix::ConditionByInstance,
            Prefix::TaskByInstance,
            Prefix::IncidentByInstance,
            Prefix::KeptMessage,
            Prefix::Compensation,
            Prefix::Item,
            Prefix::Tokens,
        ];
        match kind {
            _ if kind == Prefix::Element as u8 => &[Number::Id, Number::Id],
            _ if kind == Prefix::Page as u8 || kind == Prefix::UnreadPage as u8 => {
                &[Number::Other, Number::NewestFirst]
            }
            _ if kind == Prefix::Outbox as u8 => &[Number::NewestFirst],
            _ if ONE.iter().any(|prefix| *prefix as u8 == kind) => &[Number::Id],
            _ => &[],
        }
    }
}
