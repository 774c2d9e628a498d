//! What is wrong with a simulated printer.

/// What is wrong with a printer, as a hand or a script wants it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "six things that are so or not, independently")]
pub struct Troubles {
    pub paper_out: bool,
    pub ribbon_out: bool,
    pub head_open: bool,
    pub paused: bool,
    /// Takes few bytes at a time.
    pub slow: bool,
    /// Takes no bytes at all.
    pub stuck: bool,
}

impl Troubles {
    pub(super) fn keep_from_printing(self) -> bool {
        self.paper_out || self.ribbon_out || self.head_open || self.paused
    }
}
