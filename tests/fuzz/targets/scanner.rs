//! Whatever a scanner sends, in whatever pieces and pauses: no code is longer than any label's, and each way of speaking
//! says the same of the same bytes when they come one by one.
#![no_main]

use hufu_protocol::scanner::line::{AimUse, Framing, Suffix};
use hufu_protocol::scanner::{Feedback, LENGTH_MAX, Scan, Session, Setup, Step};
use hufu_wire::message::Verdict;
use libfuzzer_sys::fuzz_target;
use std::time::Duration;

fuzz_target!(|input: (u8, Vec<(u16, Vec<u8>)>)| {
    let (manner, pieces) = input;
    let setup = setup(manner);
    let mut session = Session::new(&setup);
    let mut now = Duration::ZERO;
    for (pause, bytes) in &pieces {
        session.feed(now, bytes);
        steps(&mut session);
        if pause % 7 == 0 {
            session.tell(now, Verdict::Accepted);
        }
        now += Duration::from_millis(u64::from(pause % 3_000));
        while let Some(deadline) = session.deadline().filter(|deadline| *deadline <= now) {
            session.tick(deadline.max(now));
            steps(&mut session);
            if session.deadline() == Some(deadline) {
                panic!("the same deadline twice");
            }
        }
    }
    if !matches!(setup, Setup::Ssi | Setup::Hid) {
        let all: Vec<u8> = pieces.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
        let (mut whole, mut single) = (Session::new(&setup), Session::new(&setup));
        whole.feed(Duration::ZERO, &all);
        all.iter().for_each(|byte| single.feed(Duration::ZERO, &[*byte]));
        assert_eq!(steps(&mut whole), steps(&mut single));
    }
});

fn setup(manner: u8) -> Setup {
    let framing = Framing {
        prefix: if manner & 8 == 0 { Vec::new() } else { b"~S".to_vec() },
        suffix: [Suffix::LineEnd, Suffix::Tab, Suffix::Pause][usize::from(manner >> 4) % 3],
        aim: [AimUse::Optional, AimUse::Required, AimUse::Data][usize::from(manner >> 6) % 3],
        length_max: LENGTH_MAX,
    };
    match manner % 4 {
        0 => Setup::Line(framing, Feedback::Honeywell),
        1 => Setup::Ssi,
        2 => Setup::Hid,
        _ => Setup::Keyboard(framing),
    }
}

fn steps(session: &mut Session) -> Vec<Step> {
    let steps: Vec<Step> = session.collect();
    for step in &steps {
        if let Step::Scan(Scan::Code { data, .. }) = step {
            assert!(data.len() <= LENGTH_MAX && !data.is_empty());
        }
    }
    steps
}
