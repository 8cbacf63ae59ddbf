/// What of transcripts is kept as the client wrote it, and for how long.
package struct VaultPolicy: Sendable, Equatable {
    package var isOn = true
    /// Days after the last look at a session in which something was added.
    package var keepDays: Int64 = 365
    /// Of its packs, bytes; the sessions of no key go first, those longest unused before others.
    package var maxBytes: Int64 = 10 << 30
    /// A file with a key of 256 bits, by which segments are encrypted; empty for none.
    package var keyFile = ""
    /// Whether a key is set.
    package var encrypts: Bool { !keyFile.isEmpty }

    package init() {}

    /// Where a second copy takes what is too much, it waits to be sent, up to as much again: a remote that is away for a while
    /// costs no session.
    package func pruning(with remote: RemotePolicy) -> VaultPolicy {
        var policy = self
        if !remote.url.isEmpty { policy.maxBytes = maxBytes > .max / 2 ? .max : maxBytes * 2 }
        return policy
    }
}
