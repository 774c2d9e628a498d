//! `hufu station`: the PCs at the counters, how they become known and how they are shut out.

use super::{Database, say};
use crate::{
    custody::{enrol, plan},
    store::{people, stations},
};

/// Enter stations, give one-time codes, list them, revoke one
#[derive(Clone, Debug, clap::Args)]
pub struct Station {
    #[command(subcommand)]
    act: Act,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Act {
    /// Enter a station and print its one-time code
    Add {
        #[command(flatten)]
        database: Database,
        #[arg(long)]
        name: String,
        /// The name of the unit it stands at
        #[arg(long)]
        unit: String,
        /// The address of the station's own page on its PC
        #[arg(long, default_value = "http://127.0.0.1:7717")]
        page: String,
    },
    /// Print a new one-time code for a station that is there: for a new PC, or after it was revoked
    Invite {
        #[command(flatten)]
        database: Database,
        name: String,
    },
    /// Shut a station out at once
    Revoke {
        #[command(flatten)]
        database: Database,
        name: String,
    },
    /// List all stations
    List {
        #[command(flatten)]
        database: Database,
    },
}

pub async fn run(station: Station) -> anyhow::Result<()> {
    match station.act {
        Act::Add { database, name, unit, page } => {
            let app = database.open().await?;
            let unit = plan::unit_named(&app, &unit).await?;
            enrol::add(&app, unit, &name, &page).await?;
            code(&app, &name).await
        }
        Act::Invite { database, name } => code(&database.open().await?, &name).await,
        Act::Revoke { database, name } => {
            enrol::revoke(&database.open().await?, &name).await?;
            Ok(say(&format!("已停用 revoked: {name}"))?)
        }
        Act::List { database } => {
            let app = database.open().await?;
            let mut tx = app.db.read().await?;
            let units = people::units(&mut tx).await?;
            for station in stations::all(&mut tx).await? {
                let unit =
                    units.iter().find(|unit| unit.id == station.unit).map_or("", |unit| unit.name.as_str());
                let state = match (station.disabled, &station.device_key) {
                    (true, _) => "已停用 revoked",
                    (false, Some(_)) => "已登记 enrolled",
                    (false, None) => "未登记 not enrolled",
                };
                say(&format!("{}\t{unit}\t{state}", station.name))?;
            }
            Ok(())
        }
    }
}

async fn code(app: &crate::app::App, name: &str) -> anyhow::Result<()> {
    let (code, expires_at) = enrol::invite(app, name).await?;
    say(&format!("一次性登记码 one-time code: {code}"))?;
    say(&format!("有效至 valid until: {}", expires_at.text_seconds()))?;
    Ok(say("在工作站上运行 at the station: hufu-station enrol --server https://… --code …")?)
}
