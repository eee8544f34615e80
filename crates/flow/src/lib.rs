//! What happens next: the pure state machine behind the screens.
