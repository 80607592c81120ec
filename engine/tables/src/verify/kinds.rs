//! Every kind of row: what it is called, how it is read, and which rows it belongs to.

use kapok_process::state::{
    Compensation, ElementInstance, Gathering, Incident, Instance, Job, KeptMessage, Subscription, Task, Timer,
};
use kapok_protocol::{OutboxRow, Page, Text, Value};

use crate::{
    Key, Prefix,
    codec::{self, CodecError, Field},
    history::{Events, WHOLE_VERSION, Whole},
    key::last_number,
    pages::Unread,
    rows::{
        Credential, DecisionFile, Definition, DefinitionItem, EntityState, HistoryEntry, IdentityLink, Import,
        ImportPart, ListView, PluginRow, PluginSchedule, PluginWork, Preference, RecordJob, RecordRow, RollUps, Row,
        Session, Share, Shortcuts, StoredAnswer, StoredFile, Token, TrashedRecord,
    },
};

/// One kind of row.
pub struct Kind {
    /// The first byte of its keys.
    pub prefix: Prefix,
    /// Its name in exports and reports; it never changes.
    pub name: &'static str,
    /// What it is called in Chinese.
    pub zh: &'static str,
    pub(crate) sort: Sort,
    /// Where its keys hold an id drawn from the counter.
    pub(crate) id: IdAt,
}

/// What a row says.
pub(crate) struct Told {
    /// The keys of its index rows.
    pub(crate) indexes: Vec<Vec<u8>>,
    /// The largest id inside it, when that is not the one in its key.
    pub(crate) largest: Option<u64>,
}

/// What a row says, or why it cannot be read.
type Reading = Result<Told, Text>;

/// What rows of a kind are.
pub(crate) enum Sort {
    /// Data: reads the row at a key.
    Row(fn(&[u8], &[u8]) -> Reading),
    /// An index that only earlier versions wrote. What is left of it says nothing, and is in nobody's way.
    Retired,
    /// An index: where the row may lie that an index row belongs to.
    Index(fn(&[u8]) -> Option<Vec<u8>>),
}

/// Where an id stands in a key.
#[derive(Clone, Copy)]
pub(crate) enum IdAt {
    Nowhere,
    /// In the last eight bytes.
    End,
    /// There too, but so that larger ones come first.
    EndNewestFirst,
}

impl Kind {
    /// The kind of the row at a key; `None` when no version of this program has such rows.
    pub fn of(key: &[u8]) -> Option<&'static Kind> {
        let first = *key.first()?;
        KINDS.iter().find(|kind| kind.prefix as u8 == first)
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// Whether its rows follow from others.
    pub fn is_index(&self) -> bool {
        matches!(self.sort, Sort::Index(_) | Sort::Retired)
    }

    /// Reads a row.
    pub(crate) fn read(&self, key: &[u8], value: &[u8]) -> Reading {
        let mut told = match self.sort {
            Sort::Row(read) => read(key, value)?,
            Sort::Index(_) | Sort::Retired => Told::nothing(),
        };
        told.largest = told.largest.or_else(|| match self.id {
            IdAt::Nowhere => None,
            IdAt::End => last_number(key),
            IdAt::EndNewestFirst => last_number(key).map(|number| !number),
        });
        Ok(told)
    }
}

impl Told {
    fn nothing() -> Self {
        Self {
            indexes: Vec::new(),
            largest: None,
        }
    }
}

impl From<CodecError> for Text {
    fn from(error: CodecError) -> Self {
        Self::new(
            format!("该行无法读取：{error}。"),
            format!("It cannot be read: {error}."),
        )
    }
}

/// A row that names itself.
fn row<R: Row>(key: &[u8], value: &[u8]) -> Reading {
    self_named(key, &R::from_bytes(value)?)
}

fn self_named<R: Row>(key: &[u8], row: &R) -> Reading {
    if R::key(&row.id()).as_bytes() != key {
        return Err(Text::new(
            "该行不在它自己所说的位置。",
            "It does not lie where it says that it belongs.",
        ));
    }
    Ok(Told {
        indexes: row.indexes().into_iter().map(Vec::from).collect(),
        largest: None,
    })
}

/// A case, with whatever else lies in its row.
fn case(key: &[u8], value: &[u8]) -> Reading {
    if value.first() != Some(&WHOLE_VERSION) {
        return row::<Instance>(key, value);
    }
    let case = Whole::from_bytes(value)?;
    let mut told = self_named(key, case.instance.as_ref())?;
    let elements = case.elements.keys().map(|id| id.get());
    let events = case.events.iter().map(|event| event.sequence);
    told.largest = elements.chain(events).chain([case.instance.id.get()]).max();
    Ok(told)
}

/// The events of one command.
fn events(key: &[u8], value: &[u8]) -> Reading {
    let row = Events::from_bytes(value)?;
    let mut told = self_named(key, &row)?;
    told.largest = row.events.iter().map(|event| event.sequence).max();
    Ok(told)
}

/// A row that is found by its place alone.
fn value<T: Field>(_: &[u8], value: &[u8]) -> Reading {
    codec::decode::<T>(1, value)?;
    Ok(Told::nothing())
}

fn text(_: &[u8], value: &[u8]) -> Reading {
    match std::str::from_utf8(value) {
        Ok(_) => Ok(Told::nothing()),
        Err(error) => Err(CodecError(error.to_string()).into()),
    }
}

/// The row with the id at the end of an index key.
fn last(key: &[u8], prefix: Prefix) -> Option<Vec<u8>> {
    Some(Key::new(prefix).number(last_number(key)?).into_bytes())
}

/// The same, where the row lies under the first number of the index key: a case, a person.
fn first_and_last(key: &[u8], prefix: Prefix, newest: bool) -> Option<Vec<u8>> {
    let first = super::first_number(key)?;
    let last = last_number(key)?;
    let key = Key::new(prefix).number(first);
    Some(if newest { key.newest(last) } else { key.number(last) }.into_bytes())
}

/// The record with the id at the end of an index key that begins with its entity.
fn record(key: &[u8]) -> Option<Vec<u8>> {
    // A text ends at the first zero that is not an escaped one.
    let end = key.windows(2).position(|pair| pair == [0, 1])? + 2;
    let mut record = vec![Prefix::Record as u8];
    record.extend_from_slice(key.get(1..end)?);
    record.extend_from_slice(&(!last_number(key)?).to_be_bytes());
    Some(record)
}

/// The deleted record with the id at the end of an index key that begins with its entity.
fn trashed(key: &[u8]) -> Option<Vec<u8>> {
    let mut row = record(key)?;
    *row.first_mut()? = Prefix::Trash as u8;
    Some(row)
}

/// The record, deleted or not, with the id at the end of an index key that begins with a file and its entity.
fn with_file(key: &[u8], prefix: Prefix) -> Option<Vec<u8>> {
    let end = key.windows(2).position(|pair| pair == [0, 1])? + 2;
    let mut row = record(&[&key[..1], key.get(end..)?].concat())?;
    *row.first_mut()? = prefix as u8;
    Some(row)
}

fn answer(key: &[u8]) -> Option<Vec<u8>> {
    let mut answer = vec![Prefix::StoredAnswer as u8];
    answer.extend_from_slice(key.get(9..)?);
    Some(answer)
}

/// The link of an index key: the same without the record behind the byte of the kind.
fn link(key: &[u8]) -> Option<Vec<u8>> {
    let mut link = vec![Prefix::IdentityLink as u8, *key.get(1)?];
    link.extend_from_slice(key.get(10..)?);
    Some(link)
}

/// A kind that is missing here does not compile: nothing of it would be checked or exported.
macro_rules! kinds {
    ($($prefix:ident, $name:literal, $zh:literal, $id:ident, $sort:ident $(($read:expr))?;)*) => {
        /// Every kind of row there is.
        pub const KINDS: &[Kind] = &[$(Kind {
            prefix: Prefix::$prefix,
            name: $name,
            zh: $zh,
            sort: Sort::$sort $(($read))?,
            id: IdAt::$id,
        }),*];

        const _: fn(Prefix) = |prefix| match prefix {
            $(Prefix::$prefix)|* => {}
        };
    };
}

kinds! {
    Meta, "meta", "系统数值", Nowhere, Row(value::<u64>);
    Definition, "definition", "流程定义", End, Row(row::<Definition>);
    DefinitionXml, "definition-xml", "流程图", Nowhere, Row(text);
    DefinitionByKey, "definition-by-key", "流程定义索引", Nowhere, Index(|key| last(key, Prefix::Definition));
    DecisionFile, "decision-file", "决策文件", End, Row(row::<DecisionFile>);
    Instance, "case", "流程", End, Row(case);
    Element, "element", "步骤", End, Row(row::<ElementInstance>);
    LiveElement, "live-element", "进行中步骤索引", Nowhere, Index(|key| first_and_last(key, Prefix::Element, false));
    Variable, "variable", "变量", Nowhere, Row(value::<Value>);
    Task, "task", "待办", End, Row(row::<Task>);
    Timer, "timer", "定时器", End, Row(row::<Timer>);
    TimerByDue, "timer-by-due", "定时器索引", Nowhere, Index(|key| last(key, Prefix::Timer));
    Job, "job", "作业", End, Row(row::<Job>);
    JobReady, "job-ready", "作业索引", Nowhere, Index(|key| last(key, Prefix::Job));
    JobByTopic, "job-by-topic", "外部作业索引", Nowhere, Index(|key| last(key, Prefix::Job));
    Incident, "incident", "故障", End, Row(row::<Incident>);
    Event, "event", "流程历史", End, Row(events);
    TimerByDefinition, "timer-by-definition", "定时器索引", Nowhere, Index(|key| last(key, Prefix::Timer));
    Subscription, "subscription", "等待项", End, Row(row::<Subscription>);
    SubscriptionByMessage, "subscription-by-message", "等待项索引", Nowhere, Index(|key| last(key, Prefix::Subscription));
    SubscriptionBySignal, "subscription-by-signal", "等待项索引", Nowhere, Index(|key| last(key, Prefix::Subscription));
    ConditionByInstance, "condition-by-case", "等待项索引", Nowhere, Index(|key| last(key, Prefix::Subscription));
    TaskByAssignee, "task-by-assignee", "待办索引", Nowhere, Index(|key| last(key, Prefix::Task));
    TaskByCandidate, "task-by-candidate", "待办索引", Nowhere, Index(|key| last(key, Prefix::Task));
    TaskByFinisher, "task-by-finisher", "待办索引", Nowhere, Index(|key| last(key, Prefix::Task));
    TaskByInstance, "task-by-case", "待办索引", Nowhere, Index(|key| last(key, Prefix::Task));
    InstanceByInitiator, "case-by-initiator", "流程索引", Nowhere, Index(|key| last(key, Prefix::Instance));
    InstanceByDefinition, "case-by-definition", "流程索引", Nowhere, Index(|key| last(key, Prefix::Instance));
    InstanceByRecord, "case-by-record", "流程索引", Nowhere, Index(|key| last(key, Prefix::Instance));
    IncidentByInstance, "incident-by-case", "故障索引", Nowhere, Index(|key| last(key, Prefix::Incident));
    InstanceByStart, "case-by-start", "流程索引", Nowhere, Retired;
    KeptMessage, "kept-message", "暂存消息", End, Row(row::<KeptMessage>);
    KeptMessageByName, "kept-message-by-name", "暂存消息索引", Nowhere, Index(|key| last(key, Prefix::KeptMessage));
    Compensation, "compensation", "可补偿步骤", EndNewestFirst, Row(value::<Compensation>);
    Item, "item", "多实例项", Nowhere, Row(value::<Value>);
    Tokens, "tokens", "令牌数", Nowhere, Row(value::<u32>);
    Gathering, "gathering", "启动事件收集", Nowhere, Row(value::<Gathering>);
    Page, "page", "通知", EndNewestFirst, Row(row::<Page>);
    UnreadPage, "unread-page", "未读通知", EndNewestFirst, Row(row::<Unread>);
    PageUnread, "page-unread", "通知索引", Nowhere, Index(|key| first_and_last(key, Prefix::Page, true));
    Outbox, "outbox", "待发消息", EndNewestFirst, Row(row::<OutboxRow>);
    OutboxByMoment, "outbox-by-moment", "待发消息索引", Nowhere, Index(|key| {
        Some(Key::new(Prefix::Outbox).newest(last_number(key)?).into_bytes())
    });
    Record, "record", "记录", EndNewestFirst, Row(row::<RecordRow>);
    RecordByUnique, "record-by-unique", "记录索引", Nowhere, Index(record);
    RecordByOwner, "record-by-owner", "记录索引", Nowhere, Index(record);
    RecordNumber, "record-number", "自动编号", Nowhere, Row(value::<u64>);
    RecordHistory, "record-history", "记录历史", End, Row(row::<HistoryEntry>);
    Share, "share", "共享", End, Row(row::<Share>);
    ShareByRecord, "share-by-record", "共享索引", Nowhere, Index(|key| last(key, Prefix::Share));
    ShareByReceiver, "share-by-receiver", "共享索引", Nowhere, Index(|key| last(key, Prefix::Share));
    Credential, "credential", "登录凭据", Nowhere, Row(row::<Credential>);
    Session, "session", "登录会话", Nowhere, Row(row::<Session>);
    Token, "token", "程序令牌", Nowhere, Row(row::<Token>);
    StoredAnswer, "stored-answer", "保留的回复", Nowhere, Row(row::<StoredAnswer>);
    StoredAnswerByExpiry, "stored-answer-by-expiry", "保留的回复索引", Nowhere, Index(answer);
    Preference, "preference", "个人设置", Nowhere, Row(row::<Preference>);
    IdentityLink, "identity-link", "外部身份", Nowhere, Row(row::<IdentityLink>);
    IdentityLinkByRecord, "identity-link-by-record", "外部身份索引", Nowhere, Index(link);
    DefinitionItem, "definition-item", "自定义定义", Nowhere, Row(row::<DefinitionItem>);
    EntityState, "entity-state", "实体整理状态", Nowhere, Row(row::<EntityState>);
    Trash, "trash", "回收站记录", EndNewestFirst, Row(row::<TrashedRecord>);
    TrashByMoment, "trash-by-moment", "回收站索引", Nowhere, Index(trashed);
    TrashByFile, "trash-by-file", "回收站索引", Nowhere, Index(|key| with_file(key, Prefix::Trash));
    RollUp, "roll-up", "汇总值", End, Row(row::<RollUps>);
    RecordByReference, "record-by-reference", "记录索引", Nowhere, Index(record);
    RecordByLikeness, "record-by-likeness", "记录索引", Nowhere, Index(record);
    RecordOpening, "record-opening", "记录索引", Nowhere, Index(record);
    RecordByFile, "record-by-file", "记录索引", Nowhere, Index(|key| with_file(key, Prefix::Record));
    RecordJob, "record-job", "批量任务", End, Row(row::<RecordJob>);
    RecordJobOpen, "record-job-open", "批量任务索引", Nowhere, Index(|key| last(key, Prefix::RecordJob));
    Import, "import", "导入", End, Row(row::<Import>);
    ImportOpen, "import-open", "导入索引", Nowhere, Index(|key| last(key, Prefix::Import));
    ImportPart, "import-part", "导入结果", Nowhere, Row(row::<ImportPart>);
    ImportByFile, "import-by-file", "导入索引", Nowhere, Index(|key| last(key, Prefix::Import));
    StoredFile, "stored-file", "附件", Nowhere, Row(row::<StoredFile>);
    ListView, "list-view", "列表视图", Nowhere, Row(row::<ListView>);
    Plugin, "plugin", "插件", Nowhere, Row(row::<PluginRow>);
    PluginWork, "plugin-work", "插件任务", End, Row(row::<PluginWork>);
    PluginWorkByMoment, "plugin-work-by-moment", "插件任务索引", Nowhere, Index(|key| last(key, Prefix::PluginWork));
    PluginSchedule, "plugin-schedule", "插件定时", Nowhere, Row(row::<PluginSchedule>);
    Shortcuts, "shortcuts", "收藏与最近", Nowhere, Row(row::<Shortcuts>);
}
