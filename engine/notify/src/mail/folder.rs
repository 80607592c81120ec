//! Mail as files.

use std::path::Path;

use kapok_protocol::Text;
use tokio::fs;

use super::{Receipt, SendError};

/// Writes the mail under a name made of its Message-ID, so that a second attempt replaces the first.
pub(super) async fn write(folder: &Path, message_id: &str, message: &[u8]) -> Result<Receipt, SendError> {
    let name: String = message_id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '@' | '.' | '_'))
        .collect();
    let name = format!("{}.eml", name.trim_start_matches('.'));
    let path = folder.join(&name);
    let written = async {
        fs::create_dir_all(folder).await?;
        // Under another name first: whoever looks into the folder sees whole mails only.
        let partial = folder.join(format!("{name}.part"));
        fs::write(&partial, message).await?;
        fs::rename(&partial, &path).await
    };
    written.await.map_err(|error| {
        let folder = folder.display();
        SendError::Retry(Text::new(
            format!("无法把邮件写入文件夹 {folder}：{error}"),
            format!("The mail cannot be written to the folder {folder}: {error}"),
        ))
    })?;
    Ok(Receipt { id: name })
}
