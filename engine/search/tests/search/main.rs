//! The index against a plain reading of the same records: what it finds, counts and adds up must be the same.

mod filters;
mod lists;
mod support;
mod words;
