//! Decoders made elsewhere are called behind a fence: a panic inside is "nothing found", said to nobody.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

static QUIET: Once = Once::new();

/// Runs the decoder; `None` when it panicked.
pub(super) fn fence<T>(decoder: impl FnOnce() -> T) -> Option<T> {
    QUIET.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |panic| {
            if !INSIDE.get() {
                loud(panic);
            }
        }));
    });
    let before = INSIDE.replace(true);
    let answer = catch_unwind(AssertUnwindSafe(decoder)).ok();
    INSIDE.set(before);
    answer
}

#[cfg(test)]
mod tests {
    use super::fence;

    #[test]
    fn a_panic_inside_is_nothing_found() {
        assert_eq!(fence(|| 1), Some(1));
        assert_eq!(fence(|| -> u8 { panic!("as decoders do") }), None);
    }
}
