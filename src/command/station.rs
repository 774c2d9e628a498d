//! `hufu station`: the PCs at the counters, how they become known and how they are shut out.

use super::{Database, RecordingLedger, say, told};
use crate::{
    custody::{access, enrol, plan},
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
        ledger: RecordingLedger,
        #[arg(long)]
        name: String,
        /// The name of the unit it stands at, or agency/unit where several agencies have one of the name
        #[arg(long)]
        unit: String,
        /// The address of the station's own page on its PC
        #[arg(long, default_value = "http://127.0.0.1:7717")]
        page: String,
    },
    /// Print a new one-time code for a station that is there: for a new PC, or after it was revoked
    Invite {
        #[command(flatten)]
        ledger: RecordingLedger,
        name: String,
    },
    /// Shut a station out at once
    Revoke {
        #[command(flatten)]
        ledger: RecordingLedger,
        name: String,
        /// Why; stands in the ledger
        #[arg(long)]
        reason: String,
    },
    /// List all stations
    List {
        #[command(flatten)]
        database: Database,
    },
}

pub async fn run(station: Station) -> anyhow::Result<()> {
    match station.act {
        Act::Add { ledger, name, unit, page } => {
            let app = ledger.open().await?;
            let unit = plan::unit_named(&app, &unit).await.map_err(told)?;
            let added = enrol::add(&app, &access::machine(), (unit, &name, &page)).await;
            say(&format!("第 {0} 号分录 entry {0}", added.map_err(told)?.1.seq))?;
            code(&app, &name).await
        }
        Act::Invite { ledger, name } => code(&ledger.open().await?, &name).await,
        Act::Revoke { ledger, name, reason } => {
            let app = ledger.open().await?;
            let done = enrol::revoke(&app, &access::machine(), &name, &reason).await.map_err(told)?;
            Ok(say(&format!("已停用 revoked: {name}，第 {0} 号分录 entry {0}", done.seq))?)
        }
        Act::List { database } => {
            let app = database.open().await?;
            let mut tx = app.db.read().await?;
            let units = people::units(&mut tx).await?;
            for station in stations::all(&mut tx).await? {
                let unit = units.iter().find(|unit| unit.id == station.unit);
                let unit = unit.map_or_else(String::new, |it| format!("{}/{}", it.agency_name, it.name));
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
    let (code, expires_at) = enrol::invite(app, &access::machine(), name).await.map_err(told)?;
    say(&format!("一次性登记码 one-time code: {code}"))?;
    say(&format!("有效至 valid until: {}", expires_at.text_seconds()))?;
    Ok(say("在工作站上运行 at the station: hufu-station enrol --server https://… --code …")?)
}
