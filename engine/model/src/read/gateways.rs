//! Gateways that say more than their name (BPMN 2.0.2, 10.6).

use super::{Context, expressions::read_expression};
use crate::{NodeKind, xml::Element};

pub(super) fn read_event_based(element: &Element, context: &mut Context<'_>) -> NodeKind {
    let parallel = match element.stated("eventGatewayType") {
        None | Some("Exclusive") => false,
        Some("Parallel") => true,
        Some(other) => {
            context.faulty_attribute(element, element.line, "eventGatewayType", other);
            false
        }
    };
    NodeKind::EventBasedGateway {
        instantiate: context.flag(element, element, "instantiate", false),
        parallel,
    }
}

pub(super) fn read_complex(element: &Element, context: &mut Context<'_>) -> NodeKind {
    NodeKind::ComplexGateway {
        activation: element
            .bpmn_child("activationCondition")
            .filter(|condition| !condition.text.trim().is_empty())
            .map(|condition| read_expression(element, condition, context)),
    }
}
