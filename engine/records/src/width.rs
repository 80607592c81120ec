/// Full-width letters, digits and signs as they are on a keyboard. `１３８` is `138`.
pub(crate) fn half_width(text: &str) -> String {
    text.chars()
        .map(|sign| match sign {
            '\u{3000}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(sign as u32 - 0xfee0).unwrap_or(sign),
            sign => sign,
        })
        .collect()
}
