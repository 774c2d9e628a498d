//! From what is plugged in to what it is for: asks, listens, and falls back on names.

use super::file::{Proposal, Role};
use super::hint::{self, Hint};
use super::listen::{self, ListenError};
use super::person::Person;
use super::probe::{self, Identification, Kind};
use crate::device::list::{Class, DetectedDevice};
use crate::stream::{self, Address, Hid, Stream};
use hufu_protocol::Language;
use hufu_protocol::scanner::line::Suffix;
use std::io;
use std::path::PathBuf;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

const OPEN_WITHIN: Duration = Duration::from_secs(3);
/// The speeds devices are delivered with, most usual first.
const BAUDS: &[u32] = &[9600, 115_200, 19_200];
/// A device that is USB itself has no speed, and takes any.
const ANY_BAUD: &[u32] = &[9600];

/// Everything that was recognised, in the order of the counter: scanners, printers, scales, readers.
pub(super) async fn all(
    found: &[DetectedDevice],
    network: &[String],
    wait: Duration,
    person: &mut Person<'_>,
) -> io::Result<Vec<Proposal>> {
    let mut proposals = Vec::new();
    let mut silent = Vec::new();
    for one in found {
        match one.class {
            Class::Serial => match serial(one, person).await? {
                Some(proposal) => proposals.push(proposal),
                None => silent.push(one),
            },
            Class::Printer => proposals.extend(printer(one, person).await?),
            Class::Hid => proposals.push(scanner(one, hid(one))),
            Class::Keys if by_name(one) == Some(Hint::Scanner) => {
                proposals.push(scanner(one, Address::Keyboard(one.path.clone())));
            }
            Class::Keys => (),
        }
    }
    for host in network {
        proposals.extend(networked(host, person).await?);
    }
    proposals.extend(scanned(silent, wait, person).await?);
    proposals.sort_by_key(|proposal| match proposal.role {
        Role::Scanner { .. } => 0,
        Role::Printer { .. } => 1,
        Role::Scale => 2,
        Role::Reader => 3,
    });
    Ok(proposals)
}

/// The place for a person to read.
pub(super) fn place(proposal: &Proposal) -> String {
    match &proposal.place {
        Address::Tcp(host) => host.clone(),
        Address::Hid(Hid::Usb { vendor, product, .. }) => format!("usb {vendor:04x}:{product:04x}"),
        Address::Serial { path, .. }
        | Address::File(path)
        | Address::Keyboard(path)
        | Address::Hid(Hid::Path(path)) => path.display().to_string(),
    }
}

/// The name a udev rule gave it, else its numbers; a node's own name is of the last resort.
fn hid(found: &DetectedDevice) -> Address {
    let number = |digits: &str| u16::from_str_radix(digits, 16).ok();
    let numbers = found.usb.as_ref().and_then(|usb| number(&usb.vendor).zip(number(&usb.product)));
    Address::Hid(match numbers {
        Some((vendor, product)) if found.path == found.node => Hid::Usb { vendor, product, serial: None },
        _ => Hid::Path(found.path.clone()),
    })
}

fn by_name(found: &DetectedDevice) -> Option<Hint> {
    hint::of_names(&format!("{} {}", found.about(), found.path.display()))
}

fn scanner(found: &DetectedDevice, place: Address) -> Proposal {
    let role = Role::Scanner { suffix: Suffix::LineEnd, ssi: false };
    Proposal { role, place, about: found.about() }
}

/// An adapter for RS-232, and a port of the mainboard, has a speed.
fn bauds(found: &DetectedDevice) -> &'static [u32] {
    let name = found.node.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with("ttyUSB") || name.starts_with("ttyS") { BAUDS } else { ANY_BAUD }
}

async fn open(address: &Address, person: &mut Person<'_>) -> io::Result<Option<Box<dyn Stream>>> {
    let why = match timeout(OPEN_WITHIN, stream::open(address)).await {
        Ok(Ok(stream)) => return Ok(Some(stream)),
        Ok(Err(error)) => error.to_string(),
        Err(_elapsed) => "打开超时 · opening takes too long".to_owned(),
    };
    person.tell(&format!("    ✕ {why}"))?;
    Ok(None)
}

/// Says what came of the questions.
fn heard(known: Option<&Identification>, person: &mut Person<'_>) -> io::Result<()> {
    match known {
        Some(known) => {
            let what = match known.kind {
                Kind::Printer { language: Language::Zpl, .. } => "ZPL",
                Kind::Printer { language: Language::Tspl, .. } => "TSPL",
                Kind::Printer { language: Language::Escpos, .. } => "ESC/POS",
                Kind::Scale => "MT-SICS",
                Kind::Reader => "LLRP",
                Kind::SsiScanner => "SSI",
            };
            person.tell(&format!("    ✓ {what} {}", known.model.as_deref().unwrap_or_default()))
        }
        None => person.tell("    · 没有应答 · no answer"),
    }
}

fn role(kind: &Kind) -> Role {
    match *kind {
        Kind::Printer { language, answers } => Role::Printer { language, answers },
        Kind::Scale => Role::Scale,
        Kind::Reader => Role::Reader,
        Kind::SsiScanner => Role::Scanner { suffix: Suffix::LineEnd, ssi: true },
    }
}

async fn serial(found: &DetectedDevice, person: &mut Person<'_>) -> io::Result<Option<Proposal>> {
    for &baud in bauds(found) {
        person.tell(&format!("  询问 · asking {} ({baud})", found.path.display()))?;
        let address = Address::Serial { path: found.path.clone(), baud };
        let Some(mut stream) = open(&address, person).await? else { return Ok(None) };
        let known = probe::ask(stream.as_mut()).await;
        heard(known.as_ref(), person)?;
        if let Some(known) = known {
            let about = known.model.unwrap_or_else(|| found.about());
            return Ok(Some(Proposal { role: role(&known.kind), place: address, about }));
        }
    }
    Ok(None)
}

/// What stands behind the printer class is a printer; only its language is in question. Its own word comes first, then its
/// answer, then its name.
async fn printer(found: &DetectedDevice, person: &mut Person<'_>) -> io::Result<Option<Proposal>> {
    person.tell(&format!("  询问 · asking {}", found.path.display()))?;
    let address = Address::File(found.path.clone());
    let Some(mut stream) = open(&address, person).await? else { return Ok(None) };
    let known = probe::ask(stream.as_mut()).await;
    heard(known.as_ref(), person)?;
    let answered = match known.as_ref().map(|known| &known.kind) {
        Some(Kind::Printer { language, answers }) => Some((*language, *answers)),
        _ => None,
    };
    let said = found.printer_id.as_deref().and_then(hint::of_printer_id);
    let named = by_name(found).and_then(|hint| match hint {
        Hint::Printer(language) => Some(language),
        _ => None,
    });
    let (language, answers) = match (answered, said.or(named)) {
        (Some((language, answers)), Some(said)) => (said, answers && said == language),
        (Some(answered), None) => answered,
        (None, Some(said)) => (said, false),
        (None, None) => {
            person.tell(
                "    ✕ 打印机语言未知，请手工配置 · its language is not known: add it to the file by hand",
            )?;
            return Ok(None);
        }
    };
    let about = known.and_then(|known| known.model).unwrap_or_else(|| found.about());
    Ok(Some(Proposal { role: Role::Printer { language, answers }, place: address, about }))
}

async fn networked(host: &str, person: &mut Person<'_>) -> io::Result<Option<Proposal>> {
    person.tell(&format!("  询问 · asking {host}"))?;
    let address = Address::Tcp(host.to_owned());
    let Some(mut stream) = open(&address, person).await? else { return Ok(None) };
    let known = probe::ask(stream.as_mut()).await;
    heard(known.as_ref(), person)?;
    Ok(known.map(|known| Proposal {
        role: role(&known.kind),
        place: address,
        about: known.model.unwrap_or_default(),
    }))
}

/// Listens at every port that answered nothing. What nobody scanned with is still a scanner if its name says so.
async fn scanned(
    silent: Vec<&DetectedDevice>,
    wait: Duration,
    person: &mut Person<'_>,
) -> io::Result<Vec<Proposal>> {
    if silent.is_empty() {
        return Ok(Vec::new());
    }
    person.tell(&format!(
        "请用每把扫描枪扫任意一个条码（{0} 秒内）· scan any code with each scanner now (within {0} s)",
        wait.as_secs()
    ))?;
    let until = Instant::now() + wait;
    let mut listening = JoinSet::new();
    for (at, found) in silent.iter().enumerate() {
        let (path, bauds) = (found.path.clone(), bauds(found));
        listening.spawn(async move { (at, one_scan(path, bauds, until).await) });
    }
    let mut proposals = Vec::new();
    while let Some(ended) = listening.join_next().await {
        let Ok((at, scan)) = ended else { continue };
        let Some(found) = silent.get(at) else { continue };
        match scan {
            Some((shown, baud)) => {
                person.tell(&format!("    ✓ {}: {}", found.path.display(), shown.text))?;
                let role = Role::Scanner { suffix: shown.suffix, ssi: false };
                let address = Address::Serial { path: found.path.clone(), baud };
                proposals.push(Proposal { role, place: address, about: found.about() });
            }
            None if by_name(found) == Some(Hint::Scanner) => {
                let address = Address::Serial { path: found.path.clone(), baud: 9600 };
                proposals.push(scanner(found, address));
            }
            None => person.tell(&format!(
                "    · {}: 未识别，不写入 · not recognised, left out",
                found.path.display()
            ))?,
        }
    }
    Ok(proposals)
}

/// Text, and the speed at which it was text: what is noise at one speed is listened for at the next.
async fn one_scan(
    path: PathBuf,
    bauds: &'static [u32],
    until: Instant,
) -> Option<(listen::ScannedCode, u32)> {
    for &baud in bauds.iter().cycle() {
        let address = Address::Serial { path: path.clone(), baud };
        let mut stream = timeout(OPEN_WITHIN, stream::open(&address)).await.ok()?.ok()?;
        match listen::for_code(stream.as_mut(), until).await {
            Ok(shown) => return shown.map(|shown| (shown, baud)),
            Err(ListenError::Noise) => (),
            Err(ListenError::Gone) => return None,
        }
    }
    None
}
