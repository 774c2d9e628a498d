//! Codes in pictures.

use image::GrayImage;

/// A code found in a picture.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Code {
    pub text: String,
    pub kind: &'static str,
    /// In picture coordinates, clockwise from the code's own top left.
    pub corners: [[f32; 2]; 4],
}

pub fn read(picture: &GrayImage) -> Vec<Code> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        picture.get_pixel_checked(x as u32, y as u32).map_or(255, |pixel| pixel.0[0])
    });
    prepared
        .detect_grids()
        .into_iter()
        .filter_map(|grid| {
            let (_, text) = grid.decode().ok()?;
            Some(Code { text, kind: "qr", corners: grid.bounds.map(|point| [point.x as f32, point.y as f32]) })
        })
        .collect()
}

/// What is said of one picture file.
#[derive(Debug, serde::Serialize)]
pub struct Answer {
    pub file: String,
    pub codes: Vec<Code>,
    /// Time of finding and decoding, without loading the picture.
    pub ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Reads a picture file. One that cannot be loaded is an answer with an error.
pub fn read_file(path: &std::path::Path) -> Answer {
    let file = path.display().to_string();
    match image::open(path) {
        Err(error) => Answer { file, codes: Vec::new(), ms: 0.0, error: Some(error.to_string()) },
        Ok(picture) => {
            let picture = picture.into_luma8();
            let started = std::time::Instant::now();
            let codes = read(&picture);
            let ms = started.elapsed().as_secs_f64() * 1000.0;
            Answer { file, codes, ms: (ms * 10.0).round() / 10.0, error: None }
        }
    }
}
