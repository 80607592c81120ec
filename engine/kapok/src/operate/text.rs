//! What went wrong, for people.

use std::{io, path::Path};

use kapok_protocol::Text;
use kapok_store::StoreError;

use crate::Error;

pub(crate) fn store_text(error: StoreError) -> Text {
    Text::new(format!("{}。", error.in_chinese()), format!("{error}."))
}

pub(crate) fn io_text(path: &Path, error: &io::Error) -> Text {
    let path = path.display();
    Text::new(
        format!("无法访问 {path}：{error}。"),
        format!("{path} cannot be used: {error}."),
    )
}

pub(crate) fn error_text(error: &Error) -> Text {
    match error.refusal() {
        Some(refusal) => refusal.text.clone(),
        None => Text::new(
            format!("数据无法读取：{error}。"),
            format!("The data cannot be read: {error}."),
        ),
    }
}
