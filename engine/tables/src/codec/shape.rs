//! The macros that number fields and variants.

/// Numbers the fields of a struct: `fields!(Task { 0 => id, 1 => instance })`. Numbers are never reused.
macro_rules! fields {
    ($type:ty { $($number:literal => $name:ident),* $(,)? }) => {
        impl $crate::codec::Field for $type {
            fn encode(&self, output: &mut $crate::codec::Output<'_>) {
                let count = 0u64 $(+ u64::from(!$crate::codec::Field::is_absent(&self.$name)))*;
                $crate::codec::written(output.map(count));
                $(if !$crate::codec::Field::is_absent(&self.$name) {
                    $crate::codec::written(output.u8($number));
                    $crate::codec::Field::encode(&self.$name, output);
                })*
            }

            fn decode(input: &mut $crate::codec::Input<'_>) -> Result<Self, $crate::codec::CodecError> {
                $(let mut $name = None;)*
                for _ in 0..$crate::codec::length(input.map()?)? {
                    match input.u8()? {
                        $($number => $name = Some($crate::codec::Field::decode(input)?),)*
                        number => return Err($crate::codec::CodecError(
                            format!("{} has no field {number}", stringify!($type)))),
                    }
                }
                Ok(Self { $($name: match $name.or_else($crate::codec::Field::absent) {
                    Some(value) => value,
                    None => return Err($crate::codec::CodecError(
                        format!("{} lacks its field {}", stringify!($type), stringify!($name)))),
                },)* })
            }
        }
    };
}

/// Numbers the variants of an enum: `variants!(TimerKind { 0 => Start { definition, node }, 1 => Retry(job) })`.
macro_rules! variants {
    ($type:ty { $($number:literal => $variant:ident $(($($part:ident),*))? $({$($field:ident),*})?),* $(,)? }) => {
        impl $crate::codec::Field for $type {
            fn encode(&self, output: &mut $crate::codec::Output<'_>) {
                match self {
                    $(Self::$variant $(($($part),*))? $({$($field),*})? => {
                        let parts: u64 = 1 $($(+ { let _ = stringify!($part); 1 })*)? $($(+ { let _ = stringify!($field); 1 })*)?;
                        $crate::codec::written(output.array(parts));
                        $crate::codec::written(output.u8($number));
                        $($($crate::codec::Field::encode($part, output);)*)?
                        $($($crate::codec::Field::encode($field, output);)*)?
                    })*
                }
            }

            fn decode(input: &mut $crate::codec::Input<'_>) -> Result<Self, $crate::codec::CodecError> {
                let length = $crate::codec::length(input.array()?)?;
                match input.u8()? {
                    $($number => {
                        let parts: u64 = 1 $($(+ { let _ = stringify!($part); 1 })*)? $($(+ { let _ = stringify!($field); 1 })*)?;
                        if length != parts {
                            return Err($crate::codec::CodecError(format!(
                                "{}::{} has {parts} parts, not {length}", stringify!($type), stringify!($variant))));
                        }
                        $($(let $part = $crate::codec::Field::decode(input)?;)*)?
                        $($(let $field = $crate::codec::Field::decode(input)?;)*)?
                        Ok(Self::$variant $(($($part),*))? $({$($field),*})?)
                    })*
                    number => Err($crate::codec::CodecError(
                        format!("{} has no variant {number}", stringify!($type)))),
                }
            }
        }
    };
}

pub(crate) use {fields, variants};
