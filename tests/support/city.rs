//! A small city: police with a station's evidence room, procuratorate, court, oversight, and the centre with its people.
//! Logins are the words below; every password is [`PASSWORD`].

use hufu::{
    app::App,
    custody::city::{self, NewPerson},
    domain::{AgencyKind, Role, StoreKind},
    id::{SlotId, StationId, StoreId, UnitId},
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
}

impl City {
    pub async fn found(app: &App) -> City {
        let police_agency = city::found_agency(app, AgencyKind::Police, "临江市公安局").await.unwrap();
        let procuratorate_agency =
            city::found_agency(app, AgencyKind::Procuratorate, "临江市人民检察院").await.unwrap();
        let court_agency = city::found_agency(app, AgencyKind::Court, "临江市人民法院").await.unwrap();
        let oversight_agency =
            city::found_agency(app, AgencyKind::Oversight, "临江市委政法委").await.unwrap();
        let unit = async |agency, name| city::found_unit(app, agency, name).await.unwrap();
        let police = unit(police_agency, "城东派出所").await;
        let other_police = unit(police_agency, "城西派出所").await;
        let centre_unit = unit(police_agency, "涉案财物管理中心").await;
        let procuratorate = unit(procuratorate_agency, "案件管理部").await;
        let court = unit(court_agency, "立案庭").await;
        let oversight = unit(oversight_agency, "执法监督处").await;
        for (unit, name, login, role) in [
            (police, "张伟", "zhang", Role::Officer),
            (police, "李娜", "li", Role::Officer),
            (police, "王强", "wang", Role::Approver),
            (other_police, "赵敏", "zhao", Role::Officer),
            (procuratorate, "钱芳", "qian", Role::Clerk),
            (procuratorate, "孙磊", "sun", Role::Clerk),
            (court, "周洁", "zhou", Role::Clerk),
            (court, "吴涛", "wu", Role::Clerk),
            (centre_unit, "陈静", "chen", Role::Custodian),
            (centre_unit, "林峰", "lin", Role::Custodian),
            (oversight, "郑直", "zheng", Role::Auditor),
            (centre_unit, "管理员", "admin", Role::Administrator),
            (procuratorate, "高远", "gao", Role::Approver),
            (court, "许宁", "xu", Role::Approver),
        ] {
            let roles = &[role];
            let new = NewPerson { unit, name, login, password: PASSWORD, must_change: false, roles };
            city::add_person(app, &new).await.unwrap();
        }
        let centre =
            city::found_store(app, StoreKind::Centre, "市涉案财物管理中心", centre_unit).await.unwrap();
        let vault = city::found_store(app, StoreKind::Vault, "中心保险库", centre_unit).await.unwrap();
        let slots =
            city::add_slots(app, centre, "A", (1..=4).map(|n| format!("A-{n:02}")), 20).await.unwrap();
        let slots_b =
            city::add_slots(app, centre, "B", (1..=2).map(|n| format!("B-{n:02}")), 20).await.unwrap();
        let vault_slots =
            city::add_slots(app, vault, "V", (1..=2).map(|n| format!("V-{n:02}")), 50).await.unwrap();
        let station =
            async |unit, name| city::add_station(app, unit, name, "http://127.0.0.1:9").await.unwrap().0;
        City {
            counter_station: station(centre_unit, "中心一号窗口").await,
            police_station: station(police, "城东派出所工位").await,
            procuratorate_station: station(procuratorate, "检察院案管工位").await,
            court_station: station(court, "法院立案庭工位").await,
            police,
            other_police,
            procuratorate,
            court,
            centre_unit,
            oversight,
            centre,
            vault,
            slots,
            slots_b,
            vault_slots,
        }
    }
}
