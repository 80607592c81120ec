use kapok::TotalView;
use serde::Serialize;
use utoipa::ToSchema;

use super::Text;

/// A named total.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Total {
    id: String,
    label: Text,
    /// Its currency, when it is money.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// The shortest period it can be asked for: `month`, `quarter` or `year`; absent when there is only the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    finest: Option<String>,
}

/// A named total with its figure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TotalValue {
    #[serde(flatten)]
    total: Total,
    /// The period it is about; absent for everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<String>,
    /// The figure, exactly.
    value: String,
}

impl From<TotalView> for Total {
    fn from(view: TotalView) -> Self {
        Self {
            id: view.id,
            label: view.label.into(),
            currency: view.currency,
            finest: view.finest.map(|period| period.name().to_owned()),
        }
    }
}

impl From<kapok::TotalValue> for TotalValue {
    fn from(found: kapok::TotalValue) -> Self {
        Self {
            total: found.total.into(),
            period: found.period,
            value: found.value.normalize().to_string(),
        }
    }
}
