//! What outside workers fetch, and what processes were granted.

use kapok_process::state::{Job, JobLock};
use kapok_protocol::{DefinitionId, Entity, JobId};
use kapok_records::{FieldSet, ProcessGrant, ProcessGrants};
use kapok_tables::{ConfirmedGrants, Definition, Token};

use super::{at, definition_id, element_id, fields, instance_id, person};
use crate::any_row::AnyRow;

pub fn jobs() -> Vec<AnyRow> {
    let job = Job {
        id: JobId::new(140).expect("not zero"),
        instance: instance_id(),
        element: element_id(),
        handler: "rate-customer".into(),
        inputs: fields(),
        failures: 1,
        ready: true,
        external: true,
        lock: Some(JobLock {
            worker: "python-1".into(),
            until: at(1),
        }),
        retries: Some(2),
    };
    let free = Job {
        id: JobId::new(141).expect("not zero"),
        lock: None,
        retries: None,
        ..job.clone()
    };
    let waiting = Job {
        id: JobId::new(142).expect("not zero"),
        ready: false,
        ..free.clone()
    };
    vec![AnyRow::Job(job), AnyRow::Job(free), AnyRow::Job(waiting)]
}

pub fn definitions() -> Vec<AnyRow> {
    let mut grants = ProcessGrants::default();
    let quotes = ProcessGrant {
        read: FieldSet::All,
        update: FieldSet::these(["status", "note"]),
        ..ProcessGrant::default()
    };
    grants.add(Entity::new("quotes.quote"), quotes);
    let visits = ProcessGrant {
        create: true,
        delete: true,
        ..ProcessGrant::default()
    };
    grants.add(Entity::new("customers.visit"), visits);
    let granted = Definition {
        id: definition_id(),
        key: "quote-approval".into(),
        version: 2,
        name: "报价审批".into(),
        deployed_at: at(0),
        deployed_by: None,
        grants: Some(ConfirmedGrants {
            grants,
            by: Some(person()),
            at: at(3),
        }),
    };
    let nothing = Definition {
        id: DefinitionId::new(8).expect("not zero"),
        version: 3,
        grants: Some(ConfirmedGrants {
            grants: ProcessGrants::default(),
            by: None,
            at: at(4),
        }),
        ..granted.clone()
    };
    vec![AnyRow::Definition(granted), AnyRow::Definition(nothing)]
}

pub fn tokens() -> Vec<AnyRow> {
    vec![AnyRow::Token(Token {
        hash: "ef56".into(),
        person: person(),
        label: "评级".into(),
        created_at: at(0),
        topics: vec!["rate-customer".into(), "ship".into()],
    })]
}
