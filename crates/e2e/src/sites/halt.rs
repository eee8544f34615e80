//! A call at which a story stops the clock: the practice bank keeps the caller waiting for good, before or after it has
//! done what it is asked. Whoever is killed meanwhile was killed at this very call.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::{Arc, Mutex, PoisonError};

use super::Sort;

/// On which side of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It has come, and is not done, now or later.
    Before,
    /// It is done, and is not answered.
    After,
}

/// The call to stop at, if there is one. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Halts(Arc<Mutex<Plan>>);

#[derive(Default)]
struct Plan {
    at: Option<(Sort, Moment)>,
    reached: bool,
}

impl Halts {
    /// Stops the next call of this sort.
    pub(super) fn plan(&self, sort: Sort, moment: Moment) {
        *self.lock() = Plan { at: Some((sort, moment)), reached: false };
    }

    /// Whether that call waits now, or waited until its caller had gone.
    pub(super) fn reached(&self) -> bool {
        self.lock().reached
    }

    fn stops(&self, request: &Request) -> Option<Moment> {
        let (method, path) = (request.method().as_str(), request.uri().path());
        let taken = self.lock().at.take_if(|(sort, _)| sort.is(method, path));
        taken.map(|(_, moment)| moment)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets every call pass but the one to stop at.
pub(super) async fn halt(State(halts): State<Halts>, request: Request, next: Next) -> Response {
    let stops = halts.stops(&request);
    let Some(moment) = stops else { return next.run(request).await };
    if moment == Moment::After {
        next.run(request).await;
    }
    halts.lock().reached = true;
    std::future::pending().await
}
