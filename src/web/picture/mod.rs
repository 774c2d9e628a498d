//! Pictures for people who would rather look than read. Pure functions from small structs to SVG that needs no
//! script: text is escaped, every picture has a title and a description, colours are classes of style.css.
//! A picture with links is a group; one without is an image, so that readers of the screen hear its sentence.

mod balance;
mod draw;
mod shelf_map;
mod tally;
mod time_bar;
mod timeline;

pub use balance::{Balance, Comparison, balance_bar};
pub use shelf_map::{ShelfMap, Slot, Zone, shelf_map};
pub use tally::{Tally, TallyState, emblem, tally};
pub use time_bar::{TimePart, time_bar};
pub use timeline::{Event, Timeline, timeline};
