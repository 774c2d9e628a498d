//! An RFID reader (LLRP over TCP): greets, takes a `ROSpec`, reports the tags in its field when the round is over.

use super::act::Act;
use super::workshop::{Workshop, moved};
use super::{SimulateError, View, scanner};
use crate::device::Device;
use crate::stream::Address;
use hufu_protocol::rfid::Epc;
use hufu_wire::message::DeviceRole;
use std::net::SocketAddr;
use std::time::Duration;
use std::{io, net};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

/// The longest request a station sends is far below this.
const REQUEST_MAX: usize = 4096;

/// What a reader says first: a connection attempt, accepted (0) or refused because it serves another (4).
const GREETING: [u8; 32] = [
    0x04, 0x3F, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0xF6, 0, 22, 0, 0x80, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 6,
    0, 0,
];

/// A reader, where one is configured.
pub(super) fn simulate(workshop: &mut Workshop, configured: &[Device]) -> Result<Vec<Device>, SimulateError> {
    if !configured.iter().any(|device| device.role() == DeviceRole::Reader) {
        return Ok(Vec::new());
    }
    let (listener, address) = listen().map_err(|source| workshop.cannot(source))?;
    let acts = workshop.hand(DeviceRole::Reader);
    workshop.view.send_modify(|view| view.reader_at = address.to_string());
    workshop.tasks.spawn(run(listener, acts, workshop.view.clone()));
    Ok(moved(configured, DeviceRole::Reader, &Address::Tcp(address.to_string())))
}

/// The address stays the same while the reader is unplugged, as a reader's does.
fn listen() -> io::Result<(net::TcpListener, SocketAddr)> {
    let listener = net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

async fn run(listener: net::TcpListener, mut acts: mpsc::Receiver<Act>, view: watch::Sender<View>) {
    let Ok(address) = listener.local_addr() else { return };
    let mut reader =
        Reader { listener: None, client: None, view, silent: false, duration: Duration::ZERO, done: None };
    reader.listener = TcpListener::from_std(listener).ok();
    let mut bytes = [0u8; 1024];
    loop {
        let done = reader.done.unwrap_or_else(Instant::now);
        tokio::select! {
            act = acts.recv() => match act {
                None => return,
                Some(act) => reader.suffer(act, address).await,
            },
            accepted = accept(reader.listener.as_ref()) => reader.greet(accepted).await,
            () = sleep_until(done), if reader.done.is_some() => reader.report().await,
            read = read(reader.client.as_mut(), &mut bytes) => match read {
                Ok(0) | Err(_) => reader.client = None,
                Ok(count) => reader.hear(bytes.get(..count).unwrap_or_default()).await,
            },
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.map(|(stream, _)| stream),
        None => std::future::pending().await,
    }
}

async fn read(client: Option<&mut Client>, bytes: &mut [u8]) -> io::Result<usize> {
    match client {
        Some(client) => client.stream.read(bytes).await,
        None => std::future::pending().await,
    }
}

struct Client {
    stream: TcpStream,
    received: Vec<u8>,
}

struct Reader {
    listener: Option<TcpListener>,
    /// One at a time, as real ones.
    client: Option<Client>,
    view: watch::Sender<View>,
    silent: bool,
    /// As the `ROSpec` says.
    duration: Duration,
    /// When the round that is running ends.
    done: Option<Instant>,
}

impl Reader {
    async fn suffer(&mut self, act: Act, address: SocketAddr) {
        match act {
            Act::PlugIn => self.listener = TcpListener::bind(address).await.ok(),
            Act::Unplug => (self.listener, self.client, self.done) = (None, None, None),
            Act::Noise => self.send(scanner::NOISE).await,
            Act::Stuck(silent) => self.silent = silent,
            Act::Tags(tags) => self.view.send_modify(|view| view.tags = tags),
            _ => (),
        }
        let plugged = self.listener.is_some();
        self.view.send_modify(|view| {
            view.set_plugged(DeviceRole::Reader, plugged);
            view.set_silent(DeviceRole::Reader, self.silent);
        });
    }

    async fn greet(&mut self, accepted: io::Result<TcpStream>) {
        let Ok(mut stream) = accepted else { return };
        let mut greeting = GREETING;
        if self.client.is_some() {
            if let Some(status) = greeting.last_mut() {
                *status = 4;
            }
            // Heard or not: this one is not served.
            let _ = stream.write_all(&greeting).await;
            return;
        }
        self.client = Some(Client { stream, received: Vec::new() });
        self.send(&greeting).await;
    }

    async fn hear(&mut self, bytes: &[u8]) {
        let Some(client) = &mut self.client else { return };
        client.received.extend_from_slice(bytes);
        while let Some((kind, id, body)) = self.client.as_mut().and_then(Client::next) {
            match kind {
                // ADD_ROSPEC: the duration of the round stands in its stop trigger.
                20 => self.duration = duration(&body),
                // DELETE_ROSPEC and STOP_ROSPEC end a round; START_ROSPEC begins one.
                21 | 23 => self.done = None,
                22 => self.done = Some(Instant::now() + self.duration),
                // CLOSE_CONNECTION
                14 => {
                    self.client = None;
                    return;
                }
                _ => (),
            }
            if kind != 72 {
                // Success (LLRPStatus 0). Types of answers are those of requests plus ten.
                let status = [0x01, 0x1F, 0, 8, 0, 0, 0, 0];
                self.say(kind + 10, id, &status).await;
            }
        }
    }

    async fn report(&mut self) {
        self.done = None;
        let tags: Vec<Vec<u8>> = self.view.borrow().tags.iter().filter_map(|tag| report(tag)).collect();
        self.say(61, 0, &tags.concat()).await;
    }

    async fn say(&mut self, kind: u16, id: u32, body: &[u8]) {
        let length = u32::try_from(body.len() + 10).unwrap_or(u32::MAX);
        let head =
            [(1 << 10 | kind).to_be_bytes().as_slice(), &length.to_be_bytes(), &id.to_be_bytes()].concat();
        self.send(&[head.as_slice(), body].concat()).await;
    }

    async fn send(&mut self, bytes: &[u8]) {
        let Some(client) = &mut self.client else { return };
        if !self.silent && client.stream.write_all(bytes).await.is_err() {
            self.client = None;
        }
    }
}

impl Client {
    /// The next whole request: type, id, body. A client that sends nonsense is not answered any more.
    fn next(&mut self) -> Option<(u16, u32, Vec<u8>)> {
        let number = |at: usize, length: usize| {
            self.received
                .get(at..at + length)
                .map(|it| it.iter().fold(0u32, |sum, &byte| sum << 8 | u32::from(byte)))
        };
        let (kind, length, id) = (number(0, 2)?, usize::try_from(number(2, 4)?).ok()?, number(6, 4)?);
        if !(10..=REQUEST_MAX).contains(&length) {
            self.received.clear();
            return None;
        }
        let body = self.received.get(10..length)?.to_vec();
        self.received.drain(..length);
        Some((u16::try_from(kind & 0x3FF).ok()?, id, body))
    }
}

/// `ROSpecStopTrigger` (182), 9 bytes long, by duration (1): milliseconds in its last four.
fn duration(rospec: &[u8]) -> Duration {
    let trigger = [0x00, 0xB6, 0x00, 0x09, 0x01];
    let at = rospec.windows(trigger.len()).position(|window| window == trigger);
    let value = at.and_then(|at| rospec.get(at + trigger.len()..at + trigger.len() + 4)).unwrap_or_default();
    Duration::from_millis(value.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
}

/// `TagReportData` with `EPC-96` or, for other lengths, `EPCData`.
fn report(tag: &str) -> Option<Vec<u8>> {
    let bytes = epc_bytes(tag)?;
    let epc = if bytes.len() == 12 {
        [vec![0x8D], bytes].concat()
    } else {
        let bits = u16::try_from(bytes.len() * 8).ok()?;
        let length = u16::try_from(bytes.len() + 6).ok()?;
        [[0x00, 0xF1].as_slice(), &length.to_be_bytes(), &bits.to_be_bytes(), &bytes].concat()
    };
    // Antenna 1, peak RSSI -60 dBm, seen three times.
    let rest = [0x81, 0, 1, 0x86, 0xC4, 0x88, 0, 3];
    let length = u16::try_from(4 + epc.len() + rest.len()).ok()?;
    Some([[0x00, 0xF0].as_slice(), &length.to_be_bytes(), &epc, &rest].concat())
}

/// Hexadecimal as a tag's label shows it; `None` when it is not an EPC.
pub(super) fn epc_bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = hex
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|it| u8::try_from(it).ok()))
        .collect::<Option<_>>()?;
    if !digits.len().is_multiple_of(4) {
        return None;
    }
    let bytes: Vec<u8> =
        digits.chunks(2).map(|pair| pair.iter().fold(0, |sum, digit| sum << 4 | digit)).collect();
    Epc::new(bytes.len() * 8, &bytes).map(|_| bytes)
}
