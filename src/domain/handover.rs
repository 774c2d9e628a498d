//! The states of a handover (移交), and whose turn it is.

use super::words;

words! {
    /// Draft and offered may still end without an exchange; the others have ended.
    HandoverState {
        /// Lines are being put together; nothing is promised.
        Draft "draft",
        /// Signed by the giver; the receiver inspects line by line.
        Offered "offered",
        /// Signed by both; accepted lines have changed duty.
        Concluded "concluded",
        Withdrawn "withdrawn",
        Expired "expired",
    }
}
