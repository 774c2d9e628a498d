//! What to send, and what an acknowledgement means. Pure.

use crate::state::Numbers;

/// Events sent and not acknowledged at one time: enough to fill a slow line, few enough to send again.
pub const IN_FLIGHT_MAX: u64 = 500;

/// What an acknowledgement asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing new.
    Nothing,
    /// The server keeps everything up to here: the station may forget it.
    Forget { up_to: u64 },
    /// The server knows numbers this file never sent: the file was lost or restored from a copy. What waits must be
    /// given numbers after the server's, or the server would take it for repeats.
    Renumber { after: u64 },
}

/// Reads an acknowledgement.
pub fn on_acknowledge(numbers: Numbers, up_to: u64) -> Step {
    if up_to > numbers.sent {
        Step::Renumber { after: up_to }
    } else if up_to > numbers.acknowledged {
        Step::Forget { up_to }
    } else {
        Step::Nothing
    }
}

/// How many events may be put on the wire now, after `cursor`, the last one put on this connection.
pub fn room_to_send(numbers: Numbers, cursor: u64) -> u64 {
    let in_flight = cursor.saturating_sub(numbers.acknowledged);
    let left = numbers.last.saturating_sub(cursor);
    left.min(IN_FLIGHT_MAX.saturating_sub(in_flight))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(last: u64, sent: u64, acknowledged: u64) -> Numbers {
        Numbers { last, sent, acknowledged }
    }

    #[test]
    fn acknowledgements() {
        let table = [
            ("first contact", numbers(3, 0, 0), 0, Step::Nothing),
            ("all kept", numbers(3, 3, 0), 3, Step::Forget { up_to: 3 }),
            ("some kept", numbers(9, 7, 2), 5, Step::Forget { up_to: 5 }),
            ("said again", numbers(9, 7, 5), 5, Step::Nothing),
            ("late and older", numbers(9, 7, 5), 3, Step::Nothing),
            ("the file was lost", numbers(2, 0, 0), 500, Step::Renumber { after: 500 }),
            (
                "lost, and more waits than the server knows",
                numbers(600, 0, 0),
                500,
                Step::Renumber { after: 500 },
            ),
            ("restored from an old copy", numbers(310, 300, 300), 500, Step::Renumber { after: 500 }),
        ];
        for (name, numbers, up_to, step) in table {
            assert_eq!(on_acknowledge(numbers, up_to), step, "{name}");
        }
    }

    #[test]
    fn what_may_be_sent() {
        let table = [
            ("nothing waits", numbers(5, 5, 5), 5, 0),
            ("three wait", numbers(8, 5, 5), 5, 3),
            ("again after a cut", numbers(8, 8, 5), 5, 3),
            ("bounded", numbers(10_000, 0, 0), 0, IN_FLIGHT_MAX),
            ("the bound is in flight", numbers(10_000, 500, 0), 500, 0),
            ("some came back", numbers(10_000, 500, 200), 500, 200),
        ];
        for (name, numbers, cursor, expected) in table {
            assert_eq!(room_to_send(numbers, cursor), expected, "{name}");
        }
    }
}
