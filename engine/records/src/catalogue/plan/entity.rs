use std::collections::BTreeSet;

use super::{Changes, field};
use crate::definition::{EntityDefinition, Field};

pub(super) fn compare(before: &EntityDefinition, after: &EntityDefinition, changes: &mut Changes) {
    let (zh, en) = (&after.label.zh, &after.label.en);
    if before.label != after.label {
        changes.note(
            format!("实体“{}”改名为“{zh}”。", before.label.zh),
            format!("The entity “{}” is now called “{en}”.", before.label.en),
        );
    }
    fields(before, after, changes);
    if before.parent != after.parent {
        changes.rewrite(
            format!("“{zh}”的上级改变，谁能看到记录随之改变。"),
            format!("The parent of “{en}” changes, and with it who sees its records."),
        );
    }
    if before.opens != after.opens {
        changes.rewrite(
            format!("“{zh}”何时打开其上级有变化，谁能看到上级随之改变。"),
            format!("When “{en}” opens its parent changes, and with it who sees that."),
        );
    }
    if before.unique != after.unique {
        changes.rewrite(
            format!("“{zh}”的唯一规则改变；已有的重复记录保留，下次保存时须改正。"),
            format!("The unique rules of “{en}” change; records that are alike stay, and are put right when they are saved next."),
        );
    }
    if before.duplicates != after.duplicates {
        changes.rewrite(
            format!("“{zh}”的查重规则改变。"),
            format!("The duplicate rules of “{en}” change."),
        );
    }
    if before.indexes != after.indexes || before.sort != after.sort {
        changes.rewrite(
            format!("“{zh}”的列表排序或索引改变。"),
            format!("How lists of “{en}” are sorted or indexed changes."),
        );
    }
    if before.title != after.title {
        changes.rewrite(
            format!("“{zh}”改用另一个字段作标题。"),
            format!("Another field is the title of “{en}”."),
        );
    }
    let layout = |entity: &EntityDefinition| {
        let EntityDefinition {
            pos,
            columns,
            sections,
            kanban,
            calendar,
            tree,
            history,
            ..
        } = entity.clone();
        (pos, columns, sections, kanban, calendar, tree, history)
    };
    if layout(before) != layout(after) || before.views != after.views || before.related != after.related {
        changes.note(
            format!("“{zh}”的列表、表单或视图布局改变。"),
            format!("The lists, the form or the views of “{en}” are laid out anew."),
        );
    }
    rights(before, after, changes);
}

fn fields(before: &EntityDefinition, after: &EntityDefinition, changes: &mut Changes) {
    let find = |fields: &[Field], id: &str| fields.iter().any(|field| field.id == id);
    for old in before.fields.iter().chain(&before.disabled) {
        let (zh, en) = (&old.label.zh, &old.label.en);
        let was_used = find(&before.fields, &old.id);
        if find(&after.disabled, &old.id) {
            if was_used {
                changes.note(
                    format!("停用字段“{zh}”；数据保留，但不再显示。"),
                    format!("The field “{en}” is out of use; its data stays and is no longer shown."),
                );
            }
        } else if !find(&after.fields, &old.id) {
            changes.rewrite_losing(
                format!("移除字段“{zh}”及其全部数据。停用可以保留数据。"),
                format!("The field “{en}” is removed with all its data. Disabling it keeps the data."),
            );
        }
    }
    for new in &after.fields {
        if let Some(old) = before.field(&new.id) {
            field::compare(old, new, changes);
        } else if let Some(old) = before.disabled.iter().find(|old| old.id == new.id) {
            changes.rewrite(
                format!("恢复使用字段“{}”。", new.label.zh),
                format!("The field “{}” is used again.", new.label.en),
            );
            field::compare(old, new, changes);
        } else {
            field::added(new, changes);
        }
    }
}

fn rights(before: &EntityDefinition, after: &EntityDefinition, changes: &mut Changes) {
    let (zh, en) = (&after.label.zh, &after.label.en);
    let roles: BTreeSet<&String> = before.grants.keys().chain(after.grants.keys()).collect();
    let changed = |role: &&String| {
        let of = |entity: &EntityDefinition| entity.grants.get(*role).copied().unwrap_or_default();
        let when = |entity: &EntityDefinition| entity.create_when.get(*role).cloned();
        of(before) != of(after) || when(before) != when(after)
    };
    for role in roles.into_iter().filter(changed) {
        changes.note(
            format!("角色 {role} 对“{zh}”的权限改变。"),
            format!("The rights of the role {role} over “{en}” change."),
        );
    }
    if before.unowned != after.unowned {
        changes.note(
            format!("无人负责的“{zh}”显示的字段改变。"),
            format!("What is shown of “{en}” that nobody is responsible for changes."),
        );
    }
    if before.field_rules != after.field_rules {
        changes.note(
            format!("“{zh}”的字段权限改变。"),
            format!("The field rules of “{en}” change."),
        );
    }
}
