//! Bytes of a text file as text.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030};

use super::wrong;
use crate::Error;

/// UTF-8 or UTF-16 by its mark, UTF-8 without one, or GB18030, which Excel writes on a Chinese Windows.
pub(super) fn text(file: &[u8]) -> Result<Cow<'_, str>, Error> {
    if let Some((encoding, mark)) = Encoding::for_bom(file) {
        let (text, is_wrong) = encoding.decode_without_bom_handling(file.get(mark..).unwrap_or_default());
        return if is_wrong { Err(unknown()) } else { Ok(text) };
    }
    if let Ok(text) = std::str::from_utf8(file) {
        return Ok(Cow::Borrowed(text));
    }
    let (text, is_wrong) = GB18030.decode_without_bom_handling(file);
    if is_wrong { Err(unknown()) } else { Ok(text) }
}

fn unknown() -> Error {
    wrong(
        "无法识别 CSV 文件的编码（支持 UTF-8 和 GB18030）。请在 Excel 中“另存为 → CSV UTF-8”，或直接上传 xlsx 文件。",
        "The encoding of the CSV file is unknown (UTF-8 and GB18030 are read). Save it as “CSV UTF-8”, or upload the xlsx file.",
    )
}
