//! `POST /add-checkpoint` answers as C2SP tlog-witness says, word for word, in both suites.

use crate::town::Witness;
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use getrandom::SysRng;
use hufu::{
    clock::Clock,
    ledger::{
        Checkpoint, Digest, Frontier, Note, Suite,
        note::{
            NoteSignature,
            key::{Purpose, SignerKey, VerifierKey},
        },
    },
    witness::{FollowedLedger, Witness as Signer, memory::Folder, serve},
};
use std::sync::Arc;
use tower::ServiceExt;

const ORIGIN: &str = "example.com/behind-the-sofa";

/// A tree of eight leaves; a consistency proof from 3 to 7 is the four hashes of RFC 6962 §2.1.3.
struct Sofa {
    suite: Suite,
    key: SignerKey,
    leaves: Vec<Digest>,
}

impl Sofa {
    fn new(suite: Suite) -> Sofa {
        let key = SignerKey::generate(suite, Purpose::Checkpoint, ORIGIN, &mut SysRng).unwrap();
        Sofa { suite, key, leaves: (0..8_u8).map(|n| suite.leaf(&[n])).collect() }
    }

    fn root(&self, from: usize, to: usize) -> Digest {
        let mut frontier = Frontier::empty(self.suite);
        self.leaves[from..to].iter().for_each(|leaf| drop(frontier.push(*leaf)));
        frontier.root()
    }

    fn checkpoint(&self, size: u64, root: Digest, origin: &str) -> Note {
        let text = Checkpoint { origin: origin.to_owned(), size, root }.to_string();
        let line = self.key.sign(&mut SysRng, &text).unwrap();
        Note { text, signatures: vec![line] }
    }

    fn at(&self, size: u64) -> Note {
        self.checkpoint(size, self.root(0, usize::try_from(size).unwrap()), ORIGIN)
    }

    /// From 3 to 7: c, d, g, l of the RFC's picture.
    fn three_to_seven(&self) -> Vec<Digest> {
        vec![self.leaves[2], self.leaves[3], self.root(0, 2), self.root(4, 7)]
    }
}

fn body(old: &str, proof: &[Digest], note: &Note) -> String {
    let proof: String = proof.iter().map(|hash| BASE64_STANDARD.encode(hash.0) + "\n").collect();
    format!("old {old}\n{proof}\n{note}")
}

async fn ask(witness: &Arc<Signer>, body: impl Into<Body>) -> (u16, String, String) {
    let request = Request::post("/add-checkpoint").body(body.into()).unwrap();
    let response = serve::router(witness.clone()).oneshot(request).await.unwrap();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, kind, String::from_utf8(bytes.to_vec()).unwrap())
}

fn witness(suite: Suite, sofa: &Sofa, state: &std::path::Path) -> Arc<Signer> {
    let key = SignerKey::generate(suite, Purpose::Cosignature, "witness.example/w1", &mut SysRng).unwrap();
    let folder = Folder::open(state).unwrap();
    let memory = folder.memory(sofa.key.verifier(), key.verifier()).unwrap();
    let ledgers = vec![FollowedLedger::new(sofa.key.verifier().clone(), memory)];
    Arc::new(Signer { key, clock: Clock::System, ledgers })
}

fn cosigned(witness: &Signer, note: &Note, lines: &str) -> u64 {
    let line = NoteSignature::parse(lines.strip_suffix('\n').unwrap()).unwrap();
    let both = Note { text: note.text.clone(), signatures: vec![note.signatures[0].clone(), line] };
    let read = Note::parse(&both.to_string()).unwrap();
    witness.key.verifier().check(&read).unwrap().time.unwrap()
}

#[tokio::test]
async fn every_answer_is_the_one_of_the_specification() {
    for suite in [Suite::Sm, Suite::C2sp] {
        let sofa = Sofa::new(suite);
        let state = tempfile::tempdir().unwrap();
        let witness = witness(suite, &sofa, state.path());
        let (three, seven) = (sofa.at(3), sofa.at(7));
        let proof = sofa.three_to_seven();
        let stranger = Sofa::new(suite);

        // 400: what cannot be read.
        let too_many = vec![sofa.leaves[0]; 64];
        for text in [
            String::new(),
            "old 0\n".to_owned(),
            three.to_string(),
            body("", &[], &three),
            body("-1", &[], &three),
            body("+0", &[], &three),
            body("00", &[], &three),
            body("03", &[], &three),
            body("18446744073709551616", &[], &three),
            body("0", &[], &three).replacen("old", "Old", 1),
            body("0", &[], &three).replacen("old 0\n", "old 0\nAAAA\n", 1),
            body("0", &too_many, &three),
            body("0", &[], &three).trim_end().to_owned(),
            body("0", &[], &three).replacen("\n3\n", "\nthree\n", 1),
        ] {
            assert_eq!(ask(&witness, text.clone()).await.0, 400, "{text}");
        }
        assert_eq!(ask(&witness, vec![0xff; 9]).await.0, 400);
        assert_eq!(ask(&witness, vec![b'x'; 1 << 20]).await.0, 400);
        assert_eq!(ask(&witness, body("4", &[], &three)).await.0, 400, "an old size beyond the checkpoint's");

        // 404 and 403.
        let elsewhere = sofa.checkpoint(3, sofa.root(0, 3), "example.com/elsewhere");
        assert_eq!(ask(&witness, body("0", &[], &elsewhere)).await.0, 404);
        assert_eq!(ask(&witness, body("0", &[], &stranger.at(3))).await.0, 403);
        let altered = Note { text: three.text.replacen("\n3\n", "\n2\n", 1), ..three.clone() };
        assert_eq!(ask(&witness, body("0", &[], &altered)).await.0, 403);

        // 422 from nothing: the proof must be empty. 409: nothing was signed yet.
        assert_eq!(ask(&witness, body("0", &proof, &three)).await.0, 422);
        let conflict = (409, "text/x.tlog.size".to_owned(), "0\n".to_owned());
        assert_eq!(ask(&witness, body("3", &[], &three)).await, conflict);

        // 200, beside the lines of keys that nobody knows; and once more.
        let mut with_others = three.clone();
        with_others.signatures.insert(0, stranger.at(3).signatures.remove(0));
        let (status, _, lines) = ask(&witness, body("0", &[], &with_others)).await;
        assert_eq!(status, 200, "{lines}");
        let time = cosigned(&witness, &three, &lines);
        assert!(time.abs_diff(u64::try_from(Clock::System.now().0 / 1_000_000).unwrap()) < 60);
        let (status, _, lines) = ask(&witness, body("3", &[], &three)).await;
        assert_eq!(status, 200);
        cosigned(&witness, &three, &lines);

        // 422: proofs that do not lead there.
        for proof in
            [vec![], proof[1..].to_vec(), [&proof[..], &[sofa.leaves[0]]].concat(), vec![sofa.leaves[0]; 4]]
        {
            assert_eq!(ask(&witness, body("3", &proof, &seven)).await.0, 422);
        }
        assert_eq!(ask(&witness, body("3", &[sofa.leaves[0]], &three)).await.0, 422);

        // 409 with the size: an old size that is not the one signed last.
        let conflict = (409, "text/x.tlog.size".to_owned(), "3\n".to_owned());
        for old in ["0", "2", "4", "7"] {
            assert_eq!(ask(&witness, body(old, &proof, &seven)).await, conflict);
        }
        let (status, _, lines) = ask(&witness, body("3", &proof, &seven)).await;
        assert_eq!(status, 200);
        cosigned(&witness, &seven, &lines);
        let conflict = (409, "text/x.tlog.size".to_owned(), "7\n".to_owned());
        assert_eq!(ask(&witness, body("3", &[], &three)).await, conflict);

        // 409: the same size and another root. It is signed by the ledger, so it is kept.
        assert_eq!(std::fs::read_dir(state.path().join("evidence")).unwrap().count(), 1);
        let other = sofa.checkpoint(7, sofa.leaves[0], ORIGIN);
        assert_eq!(ask(&witness, body("7", &[], &other)).await, conflict);
        assert_eq!(ask(&witness, body("7", &[], &other)).await, conflict);
        let folder = std::fs::read_dir(state.path().join("evidence")).unwrap().next().unwrap().unwrap();
        let kept: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(kept.len(), 1, "the same fork twice is one piece of evidence");

        // Other addresses and methods.
        let get = Request::get("/add-checkpoint").body(Body::empty()).unwrap();
        let answer = serve::router(witness.clone()).oneshot(get).await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);

        // What it signed is remembered by the next process, which cannot be taken back by a damaged file.
        let (ledger, key) = (sofa.key.verifier().clone(), witness.key.verifier().clone());
        let held = Folder::open(state.path()).unwrap();
        assert!(Folder::open(state.path()).is_err(), "two witnesses in one folder");
        assert_eq!(held.memory(&ledger, &key).unwrap().signed().unwrap().head.size, 7);
        let other_key = Sofa::new(suite).key.verifier().clone();
        assert!(held.memory(&other_key, &key).is_err(), "the ledger has another key");
        let file = std::fs::read_dir(state.path()).unwrap().map(|it| it.unwrap().path());
        let file = file.into_iter().find(|it| it.extension().is_some_and(|it| it == "checkpoint")).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        for damaged in ["", &text[..text.len() / 2], &text.replacen("\n7\n", "\n3\n", 1)] {
            std::fs::write(&file, damaged).unwrap();
            assert!(held.memory(&ledger, &key).is_err(), "{damaged}");
        }
    }
}

/// One at a time: of many that come at once, exactly one line of history is signed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_requests_at_the_same_time_none_takes_the_memory_back() {
    let sofa = Sofa::new(Suite::C2sp);
    let state = tempfile::tempdir().unwrap();
    let witness = witness(Suite::C2sp, &sofa, state.path());
    let asked: Vec<_> = (0..24_u64)
        .map(|n| {
            let (witness, text) = (witness.clone(), body("0", &[], &sofa.at(1 + n % 8)));
            tokio::spawn(async move { ask(&witness, text).await.0 })
        })
        .collect();
    let mut signed = 0;
    for answer in asked {
        let status = answer.await.unwrap();
        assert!([200, 409].contains(&status), "{status}");
        signed += usize::from(status == 200);
    }
    assert_eq!(signed, 1, "from nothing, one checkpoint can be signed");
}

/// The real program answers there too.
#[tokio::test]
async fn the_program_listens_where_it_is_told() {
    let sofa = Sofa::new(Suite::C2sp);
    let folder = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let key = sofa.key.verifier().text();
    let mut witness = Witness::new(folder.path(), "w.test/w1", Suite::C2sp, &[("http://127.0.0.1:9", &key)]);
    let file = witness.folder.join("witness.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("listen = '{free}'\n{config}")).unwrap();
    witness.start();
    witness.says("w.test/w1").await;
    let note = sofa.at(3);
    let url = format!("http://{free}/add-checkpoint");
    let text = body("0", &[], &note);
    let answer = tokio::task::spawn_blocking(move || {
        let since = std::time::Instant::now();
        loop {
            match ureq::post(&url).send(&text) {
                Ok(mut answer) => return answer.body_mut().read_to_string().unwrap(),
                Err(error) => assert!(since.elapsed().as_secs() < 10, "{error}"),
            }
        }
    });
    let line = NoteSignature::parse(answer.await.unwrap().trim_end()).unwrap();
    let signed = Note { signatures: vec![line], ..note };
    VerifierKey::from_text(&witness.key).unwrap().check(&signed).unwrap();
    assert_eq!(witness.remembers().unwrap().size, 3);
    witness.kill();
}
