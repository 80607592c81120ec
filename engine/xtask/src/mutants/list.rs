//! The mistakes, and which test must see each.

/// A mistake: a text of the sources and what takes its place.
pub(super) struct Mutant {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it does, as the end of "nobody saw that …".
    pub mistake: &'static str,
    pub file: &'static str,
    /// Exactly once in the file.
    pub find: &'static str,
    pub replace: &'static str,
    pub test: Test,
    /// Whether it is tried with every change.
    pub quick: bool,
}

/// One test.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Test {
    pub package: &'static str,
    /// The file or folder in `tests`; none for a test within the crate.
    pub target: Option<&'static str>,
    pub name: &'static str,
    pub env: &'static [(&'static str, &'static str)],
}

const fn test(package: &'static str, target: &'static str, name: &'static str) -> Test {
    Test {
        package,
        target: Some(target),
        name,
        env: &[],
    }
}

const fn of_store(name: &'static str) -> Test {
    test("kapok-store", "store", name)
}

const fn of_kapok(name: &'static str) -> Test {
    test("kapok", "kapok", name)
}

const fn within_kapok(name: &'static str) -> Test {
    Test {
        package: "kapok",
        target: None,
        name,
        env: &[],
    }
}

const fn of_server(name: &'static str) -> Test {
    Test {
        package: "kapok-server",
        target: None,
        name,
        env: &[],
    }
}

/// The whole engine on a disk that loses power.
const POWER: Test = of_kapok("power::a_power_cut_loses_no_answer_and_repeats_no_sms");

/// A few kills, most of them while a mail or an SMS is on its way.
const KILL: Test = Test {
    env: &[("KAPOK_KILLS", "8"), ("KAPOK_KILL_SEED", "41")],
    ..test(
        "kapok-cli",
        "kill",
        "nothing_answered_is_lost_and_nothing_is_done_twice",
    )
};

/// In the order of the crates, and those of one crate together, so that little is built again.
pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "answers-before-the-sync",
        mistake: "a record is answered for that is not on the disk",
        file: "engine/store/src/journal/mod.rs",
        find: r#"        self.file
            .sync_data()
            .map_err(|error| AppendError::Failed(format!("syncing {}: {error}", segment::name(self.first))))?;
"#,
        replace: "",
        test: of_store("faults::whatever_was_answered_survives_a_power_cut_at_any_moment"),
        quick: true,
    },
    Mutant {
        name: "takes-damage-for-a-torn-tail",
        mistake: "a record in the middle is cut off with all that follows it",
        file: "engine/store/src/journal/walk.rs",
        find: "stop.torn && self.segments.is_empty() && !cursor.valid_record_follows()",
        replace: "stop.torn && self.segments.is_empty()",
        test: of_store("faults::damage_before_the_last_record_is_refused_with_its_place"),
        quick: false,
    },
    Mutant {
        name: "builds-on-an-unsynced-record",
        mistake: "a record whose sync failed is taken for lasting after a start",
        file: "engine/store/src/journal/mod.rs",
        find: r#"    file.write_at(start as u64, &cursor.bytes()[start..end])
        .map_err(StoreError::io("write", name))?;
"#,
        replace: "    let _ = (start, end);\n",
        test: of_store("faults::what_is_there_after_a_start_lasts"),
        quick: false,
    },
    Mutant {
        name: "syncs-again-after-a-failed-sync",
        mistake: "the journal goes on behind bytes that nobody knows of",
        file: "engine/store/src/store.rs",
        find: "        if let Health::Poisoned { reason } = self.health() {\n            return Err(StoreError::Poisoned { reason });\n        }\n",
        replace: "",
        test: of_store("faults::after_a_failed_sync_nothing_is_saved_until_the_next_start"),
        quick: false,
    },
    Mutant {
        name: "trusts-state-of-another-boot",
        mistake: "state files are used that a power cut may have left in part",
        file: "engine/store/src/state/checkpoint.rs",
        find: "(boot.is_some() && self.boot.as_deref() == boot)",
        replace: "boot.is_some()",
        test: of_store("kill::what_a_killed_process_answered_is_there"),
        quick: false,
    },
    Mutant {
        name: "publishes-an-unsynced-snapshot",
        mistake: "a snapshot gets its name before its bytes are on the disk",
        file: "engine/store/src/snapshot/writer.rs",
        find: "        let hash = self.end()?;\n        self.sync()?;\n",
        replace: "        let hash = self.end()?;\n",
        test: of_store("power::whatever_was_answered_is_there_after_any_power_cut"),
        quick: false,
    },
    Mutant {
        name: "prunes-too-early",
        mistake: "the journal between the two snapshots that are kept is removed",
        file: "engine/store/src/keeper.rs",
        find: "unwrap_or(Seq::MAX).min(base + 1)",
        replace: "unwrap_or(Seq::MAX).min(last + 1)",
        test: of_store("snapshots::a_damaged_snapshot_is_passed_over_for_the_one_before"),
        quick: false,
    },
    Mutant {
        name: "answers-before-the-commit",
        mistake: "a command is answered that is not in the journal",
        file: "engine/kapok/src/writer/desk.rs",
        find: "        let committed = before.and_then(|()| group.commit(shared));\n",
        replace: r"        if group.after_commit.is_empty() {
            for entry in group.entries.drain(..) {
                entry.answer(&Ok(0));
            }
        }
        let committed = before.and_then(|()| group.commit(shared));
        if committed.is_err() {
            return;
        }
",
        test: POWER,
        quick: true,
    },
    Mutant {
        name: "commits-what-was-built-on-nothing",
        mistake: "commands stand that were decided on others whose commit failed",
        file: "engine/kapok/src/writer/desk.rs",
        find: "before.and_then(|()| group.commit(shared))",
        replace: "before.or(Ok(())).and_then(|()| group.commit(shared))",
        test: within_kapok("writer::tests::what_is_decided_on_what_fails_fails_with_it"),
        quick: false,
    },
    Mutant {
        name: "sends-before-the-lease",
        mistake: "an SMS leaves before it is on the disk that it may have left",
        file: "engine/kapok/src/react/outbox.rs",
        find: r"        let Some(row) = lease(writer, row.id, until)? else {
            continue;
        };
        let sent = match &row.message {
            Message::Mail(mail) => send_mail(shared, row.id, mail),
            Message::Sms(sms) => send_sms(shared, row.id, sms),
        };
",
        replace: r"        let sent = match &row.message {
            Message::Mail(mail) => send_mail(shared, row.id, mail),
            Message::Sms(sms) => send_sms(shared, row.id, sms),
        };
        let Some(row) = lease(writer, row.id, until)? else {
            continue;
        };
",
        test: POWER,
        quick: true,
    },
    Mutant {
        name: "keeps-no-answer",
        mistake: "a command that is asked for again under its key is carried out again",
        file: "engine/kapok/src/handles/once.rs",
        find: "    request.store(step, &answer)?;\n    Ok(answer)",
        replace: "    Ok(answer)",
        test: of_kapok("once::so_are_decisions_starts_and_deployments"),
        quick: false,
    },
    Mutant {
        name: "makes-anybody-an-administrator",
        mistake: "a right is given without a look at the person",
        file: "engine/kapok/src/handles/staff.rs",
        find: "        if self.is_administrator() {\n            Ok(Administrator::new",
        replace: "        if true {\n            Ok(Administrator::new",
        test: of_server("tests::rights::every_route_is_guarded"),
        quick: false,
    },
    Mutant {
        name: "lets-other-pages-command",
        mistake: "another site's page may send what its reader never asked for",
        file: "engine/server/src/guard.rs",
        find: "        if matches!(credentials, Credentials::Session(_)) {\n            refuse_foreign_pages(parts, gate)?;\n        }\n",
        replace: "",
        test: of_server("tests::refusals::another_sites_page_changes_nothing"),
        quick: false,
    },
    Mutant {
        name: "believes-any-browser",
        mistake: "whoever has the address of somebody's return is signed in as them",
        file: "engine/server/src/pending.rs",
        find: "        if hash != blake3::hash(cookie.as_bytes()) {\n            return None;\n        }\n",
        replace: "        let _ = cookie;\n",
        test: of_server("tests::elsewhere::a_state_is_good_for_one_browser_one_source_and_one_time"),
        quick: false,
    },
    Mutant {
        name: "believes-a-phone-number-twice",
        mistake: "one of two people with the same phone number is taken for somebody",
        file: "engine/kapok/src/identity/plan.rs",
        find: "if there.get(key.as_str()) == Some(&1) && !self.taken.contains(record)",
        replace: "if !self.taken.contains(record)",
        test: within_kapok("identity::tests::somebody_is_whoever_has_exactly_the_same"),
        quick: false,
    },
    Mutant {
        name: "sends-an-sms-again",
        mistake: "an SMS whose fate is unknown is sent a second time",
        file: "engine/kapok/src/react/outbox.rs",
        find: "Message::Sms(_) => Delivery::Unknown { since: now },",
        replace: "Message::Sms(_) => Delivery::Waiting { next: now, reason: None },",
        test: KILL,
        quick: false,
    },
    Mutant {
        name: "gives-up-a-mail",
        mistake: "a mail whose fate is unknown is never sent again",
        file: "engine/kapok/src/react/outbox.rs",
        find: r"        Message::Mail(_) => Delivery::Waiting {
            next: now,
            reason: None,
        },
",
        replace: "        Message::Mail(_) => Delivery::Unknown { since: now },\n",
        test: KILL,
        quick: false,
    },
];
