//! How single values are written.

use std::collections::{BTreeMap, BTreeSet};

use kapok_process::state::{FlowIndex, NodeIndex};
use kapok_protocol::{
    DefinitionId, ElementInstanceId, Entity, ImportId, IncidentId, InstanceId, IsoDuration, JobId, MessageId, OutboxId,
    PageId, PersonId, RecordId, RecordJobId, ShareId, SubscriptionId, TaskId, Text, TimerId, Timestamp, Value,
};
use minicbor::data::Type;
use rust_decimal::Decimal;

use super::{CodecError, Input, Output, length, written};

/// Something that can stand in a row.
pub(crate) trait Field: Sized {
    fn encode(&self, output: &mut Output<'_>);
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError>;

    /// Whether it is empty and can be left out.
    fn is_absent(&self) -> bool {
        false
    }

    /// What a field that was left out is; `None` when it must be there.
    fn absent() -> Option<Self> {
        None
    }
}

macro_rules! numbers {
    ($($type:ident)*) => {$(
        impl Field for $type {
            fn encode(&self, output: &mut Output<'_>) {
                written(output.$type(*self));
            }
            fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
                Ok(input.$type()?)
            }
            fn is_absent(&self) -> bool {
                *self == $type::default()
            }
            fn absent() -> Option<Self> {
                Some($type::default())
            }
        }
    )*};
}

numbers!(u8 u32 u64 i64 bool);

macro_rules! ids {
    ($($type:ident)*) => {$(
        impl Field for $type {
            fn encode(&self, output: &mut Output<'_>) {
                written(output.u64(self.get()));
            }
            fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
                $type::new(input.u64()?).ok_or_else(|| CodecError("an id is zero".into()))
            }
        }
    )*};
}

ids!(
    DefinitionId InstanceId ElementInstanceId TaskId TimerId JobId IncidentId SubscriptionId MessageId OutboxId PageId
    RecordId PersonId RecordJobId ImportId ShareId
);

impl Field for NodeIndex {
    fn encode(&self, output: &mut Output<'_>) {
        written(output.u32(self.0));
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        Ok(Self(input.u32()?))
    }
}

impl Field for FlowIndex {
    fn encode(&self, output: &mut Output<'_>) {
        written(output.u32(self.0));
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        Ok(Self(input.u32()?))
    }
}

impl Field for Timestamp {
    fn encode(&self, output: &mut Output<'_>) {
        written(output.i64(self.millis()));
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        Ok(Self::from_millis(input.i64()?))
    }
}

impl Field for IsoDuration {
    fn encode(&self, output: &mut Output<'_>) {
        written(output.array(3));
        self.months.encode(output);
        self.days.encode(output);
        self.millis.encode(output);
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        match length(input.array()?)? {
            3 => Ok(Self {
                months: Field::decode(input)?,
                days: Field::decode(input)?,
                millis: Field::decode(input)?,
            }),
            other => Err(CodecError(format!("a duration has 3 parts, not {other}"))),
        }
    }
}

impl Field for String {
    fn encode(&self, output: &mut Output<'_>) {
        written(output.str(self));
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        Ok(input.str()?.to_owned())
    }
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

impl Field for Entity {
    fn encode(&self, output: &mut Output<'_>) {
        self.0.encode(output);
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        Field::decode(input).map(Self)
    }
}

impl Field for Text {
    fn encode(&self, output: &mut Output<'_>) {
        written(output.array(2));
        self.zh.encode(output);
        self.en.encode(output);
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        match length(input.array()?)? {
            2 => Ok(Self {
                zh: Field::decode(input)?,
                en: Field::decode(input)?,
            }),
            other => Err(CodecError(format!("a text has 2 languages, not {other}"))),
        }
    }
}

impl<T: Field> Field for Option<T> {
    fn encode(&self, output: &mut Output<'_>) {
        match self {
            Some(value) => value.encode(output),
            None => written(output.null()),
        }
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        if input.datatype()? == Type::Null {
            input.null()?;
            return Ok(None);
        }
        T::decode(input).map(Some)
    }
    fn is_absent(&self) -> bool {
        self.is_none()
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Field> Field for Vec<T> {
    fn encode(&self, output: &mut Output<'_>) {
        written(output.array(self.len() as u64));
        for item in self {
            item.encode(output);
        }
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        let length = length(input.array()?)?;
        (0..length).map(|_| T::decode(input)).collect()
    }
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

/// A list, in order.
impl Field for BTreeSet<String> {
    fn encode(&self, output: &mut Output<'_>) {
        written(output.array(self.len() as u64));
        for item in self {
            item.encode(output);
        }
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        let length = length(input.array()?)?;
        (0..length).map(|_| String::decode(input)).collect()
    }
}

impl<A: Field, B: Field> Field for (A, B) {
    fn encode(&self, output: &mut Output<'_>) {
        written(output.array(2));
        self.0.encode(output);
        self.1.encode(output);
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        match length(input.array()?)? {
            2 => Ok((A::decode(input)?, B::decode(input)?)),
            other => Err(CodecError(format!("a pair has 2 parts, not {other}"))),
        }
    }
}

impl<V: Field> Field for BTreeMap<String, V> {
    fn encode(&self, output: &mut Output<'_>) {
        written(output.map(self.len() as u64));
        for (key, value) in self {
            key.encode(output);
            value.encode(output);
        }
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        let length = length(input.map()?)?;
        (0..length)
            .map(|_| Ok((String::decode(input)?, V::decode(input)?)))
            .collect()
    }
    fn is_absent(&self) -> bool {
        self.is_empty()
    }
    fn absent() -> Option<Self> {
        Some(Self::new())
    }
}

/// How deep values may be nested: far beyond what a form makes, far below what a stack holds.
const DEPTH: usize = 128;

/// A number is an integer when it is one, otherwise its sixteen bytes: scale and digits stay exactly as they were.
impl Field for Value {
    fn encode(&self, output: &mut Output<'_>) {
        match self {
            Self::Null => written(output.null()),
            Self::Bool(value) => value.encode(output),
            Self::Number(number) if number.scale() == 0 && i64::try_from(*number).is_ok() => {
                i64::try_from(*number).unwrap_or_default().encode(output);
            }
            Self::Number(number) => written(output.bytes(&number.serialize())),
            Self::Text(text) => text.encode(output),
            Self::List(items) => items.encode(output),
            Self::Map(entries) => entries.encode(output),
        }
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        value(input, DEPTH)
    }
}

/// As the number that a value is.
impl Field for Decimal {
    fn encode(&self, output: &mut Output<'_>) {
        Value::Number(*self).encode(output);
    }
    fn decode(input: &mut Input<'_>) -> Result<Self, CodecError> {
        match Value::decode(input)? {
            Value::Number(number) => Ok(number),
            _ => Err(CodecError("a number is something else".into())),
        }
    }
}

fn value(input: &mut Input<'_>, depth: usize) -> Result<Value, CodecError> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(CodecError(format!("a value is nested deeper than {DEPTH}")));
    };
    Ok(match input.datatype()? {
        Type::Null => {
            input.null()?;
            Value::Null
        }
        Type::Bool => Value::Bool(input.bool()?),
        Type::Bytes => {
            let bytes = input
                .bytes()?
                .try_into()
                .map_err(|_| CodecError("a number has 16 bytes".into()))?;
            Value::Number(Decimal::deserialize(bytes))
        }
        Type::String => Value::Text(String::decode(input)?),
        Type::Array => {
            let length = length(input.array()?)?;
            Value::List((0..length).map(|_| value(input, depth)).collect::<Result<_, _>>()?)
        }
        Type::Map => {
            let length = length(input.map()?)?;
            Value::Map(
                (0..length)
                    .map(|_| Ok((String::decode(input)?, value(input, depth)?)))
                    .collect::<Result<_, CodecError>>()?,
            )
        }
        _ => Value::Number(input.i64()?.into()),
    })
}
