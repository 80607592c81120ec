//! Prints the JSON Schema of plugin definition files: `cargo run -p kapok-records --example schema > plugins/wit/plugin.schema.json`.

fn main() {
    println!("{:#}", kapok_records::Definitions::schema());
}
