//! What is said about joins is certain: on random drawings, a join said to wait for ever never fills in any run, and an
//! activity said never to begin never does, as a search through all runs shows.

use std::collections::BTreeSet;

use kapok_model::{Unchecked, read};
use proptest::prelude::*;

/// What a node is. The search knows of each what it consumes and what it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Start,
    Script,
    /// A script that gives two tokens on each way out.
    Twice,
    /// A script that needs two tokens.
    Gathers,
    Exclusive,
    EventBased,
    Inclusive,
    Parallel,
    /// On the border of the activity before it, interrupting or not.
    Stops,
    Nudges,
    /// Where links go in, and where they come out: all have one name.
    LinkIn,
    LinkOut,
}

use Kind::*;

const KINDS: [Kind; 13] = [
    Script, Script, Twice, Gathers, Exclusive, EventBased, Inclusive, Parallel, Parallel, Stops, Nudges, LinkIn,
    LinkOut,
];

/// A drawing: the kind of each node but the start, which is node 0, and the flows.
#[derive(Debug, Clone)]
struct Drawing {
    kinds: Vec<Kind>,
    flows: Vec<(usize, usize)>,
}

impl Drawing {
    /// Leaves out what cannot be drawn: flows to borders, out of links; a border without an activity; a second end of
    /// a link.
    fn of(kinds: Vec<Kind>, flows: Vec<(usize, usize)>) -> Self {
        let mut drawing = Self {
            kinds,
            flows: Vec::new(),
        };
        let ends = |drawing: &Self| {
            (1..=drawing.kinds.len())
                .filter(|node| drawing.kind(*node) == LinkOut)
                .count()
        };
        for node in 1..=drawing.kinds.len() {
            let homeless = matches!(drawing.kind(node), Stops | Nudges) && drawing.host(node).is_none();
            if homeless || (drawing.kind(node) == LinkOut && ends(&drawing) > 1) {
                drawing.kinds[node - 1] = Script;
            }
        }
        if ends(&drawing) == 0 {
            drawing
                .kinds
                .iter_mut()
                .filter(|kind| **kind == LinkIn)
                .for_each(|kind| *kind = Script);
        }
        let possible = flows.into_iter().filter(|(source, target)| {
            drawing.kind(*source) != LinkIn && !matches!(drawing.kind(*target), Stops | Nudges | LinkOut)
        });
        drawing.flows = possible.collect();
        drawing
    }

    fn kind(&self, node: usize) -> Kind {
        if node == 0 { Start } else { self.kinds[node - 1] }
    }

    /// The activity that an event is on: the last before it.
    fn host(&self, event: usize) -> Option<usize> {
        (1..event).rfind(|node| matches!(self.kind(*node), Script | Twice | Gathers))
    }

    fn xml(&self) -> String {
        let nodes = (0..=self.kinds.len()).map(|node| {
            let host = self.host(node).unwrap_or_default();
            let script =
                |attribute: &str| format!("<scriptTask id='n{node}' {attribute}><script>1</script></scriptTask>");
            let event = |name: &str, attribute: &str, definition: &str| {
                format!("<{name} id='n{node}' {attribute}><{definition}/></{name}>")
            };
            let (signal, link) = ("signalEventDefinition signalRef='s'", "linkEventDefinition name='l'");
            match self.kind(node) {
                Start => format!("<startEvent id='n{node}'/>"),
                Script => script(""),
                Twice => script("completionQuantity='2'"),
                Gathers => script("startQuantity='2'"),
                Exclusive => format!("<exclusiveGateway id='n{node}'/>"),
                EventBased => format!("<eventBasedGateway id='n{node}'/>"),
                Inclusive => format!("<inclusiveGateway id='n{node}'/>"),
                Parallel => format!("<parallelGateway id='n{node}'/>"),
                Stops => event("boundaryEvent", &format!("attachedToRef='n{host}'"), signal),
                Nudges => event(
                    "boundaryEvent",
                    &format!("attachedToRef='n{host}' cancelActivity='false'"),
                    signal,
                ),
                LinkIn => event("intermediateThrowEvent", "", link),
                LinkOut => event("intermediateCatchEvent", "", link),
            }
        });
        let flows = self.flows.iter().enumerate().map(|(flow, (source, target))| {
            format!("<sequenceFlow id='f{flow}' sourceRef='n{source}' targetRef='n{target}'/>")
        });
        let inside: String = nodes.chain(flows).collect();
        format!(
            "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><signal id='s'/>\
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

    /// The flows whose tokens a node can take at once.
    fn consumed(&self, node: usize, tokens: &[u8]) -> Vec<Vec<usize>> {
        let entering = self.entering(node);
        let there: Vec<usize> = entering.iter().copied().filter(|flow| tokens[*flow] > 0).collect();
        match self.kind(node) {
            Parallel if there.is_empty() || there.len() < entering.len() => vec![],
            Parallel => vec![entering],
            Gathers => {
                let twice = there
                    .iter()
                    .filter(|flow| tokens[**flow] > 1)
                    .map(|flow| vec![*flow; 2]);
                let pairs = there
                    .iter()
                    .flat_map(|one| there.iter().map(move |other| (*one, *other)));
                let pairs = pairs
                    .filter(|(one, other)| one < other)
                    .map(|(one, other)| vec![one, other]);
                twice.chain(pairs).collect()
            }
            // An inclusive join may wait; that it does not is one of the runs.
            _ => there.into_iter().map(|flow| vec![flow]).collect(),
        }
    }

    /// The flows that a node can put tokens on at once.
    fn produced(&self, node: usize) -> Vec<Vec<usize>> {
        let leaving = self.leaving(node);
        match self.kind(node) {
            Exclusive | EventBased => leaving.into_iter().map(|flow| vec![flow]).collect(),
            Inclusive => (1..1usize << leaving.len().min(6))
                .map(|chosen| {
                    let chosen = (0..leaving.len()).filter(|branch| chosen & (1 << branch) != 0);
                    chosen.map(|branch| leaving[branch]).collect()
                })
                .collect(),
            Twice => vec![leaving.repeat(2)],
            LinkIn => {
                let out = (1..=self.kinds.len()).find(|node| self.kind(*node) == LinkOut);
                vec![out.map(|out| self.leaving(out)).unwrap_or_default()]
            }
            _ => vec![leaving],
        }
    }

    /// The joins that fill, and the activities that begin, in some run with at most two tokens on a flow, and few enough
    /// states to look at.
    fn begun(&self) -> BTreeSet<usize> {
        let mut begun = BTreeSet::new();
        let mut first = vec![0u8; self.flows.len()];
        self.leaving(0).into_iter().for_each(|flow| first[flow] = 1);
        let mut seen = BTreeSet::from([first.clone()]);
        let mut waiting = vec![first];
        while let Some(tokens) = waiting.pop() {
            if seen.len() > 3_000 {
                break;
            }
            let mut next = |consumed: &[usize], produced: &[usize]| {
                let mut next = tokens.clone();
                consumed.iter().for_each(|flow| next[*flow] -= 1);
                produced.iter().for_each(|flow| next[*flow] = (next[*flow] + 1).min(2));
                if seen.insert(next.clone()) {
                    waiting.push(next);
                }
            };
            for node in 1..=self.kinds.len() {
                for consumed in self.consumed(node, &tokens) {
                    begun.insert(node);
                    for produced in self.produced(node) {
                        next(&consumed, &produced);
                    }
                    for event in (1..=self.kinds.len()).filter(|event| self.host(*event) == Some(node)) {
                        match self.kind(event) {
                            Stops => next(&consumed, &self.leaving(event)),
                            Nudges => next(&[], &self.leaving(event)),
                            _ => {}
                        }
                    }
                }
            }
        }
        begun
    }
}

/// The kinds of the nodes after the start, the flows, and what is said of the last node.
type Case = (&'static [Kind], &'static [(usize, usize)], Option<&'static str>);

#[test]
fn each_way_to_a_join_is_told_apart() {
    let join = Some("gateway.join-never-fills");
    let fork = &[(0, 1), (1, 2), (1, 3), (2, 4), (3, 4)];
    let border = &[(0, 1), (1, 3), (2, 3)];
    let two = &[(0, 1), (1, 2), (1, 2)];
    let cases: [Case; 15] = [
        (&[Parallel, Script, Script, Parallel], fork, None),
        (&[Script, Script, Script, Parallel], fork, None),
        (&[Inclusive, Script, Script, Parallel], fork, None),
        (&[Exclusive, Script, Script, Parallel], fork, join),
        (&[EventBased, Script, Script, Parallel], fork, join),
        (&[Exclusive, Script, Script, Inclusive], fork, None),
        (
            &[Exclusive, Script, Script, Gathers],
            fork,
            Some("activity.never-begins"),
        ),
        (&[Parallel, Script, Script, Gathers], fork, None),
        (&[Script, Stops, Parallel], border, join),
        (&[Script, Nudges, Parallel], border, None),
        (&[Twice, Exclusive, Parallel], &[(0, 1), (1, 2), (2, 3), (2, 3)], None),
        (&[Script, Exclusive, Parallel], &[(0, 1), (1, 2), (2, 3), (2, 3)], join),
        (&[Parallel, Gathers], two, None),
        (
            &[Parallel, LinkIn, LinkOut, Parallel],
            &[(0, 1), (1, 2), (1, 4), (3, 4)],
            None,
        ),
        (
            &[Exclusive, LinkIn, LinkOut, Parallel],
            &[(0, 1), (1, 2), (1, 4), (3, 4)],
            join,
        ),
    ];
    for (kinds, flows, expected) in cases {
        let drawing = Drawing::of(kinds.to_vec(), flows.to_vec());
        let found = read(&drawing.xml(), &Unchecked).diagnostics.into_iter();
        let mut said = found.filter(|found| is_about(found.rule)).map(|found| found.rule);
        assert_eq!(said.next(), expected, "{}", drawing.xml());
        // What is said is so, and in these drawings what is not said is not so.
        assert_eq!(drawing.begun().contains(&kinds.len()), expected.is_none(), "{kinds:?}");
    }
}

fn is_about(rule: &str) -> bool {
    matches!(rule, "gateway.join-never-fills" | "activity.never-begins")
}

fn drawing() -> impl Strategy<Value = Drawing> {
    (3..9usize).prop_flat_map(|size| {
        let flow = (0..=size, 1..=size);
        (
            prop::collection::vec(prop::sample::select(&KINDS[..]), size),
            prop::collection::vec(flow, size..2 * size),
        )
            .prop_map(|(kinds, flows)| Drawing::of(kinds, flows))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_said_to_wait_for_ever_never_goes_on(drawing in drawing()) {
        let begun = drawing.begun();
        for found in read(&drawing.xml(), &Unchecked).diagnostics {
            if is_about(found.rule) {
                let join: usize = found.element.unwrap_or_default()[1..].parse().unwrap();
                prop_assert!(!begun.contains(&join), "{join} goes on");
            }
        }
    }
}
