//! Looking after a folder of data: `kapok verify`, `backup`, `restore`, `rebuild`, `export`, `import`.

use std::{
    io::{StdoutLock, Write},
    process::ExitCode,
};

use kapok::{
    Clock, SystemClock,
    operate::{self, Report, StateFiles, Verified},
    protocol::{Text, Timestamp},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::commands::{Backup, Export, Import, Rebuild, Restore, Verify};

/// What a command says: lines for people, or objects for programs.
struct Printer {
    out: StdoutLock<'static>,
    json: bool,
}

impl Printer {
    fn new(json: bool) -> Self {
        Self {
            out: std::io::stdout().lock(),
            json,
        }
    }

    fn say(&mut self, words: impl FnOnce() -> Text, value: impl Serialize) -> Result<(), String> {
        let line = if self.json {
            serde_json::to_string(&value).map_err(|error| error.to_string())?
        } else {
            words().to_string()
        };
        writeln!(self.out, "{line}").map_err(|error| error.to_string())
    }
}

fn told(text: Text) -> String {
    text.to_string()
}

/// Says what is wrong with a folder of data or a backup.
pub(crate) fn verify(options: &Verify) -> Result<ExitCode, String> {
    let folder = options.backup.as_ref().unwrap_or(&options.data);
    let verified = operate::verify(folder, options.deep).map_err(told)?;
    let mut printer = Printer::new(options.json);
    for problem in &verified.files.problems {
        let place = problem.offset.map(|offset| format!(":{offset}")).unwrap_or_default();
        let text = Text::new(problem.zh.as_str(), problem.en.as_str());
        printer.say(
            || Text::new(format!("{}{place}: {}", problem.file, problem.zh), problem.en.as_str()),
            json!({ "file": problem.file, "offset": problem.offset, "message": text }),
        )?;
    }
    if let Some(report) = &verified.rows {
        findings(&mut printer, report)?;
    }
    printer.say(|| summary(&verified), summary_value(&verified))?;
    Ok(if verified.is_sound() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn findings(printer: &mut Printer, report: &Report) -> Result<(), String> {
    for found in &report.findings {
        let (kind, key) = (found.kind, &found.key);
        printer.say(
            || Text::new(format!("{kind} {key}: {}", found.text.zh), found.text.en.as_str()),
            json!({ "row": key, "kind": kind, "message": found.text }),
        )?;
    }
    Ok(())
}

fn summary(verified: &Verified) -> Text {
    let files = &verified.files;
    let (last, segments, snapshots) = (files.last, files.segments, files.snapshots.len());
    let problems = files.problems.len();
    let mut text = Text::new(
        format!("日志到第 {last} 次提交，{segments} 个文件，{snapshots} 个快照；文件问题 {problems} 个"),
        format!(
            "The journal goes to commit {last} in {segments} files, with {snapshots} snapshots; problems: {problems}"
        ),
    );
    match &verified.rows {
        Some(report) => {
            text.zh += &format!(
                "；数据 {} 行，索引 {} 行，问题 {} 个。",
                report.rows, report.index_rows, report.found
            );
            text.en += &format!(
                "; {} rows and {} index rows, findings: {}.",
                report.rows, report.index_rows, report.found
            );
        }
        None if problems > 0 => {
            text.zh += "；文件有问题，没有检查数据行。";
            text.en += "; the rows were not checked, because of that.";
        }
        None => {
            text.zh += "；没有检查备份中的数据行（--deep 会检查）。";
            text.en += "; the rows of a backup are checked with --deep.";
        }
    }
    text
}

fn summary_value(verified: &Verified) -> Value {
    let files = &verified.files;
    let hash = files
        .hash
        .map(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let state = match &files.state {
        StateFiles::Absent => "absent",
        StateFiles::Stale { .. } => "stale",
        StateFiles::Read { .. } => "read",
        StateFiles::Damaged => "damaged",
    };
    json!({
        "sound": verified.is_sound(),
        "first": files.first,
        "last": files.last,
        "segments": files.segments,
        "snapshots": files.snapshots,
        "state": state,
        "backup": files.is_backup,
        "torn": files.torn_tail.is_some(),
        "hash": hash,
        "problems": files.problems.len(),
        "rows": verified.rows.as_ref().map(|report| report.rows),
        "index_rows": verified.rows.as_ref().map(|report| report.index_rows),
        "found": verified.rows.as_ref().map(|report| report.found),
    })
}

/// Copies a folder of data.
pub(crate) fn backup(options: &Backup) -> Result<ExitCode, String> {
    let made = operate::backup(&options.data, &options.to).map_err(told)?;
    let at = Timestamp::from_millis(made.time_ms);
    let to = options.to.display();
    Printer::new(options.json).say(
        || {
            Text::new(
                format!(
                    "已备份到 {to}：截至第 {} 次提交，{} 字节，已校验。",
                    made.last, made.bytes
                ),
                format!(
                    "Copied to {to}: up to commit {}, {} bytes, checked.",
                    made.last, made.bytes
                ),
            )
        },
        json!({ "to": options.to, "at": at, "first": made.first, "last": made.last, "bytes": made.bytes }),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Makes a folder of data from a backup.
pub(crate) fn restore(options: &Restore) -> Result<ExitCode, String> {
    let last = operate::restore(&options.backup, &options.data, options.to_seq).map_err(told)?;
    let data = options.data.display();
    Printer::new(options.json).say(
        || {
            Text::new(
                format!("已恢复到 {data}：截至第 {last} 次提交。"),
                format!("Restored to {data}: up to commit {last}."),
            )
        },
        json!({ "data": options.data, "last": last }),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Makes the state files anew.
pub(crate) fn rebuild(options: &Rebuild) -> Result<ExitCode, String> {
    let last = operate::rebuild(&options.data).map_err(told)?;
    let data = options.data.display();
    Printer::new(options.json).say(
        || {
            Text::new(
                format!("{data} 的状态文件已重建：截至第 {last} 次提交。"),
                format!("The state files of {data} were made anew: up to commit {last}."),
            )
        },
        json!({ "data": options.data, "last": last }),
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Writes all data to a text file.
pub(crate) fn export(options: &Export) -> Result<ExitCode, String> {
    let exported = operate::export(&options.data, &options.to, SystemClock.now()).map_err(told)?;
    let (to, rows) = (options.to.display(), exported.rows);
    Printer::new(options.json).say(
        || {
            Text::new(
                format!("已导出 {rows} 行到 {to}。"),
                format!("Exported {rows} rows to {to}."),
            )
        },
        &exported,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Makes a folder of data from such a file.
pub(crate) fn import(options: &Import) -> Result<ExitCode, String> {
    let imported = operate::import(&options.file, &options.data, SystemClock.now()).map_err(told)?;
    let mut printer = Printer::new(options.json);
    findings(&mut printer, &imported.report)?;
    let (data, rows, found) = (options.data.display(), imported.rows, imported.report.found);
    printer.say(
        || {
            Text::new(
                format!("已导入 {rows} 行到 {data}；检查发现问题 {found} 个。"),
                format!("Imported {rows} rows to {data}; findings of the check: {found}."),
            )
        },
        json!({ "data": options.data, "rows": rows, "found": found }),
    )?;
    Ok(if imported.report.is_sound() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
