//! Publishing processes.

use kapok::{
    Error,
    process::state::InstanceState,
    protocol::{DefinitionId, Value},
};

use crate::support::{QUOTE_APPROVAL, World, approve, code, no_variables};

#[test]
fn whoever_started_from_an_old_version_is_told() {
    let world = World::new();
    let admin = world.staff("admin").administrator().expect("an administrator");
    let second = admin.deploy(QUOTE_APPROVAL, Some(1)).expect("deploys").definitions;
    assert_eq!((second[0].version, second[0].deployed_by), (2, Some(admin.person())));
    assert_eq!(
        code(admin.deploy(QUOTE_APPROVAL, Some(1)).map(drop)),
        "definition.conflict"
    );
    assert_eq!(
        code(admin.deploy(QUOTE_APPROVAL, Some(0)).map(drop)),
        "definition.conflict"
    );
    assert_eq!(
        admin.deploy(QUOTE_APPROVAL, None).expect("deploys").definitions[0].version,
        3
    );
    let versions = admin.versions("quote-approval").expect("reads");
    assert_eq!(
        versions
            .iter()
            .map(|(definition, _)| definition.version)
            .collect::<Vec<_>>(),
        [3, 2, 1]
    );
    assert_eq!(admin.definition_xml(second[0].id).expect("kept"), QUOTE_APPROVAL);
    assert_eq!(
        code(admin.definition_xml(DefinitionId::new(999_999).expect("not zero"))),
        "not-found"
    );
}

#[test]
fn a_model_with_errors_is_refused_with_findings() {
    let world = World::new();
    let broken = QUOTE_APPROVAL.replace("quotes.mark-approved", "quotes.no-such-handler");
    for xml in [broken.as_str(), "<not-bpmn/>", "", "<!DOCTYPE x><x/>"] {
        match world.kapok.deploy(xml) {
            Err(Error::Model(findings)) => assert!(!findings.is_empty()),
            other => panic!("{other:?}"),
        }
    }
    let admin = world.staff("admin").administrator().expect("an administrator");
    assert_eq!(admin.versions("quote-approval").expect("reads").len(), 1);
}

/// A case stays with the version it began with.
#[test]
fn a_new_version_changes_no_running_case() {
    let world = World::new();
    let [seller, manager] = ["he.junjie", "wang.wei"].map(|login| world.staff(login));
    let (_, old) = world.quote(&seller, 100);
    let renamed = QUOTE_APPROVAL.replace("经理审批", "经理复核");
    world.kapok.deploy(&renamed).expect("deploys");
    let task = world.only_task(&manager);
    assert_eq!(task.name, "经理审批");
    manager.complete(task.task.id, approve()).expect("approves");
    world.quote(&seller, 100);
    assert_eq!(world.only_task(&manager).name, "经理复核");
    let admin = world.staff("admin").administrator().expect("an administrator");
    world.kapok.run_due().expect("runs");
    let counts: Vec<_> = admin
        .versions("quote-approval")
        .expect("reads")
        .into_iter()
        .map(|(_, count)| count)
        .collect();
    assert_eq!(counts, [1, 0]);
    assert!(world.kapok.instance(old).is_ok());
}

/// After a restart former versions are read when they are needed: by their own cases, and by calls that name them.
#[test]
fn former_versions_are_found_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = |world: &World, process: &str| {
        let case = world.kapok.start(process, no_variables()).expect("starts");
        assert_eq!(world.state(case), InstanceState::Completed, "{process}");
        world.kapok.variables(case).expect("reads").remove("seen")
    };
    let calls = [
        ("by-number", "version=1"),
        ("by-tag", "tag=stable"),
        ("together", "deployment"),
        ("newest", "latest"),
    ];
    {
        let world = World::open(folder.path());
        world.quote(&world.staff("he.junjie"), 100);
        let renamed = QUOTE_APPROVAL.replace("经理审批", "经理复核");
        world.kapok.deploy(&renamed).expect("deploys");
        world.kapok.deploy(&called(1, "old", "")).expect("deploys");
        world.kapok.deploy(&called(2, "stable", "")).expect("deploys");
        let callers: String = calls.iter().map(|(key, binding)| caller(key, binding)).collect();
        world.kapok.deploy(&called(3, "new", &callers)).expect("deploys");
        world.kapok.deploy(&called(4, "newest", "")).expect("deploys");
    }
    let world = World::open(folder.path());
    assert_eq!(world.only_task(&world.staff("wang.wei")).name, "经理审批");
    let found = calls.map(|(key, _)| start(&world, key));
    assert_eq!(found, [1, 2, 3, 4].map(|number| Some(Value::from(number))));
}

/// A file with a process `called` that says which of its versions it is, and others.
fn called(number: u8, tag: &str, others: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    id="definitions" targetNamespace="urn:test">
  <process id="called" isExecutable="true" camunda:versionTag="{tag}">
    <startEvent id="start"/><sequenceFlow id="in" sourceRef="start" targetRef="say"/>
    <scriptTask id="say" scriptFormat="rhai"><script>vars.seen = {number}</script></scriptTask>
    <sequenceFlow id="out" sourceRef="say" targetRef="end"/><endEvent id="end"/>
  </process>{others}
</definitions>"#
    )
}

/// A process that calls it.
fn caller(key: &str, binding: &str) -> String {
    let binding = match binding.split_once('=') {
        Some(("version", number)) => {
            format!(r#"camunda:calledElementBinding="version" camunda:calledElementVersion="{number}""#)
        }
        Some((_, tag)) => {
            format!(r#"camunda:calledElementBinding="versionTag" camunda:calledElementVersionTag="{tag}""#)
        }
        None => format!(r#"camunda:calledElementBinding="{binding}""#),
    };
    format!(
        r#"
  <process id="{key}" isExecutable="true">
    <startEvent id="{key}-start"/><sequenceFlow id="{key}-in" sourceRef="{key}-start" targetRef="{key}-call"/>
    <callActivity id="{key}-call" calledElement="called" {binding}/>
    <sequenceFlow id="{key}-out" sourceRef="{key}-call" targetRef="{key}-end"/><endEvent id="{key}-end"/>
  </process>"#
    )
}
