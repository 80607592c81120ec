//! Folders of a time when nothing was asked.

use kapok_records::{Action, FieldSet};
use kapok_store::Store;
use kapok_tables::Queries;

use super::grant;
use crate::Kapok;

const MODEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kapok="urn:kapok:bpmn:1"
    id="definitions" targetNamespace="urn:test">
  <bpmn:process id="check" isExecutable="true">
    <bpmn:extensionElements><kapok:subject entity="system.person"/></bpmn:extensionElements>
    <bpmn:startEvent id="start"/>
    <bpmn:sequenceFlow id="flow" sourceRef="start" targetRef="end"/>
    <bpmn:endEvent id="end"/>
  </bpmn:process>
</bpmn:definitions>"#;

#[test]
fn what_was_published_before_grants_keeps_what_its_model_asks_for() {
    let store = Store::memory();
    let kapok = Kapok::builder().open_store(store.clone()).expect("opens");
    let deployed = kapok.deploy(MODEL).unwrap_or_else(|error| panic!("{error}"));
    let id = deployed.definitions[0].id;
    // As an older program wrote it.
    let mut old = deployed.definitions[0].clone();
    old.grants = None;
    let put = kapok.writer.submit(move |step| Ok(step.tx.put_definition(&old)?));
    put.wait().expect("is committed");
    drop(kapok);

    let kapok = Kapok::builder().open_store(store.clone()).expect("opens");
    let person = "system.person".to_owned();
    let asked = grant(Action::Read, FieldSet::All);
    let has = kapok.shared.definitions.grants(id);
    assert_eq!(has.of(&kapok_protocol::Entity(person)), Some(&asked));
    let row = Queries(&store.view()).definition(id).expect("reads").expect("is there");
    let kept = row.grants.expect("it is written down");
    assert_eq!((&kept.grants, kept.by), (&*has, None));
}
