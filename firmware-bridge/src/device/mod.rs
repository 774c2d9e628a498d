//! Devices: a stream joined to a protocol, each supervised on a task of its own. One device never waits for another; what
//! they share is the station's state, and a channel of what was observed.

mod driver;
pub mod list;
mod locks;
mod order;
mod printer;
mod reader;
mod scale;
mod scanner;
mod status;
mod task;

pub use driver::{Role, SettingsError};
pub use locks::{Locks, Sensor};
pub use order::{Obstacle, Order, Orders};
pub use printer::Printer;
pub use reader::Reader;
pub use scale::Scale;
pub use scanner::Scanner;
pub use status::DeviceStatuses;
pub use task::{Devices, start};

use crate::stream::Address;
use driver::Driver;
use hufu_wire::message::DeviceRole;
use std::any::Any;
use std::sync::Arc;

/// Every role a device can have. A new one is a folder and a line here.
pub const DRIVERS: &[Role] = &[scanner::ROLE, printer::ROLE, scale::ROLE, reader::ROLE, locks::ROLE];

/// The line of this role.
pub fn role(role: DeviceRole) -> Option<&'static Role> {
    DRIVERS.iter().find(|it| it.role == role)
}

/// One configured device.
#[derive(Clone, Debug)]
pub struct Device {
    pub name: String,
    pub address: Address,
    driver: Arc<dyn Driver>,
}

impl Device {
    pub fn new(name: impl Into<String>, address: Address, settings: impl Driver) -> Device {
        Device { name: name.into(), address, driver: Arc::new(settings) }
    }

    pub fn role(&self) -> DeviceRole {
        self.driver.role()
    }

    /// The settings, if it is a device of this kind.
    pub fn settings<T: Driver>(&self) -> Option<&T> {
        let driver: &dyn Any = &*self.driver;
        driver.downcast_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// What is on the wire, in the file and in the table is the same; no role twice.
    #[test]
    fn every_line_of_the_table_is_a_role_of_its_own() {
        let words: BTreeSet<&str> = DRIVERS.iter().map(|it| it.word).collect();
        assert_eq!(words.len(), DRIVERS.len());
        for line in DRIVERS {
            let word = format!("\"{}\"", line.word);
            assert_eq!(serde_json::from_str::<DeviceRole>(&word).unwrap(), line.role);
            assert!(line.title.contains(" · "), "{}", line.word);
        }
        let unknown = serde_json::from_str::<DeviceRole>("\"\"").unwrap_err().to_string();
        for line in DRIVERS {
            assert!(unknown.contains(line.word), "{unknown}");
        }
        assert_eq!(unknown.matches('`').count() / 2, DRIVERS.len() + 1, "every role has a line: {unknown}");
    }
}
