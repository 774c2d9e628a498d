//! How many pictures are read, how many wrongly, and how fast; pictures without a code are made here. `HUFU_PICTURES` names
//! folders of others, separated by `:`; each folder inside with pictures is a set. What a picture says stands beside it in a `.txt`; a picture without one has no
//! code. A `.json` manifest instead of a folder lists pictures with many codes: `[{"set", "path", "truth": […]}]`, with
//! paths as seen from the folder above the manifest's.

#[path = "../src/picture/without_code.rs"]
mod without_code;

use hufu_station::picture::{self, Picture};
use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// A telephone's small picture, a webcam's, and full HD.
const SIZES: [(u32, u32); 3] = [(640, 480), (1280, 960), (1920, 1080)];
const WITHOUT_CODE: &str = "made without a code";

#[derive(serde::Deserialize)]
struct PictureCase {
    set: String,
    path: PathBuf,
    truth: Vec<String>,
}

#[derive(Default)]
struct Row {
    codes: usize,
    read: usize,
    wrong: usize,
    ms: Vec<f64>,
    first_ms: Vec<f64>,
    missed: Vec<String>,
}

fn main() -> anyhow::Result<()> {
    let mut out = stdout().lock();
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for (width, height) in SIZES {
        for (kind, gray) in without_code::without_code(width, height) {
            let shown = PictureCase { set: WITHOUT_CODE.to_owned(), path: kind.into(), truth: Vec::new() };
            measure(rows.entry(shown.set.clone()).or_default(), &shown, &Picture::new(gray));
        }
    }
    let folders = std::env::var("HUFU_PICTURES").unwrap_or_default();
    for place in folders.split(':').filter(|place| !place.is_empty()).map(Path::new) {
        let shown = if place.is_dir() { in_folder(place)? } else { in_manifest(place)? };
        for one in shown {
            measure(rows.entry(one.set.clone()).or_default(), &one, &picture::from_file(&one.path)?);
        }
    }
    writeln!(
        out,
        "{:<22} {:>11} {:>5} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "set", "read", "wrong", "min ms", "median ms", "p99 ms", "max ms", "first ms"
    )?;
    for (set, mut row) in rows {
        let [least, median, p99, most] = [0.0, 0.5, 0.99, 1.0].map(|part| rank(&mut row.ms, part));
        let (read, first) = (format!("{}/{}", row.read, row.codes), rank(&mut row.first_ms, 1.0));
        writeln!(
            out,
            "{set:<22} {read:>11} {:>5} {least:>9.1} {median:>9.1} {p99:>9.1} {most:>9.1} {first:>9.1}",
            row.wrong
        )?;
        for missed in row.missed {
            writeln!(out, "    {missed}")?;
        }
    }
    Ok(())
}

fn in_manifest(path: &Path) -> anyhow::Result<Vec<PictureCase>> {
    let mut shown: Vec<PictureCase> = serde_json::from_slice(&std::fs::read(path)?)?;
    let above = path.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    shown.iter_mut().for_each(|one| one.path = above.join(&one.path));
    Ok(shown)
}

fn in_folder(folder: &Path) -> anyhow::Result<Vec<PictureCase>> {
    let mut shown = Vec::new();
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    entries.sort();
    let set = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    for path in entries {
        if path.is_dir() {
            shown.extend(in_folder(&path)?);
        } else if path.extension().is_some_and(|it| it == "png" || it == "jpg") {
            let beside = path.with_extension("txt");
            let truth = if beside.exists() { vec![std::fs::read_to_string(beside)?] } else { Vec::new() };
            shown.push(PictureCase { set: set.clone(), path, truth });
        }
    }
    Ok(shown)
}

fn measure(row: &mut Row, shown: &PictureCase, picture: &Picture) {
    let (mut best, mut first_best, mut texts) = (f64::MAX, f64::MAX, Vec::new());
    for _ in 0..2 {
        let started = Instant::now();
        let since = || started.elapsed().as_secs_f64() * 1000.0;
        let mut first = None;
        let codes = picture.read_each(&mut |_| first = first.or_else(|| Some(since())));
        best = since().min(best);
        first_best = first.unwrap_or(0.0).min(first_best);
        texts = codes.into_iter().map(|code| plain(&code.text)).collect();
    }
    let truth: Vec<String> = shown.truth.iter().map(|text| plain(text)).collect();
    row.codes += truth.len();
    row.ms.push(best);
    row.first_ms.push(first_best);
    for text in &truth {
        if texts.contains(text) {
            row.read += 1;
        } else {
            row.missed.push(format!("missed {}: {text:?}", shown.path.display()));
        }
    }
    for text in texts.iter().filter(|text| !truth.contains(text)) {
        row.wrong += 1;
        row.missed.push(format!("wrong {}: {text:?}", shown.path.display()));
    }
}

/// Ends of lines are no matter of the reader.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

fn rank(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a short list"
    )]
    let at = ((values.len() as f64 * part).ceil() as usize).saturating_sub(1);
    values.get(at).copied().unwrap_or_default()
}
