//! Where a page of a list goes on. Opaque to whoever gets it.

use kapok_protocol::{RecordId, Refusal, RefusalKind};

use crate::Error;

/// Where a page of a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Position {
    /// Behind this record, newest first.
    Behind(RecordId),
    /// Behind so many in sorted order, the last of which was this one.
    Sorted(u64, RecordId),
    /// As the index says.
    Searched(Vec<u8>),
}

impl Position {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let number = |kind: u8, numbers: &[u64]| {
            let bytes = numbers.iter().flat_map(|number| number.to_be_bytes());
            std::iter::once(kind).chain(bytes).collect()
        };
        match self {
            Self::Behind(id) => number(0, &[id.get()]),
            Self::Sorted(count, id) => number(1, &[*count, id.get()]),
            Self::Searched(bytes) => std::iter::once(2).chain(bytes.iter().copied()).collect(),
        }
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let number = |bytes: &[u8]| bytes.try_into().map(u64::from_be_bytes).ok();
        let decoded = match bytes.split_first() {
            Some((0, rest)) => number(rest).and_then(RecordId::new).map(Self::Behind),
            Some((1, rest)) => rest
                .split_at_checked(8)
                .and_then(|(count, id)| Some(Self::Sorted(number(count)?, RecordId::new(number(id)?)?))),
            Some((2, rest)) => Some(Self::Searched(rest.to_vec())),
            _ => None,
        };
        decoded.ok_or_else(unknown)
    }
}

pub(crate) fn unknown() -> Error {
    Refusal::new(
        RefusalKind::Invalid,
        "cursor.unknown",
        "列表的位置（cursor）无效，请从第一页开始。",
        "This cursor is not one of this list; begin with the first page.",
    )
    .at("cursor")
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_leads_back() {
        let id = RecordId::new(7).expect("not zero");
        for position in [
            Position::Behind(id),
            Position::Sorted(3, id),
            Position::Searched(vec![1, 2]),
        ] {
            assert_eq!(Position::decode(&position.encode()).expect("decodes"), position);
        }
        for bytes in [&[][..], &[0], &[0, 0, 0, 0, 0, 0, 0, 0, 0], &[1, 2], &[9]] {
            assert!(Position::decode(bytes).is_err(), "{bytes:?}");
        }
    }
}
