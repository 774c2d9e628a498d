//! Pictures that were read on this page, until a person says which of their codes are recorded. The last few, in memory:
//! nothing is recorded by reading, and a picture is never sent anywhere.

use crate::picture::{self, Code, PictureError};
use std::collections::VecDeque;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as Turn, mpsc};
use uuid::Uuid;

/// How many read pictures are kept.
const KEPT: usize = 4;
/// The longer side of the picture that is shown, in pixels.
const SHOWN_SIDE: u32 = 1600;

/// A picture with its codes.
#[derive(Clone)]
pub(super) struct Reading {
    pub(super) id: Uuid,
    pub(super) codes: Arc<[Code]>,
    /// JPEG with the numbered outlines.
    pub(super) drawn: Arc<[u8]>,
    pub(super) recorded: bool,
}

#[derive(Clone, Default)]
pub(super) struct Readings {
    kept: Arc<Mutex<VecDeque<Reading>>>,
    /// One picture at a time, so that memory stays bounded.
    turn: Arc<Turn<()>>,
}

impl Readings {
    /// Reads a picture; codes go to `found` as they come.
    pub(super) async fn read(
        &self,
        bytes: Vec<u8>,
        found: mpsc::UnboundedSender<Code>,
    ) -> Result<Uuid, PictureError> {
        let _turn = self.turn.lock().await;
        let read = tokio::task::spawn_blocking(move || {
            let loaded = picture::from_bytes(&bytes)?;
            drop(bytes);
            // Nobody may be listening any more; the reading is kept all the same.
            let codes = loaded.read_each(&mut |code| drop(found.send(code.clone())));
            let mut drawn = Cursor::new(Vec::new());
            loaded
                .outlined(&codes, SHOWN_SIDE)
                .write_to(&mut drawn, image::ImageFormat::Jpeg)
                .map_err(|error| PictureError::Unreadable(Some(error)))?;
            let id = Uuid::new_v4();
            Ok(Reading { id, codes: codes.into(), drawn: drawn.into_inner().into(), recorded: false })
        });
        let reading = read.await.unwrap_or(Err(PictureError::Unreadable(None)))?;
        let id = reading.id;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front(reading);
        kept.truncate(KEPT);
        Ok(id)
    }

    pub(super) fn get(&self, id: Uuid) -> Option<Reading> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|reading| reading.id == id).cloned()
    }

    /// Marks a reading as recorded, or not; `false` when it was so already or is gone. So that it is recorded once.
    pub(super) fn set_recorded(&self, id: Uuid, recorded: bool) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = kept.iter_mut().find(|reading| reading.id == id && reading.recorded != recorded);
        reading.map(|reading| reading.recorded = recorded).is_some()
    }
}
