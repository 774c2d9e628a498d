//! `hufu-station key`: a person's key is made, and what registers it is printed and signed by a colleague.

use anyhow::{Context, Result, bail};
use hufu_station::signer::KeyFile;
use hufu_wire::{
    proof::KeyOwner,
    registration::KeyRegistration,
    signature::{PublicKey, SecretKey, fingerprint, grouped, key_id},
};
use std::{
    io::{BufRead, IsTerminal, Write, stderr, stdin, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};
use zeroize::Zeroizing;

#[derive(clap::Subcommand)]
pub(crate) enum KeyCommand {
    /// 生成个人密钥，打印登记文件 · make a person's key and print what `hufu key register` takes; its fingerprint goes to standard
    /// error. PIN: --pin-file, else `HUFU_PIN`, else a prompt
    New {
        #[arg(long)]
        out: PathBuf,
        #[arg(long)]
        pin_file: Option<PathBuf>,
        /// 持有人，“姓名/登录名” · whose key it is: name/login, as the centre has them
        #[arg(long)]
        holder: String,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        before: Before,
    },
    /// 打印已有密钥的登记文件 · print what registers a key that is there
    Registration {
        file: PathBuf,
        #[arg(long)]
        pin_file: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        before: Before,
    },
    /// 同意同事的新签章密钥 · say yes to a colleague's new key with one's own: sign what they printed and print it again
    Consent {
        /// 同事打印的登记文件 · what the colleague's `key new` printed
        registration: PathBuf,
        /// 比对过的核对码 · the fingerprint as read from the colleague's paper
        #[arg(long)]
        fingerprint: String,
        /// 自己的有效密钥 · one's own key that is in force
        #[arg(long)]
        key: PathBuf,
        #[arg(long)]
        pin_file: Option<PathBuf>,
    },
    /// 打印签章密钥 · print the public half of a key file
    Public { file: PathBuf },
}

#[derive(clap::Args)]
pub(crate) struct Place {
    /// 机关名称 · the agency, as the centre has it
    #[arg(long)]
    agency: String,
    /// 部门名称 · the unit that the person signs for
    #[arg(long)]
    unit: String,
}

#[derive(clap::Args)]
pub(crate) struct Before {
    /// 本机关现行的密钥文件，用来签署新签章密钥 · a key of the agency that is in force and signs the new one; the agency's first key
    /// has none
    #[arg(long)]
    follows: Option<PathBuf>,
    #[arg(long, requires = "follows")]
    follows_pin_file: Option<PathBuf>,
}

pub(crate) fn run(command: KeyCommand) -> Result<ExitCode> {
    match command {
        KeyCommand::New { out, pin_file, holder, place, before } => {
            let before = before.open()?;
            let pin = pin(pin_file.as_deref(), true)?;
            let key = SecretKey::generate(&mut getrandom::SysRng)?;
            KeyFile::create(&out, &key, &holder, &pin).with_context(|| out.display().to_string())?;
            print_new(&key, &holder, &place, before.as_ref())
        }
        KeyCommand::Registration { file, pin_file, place, before } => {
            let before = before.open()?;
            let locked = key_file(&file)?;
            print_new(
                &locked.open(&pin(pin_file.as_deref(), false)?)?,
                locked.holder(),
                &place,
                before.as_ref(),
            )
        }
        KeyCommand::Consent { registration, fingerprint, key, pin_file } => {
            consent(&registration, &fingerprint, &key, pin_file.as_deref())
        }
        KeyCommand::Public { file } => {
            stdout().lock().write_all(key_file(&file)?.public_key().to_pem().as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn key_file(path: &Path) -> Result<KeyFile> {
    KeyFile::read(path).with_context(|| path.display().to_string())
}

impl Before {
    /// The agency's key in force that says yes to the new one. It is opened first: without it nothing is made.
    fn open(&self) -> Result<Option<SecretKey>> {
        let Some(file) = &self.follows else { return Ok(None) };
        let locked = key_file(file)?;
        if self.follows_pin_file.is_none() {
            writeln!(stderr(), "原密钥的 PIN · the PIN of the key in force: {}", locked.holder())?;
        }
        Ok(Some(locked.open(&pin(self.follows_pin_file.as_deref(), false)?)?))
    }
}

fn print_new(key: &SecretKey, holder: &str, place: &Place, before: Option<&SecretKey>) -> Result<ExitCode> {
    let owner = KeyOwner { agency: &place.agency, unit: &place.unit, holder };
    let mut made = KeyRegistration::sign(&mut getrandom::SysRng, key, owner)?;
    if let Some(before) = before {
        made = made.following(&mut getrandom::SysRng, before)?;
    }
    print(&made, key.public_key())
}

/// The registration on standard output, for a file; the fingerprint on standard error, for paper.
fn print(made: &KeyRegistration, public: &PublicKey) -> Result<ExitCode> {
    writeln!(stdout().lock(), "{}", serde_json::to_string_pretty(made)?)?;
    let (holder, id, digits) = (&made.holder, key_id(public), grouped(&fingerprint(public)));
    writeln!(stderr(), "持有人 holder: {holder}\n签章密钥编号 key: {id}\n核对码 fingerprint: {digits}")?;
    Ok(ExitCode::SUCCESS)
}

/// The one who consents has compared what the colleague wrote down: a file that was exchanged on the way is refused.
fn consent(file: &Path, read: &str, key: &Path, pin_file: Option<&Path>) -> Result<ExitCode> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let made: KeyRegistration = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
    let public = PublicKey::from_pem(&made.public_pem)?;
    let digits = read.split(|letter: char| letter.is_whitespace() || letter == '-').collect::<String>();
    if digits.to_ascii_lowercase() != fingerprint(&public) {
        bail!("核对码不符，没有签署 · the fingerprint differs; nothing was signed");
    }
    let before = key_file(key)?.open(&pin(pin_file, false)?)?;
    print(&made.following(&mut getrandom::SysRng, &before)?, &public)
}

/// From the file, else from the environment, else asked for; a new one twice.
fn pin(file: Option<&Path>, new: bool) -> Result<Zeroizing<String>> {
    if let Some(path) = file {
        let text =
            Zeroizing::new(std::fs::read_to_string(path).with_context(|| format!("{}", path.display()))?);
        return Ok(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned()));
    }
    if let Ok(pin) = std::env::var("HUFU_PIN") {
        return Ok(Zeroizing::new(pin));
    }
    if !stdin().is_terminal() {
        bail!("没有 PIN · no PIN: give --pin-file or HUFU_PIN, or run this in a terminal");
    }
    let first = ask("PIN: ")?;
    if new && *ask("再输一次 · again: ")? != *first {
        bail!("两次输入不同，未生成密钥 · the two differ; no key was made");
    }
    Ok(first)
}

/// Reads a line without showing it.
fn ask(prompt: &str) -> Result<Zeroizing<String>> {
    use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
    write!(stderr(), "{prompt}")?;
    let shown = tcgetattr(stdin())?;
    let mut hidden = shown.clone();
    hidden.local_flags.remove(LocalFlags::ECHO);
    tcsetattr(stdin(), SetArg::TCSANOW, &hidden)?;
    let mut line = Zeroizing::new(String::new());
    let read = stdin().lock().read_line(&mut line);
    tcsetattr(stdin(), SetArg::TCSANOW, &shown)?;
    writeln!(stderr())?;
    read?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
