use super::{Changes, choices};
use crate::definition::{Field, FieldKind};

pub(super) fn added(field: &Field, changes: &mut Changes) {
    let (zh, en) = (&field.label.zh, &field.label.en);
    if field.kind.is_computed() {
        changes.rewrite(
            format!("新增字段“{zh}”，为已有记录计算。"),
            format!("The field “{en}” is new; it is computed for the records there are."),
        );
    } else if field.required {
        changes.note(
            format!("新增必填字段“{zh}”；已有记录在下次保存时须填写。"),
            format!("The field “{en}” is new and required; records there are need it when they are saved next."),
        );
    } else {
        changes.note(format!("新增字段“{zh}”。"), format!("The field “{en}” is new."));
    }
}

pub(super) fn compare(before: &Field, after: &Field, changes: &mut Changes) {
    let (zh, en) = (&after.label.zh, &after.label.en);
    if before.label != after.label {
        changes.note(
            format!("字段“{}”改名为“{zh}”。", before.label.zh),
            format!("The field “{}” is now called “{en}”.", before.label.en),
        );
    }
    if !before.required && after.required {
        changes.note(
            format!("“{zh}”改为必填；空着的记录在下次保存时须填写。"),
            format!("“{en}” becomes required; records without it need it when they are saved next."),
        );
    }
    if before.unique != after.unique {
        changes.rewrite(
            format!("“{zh}”{}。", if after.unique { "改为唯一；已有的重复值保留，下次保存时须改正" } else { "不再要求唯一" }),
            if after.unique {
                format!("“{en}” becomes unique; values that are there twice stay, and are put right when they are saved next.")
            } else {
                format!("“{en}” is no longer unique.")
            },
        );
    }
    let others = |field: &Field| {
        let Field {
            required,
            read_only,
            private,
            default,
            section,
            ..
        } = field.clone();
        (required && before.required, read_only, private, default, section)
    };
    if others(before) != others(after) {
        changes.note(
            format!("字段“{zh}”的设置改变。"),
            format!("Settings of the field “{en}” change."),
        );
    }
    kinds(before, after, changes);
}

fn kinds(before: &Field, after: &Field, changes: &mut Changes) {
    let (zh, en) = (&after.label.zh, &after.label.en);
    let (old, new) = (&before.kind, &after.kind);
    if old.name() != new.name() {
        let (from, to) = (old.name(), new.name());
        if loses_nothing(old, new) {
            return changes.rewrite(
                format!("“{zh}”的类型由 {from} 改为 {to}，已有的值照样保留。"),
                format!("“{en}” changes from {from} to {to}; its values are kept."),
            );
        }
        return changes.rewrite_losing(
            format!("“{zh}”的类型由 {from} 改为 {to}；不能转换的值会丢失。"),
            format!("“{en}” changes from {from} to {to}; values that cannot be converted are lost."),
        );
    }
    match (old, new) {
        (FieldKind::Lines { columns: old }, FieldKind::Lines { columns: new }) => columns(after, old, new, changes),
        (FieldKind::Formula { .. }, FieldKind::Formula { .. })
        | (FieldKind::RollUp { .. }, FieldKind::RollUp { .. })
            if old != new =>
        {
            changes.rewrite(
                format!("“{zh}”的算法改变，重新计算已有记录。"),
                format!("“{en}” is computed differently; it is computed anew for the records there are."),
            );
        }
        _ => {
            if old.is_multiple() && !new.is_multiple() {
                changes.rewrite_losing(
                    format!("“{zh}”改为单选；选了多个的值会丢失。"),
                    format!("“{en}” takes one value only; where there are several they are lost."),
                );
            } else if !old.is_multiple() && new.is_multiple() {
                changes.rewrite(format!("“{zh}”改为可选多个。"), format!("“{en}” takes several values."));
            }
            if let (FieldKind::Reference { entity: old, .. }, FieldKind::Reference { entity: new, .. }) = (old, new)
                && old != new
            {
                changes.rewrite_losing(
                    format!("“{zh}”改为引用“{new}”；原来的引用会指向错误的记录。"),
                    format!("“{en}” names records of “{new}”; what it named before would be something else."),
                );
            }
            match (old.choices(), new.choices()) {
                // Those of a dictionary are compared once, with the dictionary.
                (Some(old), Some(new)) if after.kind.dictionary().is_none() => {
                    choices::compare(&format!("“{zh}”"), &format!("“{en}”"), old, new, changes);
                }
                _ if old.dictionary() != new.dictionary() => changes.destroy(
                    format!("“{zh}”改用另一个字典；不在其中的值不再显示名称。"),
                    format!("“{en}” takes another dictionary; values that are not in it lose their names."),
                ),
                (None, None) if old != new => changes.note(
                    format!("“{zh}”的长度、范围或格式改变；已有的值保留。"),
                    format!("The length, bounds or form of “{en}” change; values there are stay."),
                ),
                _ => {}
            }
        }
    }
}

fn columns(lines: &Field, before: &[Field], after: &[Field], changes: &mut Changes) {
    for old in before {
        if !after.iter().any(|new| new.id == old.id) {
            changes.rewrite_losing(
                format!("“{}”移除列“{}”及其数据。", lines.label.zh, old.label.zh),
                format!(
                    "“{}” loses the column “{}” with its data.",
                    lines.label.en, old.label.en
                ),
            );
        }
    }
    for new in after {
        match before.iter().find(|old| old.id == new.id) {
            Some(old) => compare(old, new, changes),
            None => added(new, changes),
        }
    }
}

fn loses_nothing(old: &FieldKind, new: &FieldKind) -> bool {
    use FieldKind::{
        Choice, Date, DateTime, Decimal, Email, LongText, Money, Number, Phone, RichText, Text, Time, TreeChoice,
    };
    match new {
        Text { .. } | LongText { .. } => {
            !old.is_multiple()
                && matches!(
                    old,
                    Text { .. }
                        | Number { .. }
                        | Decimal { .. }
                        | Money { .. }
                        | Date
                        | Time
                        | DateTime
                        | Phone
                        | Email
                        | Choice { .. }
                        | TreeChoice { .. }
                )
        }
        RichText { .. } => matches!(old, Text { .. } | LongText { .. }),
        Number { .. } | Decimal { .. } | Money { .. } => matches!(old, Number { .. } | Decimal { .. } | Money { .. }),
        _ => false,
    }
}
