//! Named totals: one figure over all records of an entity, for a role that need not see any of them (P11's exception).
//! Whoever asks learns the figure and nothing else: they cannot narrow it down, except to a period where its definition
//! says so.

use kapok_protocol::{Refusal, RefusalKind, Text};
use kapok_records::{Catalogue, FieldKind, Function, NamedTotal, TotalPeriod};
use kapok_search::{Group, Grouping, Key, Period, Rights};
use rust_decimal::Decimal;

use super::Staff;
use crate::{Error, project::StoredRecords};

/// A named total that a person may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalView {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub label: Text,
    /// Its currency, when it is money.
    pub currency: Option<String>,
    /// The shortest period it can be asked for; `None` when there is only the whole.
    pub finest: Option<TotalPeriod>,
}

/// One with its figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalValue {
    /// Which one.
    pub total: TotalView,
    /// The period it was asked for: `2026`, `2026-Q3`, `2026-11`.
    pub period: Option<String>,
    /// The figure.
    pub value: Decimal,
}

impl Staff {
    /// The named totals that the person may see, by their ids.
    pub fn totals(&self) -> Result<Vec<TotalView>, Error> {
        let catalogue = self.kapok.shared.catalogue();
        let roles = self.kapok.shared.organisation().roles_of(self.person);
        let own = catalogue.totals().filter(|total| roles.contains(&total.role));
        Ok(own.map(|total| shown(&catalogue, total)).collect())
    }

    /// The figure of one of them, of everything or of a period.
    pub fn total(&self, id: &str, period: Option<&str>) -> Result<TotalValue, Error> {
        let shared = &self.kapok.shared;
        let catalogue = shared.catalogue();
        let roles = shared.organisation().roles_of(self.person);
        let total = catalogue.total(id).filter(|total| roles.contains(&total.role));
        let total = total.ok_or_else(|| Error::not_found("合计", "total"))?;
        let group = period.map(|text| period_of(total, text)).transpose()?;
        let groups: Vec<Group> = group.into_iter().collect();
        let sum = match total.function {
            Function::Sum => total.value.as_deref(),
            _ => None,
        };
        let grouping = Grouping {
            entity: &total.entity,
            keyword: None,
            filter: total.filter.as_ref(),
            groups: &groups,
            measured: sum.as_slice(),
            utc_offset_minutes: shared.settings.utc_offset_minutes,
        };
        // It is the same for everybody, so nobody is `$me` in it.
        let context = shared
            .organisation()
            .context(None, shared.clock.now(), shared.settings.utc_offset_minutes);
        let found = self.searching().ask(|index| {
            let view = shared.store.view();
            index.statistics(&grouping, &Rights::all(), &context, &StoredRecords(&view))
        })?;
        let row = match period {
            None => Some(&found.total),
            Some(period) => {
                let is_asked_for = |key: &Key| matches!(key, Key::Text(text) if text == period);
                found.rows.iter().find(|row| row.keys.first().is_some_and(is_asked_for))
            }
        };
        let value = row.map_or(Decimal::ZERO, |row| match sum {
            Some(_) => row.sum(),
            None => row.count.into(),
        });
        Ok(TotalValue {
            total: shown(&catalogue, total),
            period: period.map(str::to_owned),
            value,
        })
    }
}

fn shown(catalogue: &Catalogue, total: &NamedTotal) -> TotalView {
    let entity = catalogue.entity(total.entity.as_str());
    let field = total.value.as_deref().and_then(|name| entity?.field(name));
    let currency = match field.map(|field| field.kind.of_values()) {
        Some(FieldKind::Money { currency, .. }) => Some(currency.clone()),
        _ => None,
    };
    TotalView {
        id: total.id.clone(),
        label: total.label.clone(),
        currency,
        finest: total.date.as_ref().map(|_| total.finest),
    }
}

/// What to group by for a period; refused when it is none, or finer than the definition allows.
fn period_of(total: &NamedTotal, text: &str) -> Result<Group, Error> {
    let is_number = |text: &str, digits: usize| text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    let asked = match text.split_once('-') {
        None if is_number(text, 4) => Some(TotalPeriod::Year),
        Some((year, "Q1" | "Q2" | "Q3" | "Q4")) if is_number(year, 4) => Some(TotalPeriod::Quarter),
        Some((year, month)) if is_number(year, 4) && is_number(month, 2) && ("01"..="12").contains(&month) => {
            Some(TotalPeriod::Month)
        }
        _ => None,
    };
    let allowed = asked.filter(|asked| *asked >= total.finest).zip(total.date.as_ref());
    let Some((asked, date)) = allowed else {
        return Err(Refusal::new(
            RefusalKind::Invalid,
            "total.period",
            format!("不能按“{text}”查看这个合计；时间段写成 2026、2026-Q3 或 2026-11，且不能比它的定义更细。"),
            format!(
                "This total cannot be seen for “{text}”: a period is written 2026, 2026-Q3 or 2026-11, and is no finer \
                 than its definition says."
            ),
        )
        .at("period")
        .into());
    };
    Ok(Group {
        field: date.clone(),
        period: Some(match asked {
            TotalPeriod::Year => Period::Year,
            TotalPeriod::Quarter => Period::Quarter,
            TotalPeriod::Month => Period::Month,
        }),
    })
}
