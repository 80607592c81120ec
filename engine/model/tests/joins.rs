//! What is said about parallel joins is certain: on random drawings, a join said to wait for ever never fills in any
//! run, as a search through all runs shows.

use std::collections::BTreeSet;

use kapok_model::{Unchecked, read};
use proptest::prelude::*;

const KINDS: [&str; 3] = ["scriptTask", "exclusiveGateway", "parallelGateway"];

/// A drawing: the kind of each node but the start, which is node 0 and a task, and the flows.
#[derive(Debug, Clone)]
struct Drawing {
    kinds: Vec<usize>,
    flows: Vec<(usize, usize)>,
}

impl Drawing {
    fn kind(&self, node: usize) -> &'static str {
        if node == 0 {
            "startEvent"
        } else {
            KINDS[self.kinds[node - 1]]
        }
    }

    fn xml(&self) -> String {
        let nodes = (0..=self.kinds.len()).map(|node| match self.kind(node) {
            "scriptTask" => format!("<scriptTask id='n{node}'><script>1</script></scriptTask>"),
            kind => format!("<{kind} id='n{node}'/>"),
        });
        let flows = self.flows.iter().enumerate().map(|(flow, (source, target))| {
            format!("<sequenceFlow id='f{flow}' sourceRef='n{source}' targetRef='n{target}'/>")
        });
        let inside: String = nodes.chain(flows).collect();
        format!(
            "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'>\
             <process id='p' isExecutable='true'>{inside}</process></definitions>"
        )
    }

    fn leaving(&self, node: usize) -> Vec<usize> {
        (0..self.flows.len())
            .filter(|flow| self.flows[*flow].0 == node)
            .collect()
    }

    fn entering(&self, node: usize) -> Vec<usize> {
        (0..self.flows.len())
            .filter(|flow| self.flows[*flow].1 == node)
            .collect()
    }

    /// The joins that fill in some run with at most two tokens on a flow, and few enough states to look at.
    fn joins_that_fill(&self) -> BTreeSet<usize> {
        let mut filled = BTreeSet::new();
        let mut first = vec![0u8; self.flows.len()];
        self.leaving(0).into_iter().for_each(|flow| first[flow] = 1);
        let mut seen = BTreeSet::from([first.clone()]);
        let mut waiting = vec![first];
        while let Some(tokens) = waiting.pop() {
            if seen.len() > 3_000 {
                break;
            }
            for node in 1..=self.kinds.len() {
                let entering = self.entering(node);
                let consumed: Vec<Vec<usize>> = if self.kind(node) == "parallelGateway" {
                    let full = !entering.is_empty() && entering.iter().all(|flow| tokens[*flow] > 0);
                    if full {
                        filled.insert(node);
                    }
                    if full { vec![entering] } else { vec![] }
                } else {
                    entering
                        .into_iter()
                        .filter(|flow| tokens[*flow] > 0)
                        .map(|flow| vec![flow])
                        .collect()
                };
                for consumed in consumed {
                    let produced = if self.kind(node) == "exclusiveGateway" {
                        self.leaving(node).into_iter().map(|flow| vec![flow]).collect()
                    } else {
                        vec![self.leaving(node)]
                    };
                    for produced in produced {
                        let mut next = tokens.clone();
                        consumed.iter().for_each(|flow| next[*flow] -= 1);
                        produced.iter().for_each(|flow| next[*flow] = (next[*flow] + 1).min(2));
                        if seen.insert(next.clone()) {
                            waiting.push(next);
                        }
                    }
                }
            }
        }
        filled
    }
}

fn drawing() -> impl Strategy<Value = Drawing> {
    (3..9usize).prop_flat_map(|size| {
        let flow = (0..=size, 1..=size);
        (
            prop::collection::vec(0..KINDS.len(), size),
            prop::collection::vec(flow, size..2 * size),
        )
            .prop_map(|(kinds, flows)| Drawing { kinds, flows })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_join_said_to_wait_for_ever_never_fills(drawing in drawing()) {
        let filled = drawing.joins_that_fill();
        for found in read(&drawing.xml(), &Unchecked).diagnostics {
            if found.rule == "gateway.join-never-fills" {
                let join: usize = found.element.unwrap_or_default()[1..].parse().unwrap();
                prop_assert!(!filled.contains(&join), "{join} fills");
            }
        }
    }
}
