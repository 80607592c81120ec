//! Takes people in, wherever they are told of: who is known is changed, others are new. What is as it is said already
//! changes nothing, so that whatever was interrupted is simply done again.

use std::collections::{BTreeMap, BTreeSet};

use kapok_protocol::{Entity, Record, RecordId, Refusal, RefusalKind, Value};
use kapok_records::{Fields, PERSON};
use kapok_tables::{Queries, RecordList};

use super::{Administrator, FailedRow, ImportReport, Taken, TakenAs, invalid, text};
use crate::{Error, handles::taking::Fate};

/// Somebody who is to be here.
#[derive(Debug, Clone, Default)]
pub(crate) struct PersonRow {
    /// Its number where it comes from.
    pub(crate) number: usize,
    /// What other rows call this person: the sign-in name, a number of the file's own, an id elsewhere.
    pub(crate) key: String,
    /// Who it is, where that is known; otherwise the sign-in name says it.
    pub(crate) person: Option<RecordId>,
    /// The sign-in name; may be empty for somebody who is known.
    pub(crate) login: String,
    /// What is said of the person. What is not said stays as it is.
    pub(crate) fields: Fields,
    /// The superior, by the key of another row.
    pub(crate) superior: Option<String>,
}

/// Those who are there already.
struct Known {
    by_id: BTreeMap<RecordId, Record>,
    by_login: BTreeMap<String, RecordId>,
}

impl Administrator {
    /// Takes people in, superiors first; in a dry run nothing is saved. Somebody whose superior cannot be found is taken
    /// without one, and it is reported.
    pub(crate) fn take_people(&self, rows: &[PersonRow], dry_run: bool) -> Result<ImportReport, Error> {
        let known = self.known_people()?;
        let mut report = ImportReport {
            rows: rows.len(),
            ..ImportReport::default()
        };
        let (order, circular) = superiors_first(rows);
        let (mut logins, mut keys) = (BTreeSet::new(), BTreeMap::<&str, RecordId>::new());
        for index in order {
            let row = &rows[index];
            let fail = |reason: Refusal| FailedRow {
                row: row.number,
                login: row.login.clone(),
                field: reason.field,
                text: reason.text,
            };
            if let Some(reason) = twice(row, &mut logins, &keys) {
                report.failed.push(fail(reason));
                continue;
            }
            let mut fields = row.fields.clone();
            match superior_of(row, &keys, circular.contains(&index)) {
                Ok(superior) => fields.extend(superior),
                Err(reason) => report.failed.push(fail(reason)),
            }
            let before = row.person.or_else(|| known.by_login.get(&row.login).copied());
            let before = before.and_then(|id| known.by_id.get(&id));
            match self.take_person(row, fields, before, dry_run) {
                Ok((person, taken)) => {
                    keys.insert(&row.key, person);
                    report.count(taken);
                    report.taken.push(Taken {
                        row: row.number,
                        person: (before.is_some() || !dry_run).then_some(person),
                        taken,
                    });
                }
                Err(refusals) => {
                    // Whoever is there already can be a superior all the same.
                    keys.extend(before.map(|record| (row.key.as_str(), record.id)));
                    report.failed.extend(refusals.into_iter().map(fail));
                }
            }
        }
        report.taken.sort_by_key(|taken| taken.row);
        report.failed.sort_by_key(|failed| failed.row);
        Ok(report)
    }

    /// Saves somebody, or finds out whether that could be done.
    fn take_person(
        &self,
        row: &PersonRow,
        mut fields: Fields,
        before: Option<&Record>,
        dry_run: bool,
    ) -> Result<(RecordId, TakenAs), Vec<Refusal>> {
        if !row.login.is_empty() {
            fields.insert("login".to_owned(), row.login.as_str().into());
        }
        let taken = self.take(PERSON, before, fields, dry_run)?;
        // Whoever asks stands for somebody who would be there.
        let id = taken.record.unwrap_or_else(|| RecordId::from(self.person));
        let taken = match taken.fate {
            Fate::New => TakenAs::Created,
            Fate::Changed(_) => TakenAs::Updated,
            Fate::Unchanged => TakenAs::Unchanged,
        };
        Ok((id, taken))
    }

    fn known_people(&self) -> Result<Known, Error> {
        let view = self.view();
        let rows = Queries(&view).records(&RecordList::All(Entity::new(PERSON)), None, usize::MAX)?;
        let by_id: BTreeMap<RecordId, Record> = rows.items.into_iter().map(|row| (row.record.id, row.record)).collect();
        let logins = by_id
            .values()
            .filter_map(|record| Some((text(record, "login")?, record.id)));
        Ok(Known {
            by_login: logins.collect(),
            by_id,
        })
    }
}

/// Refuses a sign-in name, or a number, that an earlier row has.
fn twice(row: &PersonRow, logins: &mut BTreeSet<String>, keys: &BTreeMap<&str, RecordId>) -> Option<Refusal> {
    if !row.login.is_empty() && !logins.insert(row.login.clone()) {
        return Some(invalid(
            "login",
            "登录名在文件中出现了两次。",
            "The sign-in name stands in the file twice.",
        ));
    }
    let again = !row.key.is_empty() && keys.contains_key(row.key.as_str());
    again.then(|| invalid("id", "编号在文件中出现了两次。", "The number stands in the file twice."))
}

fn superior_of(
    row: &PersonRow,
    keys: &BTreeMap<&str, RecordId>,
    is_circular: bool,
) -> Result<Option<(String, Value)>, Refusal> {
    let Some(superior) = &row.superior else { return Ok(None) };
    if is_circular {
        let (zh, en) = (
            "这些人互为上级，请改正其中一行。没有设置上级。",
            "These people are superiors of each other; mend one of the rows. No superior was set.",
        );
        return Err(invalid("superior", zh, en));
    }
    match keys.get(superior.as_str()) {
        Some(id) => Ok(Some(("superior".to_owned(), id.to_string().into()))),
        None => Err(Refusal::new(
            RefusalKind::Invalid,
            "import.row",
            format!("没有上级“{superior}”，或其所在的行不能导入。没有设置上级。"),
            format!("There is no superior “{superior}”, or their row cannot be taken. No superior was set."),
        )
        .at("superior")),
    }
}

/// The rows in an order in which everybody comes after their superior, and those who are their own superiors over some corners.
fn superiors_first(rows: &[PersonRow]) -> (Vec<usize>, BTreeSet<usize>) {
    let mut by_key = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        by_key.entry(row.key.as_str()).or_insert(index);
    }
    let above = |index: usize| {
        let superior = rows[index].superior.as_deref()?;
        by_key.get(superior).copied()
    };
    let (mut order, mut circular, mut placed) = (Vec::with_capacity(rows.len()), BTreeSet::new(), BTreeSet::new());
    for index in 0..rows.len() {
        let (mut chain, mut on_chain, mut next) = (Vec::new(), BTreeSet::new(), Some(index));
        while let Some(index) = next.filter(|index| !placed.contains(index)) {
            if !on_chain.insert(index) {
                let from = chain.iter().position(|one| *one == index).unwrap_or_default();
                circular.extend(chain[from..].iter().copied());
                break;
            }
            chain.push(index);
            next = above(index);
        }
        placed.extend(chain.iter().copied());
        order.extend(chain.into_iter().rev());
    }
    (order, circular)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows, their order, and who is on a circle.
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a [usize], &'a [usize]);

    #[test]
    fn superiors_come_first_and_circles_are_found() {
        let rows = |pairs: &[(&str, &str)]| -> Vec<PersonRow> {
            let row = |(key, superior): &(&str, &str)| PersonRow {
                key: (*key).to_owned(),
                superior: (!superior.is_empty()).then(|| (*superior).to_owned()),
                ..PersonRow::default()
            };
            pairs.iter().map(row).collect()
        };
        let cases: [Case<'_>; 5] = [
            (&[("a", ""), ("b", "a")], &[0, 1], &[]),
            (&[("a", "c"), ("b", "a"), ("c", "")], &[2, 0, 1], &[]),
            (&[("a", "nobody")], &[0], &[]),
            (&[("a", "a"), ("b", "a")], &[0, 1], &[0]),
            // Only who is on the circle is on it.
            (&[("d", "a"), ("a", "b"), ("b", "a")], &[2, 1, 0], &[1, 2]),
        ];
        for (pairs, order, circular) in cases {
            let found = superiors_first(&rows(pairs));
            assert_eq!(found, (order.to_vec(), circular.iter().copied().collect()), "{pairs:?}");
        }
    }
}
