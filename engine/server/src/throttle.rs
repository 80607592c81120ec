//! How often somebody may fail to sign in. Kept in memory, bounded, and counted three ways: one address guessing one
//! account, one address guessing many, many addresses guessing one.

use std::{collections::HashMap, net::IpAddr, sync::Mutex};

use kapok::protocol::Timestamp;

/// Failures are forgotten after this long, in milliseconds.
const WINDOW: i64 = 15 * 60_000;
/// Failures of one account from one address.
const PER_PAIR: u32 = 10;
/// Failures from one address.
const PER_ADDRESS: u32 = 50;
/// Failures of one account. High, so that a stranger cannot easily lock a colleague out.
const PER_ACCOUNT: u32 = 200;
/// So many counters are kept.
const KEPT: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Pair(String, IpAddr),
    Address(IpAddr),
    Account(String),
}

/// Counts failures.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<Key, (Timestamp, u32)>>);

impl Throttle {
    /// Whether another attempt is allowed.
    pub(crate) fn allows(&self, login: &str, address: IpAddr, now: Timestamp) -> bool {
        self.all_allow(&keys(login, address), now)
    }

    /// Whether another attempt from an address is allowed, whoever it is for: nobody is named before the other side has said who
    /// it is.
    pub(crate) fn allows_from(&self, address: IpAddr, now: Timestamp) -> bool {
        self.all_allow(&[(Key::Address(address), PER_ADDRESS)], now)
    }

    fn all_allow(&self, keys: &[(Key, u32)], now: Timestamp) -> bool {
        let counters = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        keys.iter().all(|(key, limit)| {
            counters
                .get(key)
                .is_none_or(|(since, count)| is_over(*since, now) || count < limit)
        })
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, login: &str, address: IpAddr, now: Timestamp) {
        self.count(keys(login, address).map(|(key, _)| key), now);
    }

    /// Counts a failure from an address.
    pub(crate) fn failed_from(&self, address: IpAddr, now: Timestamp) {
        self.count([Key::Address(address)], now);
    }

    fn count(&self, keys: impl IntoIterator<Item = Key>, now: Timestamp) {
        let mut counters = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if counters.len() >= KEPT {
            counters.retain(|_, (since, _)| !is_over(*since, now));
        }
        for key in keys {
            // Full of fresh failures: a flood. Known counters go on; accounts that are new to it are not counted.
            if counters.len() >= KEPT && !counters.contains_key(&key) {
                continue;
            }
            let counter = counters.entry(key).or_insert((now, 0));
            if is_over(counter.0, now) {
                *counter = (now, 0);
            }
            counter.1 += 1;
        }
    }

    /// Forgets the failures of one who got in.
    pub(crate) fn succeeded(&self, login: &str, address: IpAddr) {
        let mut counters = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        counters.remove(&Key::Pair(login.to_lowercase(), address));
    }
}

fn keys(login: &str, address: IpAddr) -> [(Key, u32); 3] {
    // Nobody's name is longer; the memory of a counter is bounded.
    let login: String = login.chars().take(128).collect::<String>().to_lowercase();
    [
        (Key::Pair(login.clone(), address), PER_PAIR),
        (Key::Address(address), PER_ADDRESS),
        (Key::Account(login), PER_ACCOUNT),
    ]
}

fn is_over(since: Timestamp, now: Timestamp) -> bool {
    now.millis().saturating_sub(since.millis()) >= WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(minutes * 60_000)
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn ten_failures_close_the_door_for_a_quarter_of_an_hour() {
        let throttle = Throttle::default();
        for _ in 0..10 {
            assert!(throttle.allows("li.na", address(1), at(0)));
            throttle.failed("li.na", address(1), at(0));
        }
        assert!(!throttle.allows("LI.NA", address(1), at(14)));
        assert!(
            throttle.allows("li.na", address(2), at(14)),
            "another address is not shut out"
        );
        assert!(throttle.allows("wang.wei", address(1), at(14)), "nor another account");
        assert!(throttle.allows("li.na", address(1), at(15)));
    }

    #[test]
    fn one_address_cannot_try_every_account() {
        let throttle = Throttle::default();
        for account in 0..50 {
            throttle.failed(&account.to_string(), address(1), at(0));
        }
        assert!(!throttle.allows("anybody", address(1), at(1)));
    }

    #[test]
    fn success_forgets_and_memory_is_bounded() {
        let throttle = Throttle::default();
        for _ in 0..10 {
            throttle.failed("li.na", address(1), at(0));
        }
        throttle.succeeded("li.na", address(1));
        assert!(throttle.allows("li.na", address(1), at(0)));
        for account in 0..KEPT {
            throttle.failed(&account.to_string(), address(9), at(0));
        }
        assert!(throttle.0.lock().unwrap().len() <= KEPT);
    }
}
