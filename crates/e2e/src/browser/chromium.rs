//! Everything that is Chromium's own: its driver, its switches, its console, its ways to feign a device or a network.

mod devtools;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{ConsoleError, Storage, View};
use crate::Settings;
use crate::process::{Running, free_port};
use devtools::{DevTools, Session};

/// A slow network, and a slow processor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slow {
    /// From a request to the first byte of its answer, at the least, in milliseconds.
    pub latency_ms: u32,
    /// Towards the browser, in bits a second.
    pub down: u32,
    /// From the browser, in bits a second.
    pub up: u32,
    /// How many times slower than this machine scripts run, and whatever else the main thread does.
    pub times_slower: u32,
}

/// What the page's process holds for its documents, once everything that can be let go is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// Bytes that its scripts use.
    #[serde(default)]
    heap: u64,
    nodes: u64,
    documents: u64,
    js_event_listeners: u64,
}

impl Held {
    /// What of it was how much, and how much it is in `later`.
    pub fn grown(&self, later: &Self) -> [(&'static str, u64, u64); 4] {
        [
            ("bytes of the heap", self.heap, later.heap),
            ("nodes", self.nodes, later.nodes),
            ("documents", self.documents, later.documents),
            ("listeners", self.js_event_listeners, later.js_event_listeners),
        ]
    }
}

/// Chromium, under its driver.
pub struct Chromium {
    devtools: DevTools,
    port: u16,
    // Last, so that the driver outlives the talk with the browser.
    _driver: Running,
}

impl Drop for Chromium {
    /// Has the driver end the browser: one that is killed with its browser open leaves it behind.
    fn drop(&mut self) {
        // Where it cannot be asked any more there is nobody left to tell.
        let _ = ask_to_end(self.port);
    }
}

/// Asks a driver to end its browsers and itself, and waits for the answer, which comes when they have ended.
fn ask_to_end(port: u16) -> std::io::Result<()> {
    let mut driver = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    driver.set_read_timeout(Some(FAREWELL))?;
    write!(driver, "GET /shutdown HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n")?;
    driver.read_to_end(&mut Vec::new())?;
    Ok(())
}

/// How often is collected before what is left is counted.
const COLLECTIONS: usize = 3;
/// How long the driver may take to end.
const FAREWELL: Duration = Duration::from_secs(5);

/// Chromium's driver, before a browser is there.
pub(super) struct Driver {
    running: Running,
    port: u16,
}

impl Driver {
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Begins to watch the browser that the driver has started. `facts` are the session's capabilities; `script` runs
    /// in every document from now on, before the document's own.
    ///
    /// # Errors
    /// The browser cannot be talked to.
    pub(super) async fn attach(self, facts: &Value, script: &'static str) -> Result<Chromium> {
        let address = facts
            .pointer("/goog:chromeOptions/debuggerAddress")
            .and_then(Value::as_str)
            .context("the driver did not tell where the browser can be watched")?;
        Ok(Chromium {
            devtools: DevTools::attach(address, script).await?,
            port: self.port,
            _driver: self.running,
        })
    }
}

impl Chromium {
    pub(super) async fn start_driver(settings: &Settings, logs: &Path) -> Result<Driver> {
        let port = free_port()?;
        let mut command = Command::new(&settings.chromedriver);
        command.arg(format!("--port={port}"));
        let running = Running::start("browser driver", command, logs.join("driver.log"), port).await?;
        Ok(Driver { running, port })
    }

    pub(super) fn capabilities(settings: &Settings, storage: Storage, languages: Option<&str>) -> Value {
        let mut options = json!({ "args": [
            "--headless",
            // In a container there is no user to protect from the page, and no other way to run as root.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
            // Nothing that the browser does by itself may disturb a story or leave the machine.
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-default-apps",
            "--disable-sync",
            "--disable-features=Translate,OptimizationHints,MediaRouter",
            "--password-store=basic",
            // Each site in a process of its own, as on a person's desk.
            "--site-per-process",
        ] });
        // As on a person's desk, and unlike a driver's habit: windows that no click has asked for do not open.
        options["excludeSwitches"] = json!(["disable-popup-blocking"]);
        options["prefs"] = match storage {
            // What another site's frame keeps for itself is not kept for all.
            Storage::Apart => json!({ "profile": { "cookie_controls_mode": 1 } }),
            // 2 blocks. To Chromium, storage is one setting with cookies.
            Storage::Nowhere => json!({ "profile": { "default_content_setting_values": { "cookies": 2 } } }),
        };
        if let Some(languages) = languages {
            options["prefs"]["intl"] = json!({ "accept_languages": languages });
        }
        if let Some(chromium) = &settings.chromium {
            options["binary"] = json!(chromium);
        }
        json!({ "goog:chromeOptions": options, "timeouts": { "script": 60_000, "pageLoad": 60_000 } })
    }

    /// Gives the page a size and a colour scheme.
    ///
    /// # Errors
    /// The browser does not take it.
    pub async fn look(&self, view: View) -> Result<()> {
        self.look_preferring(view, &[]).await
    }

    /// Begins to watch a page that was opened beside the first, and gives it a size and a colour scheme.
    ///
    /// # Errors
    /// There is none, or the browser does not take it.
    pub(super) async fn watch_new_page(&self, view: View) -> Result<()> {
        let page = self.devtools.attach_to_new_page().await?;
        self.dress(&page, view, &[]).await
    }

    /// As [`Chromium::look`], with more that the person prefers: media features and their values, such as
    /// `("prefers-reduced-motion", "reduce")`.
    ///
    /// # Errors
    /// The browser does not take it.
    pub async fn look_preferring(&self, view: View, more: &[(&str, &str)]) -> Result<()> {
        self.dress(self.devtools.page(), view, more).await
    }

    async fn dress(&self, page: &Session, view: View, more: &[(&str, &str)]) -> Result<()> {
        let size =
            json!({ "width": view.width, "height": view.height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools.ask(page, "Emulation.setDeviceMetricsOverride", size).await?;
        let features: Vec<Value> = [("prefers-color-scheme", view.scheme.as_str())]
            .iter()
            .chain(more)
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        self.devtools.ask(page, "Emulation.setEmulatedMedia", json!({ "features": features })).await?;
        Ok(())
    }

    /// Takes the errors that were reported in any console, of the page and of its frames, since the last call.
    pub fn take_console_errors(&self) -> Vec<ConsoleError> {
        self.devtools.take_errors()
    }

    /// What the page holds, after everything that nobody holds has been collected.
    ///
    /// # Errors
    /// The browser does not tell.
    pub async fn held_by_page(&self) -> Result<Held> {
        // What a finalizer lets go, such as a node that a script held, is collected the next time.
        for _ in 0..COLLECTIONS {
            self.devtools.ask_page("HeapProfiler.collectGarbage", json!({})).await?;
        }
        let counted = self.devtools.ask_page("Memory.getDOMCounters", json!({})).await?;
        let held: Held = serde_json::from_value(counted).context("reading what the page holds")?;
        let heap = self.devtools.ask_page("Runtime.getHeapUsage", json!({})).await?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bytes: not negative, whole, and far below the limit"
        )]
        let heap = heap["usedSize"].as_f64().context("the browser tells how much is used")? as u64;
        Ok(Held { heap, ..held })
    }

    /// What the browser tells assistive technology of the element that this expression gives in the frame whose address
    /// contains `part`: role and name. None: it gives null. The driver itself is told this of the page only.
    ///
    /// # Errors
    /// There is no such frame, or it is just being replaced.
    pub async fn told_of(&self, part: &str, expression: &str) -> Result<Option<(String, String)>> {
        let frame = self.devtools.frame_with(part).with_context(|| format!("no frame is at {part}"))?;
        let focused =
            self.devtools.ask(&frame, "Runtime.evaluate", json!({ "expression": expression })).await?;
        let Some(object) = focused["result"]["objectId"].as_str() else { return Ok(None) };
        let about = json!({ "objectId": object, "fetchRelatives": false });
        let told = self.devtools.ask(&frame, "Accessibility.getPartialAXTree", about).await?;
        let of = |what: &str| told["nodes"][0][what]["value"].as_str().unwrap_or_default().to_owned();
        Ok(Some((of("role"), of("name"))))
    }

    /// Forgets every cookie.
    ///
    /// # Errors
    /// The browser does not take it.
    pub async fn forget_cookies(&self) -> Result<()> {
        self.devtools.ask_page("Network.clearBrowserCookies", json!({})).await.map(|_| ())
    }

    /// Takes the network away from the frames whose address begins so, or gives it back.
    ///
    /// # Errors
    /// There is no such frame, or the browser does not take it.
    pub async fn set_offline(&self, address: &str, offline: bool) -> Result<()> {
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        for frame in self.devtools.frames(address)? {
            self.devtools.ask(&frame, "Network.emulateNetworkConditions", conditions.clone()).await?;
        }
        Ok(())
    }

    /// From now on, the page and every frame that comes have this network and this processor.
    ///
    /// # Errors
    /// The browser does not take it.
    pub async fn slow_down(&self, slow: Slow) -> Result<()> {
        let network = json!({ "offline": false, "latency": slow.latency_ms,
            "downloadThroughput": slow.down / 8, "uploadThroughput": slow.up / 8 });
        let processor = json!({ "rate": slow.times_slower });
        let calls = vec![
            ("Network.emulateNetworkConditions", network),
            ("Emulation.setCPUThrottlingRate", processor),
        ];
        self.devtools.tell_all(calls).await
    }

    /// Runs a script in each document that the window shows from now on, before any of that document's own: what an app
    /// puts into its web view.
    ///
    /// # Errors
    /// The browser refuses.
    pub async fn put_into_pages(&self, script: &str) -> Result<()> {
        let script = json!({ "source": script });
        self.devtools.ask_page("Page.addScriptToEvaluateOnNewDocument", script).await?;
        Ok(())
    }

    /// Holds every request whose address contains `part` and that a frame opened from now on makes, until
    /// [`Chromium::release`] or [`Chromium::lose`].
    pub fn hold(&self, part: &str) {
        self.devtools.hold(part);
    }

    /// How many requests are being held.
    pub fn held(&self) -> usize {
        self.devtools.held()
    }

    /// Lets the held requests go on, and holds no more.
    pub fn release(&self) {
        self.devtools.release();
    }

    /// Has the held requests fail as if the network had, and holds no more.
    pub fn lose(&self) {
        self.devtools.lose();
    }
}
