package import Settings

/// Under which keys this process reads and writes.
extension Settings {
    /// The registry's keys. `HOLDFAST_NAMESPACE` is for `doctor --self-test`, which must not touch real sessions.
    package var keys: Keys { Keys(namespace: environment["HOLDFAST_NAMESPACE"] ?? "holdfast") }

    /// The queue that this host's episodes go to.
    package func poolKeys(host: String) -> PoolKeys { keys.pool(pool(host: host)) }
}
