//! A small city: police with a station's evidence room, procuratorate, court, oversight, and the centre with its people.
//! Logins are the words below; every password is [`PASSWORD`].

use hufu::{
    app::App,
    custody::plan::{self, CityPlan, FirstPassword},
    id::{SlotId, StationId, StoreId, UnitId},
    store::places,
};

pub const PASSWORD: &str = "tiger-tally-2026";

/// The ids tests need. People are found by login with `TestApp::person`.
pub struct City {
    /// 城东派出所: officers `zhang` and `li`; `wang` approves.
    pub police: UnitId,
    /// 城西派出所: officer `zhao`, who must not see the others' cases.
    pub other_police: UnitId,
    /// 案件管理部: clerks `qian` and `sun`; `gao` approves.
    pub procuratorate: UnitId,
    /// 立案庭: clerks `zhou` and `wu`; `xu` approves.
    pub court: UnitId,
    /// 涉案财物管理中心 (a unit of the police): custodians `chen` and `lin`.
    pub centre_unit: UnitId,
    /// 督察: auditor `zheng`.
    pub oversight: UnitId,
    pub centre: StoreId,
    pub vault: StoreId,
    /// in zone A of the centre.
    pub slots: Vec<SlotId>,
    /// B-01, B-02 in zone B of the centre.
    pub slots_b: Vec<SlotId>,
    pub vault_slots: Vec<SlotId>,
    pub counter_station: StationId,
    pub police_station: StationId,
    pub procuratorate_station: StationId,
    pub court_station: StationId,
    /// How many entries its founding made: the first entry of a test has the next number.
    pub founded: u64,
}

impl City {
    /// Founds it in one commit, as a real one is.
    pub async fn found(app: &App) -> City {
        let plan: CityPlan = toml::from_str(include_str!("city.toml")).unwrap();
        let founded = plan::found(app, &plan, FirstPassword::Shared(PASSWORD)).await.unwrap();
        let station = |name: &str| founded.stations.iter().find(|it| it.name == name).unwrap().id;
        let unit = async |name| plan::unit_named(app, name).await.unwrap();
        let mut tx = app.db.read().await.unwrap();
        let stores = places::stores(&mut tx).await.unwrap();
        let store = |name: &str| stores.iter().find(|it| it.name == name).unwrap().id;
        let (centre, vault) = (store("市涉案财物管理中心"), store("中心保险库"));
        let (in_centre, in_vault) =
            (places::slots(&mut tx, centre).await.unwrap(), places::slots(&mut tx, vault).await.unwrap());
        let of_zone = |zone| in_centre.iter().filter(|it| it.zone == zone).map(|it| it.id).collect();
        City {
            police: unit("城东派出所").await,
            other_police: unit("城西派出所").await,
            procuratorate: unit("案件管理部").await,
            court: unit("立案庭").await,
            centre_unit: unit("涉案财物管理中心").await,
            oversight: unit("执法监督处").await,
            centre,
            vault,
            slots: of_zone("A"),
            slots_b: of_zone("B"),
            vault_slots: in_vault.iter().map(|it| it.id).collect(),
            counter_station: station("中心一号窗口"),
            police_station: station("城东派出所工位"),
            procuratorate_station: station("检察院案管工位"),
            court_station: station("法院立案庭工位"),
            founded: founded.entries.unwrap().1,
        }
    }
}
