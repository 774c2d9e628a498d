//! A photograph comes in: looked at once, kept under the digest of its bytes.

use super::{
    Error, Invalid,
    picture::{self, Unfit},
    turn,
};
use crate::{app::App, domain::Person, store::photographs};

/// The largest photograph, in bytes.
pub const PHOTOGRAPH_MAX_BYTES: usize = 12 << 20;

/// Keeps a picture (JPEG or PNG, at most 12 MB) that this person has taken. Answers with its digest. The same picture twice is one.
pub(in crate::custody) async fn keep(app: &App, me: &Person, content: &[u8]) -> Result<String, Error> {
    let media_type = match content {
        content if content.len() > PHOTOGRAPH_MAX_BYTES => {
            return Err(Invalid::new(
                "photograph_too_large",
                ("照片超过 12 MB。", "The photograph is larger than 12 MB."),
                ("请调低分辨率后再拍。", "Take it at a lower resolution."),
            ));
        }
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => "image/png",
        _ => return Err(not_a_photograph()),
    };
    let turn = turn(&app.costly.pictures, me).await?;
    picture::of_bytes(&turn, content.to_vec()).await.map_err(|unfit| match unfit {
        Unfit::NoPicture => not_a_photograph(),
        Unfit::TooManyPixels => too_many_pixels(),
    })?;
    drop(turn);
    let digest = app.settings.suite.digest(content).to_string();
    let mut tx = app.db.write().await?;
    photographs::keep(&mut tx, &digest, media_type, content, me.id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(digest)
}

fn too_many_pixels() -> Error {
    Invalid::new(
        "photograph_too_large",
        (
            "照片超过 5,000 万像素（渐进式 JPEG 为 2,400 万），没有保存。",
            "The photograph has more than 50 million pixels (24 million in a progressive JPEG); it was not kept.",
        ),
        ("请调低分辨率后再拍。", "Take it at a lower resolution."),
    )
}

fn not_a_photograph() -> Error {
    Invalid::new(
        "not_a_photograph",
        (
            "这个文件不是能够显示的 JPEG 或 PNG 照片。",
            "This file is no JPEG or PNG picture that can be shown.",
        ),
        ("请选择照片文件，或用摄像头拍照。", "Choose a photograph, or take one with the camera."),
    )
}
