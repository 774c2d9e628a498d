//! The demo's counters: each is the real station program with simulated devices, in a process of its own.

use crate::{
    app::App,
    custody::{
        access::{self, Work},
        keys,
        plan::{CityPlan, NewStation},
    },
    domain::Person,
    id::AgencyId,
    ledger::state::KeyStanding,
    store::people,
};
use anyhow::{Context, bail};
use hufu_wire::{proof::holder, registration::KeyRegistration};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tokio::process::{self, Child};

/// The PIN of every demo key.
pub(super) const PIN: &str = "246810";

/// The running station programs. They end with the demo.
#[derive(Default)]
pub(super) struct Counters(Vec<Child>);

/// Writes a station's configuration and makes the keys of the people who sign there, which they register and an approver of their
/// agency confirms. The agency's first key says yes to the later ones.
pub(super) async fn enter(
    app: &App,
    demo: &Path,
    station: &NewStation,
    server: &str,
    first: &mut BTreeMap<AgencyId, PathBuf>,
) -> anyhow::Result<()> {
    let folder = folder(demo, &station.page)?;
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("pin"), PIN)?;
    let people = people::persons(&mut app.db.read().await?).await?;
    let mut keys = Vec::new();
    for person in people.iter().filter(|it| it.unit == station.unit && access::offers(it, Work::Signing)) {
        let file = format!("{}.key", person.login);
        let before = first.get(&person.agency).map(PathBuf::as_path);
        let made = new_key(&folder, &file, person, before)?;
        register(app, person, &people, &made).await?;
        first.entry(person.agency).or_insert_with(|| folder.join(&file));
        keys.push(format!("\"{file}\""));
    }
    let listen = station.page.trim_start_matches("http://");
    let (name, token, keys) = (&station.name, &station.token, keys.join(", "));
    let config = format!(
        "# {name}\nname = \"{name}\"\nserver = \"{server}\"\ntoken = \"{token}\"\nlisten = \"{listen}\"\n\
         data = \"data\"\nkeys = [{keys}]\n"
    );
    Ok(fs::write(folder.join("station.toml"), config)?)
}

/// As the person does it at the station.
fn new_key(
    folder: &Path,
    file: &str,
    person: &Person,
    before: Option<&Path>,
) -> anyhow::Result<KeyRegistration> {
    let mut new = Command::new(program()?);
    new.args(["key", "new", "--agency", &person.agency_name, "--unit", &person.unit_name]);
    new.args(["--holder", &holder(&person.name, &person.login)]);
    new.arg("--out").arg(folder.join(file)).arg("--pin-file").arg(folder.join("pin"));
    if let Some(before) = before {
        new.arg("--follows").arg(before).arg("--follows-pin-file").arg(folder.join("pin"));
    }
    let made = new.output().context("hufu-station key new")?;
    if !made.status.success() {
        bail!("hufu-station key new: {}", String::from_utf8_lossy(&made.stderr));
    }
    Ok(serde_json::from_slice(&made.stdout)?)
}

/// As its holder and an approver of the agency do it.
async fn register(app: &App, me: &Person, people: &[Person], key: &KeyRegistration) -> anyhow::Result<()> {
    let registered = keys::register(app, me, key).await?;
    if registered.standing == KeyStanding::Waiting {
        let confirms = |it: &&Person| {
            it.agency == me.agency && it.id != me.id && access::offers(it, Work::AnsweringForKeys)
        };
        let approver = people.iter().find(confirms);
        let approver =
            approver.with_context(|| format!("{} lacks somebody to confirm its key", key.agency))?;
        keys::confirm(app, approver, &registered.key, &registered.fingerprint).await?;
    }
    Ok(())
}

impl Counters {
    pub(super) fn start(demo: &Path, city: &CityPlan) -> anyhow::Result<Counters> {
        let mut running = Vec::new();
        for station in &city.station {
            let folder = folder(demo, &station.page)?;
            let log = fs::File::create(folder.join("station.log"))?;
            let child = process::Command::new(program()?)
                .args(["simulate", "--config"])
                .arg(folder.join("station.toml"))
                .arg("--wall")
                .arg(demo.join("wall.json"))
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log)
                .kill_on_drop(true)
                .spawn()
                .context("hufu-station simulate")?;
            running.push(child);
        }
        Ok(Counters(running))
    }

    pub(super) async fn stop(mut self) {
        for child in &mut self.0 {
            // A counter that has already ended is as good as one that ends now.
            drop(child.kill().await);
        }
    }
}

/// Each counter's folder is named by the port of its page.
fn folder(demo: &Path, page: &str) -> anyhow::Result<PathBuf> {
    let port = page.rsplit(':').next().context("a station's page has a port")?;
    Ok(demo.join(format!("station-{port}")))
}

/// `hufu-station` lies beside `hufu`.
fn program() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("hufu-station");
    match program.exists() {
        true => Ok(program),
        false => bail!("找不到 {0} — run `make demo`, which builds it: {0} is missing", program.display()),
    }
}
