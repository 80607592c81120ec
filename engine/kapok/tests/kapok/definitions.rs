//! Publishing processes.

use kapok::{Error, protocol::DefinitionId};

use crate::support::{QUOTE_APPROVAL, World, approve, code};

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
