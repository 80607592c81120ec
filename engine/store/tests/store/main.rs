//! The promises of the store, kept on good disks and bad ones.

mod backup;
mod common;
mod compression;
mod contract;
mod faults;
mod flips;
mod golden;
mod kill;
mod model;
mod power;
mod snapshots;
mod state;
mod state_folder;
mod verify;
