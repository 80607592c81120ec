//! Rows as bytes: that they stay what they are, come back as they went, and that lists agree with what they list.

mod any_row;
mod finishing;
mod format;
mod indexes;
mod lists;
mod pages;
mod round_trip;
mod samples;
mod small_cases;
mod strategies;
mod verify;
