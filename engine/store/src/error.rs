//! What can go wrong, said so that an administrator knows where and what to do.

use std::io;

use crate::{Problem, Seq};

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the folder open.
    #[error("the data folder {folder} is in use by another process; stop that one first, or choose another folder")]
    Locked {
        /// The folder that was to be opened.
        folder: String,
    },
    /// The operating system refused to read or to prepare a file.
    #[error("cannot {action} {file}: {source}")]
    Io {
        /// What was tried, as a verb: `open`, `read` …
        action: &'static str,
        /// The file or folder.
        file: String,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// A place in the journal that was once written whole can no longer be read.
    ///
    /// Nothing is cut or skipped, because answered commands may lie behind it.
    #[error(
        "the journal is damaged: {file} at byte {offset}: {reason}. Nothing was changed; restore the newest backup, \
         or ask for help and keep the folder as it is"
    )]
    JournalDamaged {
        /// The segment, relative to the data folder.
        file: String,
        /// The byte in that file at which the damaged record or header begins.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// Journal files are missing: what the other files know of is not in it.
    #[error(
        "the journal is incomplete: {reason}. Nothing was changed; put the missing files of the folder `journal` back, or restore the newest backup"
    )]
    JournalIncomplete {
        /// What is missing.
        reason: String,
    },
    /// A snapshot cannot be read as it was written. The one before it will do, with the journal.
    #[error(
        "the snapshot is damaged: {file} at byte {offset}: {reason}. Nothing was changed; check the disk, and make a new \
         snapshot and a backup soon"
    )]
    SnapshotDamaged {
        /// The snapshot, relative to the data folder.
        file: String,
        /// The byte in that file at which the damaged part begins.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// A folder that was to be copied to has something in it.
    #[error("the folder {folder} is not empty; name one that does not exist yet, or an empty one")]
    NotEmpty {
        /// The folder.
        folder: String,
    },
    /// A folder that was to be read has no journal.
    #[error("the folder {folder} holds no data of this program; check the path")]
    NoData {
        /// The folder.
        folder: String,
    },
    /// A folder that was to be restored from is damaged.
    #[error("the folder {folder} is damaged: {}. Nothing was restored; take another backup", list(.problems, |problem| &problem.en))]
    Damaged {
        /// The folder.
        folder: String,
        /// What is wrong in it; at least one.
        problems: Vec<Problem>,
    },
    /// What was copied to a folder cannot be read there as it was written.
    #[error(
        "the copy is not what was copied: {}. It was removed; check the disk that it was to lie on, or take another",
        list(.problems, |problem| &problem.en)
    )]
    CopyDamaged {
        /// What is wrong in it; at least one.
        problems: Vec<Problem>,
    },
    /// It cannot be restored to that number.
    #[error(
        "record {wanted} cannot be restored from here: this reaches from {first} to {last}; choose a number in between, or another backup"
    )]
    OutOfReach {
        /// The number that was asked for.
        wanted: Seq,
        /// The earliest number there is.
        first: Seq,
        /// The latest.
        last: Seq,
    },
    /// The folder is a copy that was not finished.
    #[error(
        "the copying to this folder was interrupted, so something may be missing in it; remove the folder and copy again"
    )]
    Unfinished,
    /// The files were written by a newer version.
    #[error("{file} has format {found}, this version reads up to {known}; start the newer version that wrote it")]
    NewerFormat {
        /// The file, relative to the data folder.
        file: String,
        /// The format number that was found.
        found: u32,
        /// The newest format number that this version reads.
        known: u32,
    },
    /// The disk is full. Nothing was changed; the same commit may be tried again.
    #[error("the disk is full, so nothing can be saved now; free some space, then it goes on by itself")]
    DiskFull,
    /// A write or sync failed, so it is not known what is on the disk. Only opening the store again helps.
    #[error("saving was stopped because the disk failed ({reason}); check the disk, then start again")]
    Poisoned {
        /// What failed.
        reason: String,
    },
    /// One key or one batch is over the limit of the format. Nothing was changed.
    #[error("{what} has {size} bytes, the limit is {limit}")]
    TooLarge {
        /// A key, or a batch.
        what: &'static str,
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The view was held open too long and can no longer be read truly; open a new one.
    #[error("this view of the data (as of number {seq}) was open for too long; ask again")]
    ViewExpired {
        /// The sequence number the view showed.
        seq: Seq,
    },
    /// The state files could not be read. They are rebuilt from the journal when the store is opened again.
    #[error("the state files cannot be read ({reason}); start again, and they are rebuilt from the journal")]
    State {
        /// What the state store said.
        reason: String,
    },
}

impl StoreError {
    /// The same in Chinese.
    pub fn in_chinese(&self) -> String {
        match self {
            Self::Locked { folder } => format!("数据目录 {folder} 正被另一个进程使用；请先停止它，或换一个目录"),
            Self::Io { file, source, .. } => format!("无法访问 {file}：{source}"),
            Self::JournalDamaged { file, offset, reason } => format!(
                "日志已损坏：{file} 的第 {offset} 字节处：{reason}。未作任何更改；请恢复最近的备份，或保持目录原样并寻求帮助"
            ),
            Self::JournalIncomplete { reason } => {
                format!("日志不完整：{reason}。未作任何更改；请把 journal 目录中缺失的文件放回原处，或恢复最近的备份")
            }
            Self::SnapshotDamaged { file, offset, reason } => format!(
                "快照已损坏：{file} 的第 {offset} 字节处：{reason}。未作任何更改；请检查磁盘，并尽快生成新的快照和备份"
            ),
            Self::NotEmpty { folder } => format!("目录 {folder} 不是空的；请指定一个尚不存在的目录或空目录"),
            Self::NoData { folder } => format!("目录 {folder} 中没有本程序的数据；请检查路径"),
            Self::Damaged { folder, problems } => format!(
                "目录 {folder} 已损坏：{}。未恢复任何内容；请使用另一个备份",
                list(problems, |problem| &problem.zh)
            ),
            Self::CopyDamaged { problems } => format!(
                "复制的内容与原内容不符：{}。副本已删除；请检查目标磁盘，或换一个磁盘",
                list(problems, |problem| &problem.zh)
            ),
            Self::OutOfReach { wanted, first, last } => {
                format!(
                    "无法由此恢复到第 {wanted} 号：可恢复的范围是 {first} 到 {last}；请选择范围内的编号，或使用另一个备份"
                )
            }
            Self::Unfinished => "备份或恢复在此目录中断，内容可能不完整；请删除此目录，另做一次".into(),
            Self::NewerFormat { file, found, known } => {
                format!("{file} 的格式版本为 {found}，本程序最多支持 {known}；请启动写入它的较新版本")
            }
            Self::DiskFull => "磁盘已满，暂时无法保存；请腾出空间，之后会自动恢复".into(),
            Self::Poisoned { reason } => format!("磁盘出错（{reason}），已停止保存；请检查磁盘后重新启动"),
            Self::TooLarge { what, size, limit } => {
                let what = if *what == "a key" { "键" } else { "一批更改" };
                format!("{what}有 {size} 字节，上限为 {limit} 字节")
            }
            Self::ViewExpired { .. } => "读取时间过长，数据已有更新；请重试".into(),
            Self::State { reason } => format!("状态文件无法读取（{reason}）；请重新启动，系统会从日志自动重建"),
        }
    }

    pub(crate) fn io(action: &'static str, file: impl Into<String>) -> impl FnOnce(io::Error) -> StoreError {
        let file = file.into();
        move |source| StoreError::Io { action, file, source }
    }
}

/// The first few problems as one text.
fn list(problems: &[Problem], text: impl Fn(&Problem) -> &str) -> String {
    const SHOWN: usize = 3;
    let mut texts: Vec<_> = problems.iter().take(SHOWN).map(text).collect();
    if problems.len() > SHOWN {
        texts.push("…");
    }
    texts.join("; ")
}

/// Whether the operating system says that there is no room: the one failed write after which nothing is in doubt.
pub(crate) fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
