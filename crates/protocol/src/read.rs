//! Reads types from a [`Json`] tree, in as little code as it takes.
//!
//! The widget reads answers this way: a table of names for each type, where serde's derived readers would be a third
//! of the module. A struct that gains a field does not compile until its table has it, and `tests/wire.rs` holds both
//! readers against each other.

use crate::*;

/// Something that can be read from a tree.
pub trait FromTree: Sized {
    /// Reads it; nothing when the tree is of another shape.
    fn from_tree(tree: Json) -> Option<Self>;

    /// What stands for a member that is not there.
    fn absent() -> Option<Self> {
        None
    }
}

impl Json {
    /// Reads a member. A member that is not there reads as what the type has for that.
    fn member<T: FromTree>(&mut self, name: &str) -> Option<T> {
        match self.take(name) {
            Some(tree) => T::from_tree(tree),
            None => T::absent(),
        }
    }

    /// Reads a member that has a value of its own for when it is not there.
    fn member_or<T: FromTree + Default>(&mut self, name: &str) -> Option<T> {
        match self.take(name) {
            Some(tree) => T::from_tree(tree),
            None => Some(T::default()),
        }
    }
}

impl FromTree for String {
    fn from_tree(tree: Json) -> Option<Self> {
        match tree {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl FromTree for bool {
    fn from_tree(tree: Json) -> Option<Self> {
        match tree {
            Json::Bool(value) => Some(value),
            _ => None,
        }
    }
}

impl FromTree for i64 {
    fn from_tree(tree: Json) -> Option<Self> {
        match tree {
            Json::Int(value) => Some(value),
            _ => None,
        }
    }
}

impl<T: FromTree> FromTree for Option<T> {
    fn from_tree(tree: Json) -> Option<Self> {
        match tree {
            Json::Null => Some(None),
            other => T::from_tree(other).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromTree> FromTree for Vec<T> {
    fn from_tree(tree: Json) -> Option<Self> {
        match tree {
            Json::List(items) => {
                // `collect` into an option is twice the code.
                let mut read = Vec::new();
                for item in items {
                    read.push(T::from_tree(item)?);
                }
                Some(read)
            }
            _ => None,
        }
    }
}

impl<T: FromTree> FromTree for Box<T> {
    fn from_tree(tree: Json) -> Option<Self> {
        T::from_tree(tree).map(Box::new)
    }
}

/// Whole numbers of a certain size.
macro_rules! numbers {
    ($($type:ty),+) => { $(
        impl FromTree for $type {
            fn from_tree(tree: Json) -> Option<Self> {
                i64::from_tree(tree)?.try_into().ok()
            }
        }
    )+ };
}
numbers!(u8, u16, u32, u64);

/// Types around one other value.
macro_rules! wrappers {
    ($($name:ident($inner:ty) = $make:expr;)+) => { $(
        impl FromTree for $name {
            fn from_tree(tree: Json) -> Option<Self> {
                <$inner>::from_tree(tree).map($make)
            }
        }
    )+ };
}
wrappers! {
    AccountId(String) = AccountId::new;
    ChallengeId(String) = ChallengeId::new;
    ConnectionId(String) = ConnectionId::new;
    DepositId(String) = DepositId::new;
    FieldId(String) = FieldId::new;
    InstitutionId(String) = InstitutionId::new;
    LinkId(String) = LinkId::new;
    RequestId(String) = RequestId::new;
    Timestamp(String) = Timestamp::new;
    Currency(String) = Currency::new;
    Secret(String) = Secret::new;
    Revision(u64) = Revision;
    Cents(i64) = Cents;
}

/// Types that are one of a set of words. Without a word for the rest, another word does not read.
macro_rules! words {
    (@rest $name:ident) => { None };
    (@rest $name:ident $rest:ident) => { Some($name::$rest) };
    ($($name:ident { $($variant:ident = $word:literal),+ } $(else $rest:ident)?;)+) => { $(
        impl FromTree for $name {
            fn from_tree(tree: Json) -> Option<Self> {
                const WORDS: &[(&str, $name)] = &[$(($word, $name::$variant)),+];
                const REST: Option<$name> = words!(@rest $name $($rest)?);
                let text = String::from_tree(tree)?;
                WORDS.iter().find(|(word, _)| *word == text).map(|(_, variant)| *variant).or(REST)
            }
        }
    )+ };
}
words! {
    Availability { Available = "available", Degraded = "degraded", Unavailable = "unavailable" } else Unknown;
    ReadAs { Name = "name", Website = "website", RoutingNumber = "routing_number" } else Unknown;
    Way { Instant = "instant", Days = "days", None = "none" } else Unknown;
    Method { Credentials = "credentials", BankLogin = "bank_login" } else Unknown;
    FieldKind { Username = "username", Password = "password" } else Other;
    ConnectionMethod { Credentials = "credentials", BankLogin = "bank_login" } else Unknown;
    CredentialProblem { None = "none", Incorrect = "incorrect", Locked = "locked", NearLock = "near_lock" } else Unknown;
    AuthorizeProblem { None = "none", Denied = "denied", Abandoned = "abandoned", Expired = "expired",
        TimedOut = "timed_out" } else Unknown;
    Stage { Paused = "paused", SigningIn = "signing_in", Reading = "reading", Verifying = "verifying",
        Erasing = "erasing", Disconnecting = "disconnecting" } else Unknown;
    Standing { Working = "working", Updating = "updating", NeedsYou = "needs_you", Unfinished = "unfinished",
        Later = "later", Ending = "ending", Unreadable = "unreadable" } else Unknown;
    Erase { Now = "now", WhenWorking = "when_working" } else Never;
    Reach { Web = "web", OpenBanking = "open_banking" } else Unknown;
    Parting { Disconnect = "disconnect", Move = "move" } else Unknown;
    PartingProblem { NotWorking = "not_working", ProviderUnavailable = "provider_unavailable",
        ProviderRejected = "provider_rejected" } else Unknown;
    LaterReason { Postponed = "postponed", Maintenance = "maintenance",
        InstitutionUnavailable = "institution_unavailable" } else Unknown;
    FailureReason { ProviderRejected = "provider_rejected", NotVerifiable = "not_verifiable" } else Unknown;
    AccountKind { Checking = "checking", Savings = "savings", CreditCard = "credit_card", Loan = "loan",
        Investment = "investment" } else Other;
    NotVerifiable { NoTransfers = "no_transfers", NumberMissing = "number_missing" } else Unknown;
    Mode { Link = "link", Repair = "repair", Deposit = "deposit", Manage = "manage" };
    Purpose { Verify = "verify", Aggregate = "aggregate", Both = "both" };
    DepositMethod { Manual = "manual", Automatic = "automatic" } else Unknown;
    DepositWork { Sending = "sending", Checking = "checking" } else Unknown;
    AccountField { AccountNumber = "account_number", RoutingNumber = "routing_number" } else Unknown;
    DepositFailure { TooManyTries = "too_many_tries", NotConfirmedInTime = "not_confirmed_in_time",
        NotSent = "not_sent" } else Unknown;
    RoutingState { Known = "known", Replaced = "replaced", NotForCustomers = "not_for_customers" } else Unlisted;
    DataKind { Accounts = "accounts", AccountNumbers = "account_numbers", Balances = "balances",
        Transactions = "transactions", Owner = "owner" } else Unknown;
    AccountSelection { One = "one", Many = "many" };
    FieldProblemKind { Missing = "missing", Empty = "empty", TooLong = "too_long", Malformed = "malformed",
        NotOffered = "not_offered", NotAPracticeLogin = "not_a_practice_login", Checksum = "checksum",
        NotForCustomers = "not_for_customers", OtherAccount = "other_account" } else Unknown;
}

impl FromTree for Code {
    fn from_tree(tree: Json) -> Option<Self> {
        let text = String::from_tree(tree)?;
        Some(Code::ALL.iter().copied().find(|code| code.as_str() == text).unwrap_or(Code::Unknown))
    }
}

/// Objects. A member marked `or_default` may be absent where its type has a value for that.
macro_rules! objects {
    (@read $tree:ident, $field:ident : $wire:literal or_default) => { $tree.member_or($wire)? };
    (@read $tree:ident, $field:ident or_default) => { $tree.member_or(stringify!($field))? };
    (@read $tree:ident, $field:ident) => { $tree.member(stringify!($field))? };
    ($($name:ident { $($field:ident $(: $wire:literal)? $($or:ident)? ),+ $(,)? })+) => { $(
        impl FromTree for $name {
            fn from_tree(mut tree: Json) -> Option<Self> {
                if !matches!(tree, Json::Map(_)) {
                    return None;
                }
                Some(Self { $($field: objects!(@read tree, $field $(: $wire)? $($or)?)),+ })
            }
        }
    )+ };
}
objects! {
    OpenedSession { token, session }
    Session { link_id, mode, purpose, account_selection, origin, client, provider, expires_at, idle_s, remaining_s,
        data or_default, consent, popular or_default, institution_id, can_redirect or_default, deposits or_default, deposit_id,
        unfinished or_default }
    SessionLife { idle_expires_at, expires_at, idle_s, remaining_s }
    AuthorizeTicket { url, seconds }
    ChoiceOption { key, label, category }
    PictureOption { key, picture }
    Consent { version, data, reason, until, revoke_url }
    ClientFacts { name, help_url, privacy_url }
    ProviderFacts { name, keeps_login, same_login_pause_s, usual_seconds, deposits, practice }
    DepositFacts { usual_days, descriptor }
    DepositWays { automatic or_default, manual or_default }
    Deposit { id, revision, method, bank, last_digits, name, connection_id, account_id, replaces, status,
        provider_status, created_at, next }
    RoutingNumberFacts { routing, state or_default, bank, replaced_by, institution }
    PracticeFacts { username, passcode }
    PublicToken { public_token, expires_at }
    InstitutionPage { institutions, total or_default, read_as or_default, next_cursor }
    Highlight { start, end }
    Institution { id, name, highlights or_default, domain, place, availability or_default, way or_default, connected or_default, practice or_default }
    Place { city, state }
    InstitutionDetail { institution, methods, fields or_default, notes, website, existing }
    Field { id, label, kind }
    InstitutionRef { id, name, domain }
    Connection { id, revision, institution, method, status, provider_status, last_attempt_at, last_success_at,
        updates_itself, next }
    ManagedConnections { connections }
    ManagedConnection { connection, standing or_default, begun_at, expires_at, expires_soon or_default, refresh, disconnect, moves }
    DisconnectWay { keeps_data, erase or_default, others or_default }
    MoveWay { to, erase or_default, others or_default }
    MaskedAccount { id, name, last_digits, kind or_default, balance, not_verifiable }
    Money { cents, currency }
    FieldProblem { field, problem }
    Problem { kind: "type" or_default, title or_default, status or_default, code, retryable or_default, retry_after_s, request_id, fields or_default, connection, deposit }
}

/// Enums whose variants are told by a member.
macro_rules! variants {
    ($($name:ident by $tag:literal { $($word:literal = $variant:ident { $($field:ident $($or:ident)?),* }),+ };)+) => { $(
        impl FromTree for $name {
            fn from_tree(mut tree: Json) -> Option<Self> {
                let word: String = tree.member($tag)?;
                Some(match word.as_str() {
                    $($word => $name::$variant { $($field: objects!(@read tree, $field $($or)?)),* },)+
                    _ => $name::Unknown,
                })
            }
        }
    )+ };
}
variants! {
    Next by "step" {
        "credentials" = Credentials { fields, problem or_default, tries_left },
        "wait" = Wait { stage or_default, percent, since },
        "challenges" = Challenges { items, expires_at, remaining_ms, soon or_default },
        "authorize" = Authorize { host, problem or_default, opened or_default, digits },
        "instructions" = Instructions { text, website },
        "start_again" = StartAgain {},
        "choose_accounts" = ChooseAccounts { accounts, many or_default },
        "offer_deposits" = OfferDeposits { account, ways or_default },
        "later" = Later { reason or_default, retries_itself },
        "no_accounts" = NoAccounts {},
        "linked" = Linked { accounts },
        "interrupted" = Interrupted { parting or_default, erases or_default, erased or_default, reason or_default },
        "closed" = Closed { successor },
        "failed" = Failed { reason or_default }
    };
    RefreshWay by "can" {
        "now" = Now {},
        "too_soon" = TooSoon { wait_s },
        "daily_limit" = DailyLimit { wait_s },
        "running" = Running {},
        "repair_first" = RepairFirst {}
    };
    Challenge by "kind" {
        "text" = Text { id, prompt },
        "code" = Code { id, prompt },
        "choice" = Choice { id, prompt, options },
        "image" = Image { id, prompt, picture },
        "image_choice" = ImageChoice { id, prompt, options },
        "approve" = Approve { id, prompt, confirm or_default }
    };
    DepositNext by "step" {
        "wait" = Wait { work or_default },
        "wait_for_deposit" = WaitForDeposit { expected_by },
        "wait_for_provider" = WaitForProvider { expected_by },
        "enter_amounts" = EnterAmounts { tries_left, wrong or_default, expected_by },
        "repair_connection" = RepairConnection { connection_id },
        "correct_account" = CorrectAccount { field or_default },
        "use_another_account" = UseAnotherAccount {},
        "provider_retries" = ProviderRetries {},
        "verified" = Verified {},
        "failed" = Failed { reason or_default },
        "replaced" = Replaced { by },
        "withdrawn" = Withdrawn {}
    };
    Unfinished by "kind" {
        "deposit" = Deposit { deposit },
        "connection" = Connection { connection },
        "earlier" = Earlier { id, institution, begun_at }
    };
    HostMessage by "type" {
        "start" = Start { token, origin, inline or_default },
        "open" = Open {},
        "escape" = Escape {},
        "close" = Close {}
    };
}

impl<M: FromTree> FromTree for Envelope<M> {
    fn from_tree(mut tree: Json) -> Option<Self> {
        let linchpin = tree.member("linchpin")?;
        Some(Self { linchpin, message: M::from_tree(tree)? })
    }
}
