use kapok_protocol::Value;

use super::normal::{Fault, fault};
use crate::{Fields, definition::FileLimits};

/// Pictures that a browser shows and that carry no scripts.
const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// A list of files, each a map of `file` (the id of a stored file), `name`, `size` and `type`. Whether the file is there
/// and the other entries are true of it, the store knows.
pub(super) fn files(value: &Value, limits: FileLimits, pictures: bool) -> Result<Value, Fault> {
    let Some(items) = value.as_list() else {
        return fault("field.type", "应为文件列表。", "must be a list of files.");
    };
    let FileLimits { max_files, max_size } = limits;
    if items.len() > max_files {
        return fault(
            "field.too-many",
            format!("最多 {max_files} 个文件。"),
            format!("must have at most {max_files} files."),
        );
    }
    let mut files = Vec::with_capacity(items.len());
    for item in items {
        let file = item.as_map().and_then(read);
        let Some((file, size, kind)) = file else {
            return fault(
                "field.file",
                "含有不正确的文件信息，请重新上传。",
                "holds something that is not a file; upload it again.",
            );
        };
        if size > max_size {
            let megabytes = max_size.div_ceil(1 << 20);
            return fault(
                "field.file-size",
                format!("的文件不能超过 {megabytes} MB。"),
                format!("takes files of at most {megabytes} MB."),
            );
        }
        if pictures && !PICTURES.contains(&kind.as_str()) {
            return fault(
                "field.picture",
                "只能是 JPEG、PNG、GIF 或 WebP 图片。",
                "takes JPEG, PNG, GIF and WebP pictures only.",
            );
        }
        files.push(file);
    }
    Ok(Value::List(files))
}

fn read(entries: &Fields) -> Option<(Value, u64, String)> {
    let text = |name: &str, most: usize| {
        let text = entries.get(name)?.as_text()?.trim();
        (!text.is_empty() && text.len() <= most && !text.contains(char::is_control)).then(|| text.to_owned())
    };
    let file = text("file", 128).filter(|file| file.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
    let name = text("name", 255).filter(|name| !name.contains(['/', '\\']))?;
    let kind = text("type", 100)
        .filter(|kind| kind.contains('/'))?
        .to_ascii_lowercase();
    let size = u64::try_from(entries.get("size")?.as_number()?).ok()?;
    if entries.len() != 4 {
        return None;
    }
    let value = [
        ("file", Value::from(file)),
        ("name", name.into()),
        ("size", Value::Number(size.into())),
        ("type", kind.as_str().into()),
    ];
    Some((value.into_iter().collect(), size, kind))
}
