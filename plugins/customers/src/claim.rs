//! Taking a customer out of the pool: who may, and how many.

use kapok_plugin_sdk::{Fields, Refusal, Value};

use crate::{
    moment::{days_before, moment},
    rules::Rules,
};

/// Refuses a claim when as many as are allowed were made on its day. `newest` are the newest claims of the same person.
pub(crate) fn within_a_day<'c>(
    rules: &Rules,
    claim: &Fields,
    newest: impl Iterator<Item = &'c Fields>,
) -> Result<(), Vec<Refusal>> {
    if claim.get("customer").is_none_or(Value::is_null) {
        return Err(vec![Refusal::new(
            "customers.claim-by-hand",
            "领取记录由系统在领取客户时生成，不能手工新建。请在“公海”中打开客户，再点“领取”。",
            "Claims are noted when a customer is claimed, not by hand. Open a customer in the pool and choose “Claim”.",
        )]);
    }
    let today = claim.get("day");
    let of_today = newest.filter(|earlier| earlier.get("day") == today).count();
    match u32::try_from(of_today) {
        Ok(count) if count < rules.daily_claims => Ok(()),
        _ => Err(vec![Refusal::new(
            "customers.claims-of-the-day",
            format!(
                "每人每天最多领取 {} 个客户，您今天已达上限，请明天再来。",
                rules.daily_claims
            ),
            format!(
                "A person may claim {} customers in a day, and you have. Come back tomorrow.",
                rules.daily_claims
            ),
        )]),
    }
}

/// Refuses a claim of somebody who has as many customers as are allowed.
pub(crate) fn within_all(most: u32, held: usize) -> Result<(), Vec<Refusal>> {
    match u32::try_from(held) {
        Ok(held) if held < most => Ok(()),
        _ => Err(vec![Refusal::new(
            "customers.most-customers",
            format!("您负责的客户已达上限 {most} 个。请先把不再跟进的客户退回公海。"),
            format!("You are responsible for {most} customers already, which is the limit. Put some back first."),
        )]),
    }
}

/// Refuses a claim of whoever had the customer until a short while ago.
pub(crate) fn cooled_down(rules: &Rules, customer: &Fields, person: u64, now: i64) -> Result<(), Vec<Refusal>> {
    let text = |field: &str| customer.get(field).and_then(Value::as_str).unwrap_or_default();
    let was_theirs = text("held_by") == person.to_string();
    if was_theirs && text("held_since") > moment(days_before(now, rules.cool_down_days)).as_str() {
        return Err(vec![Refusal::new(
            "customers.cool-down",
            format!(
                "这个客户原来由您负责，进入公海 {} 天后您才能再次领取。",
                rules.cool_down_days
            ),
            format!(
                "The customer was yours; you may claim it again when it has been in the pool for {} days.",
                rules.cool_down_days
            ),
        )]);
    }
    Ok(())
}

/// Only people have customers.
pub(crate) fn not_a_person() -> Refusal {
    Refusal::new(
        "customers.not-a-person",
        "只有人员可以领取或退回客户。",
        "Only people claim customers or put them back.",
    )
}

#[cfg(test)]
mod tests {
    use kapok_plugin_sdk::json;

    use super::*;

    fn rules() -> Rules {
        Rules {
            idle_days: None,
            warn_days: 7,
            daily_claims: 2,
            most_customers: None,
            cool_down_days: 7,
        }
    }

    fn fields(value: Value) -> Fields {
        value.as_object().cloned().unwrap_or_default()
    }

    fn code(result: Result<(), Vec<Refusal>>) -> String {
        result
            .err()
            .map(|refusals| refusals[0].code.clone())
            .unwrap_or_default()
    }

    #[test]
    fn a_day_has_so_many_claims() {
        let of = |day: &str| fields(json!({ "customer": "7", "day": day }));
        let (yesterday, today) = (of("2026-11-27"), of("2026-11-28"));
        for (newest, expected) in [
            (vec![], ""),
            (vec![&today, &yesterday], ""),
            (vec![&yesterday, &yesterday], ""),
            (vec![&today, &today], "customers.claims-of-the-day"),
        ] {
            let result = within_a_day(&rules(), &today, newest.into_iter());
            assert_eq!(code(result), expected);
        }
        let by_hand = fields(json!({ "day": "2026-11-28" }));
        assert_eq!(
            code(within_a_day(&rules(), &by_hand, std::iter::empty())),
            "customers.claim-by-hand"
        );
        assert_eq!(code(within_all(3, 2)), "");
        assert_eq!(code(within_all(3, 3)), "customers.most-customers");
    }

    #[test]
    fn the_former_owner_waits() {
        // 2026-11-28T18:00:00Z
        let now = 1_795_888_800_000;
        for (held_by, since, expected) in [
            ("7", "2026-11-21T18:00:01Z", "customers.cool-down"),
            ("7", "2026-11-21T18:00:00Z", ""),
            ("8", "2026-11-28T17:00:00Z", ""),
        ] {
            let customer = fields(json!({ "held_by": held_by, "held_since": since }));
            assert_eq!(code(cooled_down(&rules(), &customer, 7, now)), expected, "{since}");
        }
        assert_eq!(code(cooled_down(&rules(), &Fields::new(), 7, now)), "");
    }
}
