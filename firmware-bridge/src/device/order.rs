//! What a device is asked or told to do, and the way there. Nobody waits for a device: an order that is not taken at
//! once comes back, and what is recorded then says that nothing was done.

use super::Device;
use hufu_wire::message::{DeviceRole, Door, Observation, Reading, Round, Verdict};
use std::num::NonZeroU8;
use std::sync::Arc;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Orders a device may be behind with.
const ORDERS_MAX: usize = 16;
/// A scanner that is behind must not beep verdicts of scans long past.
const VERDICTS_MAX: usize = 4;

const NO_READER: &str = "本工作站没有可用的 RFID 读写器，未作盘点 · this station has no RFID reader that is free; nothing was read";
const NO_BOARD: &str = "本工作站没有这块锁控板，或它正忙，未开锁 · this station has no such lock board, or it is busy; nothing was opened";
pub(super) const READER_ABSENT: &str =
    "读写器未连接，未作盘点 · the reader is not connected; nothing was read";
pub(super) const BOARD_ABSENT: &str =
    "锁控板未连接，未开锁 · the lock board is not connected; nothing was opened";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Weigh {
        request: Uuid,
    },
    /// One inventory round.
    Inventory {
        request: Uuid,
    },
    /// The number cannot be zero, which boards read as "all".
    OpenLock {
        request: Uuid,
        lock: NonZeroU8,
    },
    /// What the server thinks of a scan.
    Verdict(Verdict),
}

/// Why an order was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no such device, or it has too much to do.
    NoneFree,
    /// The device is configured and not connected.
    Absent,
}

impl Order {
    /// Whose work it is.
    pub fn role(self) -> DeviceRole {
        match self {
            Order::Weigh { .. } => DeviceRole::Scale,
            Order::Inventory { .. } => DeviceRole::Reader,
            Order::OpenLock { .. } => DeviceRole::Locks,
            Order::Verdict(_) => DeviceRole::Scanner,
        }
    }

    /// What is recorded when it was not done: never a zero, never an empty list. Nobody waits for a beep.
    pub fn not_done(self, device: &str, obstacle: Obstacle) -> Option<Observation> {
        let device = device.to_owned();
        let why = |none_free: &str, absent: &str| match obstacle {
            Obstacle::NoneFree => none_free.to_owned(),
            Obstacle::Absent => absent.to_owned(),
        };
        match self {
            Order::Weigh { request } => Some(Observation::Weight {
                device,
                request: Some(request),
                reading: Reading::NotReady,
                calibration_due: None,
            }),
            Order::Inventory { request } => {
                let round = Round::NotDone { why: why(NO_READER, READER_ABSENT) };
                Some(Observation::Tags { device, request: Some(request), round })
            }
            Order::OpenLock { request, lock } => {
                let door = Door::NotOpened { why: why(NO_BOARD, BOARD_ABSENT) };
                Some(Observation::Door { device, lock, request: Some(request), door })
            }
            Order::Verdict(_) => None,
        }
    }
}

/// The way to every device; clones are the same.
#[derive(Clone, Default)]
pub struct Orders(Arc<[Addressee]>);

struct Addressee {
    name: String,
    role: DeviceRole,
    sender: mpsc::Sender<Order>,
}

impl Orders {
    /// The way to these devices, and where it ends for each, in their order.
    pub(super) fn new(devices: &[Device]) -> (Orders, Vec<mpsc::Receiver<Order>>) {
        let mut receivers = Vec::with_capacity(devices.len());
        let addressees = devices.iter().map(|device| {
            let role = device.role();
            let most = if role == DeviceRole::Scanner { VERDICTS_MAX } else { ORDERS_MAX };
            let (sender, receiver) = mpsc::channel(most);
            receivers.push(receiver);
            Addressee { name: device.name.clone(), role, sender }
        });
        let orders = Orders(addressees.collect());
        (orders, receivers)
    }

    /// To the device of this name, or to the first whose work it is. An order that no device takes comes back.
    pub fn give(&self, device: Option<&str>, order: Order) -> Result<(), Order> {
        let fits = |it: &&Addressee| it.role == order.role() && device.is_none_or(|name| it.name == name);
        let addressee = self.0.iter().find(fits).ok_or(order)?;
        addressee.sender.try_send(order).map_err(|_| order)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scale;
    use super::*;
    use crate::stream::Address;
    use hufu_protocol::scale::Protocol;

    #[test]
    fn an_order_goes_to_the_first_whose_work_it_is_or_comes_back() {
        let scale = |name: &str| {
            Device::new(name, Address::Tcp("unused".to_owned()), Scale::speaking(Protocol::Sics))
        };
        let (orders, mut receivers) = Orders::new(&[scale("one"), scale("other")]);
        let weigh = Order::Weigh { request: Uuid::from_u128(1) };
        let open = Order::OpenLock { request: Uuid::from_u128(2), lock: NonZeroU8::MIN };
        orders.give(None, weigh).unwrap();
        assert_eq!(receivers[0].try_recv(), Ok(weigh));
        orders.give(Some("other"), weigh).unwrap();
        assert_eq!(receivers[1].try_recv(), Ok(weigh));
        assert_eq!(orders.give(Some("one"), open), Err(open), "a scale opens no lock");
        assert_eq!(orders.give(None, open), Err(open));
        for _ in 0..ORDERS_MAX {
            orders.give(None, weigh).unwrap();
        }
        assert_eq!(orders.give(None, weigh), Err(weigh), "it has too much to do");
        drop(receivers);
        assert_eq!(orders.give(Some("other"), weigh), Err(weigh));
    }

    #[test]
    fn what_was_not_done_is_said_except_of_a_beep() {
        let request = Uuid::from_u128(1);
        let lock = NonZeroU8::MIN;
        for obstacle in [Obstacle::NoneFree, Obstacle::Absent] {
            for order in [
                Order::Weigh { request },
                Order::Inventory { request },
                Order::OpenLock { request, lock },
                Order::Verdict(Verdict::Accepted),
            ] {
                let said = order.not_done("it", obstacle);
                assert_eq!(said.is_none(), matches!(order, Order::Verdict(_)), "{order:?}");
            }
        }
    }
}
