//! Elements: which are there, what they are called, what they refer to, and which of them can be run.

use super::rules;

rules! {
    UNSUPPORTED = error "element.unsupported" {
        zh: "「{0}」：{1}不能运行，请{2}。",
        en: "「{0}」: {1} cannot be run; {2}."
    }
    ATTRIBUTE_UNKNOWN = warning "element.attribute-unknown" {
        zh: "「{0}」有属性「{1}」，BPMN 里没有它，运行时不起作用：请检查是不是写错了。",
        en: "「{0}」 has the attribute 「{1}」, which BPMN does not know and which has no effect: look whether it is misspelt."
    }
    ATTRIBUTE_VALUE = error "element.attribute-value" {
        zh: "「{0}」的 {1} 是「{2}」，应当是 true 或 false：请改正。",
        en: "{1} of 「{0}」 is 「{2}」 but must be true or false: correct it."
    }
    NOT_CARRIED_OUT = warning "element.not-carried-out" {
        zh: "「{0}」的{1}会保留在图里，但运行时不起作用。",
        en: "The {1} of 「{0}」 stays in the drawing, but has no effect when the process runs."
    }
    ATTRIBUTE_FAULTY = error "element.attribute-faulty" {
        zh: "「{0}」的 {1} 不能是「{2}」：请改正。",
        en: "{1} of 「{0}」 cannot be 「{2}」: correct it."
    }
    LANE_TWICE = error "lane.twice" {
        zh: "「{0}」同时在泳道「{1}」和「{2}」里，不知道归谁办理：请只留一个。",
        en: "「{0}」 is in the lanes 「{1}」 and 「{2}」 at once, so nobody knows whose it is: keep one."
    }
    ID_MISSING = error "id.missing" {
        zh: "{0}没有 id：请为它设置一个不重复的 id。",
        en: "A {0} has no id: give it one that nothing else has."
    }
    ID_DUPLICATE = error "id.duplicate" {
        zh: "id「{0}」用了两次（第一次在第 {1} 行）：请为其中一个换一个 id。",
        en: "The id 「{0}」 is used twice (first on line {1}): give one of them another id."
    }
    DANGLING = error "reference.dangling" {
        zh: "「{0}」的 {1} 指向「{2}」，但没有这个元素：请重新连接，或删去它。",
        en: "{1} of 「{0}」 points to 「{2}」, which is not there: connect it again, or remove it."
    }
    REFERENCE_MISSING = error "reference.missing" {
        zh: "「{0}」没有写明 {1}：请重新连接，或删去它。",
        en: "「{0}」 does not say its {1}: connect it again, or remove it."
    }
    PROCESS_NONE = error "process.none" {
        zh: "文件里没有流程：请先画一个流程。",
        en: "The file has no process: draw one first."
    }
    PROCESS_NONE_EXECUTABLE = error "process.none-executable" {
        zh: "文件里没有可运行的流程：请把要运行的流程设为可执行（isExecutable=\"true\"）。",
        en: "The file has no process that is meant to be run: mark it as executable (isExecutable=\"true\")."
    }
    PROCESS_NOT_EXECUTABLE = warning "process.not-executable" {
        zh: "流程「{0}」没有设为可执行：它会保留，但不会运行。",
        en: "The process 「{0}」 is not marked as executable: it is kept, but never run."
    }
    PROCESS_EMPTY = error "process.empty" {
        zh: "「{0}」里什么都没有：请至少画一个开始、一个步骤和一个结束。",
        en: "「{0}」 is empty: draw at least a start, a step and an end."
    }
    FOREIGN_SETTINGS = warning "extension.foreign" {
        zh: "「{0}」的 {1} 设置「{2}」会原样保留，但运行时不起作用。",
        en: "The setting 「{2}」 of {1} in 「{0}」 is kept as it is, but has no effect when the process runs."
    }
    FOREIGN_REFUSED = error "extension.unsupported" {
        zh: "「{0}」的 {1} 设置「{2}」不能运行：{3}。",
        en: "The setting 「{2}」 of {1} in 「{0}」 cannot be run: {3}."
    }
    FOREIGN_VALUE = error "extension.foreign-value" {
        zh: "「{0}」的设置「{1}」不能是「{2}」：请改正。",
        en: "The setting 「{1}」 of 「{0}」 cannot be 「{2}」: correct it."
    }
    UNKNOWN_EXTENSION = error "extension.unknown-element" {
        zh: "「{0}」里的 kapok:{1} 不认识或放错了地方：请删去它，或改正名称。",
        en: "kapok:{1} in 「{0}」 is unknown or in the wrong place: remove it, or correct its name."
    }
    UNKNOWN_EXTENSION_ATTRIBUTE = error "extension.unknown-attribute" {
        zh: "「{0}」里的 kapok:{1} 没有属性「{2}」：请删去它，或改正名称。",
        en: "kapok:{1} in 「{0}」 has no attribute 「{2}」: remove it, or correct its name."
    }
    FOREIGN_ATTRIBUTE = error "extension.attribute-misplaced" {
        zh: "「{0}」上的属性 kapok:{1} 不认识：Kapok 的设置写在 extensionElements 里，请删去它。",
        en: "「{0}」 has the attribute kapok:{1}, which is unknown: Kapok's settings stand in extensionElements; remove it."
    }
    REPEATED_EXTENSION = error "extension.repeated" {
        zh: "「{0}」里的 kapok:{1} 写了不止一次：请只留一个。",
        en: "kapok:{1} stands more than once in 「{0}」: keep only one."
    }
    EXTENSION_ATTRIBUTE_MISSING = error "extension.attribute-missing" {
        zh: "「{0}」里的 kapok:{1} 没有写「{2}」：请填上。",
        en: "kapok:{1} in 「{0}」 does not say 「{2}」: fill it in."
    }
    EXTENSION_VALUE = error "extension.value" {
        zh: "「{0}」里 kapok:{1} 的「{2}」不能是「{3}」：请改正。",
        en: "「{2}」 of kapok:{1} in 「{0}」 cannot be 「{3}」: correct it."
    }
    EXTENSION_EMPTY = error "extension.empty" {
        zh: "「{0}」里的 kapok:{1} 是空的：请填上内容，或删去它。",
        en: "kapok:{1} in 「{0}」 is empty: fill it in, or remove it."
    }
}
