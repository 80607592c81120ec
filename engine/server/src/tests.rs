//! The server from outside: requests in, answers out, on an engine in memory.

mod browser;
mod contract;
mod matrix;
mod operating;
mod refusals;
mod rights;
