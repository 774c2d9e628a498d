//! A scanner on a cable: sends what it is told to have seen.

use super::{Act, Plug, View};
use tokio::sync::{mpsc, watch};

/// What a loose plug sounds like.
pub(super) const NOISE: &[u8] = &[0xFF, 0x00, 0xFF, b'~', 0x80, b'x', 0x00, 0xFF];

pub(super) async fn run(mut plug: Plug, mut acts: mpsc::Receiver<Act>, view: watch::Sender<View>) {
    let mut bytes = [0u8; 256];
    loop {
        tokio::select! {
            act = acts.recv() => {
                let Some(act) = act else { return };
                match act {
                    Act::Send(code) => sent(plug.send(&code).await),
                    Act::Noise => sent(plug.send(NOISE).await),
                    Act::PlugIn | Act::Unplug => {
                        let plugged = cable(&mut plug, &act);
                        view.send_modify(|view| view.scanner_plugged = plugged);
                    }
                    _ => (),
                }
            }
            // What the station says to the scanner (a beep) is heard and not shown.
            read = plug.read(&mut bytes) => {
                if let Err(error) = read {
                    tracing::error!(%error, "the simulated scanner's port failed");
                    return;
                }
            }
        }
    }
}

fn sent(all: bool) {
    if !all {
        tracing::warn!("the simulated scanner's bytes were not taken");
    }
}

/// Plugs in or out; says whether the cable is in afterwards.
pub(super) fn cable(plug: &mut Plug, act: &Act) -> bool {
    let plug_in = matches!(act, Act::PlugIn);
    let done = if plug_in { plug.plug_in() } else { plug.unplug() };
    if let Err(error) = done {
        tracing::error!(%error, "a simulated cable could not be moved");
    }
    plug_in
}
