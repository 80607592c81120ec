//! Rows that are no process's: definitions, messages, records, sign-in.

use std::collections::BTreeMap;

use kapok_protocol::{
    DefinitionId, Delivery, Entity, Mail, Message, OutboxId, OutboxRow, Page, PageId, PageKind, Principal, Record,
    RecordId, ShareId, Sms, Value,
};
use kapok_tables::{
    Credential, Definition, HistoryEntry, IdentityLink, LinkedKind, Preference, Receiver, RecordRow, Session, Share,
    ShareLevel, StoredAnswer, Token,
};

use super::{at, definition_id, fields, instance_id, person, record_id, superior, task_id, text};
use crate::any_row::AnyRow;

pub fn definitions() -> Vec<AnyRow> {
    let definition = Definition {
        id: definition_id(),
        key: "quote-approval".into(),
        version: 2,
        name: "报价审批".into(),
        deployed_at: at(0),
        deployed_by: Some(person()),
        grants: None,
    };
    let bare = Definition {
        id: DefinitionId::new(8).expect("not zero"),
        version: 3,
        deployed_by: None,
        ..definition.clone()
    };
    vec![AnyRow::Definition(definition), AnyRow::Definition(bare)]
}

pub fn pages() -> Vec<AnyRow> {
    let page = |id, kind, read_at, task| {
        let id = PageId::new(id).expect("not zero");
        AnyRow::Page(Page {
            id,
            to: person(),
            kind,
            text: text(),
            at: at(4),
            read_at,
            task,
            instance: task.map(|_| instance_id()),
        })
    };
    vec![
        page(108, PageKind::Page, None, Some(task_id())),
        page(125, PageKind::Prompt, Some(at(6)), None),
        page(126, PageKind::Notice, None, None),
    ]
}

pub fn outbox() -> Vec<AnyRow> {
    let mail = Message::Mail(Mail {
        to: person(),
        subject: "报价已批准".into(),
        body: "请知悉。\n".into(),
    });
    let sms = Message::Sms(Sms {
        to: superior(),
        template: "reminder".into(),
        variables: [("task".to_owned(), "报价审批".to_owned())].into(),
        text: "您有一个待办：报价审批".into(),
    });
    let deliveries = [
        Delivery::Waiting {
            next: at(7),
            reason: None,
        },
        Delivery::Waiting {
            next: at(8),
            reason: Some(text()),
        },
        Delivery::Leased { until: at(9) },
        Delivery::Sent {
            at: at(10),
            receipt: "250 2.0.0 Ok".into(),
        },
        Delivery::Failed { reason: text() },
        Delivery::Unknown { since: at(11) },
    ];
    let rows = deliveries.into_iter().zip(107..).map(|(delivery, id)| OutboxRow {
        id: OutboxId::new(id).expect("not zero"),
        message: if id % 2 == 0 { sms.clone() } else { mail.clone() },
        created_at: at(6),
        attempts: u32::from(id > 107),
        delivery,
        instance: (id > 108).then(instance_id),
    });
    rows.map(AnyRow::Outbox).collect()
}

pub fn records() -> Vec<AnyRow> {
    let record = Record {
        id: record_id(),
        version: 3,
        owner: Some(person()),
        created_at: at(0),
        created_by: Some(person()),
        updated_at: at(1),
        fields: fields(),
    };
    let bare = Record {
        id: RecordId::new(127).expect("not zero"),
        version: 1,
        owner: None,
        created_by: None,
        fields: BTreeMap::new(),
        ..record.clone()
    };
    let entity = Entity::new("quotes.quote");
    let unique = vec![("number".to_owned(), "BJ20261123-0001".to_owned())];
    vec![
        AnyRow::Record(RecordRow {
            entity: entity.clone(),
            record,
            unique,
            references: Vec::new(),
            likeness: Vec::new(),
            files: Vec::new(),
            opens: None,
        }),
        AnyRow::Record(RecordRow {
            entity,
            record: bare,
            unique: Vec::new(),
            references: Vec::new(),
            likeness: Vec::new(),
            files: Vec::new(),
            opens: None,
        }),
    ]
}

pub fn history() -> AnyRow {
    AnyRow::History(bare_entry())
}

pub fn bare_entry() -> HistoryEntry {
    HistoryEntry {
        entity: Entity::new("quotes.quote"),
        record: record_id(),
        sequence: 201,
        at: at(1),
        actor: Principal::Person(person()),
        before: [("title".to_owned(), Value::Null)].into(),
        after: fields(),
        change: None,
        plugins: Vec::new(),
        instance: None,
    }
}

pub fn shares() -> Vec<AnyRow> {
    let share = |id, to, level, until: Option<&str>| {
        AnyRow::Share(Share {
            id: ShareId::new(id).expect("not zero"),
            entity: Entity::new("quotes.quote"),
            record: record_id(),
            to,
            level,
            until: until.map(str::to_owned),
            actor: Principal::Person(person()),
            at: at(3),
            reason: "请协助跟进".into(),
            while_open: false,
        })
    };
    vec![
        share(140, Receiver::Person(superior()), ShareLevel::Read, Some("2026-12-31")),
        share(141, Receiver::Department(record_id()), ShareLevel::Update, None),
        share(142, Receiver::Role("sales".into()), ShareLevel::Read, None),
    ]
}

pub fn sign_in() -> Vec<AnyRow> {
    vec![
        AnyRow::Credential(Credential {
            person: person(),
            password_hash: "$argon2id$…".into(),
            changed_at: at(0),
        }),
        AnyRow::Session(Session {
            hash: "ab12".into(),
            person: person(),
            created_at: at(0),
            expires_at: at(720),
        }),
        AnyRow::Token(Token {
            hash: "cd34".into(),
            person: person(),
            label: "备份".into(),
            created_at: at(0),
            topics: Vec::new(),
        }),
        AnyRow::Preference(Preference {
            person: person(),
            language: "zh-CN".into(),
            favourites: BTreeMap::new(),
        }),
    ]
}

pub fn identity_links() -> Vec<AnyRow> {
    let link = |kind, external: &str, by| {
        AnyRow::IdentityLink(IdentityLink {
            kind,
            source: "wecom.wecom".into(),
            external: external.into(),
            record: record_id(),
            at: at(0),
            by,
        })
    };
    vec![
        link(LinkedKind::Person, "ZhangSan", Principal::Person(person())),
        link(LinkedKind::Department, "2", Principal::System),
    ]
}

pub fn answers() -> Vec<AnyRow> {
    let principals = [
        Principal::System,
        Principal::Person(person()),
        Principal::Process(instance_id()),
    ];
    let answers = principals.into_iter().map(|principal| StoredAnswer {
        principal,
        key: "5e6f".into(),
        request_hash: "7890".into(),
        answer: "{}".into(),
        expires_at: at(1_440),
    });
    answers.map(AnyRow::Answer).collect()
}
