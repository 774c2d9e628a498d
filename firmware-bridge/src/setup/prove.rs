//! The proof of a counter: a label comes out of the printer, and the scanner reads what it says.

use super::file::{Proposal, Role};
use super::person::Person;
use super::{label, listen};
use crate::stream::{self, Address};
use hufu_protocol::printer::encode;
use std::io;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

const OPEN_WITHIN: Duration = Duration::from_secs(3);
/// How long a printer may take to receive a label of 2 kB: at 9600 baud two seconds.
const SEND_WITHIN: Duration = Duration::from_secs(15);

/// Prints a label at every printer, and waits for each to be scanned. What cannot be verified is reported and does not stop setup: a
/// printer may be out of paper today.
pub(super) async fn label(devices: &[Proposal], wait: Duration, person: &mut Person<'_>) -> io::Result<()> {
    let scanners: Vec<Address> = devices.iter().filter_map(scanner).collect();
    for device in devices {
        let (Role::Printer { language, .. }, address) = (device.role, &device.place) else { continue };
        // A new text each time: a label of last week proves nothing.
        let id = Uuid::new_v4().simple().to_string().to_uppercase();
        let text = format!("HUFU-TEST-{}", id.get(..4).unwrap_or_default());
        let Some(raster) = label::draw(&text) else { continue };
        person.tell(&format!("  打印测试标签 · printing a test label: {text}"))?;
        if !send(address, &encode(language, &raster)).await {
            person.tell(
                "    ✕ 打印机没有接收 · the printer did not take it: look at paper, ribbon and cover",
            )?;
            continue;
        }
        if scanners.is_empty() {
            let out = person.is_present() && person.agrees("    标签出来了吗 · did it come out?")?;
            person.tell(if out { "    ✓" } else { "    · 未核实 · not proved" })?;
            continue;
        }
        person.tell(&format!(
            "    请扫描这张标签（{0} 秒内）· scan this label now (within {0} s)",
            wait.as_secs()
        ))?;
        match read_back(&scanners, &text, Instant::now() + wait).await {
            true => person.tell("    ✓ 已读回，打印机和扫描枪工作正常 · read back: printer and scanner work")?,
            false => person.tell(
                "    ✕ 没有读回：标签可能未出，或扫描枪设置有误 · not read back: no label, or the scanner is set otherwise",
            )?,
        }
    }
    Ok(())
}

fn scanner(device: &Proposal) -> Option<Address> {
    match (device.role, &device.place) {
        // Reports and keys are no lines of text.
        (_, Address::Hid(_) | Address::Keyboard(_)) => None,
        (Role::Scanner { ssi: false, .. }, address) => Some(address.clone()),
        _ => None,
    }
}

async fn send(address: &Address, bytes: &[u8]) -> bool {
    let Ok(Ok(mut stream)) = timeout(OPEN_WITHIN, stream::open(address)).await else { return false };
    matches!(timeout(SEND_WITHIN, stream.write_all(bytes)).await, Ok(Ok(())))
}

/// Whichever scanner reads it first; other codes are passed over.
async fn read_back(scanners: &[Address], text: &str, until: Instant) -> bool {
    let mut listening = JoinSet::new();
    for address in scanners {
        let (address, text) = (address.clone(), text.to_owned());
        listening.spawn(async move {
            let Ok(Ok(mut stream)) = timeout(OPEN_WITHIN, stream::open(&address)).await else { return false };
            loop {
                match listen::for_code(stream.as_mut(), until).await {
                    Ok(Some(shown)) if shown.text.ends_with(&text) => return true,
                    Ok(None) | Err(listen::ListenError::Gone) => return false,
                    Ok(Some(_)) | Err(listen::ListenError::Noise) => (),
                }
            }
        });
    }
    while let Some(ended) = listening.join_next().await {
        if ended.unwrap_or(false) {
            return true;
        }
    }
    false
}
