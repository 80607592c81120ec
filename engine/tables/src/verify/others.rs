//! What belongs to no case: definitions and their XML, what start events gather, links with other systems. Pages and messages are about cases too, but
//! may outlive them.

use kapok_protocol::{DefinitionId, Text};

use super::{Drawings, case::no_definition, cursor::Cursor, first_number, report::Report, waiting::each};
use crate::{
    Prefix, Read, TableError,
    rows::{DecisionFile, Definition, IdentityLink, RecordRow, Row},
    writes::xml_key,
};

pub(super) fn check(read: &dyn Read, drawings: &dyn Drawings, report: &mut Report) -> Result<(), TableError> {
    each::<Definition>(read, Prefix::Definition, report, |read, key, row, report| {
        if !check_xml(read, key, row.id, report)? {
            return Ok(());
        }
        report.expect(drawings.can_read(row.id), key, || {
            Text::new(
                "发布时的 XML 中已读不出该流程，系统无法启动。请恢复备份，或使用能读它的版本。",
                "Its process can no longer be read from the XML that was deployed, so the engine cannot start. Restore a \
                 backup, or use a version that reads it.",
            )
        });
        Ok(())
    })?;
    each::<DecisionFile>(read, Prefix::DecisionFile, report, |read, key, row, report| {
        check_xml(read, key, row.id, report).map(drop)
    })?;
    each::<IdentityLink>(read, Prefix::IdentityLink, report, |read, key, link, report| {
        let record = RecordRow::key(&(link.kind.entity(), link.record));
        let there = read.get(record.as_bytes())?.is_some();
        report.expect(there, key, || {
            Text::new(
                "它所指的人员或部门不存在，没有人能用它登录。",
                "The person or department that it names does not exist, so nobody can sign in by it.",
            )
        });
        Ok(())
    })?;
    check_whose(read, Prefix::DefinitionXml, report, true)?;
    check_whose(read, Prefix::Gathering, report, false)
}

fn check_xml(read: &dyn Read, key: &[u8], id: DefinitionId, report: &mut Report) -> Result<bool, TableError> {
    let there = read.get(xml_key(id).as_bytes())?.is_some();
    report.expect(there, key, || {
        Text::new(
            "发布时的 XML 不存在，无法运行。",
            "The XML that was deployed is not there, so it cannot run.",
        )
    });
    Ok(there)
}

/// Rows under a definition, or a file of decisions, that is there.
fn check_whose(read: &dyn Read, prefix: Prefix, report: &mut Report, or_decisions: bool) -> Result<(), TableError> {
    let mut rows = Cursor::new(read, prefix);
    while let Some((key, _)) = rows.next()? {
        let number = first_number(&key).unwrap_or_default();
        let mut there = false;
        if let Some(id) = DefinitionId::new(number) {
            there = read.get(Definition::key(&id).as_bytes())?.is_some()
                || (or_decisions && read.get(DecisionFile::key(&id).as_bytes())?.is_some());
        }
        report.expect(there, &key, || no_definition(number));
    }
    Ok(())
}
