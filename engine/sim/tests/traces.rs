//! The reference model on small models whose traces were worked out by hand.

mod cases;
mod support;

use support::story;

#[test]
fn the_reference_does_what_the_standard_says() {
    let mut wrong = Vec::new();
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for case in cases::all() {
        let (found, told) = (one_line(&story(&case.xml, case.commands)), one_line(case.told));
        if found != told {
            wrong.push(format!("{}:\n  expected {told}\n  found    {found}", case.name));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
