//! What each command does. Standard output is for answers, standard error for what happens meanwhile.

use crate::{KeyOwner, Setup};
use anyhow::{Context, Result, bail};
use axum::Router;
use base64::{Engine, prelude::BASE64_STANDARD};
use hufu_station::config::{self, Config};
use hufu_station::device::list::{Roots, list};
use hufu_station::setup::{self, Person};
use hufu_station::signer::KeyFile;
use hufu_station::{page, picture, simulate as sim, station, sync};
use hufu_wire::registration::KeyRegistration;
use hufu_wire::signature::{SecretKey, fingerprint, grouped, key_id};
use std::io::{BufRead, IsTerminal, Write, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use zeroize::Zeroizing;

pub(crate) fn run(config: &Path) -> Result<ExitCode> {
    let config = Config::read(config)?;
    runtime()?.block_on(async {
        let station = Arc::new(station::start(&config).await?);
        serve(&config, page::router(station, false)).await
    })
}

pub(crate) fn simulate(config: &Path, all: bool, wall: Option<&Path>) -> Result<ExitCode> {
    let mut config = Config::read(config)?;
    if all {
        sim::everything(&mut config);
    }
    runtime()?.block_on(async {
        let rig = sim::rig(&mut config, wall)?;
        let station = Arc::new(station::start(&config).await?);
        let routes = page::router(station, true).merge(sim::router(rig.counter.clone()));
        serve(&config, routes).await
    })
}

/// Until Ctrl-C or a polite kill. Open event streams are not waited for.
async fn serve(config: &Config, routes: Router) -> Result<ExitCode> {
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!("工作站页面无法打开 · the station's page cannot be opened at {}", config.listen)
    })?;
    tracing::info!("工作站页面 · the station's page: http://{}", listener.local_addr()?);
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        served = axum::serve(listener, routes) => served?,
        pressed = tokio::signal::ctrl_c() => pressed?,
        _ = terminate.recv() => (),
    }
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

pub(crate) fn enrol(server: &str, ca: Option<&Path>, code: &str, out: &Path) -> Result<ExitCode> {
    let address = config::station_address(server)?;
    if address.starts_with("ws://") {
        tracing::warn!(
            "没有 TLS，登记码可被窃听 · without TLS the code can be overheard: use https:// in service"
        );
    }
    let identity = runtime()?.block_on(sync::enrol(&address, ca, code, out))?;
    writeln!(
        stdout().lock(),
        "已登记为 {} · enrolled as {}; 配置文件写 the configuration says: enrolled = \"{}\"",
        identity.name,
        identity.name,
        out.display()
    )?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn devices() -> Result<ExitCode> {
    let mut out = stdout().lock();
    let found = list(&Roots::default());
    if found.is_empty() {
        writeln!(out, "没有发现设备 · no device was found")?;
    }
    for one in found {
        writeln!(out, "{}\t{}", one.path.display(), one.about())?;
        if let Some(denied) = one.denied {
            writeln!(out, "\t{}", setup::udev::remedy(&one, denied))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn setup(asked: Setup) -> Result<ExitCode> {
    let data = asked.data.unwrap_or_else(|| {
        // A packaged station: its configuration lies under /etc and its data do not.
        if asked.out.starts_with("/etc") { "/var/lib/hufu-station" } else { "data" }.to_owned()
    });
    let options = setup::Options {
        roots: Roots { dev: asked.dev, sys: asked.sys },
        out: asked.out,
        force: asked.force,
        head: setup::Head { name: asked.name, server: asked.server, data },
        network: asked.tcp,
        wait: Duration::from_secs(asked.wait),
        test_label: !asked.no_label,
        write_udev: asked.write_udev,
    };
    let (mut input, mut output) = (stdin().lock(), stdout().lock());
    let mut person =
        if asked.yes { Person::absent(&mut output) } else { Person::present(&mut input, &mut output) };
    runtime()?.block_on(setup::run(&options, &mut person))?;
    Ok(ExitCode::SUCCESS)
}

/// One line a picture. A picture that cannot be read is told, and the others still are.
pub(crate) fn read(images: &[PathBuf], camera: Option<&Path>, draw: Option<&Path>) -> Result<ExitCode> {
    let mut out = stdout().lock();
    let mut code = ExitCode::SUCCESS;
    let from_camera = camera.map(|path| (path, picture::camera::picture(path).map_err(anyhow::Error::from)));
    let from_files = images.iter().map(|path| (path.as_path(), picture::from_file(path).map_err(Into::into)));
    for (path, loaded) in from_camera.into_iter().chain(from_files) {
        let answer = match &loaded {
            Ok(loaded) => picture::answer(path, loaded),
            Err(error) => {
                code = ExitCode::FAILURE;
                picture::Answer::error(path, error.as_ref())
            }
        };
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
        if let (Some(to), Ok(loaded)) = (draw, &loaded) {
            let drawn = loaded.outlined(&answer.codes, u32::MAX);
            drawn.save(to).with_context(|| {
                format!("标注图片未能保存 · the picture with the places could not be saved: {}", to.display())
            })?;
        }
    }
    Ok(code)
}

/// Makes a key and prints what registers it.
pub(crate) fn new_key(out: &Path, pin_file: Option<&Path>, whose: &KeyOwner) -> Result<ExitCode> {
    let before = key_before(whose)?;
    let pin = pin(pin_file, true)?;
    let key = SecretKey::generate(&mut getrandom::SysRng)?;
    KeyFile::create(out, &key, &pin).with_context(|| format!("{}", out.display()))?;
    print_registration(&key, whose, before.as_ref())
}

/// The same for a key that is there.
pub(crate) fn registration(file: &Path, pin_file: Option<&Path>, whose: &KeyOwner) -> Result<ExitCode> {
    let before = key_before(whose)?;
    let locked = KeyFile::read(file).with_context(|| format!("{}", file.display()))?;
    print_registration(&locked.open(&pin(pin_file, false)?)?, whose, before.as_ref())
}

/// The agency's key in force that says yes to the new one. It is opened first: without it nothing is made.
fn key_before(whose: &KeyOwner) -> Result<Option<SecretKey>> {
    let Some(file) = &whose.follows else { return Ok(None) };
    let locked = KeyFile::read(file).with_context(|| format!("{}", file.display()))?;
    if whose.follows_pin_file.is_none() {
        writeln!(std::io::stderr(), "原密钥的 PIN · the PIN of the key in force: {}", file.display())?;
    }
    Ok(Some(locked.open(&pin(whose.follows_pin_file.as_deref(), false)?)?))
}

/// The registration on standard output, for a file; the fingerprint on standard error, for paper.
fn print_registration(key: &SecretKey, whose: &KeyOwner, before: Option<&SecretKey>) -> Result<ExitCode> {
    let names = (whose.agency.as_str(), whose.unit.as_str());
    let made = KeyRegistration::sign(&mut getrandom::SysRng, key, names, before)?;
    writeln!(stdout().lock(), "{}", serde_json::to_string_pretty(&made)?)?;
    let (id, digits) = (key_id(key.public_key()), grouped(&fingerprint(key.public_key())));
    writeln!(std::io::stderr(), "公钥编号 key: {id}\n指纹 fingerprint: {digits}")?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn public_key(file: &Path) -> Result<ExitCode> {
    let key = KeyFile::read(file).with_context(|| format!("{}", file.display()))?;
    stdout().lock().write_all(key.public_key().to_pem().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Signs what the file holds. A person who runs this has read the file: no page shows it in words.
pub(crate) fn sign(key: &Path, pin_file: Option<&Path>, file: &Path) -> Result<ExitCode> {
    let bytes = std::fs::read(file).with_context(|| format!("{}", file.display()))?;
    let locked = KeyFile::read(key).with_context(|| format!("{}", key.display()))?;
    let secret = locked.open(&pin(pin_file, false)?)?;
    let signature = secret.sign(&mut getrandom::SysRng, &bytes)?;
    writeln!(stdout().lock(), "{}", BASE64_STANDARD.encode(signature))?;
    Ok(ExitCode::SUCCESS)
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
    write!(std::io::stderr(), "{prompt}")?;
    let shown = tcgetattr(stdin())?;
    let mut hidden = shown.clone();
    hidden.local_flags.remove(LocalFlags::ECHO);
    tcsetattr(stdin(), SetArg::TCSANOW, &hidden)?;
    let mut line = Zeroizing::new(String::new());
    let read = stdin().lock().read_line(&mut line);
    tcsetattr(stdin(), SetArg::TCSANOW, &shown)?;
    writeln!(std::io::stderr())?;
    read?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
