//! Where a device's bytes come from and go to: a serial port, a TCP connection, a printer's device file. Bytes only; no
//! protocol lives here. Nothing blocks: a stuck device stops its own task and no other.

mod descriptor;
mod hidraw;
mod keyboard;
mod serial;
mod tcp;
mod usblp;

pub use descriptor::Descriptor;

use std::{io, path::PathBuf};
use tokio::io::{AsyncRead, AsyncWrite};

/// Where a device is found. Paths should be stable ones (`/dev/serial/by-id/…`), so that a replugged device is the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Serial {
        path: PathBuf,
        baud: u32,
    },
    /// `host:port`; printers listen on 9100.
    Tcp(String),
    /// A character device that is not a terminal: `/dev/usb/lp0`.
    File(PathBuf),
    /// A USB device that sends reports, `/dev/hidraw…`.
    Hid(Hid),
    /// A device that types, `/dev/input/by-id/…-event-kbd`; it is taken away from the desktop.
    Keyboard(PathBuf),
}

/// Which of the devices that send reports. Their nodes are numbered anew at every plugging in, so the stable name is the
/// device's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hid {
    Path(PathBuf),
    Usb { vendor: u16, product: u16, serial: Option<String> },
}

/// An open way to a device.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("未连接 · not connected")]
    Absent,
    #[error(
        "有设备但无权限：请把运行账户加入 {group} 组后重新登录 · found, but permission denied: add the account to the group {group} and log in again"
    )]
    Denied { group: &'static str },
    #[error(
        "有设备但无权限：缺少 udev 规则 · found, but permission denied: a udev rule is missing, such as KERNEL==\"hidraw*\", \
         SUBSYSTEM==\"hidraw\", ATTRS{{idVendor}}==\"…\", MODE=\"0660\", GROUP=\"input\""
    )]
    NoRule,
    #[error(
        "有多个同型设备，请在配置中写明序列号 · several devices of this kind: add the serial number to usb"
    )]
    Several,
    #[error("不是键盘类设备 · this is not a device that types")]
    NotKeyboard,
    #[error("设备被其他程序占用 · another program holds the device: close it")]
    Busy,
    #[error("无法打开 · cannot be opened: {0}")]
    Other(String),
}

/// Opens the device. The caller bounds the time.
pub async fn open(address: &Address) -> Result<Box<dyn Stream>, OpenError> {
    match address {
        Address::Serial { path, baud } => serial::open(path, *baud).map(|it| Box::new(it) as Box<dyn Stream>),
        Address::Tcp(host) => tcp::open(host).await.map(|it| Box::new(it) as Box<dyn Stream>),
        Address::File(path) => usblp::open(path).map(|it| Box::new(it) as Box<dyn Stream>),
        Address::Hid(hid) => hidraw::open(hid).map(|it| Box::new(it) as Box<dyn Stream>),
        Address::Keyboard(path) => keyboard::open(path).map(|it| Box::new(it) as Box<dyn Stream>),
    }
}

/// Reads an error of opening the way a person at a counter needs it.
fn refused(error: &io::Error, group: &'static str) -> OpenError {
    match error.kind() {
        io::ErrorKind::NotFound => OpenError::Absent,
        io::ErrorKind::PermissionDenied => OpenError::Denied { group },
        io::ErrorKind::ResourceBusy => OpenError::Busy,
        _ => match error.raw_os_error() {
            // ENXIO, ENODEV: the node is there and the device behind it is not.
            Some(6 | 19) => OpenError::Absent,
            _ => OpenError::Other(error.to_string()),
        },
    }
}
