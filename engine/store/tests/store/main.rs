//! The promises of the store, kept on good disks and bad ones.

mod compression;
mod contract;
mod faults;
mod golden;
mod kill;
mod model;
mod power;
mod snapshots;
mod state;
mod state_folder;
