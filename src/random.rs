//! Randomness for tokens and nonces: from the system in service, counted in tests.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// What keys are made and signatures drawn from. Never a counted one: a signature drawn twice from the same numbers gives
/// the key away.
pub use getrandom::SysRng as SystemRng;

#[derive(Clone, Debug)]
pub enum Random {
    System,
    Counted(Arc<AtomicU64>),
}

/// The system gives no randomness; nothing secret can be made now.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no randomness")]
pub struct NoRandomness;

impl Random {
    pub fn counted() -> Random {
        Random::Counted(Arc::new(AtomicU64::new(1)))
    }

    /// Thirty-two bytes that nobody can guess.
    pub fn bytes(&self) -> Result<[u8; 32], NoRandomness> {
        let mut bytes = [0; 32];
        match self {
            Random::System => getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?,
            Random::Counted(next) => {
                let n = next.fetch_add(1, Ordering::Relaxed).to_be_bytes();
                bytes.iter_mut().rev().zip(n.iter().rev()).for_each(|(to, from)| *to = *from);
            }
        }
        Ok(bytes)
    }

    /// The same as 64 hex digits.
    pub fn token(&self) -> Result<String, NoRandomness> {
        use std::fmt::Write;
        let mut text = String::new();
        for byte in self.bytes()? {
            write!(text, "{byte:02x}").map_err(|_| NoRandomness)?;
        }
        Ok(text)
    }
}
