//! One still picture from a camera of this PC (`Video4Linux2`), as Motion JPEG or YUYV, whichever it offers.

use super::load::{self, Picture, PictureError};
use image::GrayImage;
use linuxvideo::format::{PixFormat, PixelFormat};
use linuxvideo::{BufType, Device};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// Width and height asked for; a camera answers with the nearest it has.
const SIZE: (u32, u32) = (1920, 1080);
/// The first pictures of a camera are dark while it adjusts to the light.
const PASSED_OVER: usize = 5;
/// A camera that gives no picture for so long gives none.
const PATIENCE: Duration = Duration::from_secs(8);

/// Why there is no picture from the camera.
#[derive(Debug, thiserror::Error)]
pub enum CameraError {
    #[error("没有摄像头 {path}；请插好后再试 · there is no camera {path}; plug it in and try again")]
    Absent { path: PathBuf },
    #[error(
        "摄像头 {path} 无权限：sudo usermod -aG video $USER，然后重新登录 · permission for the camera {path} was denied: \
         sudo usermod -aG video $USER, then log in again"
    )]
    Denied { path: PathBuf },
    #[error(
        "摄像头 {path} 正被其他程序使用 · the camera {path} is in use by another program; close it and try again"
    )]
    Busy { path: PathBuf },
    #[error("{path} 不是可用的摄像头 · {path} is not a camera that can be used")]
    NotACamera { path: PathBuf, source: io::Error },
    #[error(
        "摄像头 {path} 不提供 MJPEG 或 YUYV 图像 · the camera {path} offers neither MJPEG nor YUYV pictures; use another"
    )]
    Format { path: PathBuf },
    #[error(
        "摄像头 {path} 没有给出图像；请重新插拔 · the camera {path} gave no picture; unplug it and plug it in again"
    )]
    Silent { path: PathBuf },
    #[error(transparent)]
    Picture(#[from] PictureError),
}

/// Takes one picture. The camera is closed again when this returns.
pub fn picture(path: &Path) -> Result<Picture, CameraError> {
    // A camera that never answers would hold its thread; the caller goes on without it.
    let (give, take) = mpsc::channel();
    let device = path.to_owned();
    std::thread::spawn(move || give.send(frame(&device)));
    let silent = |_| CameraError::Silent { path: path.to_owned() };
    let (form, bytes) = take.recv_timeout(PATIENCE).map_err(silent)??;
    match form {
        Form::Jpeg => Ok(load::from_bytes(&bytes)?),
        Form::Yuyv { width, height, stride } => gray_of_yuyv(&bytes, width, height, stride)
            .map(Picture::new)
            .ok_or_else(|| CameraError::Silent { path: path.to_owned() }),
    }
}

enum Form {
    Jpeg,
    Yuyv { width: u32, height: u32, stride: u32 },
}

fn frame(path: &Path) -> Result<(Form, Vec<u8>), CameraError> {
    let wrong = |source: io::Error| {
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::NotFound => CameraError::Absent { path },
            ErrorKind::PermissionDenied => CameraError::Denied { path },
            ErrorKind::ResourceBusy => CameraError::Busy { path },
            _ => CameraError::NotACamera { path, source },
        }
    };
    let device = Device::open(path).map_err(wrong)?;
    let offered: Vec<PixelFormat> =
        device.formats(BufType::VIDEO_CAPTURE).filter_map(Result::ok).map(|it| it.pixel_format()).collect();
    // An empty list is a device that is no camera: it says so itself when it is asked for a picture.
    let wanted = [PixelFormat::MJPG, PixelFormat::JPEG, PixelFormat::YUYV];
    let format = wanted.into_iter().find(|format| offered.contains(format));
    let asked = PixFormat::new(SIZE.0, SIZE.1, format.unwrap_or(PixelFormat::YUYV));
    let camera = device.video_capture(asked).map_err(wrong)?;
    let given = camera.format();
    let form = match given.pixel_format() {
        PixelFormat::MJPG | PixelFormat::JPEG => Form::Jpeg,
        PixelFormat::YUYV => {
            Form::Yuyv { width: given.width(), height: given.height(), stride: given.bytes_per_line() }
        }
        _ => return Err(CameraError::Format { path: path.to_owned() }),
    };
    let mut stream = camera.into_stream().map_err(wrong)?;
    for _ in 0..PASSED_OVER {
        stream.dequeue(|_| Ok(())).map_err(wrong)?;
    }
    let bytes = stream.dequeue(|frame| Ok(frame.to_vec())).map_err(wrong)?;
    Ok((form, bytes))
}

/// The brightness of YUYV, which is every second byte. `None` when lines are missing.
fn gray_of_yuyv(bytes: &[u8], width: u32, height: u32, stride: u32) -> Option<GrayImage> {
    let line = usize::try_from(width).ok()? * 2;
    let stride = usize::try_from(stride).ok()?.max(line);
    let mut gray = Vec::with_capacity(line / 2 * usize::try_from(height).ok()?);
    for row in bytes.chunks(stride.max(1)).take(usize::try_from(height).ok()?) {
        gray.extend(row.get(..line)?.iter().step_by(2));
    }
    GrayImage::from_raw(width, height, gray)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brightness_is_every_second_byte_and_a_short_picture_is_none() {
        let bytes = [10, 1, 20, 2, 0, 0, 30, 3, 40, 4, 0, 0];
        let gray = gray_of_yuyv(&bytes, 2, 2, 6).unwrap();
        assert_eq!(gray.as_raw(), &[10, 20, 30, 40]);
        assert_eq!(gray_of_yuyv(&bytes, 2, 3, 6), None);
        assert_eq!(gray_of_yuyv(&bytes, 4, 2, 6), None);
    }

    #[test]
    fn what_is_no_camera_is_said_to_be_none() {
        let told = |path: &str| picture(Path::new(path)).unwrap_err().to_string();
        assert!(told("/dev/no-such-camera").contains("there is no camera"));
        assert!(told("/dev/null").contains("not a camera"), "{}", told("/dev/null"));
    }
}
