//! Ad-hoc sub-processes (13.3.5).

use super::{Case, p};
use crate::support::*;

pub fn cases() -> Vec<Case> {
    let ad_hoc = |attributes: &str, completion: &str| {
        format!(
            "<adHocSubProcess id='q' {attributes}><userTask id='a'/><userTask id='b'/><userTask id='c'/>{completion}\
             </adHocSubProcess>"
        )
    };
    let enough = formal("completionCondition", "n > 1");
    vec![
        Case {
            name: "all at once, until each was done",
            xml: p(&ad_hoc("", ""), "s -> q; q -> e"),
            commands: "start; done b; done c; done a",
            told: "+s -s +q +a +b +c | -b | -c | -a -q +e -e | Completed",
        },
        Case {
            name: "one at a time, until it is enough",
            xml: p(&ad_hoc("ordering='Sequential'", &enough), "s -> q; q -> e"),
            commands: "start n=0; done a; done b n=2",
            told: "+s -s +q +a | -a +b | -b -q +e -e | Completed",
        },
        Case {
            name: "enough: the rest is cancelled",
            xml: p(&ad_hoc("", &enough), "s -> q; q -> e"),
            commands: "start n=0; done b n=2",
            told: "+s -s +q +a +b +c | -b xc xa -q +e -e | Completed",
        },
        Case {
            name: "enough: the rest is waited for",
            xml: p(&ad_hoc("cancelRemainingInstances='false'", &enough), "s -> q; q -> e"),
            commands: "start n=0; done b n=2; done a; done c",
            told: "+s -s +q +a +b +c | -b | -a | -c -q +e -e | Completed",
        },
    ]
}
