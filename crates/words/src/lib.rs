//! Every word that Linchpin says to people, in each of its languages.
//!
//! The texts stand in `catalogues/`: those of the widget, which a browser gets in the one language that it shows, and those of
//! the proxy's own pages. A language whose keys, gaps or plural categories differ from English's does not build.
//!
//! - [`Language`]: which languages there are, and which one answers a wish.
//! - [`Language::widget_with`]: a client's own words in the place of ours.
//! - [`at`], [`form`], [`fill`]: from a language's words to what is said.

mod language;
mod own;
mod said;

pub use language::{Direction, Language};
pub use own::Unfit;
pub use said::{Filled, at, fill, form};

include!(concat!(env!("OUT_DIR"), "/catalogues.rs"));
