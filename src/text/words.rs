//! The words: keys, and what they say in English, screen by screen.

macro_rules! texts {
    ($($key:ident = $english:literal;)+) => {
        /// Names a text.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[expect(missing_docs, reason = "each is told by its words, right beside it")]
        pub enum Key { $($key),+ }

        impl Key {
            /// Every key.
            pub const ALL: &'static [Key] = &[$(Key::$key),+];
        }

        /// The built-in words, in the order of the keys, one a line: a list of texts would be larger by its addresses.
        pub(super) const ENGLISH: &str = concat!($($english, "\n"),+);
    };
}

texts! {
    // frame
    Practice = "Practice mode. Never type a real password.";
    Back = "Back";
    Close = "Close";
    StepOf = "Step {step} of {steps}";
    SecuredFor = "Linchpin, for {client}";
    Help = "Help";
    ThisCompany = "this company";
    OpensNewTab = "opens a new tab";
    ChooseAnotherBank = "Choose another bank";
    TryAgain = "Try again";

    // consent; a change of these words takes a higher `CONSENT_WORDS`
    ShareWith = "Share bank data with {client}?";
    GetsThrough = "From the accounts you choose, {client} gets, through {provider}:";
    Gets = "From the accounts you choose, {client} gets:";
    DataAccounts = "Their names, kinds and last digits";
    DataNumbers = "Account and routing numbers";
    DataBalances = "Balances";
    DataTransactions = "Transactions";
    DataOwner = "The owner’s name and contact details";
    DataOther = "Data that this page cannot name";
    WhatFor = "What for";
    UntilWhen = "Until";
    TakeBack = "Take it back at";
    Privacy = "Privacy";
    NeverSeesPassword = "{client} never sees your password.";
    Decline = "Not now";

    // search
    FindYourBank = "Find your bank";
    NameOrWebsite = "Name or website";
    PopularBanks = "Often chosen";
    BanksFound = "Banks found";
    FoundOne = "1 bank found";
    FoundMany = "{count} banks found";
    NothingFound = "No bank found for “{query}”";
    NothingFoundHelp = "Check the spelling, or try the address of its website.";
    NoSuchRouting = "No bank known by this routing number";
    NoSuchRoutingHelp = "Look for the bank by its name instead.";
    Withheld = "This may be an account number";
    WithheldHelp = "It was not sent. Type the bank’s name instead.";
    ByWebsite = "Found by the website’s address";
    ByRouting = "Found by the routing number";
    ShowMore = "Show more";
    ShownOf = "{shown} of {total} shown";
    NotListed = "My bank is not listed";
    SearchTrouble = "The search does not answer";
    SearchTroubleHelp = "This is on our side. Please try again in a moment.";
    Connected = "Connected";
    SlowToday = "Trouble today";
    NotNow = "Not available now";
    TakesDays = "Takes a few days";
    CannotLink = "Cannot be linked";
    PracticeBank = "Practice";

    // a bank that is not listed
    WhichIsMissing = "Which bank is missing?";
    ClientWillSee = "{client} will see the name you send.";
    SendName = "Send to {client}";
    NameMissing = "Enter the bank’s name";
    DigitsInName = "Leave account numbers out";
    EnoughNames = "You have named several already. That is enough for now.";
    NameSent = "Thank you";
    NameSentHelp = "{client} can see now which bank you are missing.";
    LookForAnother = "Look for another bank";

    // welcome back, connected already, how to sign in
    WelcomeBack = "Welcome back";
    WelcomeBackHelp = "You have begun something and not finished it.";
    GoOnWith = "Go on with {bank}";
    BegunOn = "Begun on {date}";
    StartNew = "Connect another bank";
    ConnectedAlready = "{bank} is connected already";
    ConnectedAlreadyHelp = "You can use that connection. If {bank} needs something of you, you can do it now.";
    UseExisting = "Use this connection";
    AnotherSignIn = "Use another sign-in at {bank}";
    HowToSignIn = "How do you want to sign in to {bank}?";
    OnBanksPage = "On the bank’s own page";
    OnBanksPageHelp = "Your password stays between you and the bank.";
    TypedHere = "Here";
    TypedHereHelp = "With your user name and password.";

    // bank login
    SignInAt = "Sign in at {bank}";
    SignInAtHelp = "On the bank’s own page, in a new tab.";
    BankStepOpen = "{bank}’s page opens. Look at its address: {site}";
    BankStepOpenPlain = "{bank}’s page opens.";
    BankStepSignIn = "Sign in there, and tick the accounts you want to share.";
    BankStepReturn = "Come back here. We go on by ourselves.";
    ContinueTo = "Continue to {bank}";
    GettingReady = "Getting ready…";
    InThisWindow = "Continue in this window instead";
    TypeInstead = "Use your user name and password instead";
    FinishAt = "Finish at {bank}";
    FinishAtHelp = "Sign in on the page that has opened. We notice when you are done.";
    DidItOpen = "Did no page open?";
    DidItOpenHelp = "Your browser may have blocked it. Open it again with the button below.";
    OtherBrowser = "Back in another browser? Type {digits} there.";
    HaveFinished = "I have finished";
    OpenAgain = "Open the page again";
    NewWay = "Get a new link to the page";
    CancelThis = "Cancel";
    BankSaidNo = "{bank} did not share anything";
    BankSaidNoHelp = "It was refused there. You can try again, or choose another way.";
    BankGivenUp = "You have not signed in";
    BankGivenUpHelp = "Nothing was shared. You can try again.";
    BankLinkOver = "The link to {bank} ran out";
    BankLinkOverHelp = "It is good for a few minutes only.";
    BankTimedOut = "Nobody came back from {bank}";
    BankTimedOutHelp = "If you have signed in there, please do it once more.";

    // credentials
    SignInTo = "Sign in to {bank}";
    SameAsOn = "Use the same details as on {domain}.";
    UserName = "User name";
    Password = "Password";
    ShowField = "Show {field}";
    HideField = "Hide {field}";
    CapsLock = "Caps lock is on.";
    StraySpace = "There is a space at the start or the end.";
    SignIn = "Sign in";
    SigningIn = "Signing in…";
    PleaseEnter = "Enter your {field}";
    ThereIsAProblem = "There is a problem";
    NotAccepted = "{bank} did not accept these details";
    NotAcceptedHelp = "Check them and enter your password again.";
    NotAcceptedTries = "Check them and try again. {count} tries are left before {bank} locks this sign-in.";
    NearLock = "Check them with care: {bank} may lock this sign-in after another wrong try.";
    Locked = "{bank} has locked this sign-in";
    LockedHelp = "Only {bank} can unlock it. Please contact them.";
    ForgotAt = "Forgot your details? Open {site}";
    NotConfirmed = "We could not confirm that this arrived";
    NotConfirmedHelp = "The connection broke off. Please enter it again.";
    OnlyPractice = "Only practice logins work here";
    OnlyPracticeHelp = "Nothing was sent on. Try {username} with {passcode}.";
    OnlyPracticeHelpShort = "Nothing was sent on. Use a practice login.";
    TooManyTries = "Too many tries";
    TooManyTriesHelp = "Please wait a while before you try again.";
    AlreadyConnected = "This sign-in to {bank} is already connected";
    AlreadyConnectedHelp = "Use another sign-in, or choose another bank.";
    NotTaken = "This could not be taken";
    NotTakenHelp = "It is on our side. Please try again.";
    WhereItGoes = "Where your sign-in goes";
    GoesToProvider = "To {provider}, who signs in for you and keeps it to update your accounts. {client} never sees it.";
    GoesToProviderOnce = "To {provider}, who signs in for you once and does not keep it. {client} never sees it.";
    GoesToProviderOnly = "To {provider}, who signs in for you. {client} never sees it.";
    GoesToBank = "It is passed on to sign in. {client} never sees it.";
    TryPractice = "For practice, sign in as {username} with {passcode}.";

    // progress
    ConnectingTo = "Connecting to {bank}";
    UsuallySeconds = "Usually about {count} seconds.";
    ProgressLabel = "Progress";
    PhaseSigningIn = "Signing in";
    PhaseReading = "Reading your accounts";
    PhaseVerifying = "Checking account numbers";
    PhaseDone = "done";
    PhaseNow = "in progress";
    StillWorking = "Still working";
    StillWorkingHelp = "Banks can take a moment to answer.";
    StillWorkingLong = "{bank} is taking its time. You may close this and come back: it goes on without you.";
    StillEndingHelp = "This can take a moment.";
    StillEndingLong = "{provider} is taking its time. You may close this and come back: it goes on without you.";

    // challenges
    BankAsks = "{bank} asks a question";
    BankAsksMany = "{bank} asks some questions";
    BankAsksHelp = "To make sure it is you.";
    PleaseAnswer = "Answer this question";
    PleasePick = "Choose one of these";
    PictureAlt = "Picture from {bank}";
    PictureNumber = "Picture {number} of {count}";
    AnswerSoon = "Please answer soon: {bank} does not wait long.";
    TimeLeft = "Time left: {time}";
    TimeUp = "The time is over. Looking whether your answer came in time…";
    MinuteLeft = "1 minute left";
    SecondsLeft = "{count} seconds left";
    ApproveAt = "{bank} wants you to approve this";
    HaveApproved = "I have approved it";
    ApproveHelp = "We notice when it is done.";
    ApproveThenSay = "Come back here when it is done.";
    Continue = "Continue";
    Sending = "Sending…";
    CannotAsk = "{bank} asks for something we cannot show here yet";
    CannotAskHelp = "Please choose another bank.";

    // choose account
    WhichAccount = "Which account should {client} use?";
    WhichAccounts = "Which accounts should {client} use?";
    ChooseOne = "Choose one";
    ChooseSome = "Choose one or more";
    UseAccount = "Use {account}";
    UseThisAccount = "Use this account";
    UseTheseAccounts = "Use these accounts";
    PleaseChoose = "Choose an account";
    EndingIn = "ending in {digits}";
    NoTransfers = "Cannot receive transfers";
    NumberMissing = "{bank} does not give its number";
    CannotBeUsed = "Cannot be used here";
    NoneUsable = "None of these accounts can be used";
    AccountsFoundOne = "1 account found";
    AccountsFoundMany = "{count} accounts found";

    // done
    BankConnected = "{bank} is connected";
    AccountVerified = "{account} is verified.";
    AccountConnected = "{account} is connected.";
    AccountsVerified = "{count} accounts are verified.";
    AccountsConnected = "{count} accounts are connected.";
    NowSees = "{client} can now see";
    FinishTo = "Back to {client}";
    AnotherBank = "Connect another bank";

    // two small deposits: the offer
    ProveByDeposits = "Prove the account with two small deposits";
    ProveAt = "Prove your account at {bank}";
    ProveAccount = "Prove {account}";
    NoNumbersAtOnce = "{bank} does not tell account numbers here. Two small deposits prove the account instead.";
    Automatic = "Connect the account";
    AutomaticHelp = "Sign in and type its numbers. The deposits are found by themselves, so you need not come back.";
    AutomaticLinkedHelp = "Type its numbers. The deposits are found by themselves, so you need not come back.";
    Manual = "With its numbers alone";
    ManualHelp = "Type its numbers now, and both amounts once they have arrived.";
    UsuallyOneDay = "Usually that is within 1 working day.";
    UsuallyDays = "Usually that is within {count} working days.";
    CannotProve = "This account at {bank} cannot be proved";
    CannotProveHelp = "{bank} does not tell account numbers here, and deposits are not a way.";

    // two small deposits: the numbers
    NumbersTitle = "Which account is it?";
    NumbersOf = "What are the numbers of {account}?";
    CorrectTitle = "What are the right numbers?";
    WhereNumbersAre = "Both numbers stand at the foot of a check: first the nine digits of the bank, then the account’s own.";
    RoutingNumber = "Routing number";
    AccountNumber = "Account number";
    AccountNumberAgain = "Account number again";
    AccountName = "A name for it, if you like";
    IsThisYourBank = "{bank}. Is this your bank?";
    RoutingUnlisted = "We do not know this bank. If the number is right, go on.";
    NotForCustomers = "No customer has an account under this number. Look for another on your check.";
    RoutingReplaced = "{bank} has another number now.";
    RoutingReplacedBy = "{bank} has another number now: {number}";
    UseNumber = "Use {number}";
    LinkAtOnce = "{bank} can be connected at once";
    LinkAtOnceHelp = "No need to wait for deposits.";
    LinkInstead = "Connect {bank} instead";
    RoutingMissing = "Enter the routing number";
    RoutingFormat = "A routing number has 9 digits. You entered {count}.";
    RoutingChecksum = "These digits do not fit together. Perhaps one is wrong, or two are swapped.";
    RoutingRange = "No bank has this routing number";
    NumberEmpty = "Enter the account number";
    NumberFormat = "An account number has 4 to 17 digits";
    NumberDiffers = "The two account numbers are not the same";
    OtherAccount = "This is not the number of the account that you chose";
    NameTooLong = "Use at most 40 characters";
    EnoughDeposits = "No more deposits can be sent for now";
    EnoughDepositsHelp = "Several have been sent already. Please come back another day.";
    ReviewTitle = "Is all of this right?";
    SendsAutomatic = "Two deposits below one dollar are sent there.";
    SendsManual = "Two deposits below one dollar are sent there. You come back with their amounts.";
    BankLabel = "Bank";
    BankUnknown = "Not known to us";
    NameLabel = "Name";
    SendDeposits = "Send the deposits";
    ChangeNumbers = "Change something";

    // two small deposits: on their way
    TheBank = "your bank";
    BeingSent = "Asking for your deposits";
    Checking = "Comparing the amounts";
    OnTheirWay = "Two small deposits are on their way";
    OnTheirWayTo = "To {account}";
    FoundByProvider = "{provider} looks for them in your account. You need not do anything.";
    FoundByItself = "They are looked for in your account. You need not do anything.";
    LookFor = "Look for two deposits below one dollar.";
    LookForNamed = "Look for two deposits below one dollar, named {words}.";
    ExpectedBy = "Usually they are there by {date}.";
    ComeBackWithBoth = "Then come back here with both amounts.";
    NotArrived = "They have not arrived";
    GiveUp = "Stop these deposits";
    RowOnTheirWay = "Two deposits on their way";
    RowAmounts = "Type the amounts of two deposits";
    RowLook = "Look after two deposits";

    // two small deposits: the amounts
    WhichAmounts = "Which two amounts arrived?";
    InAccount = "In {account}, in any order.";
    OneAmount = "One amount";
    OtherAmount = "Other amount";
    AmountsHelp = "Such as 0.12 or 12 for twelve cents.";
    OneTryLeft = "1 try is left.";
    TriesLeft = "{count} tries are left.";
    OneCent = "1 cent";
    ManyCents = "{count} cents";
    UnderstoodOne = "Read as {amount}";
    UnderstoodBoth = "Read as {amount} and {other}";
    CheckAmounts = "Check the amounts";
    AmountMissing = "Enter one amount";
    OtherAmountMissing = "Enter the other amount";
    AmountUnread = "Enter an amount such as 0.12";
    AmountTooLarge = "Each amount is from 1 to 99 cents";
    NotTheAmounts = "These are not the two amounts that were sent";

    // two small deposits: not arrived
    NotArrivedTitle = "Have they not arrived?";
    LateFrom = "They are late from {date} on. Until then, nothing is wrong.";
    TheyAreLate = "They should have been there by {date}.";
    CheckAccount = "Is it {account} that you looked at?";
    CheckNumbers = "If you gave other numbers than this account’s, correct them: new deposits are sent.";
    CorrectNumbers = "Correct the numbers";

    // two small deposits: how they ended
    ProvedTitle = "Your account at {bank} is proved";
    GiveUpQuestion = "Stop these deposits?";
    GiveUpHelp = "They cannot prove {account} any more then.";
    GiveUpNow = "Stop them";
    KeepThem = "Keep them";
    GivenUp = "These deposits are stopped";
    GivenUpHelp = "Should they arrive all the same, you need not do anything.";
    CannotReadDeposit = "These deposits cannot be looked up now";
    NotSeen = "{bank} needs you to sign in again";
    NotSeenHelp = "The deposits in {account} cannot be looked for before that.";
    SignInAgain = "Sign in again";
    WrongAccountNumber = "{bank} does not know this account number";
    WrongRoutingNumber = "This routing number is wrong";
    WrongNumbers = "These numbers are wrong";
    WrongNumbersHelp = "Correct the numbers of {account}, and new deposits are sent.";
    TakesNoDeposits = "{account} takes no deposits";
    TakesNoDepositsHelp = "It cannot be proved with deposits. Please use another account.";
    NotSentYet = "The deposits are held up";
    NotSentYetHelp = "They could not be sent to {account}. It is tried again by itself; your numbers are fine.";
    AmountsTooOften = "Wrong amounts too often";
    AmountsTooOftenHelp = "To protect {account}, these deposits prove nothing any more.";
    NotConfirmedInTime = "The time for these deposits is over";
    NotConfirmedInTimeHelp = "Nobody confirmed them in time. No amounts were wrong.";
    NotFoundInTime = "The deposits were not found in time";
    NotFoundInTimeHelp = "They did not show in {account} in time.";
    NeverSent = "The deposits were never sent";
    NeverSentHelp = "Nothing will arrive in {account}.";
    DepositsFailed = "These deposits could not prove the account";
    DepositsFailedHelp = "It could not be finished.";
    DepositsReplaced = "New deposits were sent instead";
    DepositsReplacedHelp = "Wait for the new ones: these prove nothing any more.";
    SendAnew = "Send new deposits";
    UseOtherNumbers = "Send deposits to another account";

    // other answers
    DoFirst = "{bank} needs you to do something first";
    OpenSite = "Open {site}";
    HaveDoneThis = "I have done this";
    TimeRanOut = "{bank} waited too long";
    TimeRanOutHelp = "The sign-in lapsed. Start it again when you are ready: {bank} may send you a new code.";
    StartAgain = "Start again";
    NotReachable = "{bank} cannot be reached now";
    NotReachableHelp = "This is on the bank’s side. Your details are fine.";
    BeingServiced = "Bank connections are being serviced";
    BeingServicedHelp = "This is not about {bank} or your details.";
    Delayed = "{bank} is answering late";
    DelayedHelp = "The sign-in was paused.";
    RetriesItself = "It will be tried again by itself.";
    ComeBackLater = "Please come back later.";
    NoAccounts = "No accounts found at {bank}";
    NoAccountsHelp = "The sign-in worked, but there is no account behind it. Perhaps you have another sign-in.";
    CouldNotLink = "{bank} could not be connected";
    CouldNotLinkHelp = "The bank connection could not be finished.";

    // your connections
    YourConnections = "Your connections";
    YourConnectionsHelp = "The banks you have connected for {client}.";
    NothingConnected = "Nothing is connected";
    NothingConnectedHelp = "What you connect for {client} is listed here.";
    CannotList = "Your connections cannot be shown now";
    BackToConnections = "Back to your connections";
    StandsWorking = "Working";
    StandsUpdating = "Updating";
    StandsNeedsYou = "Needs you";
    StandsUnfinished = "Not finished";
    StandsOnHold = "On hold";
    StandsEnding = "Disconnecting";
    StandsUnknown = "Status unknown";
    UpdatedWhen = "Updated {when}";
    ConnectedWhen = "Connected {when}";
    BegunWhen = "Begun {when}";
    AccountAndMore = "{account} +{count}";
    UpdatesItself = "Updates by itself";
    UpdatesByHand = "Updates when you refresh it";
    PermissionEnds = "Your permission ends on {date}";
    PermissionEnded = "Your permission ended on {date}";
    NoteRefreshed = "{bank} is up to date";
    NoteRepaired = "{bank} works again";
    NoteDisconnected = "{bank} is disconnected";
    NoteErased = "The data read through it is erased.";
    NoteMoved = "{bank} has moved";
    NoteMovedHelp = "The new connection works.";
    NoteMoveOpen = "{bank} has not moved yet";
    NoteMoveOpenHelp = "The connection before has ended. Finish the new one in this list.";
    NoteKept = "{bank} stays connected";
    NoteKeptErased = "The data read through it is erased, and not read again yet.";
    NoteGone = "{bank} is no longer connected";
    NoteNeedsYouHelp = "It was not updated. No new data comes until this is fixed.";

    // one connection
    HasStopped = "{bank} does not work any more";
    IsUpdating = "{bank} is being updated";
    IsNeedingYou = "{bank} needs you";
    IsNeedingYouHelp = "No new data comes until this is fixed.";
    IsUnfinished = "{bank} is not connected yet";
    IsUnfinishedHelp = "You started this but did not finish.";
    FinishElsewhere = "Small deposits can prove your account. Order them where you connect banks for {client}.";
    NotUpdated = "{bank} could not be updated last time";
    IsEnding = "{bank} is being disconnected";
    IsUnknown = "It is not known how {bank} stands";
    IsUnknownHelp = "{provider} did not say.";
    UpdatedLabel = "Updated";
    NewDataLabel = "New data";
    ByItself = "Comes by itself";
    ByHand = "Comes when you refresh it";
    PermissionLabel = "Permission";
    EndsOn = "Until {date}";
    AccountsLabel = "Accounts";
    FixIt = "Fix it";
    SeeProgress = "See how far it is";
    Refresh = "Refresh now";
    RefreshAgain = "You can refresh again {when}.";
    RefreshLater = "You can refresh again later.";
    NoMoreToday = "{bank} allows no more refreshes for now.";
    FixFirst = "You can refresh it once this is fixed.";
    Disconnect = "Disconnect";
    MoveToOpen = "Move to open banking";
    MoveToWeb = "Use your login instead";
    ConnectAnew = "Reconnect";
    TooSoon = "It was read not long ago";
    TheProvider = "The provider";
    ProviderInside = "the provider";

    // ending a connection
    DisconnectQuestion = "Disconnect {bank}?";
    DisconnectHelp = "{client} gets no new data from it then. This cannot be undone.";
    DataQuestion = "What should happen to the data read so far?";
    DataIsKept = "Keep it with {provider}";
    DataIsNotErased = "Do not erase it";
    DataIsErased = "Erase it too";
    DataIsErasedHelp = "That cannot be undone either.";
    OthersOne = "The data of your other connection to {bank} is erased with it.";
    OthersMany = "The data of your {count} other connections to {bank} is erased with it.";
    DataStays = "The data read so far stays with {provider}.";
    DataGoes = "The data read so far goes with it.";
    DataGone = "The data read so far is erased already.";
    EraseLater = "The data cannot be erased now";
    EraseLaterHelp = "That is possible only while the connection works. If you disconnect now, it stays with {provider}.";
    RefreshFirst = "Refresh it first";
    SayWhatOfData = "Choose what should happen to the data";
    KeepConnection = "Keep the connection";

    // another in its place
    MoveQuestionOpen = "Move {bank} to open banking?";
    MoveQuestionWeb = "Use your login for {bank} instead?";
    MoveQuestionAnew = "Reconnect {bank}?";
    MoveHelp = "This takes these steps, one after the other:";
    StepErase = "The data read so far is erased. That cannot be undone.";
    StepEnd = "The present connection ends. That cannot be undone.";
    StepOpen = "You give your permission on {bank}’s own page.";
    StepWeb = "You sign in to {bank} once more.";
    StepAnew = "You connect {bank} once more.";
    MoveGap = "Nothing is connected in between";
    MoveGapHelp = "{client} gets no data from {bank} before the last step is done. You may close this and go on later.";
    MoveNow = "Move it now";
    MoveNotYet = "This is not possible yet";
    MoveNotYetHelp = "The data has to be erased before, and that is possible only while the connection works.";

    // ending that stopped on the way
    NotEnded = "{bank} is not disconnected yet";
    NotMoved = "{bank} has not moved yet";
    StoppedNotWorking = "The data can be erased only while the connection works, and it does not.";
    StoppedUnavailable = "{provider} cannot be reached now.";
    StoppedRejected = "{provider} has refused it.";
    StoppedUnknown = "It stopped on the way.";
    DataErased = "Data erased";
    ConnectionEnded = "Connection ended";
    PhaseOpen = "not yet";
    KeepHelp = "If you keep the connection, its data is read again.";
    KeepHelpLater = "If you keep the connection, its data can be read again {when}.";
    KeepHelpErased = "If you keep the connection, its data stays erased until it is read again.";

    // progress of a connection that is looked after
    Updating = "Updating {bank}";
    Disconnecting = "Disconnecting {bank}";
    Moving = "Moving {bank}";
    PhaseErasing = "Erasing the data";
    PhaseEnding = "Ending the connection";
    LeaveHelpManaged = "What you have begun at {bank} is not finished. You can go on later.";

    // a login that is linked already
    SameLoginHelp = "You can use the connection that has it.";
    SameLoginElsewhere = "Another of your connections to {bank} has it.";
    UseTheOne = "Use the connection you have";
    EnterAgain = "Enter it again anyway";
    OneMinute = "1 minute";
    ManyMinutes = "{count} minutes";
    SamePause = "{provider} waits about {time} before it tries the same sign-in again.";
    PausedTitle = "This sign-in was used before";
    PausedHelp = "{provider} waits a while before it tries the same sign-in again.";
    MayClose = "You may close this and come back: it goes on without you.";

    // covers and ends
    LeaveQuestion = "Leave without finishing?";
    LeaveHelp = "{bank} is not connected yet.";
    LeaveHelpShort = "Nothing is connected yet.";
    Stay = "Stay";
    Leave = "Leave";
    StillThere = "Are you still there?";
    StillThereHelp = "This closes in a minute, to keep your data safe.";
    GoOn = "Go on";
    EndsSoon = "This closes in a minute";
    EndsSoonHelp = "It was open for long. What you have begun can be finished later.";
    Understood = "OK";
    Offline = "You are offline";
    OfflineHelp = "We cannot reach the service. What you have chosen is kept; we go on when the connection is back.";
    PartMissing = "The next step could not be loaded";
    PartMissingHelp = "What you have chosen is kept, and we go on trying.";
    SomethingBroke = "The service cannot answer now";
    SomethingBrokeHelp = "This is on our side. What you have chosen is kept.";
    SessionOver = "Your session is over";
    SessionOverHelp = "It was closed to keep your data safe. Nothing you typed was kept. Start again at {client}.";
    LinkOver = "This link has run out";
    LinkOverHelp = "It can be opened once, within 30 minutes. Go back to {client} and start again.";
    CannotOpen = "This could not be opened";
    CannotOpenHelp = "Go back to {client} and try again.";
    CloseThis = "Close";
}
