//! `hufu-station`: what the program can do, and a match.

mod command;

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
    },
    /// 以虚拟设备运行 · run it with simulated devices and the virtual counter at /counter
    Simulate {
        #[arg(long)]
        config: PathBuf,
        /// 货架清单 · tags on the shelves, JSON: [{"code":"…","name":"…"}]
        #[arg(long)]
        wall: Option<PathBuf>,
    },
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
    /// 签署文件 · sign the bytes of a file with the agency's key: SM2 over SM3, base64 of DER on standard output
    Sign {
        #[arg(long)]
        key: PathBuf,
        #[arg(long)]
        pin_file: Option<PathBuf>,
        /// 待签文件 · the file to sign
        file: PathBuf,
    },
    /// 签名密钥 · the agency's signing key
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
}

#[derive(Subcommand)]
enum KeyCommand {
    /// 生成密钥,打印公钥 · make a key and print its public half. PIN: --pin-file, else `HUFU_PIN`, else a prompt
    New {
        #[arg(long)]
        out: PathBuf,
        #[arg(long)]
        pin_file: Option<PathBuf>,
    },
    /// 打印公钥 · print the public half of a key file
    Public { file: PathBuf },
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let done = match Cli::parse().command {
        Command::Run { config } => command::run(&config),
        Command::Simulate { config, wall } => command::simulate(&config, wall.as_deref()),
        Command::Devices => command::devices(),
        Command::Read { images, draw: Some(_), .. } if images.len() > 1 => {
            Err(anyhow::anyhow!("--draw 只能用于一张图片 · --draw is for one picture"))
        }
        Command::Read { images, camera, draw } => command::read(&images, camera.as_deref(), draw.as_deref()),
        Command::Sign { key, pin_file, file } => command::sign(&key, pin_file.as_deref(), &file),
        Command::Key { command: KeyCommand::New { out, pin_file } } => {
            command::new_key(&out, pin_file.as_deref())
        }
        Command::Key { command: KeyCommand::Public { file } } => command::public_key(&file),
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
