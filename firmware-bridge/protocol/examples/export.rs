//! By hand: reads width, height, bits; writes the three languages.
use hufu_protocol::{Language, encode};
use hufu_wire::Raster;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let bits = std::fs::read(&a[1]).unwrap();
    let (w, h) = (a[2].parse().unwrap(), a[3].parse().unwrap());
    let r = Raster::new(w, h, a[4].parse().unwrap(), bits).unwrap();
    for (l, n) in [(Language::Zpl, "zpl"), (Language::Tspl, "tspl"), (Language::Escpos, "escpos")] {
        let t = std::time::Instant::now();
        let b = encode(l, &r);
        eprintln!("{n} {} bytes {:?}", b.len(), t.elapsed());
        std::fs::write(format!("{}.{n}", a[1]), b).unwrap();
    }
}
