//! The server from outside: requests in, answers out, on an engine in memory.

mod browser;
mod computed;
mod contract;
mod customers;
mod definition_layers;
mod elsewhere;
mod external;
mod files;
mod grants;
mod imports;
mod leaving;
mod matrix;
mod operating;
mod plugin_pages;
mod pool;
mod record_work;
mod refusals;
mod requests;
mod rights;
mod totals;
