//! What the administrator has set.

use kapok_plugin_sdk::Refusal;

/// How the pool works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Days without contact after which a customer is taken back; never when `None`.
    pub(crate) idle_days: Option<u32>,
    /// Days before that on which whoever has it is warned; not at all when 0.
    pub(crate) warn_days: u32,
    /// Customers that a person may claim in a day.
    pub(crate) daily_claims: u32,
    /// Customers of a person at which no more may be claimed.
    pub(crate) most_customers: Option<u32>,
    /// Days in which a former owner may not claim a customer again.
    pub(crate) cool_down_days: u32,
}

/// The most days that can be set: ten years.
const DAYS: u32 = 3_650;
/// The most claims in a day that can be set.
const CLAIMS: u32 = 1_000;
/// The most customers that can be set: they are counted one by one with each claim.
const CUSTOMERS: u32 = 500;

impl Rules {
    /// The rules by the settings, by name.
    ///
    /// # Errors
    /// Which setting is wrong, and what to write there.
    pub(crate) fn read(setting: impl Fn(&str) -> Option<String>) -> Result<Self, Refusal> {
        let number = |name: &str, zh: &str, en: &str, most: u32| {
            let text = setting(name).unwrap_or_default();
            match (text.trim(), text.trim().parse::<u32>()) {
                ("", _) => Ok(None),
                (_, Ok(number)) if number <= most => Ok(Some(number)),
                _ => Err(Refusal::new(
                    "customers.setting",
                    format!("公海设置“{zh}”应为 0 到 {most} 的整数。请管理员在“插件”页面更正。"),
                    format!(
                        "The pool's setting “{en}” must be a whole number from 0 to {most}; the administrator corrects it on the page “Plugins”."
                    ),
                )),
            }
        };
        let idle_days = number("idle_days", "多少天未联系就收回公海", "Days without contact", DAYS)?;
        let idle_days = idle_days.filter(|days| *days > 0);
        let warn_days = number("warn_days", "提前多少天提醒负责人", "Days of warning", DAYS)?.unwrap_or(7);
        let daily = number("daily_claims", "每人每天最多领取", "Claims in a day", CLAIMS)?;
        let most = number("most_customers", "负责客户上限", "Customers of a person", CUSTOMERS)?;
        let cool_down = number("cool_down_days", "原负责人冷却天数", "Days for the former owner", DAYS)?;
        Ok(Self {
            // A warning comes after the last contact, not with it.
            warn_days: idle_days.map_or(warn_days, |idle| warn_days.min(idle - 1)),
            idle_days,
            daily_claims: daily.unwrap_or(5),
            most_customers: most,
            cool_down_days: cool_down.unwrap_or(7),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &[(&str, &str)]) -> Result<Rules, Refusal> {
        Rules::read(|name| {
            let mut settings = settings.iter();
            settings
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn settings_have_sensible_values_when_they_are_empty() {
        let usual = Rules {
            idle_days: None,
            warn_days: 7,
            daily_claims: 5,
            most_customers: None,
            cool_down_days: 7,
        };
        assert_eq!(read(&[]), Ok(usual.clone()));
        assert_eq!(read(&[("idle_days", "0"), ("daily_claims", " ")]), Ok(usual));
        let set = read(&[
            ("idle_days", "30"),
            ("warn_days", "40"),
            ("daily_claims", "2"),
            ("most_customers", "100"),
            ("cool_down_days", "0"),
        ]);
        let expected = Rules {
            idle_days: Some(30),
            warn_days: 29,
            daily_claims: 2,
            most_customers: Some(100),
            cool_down_days: 0,
        };
        assert_eq!(set, Ok(expected));
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_name() {
        for (name, value) in [("idle_days", "三十"), ("most_customers", "501"), ("warn_days", "-1")] {
            let refusal = read(&[(name, value)]).unwrap_err();
            assert_eq!(refusal.code, "customers.setting", "{name}");
        }
    }
}
