//! Signing with a person's key: what was shown is what is signed, once, by whoever was asked and knows the PIN of their own key.

mod key_file;
mod lock;
mod source;

pub use key_file::{KeyFile, KeyFileError, PIN_LENGTH_MIN};
pub use source::KeySource;

use crate::clock;
use crate::state::{AnswerError, Requests, SignAnswer, StateError, WrongPins};
use base64::{Engine, prelude::BASE64_STANDARD};
use hufu_wire::message::SignRequest;
use hufu_wire::proof::declining;
use hufu_wire::statement::NotUnderstood;
use tokio::sync::Mutex;
use uuid::Uuid;
use zeroize::Zeroizing;

#[derive(Debug, thiserror::Error)]
pub enum SignError {
    #[error(
        "本工作站没有“{holder}”的密钥，未作签章或拒签 · this station has no key of {holder}; nothing was signed or declined"
    )]
    NoKey { holder: String },
    #[error(
        "PIN 错误，未作签章或拒签；已连续错误 {in_a_row} 次，请等 {wait_s} 秒再试 · \
         wrong PIN, nothing was signed or declined; {in_a_row} wrong in a row, wait {wait_s} s"
    )]
    WrongPin { in_a_row: u32, wait_s: u64 },
    #[error(
        "PIN 已锁定，未作签章或拒签；请等 {wait_s} 秒再试 · the PIN is locked, nothing was signed or declined; wait {wait_s} s"
    )]
    Locked { wait_s: u64 },
    #[error(
        "该请求已答复、已撤回或已过期，未签 · \
         this request was already answered, withdrawn or has expired; nothing was signed"
    )]
    NotPending,
    #[error(transparent)]
    NotUnderstood(#[from] NotUnderstood),
    #[error("请写明拒签理由 · a reason is needed to decline")]
    NoReason,
    #[error(transparent)]
    KeyFile(KeyFileError),
    #[error(transparent)]
    State(#[from] StateError),
}

impl From<AnswerError> for SignError {
    fn from(error: AnswerError) -> SignError {
        match error {
            AnswerError::NotPending => SignError::NotPending,
            AnswerError::State(error) => SignError::State(error),
        }
    }
}

pub struct Signer {
    keys: Vec<KeySource>,
    requests: Requests,
    /// One PIN is tried at a time, so that guesses cannot run side by side.
    trying: Mutex<()>,
}

impl Signer {
    pub fn new(keys: Vec<KeySource>, requests: Requests) -> Signer {
        Signer { keys, requests, trying: Mutex::new(()) }
    }

    /// Whose keys are here, readable without a PIN.
    pub fn keys(&self) -> &[KeySource] {
        &self.keys
    }

    /// Whether this person can answer here.
    pub fn has_key_of(&self, holder: &str) -> bool {
        self.keys.iter().any(|key| key.holder() == holder)
    }

    pub async fn pending(&self) -> Result<Vec<SignRequest>, StateError> {
        self.requests.pending(clock::now()).await
    }

    /// Signs the statement of a pending request, if it is understood whole; keeps and reports the signature.
    pub async fn sign(&self, request: Uuid, pin: Zeroizing<String>) -> Result<(), SignError> {
        let _one = self.trying.lock().await;
        let request = self.find(request).await?;
        request.read()?;
        let statement = request.bytes()?;
        let key = self.key_of(&request)?;
        let id = key.key_id();
        let signature = self.with_pin(key, move |key| key.sign(&pin, &statement)).await?;
        let answer = SignAnswer::Signed { key: id, signature: BASE64_STANDARD.encode(signature) };
        Ok(self.requests.answer(request.request, answer, clock::now()).await?)
    }

    /// Declines a pending request, with a reason in words, under the signature of whoever was asked. Whoever stands at the PC without the PIN has no say in it either.
    pub async fn decline(
        &self,
        request: Uuid,
        pin: Zeroizing<String>,
        reason: &str,
    ) -> Result<(), SignError> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(SignError::NoReason);
        }
        let _one = self.trying.lock().await;
        let request = self.find(request).await?;
        let key = self.key_of(&request)?;
        let (id, said) = (key.key_id(), declining(request.request, reason));
        let signature = self.with_pin(key, move |key| key.sign(&pin, &said)).await?;
        let (reason, signature) = (reason.to_owned(), BASE64_STANDARD.encode(signature));
        let answer = SignAnswer::Declined { reason, key: id, signature };
        Ok(self.requests.answer(request.request, answer, clock::now()).await?)
    }

    async fn find(&self, request: Uuid) -> Result<SignRequest, SignError> {
        self.pending().await?.into_iter().find(|it| it.request == request).ok_or(SignError::NotPending)
    }

    /// Only the key of the person who was asked.
    fn key_of(&self, request: &SignRequest) -> Result<KeySource, SignError> {
        let theirs = self.keys.iter().find(|key| key.holder() == request.holder);
        theirs.cloned().ok_or_else(|| SignError::NoKey { holder: request.holder.clone() })
    }

    /// A try is counted before it is made, so that pulling the plug does not make it free. Each key has its own count: whoever
    /// guesses at one does not shut out the others.
    async fn with_pin<T: Send + 'static>(
        &self,
        key: KeySource,
        work: impl FnOnce(&KeySource) -> Result<T, KeyFileError> + Send + 'static,
    ) -> Result<T, SignError> {
        let id = key.key_id();
        let wrong = self.requests.wrong_pins(&id).await?;
        if let Some(wait) = lock::remaining(wrong, clock::now()) {
            return Err(SignError::Locked { wait_s: wait.as_secs() + 1 });
        }
        let counted = WrongPins { in_a_row: wrong.in_a_row.saturating_add(1), last_at: clock::now() };
        self.requests.set_wrong_pins(&id, counted).await?;
        // Deriving the key takes a good part of a second on purpose.
        match tokio::task::spawn_blocking(move || work(&key)).await {
            Ok(Ok(done)) => {
                self.requests.set_wrong_pins(&id, WrongPins::default()).await?;
                Ok(done)
            }
            Ok(Err(KeyFileError::WrongPin)) => {
                // The delay begins now: deriving the key may have taken as long as the delay itself.
                self.requests.set_wrong_pins(&id, WrongPins { last_at: clock::now(), ..counted }).await?;
                let wait_s = lock::delay(counted.in_a_row).as_secs();
                Err(SignError::WrongPin { in_a_row: counted.in_a_row, wait_s })
            }
            Ok(Err(error)) => Err(SignError::KeyFile(error)),
            Err(_panicked) => Err(SignError::KeyFile(KeyFileError::Damaged)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Numbers, State};
    use hufu_wire::message::Observation;
    use hufu_wire::signature::{SecretKey, verify};

    const STATEMENT: &[u8] = include_bytes!("../../wire/src/statement/offer.statement");

    fn pin(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    async fn signer() -> (tempfile::TempDir, State, Signer, Uuid) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("agency.pem");
        let secret = SecretKey::generate(&mut getrandom::SysRng).unwrap();
        KeyFile::create(&path, &secret, "王丽/wang", "258046").unwrap();
        let state = State::open(&dir.path().join("outbox.db")).await.unwrap();
        let signer =
            Signer::new(vec![KeySource::File(KeyFile::read(&path).unwrap())], state.requests.clone());
        let request = SignRequest {
            request: Uuid::from_u128(9),
            asked_by: "王丽".to_owned(),
            holder: "王丽/wang".to_owned(),
            title: "移交".to_owned(),
            words: vec!["十二件".to_owned()],
            statement: BASE64_STANDARD.encode(STATEMENT),
            offer: None,
            expires_at: i64::MAX,
        };
        state.requests.keep(&request, clock::now()).await.unwrap();
        (dir, state, signer, request.request)
    }

    #[tokio::test]
    async fn the_statement_is_signed_once_and_the_signature_is_good() {
        let (_dir, state, signer, request) = signer().await;
        signer.sign(request, pin("258046")).await.unwrap();
        let again = signer.sign(request, pin("258046")).await;
        assert!(matches!(again, Err(SignError::NotPending)), "{again:?}");
        let events = state.events.to_send(0, 10).await.unwrap();
        let [event] = events.as_slice() else { panic!("{events:?}") };
        let Observation::Signed { signature, key, .. } = &event.event.what else { panic!("{event:?}") };
        let KeySource::File(file) = &signer.keys[0];
        let public = file.public_key();
        verify(public, STATEMENT, &BASE64_STANDARD.decode(signature).unwrap()).unwrap();
        assert_eq!(*key, signer.keys[0].key_id());
    }

    #[tokio::test]
    async fn a_wrong_pin_shuts_the_key_for_a_while_and_the_right_one_does_not_open_it_sooner() {
        let (_dir, state, signer, request) = signer().await;
        let wrong = signer.sign(request, pin("000000")).await;
        assert!(matches!(wrong, Err(SignError::WrongPin { in_a_row: 1, wait_s: 1 })), "{wrong:?}");
        let early = signer.sign(request, pin("258046")).await;
        assert!(matches!(early, Err(SignError::Locked { .. })), "{early:?}");
        // The fifth in a row locks for minutes, also for a station that was restarted.
        state
            .requests
            .set_wrong_pins(&signer.keys[0].key_id(), WrongPins { in_a_row: 4, last_at: 0 })
            .await
            .unwrap();
        let fifth = signer.sign(request, pin("000000")).await;
        assert!(matches!(fifth, Err(SignError::WrongPin { in_a_row: 5, wait_s: 300 })), "{fifth:?}");
        let restarted = Signer::new(signer.keys.clone(), state.requests.clone());
        let locked = restarted.sign(request, pin("258046")).await;
        assert!(matches!(locked, Err(SignError::Locked { wait_s: 290..=300 })), "{locked:?}");
        // The delay has passed: the right PIN signs, and the count begins again.
        state
            .requests
            .set_wrong_pins(
                &signer.keys[0].key_id(),
                WrongPins { in_a_row: 5, last_at: clock::now() - 300_000_000 },
            )
            .await
            .unwrap();
        restarted.sign(request, pin("258046")).await.unwrap();
        assert_eq!(state.requests.wrong_pins(&signer.keys[0].key_id()).await.unwrap(), WrongPins::default());
        assert_eq!(state.events.numbers().await.unwrap(), Numbers { last: 1, sent: 0, acknowledged: 0 });
    }

    /// Another person's key lies beside it: with neither PIN does it answer what was put to somebody else.
    #[tokio::test]
    async fn only_the_key_of_whoever_was_asked_answers() {
        let (dir, state, signer, first) = signer().await;
        let path = dir.path().join("li.key");
        let secret = SecretKey::generate(&mut getrandom::SysRng).unwrap();
        KeyFile::create(&path, &secret, "李娜/li", "777777").unwrap();
        let li = KeySource::File(KeyFile::read(&path).unwrap());
        let both = Signer::new(vec![signer.keys[0].clone(), li.clone()], state.requests.clone());
        let guessed = both.sign(first, pin("777777")).await;
        assert!(matches!(guessed, Err(SignError::WrongPin { in_a_row: 1, .. })), "{guessed:?}");

        let alone = Signer::new(vec![li.clone()], state.requests.clone());
        let missing = alone.sign(first, pin("777777")).await.unwrap_err();
        assert!(missing.to_string().contains("王丽/wang"), "whose key is missing is said: {missing}");
        assert!(matches!(alone.decline(first, pin("777777"), "不同意").await, Err(SignError::NoKey { .. })));
        assert_eq!(state.events.numbers().await.unwrap(), Numbers::default(), "nothing was answered");

        // Whoever guessed at Wang's PIN has not shut out Li.
        let mut for_li = state.requests.pending(clock::now()).await.unwrap().remove(0);
        for_li.request = Uuid::from_u128(10);
        for_li.holder = "李娜/li".to_owned();
        state.requests.keep(&for_li, clock::now()).await.unwrap();
        both.sign(for_li.request, pin("777777")).await.unwrap();
    }

    #[tokio::test]
    async fn declining_needs_a_reason_and_the_pin() {
        let (_dir, state, signer, request) = signer().await;
        let reason = "第三行封签号不符";
        assert!(matches!(signer.decline(request, pin("258046"), "  ").await, Err(SignError::NoReason)));
        let wrong = signer.decline(request, pin("000000"), reason).await;
        assert!(matches!(wrong, Err(SignError::WrongPin { in_a_row: 1, .. })), "{wrong:?}");
        state.requests.set_wrong_pins(&signer.keys[0].key_id(), WrongPins::default()).await.unwrap();
        signer.decline(request, pin("258046"), reason).await.unwrap();
        let again = signer.decline(request, pin("258046"), "again").await;
        assert!(matches!(again, Err(SignError::NotPending)));
    }

    #[tokio::test]
    async fn bytes_that_are_not_understood_are_not_signed_with_the_right_pin() {
        let (_dir, state, signer, first) = signer().await;
        for (n, bytes) in
            [&b"{\"lines\":12}"[..], b"hufu offer v2\n{}", b"hufu payment v1\n{}", b""].iter().enumerate()
        {
            let request = SignRequest {
                request: Uuid::from_u128(100 + n as u128),
                asked_by: "王丽".to_owned(),
                holder: "王丽/wang".to_owned(),
                title: "移交".to_owned(),
                words: vec!["旧手机一部".to_owned()],
                statement: BASE64_STANDARD.encode(bytes),
                offer: None,
                expires_at: i64::MAX,
            };
            state.requests.keep(&request, clock::now()).await.unwrap();
            let refused = signer.sign(request.request, pin("258046")).await;
            assert!(matches!(refused, Err(SignError::NotUnderstood(_))), "{bytes:?}: {refused:?}");
            signer.decline(request.request, pin("258046"), "看不懂").await.unwrap();
        }
        signer.sign(first, pin("258046")).await.unwrap();
    }
}
