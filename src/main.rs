//! Starts the widget in its page.
fn main() {
    linchpin::start();
}
