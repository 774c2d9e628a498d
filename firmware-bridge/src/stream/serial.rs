//! Serial ports, 8N1, no flow control. Modem lines are not touched: many adapters and every pseudo-terminal refuse them.

use super::{OpenError, refused};
use std::{io, path::Path};
use tokio_serial::{ErrorKind, SerialPortBuilderExt, SerialStream};

/// Opens the port for this process alone. An unplugged port reads as an end at once.
pub(super) fn open(path: &Path, baud: u32) -> Result<SerialStream, OpenError> {
    tokio_serial::new(path.to_string_lossy(), baud).open_native_async().map_err(|error| match error.kind() {
        ErrorKind::Io(kind) => refused(&io::Error::from(kind), "dialout"),
        // The library reports ENOENT, EBUSY and ENXIO alike as "no device".
        ErrorKind::NoDevice if path.exists() => OpenError::Busy,
        ErrorKind::NoDevice => OpenError::Absent,
        _ => OpenError::Other(error.to_string()),
    })
}
