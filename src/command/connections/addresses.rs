//! How many connections each address has.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[derive(Clone, Debug)]
pub(in crate::command) struct Addresses {
    each: usize,
    present: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

/// One connection of an address, until it is dropped.
#[derive(Debug)]
pub(in crate::command) struct Present {
    address: IpAddr,
    addresses: Addresses,
}

impl Addresses {
    pub(in crate::command) fn new(each: usize) -> Addresses {
        Addresses { each, present: Arc::default() }
    }

    /// None when this address has as many as one may.
    pub(in crate::command) fn enter(&self, address: IpAddr) -> Option<Present> {
        let address = network(address);
        let mut present = self.present();
        let theirs = present.entry(address).or_default();
        if *theirs >= self.each {
            return None;
        }
        *theirs = theirs.saturating_add(1);
        Some(Present { address, addresses: self.clone() })
    }

    fn present(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        let mut present = self.addresses.present();
        if let Some(theirs) = present.get_mut(&self.address) {
            *theirs = theirs.saturating_sub(1);
        }
        present.retain(|_, theirs| *theirs > 0);
    }
}

/// What counts as one address: of IPv6 the network, since one host has as many addresses in it as it likes.
pub(in crate::command) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_so_many_and_a_network_counts_as_one() {
        let addresses = Addresses::new(2);
        let enter = |text: &str| addresses.enter(text.parse().unwrap());
        let held = (enter("10.0.0.1").unwrap(), enter("::ffff:10.0.0.1").unwrap());
        assert!(enter("10.0.0.1").is_none());
        let others =
            (enter("10.0.0.2").unwrap(), enter("2001:db8::1").unwrap(), enter("2001:db8::2").unwrap());
        assert!(enter("2001:db8::3").is_none());
        assert!(enter("2001:db8:0:1::3").is_some());
        drop(held);
        assert!(enter("10.0.0.1").is_some());
        drop(others);
        assert!(addresses.present().is_empty());
    }
}
