//! The end of the approval: the quote becomes approved.

use kapok_plugin_sdk::{Fields, ServiceFailure, StoredRecord, Value, json};

/// What is approved here.
pub const ENTITY: &str = "quotes.quote";

/// The id of the quote that a job is about.
pub fn quote(inputs: &Fields) -> Result<u64, ServiceFailure> {
    inputs
        .get("quote")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| ServiceFailure::permanent("the input quote must be the id of a quote"))
}

/// The fields to set so that the quote is approved; none when it is already: the job may be an attempt that is repeated.
pub fn approve(id: u64, quote: Option<StoredRecord>) -> Result<Option<Fields>, ServiceFailure> {
    let Some(quote) = quote else {
        return Err(ServiceFailure::error(
            "quotes.not-found",
            format!("there is no quote {id}, or the process may not read it"),
        ));
    };
    match quote.fields.get("status").and_then(Value::as_str) {
        Some("approved") => Ok(None),
        Some("in-approval") => Ok(Some(Fields::from_iter([("status".to_owned(), json!("approved"))]))),
        status => Err(ServiceFailure::error(
            "quotes.not-in-approval",
            format!(
                "the quote {id} is not in approval; its status is {}",
                status.unwrap_or("missing")
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_quote_in_approval_is_approved() {
        let stored = |status: Value| {
            let fields = Fields::from_iter([("status".to_owned(), status)]);
            Some(StoredRecord {
                id: 7,
                version: 1,
                owner: None,
                fields,
            })
        };
        let set = approve(7, stored(json!("in-approval"))).unwrap().unwrap();
        assert_eq!(set["status"], json!("approved"));
        assert_eq!(approve(7, stored(json!("approved"))), Ok(None));
        for refused in [
            None,
            stored(json!("draft")),
            stored(json!("rejected")),
            stored(Value::Null),
        ] {
            assert!(matches!(approve(7, refused), Err(ServiceFailure::Error { .. })));
        }
    }

    #[test]
    fn a_job_without_a_quote_fails_for_good() {
        for inputs in [json!({}), json!({ "quote": 7 }), json!({ "quote": "seven" })] {
            let failure = quote(inputs.as_object().unwrap()).unwrap_err();
            assert!(matches!(failure, ServiceFailure::Failed { retry: false, .. }));
        }
        assert_eq!(quote(json!({ "quote": "7" }).as_object().unwrap()), Ok(7));
    }
}
