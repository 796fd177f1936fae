//! Virtual time: nothing happens but what the executor does next, and idle time costs nothing.

mod executor;
mod timeline;

pub use executor::{Executor, Nursery, Side, Spawner};
pub use timeline::{Sleep, Timeline};
