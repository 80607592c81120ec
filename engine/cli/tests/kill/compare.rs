//! What was answered against what is there, and what is there against itself.

use std::collections::BTreeMap;

use kapok::{
    CaseFilter, InstanceDetail, Kapok, ListQuery, RecordView,
    model::MessageChannel,
    process::state::{EventKind, InstanceState},
    protocol::{Decision, Delivery, Entity, InstanceId, OutboxRow, Value},
};

use crate::{
    data::{of_kind, staff},
    stories::{Story, title},
};

/// More than all of the test makes.
const ALL: usize = 1_000_000;

/// What a data folder holds.
pub struct Found<'a> {
    kapok: &'a Kapok,
    quotes: Vec<RecordView>,
    cases: BTreeMap<InstanceId, InstanceDetail>,
    /// By number.
    pub messages: BTreeMap<u64, OutboxRow>,
}

impl<'a> Found<'a> {
    pub fn new(kapok: &'a Kapok) -> Self {
        let (seller, admin) = (staff(kapok, "he.junjie"), staff(kapok, "admin"));
        let quotes = seller.records(&ListQuery::all(Entity::new("quotes.quote"), ALL));
        let cases = admin.instances(&CaseFilter::All, None, ALL).expect("reads").items;
        let cases = cases.into_iter().map(|case| {
            let id = case.instance.id;
            (id, kapok.instance(id).expect("a case"))
        });
        let outbox = admin.administrator().expect("one").outbox(None, ALL).expect("reads");
        Self {
            kapok,
            quotes: quotes.expect("reads").items,
            cases: cases.collect(),
            messages: outbox
                .items
                .into_iter()
                .map(|message| (message.row.id.get(), message.row))
                .collect(),
        }
    }

    /// Nothing was done by halves: what one commit does is there together.
    pub fn nothing_by_halves(&self) {
        self.quotes_and_cases();
        for case in self.cases.values() {
            assert!(case.incidents.is_empty(), "{:?}", case.incidents);
            let id = case.view.instance.id;
            let told = |mail: bool| {
                let rows = of_kind(&self.messages, mail);
                rows.filter(|(_, row)| row.instance == Some(id)).count()
            };
            let in_history = |channel: MessageChannel| {
                count(case, |kind| match kind {
                    EventKind::Told { channel: by, .. } => *by == channel,
                    EventKind::Reminded { channels, .. } => channels.contains(&channel),
                    _ => false,
                })
            };
            assert_eq!(told(true), in_history(MessageChannel::Mail), "{case:?}");
            assert_eq!(told(false), in_history(MessageChannel::Sms), "{case:?}");
            assert!(told(true) <= 1 && told(false) <= 1, "{case:?}");
            if case.view.definition.key == "order" {
                self.order(case);
            }
        }
    }

    /// Each quote has its one case, and its status is where the case stands.
    fn quotes_and_cases(&self) {
        let cases = self.cases.values().filter(|case| case.view.definition.key != "order");
        let cases: BTreeMap<_, _> = cases
            .map(|case| (case.view.instance.record.clone(), case.view.instance.state))
            .collect();
        assert_eq!(self.quotes.len(), cases.len());
        for quote in &self.quotes {
            let state = cases.get(&Some(quote.reference.clone()));
            let status = quote.fields["status"].as_text().unwrap_or_default();
            let fits = match state {
                // The plugin's step marks it, and the case goes on behind it in the same commit.
                Some(InstanceState::Active) => status == "in-approval",
                Some(InstanceState::Completed) => status == "approved",
                Some(InstanceState::Rejected) => status == "rejected",
                _ => false,
            };
            assert!(fits, "{}: {state:?}, {status}", quote.title);
        }
        let numbers: BTreeMap<_, _> = self.quotes.iter().map(|quote| (&quote.title, ())).collect();
        assert_eq!(numbers.len(), self.quotes.len(), "no number is given twice");
    }

    /// A message and what it brought, a task and what it gave, an end and what led to it.
    fn order(&self, case: &InstanceDetail) {
        let variables = self.kapok.variables(case.view.instance.id).expect("reads");
        let has = |name: &str| match variables.get(name) {
            Some(value) => {
                assert_eq!(*value, variables["order"], "{case:?}");
                1
            }
            None => 0,
        };
        let left = |element: &str| {
            let events = case
                .history
                .iter()
                .filter(|entry| entry.element.as_deref() == Some(element));
            events.filter(|entry| entry.event.kind == EventKind::Completed).count()
        };
        let done = count(case, |kind| matches!(kind, EventKind::TaskCompleted { .. }));
        assert_eq!(has("receipt"), left("paid"), "{case:?}");
        assert_eq!((has("parcel"), done), (left("ship"), left("ship")), "{case:?}");
        assert!(
            left("rest") <= left("paid") && left("ship") + left("late") <= left("rest"),
            "{case:?}"
        );
        assert_eq!(
            (left("shipped"), left("given-up")),
            (left("ship"), left("late")),
            "{case:?}"
        );
        let ended = case.view.instance.state == InstanceState::Completed;
        assert_eq!(usize::from(ended), left("ship") + left("late"), "{case:?}");
    }

    /// Nothing is lost, and nothing happened twice.
    pub fn nothing_lost(&self, answered: &BTreeMap<String, Story>) {
        for (name, story) in answered {
            match story {
                Story::Quote {
                    record,
                    instance,
                    decision,
                } => self.quote_is_there(name, record, instance, *decision),
                Story::Order {
                    instance,
                    paid,
                    shipped,
                } => {
                    let (case, variables) = self.order_of(name, instance);
                    assert!(!paid || variables.contains_key("receipt"), "{name}: {case:?}");
                    if let Some(shipped) = shipped {
                        assert_eq!(*shipped, variables.contains_key("parcel"), "{name}: {case:?}");
                    }
                }
            }
        }
    }

    fn quote_is_there(&self, name: &str, record: &str, instance: &str, decision: Option<&str>) {
        let wanted = Value::from(title(name));
        let saved: Vec<_> = self
            .quotes
            .iter()
            .filter(|quote| quote.fields["title"] == wanted)
            .collect();
        assert_eq!(saved.len(), 1, "{name}");
        assert_eq!(saved[0].reference.id.to_string(), record);
        let case = self.case(name, instance);
        assert_eq!(case.view.instance.record.as_ref(), Some(&saved[0].reference));
        let decisions: Vec<_> = case
            .history
            .iter()
            .filter_map(|entry| match &entry.event.kind {
                EventKind::TaskCompleted { decision, comment, .. } => Some((*decision, comment.clone())),
                _ => None,
            })
            .collect();
        // One that was not answered may be there all the same.
        assert!(decisions.len() <= 1, "{name}: {decisions:?}");
        if let Some(decision) = decision {
            let decision = match decision {
                "approve" => Decision::Approve,
                _ => Decision::Reject,
            };
            assert_eq!(decisions, [(Some(decision), Some(title(name)))], "{name}");
        }
    }

    fn order_of(&self, name: &str, instance: &str) -> (&InstanceDetail, BTreeMap<String, Value>) {
        let case = self.case(name, instance);
        let variables = self.kapok.variables(case.view.instance.id).expect("reads");
        assert_eq!(variables["order"], Value::from(name));
        (case, variables)
    }

    fn case(&self, name: &str, instance: &str) -> &InstanceDetail {
        let id = instance.parse().expect("an id");
        let case = self.cases.get(&id);
        case.unwrap_or_else(|| panic!("{name}: case {instance} is lost"))
    }

    /// Every story has come to its end, nobody else's was begun, and no message waits.
    pub fn all_ended(&self, answered: &BTreeMap<String, Story>) {
        assert_eq!(self.cases.len(), answered.len());
        for case in self.cases.values() {
            assert_ne!(case.view.instance.state, InstanceState::Active, "{case:?}");
        }
        for (name, story) in answered {
            let ended = match story {
                Story::Quote { decision, .. } => decision.is_some(),
                Story::Order { shipped, .. } => shipped.is_some(),
            };
            assert!(ended, "{name}");
        }
        for row in self.messages.values() {
            let ended = matches!(row.delivery, Delivery::Sent { .. } | Delivery::Unknown { .. });
            assert!(ended, "{row:?}");
        }
    }
}

fn count(case: &InstanceDetail, is_counted: impl Fn(&EventKind) -> bool) -> usize {
    case.history
        .iter()
        .filter(|entry| is_counted(&entry.event.kind))
        .count()
}
