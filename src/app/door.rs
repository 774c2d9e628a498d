//! The door: how many passwords are worked out at a time and how many may wait for it. One takes 19 MiB and a core for a
//! while on purpose, so without a limit whoever sends many of them takes the whole machine.

use super::{
    PasswordCost,
    turns::{Turn, Turns},
};
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt},
};
use std::{
    hash::{BuildHasher, RandomState},
    num::NonZero,
    sync::{Arc, Mutex, PoisonError},
    thread::available_parallelism,
};

/// Passwords that are worked out at a time, at most; never more than the machine has cores.
const PLACES: usize = 4;
/// Passwords that wait for a place.
const QUEUE: usize = 50;
/// Names under which the failures of unknown logins are counted.
const STRANGERS: u64 = 1 << 16;

#[derive(Clone, Debug)]
pub struct Door {
    turns: Turns,
    /// The memory of each place, kept: asked for anew each time, the allocator would keep many times as much.
    memory: Arc<Mutex<Vec<Vec<Block>>>>,
    strangers: RandomState,
}

/// A place in which one password is worked out.
#[derive(Debug)]
pub struct Place {
    memory: Vec<Block>,
    door: Door,
    _turn: Turn,
}

impl Default for Door {
    fn default() -> Door {
        let places = available_parallelism().map_or(1, NonZero::get).min(PLACES);
        Door { turns: Turns::new(places, QUEUE), memory: Arc::default(), strangers: RandomState::new() }
    }
}

impl Door {
    /// Waits for a place. None when too many wait already.
    pub async fn enter(&self) -> Option<Place> {
        let turn = self.turns.enter().await?;
        let memory = self.kept().pop().unwrap_or_default();
        Some(Place { memory, door: self.clone(), _turn: turn })
    }

    /// The name under which the failures of a login that nobody has are counted: one of a fixed number, so that strangers
    /// leave a bounded trace; drawn by a secret, so that nobody can choose two logins that share one and tell by a lock
    /// who is unknown. No login begins with a space.
    pub fn stranger(&self, login: &str) -> String {
        format!(" {:04x}", self.strangers.hash_one(login) % STRANGERS)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Whether this is the password of the hash. The place is held until it is known, even when nobody waits for the
    /// answer any more.
    pub async fn matches(self, hash: String, password: String) -> bool {
        let matching = move |place: &mut Place| {
            let hash = PasswordHash::new(&hash).ok()?;
            let params = Params::try_from(&hash).ok()?;
            Some(place.work_out(params, hash.salt.as_ref()?, &password)? == hash.hash?)
        };
        self.beside(matching).await == Some(true)
    }

    /// The hash to keep. None when these bytes are no salt.
    pub async fn hash(self, cost: PasswordCost, salt: [u8; 32], password: String) -> Option<String> {
        let hashing = move |place: &mut Place| {
            let params = cost.params()?;
            let salt = Salt::new(salt.get(..16)?).ok()?;
            let hash = PasswordHash {
                algorithm: Ident::new("argon2id").ok()?,
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(&params).ok()?,
                salt: Some(salt),
                hash: Some(place.work_out(params, &salt, &password)?),
            };
            Some(hash.to_string())
        };
        self.beside(hashing).await
    }

    async fn beside<T: Send + 'static>(
        mut self,
        work: impl FnOnce(&mut Place) -> Option<T> + Send + 'static,
    ) -> Option<T> {
        tokio::task::spawn_blocking(move || work(&mut self)).await.ok().flatten()
    }

    fn work_out(&mut self, params: Params, salt: &[u8], password: &str) -> Option<Output> {
        if self.memory.len() < params.block_count() {
            self.memory = vec![Block::new(); params.block_count()];
        }
        let blocks = self.memory.get_mut(..params.block_count())?;
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut output = vec![0; length];
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, blocks).ok()?;
        Output::new(&output).ok()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let memory = std::mem::take(&mut self.memory);
        self.door.kept().push(memory);
    }
}

impl PasswordCost {
    fn params(self) -> Option<Params> {
        let (memory_kib, passes) = match self {
            PasswordCost::Service => (19_456, 2),
            PasswordCost::Test => (64, 1),
        };
        Params::new(memory_kib, passes, 1, None).ok()
    }
}

/// A hash of no password, which is worked out for unknown logins so that they take as long as known ones.
pub const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$2m0Yl0rE3O5mVZ4F3rQkJmPz8mQm1Yw7wq3k3v8Qm0A";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_and_no_other() {
        let door = Door::default();
        for cost in [PasswordCost::Test, PasswordCost::Service, PasswordCost::Test] {
            let place = door.enter().await.unwrap();
            let hash = place.hash(cost, [7; 32], "tiger".to_owned()).await.unwrap();
            // As any other program would check it.
            use argon2::PasswordVerifier;
            assert!(Argon2::default().verify_password(b"tiger", hash.as_str()).is_ok(), "{hash}");
            assert!(door.enter().await.unwrap().matches(hash.clone(), "tiger".to_owned()).await);
            assert!(!door.enter().await.unwrap().matches(hash, "tally".to_owned()).await);
        }
    }

    #[tokio::test]
    async fn an_unknown_login_costs_what_a_known_one_costs() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let (nobody, somebody) =
            (Params::try_from(&nobody).unwrap(), PasswordCost::Service.params().unwrap());
        let cost = |it: &Params| (it.m_cost(), it.t_cost(), it.p_cost());
        assert_eq!(cost(&nobody), cost(&somebody));
        assert!(!Door::default().enter().await.unwrap().matches(NOBODY.to_owned(), String::new()).await);
    }

    #[tokio::test]
    async fn there_is_as_much_memory_as_there_are_places() {
        let door = Door::default();
        let work = (0..40).map(|_| async {
            let place = door.enter().await.unwrap();
            place.hash(PasswordCost::Test, [7; 32], "tiger".to_owned()).await.unwrap()
        });
        futures_util::future::join_all(work).await;
        assert!((1..=PLACES).contains(&door.kept().len()));
    }

    #[test]
    fn strangers_have_a_bounded_number_of_names() {
        let door = Door::default();
        let names: std::collections::BTreeSet<String> =
            (0..200_000).map(|n| door.stranger(&format!("nobody-{n}"))).collect();
        assert!(names.len() <= 1 << 16);
        assert!(names.iter().all(|it| it.len() == 5));
        assert_eq!(door.stranger("nobody"), door.stranger("nobody"));
        let others = Door::default();
        assert!(
            (0..16).any(|n| others.stranger(&n.to_string()) != door.stranger(&n.to_string())),
            "the names are secret"
        );
    }
}
