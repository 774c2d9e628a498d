//! What a hand does to a simulated device, and the faults that a script calls by name.

use super::pan::{Load, Pan};
use super::{SimulateError, Troubles};
use hufu_wire::message::DeviceRole;
use serde::Deserialize;
use std::num::NonZeroU8;

/// What a hand does to a device.
#[derive(Clone)]
pub(super) enum Act {
    PlugIn,
    Unplug,
    Noise,
    /// The scanner reads this code.
    Send(Vec<u8>),
    /// The scanner does not behave.
    Quirk(Quirk),
    /// A change in what is wrong with the printer.
    Trouble(fn(&mut Troubles)),
    /// The printer loses its memory and its connection; plugging it in switches it on again.
    PowerCut,
    Load(Load),
    /// What is wrong with the scale.
    Pan(Pan),
    /// Says nothing more.
    Stuck(bool),
    /// What lies in the reader's field, in hexadecimal.
    Tags(Vec<String>),
    Door {
        lock: NonZeroU8,
        open: bool,
    },
    /// No bolt moves.
    Jam(bool),
}

/// How a scanner does not behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quirk {
    Slow(bool),
    /// The second half of the next scan does not arrive.
    Half,
    /// The last byte of the next scan, of a packet its checksum, is another one.
    Checksum,
    /// The last scan leaves the scanner once more.
    Again,
}

/// What can go wrong, and right again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    Unplug,
    Replug,
    Noise,
    /// The second half of the next scan does not arrive.
    HalfPacket,
    /// The next scan arrives with a wrong last byte: of a packet, its checksum.
    WrongChecksum,
    /// The last scan is sent once more, as if its acknowledgement had been lost.
    Resend,
    PaperOut,
    PaperIn,
    RibbonOut,
    RibbonIn,
    HeadOpen,
    HeadClosed,
    Pause,
    Resume,
    Slow,
    Fast,
    Stuck,
    Unstuck,
    /// The printer loses everything in its memory; `replug` switches it on again.
    PowerCut,
    /// The weight never settles.
    Restless,
    Overloaded,
    Underloaded,
    /// The scale says nothing.
    Silent,
    /// Everything that was wrong with the scale is right again.
    Calm,
    /// No bolt of the cabinet moves.
    Jam,
    Unjam,
}

impl Fault {
    /// What happens to a device of this role.
    pub(super) fn of(self, role: DeviceRole) -> Result<Act, SimulateError> {
        use DeviceRole::{Locks, Printer, Reader, Scale, Scanner};
        Ok(match (role, self) {
            (_, Fault::Unplug) => Act::Unplug,
            (_, Fault::Replug) => Act::PlugIn,
            (_, Fault::Noise) => Act::Noise,
            (Scanner, Fault::HalfPacket) => Act::Quirk(Quirk::Half),
            (Scanner, Fault::WrongChecksum) => Act::Quirk(Quirk::Checksum),
            (Scanner, Fault::Resend) => Act::Quirk(Quirk::Again),
            (Scanner, Fault::Slow) => Act::Quirk(Quirk::Slow(true)),
            (Scanner, Fault::Fast) => Act::Quirk(Quirk::Slow(false)),
            (Printer, fault) => fault.of_printer().ok_or(SimulateError::NoFault)?,
            (Scale, Fault::Restless) => Act::Pan(Pan::Restless),
            (Scale, Fault::Overloaded) => Act::Pan(Pan::Overloaded),
            (Scale, Fault::Underloaded) => Act::Pan(Pan::Underloaded),
            (Scale, Fault::Silent) => Act::Pan(Pan::Silent),
            (Scale, Fault::Calm) => Act::Pan(Pan::Well),
            (Reader | Locks, Fault::Stuck) => Act::Stuck(true),
            (Reader | Locks, Fault::Unstuck) => Act::Stuck(false),
            (Locks, Fault::Jam) => Act::Jam(true),
            (Locks, Fault::Unjam) => Act::Jam(false),
            _ => return Err(SimulateError::NoFault),
        })
    }

    fn of_printer(self) -> Option<Act> {
        let change: fn(&mut Troubles) = match self {
            Fault::PowerCut => return Some(Act::PowerCut),
            Fault::PaperOut => |it| it.paper_out = true,
            Fault::PaperIn => |it| it.paper_out = false,
            Fault::RibbonOut => |it| it.ribbon_out = true,
            Fault::RibbonIn => |it| it.ribbon_out = false,
            Fault::HeadOpen => |it| it.head_open = true,
            Fault::HeadClosed => |it| it.head_open = false,
            Fault::Pause => |it| it.paused = true,
            Fault::Resume => |it| it.paused = false,
            Fault::Slow => |it| it.slow = true,
            Fault::Fast => |it| it.slow = false,
            Fault::Stuck => |it| it.stuck = true,
            Fault::Unstuck => |it| it.stuck = false,
            _ => return None,
        };
        Some(Act::Trouble(change))
    }
}
