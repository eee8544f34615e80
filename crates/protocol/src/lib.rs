//! The words the widget, the proxy and the host share.
