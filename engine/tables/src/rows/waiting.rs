//! The rows of what waits in processes: timers, subscriptions, messages nobody has taken, work that can be undone.

use kapok_process::state::{
    Awaited, Compensation, CompensationKey, Gathering, GatheringKey, ItemKey, KeptMessage, Part, Repetition,
    Subscription, Timer, TimerKind, TokenKey, Undoing, Waiting,
};
use kapok_protocol::{ElementInstanceId, MessageId, SubscriptionId, TimerId};

use super::Row;
use crate::{
    Key, Prefix,
    codec::{CodecError, Field, Input, Output, fields, length, variants, written},
};

fields!(Timer { 0 => id, 1 => due, 2 => kind, 3 => repeat, 4 => cron });
variants!(TimerKind {
    0 => Start { definition, node },
    1 => Intermediate { instance, element },
    2 => Boundary { instance, element, node },
    3 => Reminder { task, rung },
    4 => RetryJob { job },
    5 => Event(waiting),
    6 => Continue { instance, element },
    7 => Broadcast { signal, variables, after, until },
    8 => ForgetMessage { message },
});
fields!(Waiting { 0 => instance, 1 => owner, 2 => node, 3 => trigger });
fields!(Subscription { 0 => id, 1 => waiting, 2 => awaited });
variants!(Awaited { 0 => Message { name, key }, 1 => Signal(name), 2 => Condition { held } });
fields!(KeptMessage { 0 => id, 1 => name, 2 => key, 3 => variables, 4 => to, 5 => sender, 6 => timer });
fields!(Compensation { 0 => activity, 1 => node });
fields!(Undoing { 0 => scope, 1 => before, 2 => only });
fields!(Repetition { 0 => total, 1 => started, 2 => completed, 3 => terminated });
fields!(Gathering { 0 => triggers, 1 => variables });

/// The whole is not written at all; a body is its counts, an instance its number.
impl Field for Part {
    fn encode(&self, output: &mut Output<'_>) {
        match self {
            Self::Whole => written(output.null()),
            Self::Body(counts) => {
                written(output.array(1));
                counts.encode(output);
            }
            Self::Instance(number) => number.encode(output),
        }
    }

    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        use minicbor::data::Type;
        match input.datatype()? {
            Type::Null => {
                input.null()?;
                Ok(Self::Whole)
            }
            Type::Array => match length(input.array()?)? {
                1 => Repetition::decode(input).map(Self::Body),
                other => Err(CodecError(format!("a repeated activity has 1 part, not {other}"))),
            },
            _ => u32::decode(input).map(Self::Instance),
        }
    }

    fn is_absent(&self) -> bool {
        *self == Self::Whole
    }

    fn absent() -> Option<Self> {
        Some(Self::Whole)
    }
}

impl Row for Timer {
    type Id = TimerId;
    fn key(id: &TimerId) -> Key {
        Key::new(Prefix::Timer).number(id.get())
    }
    fn id(&self) -> TimerId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        let id = self.id.get();
        let mut keys = vec![Key::new(Prefix::TimerByDue).moment(self.due).number(id)];
        if let TimerKind::Start { definition, .. } = self.kind {
            keys.push(Key::new(Prefix::TimerByDefinition).number(definition.get()).number(id));
        }
        keys
    }
}

impl Row for Subscription {
    type Id = SubscriptionId;
    fn key(id: &SubscriptionId) -> Key {
        Key::new(Prefix::Subscription).number(id.get())
    }
    fn id(&self) -> SubscriptionId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        let key = match &self.awaited {
            Awaited::Message { name, key } => message_key(name, Some(key.as_deref())),
            Awaited::Signal(name) => signal_key(name),
            Awaited::Condition { .. } => Key::new(Prefix::ConditionByInstance).number(self.waiting.instance.get()),
        };
        vec![key.number(self.id.get())]
    }
}

/// The index rows of those who wait for a message begin with this.
pub(crate) fn message_key(name: &str, key: Option<Option<&str>>) -> Key {
    let by_name = Key::new(Prefix::SubscriptionByMessage).text(name);
    match key {
        None => by_name,
        Some(None) => by_name.byte(0),
        Some(Some(key)) => by_name.byte(1).text(key),
    }
}

/// The index rows of those who wait for a signal begin with this.
pub(crate) fn signal_key(name: &str) -> Key {
    Key::new(Prefix::SubscriptionBySignal).text(name)
}

impl Row for KeptMessage {
    type Id = MessageId;
    fn key(id: &MessageId) -> Key {
        Key::new(Prefix::KeptMessage).number(id.get())
    }
    fn id(&self) -> MessageId {
        self.id
    }
    fn indexes(&self) -> Vec<Key> {
        vec![kept_key(&self.name).number(self.id.get())]
    }
}

/// The index rows of kept messages of a name begin with this.
pub(crate) fn kept_key(name: &str) -> Key {
    Key::new(Prefix::KeptMessageByName).text(name)
}

/// Where what can be undone in a scope lies, the latest first.
pub(crate) fn compensation_key((instance, scope, place): &CompensationKey) -> Key {
    compensations_of(instance.get(), *scope).newest(*place)
}

/// The rows of what can be undone in a scope begin with this.
pub(crate) fn compensations_of(instance: u64, scope: Option<ElementInstanceId>) -> Key {
    Key::new(Prefix::Compensation)
        .number(instance)
        .optional(scope.map(ElementInstanceId::get))
}

/// Where an item of a multi-instance activity lies.
pub(crate) fn item_key((instance, body, result, number): &ItemKey) -> Key {
    Key::new(Prefix::Item)
        .number(instance.get())
        .number(body.get())
        .byte(u8::from(*result))
        .number(u64::from(*number))
}

/// Where the count of the tokens at a node lies.
pub(crate) fn tokens_key((instance, scope, node): &TokenKey) -> Key {
    tokens_in(instance.get(), *scope).number(u64::from(node.0))
}

/// The counts of a scope begin with this.
pub(crate) fn tokens_in(instance: u64, scope: Option<ElementInstanceId>) -> Key {
    Key::new(Prefix::Tokens)
        .number(instance)
        .optional(scope.map(ElementInstanceId::get))
}

/// Where what a start event has gathered lies.
pub(crate) fn gathering_key((definition, node, key): &GatheringKey) -> Key {
    let event = Key::new(Prefix::Gathering)
        .number(definition.get())
        .number(u64::from(node.0));
    match key {
        None => event.byte(0),
        Some(key) => event.byte(1).text(key),
    }
}
