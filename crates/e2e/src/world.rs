//! Everything a person would meet, made afresh for each story.

use anyhow::{Context as _, Result, bail};
use linchpin_protocol::Purpose;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::browser::{Browser, Storage, View, Window};
use crate::inspect::{
    Expected, Pictures, Strain, accessible, accessible_apart_from, large_enough, nothing_is_cut_off, quiet,
    well_structured, within_policy,
};
use crate::page::{Document, Gallery, GalleryList, HostPage, Page, Widget};
use crate::process::free_port;
use crate::sites::Plan;
use crate::{DepositPolicy, Dialect, HostSite, PracticeSite, ProxySite, Replicas, Settings, Wire};

/// The host page, the proxy, the practice bank, and a browser. Everything ends when this is dropped.
pub struct World {
    /// The practice bank, with its clock and its ledger.
    pub practice: PracticeSite,
    /// The proxy and the widget it serves.
    pub proxy: ProxySite,
    /// The wire between the browser and the proxy.
    pub wire: Wire,
    /// The host page and its server.
    pub host: HostSite,
    /// The browser.
    pub browser: Browser,
    settings: Settings,
    folder: PathBuf,
    view: View,
    axe: String,
    pictures: Pictures,
    expected: Expected,
    findings: Mutex<Vec<String>>,
}

/// Tells a story on a desk: makes a world, lets `tell` act in it, and checks that all was quiet.
///
/// # Errors
/// What `tell` found, or an error in a console. A picture of the end and the logs stay among the artefacts.
pub async fn story(name: &str, tell: impl AsyncFnOnce(&World) -> Result<()>) -> Result<()> {
    tell_story(name, Setting::default(), tell).await
}

/// As [`story`], seen another way.
///
/// # Errors
/// As [`story`].
pub async fn story_at(name: &str, view: View, tell: impl AsyncFnOnce(&World) -> Result<()>) -> Result<()> {
    tell_story(name, Setting { view, ..Setting::default() }, tell).await
}

/// As [`story`], with the browser's calls to the proxy going over [`World::wire`].
///
/// # Errors
/// As [`story`].
pub async fn story_over_the_wire(name: &str, tell: impl AsyncFnOnce(&World) -> Result<()>) -> Result<()> {
    tell_story(name, Setting { path: Path::OverTheWire, ..Setting::default() }, tell).await
}

/// As [`story`], in a browser that lets no page keep anything.
///
/// # Errors
/// As [`story`].
pub async fn story_without_storage(name: &str, tell: impl AsyncFnOnce(&World) -> Result<()>) -> Result<()> {
    tell_story(name, Setting { storage: Storage::Nowhere, ..Setting::default() }, tell).await
}

/// Tells a story in another setting.
///
/// # Errors
/// As [`story`].
pub async fn story_in(
    name: &str,
    setting: Setting,
    tell: impl AsyncFnOnce(&World) -> Result<()>,
) -> Result<()> {
    tell_story(name, setting, tell).await
}

/// What a story is told in: on a desk, straight to the proxy, which speaks Quovo v3, unless it says otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    view: View,
    path: Path,
    storage: Storage,
    dialect: Dialect,
    deposits: DepositPolicy,
    replicas: Replicas,
    languages: Option<&'static str>,
    in_page_credentials: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            view: View::DESK,
            path: Path::Straight,
            storage: Storage::default(),
            dialect: Dialect::default(),
            deposits: DepositPolicy::default(),
            replicas: Replicas::default(),
            languages: None,
            in_page_credentials: false,
        }
    }
}

impl Setting {
    /// The proxy speaks Quovo v2, and the host needs accounts that are proved.
    pub fn over_v2() -> Self {
        Self { dialect: Dialect::QuovoV2, ..Self::default() }
    }

    /// The proxy speaks Basiq: logins are passed on where an institution takes one, else people go to the page for
    /// consent.
    pub fn over_basiq() -> Self {
        Self { dialect: Dialect::Basiq, ..Self::default() }
    }

    /// The client allows these deposits.
    #[must_use]
    pub fn allowing(self, deposits: DepositPolicy) -> Self {
        Self { deposits, ..self }
    }

    /// Seen another way.
    #[must_use]
    pub fn seen_at(self, view: View) -> Self {
        Self { view, ..self }
    }

    /// By somebody whose browser asks for these languages, separated by commas.
    #[must_use]
    pub fn reading(self, languages: &'static str) -> Self {
        Self { languages: Some(languages), ..self }
    }

    /// Logins may be typed into an element of the host's page.
    #[must_use]
    pub fn trusting_the_page(self) -> Self {
        Self { in_page_credentials: true, ..self }
    }

    /// The browser's calls to the proxy go over [`World::wire`].
    #[must_use]
    pub fn over_the_wire(self) -> Self {
        Self { path: Path::OverTheWire, ..self }
    }

    /// Two processes of the proxy share a PostgreSQL behind one address. Each call goes to the other one, while it listens.
    #[must_use]
    pub fn over_two_replicas(self) -> Self {
        Self { replicas: Replicas::Two, ..self }.over_the_wire()
    }

    fn purpose(self) -> Purpose {
        match self.dialect {
            Dialect::QuovoV3 | Dialect::Basiq => Purpose::Both,
            Dialect::QuovoV2 => Purpose::Verify,
        }
    }
}

/// How the browser gets to the proxy.
#[derive(Clone, Copy, Debug)]
enum Path {
    Straight,
    OverTheWire,
}

async fn tell_story(
    name: &str,
    setting: Setting,
    tell: impl AsyncFnOnce(&World) -> Result<()>,
) -> Result<()> {
    let world = World::start(name, setting).await.with_context(|| format!("preparing “{name}”"))?;
    let told = match tell(&world).await {
        Ok(()) => world.quiet(),
        Err(error) => Err(world.explain(error).await),
    };
    let found = world.found();
    let closed = world.browser.close().await;
    match (told, found) {
        // What was found on the way may be why it went no further.
        (Err(error), Some(found)) => Err(error.context(found)),
        (Ok(()), Some(found)) => bail!(found),
        (told, None) => told.and(closed),
    }
}

impl World {
    async fn start(name: &str, setting: Setting) -> Result<Self> {
        let Setting { view, path, storage, dialect, deposits, replicas, languages, in_page_credentials } =
            setting;
        let settings = Settings::read()?;
        let folder = fresh_folder(settings.artefacts.join(name))?;
        let axe = fs::read_to_string(&settings.axe).context("reading axe-core")?;
        let practice = PracticeSite::start().await?;
        let host_port = free_port()?;
        let first = free_port()?;
        let mut ports = vec![first];
        if replicas == Replicas::Two {
            ports.push(free_port()?);
        }
        let wire = Wire::to(ports.clone()).await?;
        let origin = match path {
            Path::Straight => format!("http://127.0.0.1:{first}"),
            Path::OverTheWire => wire.origin().to_owned(),
        };
        let plan = Plan { dialect, deposits, in_page_credentials, ports: &ports, origin, host_port };
        let proxy = ProxySite::start(&settings, &folder, &practice, plan).await?;
        practice
            .wait_until_read(dialect)
            .await
            .with_context(|| format!("the proxy says:\n{}", proxy.last_words()))?;
        let host = HostSite::start(host_port, &proxy, setting.purpose()).await?;
        let browser = Browser::open(&settings, &folder, view, storage, languages).await?;
        let pictures = Pictures::new(folder.clone(), view);
        Ok(Self {
            practice,
            proxy,
            wire,
            host,
            browser,
            settings,
            folder,
            view,
            axe,
            pictures,
            expected: Expected::default(),
            findings: Mutex::default(),
        })
    }

    /// Where the parts are.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The folder of the story's pictures and logs.
    pub(crate) fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Opens another browser, with a profile of its own: another person's, or the same person's elsewhere. It closes when
    /// it is dropped.
    ///
    /// # Errors
    /// Driver or browser cannot be started.
    pub async fn open_another_browser(&self, name: &str) -> Result<Browser> {
        let folder = fresh_folder(self.folder.join(name))?;
        Browser::open(&self.settings, &folder, self.view, Storage::default(), None).await
    }

    /// Opens a tab beside the window that is seen now, goes there, and returns that one.
    ///
    /// # Errors
    /// The browser opens none.
    pub async fn open_tab(&self) -> Result<Window> {
        self.browser.open_tab(self.view).await
    }

    /// Loads the host page in another browser.
    ///
    /// # Errors
    /// It does not come.
    pub async fn open_host_page_in<'b>(&self, browser: &'b Browser) -> Result<HostPage<'b>> {
        browser.go(self.host.origin()).await?;
        Ok(HostPage::shown(browser))
    }

    /// Loads the host page.
    ///
    /// # Errors
    /// It does not come.
    pub async fn open_host_page(&self) -> Result<HostPage<'_>> {
        self.open_host_page_in(&self.browser).await
    }

    /// Opens the gallery's list of states.
    ///
    /// # Errors
    /// It is not there.
    pub async fn open_gallery_list(&self) -> Result<GalleryList<'_>> {
        GalleryList::open(&self.browser, self.proxy.origin()).await
    }

    /// Looks at the gallery's list as it is now, and keeps a picture under this name, as [`World::inspect`].
    ///
    /// # Errors
    /// As [`World::inspect`].
    pub async fn inspect_list(&self, name: &str, list: &GalleryList<'_>) -> Result<()> {
        self.inspect_document(name, list).await
    }

    /// Opens the gallery at its first state, with nothing around it, in the look that this part of its address asks for.
    ///
    /// # Errors
    /// It is not there.
    pub async fn open_gallery(&self, look: &str) -> Result<Gallery<'_>> {
        Gallery::open(&self.browser, self.proxy.origin(), look).await
    }

    /// Looks at the gallery's state as it is now, by all rules of axe-core but those `apart`, and keeps a picture of it.
    /// What is wrong fails the story at its end, as with [`World::inspect`].
    ///
    /// # Errors
    /// The page is gone, or the picture cannot be written.
    pub async fn inspect_state(&self, name: &str, gallery: &Gallery<'_>, apart: &[&str]) -> Result<()> {
        let checks = [
            accessible_apart_from(gallery, &self.axe, apart).await,
            gallery.fits_its_width().await,
            nothing_is_cut_off(gallery).await,
            large_enough(gallery).await,
            well_structured(gallery).await,
        ];
        self.find(name, checks);
        self.pictures.keep(&format!("{name}.png"), &self.browser.picture().await?)
    }

    /// Checks that the gallery's state bears what people do to it so that they can read it. What it does not bear fails the
    /// story at its end.
    pub async fn strain_state(&self, name: &str, gallery: &Gallery<'_>, strain: Strain) {
        self.find(name, [strain.is_borne_by(gallery).await]);
    }

    /// Checks that the gallery's state fits into the window as it is now.
    pub async fn fit_state(&self, name: &str, gallery: &Gallery<'_>) {
        self.find(name, [nothing_is_cut_off(gallery).await, gallery.fits_its_width().await]);
    }

    /// Looks at the widget's screen as it is now, and keeps a picture under this name.
    ///
    /// What is wrong with it fails the story at its end, so that one telling shows the faults of all screens.
    ///
    /// # Errors
    /// The screen is gone.
    pub async fn inspect(&self, screen: &str, widget: &Widget<'_>) -> Result<()> {
        self.inspect_document(screen, widget).await
    }

    /// Looks at the host page as it is now, and keeps a picture under this name.
    ///
    /// # Errors
    /// As [`World::inspect`].
    pub async fn inspect_host(&self, screen: &str, page: &HostPage<'_>) -> Result<()> {
        self.inspect_document(screen, page).await
    }

    /// Looks at a page in a window of its own as it is now, and keeps a picture under this name. No watcher is there, so
    /// nothing is said of its policy.
    ///
    /// # Errors
    /// As [`World::inspect`].
    pub async fn inspect_page(&self, name: &str, page: &Page<'_>) -> Result<()> {
        self.pictures.take(&self.browser, name).await?;
        self.find(name, [accessible(page, &self.axe).await, page.fits_its_width().await]);
        Ok(())
    }

    async fn inspect_document(&self, screen: &str, document: &Document<'_>) -> Result<()> {
        // A picture in the middle of a movement shows nothing that anybody sees, and contrasts are not final yet.
        document.wait_until_still().await?;
        self.pictures.take(document.browser(), screen).await?;
        let checks = [
            accessible(document, &self.axe).await,
            within_policy(document).await,
            document.fits_its_width().await,
            quiet(document.browser(), &self.expected),
        ];
        self.find(screen, checks);
        Ok(())
    }

    fn find(&self, screen: &str, checks: impl IntoIterator<Item = Result<()>>) {
        let wrong =
            checks.into_iter().filter_map(Result::err).map(|error| format!("screen “{screen}”: {error:#}"));
        self.findings.lock().unwrap_or_else(PoisonError::into_inner).extend(wrong);
    }

    /// Everything that was wrong with the screens looked at.
    fn found(&self) -> Option<String> {
        let findings = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        (!findings.is_empty()).then(|| findings.join("\n"))
    }

    /// Announces an error that the story brings about on purpose: consoles may report what contains this.
    pub fn expect_error(&self, part: &str) {
        self.expected.add(part);
    }

    fn quiet(&self) -> Result<()> {
        quiet(&self.browser, &self.expected)
    }

    /// Adds what a reader wants to know about a failure, and keeps a picture of it.
    async fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        let mut notes = Vec::new();
        if let Err(missing) = self.pictures.take(&self.browser, "failure").await {
            notes.push(format!("no picture: {missing:#}"));
        }
        let page = HostPage::shown(&self.browser);
        if let Ok(text) = page.text().await {
            notes.push(format!("the host page says: {text}"));
        }
        if let Ok(Some(widget)) = page.open_widget().await
            && let Ok(text) = widget.text().await
        {
            notes.push(format!("the widget says: {text}"));
        }
        if let Err(noise) = self.quiet() {
            notes.push(format!("{noise:#}"));
        }
        notes.push(format!("the proxy's last words:\n{}", self.proxy.last_words()));
        error.context(notes.join("\n"))
    }
}

fn fresh_folder(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    Ok(folder)
}
