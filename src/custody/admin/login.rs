//! Logging in: argon2id hashes, sessions kept by the hash of their token, growing delay after failures, and a forced
//! change of the first password.

use crate::custody::{Busy, Conflict, Error, Forbidden, Invalid};
use crate::{
    app::{
        App,
        door::{NOBODY, Place},
    },
    clock::{Moment, Span},
    domain::{
        Person,
        password::{self, Weakness},
    },
    id::{PersonId, SessionId, StationId},
    language::Language,
    ledger::Suite,
    live::News,
    store::{
        self, Tx,
        attempts::{self, Attempt},
        known_browsers, password_history, passwords, people,
        sessions::{self, SessionRow},
    },
};
use std::{net::IpAddr, time::Duration};

/// How long a session lasts, however much it is used: one shift and a bit.
const SESSION: Span = Span::hours(12);
/// What may be wrong from one address within a while, whatever the logins are. An office may stand behind one address.
const FROM_ADDRESS: (i64, Span) = (100, Span::minutes(15));
/// How long a first password lets its person in.
const FIRST_PASSWORD: Span = Span::days(7);
/// Sessions of one person at a time; the oldest makes room for a new one.
const SESSIONS_MOST: usize = 3;

/// Where a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address(pub IpAddr);

/// From where a password is tried.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// None at the machine itself.
    pub address: Option<Address>,
    /// What the cookie of a browser says in which somebody has logged in before.
    pub browser: Option<String>,
}

/// Under what an attempt is counted, beside its login.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tried {
    /// Strangers and whoever is new there: what they do wrong binds this address and no other.
    Address(String),
    /// A browser in which this person has logged in before: nobody elsewhere locks it out.
    Browser(String),
    /// Whoever has the session already and changes the password.
    Session,
}

impl Tried {
    fn text(&self) -> &str {
        match self {
            Tried::Address(text) | Tried::Browser(text) => text,
            Tried::Session => "session",
        }
    }
}

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

/// The same at the machine itself.
pub async fn log_in(app: &App, login: &str, password: &str, language: Language) -> Result<String, Error> {
    log_in_from(app, &Origin::default(), (login, password), language).await
}

/// Checks login and password and opens a session. Answers with its token; only the token's hash is kept.
pub async fn log_in_from(
    app: &App,
    origin: &Origin,
    (login, password): (&str, &str),
    language: Language,
) -> Result<String, Error> {
    check_length(login)?;
    let place = place(app).await?;
    let (found, from) = count_attempt(app, login, origin).await?;
    let hash = found.as_ref().and_then(|(_, hash)| hash.clone()).unwrap_or_else(|| NOBODY.to_owned());
    let right = place.matches(hash.clone(), password.to_owned()).await;
    let Some((person, _)) = found.filter(|(person, _)| right && !person.disabled) else {
        return Err(wrong_login());
    };
    let now = app.clock.now();
    first_password_lasts(app, &person, now).await?;
    let token = app.random.token()?;
    let session = SessionRow {
        id: app.ids.new_id(),
        person: person.id,
        csrf: app.random.token()?,
        station: None,
        language: language.pick("zh", "en").to_owned(),
        expires_at: now.plus(SESSION),
    };
    let mut tx = app.db.write().await?;
    // While the password was worked out, it may have been reset, or the account closed.
    let still = people::person_by_login(&mut tx, login).await?.and_then(|(_, hash)| hash);
    if still.as_ref() != Some(&hash) {
        return Err(wrong_login());
    }
    attempts::forgive_from(&mut tx, login, from.text()).await?;
    if let Tried::Address(address) = &from {
        attempts::forgive_one_of(&mut tx, address).await?;
    }
    let ended = make_room(app, &mut tx, person.id, now).await?;
    sessions::open(&mut tx, &token_hash(&token), &session, now).await?;
    tx.commit().await?;
    ended.into_iter().for_each(|session| app.live.tell(News::SessionEnd(session)));
    Ok(token)
}

fn wrong_login() -> Error {
    Forbidden::new(
        "wrong_login",
        ("用户名或密码不对。", "Login or password is wrong."),
        ("请再试一次；连续输错会锁定一段时间。", "Try again; repeated failures lock the login for a while."),
    )
}

/// The browser in which this session was opened is known from now on. Answers with what its cookie says: the same as before where
/// there is one, since several people may log in there.
pub async fn know_browser(app: &App, token: &str, browser: Option<&str>) -> Result<String, Error> {
    let mut tx = app.db.write().await?;
    let known = match browser {
        Some(browser) if known_browsers::is_known(&mut tx, &token_hash(browser)).await? => Some(browser),
        // What a cookie says that is not ours may be known to somebody else.
        Some(_) | None => None,
    };
    let browser = known.map_or_else(|| app.random.token(), |known| Ok(known.to_owned()))?;
    if let Some((row, _)) = app.sessions.ask(token_hash(token)).await? {
        known_browsers::keep(&mut tx, &token_hash(&browser), row.person, app.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(browser)
}

/// Ends the oldest sessions of the person, so that there is room for one more. Those that lay unused for too long are no sessions.
async fn make_room(
    app: &App,
    tx: &mut Tx,
    person: PersonId,
    now: Moment,
) -> Result<Vec<SessionId>, store::Error> {
    let open = sessions::of_person(tx, person, now).await?;
    let (idle, open): (Vec<_>, Vec<_>) =
        open.iter().map(|it| it.id).partition(|id| app.idle.is_over(*id, now));
    let surplus = (open.len() + 1).saturating_sub(SESSIONS_MOST);
    let ended: Vec<SessionId> = idle.into_iter().chain(open.into_iter().take(surplus)).collect();
    for session in &ended {
        sessions::close(tx, *session).await?;
    }
    Ok(ended)
}

/// A first password was seen by others, and lies on a slip: it has its day.
async fn first_password_lasts(app: &App, person: &Person, now: Moment) -> Result<(), Error> {
    if !person.must_change {
        return Ok(());
    }
    let set = password_history::of(&mut app.db.read().await?, person.id).await?;
    // Of a password from before the days were kept nothing is known.
    match set.first().is_some_and(|(set_at, _)| set_at.plus(FIRST_PASSWORD) <= now) {
        false => Ok(()),
        true => Err(Forbidden::new(
            "first_password_expired",
            (
                "初始密码已超过七天，不能再用。",
                "The first password is older than seven days and lets nobody in.",
            ),
            ("请管理员重设密码。", "Ask the administrator to reset it."),
        )),
    }
}

/// The longest login, in characters.
pub const LOGIN_MAX: usize = 100;

/// Refuses a login that nobody can have.
pub fn check_length(login: &str) -> Result<(), Error> {
    match login.chars().count() <= LOGIN_MAX {
        true => Ok(()),
        false => Err(Invalid::new(
            "login_too_long",
            (
                "用户名超过一百个字符，什么也没有改变。",
                "The login has more than a hundred characters; nothing was changed.",
            ),
            ("请核对用户名。", "Check the login."),
        )),
    }
}

/// Somebody's login: who they are, and the hash of their password, if they have one.
type Known = Option<(Person, Option<String>)>;

/// Who has this login, and under what the attempt is counted. It is counted as failed before the password is looked at:
/// counted afterwards, many guesses at the same time would be counted as one. Refuses while the login is locked from there,
/// or the address as a whole. An unknown login is counted and locked as a known one, so nobody learns by it who is known.
async fn count_attempt(app: &App, login: &str, origin: &Origin) -> Result<(Known, Tried), Error> {
    let mut tx = app.db.write().await?;
    // Not earlier: whoever waited for the ledger would come with a time before that of the one before.
    let now = app.clock.now();
    let found = people::person_by_login(&mut tx, login).await?;
    let from = counted_from(&mut tx, found.as_ref().map(|(person, _)| person), origin).await?;
    if let Tried::Address(address) = &from
        && let Attempt::LockedUntil(until) =
            attempts::count_address(&mut tx, address, FROM_ADDRESS, now).await?
    {
        return Err(address_locked(until));
    }
    let name = if found.is_some() { login.to_owned() } else { app.door.stranger(login) };
    count_in(&mut tx, &name, &from, now).await?;
    tx.commit().await?;
    Ok((found, from))
}

async fn counted_from(tx: &mut Tx, found: Option<&Person>, origin: &Origin) -> Result<Tried, Error> {
    if let (Some(person), Some(browser)) = (found, &origin.browser) {
        let hash = token_hash(browser);
        if known_browsers::knows(tx, &hash, person.id).await? {
            return Ok(Tried::Browser(Suite::C2sp.digest(&hash).to_string()));
        }
    }
    Ok(Tried::Address(
        origin.address.map_or_else(|| "here".to_owned(), |Address(address)| address.to_string()),
    ))
}

async fn count_in(tx: &mut Tx, login: &str, from: &Tried, now: Moment) -> Result<(), Error> {
    match attempts::count(tx, login, from.text(), now).await? {
        Attempt::LockedUntil(until) => Err(locked(until)),
        Attempt::Counted(failures) => {
            Ok(attempts::lock(tx, login, from.text(), now.plus(delay(failures))).await?)
        }
    }
}

/// How long who finds no place is kept from asking again.
const PATIENCE: Duration = Duration::from_secs(1);

/// A place to work a password out. Whoever finds none is answered late, so that asking again at once gains nothing.
async fn place(app: &App) -> Result<Place, Error> {
    if let Some(place) = app.door.enter().await {
        return Ok(place);
    }
    tokio::time::sleep(PATIENCE).await;
    Err(Busy::new(
        "door_busy",
        (
            "此刻登录的人太多，没有核对密码，什么也没有改变。",
            "Too many people are logging in at this moment; the password was not looked at and nothing was changed.",
        ),
        (
            "请过几秒再试；如一直如此，请告诉管理员。",
            "Try again in a few seconds; if it stays so, tell the administrator.",
        ),
    ))
}

/// 5 s, 10 s, 20 s … after the free failures, at most 15 minutes.
fn delay(failures: i64) -> Span {
    match failures.saturating_sub(attempts::FREE) {
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

fn address_locked(until: Moment) -> Error {
    let at = until.text_seconds();
    Conflict::new(
        "address_locked",
        (
            &format!("从这个地址输错次数过多，{at} 之前不能从这里登录；没有核对密码。"),
            &format!(
                "Too many failures from this address; nobody new logs in from here until {at}. The password was not looked at."
            ),
        ),
        (
            "请稍候再试；以前登录过的浏览器不受影响。",
            "Wait; a browser in which you have logged in before goes on.",
        ),
    )
}

/// The session of a token, if it has not ended. It counts as used.
pub async fn session(app: &App, token: &str) -> Result<Option<Session>, Error> {
    let session = session_unused(app, token).await?;
    if let Some(session) = &session {
        app.idle.used_now(session.id, app.clock.now());
    }
    Ok(session)
}

/// The same for what goes on by itself: it keeps no session open.
pub async fn session_unused(app: &App, token: &str) -> Result<Option<Session>, Error> {
    let (found, now) = (app.sessions.ask(token_hash(token)).await?, app.clock.now());
    let lasts = |(row, person): &(SessionRow, Person)| {
        row.expires_at > now && !person.disabled && !app.idle.is_over(row.id, now)
    };
    let Some((row, me)) = found.filter(lasts) else { return Ok(None) };
    let language = if row.language == "en" { Language::En } else { Language::Zh };
    Ok(Some(Session { id: row.id, me, csrf: row.csrf, language, station: row.station }))
}

pub async fn log_out(app: &App, session: SessionId) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    sessions::close(&mut tx, session).await?;
    tx.commit().await?;
    app.live.tell(News::SessionEnd(session));
    Ok(())
}

/// Forgets sessions whose time is over and attempts that are long past; answers with how many sessions there were.
pub async fn forget_ended(app: &App) -> Result<u64, Error> {
    let mut tx = app.db.write().await?;
    let ended = sessions::forget_ended(&mut tx, app.clock.now()).await?;
    let idle = app.idle.take_over(app.clock.now());
    for session in &idle {
        sessions::close(&mut tx, *session).await?;
    }
    attempts::forget_past(&mut tx, app.clock.now()).await?;
    known_browsers::forget_past(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    idle.into_iter().for_each(|session| app.live.tell(News::SessionEnd(session)));
    Ok(ended)
}

pub async fn set_language(app: &App, session: SessionId, language: Language) -> Result<(), Error> {
    let mut tx = app.db.write().await?;
    sessions::set_language(&mut tx, session, language.pick("zh", "en")).await?;
    Ok(tx.commit().await?)
}

/// The person of this login, if the password is theirs: for somebody who is logged in, or stands beside one who is. Wrong ones are
/// counted as at the login.
pub(super) async fn whose(app: &App, login: &str, password: &str) -> Result<Option<Person>, Error> {
    let place = place(app).await?;
    let mut tx = app.db.write().await?;
    let found = people::person_by_login(&mut tx, login).await?;
    let name = if found.is_some() { login.to_owned() } else { app.door.stranger(login) };
    count_in(&mut tx, &name, &Tried::Session, app.clock.now()).await?;
    tx.commit().await?;
    let hash = found.as_ref().and_then(|(_, hash)| hash.clone()).unwrap_or_else(|| NOBODY.to_owned());
    if !place.matches(hash, password.to_owned()).await {
        return Ok(None);
    }
    let mut tx = app.db.write().await?;
    attempts::forgive_from(&mut tx, login, Tried::Session.text()).await?;
    tx.commit().await?;
    Ok(found.map(|(person, _)| person).filter(|person| !person.disabled))
}

/// Changes the own password. Every other session of the person ends, and so does this one. Guesses at the old password are
/// counted and locked as those at the login: a stolen session must not find it out.
pub async fn change_password(app: &App, me: &Person, old: &str, new: &str) -> Result<(), Error> {
    if whose(app, &me.login, old).await?.is_none() {
        return Err(Invalid::new(
            "wrong_old_password",
            ("原密码不对。", "The old password is wrong."),
            ("请重新输入。", "Type it again."),
        ));
    }
    check_password(new, me)?;
    not_used_before(app, me, old, new).await?;
    set_password(app, me.id, new, false).await
}

/// Refuses the old one and those before it.
async fn not_used_before(app: &App, me: &Person, old: &str, new: &str) -> Result<(), Error> {
    let used = password_history::of(&mut app.db.read().await?, me.id).await?;
    let mut again = new == old;
    for (_, hash) in used {
        again = again || place(app).await?.matches(hash, new.to_owned()).await;
    }
    match again {
        false => Ok(()),
        true => Err(Invalid::new(
            "same_password",
            (
                "新密码与最近用过的五个密码之一相同。",
                "The new password is one of the last five that were used.",
            ),
            ("请另选一个。", "Choose another."),
        )),
    }
}

/// Sets a password and ends every session of the person. Who gives somebody else a password records it first
/// ([`super::roster::reset_password`]).
pub async fn set_password(
    app: &App,
    person: PersonId,
    password: &str,
    must_change: bool,
) -> Result<(), Error> {
    let hash = hash_password(app, password.to_owned()).await?;
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    passwords::set(&mut tx, person, &hash, must_change, now).await?;
    attempts::forgive(&mut tx, person).await?;
    let ended = sessions::of_person(&mut tx, person, now).await?;
    sessions::close_all(&mut tx, person).await?;
    tx.commit().await?;
    ended.into_iter().for_each(|it| app.live.tell(News::SessionEnd(it.id)));
    Ok(())
}

/// A new first password: twelve digits and letters that are not mistaken for each other when read aloud.
pub fn first_password(app: &App) -> Result<String, Error> {
    const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
    let bytes = app.random.bytes()?;
    let letters = bytes.iter().take(12).filter_map(|byte| LETTERS.get(usize::from(*byte) % LETTERS.len()));
    Ok(letters.map(|letter| char::from(*letter)).collect())
}

/// Refuses what is no password for this person.
pub fn check_password(password: &str, me: &Person) -> Result<(), Error> {
    let Some(weakness) = password::weakness(password, &me.login, &me.name) else { return Ok(()) };
    let ((zh, en), code) = match weakness {
        Weakness::Short => (("密码太短。", "The password is too short."), "password_short"),
        Weakness::SaysWho => {
            (("密码包含用户名或姓名。", "The password holds the login or the name."), "password_says_who")
        }
        Weakness::Known => {
            (("密码包含人人都知道的字样。", "The password holds what everybody knows."), "password_known")
        }
        Weakness::Simple => {
            (("密码是重复或连续的字符。", "The password is a row or a repetition."), "password_simple")
        }
    };
    Err(Invalid::new(
        code,
        (zh, en),
        (
            "请用至少十二个字符，例如几个互不相关的词；没有作任何改动。",
            "Use at least twelve characters, such as a few words that have nothing to do with each other; nothing was changed.",
        ),
    ))
}

/// The argon2id hash to keep.
pub async fn hash_password(app: &App, password: String) -> Result<String, Error> {
    let salt = app.random.bytes()?;
    let hash = place(app).await?.hash(app.password_cost, salt, password).await;
    hash.ok_or(Error::Random(crate::random::NoRandomness))
}

/// What is kept of a token.
fn token_hash(token: &str) -> Vec<u8> {
    Suite::C2sp.digest(token.as_bytes()).0.to_vec()
}
