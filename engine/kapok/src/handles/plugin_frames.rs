//! Frames of plugins' pages: the files they are made of, and what they ask for. A frame has what its plugin's component would
//! have in this person's name, by the same functions: the plugin's grants, the person's rights, the same limits.

use kapok_plugin_host::{Aggregate, AggregateRow, Call, Denial, Intent, Plugin, RecordQuery};
use kapok_protocol::{Entity, Record, RecordId, RecordRef, Refusal, RefusalKind};
use kapok_records::{Fields, WidgetKind};

use super::{ReportTable, Staff};
use crate::{
    Error,
    plugins::{self, Caller, Intended},
};

/// What a frame asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum FrameCall {
    /// One record.
    Get(RecordRef),
    /// The records that a filter keeps.
    Find(RecordQuery),
    /// Counts and sums.
    AddUp(Aggregate),
    /// A new record.
    Create {
        /// Its entity.
        entity: Entity,
        /// Its fields.
        fields: Fields,
    },
    /// Other values in a record.
    Update {
        /// Which record.
        record: RecordRef,
        /// The fields to set; the others stay.
        set: Fields,
    },
    /// The rows of a report of the same plugin.
    RunReport {
        /// Its name.
        report: String,
        /// What it is told.
        inputs: Fields,
    },
}

/// What a frame is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum FrameAnswer {
    /// The record, if there is one that the person sees.
    Record(Option<Record>),
    /// The records.
    Records(Vec<Record>),
    /// The groups.
    Groups(Vec<AggregateRow>),
    /// The new record.
    Created(RecordId),
    /// It is done.
    Updated,
    /// The report.
    Report(ReportTable),
}

impl Staff {
    /// The file of a frame on a page that the person is offered.
    pub fn frame_file(&self, page: &str, widget: &str) -> Result<String, Error> {
        let (plugin, file) = self.frame(page, widget)?;
        let set = self.kapok.shared.plugins.now();
        let entry = set.find(&plugin.manifest().id);
        let found = entry.and_then(|entry| entry.pages.get(&file));
        found.cloned().ok_or_else(|| {
            Refusal::new(
                RefusalKind::NotFound,
                "frame.no-file",
                format!("插件文件里没有 {file}，请用 kapok plugin build 重新打包并安装。"),
                format!(
                    "There is no {file} in the plugin's package: pack it with kapok plugin build and install it again."
                ),
            )
            .into()
        })
    }

    /// What a frame asks for, in the person's name.
    pub fn call_from_frame(&self, page: &str, widget: &str, asked: FrameCall) -> Result<FrameAnswer, Error> {
        let (plugin, _) = self.frame(page, widget)?;
        let call = self.call(&plugin);
        match asked {
            FrameCall::Get(record) => {
                let found = plugin.read_for_frame(&call, &record).map_err(denied)?;
                Ok(FrameAnswer::Record(found))
            }
            FrameCall::Find(query) => {
                let found = plugin.find_for_frame(&call, &query).map_err(denied)?;
                Ok(FrameAnswer::Records(found))
            }
            FrameCall::AddUp(aggregate) => {
                let found = plugin.add_up_for_frame(&call, &aggregate).map_err(denied)?;
                Ok(FrameAnswer::Groups(found))
            }
            FrameCall::Create { entity, fields } => {
                let intent = plugin.create_for_frame(entity, fields).map_err(denied)?;
                let made = self.do_for_frame(&plugin, intent)?;
                made.map(FrameAnswer::Created).ok_or(Error::Unknown)
            }
            FrameCall::Update { record, set } => {
                let intent = plugin.update_for_frame(record, set).map_err(denied)?;
                self.do_for_frame(&plugin, intent)?;
                Ok(FrameAnswer::Updated)
            }
            FrameCall::RunReport { report, inputs } => {
                if !plugin.manifest().reports.contains_key(&report) {
                    return Err(Error::not_found("报表", "report"));
                }
                Ok(FrameAnswer::Report(self.run_report(&report, inputs)?))
            }
        }
    }

    /// Carries out what a frame wants; answers the new record.
    fn do_for_frame(&self, plugin: &Plugin, intent: Intent) -> Result<Option<RecordId>, Error> {
        if let Some(answer) = self.answered::<Option<RecordId>>()? {
            return Ok(answer);
        }
        let intended = Intended {
            plugin: plugin.manifest().id.clone(),
            caller: Caller::Person(self.person),
            intents: vec![intent],
            depth: 0,
        };
        let key = self.request.clone();
        let (shared, writer) = (&self.kapok.shared, &self.kapok.writer);
        plugins::carry_out_new(shared, writer, intended, move |step, new| {
            let new = new.first().copied();
            if let Some(key) = &key {
                key.store(step, &new)?;
            }
            Ok(new)
        })
    }

    /// The plugin of a frame, and the frame's file.
    fn frame(&self, page: &str, widget: &str) -> Result<(Plugin, String), Error> {
        let page = self.plugin_page(page)?;
        let file = page.widgets.iter().find_map(|found| match &found.kind {
            WidgetKind::Frame { file, .. } if found.id == widget => Some(file.clone()),
            _ => None,
        });
        let file = file.ok_or_else(|| Error::not_found("页面部件", "widget"))?;
        let plugin = self.kapok.shared.plugins.by_id(page.plugin());
        let plugin = plugin.ok_or_else(|| Error::not_found("插件", "plugin"))?;
        Ok((plugin, file))
    }

    pub(super) fn call(&self, plugin: &Plugin) -> Call {
        let shared = &self.kapok.shared;
        shared.plugins.call(shared, plugin, Caller::Person(self.person))
    }
}

/// A denial in the words of the contract, for who wrote the frame.
fn denied(denial: Denial) -> Error {
    let kind = match denial.code {
        "capability" => RefusalKind::Forbidden,
        _ => RefusalKind::Invalid,
    };
    Refusal::new(
        kind,
        format!("frame.{}", denial.code),
        format!("插件页面的请求被拒绝：{}", denial.message),
        format!("What the plugin's page asked for was refused: {}", denial.message),
    )
    .into()
}
