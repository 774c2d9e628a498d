//! Servers that mean harm: garbage, answers without end, answers that never come, sizes beyond all sense. A look ends in
//! time, in little memory, and nothing is signed.

use crate::{
    support::{Engine, browser},
    town::{Town, Witness},
};
use getrandom::SysRng;
use hufu::{
    clock::Clock,
    ledger::{
        Checkpoint, Digest, Note, Suite,
        note::key::{Purpose, SignerKey},
    },
    witness::{
        FollowedLedger, Witness as Signer,
        error::FollowError,
        fetch::Ledger,
        follow::{LookOutcome, look},
        memory::{Folder, LastSignature},
    },
};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

/// Answers each request by its address, until the test ends.
fn serving(answer: impl Fn(&str, &mut TcpStream) + Send + Clone + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), answer.clone());
            thread::spawn(move || {
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
                    request.push(byte[0]);
                }
                let request = String::from_utf8(request).unwrap();
                answer(request.split(' ').nth(1).unwrap_or_default(), &mut stream);
            });
        }
    });
    address
}

/// Sends until the other side has enough. Answers with how much went out.
fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) {
    let head = format!("HTTP/1.1 {status}\r\n{headers}connection: close\r\n\r\n");
    // The other side may have had enough.
    drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)));
}

fn ok(stream: &mut TcpStream, body: &[u8]) {
    send(stream, "200 OK", &format!("content-length: {}\r\n", body.len()), body);
}

struct Hostile {
    key: SignerKey,
    witness: Signer,
    _state: tempfile::TempDir,
}

impl Hostile {
    /// A witness that has signed 100 entries of a ledger.
    fn new() -> Hostile {
        let key =
            SignerKey::generate(Suite::Sm, Purpose::Checkpoint, "bad.test/ledger", &mut SysRng).unwrap();
        let own = SignerKey::generate(Suite::Sm, Purpose::Cosignature, "w.test/w", &mut SysRng).unwrap();
        let state = tempfile::tempdir().unwrap();
        let folder = Folder::open(state.path()).unwrap();
        let mut memory = folder.memory(key.verifier(), own.verifier()).unwrap();
        let head = Checkpoint { origin: "bad.test/ledger".to_owned(), size: 100, root: Digest([1; 32]) };
        let signatures = vec![key.sign(&mut SysRng, &head.to_string()).unwrap()];
        memory.remember(LastSignature { note: Note { text: head.to_string(), signatures }, head }).unwrap();
        let ledgers = vec![FollowedLedger::new(key.verifier().clone(), memory)];
        Hostile { witness: Signer { key: own, clock: Clock::System, ledgers }, key, _state: state }
    }

    fn note(&self, size: u64) -> Note {
        let head = Checkpoint { origin: "bad.test/ledger".to_owned(), size, root: Digest([2; 32]) };
        let line = self.key.sign(&mut SysRng, &head.to_string()).unwrap();
        Note { text: head.to_string(), signatures: vec![line] }
    }

    fn look(&self, address: SocketAddr) -> Result<LookOutcome, FollowError> {
        let ledger = Ledger::new(&format!("http://{address}/"), None, Duration::from_secs(1)).unwrap();
        let looked = look(&self.witness, &self.witness.ledgers[0], &ledger);
        assert_eq!(self.witness.ledgers[0].signed().unwrap().head.size, 100, "something was signed");
        looked
    }
}

#[test]
fn garbage_is_no_checkpoint_and_no_tile() {
    let hostile = Hostile::new();
    let since = Instant::now();
    for body in [&b""[..], b"\xff\xfe", b"<html>", b"a\n1\nx\n\n\xe2\x80\x94 a AQIDBAU=\n", &[b'\n'; 999]] {
        let address = serving(move |_, stream| ok(stream, body));
        assert!(hostile.look(address).is_err(), "{body:?}");
    }
    for (status, headers) in [
        ("302 Found", "location: http://127.0.0.1:9/\r\n"),
        ("301 Moved", "location: file:///etc/passwd\r\n"),
        ("500 Oops", ""),
        ("200 OK", "content-encoding: gzip\r\n"),
        ("200 OK", "content-length: 99999999999999999999\r\n"),
        ("200 OK", "content-length: 5\r\ntransfer-encoding: chunked\r\n"),
        ("999", ""),
    ] {
        let address = serving(move |_, stream| send(stream, status, headers, b"zzzzz"));
        assert!(hostile.look(address).is_err(), "{status} {headers}");
    }
    let empty = serving(|_, stream| send(stream, "404 Not Found", "content-length: 0\r\n", b""));
    assert!(matches!(hostile.look(empty), Err(FollowError::Gone(100))));
    // An honest-looking checkpoint over tiles that are none.
    for size in [101, 10_000_000, (1 << 63) - 1] {
        let note = hostile.note(size).to_string();
        let refused = hostile.look(serving({
            let note = note.clone();
            move |path, stream| match path {
                "/checkpoint" => ok(stream, note.as_bytes()),
                path if path.starts_with("/tile/") => {
                    let width = path.split_once(".p/").map_or(256, |(_, width)| width.parse().unwrap());
                    ok(stream, &vec![7; 32 * width]);
                }
                _ => send(stream, "404 Not Found", "content-length: 0\r\n", b""),
            }
        }));
        // It is kept, and the ledger does not want to hear of it.
        assert!(matches!(refused, Err(FollowError::Status { status: 404, .. })), "{refused:?}");
        for tile in [&b""[..], &[7; 31], &[7; 8193]] {
            let note = note.clone();
            let address = serving(move |path, stream| match path {
                "/checkpoint" => ok(stream, note.as_bytes()),
                _ => ok(stream, tile),
            });
            assert!(hostile.look(address).is_err());
        }
    }
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
}

#[test]
fn an_answer_that_drips_or_never_comes_is_not_waited_for_long() {
    let hostile = Hostile::new();
    let silent = serving(|_, _| thread::park());
    let dripping = serving(|_, stream| {
        send(stream, "200 OK", "content-length: 9000\r\n", b"");
        while stream.write_all(b"x").is_ok() {
            thread::park_timeout(Duration::from_millis(200));
        }
    });
    let since = Instant::now();
    thread::scope(|scope| {
        for address in [silent, dripping] {
            let witness = &hostile;
            scope.spawn(move || assert!(matches!(witness.look(address), Err(FollowError::Cut(_)))));
        }
    });
    assert!(since.elapsed() < Duration::from_secs(25), "{:?}", since.elapsed());
}

/// Gigabytes are offered at every address; the program stays small and asks again later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_without_end_take_little_memory() {
    let hostile = Hostile::new();
    let flood = |stream: &mut TcpStream| {
        send(stream, "200 OK", "", b"");
        let megabyte = vec![b'x'; 1 << 20];
        while stream.write_all(&megabyte).is_ok() {}
    };
    let note = hostile.note(1 << 40).to_string();
    let everywhere = serving(move |_, stream| flood(stream));
    let in_tiles = serving(move |path, stream| match path {
        "/checkpoint" => ok(stream, note.as_bytes()),
        _ => flood(stream),
    });
    assert!(hostile.look(everywhere).is_err() && hostile.look(in_tiles).is_err());

    let folder = tempfile::tempdir().unwrap();
    let (url, key) = (format!("http://{everywhere}"), hostile.key.verifier().text());
    let mut witness = Witness::new(folder.path(), "w.test/w", Suite::Sm, &[(&url, &key)]);
    witness.start();
    witness.says("tried again").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let status = std::fs::read_to_string(format!("/proc/{}/status", witness.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap().trim();
    let kilobytes: u64 = peak.trim_end_matches(" kB").parse().unwrap();
    println!("a witness flooded by its ledger: {peak} at most");
    assert!(kilobytes < 100_000, "{peak}");
    witness.kill();
}

/// What is brought to the centre is small, read or refused at once, and never a 500.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_centre_takes_nothing_that_it_cannot_read() {
    let town = Town::new(Engine::Sqlite, Suite::Sm).await;
    let served = browser::serve(&town.test.app).await;
    let address = served.address;
    let asked = tokio::task::spawn_blocking(move || {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let hostile = Hostile::new();
        let note = hostile.note(3).to_string();
        let mut statuses = Vec::new();
        for path in ["/witness/cosignatures", "/witness/refusals"] {
            for body in [
                &b""[..],
                b"\xff",
                b"\0",
                b"x\n\n",
                note.as_bytes(),
                &vec![b'x'; 60_000],
                &vec![b'x'; 1 << 20],
            ] {
                let answer = agent.post(format!("http://{address}{path}")).send(body);
                // A body that is far too large may be cut off while it is sent.
                statuses.push(answer.map_or(413, |answer| answer.status().as_u16()));
            }
        }
        statuses
    });
    assert_eq!(asked.await.unwrap(), [422, 422, 422, 422, 403, 422, 413].repeat(2));
    drop(served);
    town.test.close().await;
}
