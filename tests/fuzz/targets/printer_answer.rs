//! What a printer answers, in each language: noise never says that a label is out before the printer was asked.
#![no_main]

use hufu_protocol::Language;
use hufu_protocol::printer::{Inquiry, InquiryStep, Watch};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, Vec<(u8, Vec<u8>)>)| {
    let (language, pieces) = input;
    let language = Language::ALL[usize::from(language) % Language::ALL.len()];
    let mut inquiry = Inquiry::new(language);
    let mut watch = Watch::default();
    inquiry.begin();
    for (what, bytes) in pieces {
        match what % 5 {
            0 => inquiry.overhear(&bytes),
            1 => drop(inquiry.begin()),
            2 => drop(inquiry.ask_receipt()),
            3 => inquiry.write_off_receipts(),
            _ => match inquiry.feed(&bytes) {
                Some(InquiryStep::Ask(next)) => assert!(!next.is_empty()),
                Some(InquiryStep::Status(status)) => drop(watch.judge(status, inquiry.has_receipt())),
                None => (),
            },
        }
    }
});
