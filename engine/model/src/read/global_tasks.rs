//! Global tasks (BPMN 2.0.2, 10.3.6): tasks that stand beside the processes, to be called. Each runs as a process of
//! one step.

/// The global tasks, and the task that each is.
const GLOBAL_TASKS: &[(&str, &str)] = &[
    ("globalTask", "task"),
    ("globalManualTask", "manualTask"),
    ("globalUserTask", "userTask"),
    ("globalScriptTask", "scriptTask"),
    ("globalBusinessRuleTask", "businessRuleTask"),
];

/// Whether it is the name of a global task.
pub(crate) fn is_global_task(name: &str) -> bool {
    GLOBAL_TASKS.iter().any(|(global, _)| *global == name)
}

/// The kind of task that an element is: of a global task the task itself.
pub(crate) fn task_name(name: &str) -> &str {
    let found = GLOBAL_TASKS.iter().find(|(global, _)| *global == name);
    found.map_or(name, |(_, task)| task)
}
