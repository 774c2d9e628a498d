//! Logging in: argon2id hashes, sessions kept by the hash of their token, growing delay after failures, and a forced
//! change of the first password.

use crate::custody::{Conflict, Error, Forbidden, Invalid};
use crate::{
    app::{App, PasswordCost},
    clock::{Moment, Span},
    domain::Person,
    id::{PersonId, SessionId, StationId},
    language::Language,
    ledger::Suite,
    store::{
        people,
        sessions::{self, SessionRow},
    },
};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{
        PasswordHasher, PasswordVerifier,
        phc::{PasswordHash, Salt},
    },
};

/// How long a session lasts: one shift and a bit.
const SESSION: Span = Span::hours(12);
/// Failures before the login is locked for a while.
const FAILURES_FREE: i64 = 4;
/// The shortest password, in characters.
const PASSWORD_MIN: usize = 10;

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: SessionId,
    pub me: Person,
    /// Goes into every form; a form without it is not ours.
    pub csrf: String,
    pub language: Language,
    /// The station whose counter this person stands at.
    pub station: Option<StationId>,
}

/// Checks login and password and opens a session. Answers with its token; only the token's hash is kept.
pub async fn log_in(app: &App, login: &str, password: &str, language: Language) -> Result<String, Error> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let (failures, locked_until) = sessions::failures(&mut tx, login).await?;
    let found = people::person_by_login(&mut tx, login).await?;
    drop(tx);
    if locked_until > now {
        return Err(locked(locked_until));
    }
    // An unknown login costs as much time as a wrong password.
    let hash = found.as_ref().map_or(NOBODY, |(_, hash)| hash.as_str()).to_owned();
    let right = verify_password(hash, password.to_owned()).await;
    let mut tx = app.db.write().await?;
    let Some((person, _)) = found.filter(|(person, _)| right && !person.disabled) else {
        let failures = failures.saturating_add(1);
        sessions::set_failures(&mut tx, login, failures, now.plus(delay(failures))).await?;
        tx.commit().await?;
        return Err(Forbidden::new(
            "wrong_login",
            ("用户名或密码不对。", "Login or password is wrong."),
            (
                "请再试一次；连续输错会锁定一段时间。",
                "Try again; repeated failures lock the login for a while.",
            ),
        ));
    };
    sessions::set_failures(&mut tx, login, 0, Moment(0)).await?;
    let token = app.random.token()?;
    let session = SessionRow {
        id: app.ids.new_id(),
        person: person.id,
        csrf: app.random.token()?,
        station: None,
        language: language.pick("zh", "en").to_owned(),
        expires_at: now.plus(SESSION),
    };
    sessions::open(&mut tx, &token_hash(&token), &session, now).await?;
    tx.commit().await?;
    Ok(token)
}

/// A hash of no password, so that unknown logins take as long as known ones.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5$2m0Yl0rE3O5mVZ4F3rQkJmPz8mQm1Yw7wq3k3v8Qm0A";

/// 5 s, 10 s, 20 s … after the free failures, at most 15 minutes.
fn delay(failures: i64) -> Span {
    match failures.saturating_sub(FAILURES_FREE) {
        ..=0 => Span(0),
        over => Span::seconds((5_i64 << (over - 1).min(8)).min(900)),
    }
}

fn locked(until: Moment) -> Error {
    let at = until.text_seconds();
    Conflict::new(
        "login_locked",
        (
            &format!("输错次数过多，{at} 之前不能登录。"),
            &format!("Too many failures; this login is locked until {at}."),
        ),
        ("请稍候再试，或请管理员重设密码。", "Wait, or ask the administrator to reset the password."),
    )
}

/// The session of a token, if it has not ended.
pub async fn session(app: &App, token: &str) -> Result<Option<Session>, Error> {
    let (found, now) = (app.sessions.ask(token_hash(token)).await?, app.clock.now());
    let lasts = |(row, person): &(SessionRow, Person)| row.expires_at > now && !person.disabled;
    let Some((row, me)) = found.filter(lasts) else { return Ok(None) };
    let language = if row.language == "en" { Language::En } else { Language::Zh };
    Ok(Some(Session { id: row.id, me, csrf: row.csrf, language, station: row.station }))
}

pub async fn log_out(app: &App, session: SessionId) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    sessions::close(&mut tx, session).await?;
    Ok(tx.commit().await?)
}

/// Forgets sessions whose time is over; answers with how many there were.
pub async fn forget_ended(app: &App) -> Result<u64, Error> {
    let mut tx = app.db.write().await?;
    let ended = sessions::forget_ended(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    Ok(ended)
}

pub async fn set_language(app: &App, session: SessionId, language: Language) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    sessions::set_language(&mut tx, session, language.pick("zh", "en")).await?;
    Ok(tx.commit().await?)
}

/// Changes the own password. Every other session of the person ends, and so does this one.
pub async fn change_password(app: &App, me: &Person, old: &str, new: &str) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let known = people::person_by_login(&mut tx, &me.login).await?;
    drop(tx);
    let hash = known.map_or_else(|| NOBODY.to_owned(), |(_, hash)| hash);
    if !verify_password(hash, old.to_owned()).await {
        return Err(Invalid::new(
            "wrong_old_password",
            ("原密码不对。", "The old password is wrong."),
            ("请重新输入。", "Type it again."),
        ));
    }
    check_password(new, &me.login)?;
    if new == old {
        return Err(Invalid::new(
            "same_password",
            ("新密码与原密码相同。", "The new password is the old one."),
            ("请另选一个。", "Choose another."),
        ));
    }
    set_password(app, me.id, new, false).await
}

/// Sets a password, for the person or by an administrator, and ends every session of the person.
pub async fn set_password(
    app: &App,
    person: PersonId,
    password: &str,
    must_change: bool,
) -> Result<(), Error> {
    let hash = hash_password(app, password.to_owned()).await?;
    let mut tx = app.db.write().await?;
    people::set_password(&mut tx, person, &hash, must_change).await?;
    sessions::close_all(&mut tx, person).await?;
    Ok(tx.commit().await?)
}

/// A new first password: twelve digits and letters that are not mistaken for each other when read aloud.
pub fn first_password(app: &App) -> Result<String, Error> {
    const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
    let bytes = app.random.bytes()?;
    let letters = bytes.iter().take(12).filter_map(|byte| LETTERS.get(usize::from(*byte) % LETTERS.len()));
    Ok(letters.map(|letter| char::from(*letter)).collect())
}

/// Refuses what is short or says the login.
pub fn check_password(password: &str, login: &str) -> Result<(), Error> {
    let weak = password.chars().count() < PASSWORD_MIN || password.contains(login);
    match weak {
        false => Ok(()),
        true => Err(Invalid::new(
            "weak_password",
            ("密码太短，或包含用户名。", "The password is too short or contains the login."),
            ("请用至少十个字符，不要包含用户名。", "Use at least ten characters without the login in them."),
        )),
    }
}

/// The argon2id hash to keep. Hashing takes a while on purpose, so it runs beside the other work.
pub async fn hash_password(app: &App, password: String) -> Result<String, Error> {
    let salt = app.random.bytes()?;
    let cost = app.password_cost;
    let hashing = tokio::task::spawn_blocking(move || {
        let (memory_kib, passes) = match cost {
            PasswordCost::Service => (19_456, 2),
            PasswordCost::Test => (64, 1),
        };
        let params = Params::new(memory_kib, passes, 1, None).ok()?;
        let salt = Salt::new(salt.get(..16)?).ok()?;
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        hasher.hash_password_with_salt(password.as_bytes(), &salt).ok().map(|hash| hash.to_string())
    });
    hashing.await.ok().flatten().ok_or(Error::Random(crate::random::NoRandomness))
}

async fn verify_password(hash: String, password: String) -> bool {
    let checking = tokio::task::spawn_blocking(move || {
        PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    checking.await.unwrap_or(false)
}

/// What is kept of a token.
fn token_hash(token: &str) -> Vec<u8> {
    Suite::C2sp.digest(token.as_bytes()).0.to_vec()
}
