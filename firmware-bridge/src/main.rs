//! `hufu-station`: what the program can do, and a match.

mod command;
mod key;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    version,
    about = "虎符工作站 · the station at a counter: scanners, label printers, scales, signatures"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 运行工作站 · run the station
    Run {
        #[arg(long)]
        config: PathBuf,
        /// 允许不加密的网络连接，可被窃听 · dial a server elsewhere without TLS, where it can be overheard
        #[arg(long)]
        insecure: bool,
    },
    /// 以虚拟设备运行 · run it with simulated devices and the virtual counter at /counter
    Simulate {
        #[arg(long)]
        config: PathBuf,
        /// 加上 RFID 读写器和储物柜 · with an RFID reader and a cabinet of locks too
        #[arg(long)]
        all: bool,
        /// 货架清单 · tags on the shelves, JSON: [{"code":"…","name":"…"}]
        #[arg(long)]
        wall: Option<PathBuf>,
    },
    /// 登记本工作站 · make this station's key and have it known to the server, with the administrator's one-time code
    Enrol {
        /// 服务器地址 · the server's address: https://…
        #[arg(long)]
        server: String,
        /// 自建证书机构 · the centre's own certificate authority (PEM); then only it is trusted
        #[arg(long)]
        ca: Option<PathBuf>,
        /// 一次性登记码 · the one-time code (`hufu station invite`)
        #[arg(long)]
        code: String,
        /// 登记文件 · where to keep who this station is: `enrolled = "…"` of the configuration
        #[arg(long, default_value = "device.json")]
        out: PathBuf,
        /// 允许不加密的网络连接，登记码可被窃听 · without TLS, where the code can be overheard
        #[arg(long)]
        insecure: bool,
    },
    /// 安装向导 · find the devices, ask them what they are, print a test label, write the configuration file
    Setup(Setup),
    /// 列出已连接的设备 · list what is plugged in
    Devices,
    /// 识读图片中的条码 · read the codes in pictures, one JSON object a picture
    Read {
        #[arg(required_unless_present = "camera")]
        images: Vec<PathBuf>,
        /// 从摄像头取一张图片 · take a picture with a camera, e.g. /dev/video0
        #[arg(long, conflicts_with = "images")]
        camera: Option<PathBuf>,
        /// 把条码位置画在图片上另存 · save the one picture with the places of its codes, e.g. out.png
        #[arg(long)]
        draw: Option<PathBuf>,
    },
    /// 签章密钥 · people's signing keys
    Key {
        #[command(subcommand)]
        command: key::KeyCommand,
    },
}

#[derive(clap::Args)]
struct Setup {
    /// 写到哪里 · where the file goes
    #[arg(long, default_value = "station.toml")]
    out: PathBuf,
    /// 替换已有文件 · replace a file that is there
    #[arg(long)]
    force: bool,
    /// 不提问，全部同意 · ask nothing, agree to everything
    #[arg(long)]
    yes: bool,
    /// 窗口名称 · what the counter is called
    #[arg(long, default_value = "工作站 · Station")]
    name: String,
    /// 服务器地址 · the server, https://…
    #[arg(long)]
    server: Option<String>,
    /// 数据目录 · the folder of what is recorded; under /etc by default /var/lib/hufu-station
    #[arg(long)]
    data: Option<String>,
    /// 网络设备 · a device on the network, host:port; may be given more than once
    #[arg(long)]
    tcp: Vec<String>,
    /// 等待扫描的秒数 · how many seconds to wait for a scan
    #[arg(long, default_value_t = 20)]
    wait: u64,
    /// 不打印测试标签 · print no test label
    #[arg(long)]
    no_label: bool,
    /// 缺少的 udev 规则写到哪里 · where the missing udev rules go
    #[arg(long)]
    write_udev: Option<PathBuf>,
    /// 设备目录 · where the devices are
    #[arg(long, default_value = "/dev", hide = true)]
    dev: PathBuf,
    #[arg(long, default_value = "/sys", hide = true)]
    sys: PathBuf,
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let done = match Cli::parse().command {
        Command::Run { config, insecure } => command::run(&config, insecure),
        Command::Simulate { config, all, wall } => command::simulate(&config, all, wall.as_deref()),
        Command::Enrol { server, ca, code, out, insecure } => {
            command::enrol((&server, insecure), ca.as_deref(), &code, &out)
        }
        Command::Setup(setup) => command::setup(setup),
        Command::Devices => command::devices(),
        Command::Read { images, draw: Some(_), .. } if images.len() > 1 => {
            Err(anyhow::anyhow!("--draw 只能用于一张图片 · --draw is for one picture"))
        }
        Command::Read { images, camera, draw } => command::read(&images, camera.as_deref(), draw.as_deref()),
        Command::Key { command } => key::run(command),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
