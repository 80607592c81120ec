//! Which column of a file of people is what.

use std::collections::BTreeMap;

use kapok_protocol::{Entity, Refusal, RefusalKind, Text};
use kapok_records::{
    Catalogue, EntityDefinition, Field, FieldKind, PERSON,
    sheet::{is_readable, suggest},
};

use crate::{Error, spreadsheet::Sheet, writer::entity};

/// A number by which a file names superiors.
pub(super) const ID: &str = "id";
pub(super) const FIRST_NAME: &str = "first_name";
pub(super) const LAST_NAME: &str = "last_name";

/// So many cells of a column are shown.
const SAMPLES: usize = 3;

/// What the columns of other systems are called, in both languages.
const CALLED: [(&str, &[&str]); 13] = [
    (
        "login",
        &["登录名", "账号", "用户名", "user name", "username", "account"],
    ),
    (
        ID,
        &[
            "工号",
            "员工编号",
            "人员编号",
            "编号",
            "employee id",
            "employee number",
            "staff id",
        ],
    ),
    ("name", &["姓名", "名字", "full name"]),
    (FIRST_NAME, &["名", "first name", "given name"]),
    (LAST_NAME, &["姓", "姓氏", "last name", "family name", "surname"]),
    ("phone", &["手机", "电话", "手机号", "mobile"]),
    ("email", &["邮箱", "电子邮箱", "e-mail"]),
    ("department", &["部门", "所属部门"]),
    (
        "superior",
        &["直接上级", "上级", "汇报对象", "直属上级", "reports to", "manager"],
    ),
    ("roles", &["角色"]),
    ("posts", &["岗位", "职位", "职务", "post", "position", "job title"]),
    ("active", &["在职"]),
    ("joined", &["入职日期", "入职时间", "joined on", "hire date"]),
];

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleColumn {
    /// What stands above it.
    pub heading: String,
    /// What it was taken for.
    pub target: Option<String>,
    /// Some of its cells.
    pub samples: Vec<String>,
}

/// Where what stands.
pub(super) struct Columns<'a> {
    pub(super) definition: &'a EntityDefinition,
    targets: Vec<Option<String>>,
    places: BTreeMap<String, usize>,
}

impl<'a> Columns<'a> {
    /// The columns as they were chosen, or as they are called.
    pub(super) fn new(
        catalogue: &'a Catalogue,
        headings: &[String],
        chosen: Option<&[Option<String>]>,
    ) -> Result<Self, Error> {
        let definition = entity(catalogue, &Entity::new(PERSON))?;
        let mut targets = match chosen {
            Some(chosen) => chosen.to_vec(),
            None => suggested(definition, headings),
        };
        targets.resize(headings.len(), None);
        let mut places = BTreeMap::new();
        for (index, target) in targets.iter().enumerate() {
            let Some(target) = target else { continue };
            if !is_known(definition, target) {
                return Err(refused(
                    target,
                    format!("人员没有可以导入的“{target}”，请重新选择这一列。"),
                    format!("People have no “{target}” that can be imported; choose again what the column is."),
                ));
            }
            if places.insert(target.clone(), index).is_some() {
                return Err(refused(
                    target,
                    format!("“{target}”对应了两列，请只保留一列。"),
                    format!("Two columns are mapped to “{target}”; keep one."),
                ));
            }
        }
        Ok(Self {
            definition,
            targets,
            places,
        })
    }

    pub(super) fn has(&self, target: &str) -> bool {
        self.places.contains_key(target)
    }

    /// What a row says of something.
    pub(super) fn cell<'c>(&self, cells: &'c [String], target: &str) -> &'c str {
        let cell = self.places.get(target).and_then(|index| cells.get(*index));
        cell.map_or("", |cell| cell.trim())
    }

    /// The fields that columns say.
    pub(super) fn fields(&self) -> impl Iterator<Item = &'a Field> {
        let fields = self.definition.fields.iter();
        fields.filter(|field| self.places.contains_key(&field.id))
    }

    /// Everything that a column can be, with what it is called.
    pub(super) fn targets(&self) -> Vec<(String, Text)> {
        let own = [
            (
                ID,
                "编号（文件中用它写上级）",
                "Number (by which the file names superiors)",
            ),
            (LAST_NAME, "姓", "Last name"),
            (FIRST_NAME, "名", "First name"),
        ];
        let own = own.map(|(id, zh, en)| (id.to_owned(), Text::new(zh, en)));
        let fields = self.definition.fields.iter();
        let fields = fields.filter(|field| is_known(self.definition, &field.id));
        let named = fields.map(|field| (field.id.clone(), field.label.clone()));
        named.chain(own).collect()
    }

    pub(super) fn described(&self, sheet: &Sheet) -> Vec<PeopleColumn> {
        let columns = sheet.headings.iter().zip(&self.targets).enumerate();
        let describe = |(index, (heading, target)): (usize, (&String, &Option<String>))| {
            let cells = sheet.rows.iter().filter_map(|(_, cells)| cells.get(index));
            let filled = cells.filter(|cell| !cell.is_empty());
            PeopleColumn {
                heading: heading.clone(),
                target: target.clone(),
                samples: filled.take(SAMPLES).cloned().collect(),
            }
        };
        columns.map(describe).collect()
    }
}

fn is_known(definition: &EntityDefinition, target: &str) -> bool {
    let field = definition.field(target).filter(|field| is_readable(field));
    [ID, FIRST_NAME, LAST_NAME].contains(&target) || field.is_some_and(is_taken)
}

/// Whether a cell can say it. What a company's own fields name would have to be looked up; the import of records does that.
fn is_taken(field: &Field) -> bool {
    let names = matches!(
        field.kind,
        FieldKind::Person { .. } | FieldKind::Department { .. } | FieldKind::Reference { .. } | FieldKind::Lines { .. }
    );
    !names || ["department", "superior", "roles", "posts"].contains(&field.id.as_str())
}

/// What each column probably is; of two that are called alike the first.
fn suggested(definition: &EntityDefinition, headings: &[String]) -> Vec<Option<String>> {
    let mut found: Vec<Option<String>> = vec![None; headings.len()];
    let take = |found: &mut Vec<Option<String>>, index: usize, target: &str| {
        let is_free = found.iter().all(|other| other.as_deref() != Some(target));
        if is_free && found[index].is_none() && is_known(definition, target) {
            found[index] = Some(target.to_owned());
        }
    };
    for (index, heading) in headings.iter().enumerate() {
        let plain = heading.trim().to_lowercase().replace('_', " ");
        let called = CALLED
            .iter()
            .find(|(target, names)| *target == plain.replace(' ', "_") || names.contains(&plain.as_str()));
        if let Some((target, _)) = called {
            take(&mut found, index, target);
        }
    }
    for (index, target) in suggest(definition, headings).iter().enumerate() {
        if let Some(target) = target {
            take(&mut found, index, target);
        }
    }
    found
}

fn refused(field: &str, zh: String, en: String) -> Error {
    Refusal::new(RefusalKind::Invalid, "import.column", zh, en)
        .at(field)
        .into()
}
