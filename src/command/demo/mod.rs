//! `hufu demo`: a fresh ledger in one folder, a city, the server, and three counters with simulated devices behind real
//! pseudo-terminals and the real drivers. A second run goes on where the first stopped.

mod arrivals;
mod counters;
mod findings;
mod first_day;
mod handed_over;
mod losses;
mod names;
mod photographs;
mod second_list;
mod ways_out;

use super::{Database, Files, say, sending::at_once, serve};
use crate::{
    app::App,
    custody::plan::{self, CityPlan, FirstPassword},
    import,
    store::{Db, LedgerUrl, people, places, settings},
};
use anyhow::{Context, bail};
use axum::serve::ListenerExt;
use counters::{Counters, PIN};
use std::{
    collections::BTreeMap,
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

/// Everybody's password in the demo; a real first password is made by `hufu user add` and must be changed.
const PASSWORD: &str = "tiger-tally-2026";
/// What a ledger of the demo is called in its checkpoints.
const ORIGIN: &str = "hufu.demo/ledger";
/// The server's port, which the pages in `city.toml` stand beside.
const PORT: u16 = 8080;

/// Try everything on this machine: a city, a server and three counters with simulated devices
#[derive(Clone, Debug, clap::Args)]
pub struct Demo {
    /// Where the demo's ledger, keys and counters are kept; remove it to start over
    #[arg(long, default_value = "demo")]
    folder: PathBuf,
    /// The port of the server; the counters' own pages are 11 ports above it and up
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// Another database than the folder's own file, e.g. postgres://…
    #[arg(long, value_name = "URL")]
    database: Option<LedgerUrl>,
    /// Serve the city without starting the counters
    #[arg(long)]
    without_counters: bool,
    /// Begin with an empty ledger: no case, nothing received, nothing lent
    #[arg(long)]
    empty: bool,
}

pub async fn run(demo: Demo) -> anyhow::Result<()> {
    let folder = &demo.folder;
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, demo.port));
    let listener = serve::listen(listen)?;
    let address = format!("http://{listen}");
    let file = LedgerUrl::of_file(&folder.join("ledger.db"));
    let database = Database { database: demo.database.clone().unwrap_or(file) };
    let ledger_key = Some(folder.join("ledger.key"));
    let files = Files { ledger_key, origin: Some(ORIGIN.to_owned()), ..Files::default() };
    own_or_new(&database).await?;
    let app = database.open_for_service(&files, address.clone()).await?;

    let mut city: CityPlan = toml::from_str(include_str!("city.toml"))?;
    for station in &mut city.station {
        station.page = moved(&station.page, demo.port)?;
    }
    let founded = plan::found(&app, &city, FirstPassword::Shared(PASSWORD)).await?;
    let mut first = BTreeMap::new();
    for station in &founded.stations {
        counters::enter(&app, folder, station, &address, &mut first).await?;
    }
    if !demo.empty {
        first_day::record(&app).await?;
    }
    fs::write(folder.join("wall.json"), wall(&app).await?)?;
    let list = folder.join("seizure-list.csv");
    fs::write(&list, import::sample_csv())?;

    let counters = match demo.without_counters {
        true => Counters::default(),
        false => Counters::start(folder, &city)?,
    };
    let serving = tokio::spawn(serve::run_until(app.clone(), listener.tap_io(at_once), serve::ended()));
    if !demo.empty
        && !demo.without_counters
        && let Err(error) = handed_over::record(&app, &city).await
    {
        say(&format!("没有演示换押 the demo shows no finished handover: {error:#}"))?;
    }
    greet(&app, &address, &city, &list).await?;
    let served = serving.await?;
    counters.stop().await;
    served
}

/// Refuses a ledger that the demo did not make: it would enter people there whose password everybody knows. A ledger of the demo says
/// so by its origin. Nothing is changed, not even brought up to date.
async fn own_or_new(database: &Database) -> anyhow::Result<()> {
    let url = &database.database;
    if Db::file(url.as_written()).is_some_and(|path| !path.exists()) {
        return Ok(());
    }
    let db = Db::open(url.as_written()).await.with_context(|| format!("无法打开 cannot open {url}"))?;
    let found = settings::of_any(&mut db.read().await?).await;
    db.close().await;
    match found?.is_none_or(|settings| settings.origin == ORIGIN) {
        true => Ok(()),
        false => bail!(
            "{url} 不是演示账本，没有改动：演示会登记人人知道密码的账号 is no ledger of the demo, and nothing in it was changed: the demo would enter people whose password everybody knows — choose another --folder or --database"
        ),
    }
}

/// A counter's page at the same distance from another port, so that two demos can run side by side.
fn moved(page: &str, port: u16) -> anyhow::Result<String> {
    let (host, own) = page.rsplit_once(':').context("a station's page has a port")?;
    let distance =
        own.parse::<u16>()?.checked_sub(PORT).context("a station's page stands above the server's")?;
    Ok(format!("{host}:{}", port.checked_add(distance).context("the port is too high")?))
}

/// The tags that hang on the shelves, for the virtual counters.
async fn wall(app: &App) -> anyhow::Result<String> {
    let mut tx = app.db.read().await?;
    let mut tags = Vec::new();
    for store in places::stores(&mut tx).await? {
        for slot in places::slots(&mut tx, store.id).await? {
            tags.push(serde_json::json!({ "code": slot.code, "name": slot.full_name() }));
        }
    }
    Ok(serde_json::to_string_pretty(&tags)?)
}

async fn greet(app: &App, address: &str, city: &CityPlan, list: &Path) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    let persons = people::persons(&mut tx).await?;
    drop(tx);
    say(&format!("\n虎符 hufu 演示 demo · {}\n", app.db.engine()))?;
    say(&format!("  打开 open      {address}"))?;
    say(&format!("  密码 password  {PASSWORD}   签章 PIN  {PIN}"))?;
    say(&format!("  清单 list      {}\n", list.display()))?;
    for person in persons {
        let roles: Vec<&str> = person.roles.iter().map(|role| role.word()).collect();
        let (login, name, unit) = (&person.login, &person.name, &person.unit_name);
        say(&format!("  {login:<8}{name}  {unit}  ({})", roles.join(", ")))?;
    }
    say("")?;
    for station in &city.station {
        say(&format!("  虚拟柜台 virtual counter  {}/counter  {}", station.page, station.name))?;
    }
    say("\n  Ctrl-C 结束；再次运行会接着上次继续。Ctrl-C ends it; the next run goes on from here.\n")?;
    Ok(())
}
