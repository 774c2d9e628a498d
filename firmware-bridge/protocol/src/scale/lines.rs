//! Lines ended by CR, LF or both, from a cable that may carry noise.

/// An answer is under 40 bytes; a longer line is noise.
const LINE_MAX: usize = 128;

/// Collects bytes into lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    line: Vec<u8>,
    too_long: bool,
}

impl Lines {
    /// Passes each whole line on, without its end. One that is too long is dropped whole: its last part is no answer.
    pub(super) fn feed(&mut self, bytes: &[u8], mut take: impl FnMut(&str)) {
        for &byte in bytes {
            match byte {
                b'\r' | b'\n' => {
                    if !self.too_long {
                        take(&String::from_utf8_lossy(&self.line));
                    }
                    *self = Lines::default();
                }
                // XON and XOFF come from scales with software flow control and are not part of any answer.
                0x00 | 0x11 | 0x13 | 0xFF => (),
                _ if self.line.len() < LINE_MAX => self.line.push(byte),
                _ => self.too_long = true,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_an_end_is_bounded_and_the_next_is_read() {
        let mut lines = Lines::default();
        let mut taken = Vec::new();
        lines.feed(&vec![b'x'; 100_000], |line| taken.push(line.to_owned()));
        assert!(lines.line.len() <= LINE_MAX && taken.is_empty());
        lines.feed(b"\r\nS +\r\n", |line| taken.push(line.to_owned()));
        assert_eq!(taken, ["", "S +", ""]);
    }
}
