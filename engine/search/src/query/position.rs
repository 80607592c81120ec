//! Where a page ended, in bytes.

use crate::order::{Place, SortValue};

/// The bytes of a place.
pub(crate) fn write(place: &Place) -> Vec<u8> {
    let mut out = place.id.to_be_bytes().to_vec();
    for value in &place.values {
        match value {
            None => out.push(0),
            Some(SortValue::Flag(flag)) => out.extend([1, u8::from(*flag)]),
            Some(SortValue::Number(number)) => {
                out.push(2);
                out.extend(number.to_be_bytes());
            }
            Some(SortValue::Text(text)) => {
                out.push(3);
                // Texts that are sorted by are short.
                out.extend((text.len() as u32).to_be_bytes());
                out.extend(text.as_bytes());
            }
        }
    }
    out
}

/// The place that bytes mean, for a list that is sorted by so many values; `None` if they are no such place.
pub(crate) fn read(bytes: &[u8], values: usize) -> Option<Place> {
    let (id, mut rest) = take(bytes)?;
    let mut place = Place {
        values: Vec::with_capacity(values),
        id: u64::from_be_bytes(id),
    };
    for _ in 0..values {
        let ([kind], behind) = take(rest)?;
        rest = behind;
        let value = match kind {
            0 => None,
            1 => {
                let ([flag], behind) = take(rest)?;
                rest = behind;
                Some(SortValue::Flag(flag > 0))
            }
            2 => {
                let (number, behind) = take(rest)?;
                rest = behind;
                Some(SortValue::Number(i64::from_be_bytes(number)))
            }
            3 => {
                let (length, behind) = take(rest)?;
                let (text, behind) = behind.split_at_checked(u32::from_be_bytes(length) as usize)?;
                rest = behind;
                Some(SortValue::Text(std::str::from_utf8(text).ok()?.to_owned()))
            }
            _ => return None,
        };
        place.values.push(value);
    }
    rest.is_empty().then_some(place)
}

fn take<const N: usize>(bytes: &[u8]) -> Option<([u8; N], &[u8])> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    Some((*taken, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives() {
        let place = Place {
            values: vec![
                None,
                Some(SortValue::Flag(true)),
                Some(SortValue::Number(-5)),
                Some(SortValue::Text("中国".into())),
            ],
            id: 77,
        };
        let bytes = write(&place);
        assert_eq!(read(&bytes, 4), Some(place));
        assert_eq!(read(&bytes, 3), None);
        assert_eq!(read(&bytes[..bytes.len() - 1], 4), None);
        assert_eq!(read(b"", 0), None);
    }
}
