//! When each session was last used. It is kept in memory: a session that is used on another server of the same ledger counts
//! here from its first request on, and a server that was started anew gives everybody the whole time again.

use crate::{
    clock::{Moment, Span},
    id::SessionId,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[derive(Clone, Debug)]
pub struct Idle {
    /// A session that is not used for longer has ended.
    pub limit: Span,
    used: Arc<Mutex<BTreeMap<SessionId, Moment>>>,
}

impl Idle {
    pub fn new(limit: Span) -> Idle {
        Idle { limit, used: Arc::default() }
    }

    /// Whether the session was not used for too long.
    pub fn is_over(&self, session: SessionId, now: Moment) -> bool {
        self.used().get(&session).is_some_and(|used| now.since(*used) > self.limit)
    }

    /// The session is used now.
    pub fn used_now(&self, session: SessionId, now: Moment) {
        self.used().insert(session, now);
    }

    /// Takes out the sessions that were not used for too long.
    pub fn take_over(&self, now: Moment) -> Vec<SessionId> {
        let mut used = self.used();
        let over: Vec<SessionId> = used
            .iter()
            .filter(|(_, used)| now.since(**used) > self.limit)
            .map(|(session, _)| *session)
            .collect();
        for session in &over {
            used.remove(session);
        }
        over
    }

    fn used(&self) -> MutexGuard<'_, BTreeMap<SessionId, Moment>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
