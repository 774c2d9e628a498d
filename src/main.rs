//! The server and its administration commands: an enum of commands and a match.

use clap::Parser;
use hufu::command::{
    self, backup, clock, demo, export, import, key, label, migrate, restore, rules, serve, show, station,
    user, verify, witness,
};
use std::process::ExitCode;

/// 虎符 hufu — one warehouse, one ledger for seized property (涉案财物)
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    Migrate(migrate::Migrate),
    Import(import::Import),
    Key(key::Key),
    Export(export::Export),
    Label(label::LabelCommand),
    Show(show::Show),
    Station(station::Station),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Rules(rules::RulesCommand),
    User(user::User),
    Verify(verify::Verify),
    Witness(witness::Witness),
    Clock(clock::ClockCommand),
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let cli = Cli::parse();
    if let Err(shown) = command::refuse_shown_password(std::env::args_os()) {
        return command::exit_code(Err(shown));
    }
    let done = match cli.command {
        Command::Demo(it) => demo::run(it).await,
        Command::Serve(it) => serve::run(it).await,
        Command::Migrate(it) => migrate::run(it).await,
        Command::Import(it) => return import::run(it).await,
        Command::Key(it) => key::run(it).await,
        Command::Export(it) => export::run(it).await,
        Command::Label(it) => label::run(it),
        Command::Show(it) => show::run(it).await,
        Command::Station(it) => station::run(it).await,
        Command::Backup(it) => backup::run(it).await,
        Command::Restore(it) => restore::run(it).await,
        Command::Rules(it) => rules::run(it).await,
        Command::User(it) => user::run(it).await,
        Command::Verify(it) => return verify::run(it).await,
        Command::Witness(it) => witness::run(it).await,
        Command::Clock(it) => clock::run(it).await,
    };
    command::exit_code(done)
}

#[test]
fn the_command_line_is_well_formed() {
    use clap::CommandFactory;
    Cli::command().debug_assert();
}
