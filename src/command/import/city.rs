//! `hufu import city`: a city from a file. What would change is worked out and said first; then all of it is recorded, or nothing.

use crate::{
    app::App,
    command::{RecordingLedger, new_file::NewFile, say, told},
    custody::{
        access, enrol,
        plan::{self, Changes, CityPlan, FirstPassword, NewLogin, PersonChange, Planned},
    },
};
use anyhow::Context;
use std::{
    fs,
    path::{Path, PathBuf},
};

#[derive(Clone, Debug, clap::Args)]
pub(super) struct City {
    #[command(flatten)]
    ledger: RecordingLedger,
    file: PathBuf,
    /// Only say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the first passwords into this file, one slip for each person to be cut off and handed out, instead of showing them; must
    /// not be there, and only its owner can read it
    #[arg(long, value_name = "FILE")]
    slips: Option<PathBuf>,
}

pub(super) async fn import(city: City) -> anyhow::Result<()> {
    let (file, shown) = (&city.file, city.file.display());
    let text = fs::read_to_string(file).with_context(|| format!("无法打开 cannot open {shown}"))?;
    let plan: CityPlan = toml::from_str(&text).with_context(|| {
        format!("{shown} 无法读懂，未作任何登记 cannot be understood; nothing was entered")
    })?;
    let app = match city.dry_run {
        true => city.ledger.look_or_empty().await?,
        false => city.ledger.open_or_make().await?,
    };
    let me = access::machine();
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let changes = plan::work_out(&app, &me, &plan, &format!("按名册 {name}"))
        .await
        .map_err(told)
        .context("未作任何登记 nothing was entered")?;
    tell(&changes)?;
    if city.dry_run {
        return Ok(say("只是试算，什么也没有改变 a dry run: nothing was changed")?);
    }
    let logins = plan::new_logins(&app, &changes, FirstPassword::OwnEach).await.map_err(told)?;
    let slips = city.slips.as_deref().map(|path| written(path, &logins)).transpose()?;
    let done = plan::carry_out(&app, &me, &changes, logins)
        .await
        .map_err(told)
        .context("未作任何登记 nothing was entered")?;
    match (slips, &city.slips) {
        (Some(slips), Some(path)) => {
            slips.finish()?;
            say(&format!("{} 张密码条 password slips: {}", done.logins.len(), path.display()))?;
        }
        _ => {
            for new in &done.logins {
                say(&format!("{}\t{}\t初始密码 first password: {}", new.login, new.name, new.password))?;
            }
        }
    }
    for new in &done.stations {
        code(&app, &new.name).await?;
    }
    let (people, stations) = (done.logins.len(), done.stations.len());
    match done.entries {
        Some((from, to)) => {
            say(&format!(
                "新登记 {people} 人、{stations} 个工位；第 {from} 至 {to} 号分录 entered {people} people, {stations} stations; entries {from} to {to}"
            ))?;
        }
        None => say("名册与账上相同，没有新分录 everybody stands as written, no new entry")?,
    }
    Ok(())
}

/// One line for each change.
fn tell(changes: &Changes) -> anyhow::Result<()> {
    for planned in &changes.entries {
        say(&match &planned.what {
            Planned::Unit(unit) => format!("+ 部门 unit\t{unit}"),
            Planned::Store(store) => format!("+ 库 store\t{store}"),
            Planned::Slots(store) => format!("+ 库位 slots\t{store}"),
            Planned::Station(station) => format!("+ 工位 station\t{station}"),
            Planned::Person { login, change: PersonChange::New } => format!("+ 人员 person\t{login}"),
            Planned::Person { login, change: PersonChange::Changed { name, unit, roles } } => {
                let whats = [(*name, "姓名 name"), (*unit, "部门 unit"), (*roles, "岗位 roles")];
                let whats: Vec<&str> =
                    whats.into_iter().filter(|(differs, _)| *differs).map(|it| it.1).collect();
                format!("~ 人员 person\t{login}\t{}", whats.join("、"))
            }
        })?;
    }
    for login in &changes.closed {
        say(&format!("! 账号已关闭，不重新启用 closed, and stays so\t{login}"))?;
    }
    Ok(say(&format!("= {} 人不变 people unchanged", changes.unchanged.len()))?)
}

/// The slips, on disk before anything is recorded; named when it is.
fn written(path: &Path, logins: &[NewLogin]) -> anyhow::Result<NewFile> {
    let file = NewFile::begin(path)?;
    fs::write(file.partial(), slips(logins))
        .with_context(|| format!("无法写入 cannot write {}", path.display()))?;
    Ok(file)
}

/// One slip for each person, between lines to cut along.
fn slips(logins: &[NewLogin]) -> String {
    const CUT: &str = "✂ - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -";
    let mut text = format!("{CUT}\n");
    for NewLogin { login, name, unit, password, .. } in logins {
        text.push_str(&format!(
            "\n  虎符 hufu    {unit}\n\n  {name}\n  账号 login            {login}\n  初始密码 password     {password}\n\n  \
             7 天内登录并更改密码；更改后请销毁此条。\n  Log in and change it within 7 days, then destroy this slip.\n\n{CUT}\n"
        ));
    }
    text
}

async fn code(app: &App, station: &str) -> anyhow::Result<()> {
    let (code, expires_at) = enrol::invite(app, &access::machine(), station).await.map_err(told)?;
    Ok(say(&format!(
        "{station}\t一次性登记码 one-time code: {code}\t有效至 valid until {}",
        expires_at.text_seconds()
    ))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PersonId;
    use uuid::Uuid;

    #[test]
    fn each_slip_can_be_cut_off_and_says_whose_it_is() {
        let new = |login: &str| NewLogin {
            person: PersonId(Uuid::nil()),
            login: login.to_owned(),
            name: "张伟".to_owned(),
            unit: "临江市公安局 城东派出所".to_owned(),
            password: format!("{login}-23456789"),
            must_change: true,
        };
        let text = slips(&[new("zhang"), new("li")]);
        let parts: Vec<&str> = text.split('✂').collect();
        assert_eq!(parts.len(), 4, "a line before, between and after");
        assert!(parts[1].contains("zhang-23456789") && !parts[1].contains("li-2"));
        assert!(parts[2].contains("li-23456789") && parts[2].contains("城东派出所"));
    }
}
