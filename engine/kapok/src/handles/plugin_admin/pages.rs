//! What the definitions of a plugin's pages cannot know by themselves: whether the reports, processes and files that their
//! widgets name are there.

use kapok_plugin_host::Manifest;
use kapok_protocol::Text;
use kapok_records::{Catalogue, WidgetKind};

use crate::{PluginPackage, plugins::Set, shared::Shared};

/// Why the pages of a package cannot be shown.
pub(super) fn unfit(shared: &Shared, set: &Set, new: &Catalogue, package: &PluginPackage) -> Vec<Text> {
    let (Ok(manifest), Ok(definitions)) = (package.manifest(), package.definitions()) else {
        return Vec::new();
    };
    let mut reasons = Vec::new();
    let declared = definitions.to_json();
    for id in declared["pages"].as_object().into_iter().flat_map(|pages| pages.keys()) {
        if id.split('.').next() != Some(manifest.id.as_str()) {
            let own = &manifest.id;
            reasons.push(Text::new(
                format!("页面“{id}”的名称要以 {own}. 开头。"),
                format!("The name of the page “{id}” must start with {own}."),
            ));
        }
        for widget in new.page(id).into_iter().flat_map(|page| &page.widgets) {
            let missing = match &widget.kind {
                WidgetKind::Report { report, .. } if !has_report(set, report) => Some(("report", "报表", report)),
                WidgetKind::Start { process } if !has_process(shared, package, process) => {
                    Some(("process", "流程", process))
                }
                WidgetKind::Frame { file, .. } if !package.source().pages.contains_key(file) => {
                    Some(("file", "文件", file))
                }
                _ => None,
            };
            if let Some((key, zh, name)) = missing {
                let widget = &widget.id;
                reasons.push(Text::new(
                    format!("页面“{id}”的部件“{widget}”（{key}）：没有{zh}“{name}”。"),
                    format!("The widget “{widget}” of the page “{id}”: there is no {key} “{name}”."),
                ));
            }
        }
    }
    reasons
}

fn has_report(set: &Set, report: &str) -> bool {
    let manifests = set.entries().filter_map(|entry| entry.manifest.as_ref());
    let mut reports = manifests.flat_map(|manifest: &Manifest| manifest.reports.keys());
    reports.any(|name| name == report)
}

/// Whether a process is deployed, or comes with the package.
fn has_process(shared: &Shared, package: &PluginPackage, process: &str) -> bool {
    let models = package.workflows().iter().filter(|(name, _)| name.ends_with(".bpmn"));
    shared.definitions.latest(process).is_some()
        || models
            .flat_map(|(_, xml)| kapok_model::read(xml, &kapok_model::Unchecked).processes)
            .any(|graph| graph.key == process)
}
