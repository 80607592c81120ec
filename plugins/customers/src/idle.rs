//! Which customers are neglected, and what whoever has them is told.

use kapok_plugin_sdk::{Fields, Text, Value, json};

/// When a customer is neglected, before it is a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// For so many days nothing has happened.
    pub(crate) idle: u32,
    /// The warning was given so many days ago, or before that.
    warned: Option<u32>,
    /// No warning was given, or so many days ago or before that: of an earlier time.
    unwarned: Option<u32>,
}

/// Those that are taken back.
pub(crate) fn to_take_back(idle_days: u32, warn_days: u32) -> Condition {
    Condition {
        idle: idle_days,
        warned: (warn_days > 0).then_some(warn_days),
        unwarned: None,
    }
}

/// Those that are warned of.
pub(crate) fn to_warn_of(idle_days: u32, warn_days: u32) -> Condition {
    let idle = idle_days.saturating_sub(warn_days);
    Condition {
        idle,
        warned: None,
        unwarned: Some(idle),
    }
}

impl Condition {
    /// The filter that the host understands, with the moment of the last contact or without it.
    pub(crate) fn filter(&self, with_contact: bool) -> Value {
        let before = |field: &str, days: u32| json!({ "field": field, "op": "<", "value": format!("$today-{days}d") });
        let since = |field: &str, days: u32| json!({ "any": [{ "field": field, "op": "empty" }, before(field, days)] });
        let mut all = vec![
            json!({ "field": "owner", "op": "not-empty" }),
            since("held_since", self.idle),
        ];
        if with_contact {
            all.push(since("last_contact", self.idle));
        }
        // A warning of today was given before tomorrow.
        all.extend(self.warned.map(|days| before("warned_at", days.saturating_sub(1))));
        all.extend(self.unwarned.map(|days| since("warned_at", days)));
        json!({ "all": all })
    }
}

/// Whether the warning was given after everything else that happened to the customer.
pub(crate) fn was_warned(customer: &Fields) -> bool {
    let text = |field: &str| customer.get(field).and_then(Value::as_str).unwrap_or_default();
    let warned = text("warned_at");
    !warned.is_empty() && warned > text("held_since") && warned > text("last_contact")
}

/// Whether there was contact after a moment.
pub(crate) fn had_contact(customer: &Fields, after: &str) -> bool {
    let last = customer.get("last_contact").and_then(Value::as_str);
    last.is_some_and(|last| last > after)
}

/// What a customer is called.
pub(crate) fn name(customer: &Fields) -> String {
    let name = customer.get("name").and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}

/// What one person is told in one night.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// The customers that will be taken back.
    pub(crate) warned: Vec<String>,
    /// Those that were.
    pub(crate) taken: Vec<String>,
}

/// So many customers are named.
const NAMED: usize = 3;

impl Told {
    /// The notices.
    pub(crate) fn texts(&self, idle_days: u32, warn_days: u32) -> Vec<Text> {
        let mut texts = Vec::new();
        if let Some((zh, en)) = listed(&self.taken) {
            texts.push(Text::new(
                format!("{zh}已 {idle_days} 天没有联系记录，已收回公海。"),
                format!("{en} went back into the pool after {idle_days} days without contact."),
            ));
        }
        if let Some((zh, en)) = listed(&self.warned) {
            texts.push(Text::new(
                format!("{zh}很久没有联系记录，{warn_days} 天内仍没有的话将收回公海。请尽快联系并记录。"),
                format!("{en} had no contact for long and will go back into the pool in {warn_days} days. Get in touch, and record it."),
            ));
        }
        texts
    }
}

/// Some names and how many there are, in both languages.
fn listed(names: &[String]) -> Option<(String, String)> {
    let named: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let (zh, en) = (named.join("”“"), named.join("”, “"));
    match names.len() {
        0 => None,
        count if count > NAMED => Some((
            format!("客户“{zh}”等 {count} 个"),
            format!("{count} customers (“{en}” and others)"),
        )),
        1 => Some((format!("客户“{zh}”"), format!("The customer “{en}”"))),
        _ => Some((format!("客户“{zh}”"), format!("The customers “{en}”"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(value: Value) -> Fields {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_warning_holds_until_something_happens() {
        let warned = "2026-11-20T17:00:00Z";
        for (customer, expected) in [
            (json!({}), false),
            (json!({ "held_since": "2026-10-01T00:00:00Z" }), false),
            (
                json!({ "warned_at": warned, "held_since": "2026-10-01T00:00:00Z" }),
                true,
            ),
            (
                json!({ "warned_at": warned, "last_contact": "2026-11-21T00:00:00Z" }),
                false,
            ),
            (
                json!({ "warned_at": warned, "held_since": "2026-11-21T00:00:00Z" }),
                false,
            ),
        ] {
            assert_eq!(was_warned(&fields(customer.clone())), expected, "{customer}");
        }
    }

    #[test]
    fn a_contact_counts_from_its_moment() {
        let customer = fields(json!({ "last_contact": "2026-11-21T00:00:00Z" }));
        assert!(had_contact(&customer, "2026-11-20T23:59:59Z"));
        assert!(!had_contact(&customer, "2026-11-21T00:00:00Z"));
        assert!(!had_contact(&Fields::new(), "2026-11-21T00:00:00Z"));
    }

    #[test]
    fn the_conditions_leave_days_between_warning_and_end() {
        let warn = to_warn_of(30, 7).filter(true).to_string();
        assert!(warn.contains("$today-23d") && !warn.contains("$today-30d"), "{warn}");
        let take = to_take_back(30, 7).filter(true).to_string();
        assert!(take.contains("$today-30d") && take.contains("$today-6d"), "{take}");
        assert!(!to_take_back(30, 0).filter(true).to_string().contains("warned_at"));
        assert!(!to_take_back(30, 7).filter(false).to_string().contains("last_contact"));
    }

    #[test]
    fn one_notice_names_several_customers() {
        let names = |count: usize| (1..=count).map(|number| format!("客户{number}")).collect();
        for (count, expected) in [
            (1, "客户“客户1”已 30 天"),
            (2, "客户“客户1”“客户2”已 30 天"),
            (4, "客户“客户1”“客户2”“客户3”等 4 个已 30 天"),
        ] {
            let told = Told {
                taken: names(count),
                ..Told::default()
            };
            let texts = told.texts(30, 7);
            assert_eq!(texts.len(), 1);
            assert!(texts[0].zh.starts_with(expected), "{}", texts[0].zh);
        }
    }
}
