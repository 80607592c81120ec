//! What the binary carries: plugins, the processes that ship with it, the sample company.

use kapok::{Company, Lines, PluginSource};

include!(concat!(env!("OUT_DIR"), "/plugins.rs"));

/// The plugins that were built before the binary; none when they were not.
pub(crate) fn plugins() -> Vec<PluginSource> {
    let plugins = PLUGINS.iter().map(|(id, manifest, component, pages)| PluginSource {
        origin: format!("{id}/plugin.toml (built in)"),
        manifest: (*manifest).to_owned(),
        component: component.map(<[u8]>::to_vec),
        pages: pages
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect(),
    });
    plugins.collect()
}

/// The processes that ship with the product.
pub(crate) const WORKFLOWS: [&str; 3] = [
    include_str!("../../../workflows/quote-approval/quote-approval.bpmn"),
    include_str!("../../../workflows/leave/leave.bpmn"),
    include_str!("../../../workflows/next-step/next-step.bpmn"),
];

/// The sample company.
pub(crate) const COMPANY: Company<'static> = Company {
    departments: include_str!("../../../examples/company/departments.csv"),
    roles: include_str!("../../../examples/company/roles.csv"),
    people: include_str!("../../../examples/company/people.csv"),
    records: &[
        (
            "customers.customer",
            include_str!("../../../examples/company/customers.csv"),
            None,
        ),
        (
            "customers.contact",
            include_str!("../../../examples/company/contacts.csv"),
            None,
        ),
        (
            "tracking.task",
            include_str!("../../../examples/company/tasks.csv"),
            None,
        ),
        (
            "tracking.contact-record",
            include_str!("../../../examples/company/contact-records.csv"),
            None,
        ),
        (
            "quotes.quote",
            include_str!("../../../examples/company/quotes.csv"),
            Some(Lines {
                field: "lines",
                by: ("quote", "number"),
                table: include_str!("../../../examples/company/quote-lines.csv"),
            }),
        ),
    ],
};
