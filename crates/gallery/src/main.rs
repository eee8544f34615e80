//! Starts the gallery in its page.
fn main() {
    linchpin_gallery::start();
}
