//! From the click to the paper: a blank label is ordered at the server, drawn, sent to a station of its own and by that to
//! a ZPL printer on the network; the clock stops when the printer has the last byte.

use crate::{
    name,
    support::{Engine, TestApp, browser, city::PASSWORD},
    table::Table,
};
use hufu::{
    custody::{
        blank::{self, Order},
        city, login,
    },
    domain::off_line::BlockPurpose,
    language::Language,
};
use hufu_protocol::printer::{PrinterEmulator, PrinterInput, tspl::Polarity};
use hufu_station::{config::Config, station};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

const LABELS: usize = 60;
/// `~HS` of a printer with nothing to do and nothing to complain of.
const IDLE: &[u8] = b"\x02030,0,0,0320,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n";

pub async fn measure(table: &mut Table, engine: Engine) {
    let t = TestApp::new(engine).await;
    let served = browser::serve(&t.app).await;
    let (id, token) =
        city::add_station(&t.app, t.city.centre_unit, "中心二号窗口", "http://127.0.0.1:9").await.unwrap();
    let cookie = login::log_in(&t.app, "chen", PASSWORD, Language::Zh).await.unwrap();
    let me = login::session(&t.app, &cookie).await.unwrap().unwrap().me;

    let printer = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = printer.local_addr().unwrap();
    let (tell, mut printed) = mpsc::unbounded_channel();
    let printing = tokio::spawn(async move {
        while let Ok((line, _)) = printer.accept().await {
            tokio::spawn(print(line, tell.clone()));
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "name = \"x\"\nserver = \"http://{}\"\ntoken = \"{token}\"\ndata = \"data\"\n\
         [[device]]\nrole = \"printer\"\ntcp = \"{address}\"\nlanguage = \"zpl\"\n",
        served.address
    );
    let station = station::start(&Config::parse(&text, folder.path()).unwrap()).await.unwrap();

    let mut times = Vec::new();
    for at in 0..=LABELS {
        let start = Instant::now();
        let order = Order { station: id, purpose: BlockPurpose::Roll, labels: 1 };
        blank::order(&t.app, &me, t.app.ids.new_id(), order).await.unwrap();
        let last_byte: Instant = timeout(Duration::from_secs(20), printed.recv()).await.unwrap().unwrap();
        // The first one waits for the station to dial.
        if at > 0 {
            times.push(last_byte - start);
        }
    }
    let how =
        "203 dpi ZPL over TCP, warm: ordered, drawn, stored, sent, stored at the station, asked, printed";
    table.times(&format!("label ordered→last byte, {}", name(engine)), &mut times, how);
    drop(station);
    printing.abort();
    drop(served);
    t.close().await;
}

/// A printer with one connection: answers what it is asked and says when the last byte of a label had come.
async fn print(mut line: TcpStream, tell: mpsc::UnboundedSender<Instant>) {
    let mut emulator = PrinterEmulator::new(hufu_protocol::Language::Zpl, Polarity::ZeroIsBlack, 203);
    let mut piece = [0; 16 << 10];
    while let Ok(length @ 1..) = line.read(&mut piece).await {
        let arrived = Instant::now();
        emulator.feed(&piece[..length]);
        for heard in emulator.by_ref() {
            match heard {
                PrinterInput::Question(_) => line.write_all(IDLE).await.unwrap(),
                PrinterInput::Label(_) => tell.send(arrived).unwrap(),
                other => panic!("{other:?}"),
            }
        }
    }
}
