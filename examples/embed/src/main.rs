//! Embedding the engine: open, deploy, start, complete.

use kapok::Kapok;

fn main() -> Result<(), kapok::Error> {
    let kapok = Kapok::builder().open(std::env::temp_dir().join("kapok-example"))?;
    kapok.deploy(include_str!("../greeting.bpmn"))?;
    let case = kapok.start("greeting", [("name", "木棉")])?;
    for task in kapok.tasks(case)? {
        println!("{} waits", task.name);
        kapok.complete(task.task.id, [("cheerful", true)])?;
    }
    println!("{}", kapok.variables(case)?["greeting"]);
    Ok(())
}
