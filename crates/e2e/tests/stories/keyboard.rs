//! Every way through the widget with keys alone, and what is said on it: one transcript each, in `transcripts/`.

mod answers;
mod at_the_bank;
mod deposits;
mod inline;
mod leaving;
mod linking;
mod upkeep;

use anyhow::Result;
use linchpin_e2e::World;
use linchpin_e2e::journey::PASSCODE;
use linchpin_e2e::keyboard::Press::{Down, Enter, Tab};
use linchpin_e2e::keyboard::Walk;
use linchpin_e2e::page::{HostPage, Widget};

/// The button of the host page.
const OPENER: &str = "button Connect your bank";
/// The field of the search.
const SEEK: &str = "combobox Name or website";

/// Opens the widget at the search as a host page that has asked for consent itself, while the focus is on its button.
async fn open<'w>(world: &World, page: &HostPage<'w>, name: &str) -> Result<Widget<'w>> {
    let token = world.proxy.mint(name).await?;
    page.create(name, token.link_token.expose()).await?;
    page.call(name, "open").await?;
    page.wait_until_told(name, "ready").await?;
    page.widget().await
}

/// From the search to what comes first at a bank.
async fn seek(walk: &mut Walk<'_>, widget: &Widget<'_>, bank: &str) -> Result<()> {
    walk.tabs_to(SEEK).await?;
    walk.types(bank, bank).await?;
    widget.wait_for_result(bank).await?;
    walk.hears("found").await?;
    walk.chooses(Down, &format!("option {bank}…")).await
}

/// From the login form, by a login that the bank takes, to its answer.
async fn sign_in(walk: &mut Walk<'_>) -> Result<()> {
    walk.tabs_to("textbox User name").await?;
    walk.types("practice-good", "a user name").await?;
    walk.press(Tab, "textbox Password").await?;
    walk.types(PASSCODE, "a password").await?;
    walk.leaves(Enter).await
}

/// Presses the button that closes the widget; the host page's has the focus again, and all was said as it should be.
async fn close<'w>(mut walk: Walk<'w>, page: &HostPage<'w>) -> Result<()> {
    walk.leaves(Enter).await?;
    page.wait_until_closed().await?;
    walk.is_back_on(page, OPENER).await?;
    walk.ends()
}
