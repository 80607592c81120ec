//! Rows at random: the samples with what decides about their keys and index rows changed, few ids so that they meet.

use kapok_process::state::{
    Awaited, Candidate, ElementInstance, ElementState, Instance, InstanceState, NodeIndex, Task, TaskState, TimerKind,
};
use kapok_protocol::{
    Decision, DefinitionId, Delivery, ElementInstanceId, InstanceId, MessageId, OutboxId, PageId, PersonId, RecordId,
    SubscriptionId, TaskId, TimerId, Timestamp, Value,
};
use proptest::{collection, option, prelude::*};
use rust_decimal::Decimal;

use crate::{any_row::AnyRow, samples};

/// Ids that meet one another, and the largest.
pub fn number() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 1..4_u64, 1 => Just(u64::MAX)]
}

fn person() -> impl Strategy<Value = PersonId> {
    number().prop_filter_map("zero", PersonId::new)
}

fn moment() -> impl Strategy<Value = Timestamp> {
    prop_oneof![4 => -2..3_i64, 1 => Just(i64::MAX), 1 => Just(i64::MIN)].prop_map(Timestamp::from_millis)
}

pub fn code() -> impl Strategy<Value = String> {
    prop_oneof!["[ab\u{0}]{0,2}", "木棉?"]
}

fn candidate() -> impl Strategy<Value = Candidate> {
    prop_oneof![code().prop_map(Candidate::Role), code().prop_map(Candidate::Department)]
}

fn decimal() -> impl Strategy<Value = Decimal> {
    let parts = (any::<i128>(), 0..=28_u32);
    parts.prop_map(|(digits, scale)| Decimal::from_i128_with_scale(digits >> 32, scale))
}

/// Any value, nested a little.
pub fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        decimal().prop_map(Value::Number),
        any::<String>().prop_map(Value::Text),
    ];
    leaf.prop_recursive(6, 64, 4, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            collection::btree_map(any::<String>(), inner, 0..4).prop_map(Value::Map),
        ]
    })
}

fn sample(name: &str) -> impl Strategy<Value = AnyRow> + use<> {
    let mut known = samples::all().into_iter().chain(samples::earlier());
    let samples = known.find(|(file, _)| *file == name);
    proptest::sample::select(samples.map(|(_, rows)| rows).unwrap_or_default())
}

/// A row of any kind.
pub fn row() -> impl Strategy<Value = AnyRow> {
    prop_oneof![
        instance().prop_map(AnyRow::Instance),
        element().prop_map(AnyRow::Element),
        task().prop_map(AnyRow::Task),
        (1..3_u64, code(), value()).prop_map(|(instance, name, value)| {
            AnyRow::Variable((InstanceId::new(instance).expect("not zero"), None, name), value)
        }),
        (sample("timer"), number(), moment()).prop_map(|(row, id, due)| with_timer(row, id, due)),
        (sample("timer-2"), number(), moment()).prop_map(|(row, id, due)| with_timer(row, id, due)),
        waiting(),
        (sample("job"), any::<bool>(), value()).prop_map(|(row, ready, value)| with_job(row, ready, value)),
        (sample("job-2"), any::<bool>(), value()).prop_map(|(row, ready, value)| with_job(row, ready, value)),
        sample("incident"),
        sample("event"),
        sample("event-2"),
        sample("instance-2"),
        sample("element-2"),
        (sample("page"), number(), person(), option::of(moment())).prop_map(|(mut row, id, to, read_at)| {
            if let AnyRow::Page(page) = &mut row {
                (page.id, page.to, page.read_at) = (PageId::new(id).expect("not zero"), to, read_at);
            }
            row
        }),
        (sample("outbox"), number(), moment()).prop_map(|(row, id, at)| with_outbox(row, id, at)),
        record(),
        found_by_more(),
        sample("record-history"),
        sample("record-history-2"),
        sample("definition-item"),
        sample("trash"),
        sample("roll-up"),
        sample("record-job"),
        sample("stored-file"),
        sample("personal"),
        (sample("definition"), number(), code(), any::<u32>()).prop_map(|(mut row, id, key, version)| {
            if let AnyRow::Definition(definition) = &mut row {
                definition.id = DefinitionId::new(id).expect("not zero");
                (definition.key, definition.version) = (key, version);
            }
            row
        }),
        sample("sign-in"),
        sample("share"),
        sample("definition-2"),
        sample("sign-in-2"),
        (sample("stored-answer"), code(), moment()).prop_map(|(mut row, key, at)| {
            if let AnyRow::Answer(answer) = &mut row {
                (answer.key, answer.expires_at) = (key, at);
            }
            row
        }),
    ]
}

/// Rows of what waits, and of what is found by its place alone.
pub fn waiting() -> impl Strategy<Value = AnyRow> {
    let parts = (code(), option::of(code()), any::<bool>());
    let awaited = (0..3_u8, parts).prop_map(|(sort, (name, key, held))| match sort {
        0 => Awaited::Message { name, key },
        1 => Awaited::Signal(name),
        _ => Awaited::Condition { held },
    });
    prop_oneof![
        (sample("subscription"), number(), 1..3_u64, awaited).prop_map(|(mut row, id, instance, awaited)| {
            if let AnyRow::Subscription(row) = &mut row {
                row.id = SubscriptionId::new(id).expect("not zero");
                row.waiting.instance = InstanceId::new(instance).expect("not zero");
                row.awaited = awaited;
            }
            row
        }),
        (sample("kept-message"), number(), code()).prop_map(|(mut row, id, name)| {
            if let AnyRow::Kept(message) = &mut row {
                (message.id, message.name) = (MessageId::new(id).expect("not zero"), name);
            }
            row
        }),
        (sample("compensation"), place(), number()).prop_map(|(mut row, (instance, scope), number)| {
            if let AnyRow::Compensation(key, _) = &mut row {
                *key = (instance, scope, number);
            }
            row
        }),
        (sample("tokens"), place(), 0..4_u32).prop_map(|(mut row, (instance, scope), node)| {
            if let AnyRow::Tokens(key, _) = &mut row {
                *key = (instance, scope, NodeIndex(node));
            }
            row
        }),
        (sample("item"), place(), any::<bool>(), 0..4_u32, value()).prop_map(
            |(mut row, (instance, scope), result, number, value)| {
                if let (AnyRow::Item(key, item), Some(body)) = (&mut row, scope) {
                    (*key, *item) = ((instance, body, result, number), value);
                }
                row
            }
        ),
        (sample("gathering"), number(), 0..3_u32, option::of(code())).prop_map(|(mut row, definition, node, key)| {
            if let AnyRow::Gathering(place, _) = &mut row {
                *place = (DefinitionId::new(definition).expect("not zero"), NodeIndex(node), key);
            }
            row
        }),
    ]
}

/// A scope of a case.
pub fn place() -> impl Strategy<Value = (InstanceId, Option<ElementInstanceId>)> {
    (1..3_u64, option::of(number())).prop_map(|(instance, scope)| {
        let instance = InstanceId::new(instance).expect("not zero");
        (instance, scope.and_then(ElementInstanceId::new))
    })
}

fn instance() -> impl Strategy<Value = Instance> {
    let states = [
        InstanceState::Active,
        InstanceState::Completed,
        InstanceState::Rejected,
        InstanceState::Cancelled,
    ];
    let parts = (
        sample("instance"),
        number(),
        proptest::sample::select(states.to_vec()),
        option::of(person()),
        number(),
    );
    parts.prop_filter_map("an instance", |(row, id, state, initiator, definition)| {
        let AnyRow::Instance(instance) = row else { return None };
        let (id, definition) = (InstanceId::new(id)?, DefinitionId::new(definition)?);
        Some(Instance {
            id,
            state,
            initiator,
            definition,
            ..instance
        })
    })
}

fn element() -> impl Strategy<Value = ElementInstance> {
    let states = [ElementState::Active, ElementState::Completed, ElementState::Cancelled];
    let parts = (
        sample("element"),
        number(),
        proptest::sample::select(states.to_vec()),
        option::of(number()),
    );
    parts.prop_filter_map("an element", |(row, id, state, scope)| {
        let AnyRow::Element(element) = row else { return None };
        let scope = scope.and_then(ElementInstanceId::new);
        Some(ElementInstance {
            id: ElementInstanceId::new(id)?,
            state,
            scope,
            ..element
        })
    })
}

fn task() -> impl Strategy<Value = Task> {
    let states = [TaskState::Open, TaskState::Completed, TaskState::Cancelled];
    let parts = (
        sample("task"),
        number(),
        proptest::sample::select(states.to_vec()),
        (option::of(person()), collection::vec(candidate(), 0..3)),
        (option::of(moment()), option::of(moment()), option::of(person())),
        option::of(proptest::sample::select(vec![Decision::Approve, Decision::Reject])),
    );
    parts.prop_filter_map(
        "a task",
        |(row, id, state, (assignee, candidates), (due_at, ended_at, completed_by), decision)| {
            let AnyRow::Task(task) = row else { return None };
            let id = TaskId::new(id)?;
            Some(Task {
                id,
                state,
                assignee,
                candidates,
                due_at,
                ended_at,
                completed_by,
                decision,
                ..task
            })
        },
    )
}

fn record() -> impl Strategy<Value = AnyRow> {
    let unique = collection::vec((code(), code()), 0..3);
    let parts = (sample("record"), number(), option::of(person()), unique, value());
    parts.prop_map(|(mut row, id, owner, unique, value)| {
        if let AnyRow::Record(row) = &mut row {
            row.record.id = RecordId::new(id).expect("not zero");
            row.record.owner = owner;
            row.record.fields.insert("any".into(), value);
            row.unique = unique;
        }
        row
    })
}

/// A record with what it is found by at random.
fn found_by_more() -> impl Strategy<Value = AnyRow> {
    let references = collection::vec((code(), number()), 0..3);
    let parts = (
        record(),
        references,
        collection::vec((code(), code()), 0..3),
        collection::vec(code(), 0..2),
        option::of(number()),
    );
    parts.prop_map(|(mut row, references, likeness, files, opens)| {
        if let AnyRow::Record(row) = &mut row {
            let references = references.into_iter();
            row.references = references
                .filter_map(|(field, id)| Some((field, RecordId::new(id)?)))
                .collect();
            (row.likeness, row.files) = (likeness, files);
            row.opens = opens.and_then(RecordId::new);
        }
        row
    })
}

fn with_timer(mut row: AnyRow, id: u64, due: Timestamp) -> AnyRow {
    if let AnyRow::Timer(timer) = &mut row {
        (timer.id, timer.due) = (TimerId::new(id).expect("not zero"), due);
        if let TimerKind::Start { definition, .. } = &mut timer.kind {
            *definition = DefinitionId::new(id).expect("not zero");
        }
    }
    row
}

fn with_job(mut row: AnyRow, ready: bool, value: Value) -> AnyRow {
    if let AnyRow::Job(job) = &mut row {
        job.ready = ready;
        job.inputs.insert("any".into(), value);
    }
    row
}

fn with_outbox(mut row: AnyRow, id: u64, at: Timestamp) -> AnyRow {
    if let AnyRow::Outbox(message) = &mut row {
        message.id = OutboxId::new(id).expect("not zero");
        match &mut message.delivery {
            Delivery::Waiting { next, .. } => *next = at,
            Delivery::Leased { until } => *until = at,
            _ => {}
        }
    }
    row
}
