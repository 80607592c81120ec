//! Looking after a folder of data: is it sound, and how it gets elsewhere.

mod rows;

pub use kapok_tables::verify::{Finding, Report};

#[cfg(test)]
mod tests;
