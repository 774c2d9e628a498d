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
use hufu_wire::registration::KeyRegistration;
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

/// Writes a station's configuration and makes its unit's key, which people of the agency register and confirm. The agency's first
/// key signs the later ones.
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
    let listen = station.page.trim_start_matches("http://");
    let (name, token) = (&station.name, &station.token);
    let config = format!(
        "# {name}\nname = \"{name}\"\nserver = \"{server}\"\ntoken = \"{token}\"\nlisten = \"{listen}\"\n\
         data = \"data\"\nkey = \"agency.key\"\n"
    );
    fs::write(folder.join("station.toml"), config)?;
    let key = folder.join("agency.key");
    let unit =
        people::unit(&mut app.db.read().await?, station.unit).await?.context("the station has a unit")?;
    let mut new = Command::new(program()?);
    new.args(["key", "new", "--agency", &unit.agency_name, "--unit", &unit.name, "--out"]).arg(&key);
    new.arg("--pin-file").arg(folder.join("pin"));
    if let Some(before) = first.get(&unit.agency) {
        new.arg("--follows").arg(before).arg("--follows-pin-file").arg(folder.join("pin"));
    }
    let made = new.output().context("hufu-station key new")?;
    if !made.status.success() {
        bail!("hufu-station key new: {}", String::from_utf8_lossy(&made.stderr));
    }
    first.entry(unit.agency).or_insert(key);
    register(app, unit.agency, &serde_json::from_slice(&made.stdout)?).await
}

/// As two people of the agency do it.
async fn register(app: &App, agency: AgencyId, key: &KeyRegistration) -> anyhow::Result<()> {
    let people = people::persons(&mut app.db.read().await?).await?;
    let of_agency = |approves: bool| {
        let fits = |it: &&Person| {
            it.agency == agency
                && access::offers(it, Work::AnsweringForKeys) == approves
                && access::offers(it, Work::Reading)
        };
        people.iter().find(fits).with_context(|| format!("{} lacks somebody to register its key", key.agency))
    };
    let registered = keys::register(app, of_agency(false)?, key).await?;
    if registered.standing == KeyStanding::Waiting {
        keys::confirm(app, of_agency(true)?, &registered.key, &registered.fingerprint).await?;
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
