internal import CPlatform

/// How names of hosts become addresses.
package enum NameResolution {
    /// To be called before the first name is resolved: an executable that brings its own libc must not load the system's
    /// modules for that. Asked are /etc/hosts and DNS.
    package static func useOwn() { holdfast_resolve_names_alone() }
}
