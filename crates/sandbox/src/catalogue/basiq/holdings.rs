//! Accounts that a connection finds (the shapes are Basiq's; the numbers and amounts are made up).

/// An account as the institution shows it.
#[derive(Debug)]
pub(crate) struct Holding {
    pub(crate) name: &'static str,
    /// Basiq's word for the class: `transaction`, `savings`, `credit-card`, `mortgage`, `loan`, `term-deposit`.
    pub(crate) class: &'static str,
    pub(crate) product: &'static str,
    /// Bank, state and branch; absent where there is none, as with cards.
    pub(crate) bsb: Option<&'static str>,
    pub(crate) number: &'static str,
    pub(crate) balance: &'static str,
    pub(crate) available: &'static str,
    pub(crate) holder: Option<&'static str>,
}

const BSB: Option<&str> = Some("600000");

const fn holding(name: &'static str, class: &'static str, number: &'static str) -> Holding {
    Holding {
        name,
        class,
        product: name,
        bsb: BSB,
        number,
        balance: "356.50",
        available: "420.28",
        holder: None,
    }
}

const fn held_by(holder: &'static str, holding: Holding) -> Holding {
    Holding { holder: Some(holder), ..holding }
}

const fn worth(balance: &'static str, available: &'static str, holding: Holding) -> Holding {
    Holding { balance, available, ..holding }
}

const fn card(number: &'static str) -> Holding {
    Holding { bsb: None, ..holding("Hooli Visa", "credit-card", number) }
}

const SMITH: &str = "Max Wentworth-Smith";
const SMITHS: &str = "Max Wentworth-Smith & Paul Wentworth-Smith";

pub(super) static JOINT: &[Holding] = &[
    held_by(SMITHS, worth("2340.10", "2340.10", holding("Hooli Transaction", "transaction", "157441965"))),
    held_by(SMITHS, worth("-367576.75", "32423.25", holding("Hooli Home Loan", "mortgage", "157441111"))),
    held_by(SMITH, worth("-260.81", "9739.19", card("4111111111111300"))),
];

pub(super) static SALARY: &[Holding] = &[
    held_by(
        "Whistler Smith",
        worth("1893.42", "1893.42", holding("Hooli Transaction", "transaction", "157442001")),
    ),
    held_by("Whistler Smith", holding("Hooli Saver", "savings", "157442002")),
];

pub(super) static STOPPED: &[Holding] = &[held_by(
    "Gilfoyle Bertram",
    worth("88.01", "88.01", holding("Hooli Transaction", "transaction", "157443001")),
)];

pub(super) static BELSON: &[Holding] = &[
    held_by("GAVIN BELSON", holding("Master Savings", "savings", "157441965")),
    held_by(
        "GAVIN BELSON",
        worth("25870.00", "25870.00", holding("Hooli Transaction", "transaction", "157444002")),
    ),
    held_by("GAVIN BELSON", worth("-8900.00", "0.00", holding("Hooli Personal Loan", "loan", "157444003"))),
];

pub(super) static GIG: &[Holding] = &[
    held_by(
        "Jared Dunn",
        worth("640.75", "640.75", holding("Hooli Transaction", "transaction", "157445001")),
    ),
    held_by(
        "Jared Dunn",
        worth("10000.00", "0.00", holding("Hooli Term Deposit", "term-deposit", "157445002")),
    ),
];

pub(super) static MANY: &[Holding] = &[
    held_by(
        "Richard Hendricks",
        worth("40210.12", "40210.12", holding("Hooli Transaction", "transaction", "157446001")),
    ),
    held_by(
        "Richard Hendricks",
        worth("-540200.00", "1200.00", holding("Hooli Home Loan", "mortgage", "157446002")),
    ),
    held_by(
        "Richard Hendricks",
        worth("-310000.00", "0.00", holding("Hooli Investment Loan", "mortgage", "157446003")),
    ),
    held_by("Richard Hendricks", worth("-1210.00", "8790.00", card("4111111111111400"))),
    held_by("Richard Hendricks", worth("-75.25", "4924.75", card("4111111111111500"))),
];

pub(super) static BUSINESS: &[Holding] = &[held_by(
    "Bream-Hall Pty Ltd",
    worth("98200.55", "98200.55", holding("Hooli Business", "transaction", "157447001")),
)];

pub(super) static FLAGGED: &[Holding] =
    &[held_by("Ash Mann", worth("12.30", "12.30", holding("Hooli Transaction", "transaction", "157448001")))];

/// What a data holder shows to whoever agrees there: there is no login to tell people apart.
pub(crate) static AT_THE_BANK: &[Holding] = &[
    held_by(
        "Alex Citizen",
        worth("5120.40", "5120.40", holding("Everyday Account", "transaction", "230145678")),
    ),
    held_by(
        "Alex Citizen",
        worth("18000.00", "18000.00", holding("Rainy Day Saver", "savings", "230145679")),
    ),
];
