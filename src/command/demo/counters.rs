//! The demo's counters: each is the real station program with simulated devices, in a process of its own.

use crate::{
    app::App,
    custody::{
        keys,
        plan::{CityPlan, NewStation},
    },
};
use anyhow::{Context, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tokio::process::{self, Child};

/// The running station programs. They end with the demo.
#[derive(Default)]
pub(super) struct Counters(Vec<Child>);

/// Writes a station's configuration and makes its agency's key; the public half is registered with the ledger.
pub(super) async fn enter(
    app: &App,
    demo: &Path,
    station: &NewStation,
    server: &str,
    pin: &str,
) -> anyhow::Result<()> {
    let folder = folder(demo, &station.page)?;
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("pin"), pin)?;
    let listen = station.page.trim_start_matches("http://");
    let (name, token) = (&station.name, &station.token);
    let config = format!(
        "# {name}\nname = \"{name}\"\nserver = \"{server}\"\ntoken = \"{token}\"\nlisten = \"{listen}\"\n\
         data = \"data\"\nkey = \"agency.key\"\n"
    );
    fs::write(folder.join("station.toml"), config)?;
    let key = folder.join("agency.key");
    let made = Command::new(program()?)
        .args(["key", "new", "--out"])
        .arg(&key)
        .arg("--pin-file")
        .arg(folder.join("pin"))
        .output()
        .context("hufu-station key new")?;
    if !made.status.success() {
        bail!("hufu-station key new: {}", String::from_utf8_lossy(&made.stderr));
    }
    let public_pem = String::from_utf8(made.stdout)?;
    keys::register(app, station.unit, public_pem.trim()).await?;
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
