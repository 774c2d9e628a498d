//! Sets a station up: finds what is plugged in, asks each device politely what it is, lets a person agree, prints a test label
//! and has it scanned back, and writes the configuration file.

mod file;
mod hint;
mod label;
mod listen;
mod person;
mod probe;
mod prove;
mod recognise;
pub mod udev;

pub use file::Head;
pub use person::Person;

use crate::config::ConfigError;
use crate::device::list::{DetectedDevice, Roots, list};
use std::{fs, io, path::Path, path::PathBuf, time::Duration};

#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error(
        "配置文件已存在，未作改动；要替换请加 --force · the file is there already, nothing was changed; --force replaces it: {0}"
    )]
    Exists(PathBuf),
    #[error("文件无法写入，未作改动 · the file cannot be written, nothing was changed: {path}")]
    Write { path: PathBuf, source: io::Error },
    #[error(
        "写成的配置不合格，未作改动 · what would be written is no good configuration, nothing was changed"
    )]
    Config(#[from] ConfigError),
    #[error("终端无法读写 · the terminal cannot be read or written")]
    Terminal(#[from] io::Error),
}

/// What setup is told beforehand.
#[derive(Clone, Debug)]
pub struct Options {
    pub roots: Roots,
    pub out: PathBuf,
    pub force: bool,
    pub head: Head,
    /// Devices on the network, `host:port`, which no listing shows.
    pub network: Vec<String>,
    /// How long to wait for a person to scan.
    pub wait: Duration,
    pub test_label: bool,
    /// Where a missing udev rule is written; without it a person is asked, and a script only told.
    pub write_udev: Option<PathBuf>,
}

/// The whole conversation. Nothing is written before everything is agreed.
pub async fn run(options: &Options, person: &mut Person<'_>) -> Result<(), SetupError> {
    if !options.force && options.out.exists() {
        return Err(SetupError::Exists(options.out.clone()));
    }
    let found = list(&options.roots);
    person.tell(&format!("找到 {} 个设备 · {} devices found", found.len(), found.len()))?;
    for one in &found {
        person.tell(&format!("  {}\t{}", one.path.display(), one.about()))?;
        if let Some(denied) = one.denied {
            person.tell(&format!("    ✕ {}", udev::remedy(one, denied)))?;
        }
    }
    offer_rules(options, &found, person)?;
    let usable: Vec<DetectedDevice> = found.into_iter().filter(|it| it.denied.is_none()).collect();
    let proposals = recognise::all(&usable, &options.network, options.wait, person).await?;
    let mut agreed = Vec::new();
    for proposal in proposals {
        let question = format!("  {} = {}", recognise::place(&proposal), proposal.role.both());
        if person.agrees(&question)? {
            agreed.push(proposal);
        }
    }
    if options.test_label {
        prove::label(&agreed, options.wait, person).await?;
    }
    let text = file::text(&options.head, &agreed);
    let folder = options.out.parent().unwrap_or(Path::new("."));
    file::check(&text, folder)?;
    file::write(&options.out, &text, options.force)?;
    person.tell(&format!(
        "已写入 {0}。下一步 · written. Next: hufu-station run --config {0}",
        options.out.display()
    ))?;
    Ok(())
}

/// Shows the rules that are missing, exactly as they would be written, and writes them where a person agrees.
fn offer_rules(
    options: &Options,
    found: &[DetectedDevice],
    person: &mut Person<'_>,
) -> Result<(), SetupError> {
    let Some(rules) = udev::rules(found) else { return Ok(()) };
    person.tell(&format!("缺少的 udev 规则 · the udev rules that are missing:\n{rules}"))?;
    let path = match &options.write_udev {
        Some(path) => path.clone(),
        None if person.is_present() => PathBuf::from(udev::RULES),
        None => return Ok(()),
    };
    if !person.agrees(&format!("写入 · write them to {}?", path.display()))? {
        return Ok(());
    }
    fs::write(&path, rules).map_err(|source| SetupError::Write { path: path.clone(), source })?;
    person.tell(
        "然后 · then: sudo udevadm control --reload && sudo udevadm trigger; 再运行本命令 · run this again",
    )?;
    Ok(())
}
