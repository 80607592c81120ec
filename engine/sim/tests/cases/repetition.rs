//! Loops and multi-instance (13.3.6, 13.3.7).

use super::{Case, p};
use crate::support::*;

pub fn cases() -> Vec<Case> {
    let each = |attributes: &str, inside: &str| {
        format!("<multiInstanceLoopCharacteristics {attributes}>{inside}</multiInstanceLoopCharacteristics>")
    };
    let three = formal("loopCardinality", "3");
    vec![
        Case {
            name: "a boundary event on a multi-instance sub-process ends all its instances",
            xml: p(
                &format!(
                    "<subProcess id='q'><startEvent id='qs'/><userTask id='a'/><endEvent id='qe'/>{}{}</subProcess>{}",
                    flows("qs -> a; a -> qe"),
                    each("", &three),
                    boundary("t", "q", true, &timer("PT1H")),
                ),
                "s -> q; q -> e; t -> e",
            ),
            commands: "start; done a/1; wait 1h",
            told: "+s -s +q +q* +q* +q* +qs -qs +a +qs -qs +a +qs -qs +a | -a +qe -qe -q* \
                   | xa xq* xa xq* xq +t -t +e -e | Completed",
        },
        Case {
            name: "in sequence, one after the other, until it is enough",
            xml: p(
                &format!(
                    "<userTask id='a'>{}</userTask>",
                    each(
                        "isSequential='true'",
                        &(three.clone() + &formal("completionCondition", "numberOfCompletedInstances >= 2"))
                    )
                ),
                "s -> a; a -> e",
            ),
            commands: "start; done a; done a",
            told: "+s -s +a +a* | -a* +a* | -a* -a +e -e | Completed",
        },
        Case {
            name: "none at all",
            xml: p(
                &format!(
                    "<userTask id='a'>{}</userTask>",
                    each("", &formal("loopCardinality", "0"))
                ),
                "s -> a; a -> e",
            ),
            commands: "start",
            told: "+s -s +a -a +e -e | Completed",
        },
        Case {
            name: "a loop is tested before, or not",
            xml: p(
                &format!(
                    "<scriptTask id='a' scriptFormat='rhai'><script>n = n + 1</script><standardLoopCharacteristics \
                     testBefore='true'>{0}</standardLoopCharacteristics></scriptTask>\
                     <scriptTask id='b' scriptFormat='rhai'><script>n = n + 1</script><standardLoopCharacteristics \
                     testBefore='false'>{0}</standardLoopCharacteristics></scriptTask>",
                    formal("loopCondition", "n < 2")
                ),
                "s -> a; a -> b; b -> e",
            ),
            commands: "start n=1; start n=5",
            told: "+s -s +a +a* -a* -a +b +b* -b* -b +e -e | +s -s +a -a +b +b* -b* -b +e -e | Completed | Completed",
        },
        Case {
            name: "what a loop makes belongs to the case",
            xml: p(
                "<scriptTask id='a' scriptFormat='rhai'><script>vars.x = 1</script><standardLoopCharacteristics \
                 loopMaximum='2'/></scriptTask><task id='b'/><exclusiveGateway id='g' default='g-e'/>",
                "s -> a; a -> g; g -> b ? x == 1; g -> e; b -> e",
            ),
            commands: "start x=0; start",
            told: "+s -s +a +a* -a* +a* -a* -a +g -g +b -b +e -e | +s -s +a +a* -a* +a* -a* -a +g -g +b -b +e -e \
                   | Completed | Completed",
        },
    ]
}
