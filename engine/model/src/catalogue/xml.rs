//! The file itself.

use super::rules;

rules! {
    TOO_LARGE = error "xml.too-large" {
        zh: "文件超过 16 MiB，不能读取：请把流程拆成几个文件。",
        en: "The file is larger than 16 MiB and was not read: split the processes into several files."
    }
    TOO_DEEP = error "xml.too-deep" {
        zh: "文件的元素嵌套超过 64 层，不能读取：请减少子流程的嵌套，或重新从绘图工具导出。",
        en: "Elements are nested more than 64 deep and the file was not read: nest fewer sub-processes, or export the file again."
    }
    TOO_MANY_ELEMENTS = error "xml.too-many-elements" {
        zh: "文件的元素超过 200,000 个，不能读取：请把流程拆成几个文件。",
        en: "The file has more than 200,000 elements and was not read: split the processes into several files."
    }
    TOO_MANY_ATTRIBUTES = error "xml.too-many-attributes" {
        zh: "这一行的元素有超过 64 个属性，不能读取：请重新从绘图工具导出。",
        en: "The element on this line has more than 64 attributes and the file was not read: export it again from the drawing tool."
    }
    DOCTYPE = error "xml.doctype" {
        zh: "文件含有 DOCTYPE 声明，为了安全不能读取：请删去这一行。",
        en: "The file has a DOCTYPE declaration, which is refused for safety: remove that line."
    }
    ENTITY = error "xml.entity" {
        zh: "不认识字符实体 &{0};：请直接写出这个字符。",
        en: "The entity &{0}; is not known: write the character itself."
    }
    ENCODING = error "xml.encoding" {
        zh: "文件的编码是 {0}：请另存为 UTF-8 后再试。",
        en: "The file is encoded as {0}: save it as UTF-8 and try again."
    }
    PREFIX = error "xml.prefix" {
        zh: "名称的前缀「{0}」没有声明（xmlns:{0}）：请重新从绘图工具导出。",
        en: "The prefix 「{0}」 is not declared (xmlns:{0}): export the file again from the drawing tool."
    }
    UNCLOSED = error "xml.unclosed" {
        zh: "文件不完整：元素 {0} 没有结束，请重新导出或上传。",
        en: "The file is not complete: the element {0} is never closed; export or upload it again."
    }
    SECOND_ROOT = error "xml.second-root" {
        zh: "文件在结束之后还有元素 {0}：一个文件只能有一个最外层元素。",
        en: "The element {0} stands after the end of the document: a file has one outermost element."
    }
    EMPTY = error "xml.empty" {
        zh: "文件是空的：请选择一个 BPMN 文件。",
        en: "The file is empty: choose a BPMN file."
    }
    MALFORMED = error "xml.malformed" {
        zh: "文件不是正确的 XML（{0}）：请重新从绘图工具导出。",
        en: "The file is not well-formed XML ({0}): export it again from the drawing tool."
    }
    NOT_BPMN = error "xml.not-bpmn" {
        zh: "这不是 BPMN 2.0 文件：最外层元素是 {0}，应当是 BPMN 2.0 的 definitions。",
        en: "This is not a BPMN 2.0 file: its outermost element is {0}, not BPMN 2.0's definitions."
    }
    TOO_MANY_FINDINGS = error "check.too-many" {
        zh: "问题超过 1,000 个，其余的没有列出：请先改正前面的问题。",
        en: "There are more than 1,000 findings and the rest are not listed: mend the first ones and check again."
    }
}
