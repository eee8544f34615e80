//! A row that is pressed: what it leads to, and a line below.

use super::Monogram;
use leptos::prelude::*;

/// A row of a list of ways on. With a name of a bank it begins with the bank's tile.
pub fn row(bank: Option<String>, title: String, line: String, press: Box<dyn Fn()>) -> AnyView {
    let tile = bank.map(|name| view! { <Monogram name /> }.into_any());
    view! {
        <li>
            <button type="button" class="option" on:click=move |_| press()>
                {tile}
                <span class="what">
                    <span class="name">{title}</span>
                    <span class="quiet small dots">{line}</span>
                </span>
            </button>
        </li>
    }
    .into_any()
}
