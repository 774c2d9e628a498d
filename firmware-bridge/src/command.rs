//! What each command does. Standard output is for answers, standard error for what happens meanwhile.

use crate::Setup;
use anyhow::{Context, Result, bail};
use axum::Router;
use hufu_station::config::{self, Config};
use hufu_station::device::list::{Roots, list};
use hufu_station::setup::{self, Person};
use hufu_station::{page, picture, simulate as sim, station, sync};
use std::io::{Write, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

pub(crate) fn run(config: &Path, insecure: bool) -> Result<ExitCode> {
    let config = Config::read(config)?;
    if let Some(server) = &config.server {
        not_overheard(&server.address, insecure)?;
    }
    runtime()?.block_on(async {
        let station = Arc::new(station::start(&config).await?);
        serve(&config, page::router(station, false)).await
    })
}

pub(crate) fn simulate(config: &Path, all: bool, wall: Option<&Path>) -> Result<ExitCode> {
    let mut config = Config::read(config)?;
    if all {
        sim::everything(&mut config);
    }
    runtime()?.block_on(async {
        let rig = sim::rig(&mut config, wall)?;
        let station = Arc::new(station::start(&config).await?);
        let routes = page::router(station, true).merge(sim::router(rig.counter.clone()));
        serve(&config, routes).await
    })
}

/// Until Ctrl-C or a polite kill. Open event streams are not waited for.
async fn serve(config: &Config, routes: Router) -> Result<ExitCode> {
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!("工作站页面无法打开 · the station's page cannot be opened at {}", config.listen)
    })?;
    tracing::info!("工作站页面 · the station's page: http://{}", listener.local_addr()?);
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        served = axum::serve(listener, routes) => served?,
        pressed = tokio::signal::ctrl_c() => pressed?,
        _ = terminate.recv() => (),
    }
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Refuses a server elsewhere without TLS, unless somebody says that it shall be so.
fn not_overheard(address: &str, insecure: bool) -> Result<()> {
    match (config::is_overheard(address), insecure) {
        (false, _) => Ok(()),
        (true, true) => {
            tracing::warn!("没有 TLS，可被窃听 · without TLS this can be overheard: {address}");
            Ok(())
        }
        (true, false) => bail!(
            "没有 TLS，可被窃听，未连接；请使用 https://，或加 --insecure · without TLS this can be overheard, nothing was sent: use \
             https://, or say --insecure: {address}"
        ),
    }
}

pub(crate) fn enrol(
    (server, insecure): (&str, bool),
    ca: Option<&Path>,
    code: &str,
    out: &Path,
) -> Result<ExitCode> {
    let address = config::station_address(server)?;
    not_overheard(&address, insecure)?;
    let identity = runtime()?.block_on(sync::enrol(&address, ca, code, out))?;
    writeln!(
        stdout().lock(),
        "已登记为 {} · enrolled as {}; 配置文件写 the configuration says: enrolled = \"{}\"",
        identity.name,
        identity.name,
        out.display()
    )?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn devices() -> Result<ExitCode> {
    let mut out = stdout().lock();
    let found = list(&Roots::default());
    if found.is_empty() {
        writeln!(out, "没有发现设备 · no device was found")?;
    }
    for one in found {
        writeln!(out, "{}\t{}", one.path.display(), one.about())?;
        if let Some(denied) = one.denied {
            writeln!(out, "\t{}", setup::udev::remedy(&one, denied))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn setup(asked: Setup) -> Result<ExitCode> {
    let data = asked.data.unwrap_or_else(|| {
        // A packaged station: its configuration lies under /etc and its data do not.
        if asked.out.starts_with("/etc") { "/var/lib/hufu-station" } else { "data" }.to_owned()
    });
    let options = setup::Options {
        roots: Roots { dev: asked.dev, sys: asked.sys },
        out: asked.out,
        force: asked.force,
        head: setup::Head { name: asked.name, server: asked.server, data },
        network: asked.tcp,
        wait: Duration::from_secs(asked.wait),
        test_label: !asked.no_label,
        write_udev: asked.write_udev,
    };
    let (mut input, mut output) = (stdin().lock(), stdout().lock());
    let mut person =
        if asked.yes { Person::absent(&mut output) } else { Person::present(&mut input, &mut output) };
    runtime()?.block_on(setup::run(&options, &mut person))?;
    Ok(ExitCode::SUCCESS)
}

/// One line a picture. A picture that cannot be read is told, and the others still are.
pub(crate) fn read(images: &[PathBuf], camera: Option<&Path>, draw: Option<&Path>) -> Result<ExitCode> {
    let mut out = stdout().lock();
    let mut code = ExitCode::SUCCESS;
    let from_camera = camera.map(|path| (path, picture::camera::picture(path).map_err(anyhow::Error::from)));
    let from_files = images.iter().map(|path| (path.as_path(), picture::from_file(path).map_err(Into::into)));
    for (path, loaded) in from_camera.into_iter().chain(from_files) {
        let answer = match &loaded {
            Ok(loaded) => picture::answer(path, loaded),
            Err(error) => {
                code = ExitCode::FAILURE;
                picture::Answer::error(path, error.as_ref())
            }
        };
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
        if let (Some(to), Ok(loaded)) = (draw, &loaded) {
            let drawn = loaded.outlined(&answer.codes, u32::MAX);
            drawn.save(to).with_context(|| {
                format!("标注图片未能保存 · the picture with the places could not be saved: {}", to.display())
            })?;
        }
    }
    Ok(code)
}
